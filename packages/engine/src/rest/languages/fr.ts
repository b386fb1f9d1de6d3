import type { Catalogue } from './catalogue.ts';
import { actions } from './fr/actions.ts';
import { clusters } from './fr/clusters.ts';
import { cpus } from './fr/cpus.ts';
import { disks } from './fr/disks.ts';
import { hostNetworks } from './fr/host-networks.ts';
import { hosts } from './fr/hosts.ts';
import { limits } from './fr/limits.ts';
import { networks } from './fr/networks.ts';
import { own } from './fr/own.ts';
import { scheduling } from './fr/scheduling.ts';
import { sentences } from './fr/sentences.ts';
import { signingIn } from './fr/signing-in.ts';
import { storage } from './fr/storage.ts';
import { templatesAndPools } from './fr/templates-and-pools.ts';
import { users } from './fr/users.ts';
import { vms } from './fr/vms.ts';

export const fr: Catalogue = {
  language: 'fr',
  stop: '.',
  frame: 'Impossible $action. ',
  ...actions,
  messages: {
    ...own,
    ...vms,
    ...cpus,
    ...templatesAndPools,
    ...disks,
    ...storage,
    ...networks,
    ...hostNetworks,
    ...hosts,
    ...clusters,
    ...scheduling,
    ...limits,
    ...users,
  },
  sentences: { ...sentences, ...signingIn },
};
