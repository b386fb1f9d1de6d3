import { isUniqueViolation } from '@virgate/database';
import { defineSaga, type LockRequest, type SagaContext, type SagaStep, type Wait } from '@virgate/saga';
import { sql, type Transaction } from 'kysely';
import type { EventName } from '@virgate/contract/generated/events';
import { noteChange } from '../changes/outbox.ts';
import { ofJob, recordEvent } from '../events/record.ts';
import type { EngineSaga, Jobs } from '../jobs/jobs.ts';
import { consumeStorage } from '../quotas/consume.ts';
import { consumptionOf } from '../quotas/disks.ts';
import { Fault, refused } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';
import { beginDisks, insertVm, type VmPlan } from '../vms/add.ts';
import type { SagaServices } from '../jobs/saga-services.ts';

type Trx = Transaction<Tables>;

/** VMs that are made at the same time, as one step. */
const batchSize = 10;
const pollMs = 500;
const batchTimeoutMs = 2 * 3_600_000;

export interface GrowParams {
  poolId: string;
  poolName: string;
  /** Names of the VMs to make; their ids follow from the job's. */
  names: string[];
  plan: VmPlan;
  /** So many failures in a row end it. Source: engine configuration, VmPoolMaxSubsequentFailures. */
  maxFailures: number;
  user: { id: string; name: string };
  correlationId: string;
}

interface State {
  /** Names of VMs whose making has begun. */
  begun: string[];
  made: number;
  failed: number;
  failedInARow: number;
  /** Why the last one failed. */
  problem: string;
}

type Ctx = SagaContext<GrowParams, State, Trx>;

/** The lock of whatever changes a pool as a whole. */
export const poolLock = (poolId: string, messageKey: string): LockRequest => ({
  group: 'VM_POOL',
  objectId: poolId,
  mode: 'exclusive',
  messageKey,
});

/** Rows of one VM, and the job that makes its disks. Repeated, it finds the VM. */
async function makeVm(trx: Trx, ctx: Ctx, jobs: Jobs, name: string): Promise<void> {
  const { poolId, poolName, plan, user, correlationId } = ctx.params;
  const vmId = ctx.uuid(name);
  if (await trx.selectFrom('vm').select('id').where('id', '=', vmId).executeTakeFirst()) return;
  let made = 0;
  const uuid = (): string => {
    made += 1;
    return ctx.uuid(`${name} ${made}`);
  };
  const disks = plan.disks.map(({ disk, attachment }, at) => ({
    attachment,
    disk: { ...disk, diskId: uuid(), volumeId: uuid(), name: `${name}_Disk${at + 1}` },
  }));
  await insertVm(trx, { ...plan, id: vmId, name, disks, userId: user.id, uuid });
  await trx.insertInto('vm_pool_member').values({ vm_id: vmId, vm_pool_id: poolId }).execute();
  await consumeStorage(trx, consumptionOf(disks.map((one) => one.disk)), { user, correlationId, vm: { id: vmId, name } });
  await recordEvent(trx, {
    name: 'USER_ADD_VM_TO_POOL',
    vm: { id: vmId, name },
    cluster: plan.cluster,
    ...ofJob(ctx),
    values: { pool: poolName },
  });
  if (disks.length > 0) await beginDisks(trx, jobs, { id: vmId, name }, disks, { user, correlationId });
}

async function begin(ctx: Ctx, jobs: Jobs, name: string): Promise<void> {
  try {
    await ctx.tx(async (trx) => {
      await makeVm(trx, ctx, jobs, name);
      await ctx.save({ begun: [...ctx.state.begun, name] }, trx);
    });
  } catch (error) {
    const clash = isUniqueViolation(error, 'vm_name');
    if (!(error instanceof Fault) && !clash) throw error;
    await ctx.save({ begun: [...ctx.state.begun, name], problem: clash ? `The name ${name} is in use` : (error as Fault).message });
  }
}

/** One batch: begins what has not begun, waits for all of it, and counts. */
async function makeBatch(ctx: Ctx, jobs: Jobs, names: readonly string[]): Promise<Wait | undefined> {
  if (ctx.state.failedInARow >= ctx.params.maxFailures) return undefined;
  for (const name of names) if (!ctx.state.begun.includes(name)) await begin(ctx, jobs, name);
  const ids = names.map((name) => ctx.uuid(name));
  const rows = await ctx.tx((trx) => trx.selectFrom('vm_state').select(['vm_id', 'status']).where('vm_id', 'in', ids).execute());
  const statuses = new Map(rows.map((row) => [row.vm_id, row.status]));
  if (rows.some((row) => row.status === 'image_locked')) return ctx.waitUntil({ delayMs: pollMs });
  for (const id of ids) {
    const gone = !statuses.has(id);
    if (gone) ctx.state.failed += 1;
    else ctx.state.made += 1;
    ctx.state.failedInARow = gone ? ctx.state.failedInARow + 1 : 0;
  }
  const lost = ids.filter((id) => !statuses.has(id));
  if (lost.length > 0) ctx.state.problem = (await ctx.tx((trx) => problemOf(trx, lost))) ?? ctx.state.problem;
  return undefined;
}

