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
import { hostJob } from '../images/host-jobs.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import { isOnBlocks, isSparseOn } from '../storage-domains/block-group.ts';
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
  /** Room that a sparse volume has from the start, where volumes have a size. */
  initialBytes?: number;
  format: 'cow' | 'raw';
  sparse: boolean;
  /** The volume that this one begins from; null for an empty disk. */
  source: { diskId: string; volumeId: string; storageDomainId: string } | null;
  /** `thin`: the source is the parent; `copy`: its content is copied and this disk stands alone. */
  mode: 'empty' | 'thin' | 'copy';
  /** The copy is a template's: its volume becomes the base of others. */
  shared: boolean;
  /** A later step of the job changes the copy before it does; until then it stays locked, and a leaf. */
  unfinished?: boolean;
  wipe: boolean;
  diskProfileId?: string | null;
  quotaId?: string | null;
  /** A file of an archive on a host that holds what an empty disk gets. */
  archive?: { hostId: string; path: string; name: string };
  /** The volumes below this one, each a copy of one of the source's, the lowest first: the disk gets the source's whole chain. */
  layers?: NewLayer[];
}

/** A volume within a disk's chain that a job is to make as a copy of one of another disk's. */
export interface NewLayer {
  volumeId: string;
  /** The volume whose data it gets: that of its own layer, the lowest all that its source stands on as well. */
  sourceId: string;
  format: 'cow' | 'raw';
  sparse: boolean;
  provisionedBytes: number;
}

type Trx = Transaction<Tables>;

/** Rows of a disk that is being made: they show it as locked until its volume is there. */
export async function insertDisk(
  trx: Trx,
  disk: NewDisk,
  extra: { backup?: string; shareable?: boolean; propagateErrors?: boolean; snapshotId?: string | null; contentType?: string } = {},
): Promise<void> {
  const sparse = await isSparseOn(trx, disk.storageDomainId, disk);
  await trx
    .insertInto('disk')
    .values({
      id: disk.diskId,
      name: disk.name,
      description: disk.description,
      status: 'locked',
      format: disk.format,
      sparse,
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
      sparse,
      provisioned_bytes: disk.provisionedBytes,
      status: 'locked',
    })
    .execute();
  await noteChange(trx, 'disk', disk.diskId, 'add');
}

/** Shows the disks as usable, with what they take on storage. */
export async function unlockDisk(trx: Trx, disk: NewDisk, actualBytes: number): Promise<void> {
  await trx.updateTable('disk').set({ status: 'ok' }).where('id', '=', disk.diskId).execute();
  const volumes = [disk.volumeId, ...(disk.layers ?? []).map((layer) => layer.volumeId)];
  await trx.updateTable('image').set({ status: 'ok', actual_bytes: actualBytes }).where('id', 'in', volumes).execute();
  await noteChange(trx, 'disk', disk.diskId, 'update');
}

/** Shows a disk as lying on another domain, where raw volumes may have their size from the start. */
export async function recordPlace(trx: Trx, diskId: string, to: { domainId: string; diskProfileId: string | null }): Promise<void> {
  await trx.updateTable('image').set({ storage_domain_id: to.domainId }).where('disk_id', '=', diskId).execute();
  await trx.updateTable('disk').set({ disk_profile_id: to.diskProfileId }).where('id', '=', diskId).execute();
  if (!(await isOnBlocks(trx, to.domainId))) return;
  await trx.updateTable('image').set({ sparse: false }).where('disk_id', '=', diskId).where('format', '=', 'raw').execute();
  await trx.updateTable('disk').set({ sparse: false }).where('id', '=', diskId).where('format', '=', 'raw').execute();
}

/** The storage domain that a disk is shown on. */
export async function domainOf(trx: Trx, diskId: string): Promise<string | null | undefined> {
  const row = await trx.selectFrom('image').select('storage_domain_id').where('disk_id', '=', diskId).executeTakeFirst();
  return row?.storage_domain_id;
}

/** Removes the rows of a disk that could not be made; those that are gone already are no error. */
export async function removeNewDisk(trx: Trx, disk: NewDisk): Promise<void> {
  await trx.deleteFrom('permission').where('object_id', '=', disk.diskId).execute();
  const removed = await trx.deleteFrom('disk').where('id', '=', disk.diskId).returning('id').execute();
  if (removed.length > 0) await noteChange(trx, 'disk', disk.diskId, 'remove');
}

/** The disk with the allocation that its storage has for it. */
const allocated = async (trx: Trx, disk: NewDisk): Promise<NewDisk> => ({
  ...disk,
  sparse: await isSparseOn(trx, disk.storageDomainId, disk),
});

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
        volType: disk.shared && disk.unfinished !== true ? volumeRole.shared : volumeRole.leaf,
        volFormat: volumeFormat[disk.format],
        preallocate: disk.sparse ? volumeAllocation.sparse : volumeAllocation.preallocated,
        postZero: false,
        force: false,
        discard: false,
      },
    };
  }
  const initialSize = disk.initialBytes === undefined ? {} : { initialSize: String(disk.initialBytes) };
  return { method: 'Volume.create', parameters: { ...creation(disk, disk, disk.source), ...initialSize } };
}

