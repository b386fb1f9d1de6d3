import type { SagaContext, SagaStep, Wait } from '@virgate/saga';
import { VdsmError, type CallOptions } from '@virgate/vdsm';
import type { Transaction } from 'kysely';
import { hostJob } from '../images/host-jobs.ts';
import { storageManagerOf, whileAway, type TaskState } from '../images/host-tasks.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import { Fault, hostFailed, say } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';
import { hibernationHandle, type MemoryPlace } from '../vms/memory-volumes.ts';
import type { ChainDisk } from './chain.ts';
import { liveView, type LiveView } from './live-view.ts';
import { connectionLost } from '../monitoring/connection-lost.ts';

type Trx = Transaction<Tables>;

const pollMs = 500;
const callTimeoutMs = 60_000;
/** How often a merge that ended without effect is asked for. */
const mergeAttempts = 3;

/** What the step of a live snapshot notes. */
export interface LiveSnapshotState extends TaskState {
  /** The VM went down before it was known that its memory is saved. */
  memoryLost?: boolean;
}

/** On which of the two volumes the disks of a running VM are. A host changes all at once. */
function sideOf(view: LiveView & { kind: 'running' }, disks: readonly ChainDisk[]): 'old' | 'new' | 'mixed' {
  const plugged = disks.filter((disk) => view.disks.has(disk.diskId));
  const over = plugged.filter((disk) => view.disks.get(disk.diskId)?.volumes[0] === disk.newId);
  if (plugged.length === 0 || over.length === plugged.length) return 'new';
  return over.length === 0 ? 'old' : 'mixed';
}

/**
 * Throws, to be tried again, as long as a volume that is to be removed may be written to by a running VM.
 * To be awaited before a new volume of a running VM is removed.
 */
export async function refuseInUse<S extends object>(
  ctx: SagaContext<object, S, Trx>,
  hosts: HostSessions,
  vmId: string,
  disk: { diskId: string },
  volumeId: string,
): Promise<void> {
  const view = await liveView(ctx, hosts, vmId);
  if (view.kind === 'unknown') throw hostFailed('Cannot remove the volume', 'the host of the VM does not answer');
  if (view.kind === 'running' && view.disks.get(disk.diskId)?.volumes.includes(volumeId) === true)
    throw hostFailed('Cannot remove the volume', 'the VM uses it');
}

/**
 * The step in which a host puts a running VM on its new volumes. What came of it is not taken from the answer but from the domain. A VM that is
 * down by then goes over in any case: whether it had written to the new volumes or not, they hold what it left.
 */
export const liveSnapshotStep = <P extends object, S extends LiveSnapshotState>(
  hosts: HostSessions,
  { vmId, disks, memory }: { vmId: string; disks: readonly ChainDisk[]; memory: MemoryPlace | null },
): SagaStep<P, S, Trx> => ({
  name: 'snapshot',
  title: 'Taking the snapshot on the host of the VM',
  async run(ctx) {
    const before = await liveView(ctx, hosts, vmId);
    let failure: Fault | undefined;
    const plugged = before.kind === 'running' ? disks.filter((disk) => before.disks.has(disk.diskId)) : [];
    if (before.kind === 'running' && (plugged.length > 0 || memory !== null)) {
      try {
        const wait = await hostJob(ctx as never, hosts, {
          name: 'snapshot',
          hostId: before.hostId,
          method: 'VM.snapshot',
          idParameter: 'jobUUID',
          action: 'Cannot create Snapshot',
          doneAlready: [],
          parameters: {
            vmID: vmId,
            snapDrives: plugged.map((disk) => ({
              baseVolumeID: disk.activeId,
              domainID: disk.storageDomainId,
              imageID: disk.diskId,
              volumeID: disk.newId,
            })),
            ...(memory ? { snapMemory: hibernationHandle(memory) } : {}),
            frozen: false,
          },
        });
        if (wait) return wait;
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        failure = error;
      }
    }
    const after = before.kind === 'running' ? await liveView(ctx, hosts, vmId) : before;
    if (after.kind === 'unknown') return ctx.waitUntil({ delayMs: pollMs });
    if (after.kind === 'down') {
      if (memory) ctx.state.memoryLost = true;
      return undefined;
    }
    const side = sideOf(after, disks);
    // A memory that was not saved is no part of a snapshot, whatever became of the disks.
    if (side === 'new' && failure !== undefined && memory) ctx.state.memoryLost = true;
    if (side === 'new' && (failure === undefined || plugged.length > 0)) return undefined;
    throw failure ?? hostFailed('Cannot create Snapshot', say`the disks of the VM are on ${side} volumes`);
  },
});

/** A volume of a running VM that goes into the one below it. */
export interface LiveMerge {
  diskId: string;
  name: string;
  dataCenterId: string;
  storageDomainId: string;
  baseId: string;
  topId: string;
}

/** What merges of a running VM note. */
export interface LiveMergeState extends TaskState {
  /** By disk: `merged`, or `cold` when the VM was down before it was. */
  outcomes?: Record<string, 'merged' | 'cold'>;
  attempts?: Record<string, number>;
}

