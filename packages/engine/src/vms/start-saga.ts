import type { SagaServices } from '../jobs/saga-services.ts';
import { json } from '@virgate/database';
import { VdsmError } from '@virgate/vdsm';
import { defineSaga, type SagaContext, type Wait } from '@virgate/saga';
import { sql, type Transaction } from 'kysely';
import { lunPathsOfVm, signInAt } from '../disks/lun-paths.ts';
import { ofJob, recordEvent } from '../events/record.ts';
import { noteChange } from '../changes/outbox.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import type { TaskState } from '../images/host-tasks.ts';
import { chooseFunctions, chooseFunctionsAhead } from '../nics/virtual-functions.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import { portsOfVm, putPorts } from '../network-providers/ports.ts';
import { Fault, conflict } from '../rest/fault.ts';
import { reasonText, statusOfMessage } from '../rest/messages.ts';
import { releaseReservation } from '../quotas/consume.ts';
import { loadQuestion } from '../scheduling/load.ts';
import { recordPlaced, recordPlacement } from '../placements/record.ts';
import { explain, schedule, type SchedulingResult } from '../scheduling/schedule.ts';
import { abandonStatelessRun, statelessSteps, type StatelessRun } from '../snapshots/stateless.ts';
import type { Tables } from '../tables/schema.ts';
import { poolRunEnded, type PoolRun } from '../vm-pools/returning.ts';
import type { RunPinning } from '../scheduling/host-cpus.ts';
import { placedBootFiles } from './boot-files.ts';
import { domainXml } from './domain-xml/domain.ts';
import { secureChannelsOf } from '../consoles/secure-channels.ts';
import { hostSetupOf } from '../hosts/setup.ts';
import type { SystemOptions } from '../options/values.ts';
import { leaveSilentHost, returnToSilentHost } from './elsewhere.ts';
import { externalParameters } from './external-data.ts';
import { vmLock } from './lock.ts';
import { leaseSteps, type LeaseChange } from './leases.ts';
import { applyNextRun } from './next-run.ts';
import type { Machine } from './machine.ts';
import { loadPlan, type RunOnce } from './plan.ts';
import { choosePinning } from './run-pinning.ts';
import { maxHostsOfRun, queueRerun } from './rerun.ts';
import { vmsWentDown } from './went-down.ts';
import { loadMemoryVolumes, loadPreviewMemory, resumeParameters, type MemoryPlace } from './memory-volumes.ts';
import { connectionLost } from '../monitoring/connection-lost.ts';

const createTimeoutMs = 120_000;
/** A start is looked at often at first, since most are short, then more rarely, and for so long at most. */
const firstLooks = 6;
const firstLookMs = 100;
const laterLookMs = 500;
const longestLaunchMs = 20_000;
/** Codes of VDSM. */
const vmExists = 4;
const noSuchVm = 1;

/** What `RunVm` is begun with. */
export interface RunParams {
  vmId: string;
  vmName: string;
  /** null: the engine starts it of its own accord, such as a VM of a pool. */
  user: { id: string; name: string } | null;
  correlationId: string;
  runOnce: boolean;
  once: RunOnce;
  onlyHost: string | null;
  wasSuspended: boolean;
  /** The snapshot to which the VM returns when it goes down; missing for a VM that keeps what it writes. */
  stateless?: StatelessRun | null;
  /** The pool that asked for it. */
  pool?: PoolRun | null;
  /** What of the VM's lease has changed since it went down. */
  lease?: LeaseChange;
  /** Hosts on which it did not come up. */
  exceptHosts?: readonly string[];
  /** The host that has the VM and does not answer, while it is started elsewhere. */
  silentHostId?: string;
}

interface State extends TaskState {
  /** Hosts that can take the VM, best first. */
  candidates: string[];
  /** The one that has been asked, before it is asked. */
  hostId: string | null;
  hostName: string;
  /** Hosts that were asked and said no, or on which it did not come up, with their words. */
  refusals: string[];
  /** When the host took the order (epoch milliseconds); null while none has. */
  takenAtMs?: number | null;
}

type Trx = Transaction<Tables>;

