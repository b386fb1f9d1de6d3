import { storageErrors } from '@virgate/contract/generated/vdsm-errors';
import { defineSaga } from '@virgate/saga';
import type { Action } from '@virgate/contract/generated/types';
import type { Transaction } from 'kysely';
import { loseRecordsOf } from '../backups/rows.ts';
import { ofJob } from '../events/record.ts';
import { hostJob } from '../images/host-jobs.ts';
import {
  checkSpace,
  hostTask,
  noId,
  storageManagerOf,
  volumeAllocation,
  volumeDescription,
  volumeFormat,
  type TaskState,
} from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { conflict, incomplete, refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, started, type Operation } from '../rest/operation.ts';
import { actor, write } from '../rest/write.ts';
import { deleteVolume, followLeaf } from '../snapshots/chain.ts';
import { deleteNowOrLater, deletionRetry } from '../snapshots/leftovers.ts';
import type { Tables } from '../tables/schema.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { readableDisks, type DiskPlace } from './read.ts';
import { isSparseOn } from '../storage-domains/block-group.ts';
import { setStatus, wholeDisk } from './usable.ts';
import { diskWorkEnded } from './work-ended.ts';

interface Params {
  disk: DiskPlace;
  newId: string;
  format: 'cow' | 'raw';
  sparse: boolean;
  user: { id: string; name: string };
  correlationId: string;
}

const values = { VAR_ACTION: 'convert', VAR_TYPE: 'Virtual Disk' };

/** Gives a disk another format or allocation: a new volume of the same image is filled, then takes the place of the old one. */
export const convertDiskSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, TaskState, Transaction<Tables>>({
    name: 'ConvertDisk',
    version: 1,
    title: (params) => `Converting Disk ${params.disk.name}`,
    cancellable: true,
    locks: (params) => [{ group: 'DISK', objectId: params.disk.diskId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' }],
    initialState: () => ({ tasks: {} }),
    steps: [
      {
        name: 'create',
        title: 'Making the new volume',
        async run(ctx) {
          const { disk, newId, format, sparse } = ctx.params;
          const hostId = () => ctx.tx((trx) => storageManagerOf(trx, disk.dataCenterId));
          return hostTask(ctx as never, hosts, {
            name: 'create',
            hostId,
            method: 'Volume.create',
            action: 'Cannot convert Virtual Disk',
            doneAlready: [storageErrors.VolumeAlreadyExists],
            parameters: {
              volumeID: newId,
              storagepoolID: disk.dataCenterId,
              storagedomainID: disk.storageDomainId,
              imageID: disk.diskId,
              size: String(disk.provisionedBytes),
              volFormat: volumeFormat[format],
              preallocate: sparse ? volumeAllocation.sparse : volumeAllocation.preallocated,
              diskType: 'DATA',
              desc: volumeDescription(disk.name, ''),
              srcImgUUID: noId,
              srcVolUUID: noId,
            },
          });
        },
        undo: async (ctx) => deleteVolume(ctx as never, hosts, ctx.params.disk, ctx.params.newId),
      },
      {
        name: 'copy',
        title: 'Copying the content',
        timeoutMs: 24 * 3_600_000,
        async run(ctx) {
          const { disk, newId } = ctx.params;
          const hostId = () => ctx.tx((trx) => storageManagerOf(trx, disk.dataCenterId));
          const end = { endpoint_type: 'div', sd_id: disk.storageDomainId, img_id: disk.diskId };
          return hostJob(ctx as never, hosts, {
            name: 'copy',
            hostId,
            method: 'SDM.copy_data',
            action: 'Cannot convert Virtual Disk',
            doneAlready: [storageErrors.GenerationMismatch],
            parameters: {
              source: { ...end, vol_id: disk.volumeId },
              destination: { ...end, vol_id: newId, generation: 0 },
              copy_bitmaps: false,
            },
          });
        },
      },
      {
        name: 'switch',
        title: 'Putting the new volume to use',
        pivot: true,
        async record(ctx, trx) {
          const { disk, newId, format, sparse } = ctx.params;
          // the new volume has no records of what changed
          await loseRecordsOf(trx, disk.diskId, `disk ${disk.name} was converted`, ofJob(ctx));
          await trx.updateTable('image').set({ active: false, status: 'illegal' }).where('id', '=', disk.volumeId).execute();
          await trx
            .insertInto('image')
            .values({
              id: newId,
              disk_id: disk.diskId,
              parent_id: null,
              snapshot_id: null,
              storage_domain_id: disk.storageDomainId,
              active: true,
              format,
              sparse,
              provisioned_bytes: disk.provisionedBytes,
              status: 'ok',
            })
            .execute();
          await followLeaf(trx, disk.diskId);
        },
      },
      {
        name: 'delete',
        title: 'Deleting the old volume',
        retry: deletionRetry,
        run: async (ctx) => deleteNowOrLater(ctx as never, hosts, ctx.params.disk, ctx.params.disk.volumeId),
        record: async (ctx, trx) => void (await trx.deleteFrom('image').where('id', '=', ctx.params.disk.volumeId).execute()),
      },
    ],
    async ended(end, trx) {
      const { disk } = end.params;
      await diskWorkEnded(end, trx, { disk, names: { succeeded: 'USER_UPDATE_DISK', failed: 'USER_FAILED_UPDATE_DISK' } });
    },
  }) as unknown as EngineSaga;

/** `POST disks/{disk}/convert {disk: {format, sparse}}`. */
export const convertDisk: Operation = {
  permit: 'edit_disk_properties',
  subjects: (context) => [{ type: 'disk', id: context.path['disk'] ?? '' }],
  async run(context) {
    const { id: diskId = '' } = await one(context, readableDisks, context.path['disk']);
    const wanted = (context.body as Action).disk;
    if (wanted?.format === undefined && wanted?.sparse === undefined) throw incomplete('disk.format|sparse');
    const job = await write(context, async (trx) => {
      const { hasSnapshots, isThin, isTemplates, isInPreview: _p, runningVm: _r, ...disk } = await wholeDisk(trx, diskId, 'convert');
      const format = wanted.format ?? disk.format;
      const sparse = await isSparseOn(trx, disk.storageDomainId, { format, sparse: wanted.sparse ?? disk.sparse });
      if (wanted.sparse === true && !sparse) throw conflict('ACTION_TYPE_FAILED_DISK_CONFIGURATION_NOT_SUPPORTED', values);
      if (hasSnapshots || isThin || isTemplates)
        throw refused('ACTION_TYPE_FAILED_DISK_HAS_SNAPSHOTS', { ...values, diskAlias: disk.name });
      if (format === disk.format && sparse === disk.sparse)
        throw refused(
          wanted.format === undefined
            ? 'ACTION_TYPE_FAILED_CONVERT_DISK_NO_ALLOCATION_CHANGE'
            : 'ACTION_TYPE_FAILED_CONVERT_DISK_NO_FORMAT_CHANGE',
          values,
        );
      await checkSpace(trx, disk.storageDomainId, sparse ? 0 : disk.provisionedBytes);
      const id = await context.engine.jobs.beginIn<Params>(trx, context, 'ConvertDisk', {
        params: { disk, newId: context.engine.uuid(), format, sparse, user: actor(context), correlationId: context.correlationId },
        description: `Converting Disk ${disk.name}`,
        subjects: [{ type: 'disk', id: diskId }],
      });
      await setStatus(trx, diskId, 'locked');
      return id;
    });
    if (context.asynchronous) return started(job);
    return (await context.engine.jobs.settle(job)) ? done(job) : started(job);
  },
};
