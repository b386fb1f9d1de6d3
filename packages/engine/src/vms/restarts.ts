import { Watch } from '../housekeeping/watch.ts';
import { transaction } from '@virgate/database';
import { LockConflictError } from '@virgate/saga';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Logger } from 'pino';
import { recordEvent } from '../events/record.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { SystemOptions } from '../options/values.ts';
import { withQuotaEvents } from '../quotas/consume.ts';
import { Fault } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';
import { decideRestarts, pauseAfter, type RestartReason, type RestartTimes, type WaitingVm } from './restart-rules.ts';
import { beginRun } from './start.ts';

type Trx = Transaction<Tables>;

/**
 * Notes that highly available VMs among those that went down are to be started again: those that a fault ended, not a person.
 * To be called in the transaction that notes their end.
 */
export async function queueFailedVms(trx: Trx, vmIds: readonly string[]): Promise<void> {
  if (vmIds.length === 0) return;
  const queued = await sql<{ id: string; name: string }>`
    with failed as (
      insert into vm_restart (vm_id, reason) select t.id, 'high_availability' from vm t join vm_state s on s.vm_id = t.id
      where t.id = any(${[...vmIds]}::uuid[]) and t.high_availability and s.exit_status = 1 and s.status in ('down', 'image_locked')
      on conflict (vm_id) do update set reason = excluded.reason,
        attempts = case when vm_restart.reason = 'silent_host' then 0 else vm_restart.attempts end,
        next_at = case when vm_restart.reason = 'silent_host' then excluded.next_at else vm_restart.next_at end returning vm_id)
    select t.id, t.name from failed f join vm t on t.id = f.vm_id order by t.id`.execute(trx);
  for (const vm of queued.rows) await recordEvent(trx, { name: 'HA_VM_FAILED', vm });
}

/** Notes that a VM which is ending is to start anew, as what waits for its next start. */
export async function queueColdReboot(trx: Trx, vmId: string): Promise<void> {
  await trx
    .insertInto('vm_restart')
    .values({ vm_id: vmId, reason: 'cold_reboot' })
    .onConflict((there) => there.column('vm_id').doNothing())
    .execute();
}

/** A VM that is to be started again, with the host that has it. */
interface Candidate extends WaitingVm {
  hostId: string | null;
}

/**
 * Starts VMs that are to be started again: highly available ones that a fault ended or whose host does not answer while their lease keeps them
 * single, those that were rebooted to become another machine, and those that did not come up on a host.
 * Any engine does it; each attempt is claimed in the database, so that no two make the same one.
 */
export class VmRestarts extends Watch {
  readonly #db: Kysely<Tables>;
  readonly #jobs: Jobs;
  readonly #options: SystemOptions;
  readonly #uuid: () => string;

  constructor(options: { db: Kysely<Tables>; jobs: Jobs; options: SystemOptions; uuid: () => string; log: Logger }) {
    super({
      what: 'VMs that are to be started again',
      everyMs: options.options.number('AutoStartVmsRunnerIntervalInSeconds') * 1000,
      log: options.log,
    });
    this.#db = options.db;
    this.#jobs = options.jobs;
    this.#options = options.options;
    this.#uuid = options.uuid;
  }

