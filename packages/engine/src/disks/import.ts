import { defineSaga } from '@virgate/saga';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Transaction } from 'kysely';
import { authenticate } from '../access/authenticate.ts';
import { refuse } from '../access/browser-sessions.ts';
import { holdsPermit, principalName } from '../access/permissions.ts';
import { noteChange } from '../changes/outbox.ts';
import type { Engine } from '../engine.ts';
import { transaction } from '@virgate/database';
import { hostTask, storageManagerOf, type TaskState } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { asFault } from '../rest/errors.ts';
import { isUuid } from '../rest/listing.ts';
import type { Tables } from '../tables/schema.ts';
import type { SagaServices } from '../vms/start.ts';
import { placesOf, type DiskPlace } from './read.ts';

const maxUrlLength = 2048;

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
          const hostId = await ctx.tx((trx) => storageManagerOf(trx, disk.dataCenterId));
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

function urlOf(request: FastifyRequest): string | null {
  try {
    const { url } = JSON.parse(typeof request.body === 'string' ? request.body : '') as { url?: unknown };
    if (typeof url !== 'string' || url.length > maxUrlLength || !URL.canParse(url)) return null;
    const parsed = new URL(url);
    return ['http:', 'https:'].includes(parsed.protocol) && parsed.username === '' ? url : null;
  } catch {
    return null;
  }
}

async function begin(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const user = await authenticate(engine, request, reply);
  const { id = '' } = request.params as { id?: string };
  // What a host is told to fetch it fetches with its own reach into the network: that is for administrators of storage alone.
  if (!user.administrator || !isUuid(id) || !(await holdsPermit(engine.db, user, 'edit_disk_properties', { type: 'disk', id })))
    return refuse(reply, 403, 'forbidden', 'An administrator with the permit "edit_disk_properties" is needed.');
  const url = urlOf(request);
  if (url === null) return refuse(reply, 400, 'invalid_value', 'An http or https address without credentials is expected.', 'url');
  try {
    const job = await transaction(engine.db, async (trx) => {
      const [disk] = await placesOf(trx, [id]);
      if (!disk || disk.status !== 'ok') return null;
      await trx.updateTable('disk').set({ status: 'locked' }).where('id', '=', id).execute();
      await noteChange(trx, 'disk', id, 'update');
      return engine.jobs.beginFor<Params>(trx, { id: user.id, name: principalName(user) }, 'ImportDisk', {
        params: { disk, url },
        description: `Importing an image into Disk ${disk.name}`,
        subjects: [{ type: 'disk', id }],
      });
    });
    if (job === null) return refuse(reply, 409, 'disk_not_ready', 'The disk does not exist, or is not in status OK.');
    return reply.code(202).send({ job });
  } catch (error) {
    const fault = asFault(error, engine.log);
    return refuse(reply, fault.status, fault.key ?? 'failed', fault.detail ?? fault.reason);
  }
}

/** Registers `POST /virgate/api/disks/{id}/import {url}`: answers 202 with the job; the disk is locked until it ends. */
export function registerDiskImport(app: FastifyInstance, engine: Engine): void {
  app.post('/virgate/api/disks/:id/import', (request, reply) => begin(engine, request, reply));
}
