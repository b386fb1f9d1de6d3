import type { Catalogue } from './catalogue.ts';
import { actions } from './ja/actions.ts';
import { clusters } from './ja/clusters.ts';
import { cpus } from './ja/cpus.ts';
import { disks } from './ja/disks.ts';
import { hostNetworks } from './ja/host-networks.ts';
import { hosts } from './ja/hosts.ts';
import { limits } from './ja/limits.ts';
import { networks } from './ja/networks.ts';
import { own } from './ja/own.ts';
import { scheduling } from './ja/scheduling.ts';
import { sentences } from './ja/sentences.ts';
import { signingIn } from './ja/signing-in.ts';
import { storage } from './ja/storage.ts';
import { templatesAndPools } from './ja/templates-and-pools.ts';
import { users } from './ja/users.ts';
import { vms } from './ja/vms.ts';

export const ja: Catalogue = {
  language: 'ja',
  stop: '。',
  frame: '$actionできません。',
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