/** Hears the chain of a disk whose VM is down, as its volumes' headers say; waits while nobody manages the storage. */
const hearColdChain = (
  ctx: SagaContext<object, LiveMergeState, Trx>,
  hosts: HostSessions,
  merge: LiveMerge,
  hear: (chain: readonly string[]) => void,
): Promise<Wait | undefined> =>
  whileAway(
    ctx as never,
    {
      name: `chain ${merge.diskId}`,
      hostId: () => ctx.tx((trx) => storageManagerOf(trx, merge.dataCenterId)),
      action: 'Cannot merge the volumes',
    },
    async (hostId) => {
      const { id: leafId } = await ctx.tx((trx) =>
        trx.selectFrom('image').select('id').where('disk_id', '=', merge.diskId).where('active', '=', true).executeTakeFirstOrThrow(),
      );
      const { client, fence } = await hosts.access(hostId);
      const chain = await client.call(
        'Image.reconcileVolumeChain',
        { storagepoolID: merge.dataCenterId, storagedomainID: merge.storageDomainId, imageID: merge.diskId, leafVolID: leafId },
        { timeoutMs: callTimeoutMs, fence, signal: ctx.signal },
      );
      hear(chain as string[]);
      return undefined;
    },
  );

/**
 * The step in which a host merges two volumes of a running VM's disk. Whether it was done the chain tells: that of the domain, or, when the VM
 * is down, that of the headers.
 */
export const liveMergeStep = <P extends object, S extends LiveMergeState>(
  hosts: HostSessions,
  vmId: string,
  merge: LiveMerge,
  index: number,
): SagaStep<P, S, Trx> => ({
  name: `live-${index}`,
  title: `Merging the volumes of disk ${merge.name} under the running VM`,
  retry: { attempts: 8, delayMs: 1_000, when: (error) => (error instanceof Fault ? error.cause : error) instanceof VdsmError },
  async run(ctx) {
    const task = `live ${merge.diskId}`;
    const note = (outcome: 'merged' | 'cold'): void => {
      ctx.state.outcomes = { ...ctx.state.outcomes, [merge.diskId]: outcome };
    };
    const view = await liveView(ctx, hosts, vmId);
    if (view.kind === 'unknown') return ctx.waitUntil({ delayMs: pollMs });
    const disk = view.kind === 'running' ? view.disks.get(merge.diskId) : undefined;
    if (view.kind === 'down' || disk === undefined)
      return hearColdChain(ctx, hosts, merge, (chain) => note(chain.includes(merge.topId) ? 'cold' : 'merged'));
    const id = ctx.uuid(task);
    const job = view.jobs[id];
    const isMerged = !disk.volumes.includes(merge.topId);
    if (job !== undefined) {
      const [done, end] = [Number(job.cur ?? 0), Number(job.end ?? 0)];
      if (end > 0) await ctx.progress(Math.min(99, Math.floor((done * 100) / end)));
      return ctx.waitUntil({ delayMs: pollMs });
    }
    if (isMerged) {
      note('merged');
      return undefined;
    }
    // What has just ended may be gone from the jobs before this look at the chain, which was the earlier one.
    if (ctx.state.tasks[task] !== undefined) {
      const again = await liveView(ctx, hosts, vmId);
      if (again.kind !== 'running' || again.disks.get(merge.diskId)?.volumes.includes(merge.topId) !== true || again.jobs[id] !== undefined)
        return ctx.waitUntil({ delayMs: pollMs });
    }
    return begin(ctx, hosts, { vmId, hostId: view.hostId, merge, task, id });
  },
});

interface MergeOrder {
  vmId: string;
  hostId: string;
  merge: LiveMerge;
  task: string;
  id: string;
}

async function begin(ctx: SagaContext<object, LiveMergeState, Trx>, hosts: HostSessions, order: MergeOrder): Promise<Wait> {
  const { vmId, hostId, merge, task, id } = order;
  const attempt = (ctx.state.attempts?.[merge.diskId] ?? 0) + 1;
  if (attempt > mergeAttempts) throw hostFailed('Cannot merge the volumes', 'the host of the VM did not merge them');
  ctx.state.attempts = { ...ctx.state.attempts, [merge.diskId]: attempt };
  ctx.state.tasks = { ...ctx.state.tasks, [task]: { hostId, taskId: id } };
  await ctx.save({ attempts: ctx.state.attempts, tasks: ctx.state.tasks });
  const { client, fence } = await hosts.access(hostId);
  const options: CallOptions = { timeoutMs: callTimeoutMs, fence, signal: ctx.signal };
  const drive = {
    poolID: merge.dataCenterId,
    domainID: merge.storageDomainId,
    imageID: merge.diskId,
    volumeID: merge.topId,
    device: 'disk',
  };
  try {
    await client.call(
      'VM.merge',
      { vmID: vmId, drive, baseVolUUID: merge.baseId, topVolUUID: merge.topId, bandwidth: '0', jobUUID: id },
      options,
    );
  } catch (error) {
    if (!(error instanceof VdsmError)) throw error;
    // The next look tells whether the VM is down, or the merge goes on although nobody heard so.
    if (error.code !== connectionLost && attempt >= mergeAttempts) throw hostFailed('Cannot merge the volumes', error.message, error);
  }
  return ctx.waitUntil({ delayMs: pollMs });
}
