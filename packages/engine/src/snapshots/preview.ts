import { json } from '@virgate/database';
import { defineSaga } from '@virgate/saga';
import type { Action, Disk } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { checkSpace, type TaskState } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { entityNotFound, incomplete, invalidValue, refused, say } from '../rest/fault.ts';
import { isUuid, one } from '../rest/listing.ts';
import { done, started, type Context, type Operation, type Reply } from '../rest/operation.ts';
import { actor, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { stateOf, wrongState } from '../vms/lock.ts';
import { readableVms } from '../vms/read.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { loadSnapshotMemory, type MemoryPlace } from '../vms/memory-volumes.ts';
import { dropUnusedMemorySteps, laterMemories } from './memory-steps.ts';
import {
  branchesBeside,
  checkDisksWell,
  insertLeaves,
  isInPreview,
  newLeafSteps,
  setDiskStatus,
  snapshotLocks,
  switchLeaf,
  type ChainDisk,
  type DroppedVolume,
  type SnapshotParams,
} from './chain.ts';
import { dropSteps } from './leftovers.ts';
import { applyConfiguration, captureConfiguration, type VmConfiguration } from './configuration.ts';
import { commitPreview } from './commit.ts';

type Trx = Transaction<Tables>;

interface Params extends SnapshotParams {
  disks: ChainDisk[];
  /** The snapshot that is the active one until now: it keeps the state before the preview. */
  beforeId: string;
  /** The active snapshot from then on. */
  activeId: string;
  /** Only for a restoration, which commits at once: what goes with it. */
  dropped: DroppedVolume[];
  /** The next start goes on from the memory of the snapshot. */
  restoresMemory?: boolean;
  /** Memory of snapshots that may go with a restoration. */
  memories?: MemoryPlace[];
}

/** The VM works on new volumes over those of the snapshot; what it had stays as the snapshot "before the preview". */
async function enterPreview(trx: Trx, params: Params): Promise<void> {
  const { vmId, snapshotId, beforeId, activeId } = params;
  const before = await captureConfiguration(trx, vmId);
  await trx
    .updateTable('snapshot')
    .set({
      type: 'preview',
      description: 'Active VM before the preview',
      configuration: json(before as unknown as Record<string, unknown>),
    })
    .where('id', '=', beforeId)
    .execute();
  await trx.insertInto('snapshot').values({ id: activeId, vm_id: vmId, type: 'active', description: 'Active VM' }).execute();
  await trx.updateTable('snapshot').set({ status: 'in_preview' }).where('id', '=', snapshotId).execute();
  for (const disk of params.disks) await switchLeaf(trx, disk, { id: disk.activeId, snapshotId: beforeId }, disk.newId);
  const target = await trx.selectFrom('snapshot').select('configuration').where('id', '=', snapshotId).executeTakeFirstOrThrow();
  if (target.configuration !== null) await applyConfiguration(trx, vmId, target.configuration as unknown as VmConfiguration);
  const memory = params.restoresMemory === true ? await loadSnapshotMemory(trx, snapshotId) : undefined;
  if (memory)
    await trx
      .insertInto('snapshot_memory')
      .values({ snapshot_id: activeId, ...memory })
      .execute();
}

const define = (name: 'TryBackToAllSnapshotsOfVm' | 'RestoreAllSnapshots', { hosts }: SagaServices): EngineSaga => {
  const restores = name === 'RestoreAllSnapshots';
  return defineSaga<Params, TaskState, Trx>({
    name,
    version: 1,
    title: (params) =>
      `${restores ? 'Restoring' : 'Preview of'} VM ${params.vmName} ${restores ? 'to' : 'with'} snapshot ${params.description}`,
    locks: (params) =>
      snapshotLocks(params.vmId, [...params.disks.map((disk) => disk.diskId), ...params.dropped.map((volume) => volume.diskId)]),
    initialState: () => ({ tasks: {} }),
    steps: (params) => [
      ...newLeafSteps<Params, TaskState>(hosts, params.disks),
      {
        name: 'switch',
        title: 'Putting the volumes to use',
        pivot: true,
        async record(ctx, trx) {
          await enterPreview(trx, ctx.params);
          if (restores) await commitPreview(trx, ctx.params.vmId, ctx.params.dropped);
        },
      },
      ...dropSteps<Params, TaskState>(hosts, params.dropped),
      ...dropUnusedMemorySteps<Params, TaskState>(hosts, params.memories ?? []),
    ],
    async ended(end, trx) {
      const { params, status } = end;
      await setDiskStatus(trx, params.disks, 'ok');
      const switched = await trx.selectFrom('snapshot').select('id').where('id', '=', params.activeId).executeTakeFirst();
      if (!switched) for (const disk of params.disks) await trx.deleteFrom('image').where('id', '=', disk.newId).execute();
      await noteChange(trx, 'vm', params.vmId, 'update');
      const ok = status === 'succeeded';
      await recordEvent(trx, {
        name: restores
          ? ok
            ? 'USER_RESTORE_FROM_SNAPSHOT_FINISH_SUCCESS'
            : 'USER_RESTORE_FROM_SNAPSHOT_FINISH_FAILURE'
          : ok
            ? 'USER_TRY_BACK_TO_SNAPSHOT_FINISH_SUCCESS'
            : 'USER_TRY_BACK_TO_SNAPSHOT_FINISH_FAILURE',
        vm: { id: params.vmId, name: params.vmName },
        user: params.user,
        correlationId: params.correlationId,
        jobId: end.id,
        values: { snapshot: params.description, ...(end.error ? { reason: end.error.message } : {}) },
      });
    },
  }) as unknown as EngineSaga;
};

/** Jobs that bring a VM back to a snapshot: to look at it, or for good. */
export const previewSagas = (services: SagaServices): EngineSaga[] => [
  define('TryBackToAllSnapshotsOfVm', services),
  define('RestoreAllSnapshots', services),
];

interface TargetRow {
  diskId: string;
  name: string;
  status: string;
  imageStatus: string;
  imageId: string;
  dataCenterId: string;
  storageDomainId: string;
  activeId: string;
  provisionedBytes: number;
}

/** The disks of a snapshot with its volume of each, and with the volume that the disk writes to now. */
async function targetsOf(trx: Trx, snapshotId: string): Promise<TargetRow[]> {
  const found = await sql<TargetRow>`
    select d.id as "diskId", d.name, d.status, i.status as "imageStatus", i.id as "imageId", x.data_center_id as "dataCenterId", i.storage_domain_id as "storageDomainId",
      a.id as "activeId", i.provisioned_bytes as "provisionedBytes"
    from image i join disk d on d.id = i.disk_id join image a on a.disk_id = d.id and a.active join data_center_storage_domain x on x.storage_domain_id = i.storage_domain_id
    where i.snapshot_id = ${snapshotId} order by d.created_at, d.id`.execute(trx);
  return found.rows;
}

function chooseDisks(targets: TargetRow[], wanted: readonly Disk[] | undefined): TargetRow[] {
  if (wanted === undefined || wanted.length === 0) return targets;
  return wanted.map((disk) => {
    const found = targets.find((target) => target.diskId === disk.id || (disk.id === undefined && target.imageId === disk.image_id));
    if (!found) throw entityNotFound('Disk', `id=${disk.id ?? disk.image_id ?? ''}`);
    if (disk.image_id !== undefined && disk.image_id !== found.imageId)
      throw invalidValue('disks', say`disk ${found.diskId} has volume ${found.imageId} in this snapshot`);
    return found;
  });
}

/** Begins the job that brings a VM back to a snapshot. */
async function beginReturn(context: Context, snapshotId: string, restores: boolean): Promise<Reply> {
  const vm = await one(context, readableVms, context.path['vm']);
  const vmId = vm.id ?? '';
  const vmName = String(vm['name']);
  const values = { VAR_ACTION: restores ? 'restore' : 'preview', VAR_TYPE: 'Snapshot' };
  if (!isUuid(snapshotId)) throw entityNotFound('Snapshot', `id=${snapshotId}`);
  const job = await write(context, async (trx) => {
    const { status } = await stateOf(trx, vmId);
    const row = await trx.selectFrom('snapshot').selectAll().where('id', '=', snapshotId).where('vm_id', '=', vmId).executeTakeFirst();
    if (!row) throw refused('ACTION_TYPE_FAILED_VM_SNAPSHOT_DOES_NOT_EXIST', values);
    const active = await trx
      .selectFrom('snapshot')
      .select('id')
      .where('vm_id', '=', vmId)
      .where('type', '=', 'active')
      .executeTakeFirstOrThrow();
    const chosen = chooseDisks(await targetsOf(trx, snapshotId), (context.body as Action).disks);
    const disks = chosen.map(({ imageStatus: _s, status: _d, imageId, ...disk }): ChainDisk => ({
      ...disk,
      parentId: imageId,
      newId: context.engine.uuid(),
    }));
    const dropped = restores
      ? await branchesBeside(
          trx,
          disks.map((disk) => ({ diskId: disk.diskId, volumeId: disk.parentId })),
        )
      : [];
    const id = await context.engine.jobs.beginIn<Params>(trx, context, restores ? 'RestoreAllSnapshots' : 'TryBackToAllSnapshotsOfVm', {
      params: {
        vmId,
        vmName,
        snapshotId,
        description: row.description,
        disks,
        beforeId: active.id,
        activeId: context.engine.uuid(),
        dropped,
        restoresMemory: (context.body as Action).restore_memory === true,
        memories: restores ? await laterMemories(trx, vmId, snapshotId) : [],
        user: actor(context),
        correlationId: context.correlationId,
      },
      description: `${restores ? 'Restoring' : 'Preview of'} VM ${vmName} ${restores ? 'to' : 'with'} snapshot ${row.description}`,
      subjects: [{ type: 'vm', id: vmId }, ...disks.map((disk) => ({ type: 'disk', id: disk.diskId }))],
    });
    if (row.type === 'active') throw refused('CANNOT_PREVIEW_ACTIVE_SNAPSHOT', values);
    if (row.type !== 'regular') throw refused('ACTION_TYPE_FAILED_VM_SNAPSHOT_TYPE_NOT_REGULAR', values);
    if (status !== 'down') throw wrongState(`${values.VAR_ACTION} a snapshot of`, status);
    if (await isInPreview(trx, vmId)) throw refused('ACTION_TYPE_FAILED_VM_IN_PREVIEW', values);
    checkDisksWell(chosen, values);
    checkDisksWell(
      chosen.map((disk) => ({ name: disk.name, status: disk.imageStatus })),
      values,
    );
    for (const domainId of new Set(disks.map((disk) => disk.storageDomainId))) await checkSpace(trx, domainId, 0);
    await insertLeaves(trx, disks);
    await recordEvent(trx, {
      name: restores ? 'USER_RESTORE_FROM_SNAPSHOT_START' : 'USER_TRY_BACK_TO_SNAPSHOT',
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

const subjects: Operation['subjects'] = (context) => [{ type: 'vm', id: context.path['vm'] ?? '' }];

/** `POST vms/{vm}/previewsnapshot {snapshot}`; with `disks` only those go back. */
export const previewSnapshot: Operation = {
  permit: 'manipulate_vm_snapshots',
  subjects,
  async run(context) {
    const id = (context.body as Action).snapshot?.id;
    if (id === undefined) throw incomplete('action.snapshot.id');
    return beginReturn(context, id, false);
  },
};

/** `POST vms/{vm}/snapshots/{snapshot}/restore`: back to the snapshot for good; later snapshots go. */
export const restoreSnapshot: Operation = {
  permit: 'manipulate_vm_snapshots',
  subjects,
  run: async (context) => beginReturn(context, context.path['snapshot'] ?? '', true),
};
