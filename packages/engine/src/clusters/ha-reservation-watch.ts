import { eventTable, type EventName } from '@virgate/contract/generated/events';
import { transaction } from '@virgate/database';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Logger } from 'pino';
import { recordEvent } from '../events/record.ts';
import { Watch } from '../housekeeping/watch.ts';
import type { SystemOptions } from '../options/values.ts';
import { unreservedHosts, type HaHost } from '../scheduling/ha-reservation.ts';
import { loadSnapshot } from '../scheduling/load.ts';
import type { Tables } from '../tables/schema.ts';

type Trx = Transaction<Tables>;

const failed = 'CLUSTER_ALERT_HA_RESERVATION';
const passed = 'CLUSTER_ALERT_HA_RESERVATION_DOWN';
const codeOf = (name: EventName): number => eventTable.find((row) => row[0] === name)?.[1] ?? 0;
/** How long the alert is not repeated. Source: contract, events. */
const quietSeconds = 600;

interface VmRow {
  host_id: string;
  guaranteed: number;
  memory: number;
  vcpus: number;
  memory_percent: number | null;
  cpu_percent: number | null;
}

/** The hosts of a cluster that are up, with the highly available VMs that they run. */
async function hostsOf(trx: Trx, clusterId: string): Promise<HaHost[]> {
  const { cluster, hosts } = await loadSnapshot(trx, clusterId, { cpus: false });
  const vms = await sql<VmRow>`
    select s.host_id, v.memory_guaranteed_bytes as guaranteed, v.memory_bytes as memory, v.cpu_sockets * v.cpu_cores * v.cpu_threads as vcpus,
      t.memory_usage_percent as memory_percent, t.cpu_usage_percent as cpu_percent
    from vm_state s join vm v on v.id = s.vm_id left join vm_statistics t on t.vm_id = v.id
    where v.cluster_id = ${clusterId} and v.high_availability and s.host_id is not null order by v.id`.execute(trx);
  return hosts
    .filter((host) => host.status === 'up')
    .map((host) => {
      const cpus = Math.max(1, cluster.threadsAsCores ? host.cpuThreads : host.cpuCores);
      return {
        name: host.name,
        freeMemoryBytes: Math.max(
          0,
          (cluster.memoryOvercommitPercent / 100) * host.memoryBytes - host.memoryCommittedBytes - host.memoryPendingBytes,
        ),
        freeCpuPercent: host.cpuLoadPercent === undefined ? 0 : 100 - host.cpuLoadPercent,
        vms: vms.rows
          .filter((vm) => vm.host_id === host.id)
          .map((vm) => ({
            memoryBytes: Math.max(vm.guaranteed, (vm.memory * (vm.memory_percent ?? 0)) / 100),
            cpuPercent: ((vm.cpu_percent ?? 0) * vm.vcpus) / cpus,
          })),
      };
    });
}

/** Tells that a cluster has no room for its highly available VMs, or has it again. What was told last is in the log of events. */
async function checkCluster(trx: Trx, { id, name }: { id: string; name: string }): Promise<void> {
  // One engine at a time: the next one sees what this one told.
  await trx.selectFrom('cluster').select('id').where('id', '=', id).forUpdate().execute();
  const hosts = unreservedHosts(await hostsOf(trx, id));
  const last = (
    await sql<{ code: number; recent: boolean }>`
      select code, time > now() - make_interval(secs => ${quietSeconds}) as recent from audit_log
      where cluster_id = ${id} and code in (${codeOf(failed)}, ${codeOf(passed)}) order by id desc limit 1`.execute(trx)
  ).rows[0];
  const told = last?.code === codeOf(failed);
  const cluster = { id, name };
  if (hosts.length > 0 && !(told && last.recent)) await recordEvent(trx, { name: failed, cluster, values: { hosts: hosts.join(', ') } });
  if (hosts.length === 0 && told) await recordEvent(trx, { name: passed, cluster });
}

/** One round over all clusters that reserve room for highly available VMs. */
export async function checkHaReservations(db: Kysely<Tables>): Promise<void> {
  const clusters = await sql<{ id: string; name: string }>`
    select id, name from cluster where settings ->> 'ha_reservation' = 'true' order by id`.execute(db);
  for (const cluster of clusters.rows) await transaction(db, (trx) => checkCluster(trx, cluster));
}

/** Looks every few minutes whether clusters could start their highly available VMs again after any one host has failed. */
export class HaReservationWatch extends Watch {
  readonly #db: Kysely<Tables>;

  constructor({ db, options, log }: { db: Kysely<Tables>; options: SystemOptions; log: Logger }) {
    super({
      what: 'room for highly available VMs',
      everyMs: Math.max(1, options.number('VdsHaReservationIntervalInMinutes')) * 60_000,
      log,
    });
    this.#db = db;
  }

  protected look(): Promise<void> {
    return checkHaReservations(this.#db);
  }
}
