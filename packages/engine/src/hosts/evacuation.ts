import { transaction } from '@virgate/database';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Logger } from 'pino';
import { recordEvent } from '../events/record.ts';
import { Watch } from '../housekeeping/watch.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { SystemOptions } from '../options/values.ts';
import { conflict, refused } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';
import { busy, movable, tryEngineMigration } from '../vms/engine-migration.ts';
import { migrateJob } from '../vms/migrate-saga.ts';
import { whyNotMovable } from '../vms/migration-placement.ts';

type Trx = Transaction<Tables>;

const everyMs = 2000;
const frame = { VAR_ACTION: 'maintain', VAR_TYPE: 'Host' };
/** Most names in one message. */
const namedVms = 10;

/** Sees whether the VMs of a host can leave it. @throws {Fault} 409 with those that cannot, or that there is no other host */
export async function checkEvacuation(trx: Trx, hostId: string): Promise<void> {
  const vms = await trx
    .selectFrom('vm_state')
    .innerJoin('vm', 'vm.id', 'vm_state.vm_id')
    .select(['vm.id', 'vm.name'])
    .where('vm_state.host_id', '=', hostId)
    .orderBy('vm.name')
    .execute();
  if (vms.length === 0) return;
  const stuck: string[] = [];
  for (const { id, name } of vms) if ((await whyNotMovable(trx, id, false)) !== null) stuck.push(name);
  if (stuck.length > 0)
    throw conflict('VDS_CANNOT_MAINTENANCE_IT_INCLUDES_NON_MIGRATABLE_VM', { ...frame, VmsList: stuck.slice(0, namedVms).join(', ') });
  const others = await sql`
    select 1 from host h join host_state s on s.host_id = h.id join host own on own.id = ${hostId}
    where h.cluster_id = own.cluster_id and h.id <> ${hostId} and s.status = 'up' limit 1`.execute(trx);
  if (others.rows.length === 0) throw refused('CANNOT_MAINTENANCE_VDS_RUN_VMS_NO_OTHER_RUNNING_VDS', frame);
}

interface Leaving {
  vmId: string;
  vmName: string;
  hostId: string;
  hostName: string;
  cause: 'maintenance' | 'non_operational';
  /** A job is at work on it. */
  busy: boolean;
  /** When its last move away began since the host was to be left; null before the first. */
  triedAtMs: number | null;
  nowMs: number;
}

/**
 * SQL: whether a VM leaves a host that is not operational: as its cluster says, by itself, and with somewhere to go. Source: engine
 * behaviour, what hosts that become non-operational do with their VMs; contract, `error_handling.on_error`.
 */
const leavesFailed = sql`hs.status = 'non_operational' and ${movable('t')}
  and case coalesce(c.settings #>> '{error_handling,on_error}', 'migrate')
    when 'migrate' then true when 'migrate_highly_available' then t.high_availability else false end
  and exists (select 1 from host o join host_state os on os.host_id = o.id where o.cluster_id = h.cluster_id and o.id <> h.id and os.status = 'up')`;

/**
 * Moves the VMs away from hosts that are to go into maintenance, and from those that are not operational. One that cannot go is tried
 * again after a while, until somebody stops it or the host serves again. Any engine does it; the VM's lock keeps two from doing the same.
 */
export class Evacuations extends Watch {
  readonly #db: Kysely<Tables>;
  readonly #jobs: Jobs;
  readonly #options: SystemOptions;
  readonly #uuid: () => string;
  /** Of which failure it was told last, by host. */
  readonly #told = new Map<string, number>();

  constructor(options: { db: Kysely<Tables>; jobs: Jobs; options: SystemOptions; uuid: () => string; log: Logger }) {
    super({ what: 'hosts that VMs have to leave', everyMs, log: options.log });
    this.#db = options.db;
    this.#jobs = options.jobs;
    this.#options = options.options;
    this.#uuid = options.uuid;
  }

  protected async look(): Promise<void> {
    const found = await sql<Leaving>`
      select t.id as "vmId", t.name as "vmName", h.id as "hostId", h.name as "hostName", w.cause, ${busy('t')} as busy,
        (select (extract(epoch from max(g.created_at)) * 1000)::float8 from saga g where g.name = ${migrateJob} and g.params ->> 'vmId' = t.id::text
          and g.params ->> 'cause' = w.cause and g.created_at >= hs.status_changed_at) as "triedAtMs",
        (extract(epoch from now()) * 1000)::float8 as "nowMs"
      from host_state hs join host h on h.id = hs.host_id join cluster c on c.id = h.cluster_id
        join vm_state s on s.host_id = h.id join vm t on t.id = s.vm_id
        cross join lateral (select case hs.status when 'preparing_for_maintenance' then 'maintenance' else hs.status end as cause) w
      where hs.status = 'preparing_for_maintenance' or (${leavesFailed}) order by h.name, t.name`.execute(this.#db);
    const pauseMs = this.#options.number('HostPreparingForMaintenanceIdleTime') * 1000;
    for (const vm of found.rows) if (!vm.busy && (vm.triedAtMs === null || vm.nowMs - vm.triedAtMs > pauseMs)) await this.#move(vm);
    await this.#tellFailures(found.rows.filter((vm) => vm.cause === 'maintenance'));
  }

  #move({ vmId, vmName, hostId, hostName, cause }: Leaving): Promise<void> {
    const move = { vmId, vmName, sourceId: hostId, sourceName: hostName, onlyHosts: null, cause };
    return tryEngineMigration(this.#db, this.#jobs, this.#uuid, move);
  }

  /** Tells of hosts that cannot go on: every VM that is left was tried, and none is on its way. */
  async #tellFailures(rows: readonly Leaving[]): Promise<void> {
    for (const vms of Map.groupBy(rows, (row) => row.hostId).values()) {
      const [first] = vms;
      if (!first || vms.some((vm) => vm.busy || vm.triedAtMs === null)) continue;
      const latest = Math.max(...vms.map((vm) => vm.triedAtMs ?? 0));
      if (this.#told.get(first.hostId) === latest) continue;
      this.#told.set(first.hostId, latest);
      const failedVms = vms.slice(0, namedVms).map((vm) => vm.vmName);
      await transaction(this.#db, (trx) =>
        recordEvent(trx, {
          name: 'USER_VDS_MAINTENANCE_MIGRATION_FAILED',
          host: { id: first.hostId, name: first.hostName },
          values: { failedVms: failedVms.join(', ') },
        }),
      );
    }
  }
}
