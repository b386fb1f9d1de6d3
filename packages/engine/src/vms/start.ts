import { json } from '@virgate/database';
import { VdsmError } from '@virgate/vdsm';
import { defineSaga } from '@virgate/saga';
import type { Transaction } from 'kysely';
import type { Action } from '@virgate/contract/generated/types';
import { recordEvent } from '../events/record.ts';
import { noteChange } from '../changes/outbox.ts';
import { followInstanceType } from '../instance-types/bind.ts';
import type { EngineSaga, Jobs } from '../jobs/jobs.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import { Fault, badRequest, conflict, refused } from '../rest/fault.ts';
import { messageText, statusOfMessage } from '../rest/messages.ts';
import { done, started, type Operation } from '../rest/operation.ts';
import { actor, attribution } from '../rest/write.ts';
import { releaseReservation, reserveForVm, withQuotaEvents } from '../quotas/consume.ts';
import { loadSnapshot, requestOf } from '../scheduling/load.ts';
import { explain, schedule } from '../scheduling/schedule.ts';
import type { Tables } from '../tables/schema.ts';
import { domainXml } from './domain-xml/domain.ts';
import { stateOf, vmLock, wrongState } from './lock.ts';
import { checkStatus } from './status-rules.ts';
import { loadPlan, type RunOnce } from './plan.ts';
import { loadMemoryVolumes, resumeParameters } from './memory-volumes.ts';

/** How many hosts are tried. Source: engine behaviour, MaxRerunVmOnVdsCount. */
const maxHosts = 3;
const createTimeoutMs = 120_000;
/** Codes of VDSM. */
const vmExists = 4;
const noSuchVm = 1;
const connectionLost = 5022;

interface Params {
  vmId: string;
  vmName: string;
  user: { id: string; name: string };
  correlationId: string;
  runOnce: boolean;
  once: RunOnce;
  onlyHost: string | null;
  wasSuspended: boolean;
}

interface State {
  /** Hosts that can take the VM, best first. */
  candidates: string[];
  /** The one that has been asked, before it is asked. */
  hostId: string | null;
  hostName: string;
  /** Hosts that were asked and said no, with their words. */
  refusals: string[];
}

type Trx = Transaction<Tables>;

/** What a saga of the engine is made with. */
export interface SagaServices {
  hosts: HostSessions;
  /** For jobs that begin others; the jobs themselves are made of the definitions, hence the detour. */
  jobs: () => Jobs;
}

async function place(trx: Trx, params: Params): Promise<string[]> {
  const plan = await loadPlan(trx, params.vmId, params.once);
  const vm = await trx
    .selectFrom('vm')
    .innerJoin('cluster', 'cluster.id', 'vm.cluster_id')
    .select(['vm.cluster_id', 'vm.affinity', 'vm.pinned_host_ids', 'vm.high_availability', 'vm.type', 'cluster.cpu_type'])
    .where('vm.id', '=', params.vmId)
    .executeTakeFirstOrThrow();
  const request = requestOf(
    plan,
    { cpuType: vm.cpu_type, affinity: vm.affinity, pinnedHosts: vm.pinned_host_ids, highlyAvailable: vm.high_availability, type: vm.type },
    { onlyHosts: params.onlyHost === null ? null : [params.onlyHost], exceptHosts: [], currentHost: null },
  );
  const result = schedule(await loadSnapshot(trx, vm.cluster_id ?? ''), request);
  if (result.messageKey !== null) {
    const text = messageText(result.messageKey, { VAR_ACTION: 'run', VAR_TYPE: 'VM' });
    throw new Fault(statusOfMessage(result.messageKey), 'Operation Failed', `[${text} ${explain(result)}]`, { key: result.messageKey });
  }
  return result.ranked.slice(0, maxHosts);
}

/** Notes on which host the VM is about to run, so that what that host reports from now on is ours. */
async function reserve(trx: Trx, params: Params, hostId: string): Promise<void> {
  await trx
    .updateTable('vm_state')
    .set({
      status: params.wasSuspended ? 'restoring_state' : 'wait_for_launch',
      host_id: hostId,
      run_once: params.runOnce,
      run_configuration: params.runOnce ? json(params.once as Record<string, unknown>) : null,
      pause_code: null,
      exit_status: null,
      exit_reason: null,
      exit_message: null,
      stop_reason: null,
      commanded_at: new Date(),
    })
    .where('vm_id', '=', params.vmId)
    .execute();
  await noteChange(trx, 'vm', params.vmId, 'update');
}

