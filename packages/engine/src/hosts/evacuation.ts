import { transaction } from '@virgate/database';
import { LockConflictError } from '@virgate/saga';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Logger } from 'pino';
import { recordEvent } from '../events/record.ts';
import { Watch } from '../housekeeping/watch.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { SystemOptions } from '../options/values.ts';
import { conflict, Fault, refused } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';
import { stateOf } from '../vms/lock.ts';
import { migrateJob, type MigrateParams } from '../vms/migrate-saga.ts';
import { whyNotMovable } from '../vms/migration-placement.ts';
import { checkStatus } from '../vms/status-rules.ts';

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
  /** A job is at work on it. */
  busy: boolean;
  /** When its last move away began since the host was to go into maintenance; null before the first. */
  triedAtMs: number | null;
  nowMs: number;
}

/**
 * Moves the VMs away from hosts that are to go into maintenance. One that cannot go is tried again after a while, until somebody stops it
 * or activates the host. Any engine does it; the VM's lock keeps two from doing the same.
 */
export class Evacuations extends Watch {
  readonly #db: Kysely<Tables>;
  readonly #jobs: Jobs;
  readonly #options: SystemOptions;
  readonly #uuid: () => string;
  /** Of which failure it was told last, by host. */
  readonly #told = new Map<string, number>();

  constructor(options: { db: Kysely<Tables>; jobs: Jobs; options: SystemOptions; uuid: () => string; log: Logger }) {
    super({ what: 'hosts that go into maintenance', everyMs, log: options.log });
    this.#db = options.db;
    this.#jobs = options.jobs;
    this.#options = options.options;
    this.#uuid = options.uuid;
  }

  protected async look(): Promise<void> {
    const found = await sql<Leaving>`
      select t.id as "vmId", t.name as "vmName", h.id as "hostId", h.name as "hostName",
        exists (select 1 from object_lock l where l.object_id = t.id::text and l.lock_group = 'VM') as busy,
        (select (extract(epoch from max(g.created_at)) * 1000)::float8 from saga g where g.name = ${migrateJob} and g.params ->> 'vmId' = t.id::text
          and g.params ->> 'cause' = 'maintenance' and g.created_at >= hs.status_changed_at) as "triedAtMs",
        (extract(epoch from now()) * 1000)::float8 as "nowMs"
      from host_state hs join host h on h.id = hs.host_id join vm_state s on s.host_id = h.id join vm t on t.id = s.vm_id
      where hs.status = 'preparing_for_maintenance' order by h.name, t.name`.execute(this.#db);
    const pauseMs = this.#options.number('HostPreparingForMaintenanceIdleTime') * 1000;
    for (const vm of found.rows) if (!vm.busy && (vm.triedAtMs === null || vm.nowMs - vm.triedAtMs > pauseMs)) await this.#move(vm);
    await this.#tellFailures(found.rows);
  }

  async #move({ vmId, vmName, hostId, hostName }: Leaving): Promise<void> {
    try {
      await transaction(this.#db, async (trx) => {
        await this.#jobs.beginFor<MigrateParams>(trx, null, migrateJob, {
          params: {
            vmId,
            vmName,
            sourceId: hostId,
            sourceName: hostName,
            onlyHosts: null,
            user: null,
            correlationId: this.#uuid(),
            cause: 'maintenance',
          },
          description: `Migrating VM ${vmName}`,
          subjects: [
            { type: 'vm', id: vmId },
            { type: 'host', id: hostId },
          ],
        });
        const state = await stateOf(trx, vmId);
        checkStatus('MigrateVm', state.status);
      });
    } catch (error) {
      // Somebody works on it, or it just starts or stops: the next round sees.
      if (!(error instanceof LockConflictError || error instanceof Fault)) throw error;
    }
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
