import type { Transaction } from 'kysely';
import { Watch } from '../housekeeping/watch.ts';
import type { SystemOptions } from '../options/values.ts';
import { tell } from '../rest/sentence.ts';
import { breaksNoMore, type MoveDecision } from '../scheduling/affinity-repair.ts';
import { balanceOf } from '../scheduling/balance.ts';
import { loadSnapshot } from '../scheduling/load.ts';
import { explain, schedule } from '../scheduling/schedule.ts';
import type { SchedulingRequest, SchedulingSnapshot } from '../scheduling/snapshot.ts';
import type { Tables } from '../tables/schema.ts';
import { restHosts } from './host-rest.ts';
import { eachQuietCluster, moveFirst, runningVms, type Movers } from './cluster-round.ts';

/**
 * Of the hosts that a balance names for a VM those that the scheduler prefers to where it is, best first; none that breaks more rules of
 * affinity, as the VM would only be moved back. Pure. Source: scheduler, load balancing
 */
export function preferredOf(snapshot: SchedulingSnapshot, request: SchedulingRequest, hosts: readonly string[]): MoveDecision {
  const current = request.currentHost ?? '';
  const result = schedule(snapshot, { ...request, pinnedHosts: [], onlyHosts: [...hosts, current] });
  // A policy without the filter Migration may prefer that it stays.
  const stays = result.ranked.indexOf(current);
  const better = (stays === -1 ? result.ranked : result.ranked.slice(0, stays)).filter((hostId) =>
    breaksNoMore(snapshot.cluster, request.vmId, hostId),
  );
  return { hosts: better, because: better.length > 0 ? null : tell(explain(result)) };
}

async function balanceCluster(movers: Movers, trx: Transaction<Tables>, clusterId: string): Promise<void> {
  const vms = await runningVms(trx, clusterId);
  const { moves, because } = balanceOf(await loadSnapshot(trx, clusterId, { cpus: false }), vms);
  if (because !== null) movers.log.debug({ clusterId, because }, 'the balance of a cluster moves no VM');
  const hosts = new Map(moves.map((move) => [move.vmId, move.hosts]));
  const candidates = moves.flatMap(({ vmId }) => vms.find((vm) => vm.id === vmId) ?? []);
  await moveFirst(movers, trx, candidates, 'balance', (snapshot, request) => preferredOf(snapshot, request, hosts.get(request.vmId) ?? []));
}

/** One round over all clusters: at most one VM of each is moved. */
export const balanceLoads = (movers: Movers): Promise<void> =>
  eachQuietCluster(movers.db, (trx, clusterId) => balanceCluster(movers, trx, clusterId));

/** Moves VMs as the balances of their clusters' scheduling policies want it, and lets hosts rest that are spare then. */
export class LoadBalancing extends Watch {
  readonly #movers: Movers;
  readonly #options: SystemOptions;

  constructor({ options, ...movers }: Movers & { options: SystemOptions }) {
    super({
      what: 'the balance of loads',
      everyMs: Math.max(1, options.number('VdsLoadBalancingIntervalInMinutes')) * 60_000,
      log: movers.log,
    });
    this.#movers = movers;
    this.#options = options;
  }

  protected async look(): Promise<void> {
    if (this.#options.text('EnableVdsLoadBalancing').toLowerCase() !== 'true') return;
    await balanceLoads(this.#movers);
    await restHosts(this.#movers);
  }
}
