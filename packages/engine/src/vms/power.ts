import { VdsmError } from '@virgate/vdsm';
import { defineSaga } from '@virgate/saga';
import type { Transaction } from 'kysely';
import type { EventName } from '@virgate/contract/generated/events';
import type { Action, VmStatus } from '@virgate/contract/generated/types';
import { json } from '@virgate/database';
import { ofJob, recordEvent } from '../events/record.ts';
import { noteChange } from '../changes/outbox.ts';
import type { EngineSaga, Jobs } from '../jobs/jobs.ts';
import type { PermitName } from '@virgate/contract/generated/permits';
import { hostFailed } from '../rest/fault.ts';
import { done, started, type Operation } from '../rest/operation.ts';
import { actor } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { notRunning, stateOf, vmLock, wrongState } from './lock.ts';
import { queueColdReboot } from './restarts.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { checkStatus, type VmAction } from './status-rules.ts';
import { stopSuspended } from './suspend.ts';
import { vmsWentDown } from './went-down.ts';

/** Actions on a running VM that are one call to its host. */
interface PowerAction {
  /** Name of the job: the contract's action. */
  job: VmAction | 'ResumeVm';
  permit: PermitName;
  /** The word of texts: "Cannot stop VM." */
  verb: string;
  title(vm: string): string;
  method: string;
  parameters(params: PowerParams): Record<string, unknown>;
  /** A VM for which something waits ends instead, and the engine starts it anew. */
  coldly?: true;
  /** The state that the VM has from then on; null where the host's reports will tell. */
  becomes: VmStatus | null;
  event: EventName;
}

interface PowerParams {
  vmId: string;
  vmName: string;
  hostId: string;
  hostName: string;
  user: { id: string; name: string };
  correlationId: string;
  force: boolean;
  reason: string;
  /** A reboot by an end and a new start; missing in jobs of before there were such. */
  cold?: boolean;
}

const callTimeoutMs = 60_000;
/** How long a guest may take to shut down before the host tries harder, in seconds. Source: engine configuration, VmGracefulShutdownTimeout. */
const gracefulSeconds = '30';
const noSuchVm = 1;

export const powerActions = {
  stop: {
    job: 'StopVm',
    permit: 'stop_vm',
    verb: 'stop',
    title: (vm) => `Powering off VM ${vm}`,
    method: 'VM.destroy',
    parameters: ({ vmId }) => ({ vmID: vmId }),
    becomes: 'down',
    event: 'USER_STOP_VM',
  },
  shutdown: {
    job: 'ShutdownVm',
    permit: 'shut_down_vm',
    verb: 'shut down',
    title: (vm) => `Shutting down VM ${vm}`,
    method: 'VM.shutdown',
    parameters: ({ vmId, force }) => ({
      vmID: vmId,
      delay: '0',
      message: 'This VM is shut down by its administrator.',
      reboot: false,
      timeout: gracefulSeconds,
      force,
    }),
    becomes: 'powering_down',
    event: 'USER_INITIATED_SHUTDOWN_VM',
  },
  reboot: {
    job: 'RebootVm',
    permit: 'reboot_vm',
    verb: 'reboot',
    title: (vm) => `Rebooting VM ${vm}`,
    method: 'VM.shutdown',
    coldly: true,
    parameters: ({ vmId, force, cold }) => ({
      vmID: vmId,
      delay: '0',
      message: 'This VM is rebooted by its administrator.',
      reboot: cold !== true,
      timeout: gracefulSeconds,
      force,
    }),
    becomes: 'reboot_in_progress',
    event: 'USER_REBOOT_VM',
  },
  reset: {
    job: 'ResetVm',
    permit: 'reset_vm',
    verb: 'reset',
    title: (vm) => `Resetting VM ${vm}`,
    method: 'VM.reset',
    parameters: ({ vmId }) => ({ vmID: vmId }),
    becomes: null,
    event: 'USER_RESET_VM',
  },
  resume: {
    job: 'ResumeVm',
    permit: 'run_vm',
    verb: 'resume',
    title: (vm) => `Resuming VM ${vm}`,
    method: 'VM.cont',
    parameters: ({ vmId }) => ({ vmID: vmId }),
    becomes: null,
    event: 'USER_RESUME_VM',
  },
} as const satisfies Record<string, PowerAction>;

async function markDown(trx: Transaction<Tables>, params: PowerParams): Promise<void> {
  await trx
    .updateTable('vm_state')
    .set({
      status: 'down',
      host_id: null,
      migrating_to_host_id: null,
      pause_code: null,
      stopped_at: new Date(),
      run_once: false,
      run_configuration: null,
      stop_reason: params.reason,
      exit_status: 0,
      exit_reason: 6,
      exit_message: '',
      guest: json({}),
      graphics: json([] as unknown[]),
      commanded_at: new Date(),
    })
    .where('vm_id', '=', params.vmId)
    .execute();
  await vmsWentDown(trx, [params.vmId]);
}

