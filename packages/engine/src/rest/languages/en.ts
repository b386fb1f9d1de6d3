import { clusters } from './en/clusters.ts';
import { cpus } from './en/cpus.ts';
import { disks } from './en/disks.ts';
import { hostNetworks } from './en/host-networks.ts';
import { hosts } from './en/hosts.ts';
import { limits } from './en/limits.ts';
import { networks } from './en/networks.ts';
import { own } from './en/own.ts';
import { scheduling } from './en/scheduling.ts';
import { storage } from './en/storage.ts';
import { templatesAndPools } from './en/templates-and-pools.ts';
import { users } from './en/users.ts';
import { vms } from './en/vms.ts';

export { own };

/** English sentences by the keys of the contract's table: `$name` stands for a value, and the stop at the end is left out. */
export const said = {
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
};
