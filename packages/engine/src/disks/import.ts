import { defineSaga } from '@virgate/saga';
import type { Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { transaction } from '@virgate/database';
import { hostTask, storageManagerOf, type TaskState } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import type { Tables } from '../tables/schema.ts';
import { refusal, type VirgateOperations } from '../virgate/operation.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { placesOf, type DiskPlace } from './read.ts';

interface Params {
  disk: DiskPlace;
  url: string;
}

/** Fills a disk from an image that the storage host fetches. Repeatable: the host writes the volume anew. */
export const importDiskSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, TaskState, Transaction<Tables>>({
    name: 'ImportDisk',
    version: 1,
    title: (params) => `Importing an image into Disk ${params.disk.name}`,
    locks: (params) => [{ group: 'DISK', objectId: params.disk.diskId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' }],
    initialState: () => ({ tasks: {} }),
    steps: [
      {
        name: 'download',
        title: 'Fetching the image',
        timeoutMs: 6 * 3_600_000,
        async run(ctx) {
          const { disk, url } = ctx.params;
          const hostId = () => ctx.tx((trx) => storageManagerOf(trx, disk.dataCenterId));
          return hostTask(ctx as never, hosts, {
            name: 'download',
            hostId,
            method: 'Image.download',
            action: 'Cannot import the image',
            doneAlready: [],
            parameters: {
              methodArgs: { method: 'http', url },
              storagepoolID: disk.dataCenterId,
              storagedomainID: disk.storageDomainId,
              imageID: disk.diskId,
              volumeID: disk.volumeId,
            },
          });
        },
      },
    ],
    async ended(end, trx) {
      await trx
        .updateTable('disk')
        .set({ status: end.status === 'succeeded' ? 'ok' : 'illegal' })
        .where('id', '=', end.params.disk.diskId)
        .execute();
      await noteChange(trx, 'disk', end.params.disk.diskId, 'update');
    },
  }) as unknown as EngineSaga;

function checkUrl(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol) || parsed.username !== '')
    throw refusal(400, 'invalid_value', 'An http or https address without credentials is expected.', 'url');
}

/**
 * `POST /virgate/api/disks/{id}/import`: fills a disk from an address. What a host is told to fetch it fetches with its own reach into
 * the network: that is for administrators of storage alone.
 */
export const diskImportOperations: VirgateOperations = {
  DiskService: {
    import: {
      async run({ engine, path: { disk: id }, body: { url }, rest }) {
        checkUrl(url);
        const job = await transaction(engine.db, async (trx) => {
          const [disk] = await placesOf(trx, [id]);
          if (!disk || disk.status !== 'ok') throw refusal(409, 'disk_not_ready', 'The disk does not exist, or is not in status OK.');
          await trx.updateTable('disk').set({ status: 'locked' }).where('id', '=', id).execute();
          await noteChange(trx, 'disk', id, 'update');
          return engine.jobs.beginIn<Params>(trx, rest, 'ImportDisk', {
            params: { disk, url },
            description: `Importing an image into Disk ${disk.name}`,
            subjects: [{ type: 'disk', id }],
          });
        });
        return { job };
      },
    },
  },
};
