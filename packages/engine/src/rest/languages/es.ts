import type { Catalogue } from './catalogue.ts';
import { actions } from './es/actions.ts';
import { clusters } from './es/clusters.ts';
import { cpus } from './es/cpus.ts';
import { disks } from './es/disks.ts';
import { hostNetworks } from './es/host-networks.ts';
import { hosts } from './es/hosts.ts';
import { limits } from './es/limits.ts';
import { networks } from './es/networks.ts';
import { own } from './es/own.ts';
import { scheduling } from './es/scheduling.ts';
import { sentences } from './es/sentences.ts';
import { signingIn } from './es/signing-in.ts';
import { storage } from './es/storage.ts';
import { templatesAndPools } from './es/templates-and-pools.ts';
import { users } from './es/users.ts';
import { vms } from './es/vms.ts';

export const es: Catalogue = {
  language: 'es',
  stop: '.',
  frame: 'No se puede $action. ',
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
