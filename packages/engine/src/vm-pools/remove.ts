import { LockConflictError, defineSaga, type SagaContext, type Wait } from '@virgate/saga';
import type { Transaction } from 'kysely';
import { revokeAllOn } from '../access/grant.ts';
import { noteChange } from '../changes/outbox.ts';
import { ofJob, recordEvent } from '../events/record.ts';
import type { EngineSaga, Jobs } from '../jobs/jobs.ts';
import { conflict, hostFailed, say } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, started, type Operation } from '../rest/operation.ts';
import { actor, attribution, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { beginStop } from '../vms/power.ts';
import { beginRemoval } from '../vms/remove.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { poolLock } from './grow.ts';
import { readableVmPools } from './read.ts';

type Trx = Transaction<Tables>;

const batchSize = 10;
const pollMs = 500;
const batchTimeoutMs = 2 * 3_600_000;
/** How often the removal of one VM is tried. */
const maxTries = 3;

interface Params {
  poolId: string;
  poolName: string;
  vmIds: string[];
  user: { id: string; name: string };
  correlationId: string;
}

interface State {
  /** How often the stop or removal of a VM was begun. */
  tries: Record<string, number>;
}

type Ctx = SagaContext<Params, State, Trx>;

/** Does the next thing that brings one VM to its end. @returns whether there is something left to wait for */
async function removeOne(ctx: Ctx, jobs: Jobs, vmId: string): Promise<boolean> {
  const { user, correlationId } = ctx.params;
  const tries = ctx.state.tries[vmId] ?? 0;
  return ctx
    .tx(async (trx) => {
      const row = await trx.selectFrom('vm_state').select(['status', 'host_id']).where('vm_id', '=', vmId).executeTakeFirst();
      if (!row) return false;
      const busy = await trx
        .selectFrom('object_lock')
        .select('object_id')
        .where('lock_group', '=', 'VM')
        .where('object_id', '=', vmId)
        .executeTakeFirst();
      // A stateless VM that went down is locked until it is what it was.
      if (busy || row.status === 'image_locked') return true;
      if (tries >= 2 * maxTries) throw hostFailed('Cannot remove VM pool', say`VM ${vmId} can be neither stopped nor removed`);
      const who = { user, correlationId };
      if (row.host_id === null) await beginRemoval(trx, jobs, { vmId, keepDisks: false }, who);
      else await beginStop(trx, jobs, vmId, { ...who, reason: 'The VM pool is removed.' });
      await ctx.save({ tries: { ...ctx.state.tries, [vmId]: tries + 1 } }, trx);
      return true;
    })
    .catch((error: unknown) => {
      if (error instanceof LockConflictError) return true;
      throw error;
    });
}

async function removeBatch(ctx: Ctx, jobs: Jobs, vmIds: readonly string[]): Promise<Wait | undefined> {
  let waiting = false;
  for (const vmId of vmIds) waiting = (await removeOne(ctx, jobs, vmId)) || waiting;
  return waiting ? ctx.waitUntil({ delayMs: pollMs }) : undefined;
}

/** Stops and removes the VMs of a pool, then the pool. One that fails can be asked for again. */
export const removePoolSaga = ({ jobs }: SagaServices): EngineSaga =>
  defineSaga<Params, State, Trx>({
    name: 'RemoveVmPool',
    version: 1,
    title: (params) => `Removing VM pool ${params.poolName}`,
    locks: (params) => [poolLock(params.poolId, 'ACTION_TYPE_FAILED_VM_POOL_IS_BEING_REMOVED')],
    initialState: () => ({ tries: {} }),
    steps: (params) => [
      ...Array.from({ length: Math.ceil(params.vmIds.length / batchSize) }, (_none, batch) => ({
        name: `vms-${batch * batchSize + 1}`,
        title: 'Removing VMs',
        timeoutMs: batchTimeoutMs,
        run: async (ctx: Ctx) => removeBatch(ctx, jobs(), ctx.params.vmIds.slice(batch * batchSize, (batch + 1) * batchSize)),
      })),
      {
        name: 'pool',
        title: 'Removing the pool',
        async record(ctx: Ctx, trx: Trx) {
          const { poolId, poolName } = ctx.params;
          await trx.deleteFrom('vm_pool').where('id', '=', poolId).execute();
          await revokeAllOn(trx, [poolId]);
          await recordEvent(trx, { name: 'USER_REMOVE_VM_POOL', ...ofJob(ctx), values: { pool: poolName } });
          await noteChange(trx, 'vm_pool', poolId, 'remove');
        },
      },
    ],
    async ended(end, trx) {
      if (end.status === 'succeeded') return;
      const { poolId, poolName } = end.params;
      await trx.updateTable('vm_pool').set({ status: 'ok' }).where('id', '=', poolId).execute();
      await recordEvent(trx, {
        name: 'USER_REMOVE_VM_POOL_FAILED',
        ...ofJob(end),
        values: { pool: poolName, reason: end.error?.message ?? '' },
      });
      await noteChange(trx, 'vm_pool', poolId, 'update');
    },
  }) as unknown as EngineSaga;

/** `DELETE vmpools/{pool}`: removes a pool with its VMs, also those that run or are somebody's. */
export const removeVmPool: Operation = {
  permit: 'delete_vm_pool',
  subjects: (context) => [{ type: 'vm_pool', id: context.path['pool'] ?? '' }],
  async run(context) {
    const pool = await one(context, readableVmPools, context.path['pool']);
    const poolId = pool.id ?? '';
    const poolName = String(pool['name']);
    const job = await write(context, async (trx) => {
      await trx.selectFrom('vm_pool').select('id').where('id', '=', poolId).forUpdate().execute();
      const members = await trx
        .selectFrom('vm_pool_member')
        .innerJoin('vm', 'vm.id', 'vm_pool_member.vm_id')
        .select(['vm.id', 'vm.name', 'vm.delete_protected'])
        .where('vm_pool_member.vm_pool_id', '=', poolId)
        .orderBy('vm.name')
        .execute();
      const id = await context.engine.jobs.beginIn<Params>(trx, context, 'RemoveVmPool', {
        params: { poolId, poolName, vmIds: members.map((vm) => vm.id), user: actor(context), correlationId: context.correlationId },
        description: `Removing VM pool ${poolName}`,
        subjects: [{ type: 'vm_pool', id: poolId }],
      });
      if (members.some((vm) => vm.delete_protected))
        throw conflict('ACTION_TYPE_FAILED_DELETE_PROTECTION_ENABLED', { VAR_ACTION: 'remove', VAR_TYPE: 'VM pool' });
      await trx.updateTable('vm_pool').set({ status: 'removing', prestarted_vms: 0 }).where('id', '=', poolId).execute();
      await recordEvent(trx, { name: 'USER_REMOVE_VM_POOL_INITIATED', ...attribution(context), jobId: id, values: { pool: poolName } });
      await noteChange(trx, 'vm_pool', poolId, 'update');
      return id;
    });
    if (context.asynchronous) return started(job);
    return (await context.engine.jobs.settle(job)) ? done(job) : started(job);
  },
};
