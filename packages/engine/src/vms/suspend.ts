import { defineSaga, type SagaContext, type Wait } from '@virgate/saga';
import { VdsmError } from '@virgate/vdsm';
import type { Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { ofJob, recordEvent } from '../events/record.ts';
import { checkSpace, type TaskState } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import { conflict, hostFailed, refused } from '../rest/fault.ts';
import { done, started, type Context, type Operation, type Reply } from '../rest/operation.ts';
import { actor } from '../rest/write.ts';
import { makeMemoryVolume, removeMemoryVolume, type MemoryRequest } from '../snapshots/memory-steps.ts';
import { isStatelessRun } from '../snapshots/stateless.ts';
import type { Tables } from '../tables/schema.ts';
import { stateOf, vmLock, wrongState } from './lock.ts';
import { checkStatus } from './status-rules.ts';
import { hibernationHandle, loadMemoryVolumes, memoryDomain, newMemoryPlace, type MemoryVolumes } from './memory-volumes.ts';
import { applyNextRun } from './next-run.ts';
import type { SagaServices } from '../jobs/saga-services.ts';

type Trx = Transaction<Tables>;
const pollMs = 500;
const saveTimeoutMs = 30 * 60_000;
const callTimeoutMs = 60_000;

interface Params {
  vmId: string;
  vmName: string;
  hostId: string;
  hostName: string;
  memory: MemoryVolumes;
  memoryBytes: number;
  user: { id: string; name: string };
  correlationId: string;
}

type Ctx = SagaContext<Params, TaskState, Trx>;

const requestOf = ({ vmName, memory, memoryBytes }: Params): MemoryRequest => ({
  vmName,
  memory,
  memoryBytes,
  purpose: 'hibernation',
  action: 'Cannot suspend VM',
});

/**
 * Waits until the host has saved the VM, which monitoring then shows as suspended.
 * @throws {Fault} when the host gave up and the VM runs on
 */
async function awaitSaved(ctx: Ctx, hosts: HostSessions): Promise<Wait | undefined> {
  const row = await ctx.tx((trx) => trx.selectFrom('vm_state').select('status').where('vm_id', '=', ctx.params.vmId).executeTakeFirst());
  if (row?.status === 'suspended') return undefined;
  if (row?.status === 'down') throw hostFailed('Cannot suspend VM', 'the VM went down before its memory was saved');
  const { client, fence } = await hosts.access(ctx.params.hostId);
  const answer = await client
    .call('VM.getStats', { vmID: ctx.params.vmId }, { timeoutMs: callTimeoutMs, fence, signal: ctx.signal })
    .catch(() => null);
  const status = Array.isArray(answer) ? (answer[0] as { status?: string } | undefined)?.status : undefined;
  if (status === 'Up' && ctx.polls > 20) throw hostFailed('Cannot suspend VM', 'the host could not save its memory; the VM runs on');
  return ctx.waitUntil({ delayMs: pollMs });
}

/** Suspends a VM: volumes for its memory, then the host saves it there. Until it is saved all can be taken back. */
export const suspendSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, TaskState, Trx>({
    name: 'HibernateVm',
    version: 1,
    title: (params) => `Hibernating VM ${params.vmName}`,
    locks: (params) => [vmLock(params.vmId)],
    initialState: () => ({ tasks: {} }),
    steps: [
      {
        name: 'dump-volume',
        title: 'Making a volume for the memory',
        run: async (ctx) => makeMemoryVolume(ctx, hosts, requestOf(ctx.params), 'dump'),
        undo: async (ctx) => removeMemoryVolume(ctx as never, hosts, ctx.params.memory, 'dump'),
      },
      {
        name: 'configuration-volume',
        title: 'Making a volume for the configuration',
        run: async (ctx) => makeMemoryVolume(ctx, hosts, requestOf(ctx.params), 'configuration'),
        async record(ctx, trx) {
          await trx
            .insertInto('vm_memory')
            .values(ctx.params.memory)
            .onConflict((one) => one.doNothing())
            .execute();
          await trx.updateTable('vm_state').set({ status: 'saving_state' }).where('vm_id', '=', ctx.params.vmId).execute();
          await noteChange(trx, 'vm', ctx.params.vmId, 'update');
        },
        undo: async (ctx) => removeMemoryVolume(ctx as never, hosts, ctx.params.memory, 'configuration'),
        async unrecord(ctx, trx) {
          await trx.deleteFrom('vm_memory').where('vm_id', '=', ctx.params.vmId).execute();
          await trx
            .updateTable('vm_state')
            .set({ status: 'up' })
            .where('vm_id', '=', ctx.params.vmId)
            .where('status', '=', 'saving_state')
            .execute();
          await noteChange(trx, 'vm', ctx.params.vmId, 'update');
        },
      },
      {
        name: 'hibernate',
        title: 'Saving the memory',
        async run(ctx) {
          const { client, fence } = await hosts.access(ctx.params.hostId);
          try {
            await client.call(
              'VM.hibernate',
              { vmID: ctx.params.vmId, hibernationVolHandle: hibernationHandle(ctx.params.memory) },
              { timeoutMs: callTimeoutMs, fence, signal: ctx.signal },
            );
          } catch (error) {
            // On a repeat the VM may be on its way or gone already: waiting for it tells.
            if (!(error instanceof VdsmError)) throw error;
            if (ctx.attempt === 1) throw hostFailed('Cannot suspend VM', error.message, error);
          }
        },
        async record(ctx, trx) {
          const { vmId, vmName, hostId, hostName } = ctx.params;
          await recordEvent(trx, {
            name: 'USER_SUSPEND_VM',
            vm: { id: vmId, name: vmName },
            host: { id: hostId, name: hostName },
            ...ofJob(ctx),
          });
        },
      },
      { name: 'saved', title: 'Waiting until it is saved', timeoutMs: saveTimeoutMs, run: async (ctx) => awaitSaved(ctx, hosts) },
    ],
  }) as unknown as EngineSaga;

interface DropParams {
  vmId: string;
  vmName: string;
  memory: MemoryVolumes;
  /** The VM was suspended and is now down; otherwise it runs again and its memory is of no more use. */
  stops: boolean;
}

/** Removes the memory of a VM that was resumed, or that is not to be resumed. */
export const dropMemorySaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<DropParams, TaskState, Trx>({
    name: 'ProcessDownVm',
    version: 1,
    title: (params) => `Removing the saved memory of VM ${params.vmName}`,
    locks: (params) => (params.stops ? [vmLock(params.vmId)] : []),
    initialState: () => ({ tasks: {} }),
    steps: [
      {
        name: 'running',
        title: 'Waiting until the VM runs',
        timeoutMs: saveTimeoutMs,
        async run(ctx) {
          if (ctx.params.stops) return undefined;
          const row = await ctx.tx((trx) =>
            trx.selectFrom('vm_state').select('status').where('vm_id', '=', ctx.params.vmId).executeTakeFirst(),
          );
          return row && ['wait_for_launch', 'restoring_state'].includes(row.status) ? ctx.waitUntil({ delayMs: pollMs }) : undefined;
        },
      },
      {
        name: 'dump',
        title: 'Removing the memory',
        retry: { attempts: 10, delayMs: 2_000 },
        run: async (ctx) => removeMemoryVolume(ctx as never, hosts, ctx.params.memory, 'dump'),
      },
      {
        name: 'configuration',
        title: 'Removing the configuration',
        retry: { attempts: 10, delayMs: 2_000 },
        run: async (ctx) => removeMemoryVolume(ctx as never, hosts, ctx.params.memory, 'configuration'),
        async record(ctx, trx) {
          await trx
            .deleteFrom('vm_memory')
            .where('vm_id', '=', ctx.params.vmId)
            .where('dump_image_id', '=', ctx.params.memory.dump_image_id)
            .execute();
          if (ctx.params.stops)
            await trx
              .updateTable('vm_state')
              .set({ status: 'down' })
              .where('vm_id', '=', ctx.params.vmId)
              .where('status', '=', 'suspended')
              .execute();
          await applyNextRun(trx, [ctx.params.vmId]);
          await noteChange(trx, 'vm', ctx.params.vmId, 'update');
        },
      },
    ],
  }) as unknown as EngineSaga;

/** `suspend`: saves a running VM's memory on storage; `start` lets it go on from there. */
export const suspendVm: Operation = {
  permit: 'hibernate_vm',
  subjects: (context) => [{ type: 'vm', id: context.path['vm'] ?? '' }],
  async run(context) {
    const vmId = context.path['vm'] ?? '';
    const vm = await context.db
      .selectFrom('vm')
      .innerJoin('vm_state', 'vm_state.vm_id', 'vm.id')
      .leftJoin('host', 'host.id', 'vm_state.host_id')
      .select(['vm.name', 'vm.memory_bytes as memory', 'vm_state.host_id', 'host.name as host_name'])
      .where('vm.id', '=', vmId)
      .executeTakeFirst();
    const place = vm ? await memoryDomain(context.db, vmId) : null;
    if (vm && place === null) throw conflict('ACTION_TYPE_FAILED_NO_SUITABLE_DOMAIN_FOUND', { VAR_ACTION: 'suspend', VAR_TYPE: 'VM' });
    if (vm && place) await checkSpace(context.db, place.domainId, vm.memory);
    const memory: MemoryVolumes = { vm_id: vmId, ...newMemoryPlace(place?.dataCenterId ?? '', place?.domainId ?? '', context.engine.uuid) };
    const { job, ended } = await context.engine.jobs.run<Params>(context, 'HibernateVm', {
      params: {
        vmId,
        vmName: vm?.name ?? '',
        hostId: vm?.host_id ?? '',
        hostName: vm?.host_name ?? '',
        memory,
        memoryBytes: vm?.memory ?? 0,
        user: actor(context),
        correlationId: context.correlationId,
      },
      description: `Hibernating VM ${vm?.name ?? vmId}`,
      subjects: [{ type: 'vm', id: vmId }],
      check: async (trx) => {
        const { status } = await stateOf(trx, vmId);
        checkStatus('HibernateVm', status);
        const pooled = await trx.selectFrom('vm_pool_member').select('vm_id').where('vm_id', '=', vmId).executeTakeFirst();
        if (pooled) throw refused('VM_CANNOT_SUSPEND_VM_FROM_POOL', { VAR_ACTION: 'suspend', VAR_TYPE: 'VM' });
        if (await isStatelessRun(trx, vmId)) throw refused('VM_CANNOT_SUSPEND_STATELESS_VM', { VAR_ACTION: 'suspend', VAR_TYPE: 'VM' });
      },
    });
    return ended ? done(job) : started(job);
  },
};

/** Lets go of a suspended VM's memory: `stop` of a VM that is suspended. */
export async function stopSuspended(context: Context, vmId: string, vmName: string): Promise<Reply> {
  const memory = await loadMemoryVolumes(context.db, vmId);
  if (!memory) throw wrongState('stop', 'suspended');
  const { job, ended } = await context.engine.jobs.run<DropParams>(context, 'ProcessDownVm', {
    params: { vmId, vmName, memory, stops: true },
    description: `Removing the saved memory of VM ${vmName}`,
    subjects: [{ type: 'vm', id: vmId }],
    check: async (trx) => {
      const { status } = await stateOf(trx, vmId);
      if (status !== 'suspended') throw wrongState('stop', status);
    },
  });
  return ended ? done(job) : started(job);
}
