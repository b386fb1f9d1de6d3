import { sql, type Transaction } from 'kysely';
import { grant } from '../access/grant.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { withQuotaEvents } from '../quotas/consume.ts';
import { conflict, notFound } from '../rest/fault.ts';
import { isUuid, one } from '../rest/listing.ts';
import { done, started, type Operation } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { readableVms } from '../vms/read.ts';
import { beginRun } from '../vms/start.ts';
import { takerRole } from './returning.ts';

type Trx = Transaction<Tables>;

interface PoolRow {
  id: string;
  name: string;
  status: string;
  stateful: boolean;
  max_user_vms: number;
}

interface FreeVm {
  id: string;
  name: string;
  running: boolean;
}

/**
 * The VM that a user gets: one that runs already before one that must be started. One that runs counts only when it will be as before once
 * it is down, or when the pool's VMs keep what is written. Source: engine behaviour, VM pools.
 */
async function freeVm(trx: Trx, pool: PoolRow): Promise<FreeVm | undefined> {
  const found = await sql<FreeVm>`select v.id, v.name, s.host_id is not null as running
    from vm_pool_member m join vm v on v.id = m.vm_id join vm_state s on s.vm_id = v.id
    where m.vm_pool_id = ${pool.id} and m.user_id is null
      and not exists (select 1 from object_lock l where l.lock_group = 'VM' and l.object_id = v.id::text)
      and (s.status = 'down' or (s.status in ('up', 'powering_up')
        and (${pool.stateful} or exists (select 1 from snapshot x where x.vm_id = v.id and x.type = 'stateless'))))
    order by (s.status = 'up') desc, running desc, v.created_at, v.name limit 1`.execute(trx);
  return found.rows[0];
}

/** `POST vmpools/{pool}/allocatevm`: the user takes a VM of the pool, which is started unless it runs. The answer says which. */
export const allocateVm: Operation = {
  permit: 'vm_pool_basic_operations',
  subjects: (context) => [{ type: 'vm_pool', id: context.path['pool'] ?? '' }],
  async run(context) {
    const poolId = context.path['pool'] ?? '';
    const values = { VAR_ACTION: 'allocate and run', VAR_TYPE: 'VM from VM pool' };
    const take = () =>
      write(context, async (trx) => {
        const pool = isUuid(poolId)
          ? await trx
              .selectFrom('vm_pool')
              .select(['id', 'name', 'status', 'stateful', 'max_user_vms'])
              .where('id', '=', poolId)
              .forUpdate()
              .executeTakeFirst()
          : undefined;
        if (!pool) throw notFound();
        if (pool.status === 'removing') throw conflict('ACTION_TYPE_FAILED_VM_POOL_IS_BEING_REMOVED', values);
        const own = await trx
          .selectFrom('vm_pool_member')
          .select((count) => count.fn.countAll<number>().as('vms'))
          .where('vm_pool_id', '=', poolId)
          .where('user_id', '=', context.user.id)
          .executeTakeFirstOrThrow();
        if (own.vms >= pool.max_user_vms) throw conflict('VM_POOL_CANNOT_ATTACH_TO_MORE_VMS_FROM_POOL', values);
        const vm = await freeVm(trx, pool);
        if (!vm) throw conflict('ACTION_TYPE_FAILED_NO_AVAILABLE_POOL_VMS', values);
        await trx
          .updateTable('vm_pool_member')
          .set({ user_id: context.user.id, taken_at: new Date(context.engine.now()) })
          .where('vm_id', '=', vm.id)
          .execute();
        await grant(trx, context.user.id, takerRole, { type: 'vm', id: vm.id });
        const job = await context.engine.jobs.record(trx, context, {
          action: 'AttachUserToVmFromPoolAndRun',
          description: `Attaching a user to VM ${vm.name} in VM pool ${pool.name}`,
          subjects: [
            { type: 'vm_pool', id: poolId },
            { type: 'vm', id: vm.id },
          ],
        });
        const about = { vm: { id: vm.id, name: vm.name }, ...attribution(context), values: { pool: pool.name } };
        await recordEvent(trx, { name: 'USER_ATTACH_USER_TO_VM_FROM_POOL', ...about, jobId: job });
        await noteChange(trx, 'vm', vm.id, 'update');
        await noteChange(trx, 'vm_pool', poolId, 'update');
        if (vm.running) {
          await recordEvent(trx, { name: 'USER_ATTACH_USER_TO_VM_FROM_POOL_FINISHED_SUCCESS', ...about, jobId: job });
          return { vmId: vm.id, job, run: null };
        }
        const run = await beginRun(trx, context.engine, {
          vmId: vm.id,
          ...attribution(context),
          user: about.user ?? null,
          correlationId: context.correlationId,
          runOnce: false,
          once: {},
          onlyHost: null,
          stateless: !pool.stateful,
          pool: { id: poolId, name: pool.name, forUser: true },
        });
        await context.engine.jobs.place(trx, context, run);
        return { vmId: vm.id, job: run, run };
      });
    const { vmId, job, run } = await withQuotaEvents(context.db, take);
    const ended = run === null || (context.asynchronous ? false : await context.engine.jobs.settle(run));
    const result = { vm: await one(context, readableVms, vmId) };
    return ended ? done(job, result) : started(job, result);
  },
};
