import { storageErrors } from '@virgate/contract/generated/vdsm-errors';
import type { LockRequest, SagaContext, SagaStep, Wait } from '@virgate/saga';
import { VdsmError } from '@virgate/vdsm';
import { sql, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import {
  activeDataCenterOf,
  checkSpace,
  hostTask,
  storageManagerOf,
  volumeAllocation,
  volumeDescription,
  volumeFormat,
  type TaskState,
} from '../images/host-tasks.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import { refused } from '../rest/fault.ts';
import { vmLock } from '../vms/lock.ts';
import type { Tables } from '../tables/schema.ts';
import { refuseInUse } from './live-steps.ts';
import { connectionLost } from '../monitoring/connection-lost.ts';

type Trx = Transaction<Tables>;

/** A disk of a VM whose chain of volumes changes. */
export interface ChainDisk {
  diskId: string;
  name: string;
  dataCenterId: string;
  storageDomainId: string;
  /** The volume that is written to before the change. */
  activeId: string;
  /** The volume that the new one stands on. */
  parentId: string;
  /** The volume that is written to after the change. */
  newId: string;
  provisionedBytes: number;
}

/** What every job on the snapshots of a VM is about. */
export interface SnapshotParams {
  vmId: string;
  vmName: string;
  snapshotId: string;
  description: string;
  user: { id: string; name: string };
  correlationId: string;
}

/** Locks of a job on snapshots: the VM and the disks whose chains change. */
export const snapshotLocks = (vmId: string, diskIds: readonly string[]): LockRequest[] => [
  vmLock(vmId),
  ...[...new Set(diskIds)].map((diskId) => ({
    group: 'DISK',
    objectId: diskId,
    mode: 'exclusive' as const,
    messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED',
  })),
];

interface SnapshotDiskRow {
  diskId: string;
  name: string;
  status: string;
  dataCenterId: string;
  storageDomainId: string;
  activeId: string;
  provisionedBytes: number;
}

/** Disks of a VM that snapshots are made of: images that no other VM may write to. Source: engine behaviour, snapshots. */
export async function snapshotDisks(trx: Trx, vmId: string): Promise<SnapshotDiskRow[]> {
  const found = await sql<SnapshotDiskRow>`
    select d.id as "diskId", d.name, d.status, x.data_center_id as "dataCenterId", i.storage_domain_id as "storageDomainId", i.id as "activeId", i.provisioned_bytes as "provisionedBytes"
    from disk_attachment a join disk d on d.id = a.disk_id join image i on i.disk_id = d.id and i.active
      join data_center_storage_domain x on x.storage_domain_id = i.storage_domain_id
    where a.vm_id = ${vmId} and not d.shareable and d.storage_type = 'image' and d.content_type = 'data' order by d.created_at, d.id`.execute(
    trx,
  );
  return found.rows;
}

/** Refuses disks that another job has or that are damaged. @throws {Fault} 409 */
export function checkDisksWell(disks: readonly { name: string; status: string }[], values: Record<string, string>): void {
  const named = (status: string): string =>
    disks
      .filter((disk) => disk.status === status)
      .map((disk) => disk.name)
      .join(', ');
  if (named('locked') !== '') throw refused('ACTION_TYPE_FAILED_DISKS_LOCKED', { ...values, diskAliases: named('locked') });
  if (named('illegal') !== '') throw refused('ACTION_TYPE_FAILED_DISKS_ILLEGAL', { ...values, diskAliases: named('illegal') });
}

/** Whether a snapshot of the VM is in preview; most changes of the chains are refused then. */
export async function isInPreview(trx: Trx, vmId: string): Promise<boolean> {
  const found = await trx.selectFrom('snapshot').select('id').where('vm_id', '=', vmId).where('type', '=', 'preview').executeTakeFirst();
  return found !== undefined;
}

/** Refuses to put new volumes on disks of a VM whose state or storage does not allow it. @throws {Fault} 409 */
export async function checkCanStandOn(
  trx: Trx,
  vmId: string,
  disks: readonly { name: string; status: string; storageDomainId: string }[],
  values: Record<string, string>,
): Promise<void> {
  if (await isInPreview(trx, vmId)) throw refused('ACTION_TYPE_FAILED_VM_IN_PREVIEW', values);
  checkDisksWell(disks, values);
  for (const domainId of new Set(disks.map((disk) => disk.storageDomainId))) {
    await activeDataCenterOf(trx, domainId);
    await checkSpace(trx, domainId, 0);
  }
}

/** Rows of the volumes that are to be made, and their disks as locked. */
export async function insertLeaves(trx: Trx, disks: readonly ChainDisk[]): Promise<void> {
  for (const disk of disks) {
    await trx
      .insertInto('image')
      .values({
        id: disk.newId,
        disk_id: disk.diskId,
        parent_id: disk.parentId,
        snapshot_id: null,
        storage_domain_id: disk.storageDomainId,
        active: false,
        format: 'cow',
        sparse: true,
        provisioned_bytes: disk.provisionedBytes,
        status: 'locked',
      })
      .execute();
  }
  await setDiskStatus(trx, disks, 'locked');
}

export async function setDiskStatus(trx: Trx, disks: readonly { diskId: string }[], status: 'ok' | 'locked'): Promise<void> {
  const ids = disks.map((disk) => disk.diskId);
  if (ids.length === 0) return;
  await trx.updateTable('disk').set({ status }).where('id', 'in', ids).execute();
  await noteChange(trx, 'disk', ids, 'update');
}

/** The volume that the disk writes to from now on; the one before it belongs to a snapshot. */
export async function switchLeaf(
  trx: Trx,
  disk: { diskId: string },
  from: { id: string; snapshotId: string | null } | null,
  toId: string,
): Promise<void> {
  if (from)
    await trx.updateTable('image').set({ active: false, status: 'ok', snapshot_id: from.snapshotId }).where('id', '=', from.id).execute();
  await trx.updateTable('image').set({ active: true, status: 'ok', snapshot_id: null }).where('id', '=', toId).execute();
  await followLeaf(trx, disk.diskId);
}

/** A disk shows format, allocation and size of the volume that it writes to. */
export async function followLeaf(trx: Trx, diskId: string): Promise<void> {
  await sql`update disk d set format = i.format, sparse = i.sparse, provisioned_bytes = i.provisioned_bytes,
      qcow_version = case when i.format = 'cow' then coalesce(d.qcow_version, 'qcow2_v3') end
    from image i where i.disk_id = d.id and i.active and d.id = ${diskId}`.execute(trx);
}

/** Whether the volumes of a disk record what changes, for incremental backups. */
export const isRecorded = async (trx: Trx, diskId: string): Promise<boolean> =>
  (await trx.selectFrom('disk').select('backup').where('id', '=', diskId).executeTakeFirst())?.backup === 'incremental';

/**
 * Steps that make a new volume on top of a disk's chain. Undone, the volume goes; rows are the business of the job's end.
 * @param runningVm the VM that is to write to it without going down: as long as it does the volume stays
 */
export const newLeafSteps = <P extends object, S extends TaskState>(
  hosts: HostSessions,
  disks: readonly ChainDisk[],
  runningVm: string | null = null,
): SagaStep<P, S, Trx>[] =>
  disks.map((disk, index) => ({
    name: `leaf-${index}`,
    title: `Making a volume for disk ${disk.name}`,
    // An engine that has just taken the job over may lose its first connection to the host; a repeat finds the volume.
    retry: {
      attempts: 8,
      delayMs: 500,
      when: (error) => error instanceof Error && error.cause instanceof VdsmError && error.cause.code === connectionLost,
    },
    async run(ctx) {
      const hostId = () => ctx.tx((trx) => storageManagerOf(trx, disk.dataCenterId));
      // QEMU goes on with what it records by itself
      const addBitmaps = runningVm === null && (await ctx.tx((trx) => isRecorded(trx, disk.diskId)));
      return hostTask(ctx as never, hosts, {
        name: `leaf ${disk.diskId}`,
        hostId,
        method: 'Volume.create',
        action: 'Cannot make the volume',
        doneAlready: [storageErrors.VolumeAlreadyExists],
        parameters: {
          volumeID: disk.newId,
          storagepoolID: disk.dataCenterId,
          storagedomainID: disk.storageDomainId,
          imageID: disk.diskId,
          size: String(disk.provisionedBytes),
          volFormat: volumeFormat.cow,
          preallocate: volumeAllocation.sparse,
          diskType: 'DATA',
          desc: volumeDescription(disk.name, ''),
          srcImgUUID: disk.diskId,
          srcVolUUID: disk.parentId,
          ...(addBitmaps ? { addBitmaps } : {}),
        },
      });
    },
    async undo(ctx) {
      const row = await ctx.tx((trx) => trx.selectFrom('image').select('active').where('id', '=', disk.newId).executeTakeFirst());
      // The VM was put on it for good: what was to come afterwards failed, not this. Or it has been merged away already.
      if (row === undefined || row.active) return undefined;
      if (runningVm !== null) await refuseInUse(ctx as never, hosts, runningVm, disk, disk.newId);
      return deleteVolume(ctx as never, hosts, disk, disk.newId);
    },
  }));

/** Asks the storage host to delete one volume of a chain; one that is gone already is no error. To be returned from a step. */
export async function deleteVolume<S extends TaskState>(
  ctx: SagaContext<object, S, Trx>,
  hosts: HostSessions,
  disk: { diskId: string; dataCenterId: string; storageDomainId: string },
  volumeId: string,
): Promise<Wait | undefined> {
  const hostId = () => ctx.tx((trx) => storageManagerOf(trx, disk.dataCenterId));
  return hostTask(ctx as never, hosts, {
    name: `delete ${volumeId}`,
    hostId,
    method: 'Image.deleteVolumes',
    action: 'Cannot delete the volume',
    doneAlready: [storageErrors.VolumeDoesNotExist, storageErrors.ImageDoesNotExistInSD, storageErrors.ImagePathError],
    parameters: {
      imageID: disk.diskId,
      storagepoolID: disk.dataCenterId,
      storagedomainID: disk.storageDomainId,
      volumeList: [volumeId],
      postZero: false,
      force: false,
      discard: false,
    },
  });
}

/** A volume that nothing needs any more. */
export interface DroppedVolume {
  volumeId: string;
  diskId: string;
  name: string;
  dataCenterId: string;
  storageDomainId: string;
}

/** Volumes of disks that are not part of the chain which ends with the kept one; leaves first. */
export async function branchesBeside(trx: Trx, kept: readonly { diskId: string; volumeId: string }[]): Promise<DroppedVolume[]> {
  const dropped: DroppedVolume[] = [];
  for (const { diskId, volumeId } of kept) {
    const found = await sql<DroppedVolume & { depth: number }>`
      with recursive chain as (
        select id, parent_id from image where id = ${volumeId}
        union select i.id, i.parent_id from image i join chain c on i.id = c.parent_id
      ), below as (
        select id, 0 as depth from image where disk_id = ${diskId} and id not in (select id from chain) and (parent_id is null or parent_id in (select id from chain))
        union select i.id, b.depth + 1 from image i join below b on i.parent_id = b.id where i.disk_id = ${diskId}
      )
      select i.id as "volumeId", i.disk_id as "diskId", d.name, x.data_center_id as "dataCenterId", i.storage_domain_id as "storageDomainId", b.depth
      from below b join image i on i.id = b.id join disk d on d.id = i.disk_id join data_center_storage_domain x on x.storage_domain_id = i.storage_domain_id
      order by b.depth desc, i.id`.execute(trx);
    dropped.push(...found.rows.map(({ depth: _depth, ...volume }) => volume));
  }
  return dropped;
}
