import type { SagaContext, SagaStep, Wait } from '@virgate/saga';
import { storageErrors } from '@virgate/contract/generated/vdsm-errors';
import type { Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import {
  hostTask,
  noId,
  storageManagerOf,
  volumeAllocation,
  volumeDescription,
  volumeFormat,
  volumeRole,
  type TaskState,
} from '../images/host-tasks.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import type { Tables } from '../tables/schema.ts';

/** A disk that a job is to make on storage: empty, thin on a template's volume, or a copy of one. */
export interface NewDisk {
  diskId: string;
  volumeId: string;
  name: string;
  description: string;
  dataCenterId: string;
  storageDomainId: string;
  provisionedBytes: number;
  format: 'cow' | 'raw';
  sparse: boolean;
  /** The volume that this one begins from; null for an empty disk. */
  source: { diskId: string; volumeId: string; storageDomainId: string } | null;
  /** `thin`: the source is the parent; `copy`: its content is copied and this disk stands alone. */
  mode: 'empty' | 'thin' | 'copy';
  /** The copy is a template's: its volume becomes the base of others. */
  shared: boolean;
  wipe: boolean;
  diskProfileId?: string | null;
  quotaId?: string | null;
}

type Trx = Transaction<Tables>;

/** Rows of a disk that is being made: they show it as locked until its volume is there. */
export async function insertDisk(
  trx: Trx,
  disk: NewDisk,
  extra: { backup?: string; shareable?: boolean; propagateErrors?: boolean; snapshotId?: string | null; contentType?: string } = {},
): Promise<void> {
  await trx
    .insertInto('disk')
    .values({
      id: disk.diskId,
      name: disk.name,
      description: disk.description,
      status: 'locked',
      format: disk.format,
      sparse: disk.sparse,
      provisioned_bytes: disk.provisionedBytes,
      wipe_after_delete: disk.wipe,
      disk_profile_id: disk.diskProfileId ?? null,
      quota_id: disk.quotaId ?? null,
      ...(extra.backup ? { backup: extra.backup } : {}),
      ...(extra.shareable ? { shareable: true } : {}),
      ...(extra.propagateErrors ? { propagate_errors: true } : {}),
      ...(extra.contentType ? { content_type: extra.contentType } : {}),
      ...(disk.format === 'cow' ? { qcow_version: 'qcow2_v3' } : {}),
    })
    .execute();
  await trx
    .insertInto('image')
    .values({
      id: disk.volumeId,
      disk_id: disk.diskId,
      parent_id: disk.mode === 'thin' ? (disk.source?.volumeId ?? null) : null,
      storage_domain_id: disk.storageDomainId,
      snapshot_id: extra.snapshotId ?? null,
      active: true,
      format: disk.format,
      sparse: disk.sparse,
      provisioned_bytes: disk.provisionedBytes,
      status: 'locked',
    })
    .execute();
  await noteChange(trx, 'disk', disk.diskId, 'add');
}

/** Shows the disks as usable, with what they take on storage. */
async function unlockDisk(trx: Trx, disk: NewDisk, actualBytes: number): Promise<void> {
  await trx.updateTable('disk').set({ status: 'ok' }).where('id', '=', disk.diskId).execute();
  await trx.updateTable('image').set({ status: 'ok', actual_bytes: actualBytes }).where('id', '=', disk.volumeId).execute();
  await noteChange(trx, 'disk', disk.diskId, 'update');
}

/** Removes the rows of a disk that could not be made; those that are gone already are no error. */
export async function removeNewDisk(trx: Trx, disk: NewDisk): Promise<void> {
  await trx.deleteFrom('permission').where('object_id', '=', disk.diskId).execute();
  const removed = await trx.deleteFrom('disk').where('id', '=', disk.diskId).returning('id').execute();
  if (removed.length > 0) await noteChange(trx, 'disk', disk.diskId, 'remove');
}

function createCall(disk: NewDisk): { method: string; parameters: Record<string, unknown> } {
  const description = volumeDescription(disk.name, disk.description);
  if (disk.mode === 'copy' && disk.source) {
    return {
      method: 'Volume.copy',
      parameters: {
        volumeID: disk.source.volumeId,
        storagepoolID: disk.dataCenterId,
        storagedomainID: disk.source.storageDomainId,
        imageID: disk.source.diskId,
        dstSdUUID: disk.storageDomainId,
        dstImgUUID: disk.diskId,
        dstVolUUID: disk.volumeId,
        desc: description,
        volType: disk.shared ? volumeRole.shared : volumeRole.leaf,
        volFormat: volumeFormat[disk.format],
        preallocate: disk.sparse ? volumeAllocation.sparse : volumeAllocation.preallocated,
        postZero: false,
        force: false,
        discard: false,
      },
    };
  }
  return {
    method: 'Volume.create',
    parameters: {
      volumeID: disk.volumeId,
      storagepoolID: disk.dataCenterId,
      storagedomainID: disk.storageDomainId,
      imageID: disk.diskId,
      size: String(disk.provisionedBytes),
      volFormat: volumeFormat[disk.format],
      preallocate: disk.sparse ? volumeAllocation.sparse : volumeAllocation.preallocated,
      diskType: 'DATA',
      desc: description,
      srcImgUUID: disk.source?.diskId ?? noId,
      srcVolUUID: disk.source?.volumeId ?? noId,
    },
  };
}

/** Asks the storage host to remove a disk's volumes; those that are gone already are no error. To be returned from a step. */
export async function deleteImage<S extends TaskState>(
  ctx: SagaContext<object, S, Trx>,
  hosts: HostSessions,
  disk: { diskId: string; dataCenterId: string; storageDomainId: string; wipe: boolean },
): Promise<Wait | undefined> {
  const hostId = await ctx.tx((trx) => storageManagerOf(trx, disk.dataCenterId));
  return hostTask(ctx, hosts, {
    name: `delete ${disk.diskId}`,
    hostId,
    method: 'Image.delete',
    action: 'Cannot remove Virtual Disk',
    doneAlready: [storageErrors.ImageDoesNotExistInSD, storageErrors.ImagePathError, storageErrors.VolumeDoesNotExist],
    parameters: {
      imageID: disk.diskId,
      storagepoolID: disk.dataCenterId,
      storagedomainID: disk.storageDomainId,
      postZero: disk.wipe,
      force: true,
      discard: false,
    },
  });
}

/**
 * The step of a job that makes one disk on storage. Its rows exist already, locked; when it is undone volumes and rows go.
 * @param index its place among the disks of the job, which names the step
 */
export function makeDiskStep<P extends { disks: NewDisk[] }, S extends TaskState>(
  hosts: HostSessions,
  index: number,
  title: string,
): SagaStep<P, S, Trx> {
  const diskOf = (params: P): NewDisk => params.disks[index] as NewDisk;
  return {
    name: `disk-${index}`,
    title,
    async run(ctx) {
      const disk = diskOf(ctx.params);
      const hostId = await ctx.tx((trx) => storageManagerOf(trx, disk.dataCenterId));
      return hostTask(ctx as never, hosts, {
        name: `create ${disk.diskId}`,
        hostId,
        ...createCall(disk),
        action: 'Cannot add Virtual Disk',
        doneAlready: [storageErrors.VolumeAlreadyExists],
      });
    },
    async record(ctx, trx) {
      await unlockDisk(trx, diskOf(ctx.params), 0);
    },
    // The rows were there before the step: they go whether it failed or had succeeded.
    async undo(ctx) {
      const disk = diskOf(ctx.params);
      const wait = await deleteImage(ctx as never, hosts, disk);
      if (wait) return wait;
      await ctx.tx((trx) => removeNewDisk(trx, disk));
    },
  };
}
