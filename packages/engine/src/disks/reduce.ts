import { defineSaga, type SagaStep } from '@virgate/saga';
import type { Transaction } from 'kysely';
import { hostTask, storageManagerOf, type TaskState } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, started, type Operation } from '../rest/operation.ts';
import { actor, write } from '../rest/write.ts';
import { isOnBlocks } from '../storage-domains/block-group.ts';
import type { Tables } from '../tables/schema.ts';
import { readableDisks, type DiskPlace } from './read.ts';
import { setStatus, wholeDisk } from './usable.ts';
import { diskWorkEnded } from './work-ended.ts';

type Trx = Transaction<Tables>;

interface Params {
  disk: DiskPlace;
  /** Its sparse volumes. */
  volumeIds: string[];
  user: { id: string; name: string };
  correlationId: string;
}

const values = { VAR_ACTION: 'reduce', VAR_TYPE: 'Virtual Disk' };

/** Has the volumes of a disk give back what is above their images. */
export const reduceDiskSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, TaskState, Trx>({
    name: 'ReduceImage',
    version: 1,
    title: (params) => `Reducing Disk ${params.disk.name}`,
    locks: (params) => [{ group: 'DISK', objectId: params.disk.diskId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' }],
    initialState: () => ({ tasks: {} }),
    steps: ({ disk, volumeIds }) =>
      volumeIds.map((volumeId, index): SagaStep<Params, TaskState, Trx> => ({
        name: `reduce-${index}`,
        title: `Reducing volume ${index + 1} of ${volumeIds.length}`,
        run: (ctx) =>
          hostTask(ctx, hosts, {
            name: `reduce ${volumeId}`,
            hostId: () => ctx.tx((trx) => storageManagerOf(trx, disk.dataCenterId)),
            method: 'StoragePool.reduceVolume',
            action: 'Cannot reduce Virtual Disk',
            doneAlready: [],
            parameters: {
              storagepoolID: disk.dataCenterId,
              storagedomainID: disk.storageDomainId,
              imageID: disk.diskId,
              volumeID: volumeId,
              allowActive: false,
            },
          }),
      })),
    async ended(end, trx) {
      const { disk } = end.params;
      await diskWorkEnded(end, trx, {
        disk,
        names: { succeeded: 'USER_REDUCE_DISK_FINISHED_SUCCESS', failed: 'USER_REDUCE_DISK_FINISHED_FAILURE' },
      });
    },
  }) as unknown as EngineSaga;

/** `POST disks/{disk}/reduce`: gives back what the sparse volumes of a disk on LUNs do not need. Source: engine behaviour, ReduceImage. */
export const reduceDisk: Operation = {
  permit: 'reduce_disk',
  subjects: (context) => [{ type: 'disk', id: context.path['disk'] ?? '' }],
  async run(context) {
    const { id: diskId = '' } = await one(context, readableDisks, context.path['disk']);
    const job = await write(context, async (trx) => {
      const {
        hasSnapshots: _s,
        isThin: _t,
        isTemplates: _b,
        isInPreview: _p,
        runningVm: _r,
        ...disk
      } = await wholeDisk(trx, diskId, 'reduce');
      if (!(await isOnBlocks(trx, disk.storageDomainId)))
        throw refused('ACTION_TYPE_FAILED_REDUCE_IMAGE_NOT_SUPPORTED_FOR_FILE_DOMAINS', values);
      const volumes = await trx
        .selectFrom('image')
        .select('id')
        .where('disk_id', '=', diskId)
        .where('format', '=', 'cow')
        .where('sparse', '=', true)
        .orderBy('id')
        .execute();
      if (volumes.length === 0) throw refused('DISK_HAS_NOTHING_TO_REDUCE', values);
      const id = await context.engine.jobs.beginIn<Params>(trx, context, 'ReduceImage', {
        params: { disk, volumeIds: volumes.map((volume) => volume.id), user: actor(context), correlationId: context.correlationId },
        description: `Reducing Disk ${disk.name}`,
        subjects: [{ type: 'disk', id: diskId }],
      });
      await setStatus(trx, diskId, 'locked');
      return id;
    });
    if (context.asynchronous) return started(job);
    return (await context.engine.jobs.settle(job)) ? done(job) : started(job);
  },
};
