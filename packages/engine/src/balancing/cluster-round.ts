import { transaction } from '@virgate/database';
import { LockConflictError } from '@virgate/saga';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Logger } from 'pino';
import type { Jobs } from '../jobs/jobs.ts';
import { Fault } from '../rest/fault.ts';
import { loadQuestion } from '../scheduling/load.ts';
import type { MoveDecision } from '../scheduling/affinity-repair.ts';
import type { SchedulingRequest, SchedulingSnapshot } from '../scheduling/snapshot.ts';
import type { Tables } from '../tables/schema.ts';
import { beginEngineMigration, busy, movable } from '../vms/engine-migration.ts';
import { migrateJob, type MigrationCause } from '../vms/migrate-saga.ts';
import { loadPlan } from '../vms/plan.ts';

type Trx = Transaction<Tables>;

/** What moves VMs within clusters. */
export interface Movers {
  readonly db: Kysely<Tables>;
  readonly jobs: Jobs;
  readonly uuid: () => string;
  readonly log: Logger;
}

/** How many VMs are considered in one round of a cluster. */
const consideredVms = 20;
/** How long a VM that could not be moved is left alone. */
const pauseSeconds = 300;

/** A VM that runs on a host that is up. */
export interface RunningVm {
  id: string;
  name: string;
  hostId: string;
  hostName: string;
  /** The engine may move it now. */
  movable: boolean;
  /** Of its virtual CPUs; null until its host tells. */
  cpuPercent: number | null;
  vcpus: number;
  memoryBytes: number;
}

/** VMs of a cluster that run, by name. */
export async function runningVms(db: Kysely<Tables>, clusterId: string): Promise<RunningVm[]> {
  const found = await sql<RunningVm>`
    select v.id, v.name, h.id as "hostId", h.name as "hostName", t.cpu_usage_percent as "cpuPercent",
      v.cpu_sockets * v.cpu_cores * v.cpu_threads as vcpus, v.memory_bytes as "memoryBytes",
      (${movable('v')} and not ${busy('v')} and v.id::text not in (select g.params ->> 'vmId' from saga g where g.name = ${migrateJob}
        and g.status = 'failed' and g.ended_at > now() - make_interval(secs => ${pauseSeconds}))) as movable
    from vm v join vm_state s on s.vm_id = v.id join host h on h.id = s.host_id join host_state hs on hs.host_id = h.id
      left join vm_statistics t on t.vm_id = v.id
    where v.cluster_id = ${clusterId} and h.cluster_id = ${clusterId} and s.status = 'up' and hs.status = 'up' order by v.name, v.id`.execute(
    db,
  );
  return found.rows;
}

/** Clusters with hosts to choose among, in which no VM is on its way and which are not upgraded. */
const quiet = sql`coalesce(c.settings ->> 'upgrade_in_progress', 'false') <> 'true'
  and (select count(*) from host h join host_state hs on hs.host_id = h.id where h.cluster_id = c.id and hs.status = 'up') > 1
  and c.id not in (select v.cluster_id from vm_state s join vm v on v.id = s.vm_id where s.status = 'migrating' and v.cluster_id is not null)
  and c.id not in (select v.cluster_id from saga g join object_lock l on l.saga_id = g.id join vm v on v.id::text = l.object_id
    where g.name = ${migrateJob} and v.cluster_id is not null)`;

/**
 * Looks at each cluster in which VMs may be moved, in a transaction of its own. Two engines never look at one cluster at once, and the
 * later one finds the VM on its way that the earlier one has moved. Source: engine behaviour: clusters with migrations and upgrades are
 * left alone.
 */
export async function eachQuietCluster(db: Kysely<Tables>, look: (trx: Trx, clusterId: string) => Promise<void>): Promise<void> {
  const clusters = await sql<{ id: string }>`select c.id from cluster c where ${quiet} order by c.id`.execute(db);
  for (const { id } of clusters.rows) {
    try {
      await transaction(db, async (trx) => {
        const claimed = await sql`select 1 from cluster c where c.id = ${id} and ${quiet} for no key update skip locked`.execute(trx);
        if (claimed.rows.length > 0) await look(trx, id);
      });
    } catch (error) {
      // Somebody stopped or changed the VM meanwhile: the next round sees.
      if (!(error instanceof LockConflictError || error instanceof Fault)) throw error;
    }
  }
}

/** What the scheduler is asked for a VM that runs; null for one that cannot run as it is defined by now. */
async function questionFor(trx: Trx, vm: RunningVm): Promise<{ request: SchedulingRequest; snapshot: SchedulingSnapshot } | null> {
  try {
    const limits = { onlyHosts: null, exceptHosts: [], currentHost: vm.hostId };
    return await loadQuestion(trx, await loadPlan(trx, vm.id, {}), null, limits);
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}

/**
 * Moves the first of some VMs for which there is a better host: one in a round, as each changes what is best for the others.
 * @param vms the ones to move, in this order
 * @returns whether one is moved
 */
export async function moveFirst(
  { jobs, uuid, log }: Movers,
  trx: Trx,
  vms: readonly RunningVm[],
  cause: MigrationCause,
  decide: (snapshot: SchedulingSnapshot, request: SchedulingRequest) => MoveDecision,
): Promise<boolean> {
  for (const vm of vms.slice(0, consideredVms)) {
    const question = await questionFor(trx, vm);
    if (question === null) continue;
    const { hosts: onlyHosts, because } = decide(question.snapshot, question.request);
    if (because !== null) log.debug({ vm: vm.name, cause, because }, 'a VM stays where it is: no host is better');
    if (onlyHosts.length === 0) continue;
    await beginEngineMigration(trx, jobs, uuid, {
      vmId: vm.id,
      vmName: vm.name,
      sourceId: vm.hostId,
      sourceName: vm.hostName,
      onlyHosts,
      cause,
    });
    return true;
  }
  return false;
}
