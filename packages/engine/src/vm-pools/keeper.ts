import { Watch } from '../housekeeping/watch.ts';
import { randomUUID } from 'node:crypto';
import { transaction } from '@virgate/database';
import { LockConflictError } from '@virgate/saga';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Logger } from 'pino';
import { noteChange } from '../changes/outbox.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { SystemOptions } from '../options/values.ts';
import { Fault } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';
import { beginRun } from '../vms/start.ts';
import { vmsToPrestart } from './prestart.ts';
import { beginNewVersion, outdatedVms } from './version.ts';

type Trx = Transaction<Tables>;

/** How often pools are looked at. A pool whose starts fail is tried again after the interval of the configuration. */
const checkMs = 3_000;
const minuteMs = 60_000;

interface PoolRow {
  id: string;
  name: string;
  stateful: boolean;
  prestarted_vms: number;
  failures: number;
}

interface MemberRow {
  id: string;
  status: string;
  busy: boolean;
  returns: boolean;
}

/** Keeps VMs of pools started for whom comes next, and on the newest version of their template. Any engine may do it, at any time. */
export class PoolKeeper extends Watch {
  readonly #db: Kysely<Tables>;
  readonly #jobs: Jobs;
  readonly #options: SystemOptions;
  readonly #now: () => number;
  #forgivenAt = 0;

  constructor(parts: { db: Kysely<Tables>; jobs: Jobs; options: SystemOptions; log: Logger; now: () => number }) {
    super({ what: 'VM pools', everyMs: checkMs, log: parts.log });
    this.#db = parts.db;
    this.#jobs = parts.jobs;
    this.#options = parts.options;
    this.#now = parts.now;
  }

  override start(): void {
    this.#forgivenAt = this.#now();
    super.start();
  }

  protected async look(): Promise<void> {
    for (const vm of await outdatedVms(this.#db)) await this.#try((trx) => beginNewVersion(trx, this.#jobs, vm, randomUUID));
    if (this.#now() - this.#forgivenAt >= this.#options.number('VmPoolMonitorIntervalInMinutes') * minuteMs) {
      this.#forgivenAt = this.#now();
      await this.#db.updateTable('vm_pool').set({ failures: 0 }).where('failures', '>', 0).execute();
    }
    const pools = await this.#db
      .selectFrom('vm_pool')
      .select('id')
      .where('prestarted_vms', '>', 0)
      .where('type', '=', 'automatic')
      .where('status', '=', 'ok')
      .where('failures', '<', this.#options.number('VmPoolMonitorMaxAttempts'))
      .execute();
    for (const { id } of pools) {
      const chosen = await transaction(this.#db, (trx) => this.#choose(trx, id));
      for (const vmId of chosen.vmIds) await this.#try((trx) => this.#prestart(trx, chosen.pool, vmId));
    }
  }

  async #choose(trx: Trx, poolId: string): Promise<{ pool: PoolRow; vmIds: string[] }> {
    const pool = await trx
      .selectFrom('vm_pool')
      .select(['id', 'name', 'stateful', 'prestarted_vms', 'failures'])
      .where('id', '=', poolId)
      .executeTakeFirstOrThrow();
    const free = await sql<MemberRow>`select v.id, s.status,
        exists (select 1 from object_lock l where l.lock_group = 'VM' and l.object_id = v.id::text) as busy,
        exists (select 1 from snapshot x where x.vm_id = v.id and x.type = 'stateless') as returns
      from vm_pool_member m join vm v on v.id = m.vm_id join vm_state s on s.vm_id = v.id
      where m.vm_pool_id = ${poolId} and m.user_id is null order by v.created_at, v.name`.execute(trx);
    const isDown = (vm: MemberRow): boolean => vm.status === 'down' && !vm.busy;
    const vmIds = vmsToPrestart(
      {
        wanted: pool.prestarted_vms,
        running: free.rows.filter((vm) => vm.status !== 'down' && (pool.stateful ? vm.status !== 'image_locked' : vm.returns)).length,
        down: free.rows.filter(isDown).map((vm) => vm.id),
        failures: pool.failures,
      },
      { batch: this.#options.number('VmPoolMonitorBatchSize'), maxFailures: this.#options.number('VmPoolMonitorMaxAttempts') },
    );
    return { pool, vmIds };
  }

  async #prestart(trx: Trx, pool: PoolRow, vmId: string): Promise<void> {
    const member = await trx.selectFrom('vm_pool_member').select('user_id').where('vm_id', '=', vmId).forUpdate().executeTakeFirst();
    if (member?.user_id !== null) return;
    await beginRun(
      trx,
      { jobs: this.#jobs, uuid: randomUUID },
      {
        vmId,
        user: null,
        correlationId: '',
        runOnce: false,
        once: {},
        onlyHost: null,
        stateless: !pool.stateful,
        pool: { id: pool.id, name: pool.name, forUser: false },
      },
    );
    await noteChange(trx, 'vm_pool', pool.id, 'update');
  }

  /** What another job has in hand, or what cannot be now, is left for the next look. */
  async #try(change: (trx: Trx) => Promise<void>): Promise<void> {
    await transaction(this.#db, change).catch((error: unknown) => {
      if (!(error instanceof LockConflictError || error instanceof Fault)) throw error;
    });
  }
}
