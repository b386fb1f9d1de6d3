import { storageErrors } from '@virgate/contract/generated/vdsm-errors';
import { defineSaga, type RetryPolicy, type SagaContext, type SagaStep, type Wait } from '@virgate/saga';
import { VdsmError } from '@virgate/vdsm';
import type { Transaction } from 'kysely';
import { loseRecordsOf } from '../backups/rows.ts';
import { noteChange } from '../changes/outbox.ts';
import { ofJob, recordEvent } from '../events/record.ts';
import { hostTask, storageManagerOf } from '../images/host-tasks.ts';
import { stopTask } from '../images/stop-task.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import { hostFailed } from '../rest/fault.ts';
import { snapshotLocks } from '../snapshots/chain.ts';
import { liveView, type LiveDisk, type LiveView } from '../snapshots/live-view.ts';
import { dropPassingSteps, endPassingSnapshot, mergeBackStep, takePassingSteps, type PassingSnapshot } from '../snapshots/passing.ts';
import type { MergeState } from '../snapshots/remove.ts';
import type { Tables } from '../tables/schema.ts';
import type { DiskPlace } from './read.ts';
import { deleteImage, domainOf, recordPlace } from './volumes.ts';
import { connectionLost } from '../monitoring/connection-lost.ts';

type Trx = Transaction<Tables>;

/** What a live move is begun with. */
export interface LiveMoveParams {
  disk: DiskPlace;
  vmId: string;
  vmName: string;
  passing: PassingSnapshot;
  targetId: string;
  targetName: string;
  diskProfileId: string | null;
  user: { id: string; name: string };
  correlationId: string;
}

interface State extends MergeState {
  mergedBack?: number;
  /** The host was asked to go over, when both sides were alike. */
  pivotAsked?: boolean;
}

type Ctx = SagaContext<LiveMoveParams, State, Trx>;

const callTimeoutMs = 120_000;
const pollMs = 500;
/** Codes of VDSM: the two sides are not alike yet; there is nothing to end; no such VM, or it is down. */
const notReady = 40;
const harmless = [1, 6, 88];

const spec = ({ disk, passing }: LiveMoveParams, domainID: string) => ({
  poolID: disk.dataCenterId,
  domainID,
  imageID: disk.diskId,
  volumeID: passing.disks[0]?.newId ?? '',
  device: 'disk',
});

const ends = (params: LiveMoveParams, to: string) => ({
  vmID: params.vmId,
  srcDisk: spec(params, params.disk.storageDomainId),
  dstDisk: spec(params, to),
});

/** A host that is away for a moment, or forgot its work in its middle: all that these steps ask for may be asked for again. */
const whileAway: RetryPolicy = {
  attempts: 20,
  delayMs: 500,
  maxDelayMs: 5_000,
  when: (error) => {
    const cause = error instanceof Error ? error.cause : undefined;
    return cause instanceof VdsmError && [connectionLost, recovering, storageErrors.TaskAborted as number].includes(cause.code);
  },
};
const recovering = 99;

const takeBack = 'Cannot take the move back';
const copyingStopped = 'its copying to the new place has stopped';

type Running = LiveView & { kind: 'running' };
const diskIn = (view: Running, { disk }: LiveMoveParams): LiveDisk | undefined => view.disks.get(disk.diskId);

/** Why a move cannot go on: the VM that was to go over is down, and its disk is where it was. */
const vmIsDown = () => hostFailed('Cannot move Virtual Disk', 'the VM went down before its disk had moved; it is where it was');

async function call(ctx: Ctx, hosts: HostSessions, hostId: string, method: string, parameters: Record<string, unknown>): Promise<void> {
  const { client, fence } = await hosts.access(hostId);
  await client.call(method, parameters, { timeoutMs: callTimeoutMs, fence, signal: ctx.signal });
}

const task = (
  hosts: HostSessions,
  params: LiveMoveParams,
  of: { name: string; method: string; parameters?: object; doneAlready?: readonly number[] },
): ((ctx: Ctx) => Promise<Wait | undefined>) => {
  const { disk, targetId } = params;
  return async (ctx) =>
    hostTask(ctx as never, hosts, {
      name: of.name,
      hostId: () => ctx.tx((trx) => storageManagerOf(trx, disk.dataCenterId)),
      method: of.method,
      action: 'Cannot move Virtual Disk',
      doneAlready: of.doneAlready ?? [],
      parameters: {
        imageID: disk.diskId,
        storagepoolID: disk.dataCenterId,
        storagedomainID: disk.storageDomainId,
        dstSdUUID: targetId,
        ...of.parameters,
      },
    });
};