/** One job for each power action. All are repeatable: a VM that is gone was stopped, and asking twice to shut down is asking. */
export const powerSagas = ({ hosts }: SagaServices): EngineSaga[] =>
  (Object.values(powerActions) as PowerAction[]).map(
    (action) =>
      defineSaga<PowerParams, object, Transaction<Tables>>({
        name: action.job,
        version: 1,
        title: (params) => action.title(params.vmName),
        locks: (params) => [vmLock(params.vmId)],
        steps: [
          {
            name: action.method,
            title: action.title('').trim(),
            async run(ctx) {
              const { client, fence } = await hosts.access(ctx.params.hostId);
              // What its firmware is to know again goes with the VM.
              if (action.becomes === 'down') await hosts.keepExternalData(ctx.params.hostId, [ctx.params.vmId], ctx.signal);
              try {
                await client.call(action.method, action.parameters(ctx.params), {
                  timeoutMs: callTimeoutMs,
                  fence,
                  correlationId: ctx.params.correlationId,
                  signal: ctx.signal,
                });
              } catch (error) {
                if (error instanceof VdsmError && error.code === noSuchVm && action.becomes === 'down') return;
                throw error instanceof VdsmError ? hostFailed({ action: action.verb, type: 'VM' }, error.message, error) : error;
              }
            },
            async record(ctx, trx) {
              const { vmId, vmName, hostId, hostName, reason } = ctx.params;
              if (action.becomes === 'down') await markDown(trx, ctx.params);
              else if (action.becomes !== null)
                await trx
                  .updateTable('vm_state')
                  .set({ status: ctx.params.cold === true ? 'powering_down' : action.becomes, stop_reason: reason })
                  .where('vm_id', '=', vmId)
                  .where('status', 'not in', [...notRunning])
                  .execute();
              if (ctx.params.cold === true) await queueColdReboot(trx, vmId);
              await recordEvent(trx, {
                name: action.event,
                vm: { id: vmId, name: vmName },
                host: { id: hostId, name: hostName },
                ...ofJob(ctx),
              });
              await noteChange(trx, 'vm', vmId, 'update');
            },
          },
        ],
      }) as unknown as EngineSaga,
  );

/** Starts the job that powers a VM off, in the caller's transaction; null when no host runs it. @throws LockConflictError */
export async function beginStop(
  trx: Transaction<Tables>,
  jobs: Jobs,
  vmId: string,
  who: { user: { id: string; name: string }; correlationId: string; reason: string },
): Promise<string | null> {
  const { status, hostId, name } = await stateOf(trx, vmId);
  if (notRunning.has(status) || hostId === null) return null;
  const host = await trx.selectFrom('host').select('name').where('id', '=', hostId).executeTakeFirst();
  return jobs.beginFor<PowerParams>(trx, who.user, 'StopVm', {
    params: { vmId, vmName: name, hostId, hostName: host?.name ?? '', force: false, ...who },
    description: powerActions.stop.title(name),
    subjects: [{ type: 'vm', id: vmId }],
    correlationId: who.correlationId,
  });
}

/** The operation of a power action. */
export const powerOperation = (action: PowerAction): Operation => ({
  permit: action.permit,
  subjects: (context) => [{ type: 'vm', id: context.path['vm'] ?? '' }],
  async run(context) {
    const vmId = context.path['vm'] ?? '';
    const body = context.body as Action;
    const vm = await context.db
      .selectFrom('vm')
      .innerJoin('vm_state', 'vm_state.vm_id', 'vm.id')
      .leftJoin('host', 'host.id', 'vm_state.host_id')
      .leftJoin('vm_next_run', 'vm_next_run.vm_id', 'vm.id')
      .select(['vm.name', 'vm_state.status', 'vm_state.host_id', 'host.name as host_name', 'vm_next_run.vm_id as waiting'])
      .where('vm.id', '=', vmId)
      .executeTakeFirst();
    // A suspended VM has no guest that could shut down: both let go of its memory.
    if (vm?.status === 'suspended' && (action.job === 'StopVm' || action.job === 'ShutdownVm'))
      return stopSuspended(context, vmId, vm.name);
    const { job, ended } = await context.engine.jobs.run<PowerParams>(context, action.job, {
      params: {
        vmId,
        vmName: vm?.name ?? '',
        hostId: vm?.host_id ?? '',
        hostName: vm?.host_name ?? '',
        user: actor(context),
        correlationId: context.correlationId,
        force: body.force ?? false,
        reason: body.reason ?? '',
        ...(action.coldly === true && vm?.waiting ? { cold: true } : {}),
      },
      description: action.title(vm?.name ?? vmId),
      subjects: [{ type: 'vm', id: vmId }],
      check: async (trx) => {
        const { status, hostId } = await stateOf(trx, vmId);
        if (action.job !== 'ResumeVm') checkStatus(action.job, status);
        // Somebody else stopped or moved it since this request looked.
        if (notRunning.has(status) || hostId === null || hostId !== vm?.host_id) throw wrongState(action.verb, status);
      },
    });
    return ended ? done(job) : started(job);
  },
});
