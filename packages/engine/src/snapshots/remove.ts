import { storageErrors } from '@virgate/contract/generated/vdsm-errors';
import { defineSaga, type SagaStep } from '@virgate/saga';
import { sql, type Transaction } from 'kysely';
import type { EventName } from '@virgate/contract/generated/events';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { hostJob } from '../images/host-jobs.ts';
import { hostTask, storageManagerOf } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import { notFound, refused } from '../rest/fault.ts';
import { isUuid, one } from '../rest/listing.ts';
import { done, started, type Context, type Operation, type Reply } from '../rest/operation.ts';
import { actor, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { stateOf, wrongState } from '../vms/lock.ts';
import { readableVms } from '../vms/read.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { loadSnapshotMemory, type MemoryPlace } from '../vms/memory-volumes.ts';
import { liveMergeStep, type LiveMerge, type LiveMergeState } from './live-steps.ts';
import { dropMemorySteps } from './memory-steps.ts';
import { deleteLeftoversOf, deleteNowOrLater, deletionRetry, tryLeftoversAgain } from './leftovers.ts';
import { isStatelessRun } from './stateless.ts';
import { checkDisksWell, followLeaf, isInPreview, isRecorded, setDiskStatus, snapshotLocks, type SnapshotParams } from './chain.ts';

type Trx = Transaction<Tables>;

/** Two neighbours of a chain: the snapshot's volume, and the one above whose content goes into it. */
type Merge = LiveMerge;

interface Params extends SnapshotParams {
  merges: Merge[];
  /** Only these disks leave the snapshot; it stays. */
  keepsSnapshot: boolean;
  /** The VM runs when the job begins. */
  live?: boolean;
  /** The memory that goes with the snapshot. */
  memory?: MemoryPlace | null;
}

/** What merges note. */
export interface MergeState extends LiveMergeState {
  /** Generations of the bases before their merges: with them a host tells a repeat. */
  generations?: Record<string, number>;
}

const values = { VAR_ACTION: 'remove', VAR_TYPE: 'Snapshot' };
const infoTimeoutMs = 60_000;

/** The merged volume takes the place of the one that went into it, which no row knows any more. */
async function recordMerge(trx: Trx, merge: Merge): Promise<void> {
  await sql`update image b set snapshot_id = t.snapshot_id, active = t.active, status = 'ok', provisioned_bytes = greatest(b.provisioned_bytes, t.provisioned_bytes)
    from image t where b.id = ${merge.baseId} and t.id = ${merge.topId}`.execute(trx);
  await trx.updateTable('image').set({ parent_id: merge.baseId }).where('parent_id', '=', merge.topId).execute();
  await trx.deleteFrom('image').where('id', '=', merge.topId).execute();
  await followLeaf(trx, merge.diskId);
  await noteChange(trx, 'disk', merge.diskId, 'update');
}

/**
 * The steps for each disk: make room, write, take out of the chain, delete; before them the merge under a running VM, which leaves only the
 * last to do, or all when the VM went down. Source: VDSM, cold and live merge.
 */
export function mergeSteps<P extends object, S extends MergeState>(
  hosts: HostSessions,
  vmId: string,
  merge: LiveMerge,
  index: number,
  live: boolean,
): SagaStep<P, S, Trx>[] {
  const subchain = { sd_id: merge.storageDomainId, img_id: merge.diskId, base_id: merge.baseId, top_id: merge.topId };
  // Done by the host of the running VM: then the steps of a VM that is down have nothing to do.
  const isMerged = (state: S): boolean => state.outcomes?.[merge.diskId] === 'merged';
  const task = (name: string, method: string, title: string): SagaStep<P, S, Trx> => ({
    name: `${name}-${index}`,
    title,
    retry: { attempts: 8, delayMs: 1_000 },
    async run(ctx) {
      if (isMerged(ctx.state)) return undefined;
      const hostId = () => ctx.tx((trx) => storageManagerOf(trx, merge.dataCenterId));
      return hostTask(ctx as never, hosts, {
        name: `${name} ${merge.diskId}`,
        hostId,
        method,
        action: 'Cannot merge the volumes',
        doneAlready: [],
        parameters: { storagepoolID: merge.dataCenterId, subchainInfo: subchain },
      });
    },
  });
  const prepare = task('prepare', 'StoragePool.prepareMerge', `Preparing the merge of disk ${merge.name}`);
  return [
    ...(live ? [liveMergeStep<P, S>(hosts, vmId, merge, index)] : []),
    {
      ...prepare,
      async run(ctx) {
        if (isMerged(ctx.state)) return undefined;
        return (await deleteLeftoversOf(ctx as never, hosts, merge)) ?? (await prepare.run?.(ctx));
      },
    },
    {
      name: `merge-${index}`,
      title: `Merging the volumes of disk ${merge.name}`,
      timeoutMs: 24 * 3_600_000,
      async run(ctx) {
        if (isMerged(ctx.state)) return undefined;
        const hostId =
          ctx.state.tasks[`merge ${merge.diskId}`]?.hostId ?? (await ctx.tx((trx) => storageManagerOf(trx, merge.dataCenterId)));
        let generation = ctx.state.generations?.[merge.diskId];
        if (generation === undefined) {
          const { client, fence } = await hosts.access(hostId);
          const info = (await client.call(
            'Volume.getInfo',
            { volumeID: merge.baseId, storagepoolID: merge.dataCenterId, storagedomainID: merge.storageDomainId, imageID: merge.diskId },
            { timeoutMs: infoTimeoutMs, fence, signal: ctx.signal },
          )) as { generation?: number };
          generation = info.generation ?? 0;
          ctx.state.generations = { ...ctx.state.generations, [merge.diskId]: generation };
          await ctx.save({ generations: ctx.state.generations } as Partial<S>);
        }
        const mergesBitmaps = await ctx.tx((trx) => hasRecords(trx, merge));
        return hostJob(ctx as never, hosts, {
          name: `merge ${merge.diskId}`,
          hostId,
          method: 'SDM.merge',
          action: 'Cannot merge the volumes',
          // the base has the next generation: the merge was done before
          doneAlready: [storageErrors.GenerationMismatch],
          parameters: { subchain_info: { ...subchain, base_generation: generation }, ...(mergesBitmaps ? { merge_bitmaps: true } : {}) },
        });
      },
    },
    {
      ...task('finalize', 'StoragePool.finalizeMerge', `Taking the merged volume of disk ${merge.name} out of its chain`),
      // from here on the merged volume is of no use, whether it can be deleted or not
      record: async (_ctx, trx) => recordMerge(trx, merge),
    },
    {
      name: `delete-${index}`,
      title: `Deleting the merged volume of disk ${merge.name}`,
      retry: deletionRetry,
      run: async (ctx) => deleteNowOrLater(ctx as never, hosts, merge, merge.topId),
    },
  ];
}

/** Whether the lower volume of a merge takes what the upper one recorded: raw ones keep no records. */
async function hasRecords(trx: Trx, { diskId, baseId }: LiveMerge): Promise<boolean> {
  const base = await trx.selectFrom('image').select('format').where('id', '=', baseId).executeTakeFirst();
  return base?.format === 'cow' && (await isRecorded(trx, diskId));
}

/**
 * To be called when a job with merges has ended. What was begun and not ended left the lower volume between two contents; the VM's own view is
 * whole, and another try ends it.
 */
export async function markBegunMerges(
  trx: Trx,
  merges: readonly Pick<LiveMerge, 'diskId' | 'baseId' | 'topId'>[],
  { tasks }: Pick<MergeState, 'tasks'>,
): Promise<void> {
  for (const { diskId, baseId, topId } of merges) {
    if ([`merge ${diskId}`, `live ${diskId}`].every((task) => tasks[task] === undefined)) continue;
    await sql`update image set status = 'illegal' where id = ${baseId} and exists (select 1 from image t where t.id = ${topId})`.execute(
      trx,
    );
  }
}

function define(
  name: 'RemoveSnapshot' | 'RemoveDiskSnapshots',
  events: { succeeded: EventName; failed: EventName },
  { hosts }: SagaServices,
): EngineSaga {
  return defineSaga<Params, MergeState, Trx>({
    name,
    version: 1,
    title: (params) => `Removing Snapshot ${params.description} of VM ${params.vmName}`,
    locks: (params) =>
      snapshotLocks(
        params.vmId,
        params.merges.map((merge) => merge.diskId),
      ),
    initialState: () => ({ tasks: {}, generations: {} }),
    steps: (params) => [
      ...params.merges.flatMap((merge, index) => mergeSteps<Params, MergeState>(hosts, params.vmId, merge, index, params.live === true)),
      ...(params.memory ? dropMemorySteps<Params, MergeState>(hosts, params.memory) : []),
      {
        name: 'forget',
        title: 'Forgetting the snapshot',
        async record(ctx, trx) {
          const { keepsSnapshot, snapshotId, memory } = ctx.params;
          // Also for the active one, when it was to go on from that memory and never did.
          if (memory) await trx.deleteFrom('snapshot_memory').where('dump_image_id', '=', memory.dump_image_id).execute();
          if (!keepsSnapshot) await trx.deleteFrom('snapshot').where('id', '=', snapshotId).execute();
        },
      },
    ],
    async ended(end, trx) {
      const { params, status } = end;
      await setDiskStatus(trx, params.merges, 'ok');
      await trx.updateTable('snapshot').set({ status: 'ok' }).where('id', '=', params.snapshotId).execute();
      await markBegunMerges(trx, params.merges, end.state);
      await tryLeftoversAgain(trx, { diskIds: params.merges.map((merge) => merge.diskId) });
      await noteChange(trx, 'vm', params.vmId, 'update');
      await recordEvent(trx, {
        name: status === 'succeeded' ? events.succeeded : events.failed,
        vm: { id: params.vmId, name: params.vmName },
        user: params.user,
        correlationId: params.correlationId,
        jobId: end.id,
        values: { snapshot: params.description, ...(end.error ? { reason: end.error.message } : {}) },
      });
    },
  }) as unknown as EngineSaga;
}

/** Removes a snapshot, or single disks from one: what was written since goes into the snapshot's volumes. */
export const removeSnapshotSagas = (services: SagaServices): EngineSaga[] => [
  define(
    'RemoveSnapshot',
    { succeeded: 'USER_REMOVE_SNAPSHOT_FINISHED_SUCCESS', failed: 'USER_REMOVE_SNAPSHOT_FINISHED_FAILURE' },
    services,
  ),
  define(
    'RemoveDiskSnapshots',
    { succeeded: 'USER_REMOVE_DISK_SNAPSHOT_FINISHED_SUCCESS', failed: 'USER_REMOVE_DISK_SNAPSHOT_FINISHED_FAILURE' },
    services,
  ),
];

interface MergeRow extends Merge {
  status: string;
}

const mergesOf = async (trx: Trx, snapshotId: string, imageId: string | null): Promise<MergeRow[]> =>
  (
    await sql<MergeRow>`
      select d.id as "diskId", d.name, d.status, x.data_center_id as "dataCenterId", b.storage_domain_id as "storageDomainId", b.id as "baseId", t.id as "topId"
      from image b join disk d on d.id = b.disk_id join data_center_storage_domain x on x.storage_domain_id = b.storage_domain_id
        join image t on t.parent_id = b.id and t.disk_id = b.disk_id
      where b.snapshot_id = ${snapshotId} and (${imageId}::uuid is null or b.id = ${imageId}::uuid) order by d.created_at, d.id`.execute(
      trx,
    )
  ).rows;

/**
 * Begins to remove a snapshot, or one disk from it.
 * @param imageId the one volume that is to go; null for the whole snapshot
 */
export async function removeFromSnapshot(context: Context, vmId: string, snapshotId: string, imageId: string | null): Promise<Reply> {
  const vm = await one(context, readableVms, vmId);
  const vmName = String(vm['name']);
  const job = await write(context, async (trx) => {
    const { status } = await stateOf(trx, vmId);
    const row = await trx.selectFrom('snapshot').selectAll().where('id', '=', snapshotId).where('vm_id', '=', vmId).executeTakeFirst();
    if (!row) throw notFound();
    const found = await mergesOf(trx, snapshotId, imageId);
    const merges = found.map(({ status: _status, ...merge }) => merge);
    const live = status === 'up' || status === 'paused';
    const memory = imageId === null ? ((await loadSnapshotMemory(trx, snapshotId)) ?? null) : null;
    const id = await context.engine.jobs.beginIn<Params>(trx, context, imageId === null ? 'RemoveSnapshot' : 'RemoveDiskSnapshots', {
      params: {
        vmId,
        vmName,
        snapshotId,
        description: row.description,
        merges,
        keepsSnapshot: imageId !== null,
        ...(live ? { live } : {}),
        memory,
        user: actor(context),
        correlationId: context.correlationId,
      },
      description: `Removing Snapshot ${row.description} of VM ${vmName}`,
      subjects: [{ type: 'vm', id: vmId }, ...merges.map((merge) => ({ type: 'disk', id: merge.diskId }))],
    });
    if (row.type !== 'regular') throw refused('ACTION_TYPE_FAILED_VM_SNAPSHOT_TYPE_NOT_REGULAR', values);
    if (status !== 'down' && !live) throw wrongState('remove a snapshot of', status);
    if (live && (await isStatelessRun(trx, vmId))) throw refused('ACTION_TYPE_FAILED_VM_RUNNING_STATELESS', values);
    if (row.status === 'in_preview' || (await isInPreview(trx, vmId))) throw refused('ACTION_TYPE_FAILED_VM_IN_PREVIEW', values);
    checkDisksWell(found, values);
    await trx.updateTable('snapshot').set({ status: 'locked' }).where('id', '=', snapshotId).execute();
    await setDiskStatus(trx, merges, 'locked');
    await recordEvent(trx, {
      name: imageId === null ? 'USER_REMOVE_SNAPSHOT' : 'USER_REMOVE_DISK_SNAPSHOT',
      vm: { id: vmId, name: vmName },
      user: actor(context),
      correlationId: context.correlationId,
      jobId: id,
      values: { snapshot: row.description },
    });
    await noteChange(trx, 'vm', vmId, 'update');
    return id;
  });
  if (context.asynchronous) return started(job);
  return (await context.engine.jobs.settle(job)) ? done(job) : started(job);
}

/** `DELETE vms/{vm}/snapshots/{snapshot}`: of a VM that is down, or runs on. */
export const removeSnapshot: Operation = {
  permit: 'manipulate_vm_snapshots',
  subjects: (context) => [{ type: 'vm', id: context.path['vm'] ?? '' }],
  async run(context) {
    const id = context.path['snapshot'] ?? '';
    if (!isUuid(id)) throw notFound();
    return removeFromSnapshot(context, context.path['vm'] ?? '', id, null);
  },
};