async function release(trx: Trx, params: Params): Promise<void> {
  await trx
    .updateTable('vm_state')
    .set({
      status: params.wasSuspended ? 'suspended' : 'down',
      host_id: null,
      run_once: false,
      run_configuration: null,
      commanded_at: new Date(),
    })
    .where('vm_id', '=', params.vmId)
    .execute();
  await noteChange(trx, 'vm', params.vmId, 'update');
}

/**
 * Runs a VM: chooses a host and asks it; when it says no, asks the next. The host is noted before it is asked and the VM's id
 * is the engine's, so that a repeat after a crash finds the VM instead of making a second one.
 */
export const startVmSaga = ({ hosts, jobs }: SagaServices): EngineSaga =>
  defineSaga<Params, State, Trx>({
    name: 'RunVm',
    version: 1,
    title: (params) => `Launching VM ${params.vmName}`,
    locks: (params) => [vmLock(params.vmId)],
    initialState: () => ({ candidates: [], hostId: null, hostName: '', refusals: [] }),
    steps: [
      {
        name: 'schedule',
        title: 'Choosing a host',
        async run(ctx) {
          ctx.state.candidates = await ctx.tx((trx) => place(trx, ctx.params));
        },
        async record(ctx, trx) {
          await reserve(trx, ctx.params, ctx.state.candidates[0] ?? '');
        },
        async unrecord(ctx, trx) {
          await release(trx, ctx.params);
        },
      },
      {
        name: 'create',
        title: 'Starting the VM on its host',
        async run(ctx) {
          for (const hostId of ctx.state.candidates.slice(ctx.state.refusals.length)) {
            const parameters = await ctx.tx(async (trx) => {
              const host = await trx.selectFrom('host').select('name').where('id', '=', hostId).executeTakeFirst();
              await ctx.save({ hostId, hostName: host?.name ?? hostId }, trx);
              await reserve(trx, ctx.params, hostId);
              const resume = ctx.params.wasSuspended ? resumeParameters(await loadMemoryVolumes(trx, ctx.params.vmId)) : {};
              return {
                vmID: ctx.params.vmId,
                vmParams: { vmId: ctx.params.vmId, xml: domainXml(await loadPlan(trx, ctx.params.vmId, ctx.params.once)), ...resume },
              };
            });
            const refusal = await ask(hosts, hostId, parameters, ctx.params.correlationId, ctx.signal);
            // What a repeat asks for may run already, with its events gone by.
            if (refusal === null && ctx.attempt > 1) hosts.refresh(hostId);
            if (refusal === null) return;
            ctx.state.refusals = [...ctx.state.refusals, `${ctx.state.hostName}: ${refusal}`];
            await ctx.save({ refusals: ctx.state.refusals });
          }
          throw conflict('HOST_FAILED', { VAR_ACTION: 'run', VAR_TYPE: 'VM', reason: ctx.state.refusals.join('; ') });
        },
        async record(ctx, trx) {
          const host = { id: ctx.state.hostId ?? '', name: ctx.state.hostName };
          await recordEvent(trx, {
            name: 'USER_STARTED_VM',
            vm: { id: ctx.params.vmId, name: ctx.params.vmName },
            host,
            user: ctx.params.user,
            correlationId: ctx.params.correlationId,
            jobId: ctx.id,
          });
        },
        async undo(ctx) {
          for (const hostId of ctx.state.hostId === null ? [] : [ctx.state.hostId]) {
            const { client, fence } = await hosts.access(hostId);
            await client
              .call('VM.destroy', { vmID: ctx.params.vmId }, { timeoutMs: createTimeoutMs, fence, signal: ctx.signal })
              .catch((error: unknown) => {
                if (!(error instanceof VdsmError && error.code === noSuchVm)) throw error;
              });
          }
        },
      },
    ],
    async ended(end, trx) {
      await releaseReservation(trx, end.params.vmId);
      if (end.status === 'succeeded') {
        const memory = end.params.wasSuspended ? await loadMemoryVolumes(trx, end.params.vmId) : undefined;
        if (memory) {
          await jobs().beginFor(trx, end.params.user, 'ProcessDownVm', {
            params: { vmId: end.params.vmId, vmName: end.params.vmName, memory, stops: false },
            description: `Removing the saved memory of VM ${end.params.vmName}`,
            subjects: [{ type: 'vm', id: end.params.vmId }],
          });
        }
        return;
      }
      await recordEvent(trx, {
        name: 'USER_FAILED_RUN_VM',
        vm: { id: end.params.vmId, name: end.params.vmName },
        user: end.params.user,
        correlationId: end.params.correlationId,
        jobId: end.id,
        values: { reason: end.error?.message ?? '' },
      });
    },
  }) as unknown as EngineSaga;

