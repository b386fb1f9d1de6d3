import type { Client } from '@virgate/sdk';
import type { Page } from 'playwright-core';
import { lookForTargets } from './iscsi.ts';
import { hostNetworkNames, setUpHostNetworks } from './host-networks.ts';
import { transferImages, transferNames } from './transfers.ts';

/** Names of the contract's list of pages: `place|action`, and `dialog|field` by the field's name. */
export interface ListedNames {
  readonly actions: readonly string[];
  readonly fields: readonly string[];
}

/**
 * A walk through dialogs that no description builds. It ends with an error when something of it does not do what it says; what it names
 * counts when it came to its end.
 */
export interface OwnWalk {
  readonly title: string;
  /** Pages that it belongs to, by their names in the list. */
  readonly pages: readonly string[];
  /** `npm test` walks it too; `npm run coverage -- portal` walks all. */
  readonly inTests?: true;
  readonly names: ListedNames;
  readonly run: (page: Page, base: string, client: Client) => Promise<void>;
}

export const ownWalks: readonly OwnWalk[] = [
  {
    title: 'the networks of a host are set up by dragging and by keys, in one request',
    pages: ['hosts', 'networks'],
    inTests: true,
    names: hostNetworkNames,
    run: setUpHostNetworks,
  },
  {
    title: 'an image is uploaded with a pause and a reload between, and comes back the same',
    pages: ['disks'],
    inTests: true,
    names: transferNames,
    run: transferImages,
  },
  {
    title: 'an iSCSI portal is asked for its targets with CHAP, and a host logs in to one',
    pages: ['hosts', 'storage'],
    names: {
      actions: [],
      fields: ['addressEditor', 'portEditor', 'useUserAuthEditor', 'chapUserEditor', 'chapPassEditor'].map(
        (name) => `IscsiDiscoverTargetsView|${name}`,
      ),
    },
    run: lookForTargets,
  },
];
