import { storageErrors } from '@virgate/contract/generated/vdsm-errors';
import { defineSaga } from '@virgate/saga';
import type { Transaction } from 'kysely';
import { recordEvent } from '../events/record.ts';
import { hostJob } from '../images/host-jobs.ts';
import { storageManagerOf, type TaskState } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, started, type Operation } from '../rest/operation.ts';
import { actor, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { readableDisks, type DiskPlace } from './read.ts';
import { setStatus, wholeDisk } from './usable.ts';
import { diskWorkEnded } from './work-ended.ts';

interface Params {
  disk: DiskPlace;
  user: { id: string; name: string };
  correlationId: string;
}

interface State extends TaskState {
  /** The volume's generation before: with it the host tells a repeat. */
  generation: number | null;
}

const values = { VAR_ACTION: 'sparsify', VAR_TYPE: 'Virtual Disk' };
const infoTimeoutMs = 60_000;

/** Gives the blocks of a disk that hold nothing but zeros back to the storage. */
export const sparsifyDiskSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, State, Transaction<Tables>>({
    name: 'SparsifyImage',
    version: 1,
    title: (params) => `Sparsifying Disk ${params.disk.name}`,
    locks: (params) => [{ group: 'DISK', objectId: params.disk.diskId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' }],
    initialState: () => ({ tasks: {}, generation: null }),
    steps: [
      {
        name: 'sparsify',
        title: 'Giving zeros back',
        timeoutMs: 24 * 3_600_000,
        async run(ctx) {
          const { disk } = ctx.params;
          const hostId = ctx.state.tasks['sparsify']?.hostId ?? (await ctx.tx((trx) => storageManagerOf(trx, disk.dataCenterId)));
          if (ctx.state.generation === null) {
            const { client, fence } = await hosts.access(hostId);
            const info = (await client.call(
              'Volume.getInfo',
              { volumeID: disk.volumeId, storagepoolID: disk.dataCenterId, storagedomainID: disk.storageDomainId, imageID: disk.diskId },
              { timeoutMs: infoTimeoutMs, fence, signal: ctx.signal },
            )) as { generation?: number };
            ctx.state.generation = info.generation ?? 0;
            await ctx.save({ generation: ctx.state.generation });
          }
          return hostJob(ctx as never, hosts, {
            name: 'sparsify',
            hostId,
            method: 'SDM.sparsify_volume',
            action: 'Cannot sparsify Virtual Disk',
            doneAlready: [storageErrors.GenerationMismatch],
            parameters: {
              vol_info: {
                endpoint_type: 'div',
                sd_id: disk.storageDomainId,
                img_id: disk.diskId,
                vol_id: disk.volumeId,
                generation: ctx.state.generation,
              },
            },
          });
        },
      },
    ],
    async ended(end, trx) {
      const { disk } = end.params;
      await diskWorkEnded(end, trx, {
        disk,
        names: { succeeded: 'USER_SPARSIFY_IMAGE_FINISH_SUCCESS', failed: 'USER_SPARSIFY_IMAGE_FINISH_FAILURE' },
      });
    },
  }) as unknown as EngineSaga;

/** `POST disks/{disk}/sparsify`: of a raw, sparse disk without snapshots. */
export const sparsifyDisk: Operation = {
  permit: 'sparsify_disk',
  subjects: (context) => [{ type: 'disk', id: context.path['disk'] ?? '' }],
  async run(context) {
    const { id: diskId = '' } = await one(context, readableDisks, context.path['disk']);
    const job = await write(context, async (trx) => {
      const { hasSnapshots, isThin, isTemplates, isInPreview: _p, runningVm: _r, ...disk } = await wholeDisk(trx, diskId, 'sparsify');
      if (hasSnapshots || isThin || isTemplates)
        throw refused('ACTION_TYPE_FAILED_DISK_HAS_SNAPSHOTS', { ...values, diskAlias: disk.name });
      if (!disk.sparse) throw refused('ACTION_TYPE_FAILED_DISK_SPARSIFY_NOT_SUPPORTED_FOR_PREALLOCATED', values);
      if (disk.format !== 'raw') throw refused('ACTION_TYPE_FAILED_DISK_SPARSIFY_NOT_SUPPORTED_FOR_COW', values);
      const id = await context.engine.jobs.beginIn<Params>(trx, context, 'SparsifyImage', {
        params: { disk, user: actor(context), correlationId: context.correlationId },
        description: `Sparsifying Disk ${disk.name}`,
        subjects: [{ type: 'disk', id: diskId }],
      });
      await setStatus(trx, diskId, 'locked');
      await recordEvent(trx, {
        name: 'USER_SPARSIFY_IMAGE_START',
        user: actor(context),
        correlationId: context.correlationId,
        jobId: id,
        values: { disk: disk.name },
      });
      return id;
    });
    if (context.asynchronous) return started(job);
    return (await context.engine.jobs.settle(job)) ? done(job) : started(job);
  },
};