/** Asks a host to run a VM. @returns null when it does, or why it does not. @throws VdsmError when its answer did not come */
async function ask(
  hosts: HostSessions,
  hostId: string,
  parameters: Record<string, unknown>,
  correlationId: string,
  signal: AbortSignal,
): Promise<string | null> {
  const { client, fence } = await hosts.access(hostId);
  try {
    await client.call('VM.create', parameters, { timeoutMs: createTimeoutMs, fence, correlationId, signal });
    return null;
  } catch (error) {
    if (!(error instanceof VdsmError) || error.code === connectionLost) throw error;
    return error.code === vmExists ? null : error.message;
  }
}

function runOnceOf(action: Action & { volatile?: boolean }): { once: RunOnce; isOnce: boolean; onlyHost: string | null } {
  const flags = [action.use_cloud_init, action.use_sysprep, action.use_ignition].filter(Boolean);
  if (flags.length > 1) throw badRequest('MIXED_INITIALIZATION');
  const vm = action.vm;
  const once: RunOnce = {
    ...(action.pause === undefined ? {} : { paused: action.pause }),
    ...(vm?.os?.boot?.devices ? { bootDevices: vm.os.boot.devices } : {}),
    ...(vm?.os?.kernel ? { kernel: vm.os.kernel } : {}),
    ...(vm?.os?.initrd ? { initrd: vm.os.initrd } : {}),
    ...(vm?.os?.cmdline ? { cmdline: vm.os.cmdline } : {}),
    ...(vm?.custom_properties
      ? { customProperties: Object.fromEntries(vm.custom_properties.map((one) => [one.name ?? '', one.value ?? ''])) }
      : {}),
  };
  return { once, isOnce: vm !== undefined, onlyHost: vm?.placement_policy?.hosts?.[0]?.id ?? null };
}

/** `POST vms/{vm}/start`: runs a VM that is down or suspended; with a `vm` element, differently this once. A paused one goes on. */
export const startVm: Operation = {
  permit: 'run_vm',
  subjects: (context) => [{ type: 'vm', id: context.path['vm'] ?? '' }],
  async run(context) {
    const vmId = context.path['vm'] ?? '';
    const { once, isOnce, onlyHost } = runOnceOf(context.body);
    const vm = await context.db
      .selectFrom('vm')
      .innerJoin('vm_state', 'vm_state.vm_id', 'vm.id')
      .select(['vm.name', 'vm_state.status', 'vm_state.host_id'])
      .where('vm.id', '=', vmId)
      .executeTakeFirst();
    if (vm?.status === 'paused' && vm.host_id !== null && !isOnce) return resume(context, vmId, vm.name);
    const start = () =>
      context.engine.jobs.run<Params>(context, 'RunVm', {
        params: {
          vmId,
          vmName: vm?.name ?? '',
          user: actor(context),
          correlationId: context.correlationId,
          runOnce: isOnce,
          once,
          onlyHost,
          wasSuspended: vm?.status === 'suspended',
        },
        description: `Launching VM ${vm?.name ?? vmId}`,
        subjects: [{ type: 'vm', id: vmId }],
        check: async (trx) => {
          const { status } = await stateOf(trx, vmId);
          checkStatus(isOnce ? 'RunVmOnce' : 'RunVm', status);
          // Paused meanwhile: it goes on when it is asked for once more.
          if (status !== 'down' && status !== 'suspended') throw wrongState('run', status);
          const disk = await trx
            .selectFrom('disk_attachment')
            .innerJoin('disk', 'disk.id', 'disk_attachment.disk_id')
            .select(['disk.name', 'disk.status'])
            .where('disk_attachment.vm_id', '=', vmId)
            .where('disk.status', '<>', 'ok')
            .executeTakeFirst();
          if (disk)
            throw refused(disk.status === 'locked' ? 'ACTION_TYPE_FAILED_DISKS_LOCKED' : 'ACTION_TYPE_FAILED_DISKS_ILLEGAL', {
              VAR_ACTION: 'run',
              VAR_TYPE: 'VM',
              diskAliases: disk.name,
            });
          if (status === 'down') await followInstanceType(trx, vmId);
          await reserveForVm(trx, vmId, { ...attribution(context), vm: { id: vmId, name: vm?.name ?? '' } });
        },
      });
    const { job, ended } = await withQuotaEvents(context.db, start);
    return ended ? done(job) : started(job);
  },
};

async function resume(context: Parameters<Operation['run']>[0], vmId: string, name: string): ReturnType<Operation['run']> {
  const { job, ended } = await context.engine.jobs.run(context, 'ResumeVm', {
    params: { vmId, vmName: name, user: actor(context), correlationId: context.correlationId },
    description: `Resuming VM ${name}`,
    subjects: [{ type: 'vm', id: vmId }],
  });
  return ended ? done(job) : started(job);
}
