import type { Catalogue } from './catalogue.ts';
import { actions } from './de/actions.ts';
import { clusters } from './de/clusters.ts';
import { cpus } from './de/cpus.ts';
import { disks } from './de/disks.ts';
import { hostNetworks } from './de/host-networks.ts';
import { hosts } from './de/hosts.ts';
import { limits } from './de/limits.ts';
import { networks } from './de/networks.ts';
import { own } from './de/own.ts';
import { scheduling } from './de/scheduling.ts';
import { sentences } from './de/sentences.ts';
import { signingIn } from './de/signing-in.ts';
import { storage } from './de/storage.ts';
import { templatesAndPools } from './de/templates-and-pools.ts';
import { users } from './de/users.ts';
import { vms } from './de/vms.ts';

export const de: Catalogue = {
  language: 'de',
  stop: '.',
  frame: 'Nicht möglich: $action. ',
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