/** The machine as which a suspended VM goes on; null for one that starts anew. */
async function keptMachine(trx: Trx, params: RunParams): Promise<Machine | null> {
  if (!params.wasSuspended) return null;
  const row = await trx.selectFrom('vm_state').select('started_with').where('vm_id', '=', params.vmId).executeTakeFirst();
  return row?.started_with ?? null;
}

/** The memory that the VM goes on from: its own when it was suspended, else that of the snapshot which is looked at. */
async function memoryOf(trx: Trx, params: RunParams): Promise<MemoryPlace | undefined> {
  if (params.wasSuspended) return loadMemoryVolumes(trx, params.vmId);
  return params.stateless ? undefined : (await loadPreviewMemory(trx, params.vmId))?.memory;
}

/** Asks the scheduler, and keeps what it thought of every host. */
async function place(trx: Trx, params: RunParams, jobId: string): Promise<SchedulingResult> {
  const plan = await loadPlan(trx, params.vmId, params.once, { runsAs: await keptMachine(trx, params) });
  const onlyHosts = params.onlyHost === null ? null : [params.onlyHost];
  const exceptHosts = [...(params.exceptHosts ?? []), ...(params.silentHostId === undefined ? [] : [params.silentHostId])];
  const limits = { onlyHosts, exceptHosts, currentHost: null };
  const { request, snapshot, clusterId } = await loadQuestion(trx, plan, await keptPinning(trx, params), limits);
  const result = schedule(snapshot, request);
  await recordPlacement(trx, { jobId, vmId: params.vmId, clusterId }, snapshot, result);
  return result;
}

/** The hosts that can take the VM, best first. @throws {Fault} with the reasons against each when there is none */
function candidatesOf(result: SchedulingResult): string[] {
  if (result.messageKey === null) return result.ranked.slice(0, maxHostsOfRun);
  throw new Fault(
    statusOfMessage(result.messageKey),
    'Operation Failed',
    ['[', { message: result.messageKey, values: { VAR_ACTION: 'run', VAR_TYPE: 'VM' } }, ' ', ...explain(result), ']'],
    { key: result.messageKey },
  );
}

/** The CPUs that a suspended VM had; null for one that starts anew. */
async function keptPinning(trx: Trx, params: RunParams): Promise<RunPinning | null> {
  if (!params.wasSuspended) return null;
  const row = await trx.selectFrom('vm_state').select('cpu_pinning').where('vm_id', '=', params.vmId).executeTakeFirst();
  return row?.cpu_pinning ?? null;
}

/**
 * Notes on which host the VM is about to run, so that what that host reports from now on is ours, and which of its CPUs and virtual functions
 * it has there.
 * @returns why the host has none for it any more; null when it has
 */
async function reserve(trx: Trx, params: RunParams, hostId: string): Promise<string | null> {
  const { silentHostId } = params;
  if (silentHostId !== undefined && !(await leaveSilentHost(trx, params.vmId, { silentHostId, hostId })))
    return 'ACTION_TYPE_FAILED_VM_IS_RUNNING';
  const pinning = await choosePinning(trx, params.vmId, hostId, await keptPinning(trx, params));
  await trx
    .updateTable('vm_state')
    .set({
      status: params.wasSuspended ? 'restoring_state' : 'wait_for_launch',
      host_id: hostId,
      event_stamp: 0,
      run_once: params.runOnce,
      run_configuration: params.runOnce ? json(params.once as Record<string, unknown>) : null,
      pause_code: null,
      exit_status: null,
      exit_reason: null,
      exit_message: null,
      stop_reason: null,
      ...(typeof pinning === 'string' ? {} : { cpu_pinning: pinning === null ? null : json(pinning) }),
      lease_domain_id: sql<
        string | null
      >`(select d.id from vm m join storage_domain d on d.id::text = m.settings #>> '{lease,storage_domain,id}' where m.id = vm_state.vm_id)`,
      commanded_at: new Date(),
    })
    .where('vm_id', '=', params.vmId)
    .execute();
  await noteChange(trx, 'vm', params.vmId, 'update');
  const choose = silentHostId === undefined ? chooseFunctions : chooseFunctionsAhead;
  const lacking = await choose(trx, params.vmId, hostId);
  return typeof pinning === 'string' ? pinning : lacking;
}