/** Why the last of these VMs could not be made. */
async function problemOf(trx: Trx, vmIds: readonly string[]): Promise<string | undefined> {
  const { rows } = await sql<{ message: string | null }>`
    select error ->> 'message' as message from saga where name = 'AddVm' and params ->> 'vmId' = any(${vmIds}) and status in ('failed', 'aborted')
    order by ended_at desc limit 1`.execute(trx);
  return rows[0]?.message?.replaceAll(/^\[|\]$/g, '');
}

function batches(params: Readonly<GrowParams>, jobs: () => Jobs): SagaStep<GrowParams, State, Trx>[] {
  const steps: SagaStep<GrowParams, State, Trx>[] = [];
  for (let at = 0; at < params.names.length; at += batchSize) {
    const names = params.names.slice(at, at + batchSize);
    steps.push({
      name: `vms-${at + 1}`,
      title: names.length === 1 ? `Creating VM ${names[0]}` : `Creating VMs ${names[0]} to ${names.at(-1)}`,
      timeoutMs: batchTimeoutMs,
      run: async (ctx) => makeBatch(ctx, jobs(), names),
    });
  }
  return steps;
}

const kinds = {
  AddVmPool: {
    title: (name: string) => `Creating VM pool ${name}`,
    lock: 'ACTION_TYPE_FAILED_VM_POOL_IS_BEING_CREATED',
    done: 'USER_ADD_VM_POOL_WITH_VMS',
    partly: 'USER_ADD_VM_POOL_WITH_VMS_ADD_VDS_FAILED',
    failed: 'USER_ADD_VM_POOL_WITH_VMS_FAILED',
  },
  UpdateVmPool: {
    title: (name: string) => `Editing VM pool ${name}`,
    lock: 'ACTION_TYPE_FAILED_VM_POOL_IS_BEING_UPDATED',
    done: 'USER_UPDATE_VM_POOL_WITH_VMS',
    partly: 'USER_UPDATE_VM_POOL_WITH_VMS_FAILED',
    failed: 'USER_UPDATE_VM_POOL_WITH_VMS_FAILED',
  },
} as const satisfies Record<string, { title(name: string): string; lock: string; done: EventName; partly: EventName; failed: EventName }>;

/** Makes the VMs of a new pool, or more of them. VMs that cannot be made are left out; a pool of which none could be made goes. */
const growSaga = (name: keyof typeof kinds, { jobs }: SagaServices): EngineSaga =>
  defineSaga<GrowParams, State, Trx>({
    name,
    version: 1,
    title: (params) => kinds[name].title(params.poolName),
    locks: (params) => [poolLock(params.poolId, kinds[name].lock)],
    initialState: () => ({ begun: [], made: 0, failed: 0, failedInARow: 0, problem: '' }),
    steps: (params) => [
      ...batches(params, jobs),
      {
        name: 'count',
        title: 'Counting what was made',
        async run(ctx) {
          if (ctx.state.made === 0) throw refused('POOL_HAS_NO_VMS', { reason: ctx.state.problem });
        },
      },
    ],
    async ended(end, trx) {
      const { poolId, poolName, plan, names, maxFailures } = end.params;
      const { made, failedInARow, problem } = end.state;
      const about = { cluster: plan.cluster, ...ofJob(end) };
      const values = { pool: poolName, made: String(made), wanted: String(names.length), reason: problem };
      if (failedInARow >= maxFailures) await recordEvent(trx, { name: 'USER_VM_POOL_MAX_SUBSEQUENT_FAILURES_REACHED', ...about, values });
      const outcome = end.status !== 'succeeded' ? 'failed' : made < names.length ? 'partly' : 'done';
      await recordEvent(trx, { name: kinds[name][outcome], ...about, values });
      if (outcome === 'failed' && name === 'AddVmPool') {
        await trx.deleteFrom('vm_pool_member').where('vm_pool_id', '=', poolId).execute();
        await trx.deleteFrom('vm_pool').where('id', '=', poolId).execute();
        await noteChange(trx, 'vm_pool', poolId, 'remove');
      } else await noteChange(trx, 'vm_pool', poolId, 'update');
    },
  }) as unknown as EngineSaga;

export const growPoolSagas = (services: SagaServices): EngineSaga[] => [
  growSaga('AddVmPool', services),
  growSaga('UpdateVmPool', services),
];