  #times(): RestartTimes {
    const seconds = (name: string): number => this.#options.number(name) * 1000;
    return {
      shortIntervalMs: seconds('RetryToRunAutoStartVmShortIntervalInSeconds'),
      longIntervalMs: seconds('RetryToRunAutoStartVmLongIntervalInSeconds'),
      shortAttempts: this.#options.number('NumOfTriesToRunFailedAutoStartVmInShortIntervals'),
      blockedMs: seconds('MaxTimeAutoStartBlockedOnPriority'),
    };
  }

  protected async look(): Promise<void> {
    const found = await sql<Candidate & { nowMs: number }>`
      select r.vm_id as "vmId", r.reason, t.high_availability as "highlyAvailable", t.high_availability_priority as priority, s.status, r.attempts,
        s.host_id as "hostId", h.status as "hostStatus", s.lease_domain_id is not null as "hasLease",
        (extract(epoch from r.queued_at) * 1000)::float8 as "queuedAtMs", (extract(epoch from r.next_at) * 1000)::float8 as "nextAtMs",
        (extract(epoch from now()) * 1000)::float8 as "nowMs"
      from vm_restart r join vm t on t.id = r.vm_id join vm_state s on s.vm_id = r.vm_id
        left join host_state h on h.host_id = s.host_id order by r.vm_id`.execute(this.#db);
    const [first] = found.rows;
    if (!first) return;
    const times = this.#times();
    const { start, settled } = decideRestarts(found.rows, first.nowMs, times);
    if (settled.length > 0) await this.#db.deleteFrom('vm_restart').where('vm_id', 'in', settled).execute();
    for (const vmId of start) {
      const vm = found.rows.find((one) => one.vmId === vmId);
      if (vm && (await this.#claim(vm, times))) await this.#startOne(vm, times);
    }
  }

  /** Counts an attempt, unless another engine has counted it. */
  async #claim(vm: Candidate, times: RestartTimes): Promise<boolean> {
    const pauseMs = pauseAfter(vm.reason, vm.attempts + 1, times);
    const claimed = await sql`
      update vm_restart set attempts = attempts + 1, next_at = now() + ${pauseMs} * interval '1 millisecond'
      where vm_id = ${vm.vmId} and attempts = ${vm.attempts} returning 1`.execute(this.#db);
    return claimed.rows.length > 0;
  }

  async #startOne(vm: Candidate, times: RestartTimes): Promise<void> {
    try {
      await withQuotaEvents(this.#db, () =>
        transaction(this.#db, async (trx) => {
          await beginRun(
            trx,
            { jobs: this.#jobs, uuid: this.#uuid },
            {
              vmId: vm.vmId,
              user: null,
              correlationId: this.#uuid(),
              runOnce: false,
              once: {},
              onlyHost: null,
              ...(vm.status === 'unknown' && vm.hostId !== null ? { silentHostId: vm.hostId } : {}),
              ...(vm.reason === 'rerun' ? { isRerun: true } : {}),
            },
          );
          // Whether it comes up there is seen anew.
          if (vm.reason === 'rerun') await trx.deleteFrom('vm_restart').where('vm_id', '=', vm.vmId).execute();
        }),
      );
    } catch (error) {
      if (!(error instanceof Fault || error instanceof LockConflictError)) throw error;
      // The job that started it may be about to end.
      if (vm.reason === 'rerun' && error instanceof LockConflictError) return;
      await transaction(this.#db, (trx) =>
        tellFailure(trx, vm, error.message, vm.reason !== 'silent_host' && vm.attempts + 1 === times.shortAttempts),
      );
    }
  }
}

const failures: Record<RestartReason, 'HA_VM_RESTART_FAILED' | 'COLD_REBOOT_FAILED' | 'USER_FAILED_RUN_VM'> = {
  high_availability: 'HA_VM_RESTART_FAILED',
  silent_host: 'HA_VM_RESTART_FAILED',
  cold_reboot: 'COLD_REBOOT_FAILED',
  rerun: 'USER_FAILED_RUN_VM',
};

async function tellFailure(trx: Trx, waiting: WaitingVm, reason: string, last: boolean): Promise<void> {
  const vm = await trx.selectFrom('vm').select(['id', 'name']).where('id', '=', waiting.vmId).executeTakeFirst();
  if (!vm) return;
  await recordEvent(trx, { name: failures[waiting.reason], vm, values: { reason } });
  if (waiting.reason === 'rerun') await trx.deleteFrom('vm_restart').where('vm_id', '=', waiting.vmId).execute();
  else if (last)
    await recordEvent(trx, {
      name:
        waiting.reason === 'cold_reboot'
          ? 'EXCEEDED_MAXIMUM_NUM_OF_COLD_REBOOT_VM_ATTEMPTS'
          : 'EXCEEDED_MAXIMUM_NUM_OF_RESTART_HA_VM_ATTEMPTS',
      vm,
    });
}