async function release(trx: Trx, params: RunParams, hostId: string | null): Promise<void> {
  if (params.silentHostId !== undefined && ((await returnToSilentHost(trx, params.vmId)) || !(await isHadBy(trx, params.vmId, hostId))))
    return;
  await trx
    .updateTable('vm_state')
    .set({
      status: params.stateless ? 'image_locked' : params.wasSuspended ? 'suspended' : 'down',
      host_id: null,
      run_once: false,
      run_configuration: null,
      commanded_at: new Date(),
    })
    .where('vm_id', '=', params.vmId)
    .execute();
  await applyNextRun(trx, [params.vmId]);
  await noteChange(trx, 'vm', params.vmId, 'update');
}

async function isHadBy(trx: Trx, vmId: string, hostId: string | null): Promise<boolean> {
  const row = await trx.selectFrom('vm_state').select('host_id').where('vm_id', '=', vmId).executeTakeFirstOrThrow();
  return row.host_id === hostId;
}

/** Notes what is in the drive of the VM from now on, whatever its next start is defined with. */
async function noteDisc(trx: Trx, vmId: string, diskId: string | null): Promise<void> {
  const inside = { disk_id: diskId, file: null };
  await trx
    .insertInto('vm_current_cdrom')
    .values({ vm_id: vmId, ...inside })
    .onConflict((there) => there.column('vm_id').doUpdateSet(inside))
    .execute();
}

/**
 * Runs a VM: chooses a host and asks it; when it says no, asks the next. The host is noted before it is asked and the VM's id
 * is the engine's, so that a repeat after a crash finds the VM instead of making a second one.
 */
