import { defineSaga } from '@virgate/saga';
import type { Transaction } from 'kysely';
import { recordEvent } from '../events/record.ts';
import { checkSpace, hostTask, storageManagerOf, type TaskState } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { consumeStorage, withQuotaEvents } from '../quotas/consume.ts';
import { invalidValue } from '../rest/fault.ts';
import type { Context } from '../rest/operation.ts';
import { actor, attribution, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import type { SagaServices } from '../vms/start.ts';
import type { DiskPlace } from './read.ts';
import { setStatus, wholeDisk } from './usable.ts';

interface Params {
  disk: DiskPlace;
  newBytes: number;
  user: { id: string; name: string };
  correlationId: string;
}

const sector = 512;

/** Gives the volume that a disk writes to a larger capacity. Repeatable: a volume of that size is left as it is. */
export const extendDiskSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, TaskState, Transaction<Tables>>({
    name: 'ExtendImageSize',
    version: 1,
    title: (params) => `Extending Disk ${params.disk.name}`,
    cancellable: false,
    locks: (params) => [{ group: 'DISK', objectId: params.disk.diskId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' }],
    initialState: () => ({ tasks: {} }),
    steps: [
      {
        name: 'extend',
        title: 'Extending the volume',
        async run(ctx) {
          const { disk, newBytes } = ctx.params;
          const hostId = await ctx.tx((trx) => storageManagerOf(trx, disk.dataCenterId));
          return hostTask(ctx as never, hosts, {
            name: 'extend',
            hostId,
            method: 'Volume.extendSize',
            action: 'Cannot extend Virtual Disk',
            doneAlready: [],
            parameters: {
              volumeID: disk.volumeId,
              storagepoolID: disk.dataCenterId,
              storagedomainID: disk.storageDomainId,
              imageID: disk.diskId,
              newSize: String(newBytes),
            },
          });
        },
        async record(ctx, trx) {
          const { disk, newBytes } = ctx.params;
          await trx.updateTable('image').set({ provisioned_bytes: newBytes }).where('id', '=', disk.volumeId).execute();
          await trx.updateTable('disk').set({ provisioned_bytes: newBytes, reserved_bytes: 0 }).where('id', '=', disk.diskId).execute();
        },
      },
    ],
    async ended(end, trx) {
      const { disk, user, correlationId } = end.params;
      await setStatus(trx, disk.diskId, 'ok');
      await trx.updateTable('disk').set({ reserved_bytes: 0 }).where('id', '=', disk.diskId).execute();
      await recordEvent(trx, {
        name: end.status === 'succeeded' ? 'USER_EXTEND_DISK_SIZE_SUCCESS' : 'USER_EXTEND_DISK_SIZE_FAILURE',
        user,
        correlationId,
        jobId: end.id,
        values: { disk: disk.name, ...(end.error ? { reason: end.error.message } : {}) },
      });
    },
  }) as unknown as EngineSaga;

/**
 * Gives a disk a larger size, when it is asked for another one.
 * @returns when the volume is extended, or the request has waited for as long as it may
 * @throws {Fault} 400 for a smaller size or one beyond the limits; 409 for disks that are in use
 */
export async function extendDisk(context: Context, diskId: string, wantedBytes: number, maxBytes: number): Promise<void> {
  const newBytes = Math.ceil(wantedBytes / sector) * sector;
  if (newBytes > maxBytes) throw invalidValue('provisioned_size', `must be at most ${maxBytes} bytes`);
  const begin = () =>
    write(context, async (trx) => {
      const {
        hasSnapshots: _s,
        isThin: _t,
        isTemplates,
        isInPreview: _p,
        ...disk
      } = await wholeDisk(trx, diskId, 'extend', 'VM.diskSizeExtend');
      if (newBytes < disk.provisionedBytes || isTemplates)
        throw invalidValue('provisioned_size', isTemplates ? "a template's disk keeps its size" : 'a disk cannot be made smaller');
      if (newBytes === disk.provisionedBytes) return null;
      await checkSpace(trx, disk.storageDomainId, disk.sparse ? 0 : newBytes - disk.provisionedBytes);
      const row = await trx
        .updateTable('disk')
        .set({ reserved_bytes: newBytes - disk.provisionedBytes })
        .where('id', '=', diskId)
        .returning('quota_id')
        .executeTakeFirstOrThrow();
      await consumeStorage(
        trx,
        [
          {
            quotaId: row.quota_id,
            dataCenterId: disk.dataCenterId,
            storageDomainId: disk.storageDomainId,
            addedBytes: newBytes - disk.provisionedBytes,
          },
        ],
        attribution(context),
      );
      const id = await context.engine.jobs.beginIn<Params>(trx, context, 'ExtendImageSize', {
        params: { disk, newBytes, user: actor(context), correlationId: context.correlationId },
        description: `Extending Disk ${disk.name}`,
        subjects: [{ type: 'disk', id: diskId }],
      });
      await setStatus(trx, diskId, 'locked');
      await recordEvent(trx, {
        name: 'USER_EXTENDED_DISK_SIZE',
        user: actor(context),
        correlationId: context.correlationId,
        jobId: id,
        values: { disk: disk.name },
      });
      return id;
    });
  const job = await withQuotaEvents(context.db, begin);
  if (job !== null && !context.asynchronous) await context.engine.jobs.settle(job);
}