/** Parameters of `Volume.create` for a volume of a disk. */
const creation = (
  disk: NewDisk,
  volume: Omit<NewLayer, 'sourceId'>,
  parent: { diskId: string; volumeId: string } | null,
): Record<string, unknown> => ({
  volumeID: volume.volumeId,
  storagepoolID: disk.dataCenterId,
  storagedomainID: disk.storageDomainId,
  imageID: disk.diskId,
  size: String(volume.provisionedBytes),
  volFormat: volumeFormat[volume.format],
  preallocate: volume.sparse ? volumeAllocation.sparse : volumeAllocation.preallocated,
  diskType: 'DATA',
  desc: volumeDescription(disk.name, disk.description),
  srcImgUUID: parent?.diskId ?? noId,
  srcVolUUID: parent?.volumeId ?? noId,
});

/** Asks the storage host to remove a disk's volumes; those that are gone already are no error. To be returned from a step. */
export async function deleteImage<S extends TaskState>(
  ctx: SagaContext<object, S, Trx>,
  hosts: HostSessions,
  disk: { diskId: string; dataCenterId: string; storageDomainId: string; wipe: boolean },
): Promise<Wait | undefined> {
  const hostId = () => ctx.tx((trx) => storageManagerOf(trx, disk.dataCenterId));
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

/** All volumes of a disk that gets a chain, the lowest first. */
const chainOf = (disk: NewDisk): NewLayer[] => [
  ...(disk.layers ?? []),
  {
    volumeId: disk.volumeId,
    sourceId: disk.source?.volumeId ?? noId,
    format: disk.format,
    sparse: disk.sparse,
    provisionedBytes: disk.provisionedBytes,
  },
];

/** Steps that make and fill the volumes of one chain; the volumes go when the step before them is undone. */
function chainSteps<P extends { disks: NewDisk[] }, S extends TaskState>(
  hosts: HostSessions,
  disk: NewDisk,
  index: number,
): SagaStep<P, S, Trx>[] {
  const action = 'Cannot copy Virtual Disk';
  const chain = chainOf(disk);
  return chain.flatMap((layer, at): SagaStep<P, S, Trx>[] => {
    const below = chain[at - 1];
    return [
      {
        name: `disk-${index}-volume-${at}`,
        title: `Making volume ${at + 1} of ${chain.length} of disk ${disk.name}`,
        run: async (ctx) =>
          hostTask(ctx as never, hosts, {
            name: `create ${layer.volumeId}`,
            hostId: () => ctx.tx((trx) => storageManagerOf(trx, disk.dataCenterId)),
            method: 'Volume.create',
            parameters: creation(
              disk,
              { ...layer, sparse: await ctx.tx((trx) => isSparseOn(trx, disk.storageDomainId, layer)) },
              below ? { diskId: disk.diskId, volumeId: below.volumeId } : null,
            ),
            action,
            doneAlready: [storageErrors.VolumeAlreadyExists],
          }),
      },
      {
        name: `disk-${index}-copy-${at}`,
        title: `Copying volume ${at + 1} of ${chain.length} of disk ${disk.name}`,
        timeoutMs: 24 * 3_600_000,
        run: async (ctx) =>
          hostJob(ctx as never, hosts, {
            name: `copy ${layer.volumeId}`,
            hostId: () => ctx.tx((trx) => storageManagerOf(trx, disk.dataCenterId)),
            method: 'SDM.copy_data',
            action,
            doneAlready: [storageErrors.GenerationMismatch],
            parameters: {
              source: { endpoint_type: 'div', sd_id: disk.source?.storageDomainId, img_id: disk.source?.diskId, vol_id: layer.sourceId },
              destination: {
                endpoint_type: 'div',
                sd_id: disk.storageDomainId,
                img_id: disk.diskId,
                vol_id: layer.volumeId,
                generation: 0,
              },
              copy_bitmaps: false,
            },
          }),
        async record(_ctx, trx) {
          if (at === chain.length - 1) await unlockDisk(trx, disk, 0);
        },
      },
    ];
  });
}

/** Takes back all of a disk that a job was to make. To be returned from a step's `undo`. */
async function undoDisk<P extends { disks: NewDisk[] }, S extends TaskState>(
  ctx: SagaContext<P, S, Trx>,
  hosts: HostSessions,
  disk: NewDisk,
): Promise<Wait | undefined> {
  const wait = await deleteImage(ctx as never, hosts, disk);
  if (wait) return wait;
  await ctx.tx((trx) => removeNewDisk(trx, disk));
  return undefined;
}

/**
 * A template's volume becomes the base of others once it is filled.
 * @param generation what the volume's is until then
 */
export const shareStep = <P extends { disks: NewDisk[] }, S extends TaskState>(
  hosts: HostSessions,
  disk: NewDisk,
  index: number,
  { hostId, generation, action }: { hostId?: string; generation: number; action: string },
): SagaStep<P, S, Trx> => ({
  name: `disk-${index}-share`,
  title: `Finishing disk ${disk.name}`,
  run: (ctx) =>
    hostJob(ctx as never, hosts, {
      name: `share ${disk.volumeId}`,
      hostId: hostId ?? (() => ctx.tx((trx) => storageManagerOf(trx, disk.dataCenterId))),
      method: 'SDM.update_volume',
      action,
      doneAlready: [storageErrors.GenerationMismatch],
      parameters: {
        vol_info: { sd_id: disk.storageDomainId, img_id: disk.diskId, vol_id: disk.volumeId, generation },
        vol_attr: { type: 'SHARED', generation: generation + 1 },
      },
    }),
  async record(_ctx, trx) {
    await unlockDisk(trx, disk, 0);
  },
});

/** Steps that make an empty disk and fill it with a file of an archive. */
function archiveSteps<P extends { disks: NewDisk[] }, S extends TaskState>(
  hosts: HostSessions,
  disk: NewDisk,
  archive: NonNullable<NewDisk['archive']>,
  index: number,
  title: string,
): SagaStep<P, S, Trx>[] {
  return [
    {
      name: `disk-${index}`,
      title,
      run: async (ctx) =>
        hostTask(ctx as never, hosts, {
          name: `create ${disk.diskId}`,
          hostId: () => ctx.tx((trx) => storageManagerOf(trx, disk.dataCenterId)),
          ...createCall(disk),
          action: 'Cannot add Virtual Disk',
          doneAlready: [storageErrors.VolumeAlreadyExists],
        }),
      undo: (ctx) => undoDisk(ctx, hosts, disk),
    },
    {
      name: `disk-${index}-unpack`,
      title: `Unpacking disk ${disk.name}`,
      timeoutMs: 24 * 3_600_000,
      run: (ctx) =>
        hostJob(ctx as never, hosts, {
          name: `unpack ${disk.volumeId}`,
          hostId: archive.hostId,
          method: 'Virgate.unpackArchive',
          action: 'Cannot import Virtual Disk',
          doneAlready: [storageErrors.GenerationMismatch],
          parameters: {
            path: archive.path,
            name: archive.name,
            destination: { sd_id: disk.storageDomainId, img_id: disk.diskId, vol_id: disk.volumeId, generation: 0 },
          },
        }),
      async record(_ctx, trx) {
        if (!disk.shared) await unlockDisk(trx, disk, 0);
      },
    },
    ...(disk.shared
      ? [shareStep<P, S>(hosts, disk, index, { hostId: archive.hostId, generation: 1, action: 'Cannot import Virtual Disk' })]
      : []),
  ];
}

/** The steps of a job that make one disk on storage: one, or for a whole chain two for each of its volumes. */
export const makeDiskSteps = <P extends { disks: NewDisk[] }, S extends TaskState>(
  hosts: HostSessions,
  disk: NewDisk,
  index: number,
  title: string,
): SagaStep<P, S, Trx>[] =>
  disk.archive !== undefined
    ? archiveSteps(hosts, disk, disk.archive, index, title)
    : disk.layers === undefined
      ? [makeDiskStep(hosts, index, title)]
      : [
          { name: `disk-${index}`, title, run: async () => undefined, undo: (ctx) => undoDisk(ctx, hosts, disk) },
          ...chainSteps<P, S>(hosts, disk, index),
        ];

/** The first step of jobs that make disks: undone, those rows go whose own step was never reached. The others went with it. */
export const newDisksStep = <P extends { disks: NewDisk[] }, S extends TaskState>(): SagaStep<P, S, Trx> => ({
  name: 'definition',
  title: 'Defining the disk',
  unbroken: true,
  undo: async () => undefined,
  async unrecord(ctx, trx) {
    for (const disk of ctx.params.disks) await removeNewDisk(trx, disk);
  },
});

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
      const disk = await ctx.tx((trx) => allocated(trx, diskOf(ctx.params)));
      const hostId = () => ctx.tx((trx) => storageManagerOf(trx, disk.dataCenterId));
      return hostTask(ctx as never, hosts, {
        name: `create ${disk.diskId}`,
        hostId,
        ...createCall(disk),
        action: 'Cannot add Virtual Disk',
        doneAlready: [storageErrors.VolumeAlreadyExists],
      });
    },
    async record(ctx, trx) {
      const disk = diskOf(ctx.params);
      if (disk.unfinished !== true) await unlockDisk(trx, disk, 0);
    },
    // The rows were there before the step: they go whether it failed or had succeeded.
    undo: (ctx) => undoDisk(ctx, hosts, diskOf(ctx.params)),
  };
}