export const startVmSaga = ({
  hosts,
  jobs,
  secretKey,
  networkProviders,
  options,
}: SagaServices & { options: Pick<SystemOptions, 'text'> }): EngineSaga =>
  defineSaga<RunParams, State, Trx>({
    name: 'RunVm',
    version: 1,
    title: (params) => `Launching VM ${params.vmName}`,
    locks: (params) => [vmLock(params.vmId)],
    initialState: () => ({ candidates: [], hostId: null, hostName: '', refusals: [], tasks: {} }),
    steps: (params) => [
      ...statelessSteps<RunParams, State>(hosts, params.stateless ?? null),
      ...leaseSteps<RunParams, State>(hosts, params.lease ?? null),
      {
        name: 'schedule',
        title: 'Choosing a host',
        async run(ctx) {
          // Kept also when there is no host: then it is wanted most.
          ctx.state.candidates = candidatesOf(await ctx.tx((trx) => place(trx, ctx.params, ctx.id)));
        },
        async record(ctx, trx) {
          await reserve(trx, ctx.params, ctx.state.candidates[0] ?? '');
        },
        async unrecord(ctx, trx) {
          await release(trx, ctx.params, ctx.state.hostId ?? ctx.state.candidates[0] ?? null);
        },
      },
      {
        name: 'create',
        title: 'Starting the VM on its host',
        async run(ctx) {
          if (typeof ctx.state.takenAtMs === 'number') {
            const wait = await comesUp(ctx);
            if (wait !== 'failed') return wait;
          }
          await putPorts(networkProviders, await ctx.tx((trx) => portsOfVm(trx, ctx.params.vmId)));
          for (const hostId of ctx.state.candidates.slice(ctx.state.refusals.length)) {
            const parameters = await ctx.tx(async (trx) => {
              const host = await trx.selectFrom('host').select('name').where('id', '=', hostId).executeTakeFirst();
              await ctx.save({ hostId, hostName: host?.name ?? hostId }, trx);
              const taken = await reserve(trx, ctx.params, hostId);
              if (taken !== null) return taken;
              const resume = resumeParameters(await memoryOf(trx, ctx.params));
              const loaded = await loadPlan(trx, ctx.params.vmId, ctx.params.once, {
                runsAs: await keptMachine(trx, ctx.params),
                secretKey,
              });
              const plan = { ...loaded, boot: { ...loaded.boot, ...(await placedBootFiles(trx, loaded.boot, { vmId: ctx.params.vmId })) } };
              const { clusterLevel, biosType, emulatedMachine, cpuVerb } = plan;
              await trx
                .updateTable('vm_state')
                .set({ started_with: json<Machine>({ clusterLevel, biosType, emulatedMachine, cpuVerb }) })
                .where('vm_id', '=', ctx.params.vmId)
                .execute();
              await noteDisc(trx, ctx.params.vmId, plan.cdrom?.diskId ?? null);
              const kept = await externalParameters(trx, plan, secretKey);
              const lunPaths = await lunPathsOfVm(trx, secretKey, hostId, ctx.params.vmId);
              const call = {
                vmID: ctx.params.vmId,
                vmParams: {
                  vmId: ctx.params.vmId,
                  xml: domainXml({ ...plan, host: await hostSetupOf(trx, hostId), secureChannels: secureChannelsOf(options) }),
                  ...kept,
                  ...resume,
                },
              };
              return { call, lunPaths };
            });
            const refusal =
              typeof parameters === 'string'
                ? reasonText(parameters)
                : ((await signInAt(hosts, hostId, parameters.lunPaths, ctx.signal)) ??
                  (await ask(hosts, hostId, parameters.call, ctx.params.correlationId, ctx.signal)));
            // What a repeat asks for may run already, with its events gone by.
            if (refusal === null && ctx.attempt > 1) hosts.refresh(hostId);
            if (refusal === null) {
              await noteTaken(ctx);
              // One that is tried elsewhere is told of when it is seen to run.
              if (ctx.params.silentHostId !== undefined) return;
              const wait = await comesUp(ctx);
              if (wait !== 'failed') return wait;
              continue;
            }
            ctx.state.refusals = [...ctx.state.refusals, `${ctx.state.hostName}: ${refusal}`];
            await ctx.tx(async (trx) => {
              await ctx.save({ refusals: ctx.state.refusals }, trx);
              await recordPlaced(trx, ctx.id, null, ctx.state.refusals);
            });
          }
          throw conflict('HOST_FAILED', { VAR_ACTION: 'run', VAR_TYPE: 'VM', reason: ctx.state.refusals.join('; ') });
        },
        async record(ctx, trx) {
          // A memory is gone on from once: afterwards the disks have moved on without it.
          const preview = ctx.params.wasSuspended ? undefined : await loadPreviewMemory(trx, ctx.params.vmId);
          if (preview) await trx.deleteFrom('snapshot_memory').where('snapshot_id', '=', preview.snapshotId).execute();
          await trx.updateTable('vm_state').set({ initialized: true }).where('vm_id', '=', ctx.params.vmId).execute();
          await recordPlaced(trx, ctx.id, ctx.state.hostId, ctx.state.refusals);
          await endedAtLast(trx, ctx);
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
      const { vmId, vmName, user, correlationId, pool } = end.params;
      if (end.status !== 'succeeded' && end.params.stateless) await abandonStatelessRun(trx, vmId, end.params.stateless);
      if (pool)
        await poolRunEnded(trx, pool, { id: vmId, name: vmName }, { user, correlationId, jobId: end.id }, end.status === 'succeeded');
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
      if (end.params.stateless) {
        await recordEvent(trx, {
          name: 'USER_RUN_VM_AS_STATELESS_FINISHED_FAILURE',
          vm: { id: end.params.vmId, name: end.params.vmName },
          ...ofJob(end),
        });
      }
      await recordEvent(trx, {
        name: end.params.silentHostId === undefined ? 'USER_FAILED_RUN_VM' : 'HA_VM_RESTART_FAILED',
        vm: { id: end.params.vmId, name: end.params.vmName },
        ...ofJob(end),
        values: { reason: end.error?.message ?? '' },
      });
    },
  }) as unknown as EngineSaga;

type Ctx = SagaContext<RunParams, State, Trx>;

/** Notes, once, that a host took the order. */
const noteTaken = (ctx: Ctx): Promise<void> =>
  ctx.tx(async (trx) => {
    await ctx.save({ takenAtMs: ctx.now() }, trx);
    if (ctx.params.silentHostId !== undefined) return;
    const host = { id: ctx.state.hostId ?? '', name: ctx.state.hostName };
    await recordEvent(trx, { name: 'USER_STARTED_VM', vm: { id: ctx.params.vmId, name: ctx.params.vmName }, host, ...ofJob(ctx) });
  });

/**
 * Looks whether the VM comes up on the host that took it: an order that was taken may come to nothing, as without a libvirtd. The job does not
 * wait for ever: what becomes of a VM later is the business of those who watch the hosts.
 * @returns 'failed' when it did not, which is noted; undefined when it runs
 */
async function comesUp(ctx: Ctx): Promise<Wait | 'failed' | undefined> {
  for (let look = 0; look < firstLooks; look += 1) {
    const state = await ctx.tx((trx) =>
      trx
        .selectFrom('vm_state')
        .select(['status', 'host_id', 'exit_status', 'exit_message'])
        .where('vm_id', '=', ctx.params.vmId)
        .executeTakeFirstOrThrow(),
    );
    // A guest that ended well ran, however shortly.
    if (state.status === 'down' && state.exit_status === 0) return undefined;
    if (state.status === 'down') {
      await noteFailure(ctx, state.exit_message ?? '');
      return 'failed';
    }
    const isBegun = state.host_id !== ctx.state.hostId || (state.status !== 'wait_for_launch' && state.status !== 'restoring_state');
    if (isBegun || ctx.now() - (ctx.state.takenAtMs ?? 0) > longestLaunchMs) return undefined;
    if (ctx.polls > 0) break;
    await new Promise((resolve) => setTimeout(resolve, firstLookMs));
  }
  return ctx.waitUntil({ delayMs: laterLookMs });
}

/** Notes that the VM did not come up on the host that took it. */
async function noteFailure(ctx: Ctx, reason: string): Promise<void> {
  const { vmId, vmName } = ctx.params;
  const { hostId, hostName, candidates } = ctx.state;
  ctx.state.refusals = [
    ...ctx.state.refusals,
    `${hostName}: ${reason === '' ? reasonText('ACTION_TYPE_FAILED_VM_IS_NOT_RUNNING') : reason}`,
  ];
  ctx.state.takenAtMs = null;
  await ctx.tx(async (trx) => {
    await ctx.save({ refusals: ctx.state.refusals, takenAtMs: null }, trx);
    await recordPlaced(trx, ctx.id, null, ctx.state.refusals);
    await sql`update vm_state set failed_hosts = array_append(array_remove(failed_hosts, ${hostId}::uuid), ${hostId}::uuid) where vm_id = ${vmId}`.execute(
      trx,
    );
    if (candidates.length === ctx.state.refusals.length) return;
    const host = { id: hostId ?? '', name: hostName };
    await recordEvent(trx, {
      name: 'USER_INITIATED_RUN_VM_FAILED',
      vm: { id: vmId, name: vmName },
      host,
      ...ofJob(ctx),
      values: { reason },
    });
  });
}

/** A VM that ended between the job's last look and its end is nobody else's business yet. */
async function endedAtLast(trx: Trx, ctx: Ctx): Promise<void> {
  const { vmId, vmName, runOnce, silentHostId } = ctx.params;
  if (silentHostId !== undefined) return;
  const found = await sql<{ exit_status: number | null; exit_message: string | null; high_availability: boolean }>`
    select s.exit_status, s.exit_message, v.high_availability from vm_state s join vm v on v.id = s.vm_id where s.vm_id = ${vmId} and s.status = 'down' for update of s`.execute(
    trx,
  );
  const [vm] = found.rows;
  if (vm === undefined) return;
  await vmsWentDown(trx, [vmId]);
  const host = { id: ctx.state.hostId ?? '', name: ctx.state.hostName };
  if (vm.exit_status !== 0 && !runOnce && !vm.high_availability)
    await queueRerun(trx, { id: vmId, name: vmName }, host, vm.exit_message ?? '');
}

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
