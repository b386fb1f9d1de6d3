import type { Transaction } from 'kysely';
import { loadAffinityGroups } from '../affinity-groups/load.ts';
import { Watch } from '../housekeeping/watch.ts';
import { isBroken } from '../scheduling/affinity.ts';
import { repairFor, rulebreakers } from '../scheduling/affinity-repair.ts';
import { placementsOf } from '../scheduling/load.ts';
import type { Tables } from '../tables/schema.ts';
import { eachQuietCluster, moveFirst, runningVms, type Movers } from './cluster-round.ts';

/** Rules are changed by people, who wait for what comes of it. */
const everyMs = 2000;

async function repairCluster(movers: Movers, trx: Transaction<Tables>, clusterId: string): Promise<void> {
  const groups = await loadAffinityGroups(trx, clusterId);
  const placements = await placementsOf(trx, groups);
  if (!groups.some((group) => isBroken(group, placements))) return;
  const vms = new Map((await runningVms(trx, clusterId)).filter((vm) => vm.movable).map((vm) => [vm.id, vm]));
  const breakers = rulebreakers(groups, placements).flatMap((vmId) => vms.get(vmId) ?? []);
  await moveFirst(movers, trx, breakers, 'affinity', repairFor);
}

/** One round over all clusters: at most one VM of each is moved. */
export const repairAffinity = (movers: Movers): Promise<void> =>
  eachQuietCluster(movers.db, (trx, clusterId) => repairCluster(movers, trx, clusterId));

/** Moves VMs that run against rules of their affinity groups, also when a rule is changed while they run. */
export class AffinityRepairs extends Watch {
  readonly #movers: Movers;

  constructor(movers: Movers) {
    super({ what: 'broken affinity groups', everyMs, log: movers.log });
    this.#movers = movers;
  }

  protected look(): Promise<void> {
    return repairAffinity(this.#movers);
  }
}