/** The same volumes on the other domain, empty. Undone, they go, unless the VM writes there. */
const cloneStep = (hosts: HostSessions, params: LiveMoveParams): SagaStep<LiveMoveParams, State, Trx> => ({
  name: 'clone',
  title: 'Making the volumes in the new place',
  retry: whileAway,
  run: task(hosts, params, { name: 'clone', method: 'Image.cloneStructure', doneAlready: [storageErrors.OverwriteImageError] }),
  async undo(ctx) {
    const view = await liveView(ctx, hosts, params.vmId);
    const disk = view.kind === 'running' ? diskIn(view, params) : undefined;
    const isThere = disk?.storageDomainId === params.targetId || disk?.mirror?.storageDomainId === params.targetId;
    if (view.kind === 'unknown' || isThere) throw hostFailed(takeBack, 'the VM may write to the new place');
    return stopTask(ctx as never, hosts, { name: 'clone', action: takeBack }, () =>
      deleteImage(ctx as never, hosts, { ...params.disk, storageDomainId: params.targetId }),
    );
  },
});

/** What the VM writes goes to both places from here on. */
const replicateStep = (hosts: HostSessions, params: LiveMoveParams): SagaStep<LiveMoveParams, State, Trx> => ({
  name: 'replicate',
  title: 'Beginning to write to both places',
  async run(ctx) {
    const view = await liveView(ctx, hosts, params.vmId);
    if (view.kind === 'unknown') return ctx.waitUntil({ delayMs: pollMs });
    if (view.kind === 'down') throw vmIsDown();
    if (diskIn(view, params)?.mirror?.storageDomainId === params.targetId) return undefined;
    try {
      await call(ctx, hosts, view.hostId, 'VM.diskReplicateStart', { ...ends(params, params.targetId), needExtend: true });
    } catch (error) {
      if (!(error instanceof VdsmError)) throw error;
      if (error.code === connectionLost) return ctx.waitUntil({ delayMs: pollMs });
      throw hostFailed('Cannot move Virtual Disk', error.message, error);
    }
    return undefined;
  },
  async undo(ctx) {
    const view = await liveView(ctx, hosts, params.vmId);
    if (view.kind === 'down') return;
    if (view.kind === 'unknown') throw hostFailed(takeBack, 'the host of the VM does not answer');
    if (diskIn(view, params)?.mirror === null) return;
    await call(ctx, hosts, view.hostId, 'VM.diskReplicateFinish', ends(params, params.disk.storageDomainId)).catch((error: unknown) => {
      if (!(error instanceof VdsmError) || !harmless.includes(error.code)) throw error;
    });
  },
});

/** Waits until both places have the same: until then the move can be called off. */
const readyStep = (hosts: HostSessions, params: LiveMoveParams): SagaStep<LiveMoveParams, State, Trx> => ({
  name: 'ready',
  title: 'Copying what changed meanwhile',
  timeoutMs: 24 * 3_600_000,
  async run(ctx) {
    const view = await liveView(ctx, hosts, params.vmId);
    if (view.kind === 'unknown') return ctx.waitUntil({ delayMs: pollMs });
    if (view.kind === 'down') throw vmIsDown();
    const mirror = diskIn(view, params)?.mirror;
    if (mirror?.storageDomainId !== params.targetId) throw hostFailed('Cannot move Virtual Disk', copyingStopped);
    return mirror.isReady ? undefined : ctx.waitUntil({ delayMs: pollMs });
  },
});

/**
 * The VM goes over. The domain tells whether it has. A VM that goes down after it was asked to, when both sides were alike, had written all to
 * the new place as well: its disk is there.
 */
const finishStep = (hosts: HostSessions, params: LiveMoveParams): SagaStep<LiveMoveParams, State, Trx> => ({
  name: 'finish',
  title: 'Putting the new place to use',
  timeoutMs: 24 * 3_600_000,
  pivot: true,
  async run(ctx) {
    const view = await liveView(ctx, hosts, params.vmId);
    if (view.kind === 'unknown') return ctx.waitUntil({ delayMs: pollMs });
    if (view.kind === 'down') {
      if (ctx.state.pivotAsked === true) return undefined;
      throw vmIsDown();
    }
    const disk = diskIn(view, params);
    if (disk?.storageDomainId === params.targetId) return undefined;
    if (disk?.mirror?.storageDomainId !== params.targetId) throw hostFailed('Cannot move Virtual Disk', copyingStopped);
    if (!disk.mirror.isReady) return ctx.waitUntil({ delayMs: pollMs });
    await ctx.save({ pivotAsked: true });
    try {
      await call(ctx, hosts, view.hostId, 'VM.diskReplicateFinish', ends(params, params.targetId));
    } catch (error) {
      if (!(error instanceof VdsmError)) throw error;
      if (error.code !== connectionLost && error.code !== notReady && !harmless.includes(error.code))
        throw hostFailed('Cannot move Virtual Disk', error.message, error);
    }
    // Not the answer counts but the next look.
    return ctx.waitUntil({ delayMs: 10 });
  },
  async record(ctx, trx) {
    const { disk, targetId, targetName, diskProfileId } = params;
    // QEMU records changes in the volumes that it has just left
    await loseRecordsOf(trx, disk.diskId, `disk ${disk.name} was moved to ${targetName} while the VM ran`, ofJob(ctx));
    await recordPlace(trx, disk.diskId, { domainId: targetId, diskProfileId });
    await noteChange(trx, 'disk', disk.diskId, 'update');
  },
});

/**
 * Moves a disk of a running VM: a snapshot, so that only the newest volume changes; the same volumes in the new place; both written to, while
 * the others are copied; then the VM goes over, what was left goes, and so does the snapshot. Source: engine behaviour, live storage migration.
 */
export const liveMoveSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<LiveMoveParams, State, Trx>({
    name: 'LiveMigrateDisk',
    version: 2,
    title: (params) => `Moving Disk ${params.disk.name} of running VM ${params.vmName} to ${params.targetName}`,
    cancellable: true,
    locks: (params) => snapshotLocks(params.vmId, [params.disk.diskId]),
    initialState: () => ({ tasks: {} }),
    steps: (params) => [
      ...takePassingSteps<LiveMoveParams, State>(hosts, params.passing),
      mergeBackStep<LiveMoveParams, State>(hosts, params.passing),
      cloneStep(hosts, params),
      replicateStep(hosts, params),
      {
        name: 'sync',
        title: 'Copying the volumes that do not change',
        retry: whileAway,
        timeoutMs: 24 * 3_600_000,
        run: task(hosts, params, { name: 'sync', method: 'Image.syncData', parameters: { syncType: 'INTERNAL' } }),
        undo: (ctx) => stopTask(ctx as never, hosts, { name: 'sync', action: takeBack }, async () => undefined),
      },
      readyStep(hosts, params),
      finishStep(hosts, params),
      {
        name: 'source',
        title: 'Removing what is left in the old place',
        retry: { attempts: 8, delayMs: 1_000 },
        run: async (ctx) => deleteImage(ctx as never, hosts, params.disk),
      },
      ...dropPassingSteps<LiveMoveParams, State>(hosts, params.passing, params.targetId),
    ],
    async ended(end, trx) {
      const { disk, targetId, targetName, passing } = end.params;
      const isLeft = await endPassingSnapshot(trx, passing, end.state);
      const moved = (await domainOf(trx, disk.diskId)) === targetId;
      await recordEvent(trx, {
        name: !moved
          ? 'USER_MOVED_DISK_FINISHED_FAILURE'
          : isLeft || end.status !== 'succeeded'
            ? 'USER_MOVED_DISK_FINISHED_WITH_LEFTOVERS'
            : 'USER_MOVED_DISK_FINISHED_SUCCESS',
        storageDomain: { id: targetId, name: targetName },
        ...ofJob(end),
        values: { disk: disk.name, ...(end.error ? { reason: end.error.message } : {}) },
      });
    },
  }) as unknown as EngineSaga;
