import { defineSaga } from '@virgate/saga';
import type { ImageTransfer } from '@virgate/contract/generated/types';
import { sql, type Kysely, type Transaction } from 'kysely';
import { setStatus, wholeDisk } from '../disks/usable.ts';
import { recordEvent } from '../events/record.ts';
import { storageManagerOf } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { conflict, entityNotFound, incomplete, invalidValue, notBuilt, refused } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import { created, type Context, type Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { actor, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import type { SagaServices } from '../vms/start.ts';
import { transfer } from './read.ts';
import { openTicket, ticketSeconds, volumeSizes, type TransferRow } from './ticket.ts';

type Trx = Transaction<Tables>;

interface Params {
  transferId: string;
  diskId: string;
  diskName: string;
  provisionedBytes: number;
  user: { id: string; name: string };
  correlationId: string;
}

const values = { VAR_ACTION: 'transfer', VAR_TYPE: 'Virtual Disk' };
const maxInactivitySeconds = 7 * 86_400;
/** What a qcow2 file may have beyond the disk's size: its tables, and a little for odd ones. */
const overheadFactor = 1.02;
const overheadBytes = 64 * 1024 ** 2;

export const transferRow = (db: Kysely<Tables>, id: string): Promise<TransferRow> =>
  db.selectFrom('image_transfer').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

/** Makes a volume ready on a host and opens it to the client. */
export const beginTransferSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, object, Trx>({
    name: 'TransferDiskImage',
    version: 1,
    title: (params) => `Transferring Disk ${params.diskName}`,
    locks: (params) => [{ group: 'DISK', objectId: params.diskId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' }],
    steps: [
      {
        name: 'open',
        title: 'Making the image ready',
        retry: { attempts: 3, delayMs: 1_000 },
        async run(ctx) {
          const row = await ctx.tx((trx) => transferRow(trx, ctx.params.transferId));
          const asker = { hosts, signal: ctx.signal };
          const { provisionedBytes } = ctx.params;
          const sizeBytes =
            row.direction === 'download'
              ? (await volumeSizes(asker, row)).apparentBytes
              : row.format === 'raw'
                ? provisionedBytes
                : Math.ceil(provisionedBytes * overheadFactor) + overheadBytes;
          const url = await ctx.tx((trx) => openTicket(asker, trx, { ...row, size_bytes: sizeBytes }));
          await ctx.tx((trx) =>
            trx.updateTable('image_transfer').set({ size_bytes: sizeBytes, transfer_url: url }).where('id', '=', row.id).execute(),
          );
        },
        async record(ctx, trx) {
          await sql`update image_transfer set phase = 'transferring', ticket_until = now() + ${ticketSeconds} * interval '1 second', updated_at = now()
            where id = ${ctx.params.transferId} and phase = 'initializing'`.execute(trx);
        },
      },
    ],
    async ended(end, trx) {
      const { transferId, diskId, diskName, user, correlationId } = end.params;
      if (end.status === 'succeeded') return;
      const row = await transferRow(trx, transferId);
      await trx
        .updateTable('image_transfer')
        .set({ phase: 'finished_failure', updated_at: new Date() })
        .where('id', '=', transferId)
        .execute();
      await setStatus(trx, diskId, row.direction === 'upload' ? 'illegal' : 'ok');
      await recordEvent(trx, {
        name: 'TRANSFER_IMAGE_FAILED',
        user,
        correlationId,
        jobId: end.id,
        values: { disk: diskName, reason: end.error?.message ?? '' },
      });
    },
  }) as unknown as EngineSaga;

/** The disk, and where not its active volume the one of a snapshot, that a transfer is for. */
async function subjectOf(context: Context, body: ImageTransfer): Promise<{ diskId: string; volumeId: string | null }> {
  const diskId = body.disk?.id ?? body.image?.id;
  if (diskId !== undefined) {
    if (!isUuid(diskId)) throw entityNotFound('Disk', `id=${diskId}`);
    const found = await sql<{ id: string }>`select d.id from disk d where d.id = ${diskId}::uuid
      or d.id = (select i.disk_id from image i where i.id = ${diskId}::uuid and i.active)`.execute(context.db);
    if (!found.rows[0]) throw entityNotFound('Disk', `id=${diskId}`);
    return { diskId: found.rows[0].id, volumeId: null };
  }
  const volumeId = body.snapshot?.id;
  if (volumeId === undefined) throw incomplete('imageTransfer.disk.id|snapshot.id|image.id');
  const image = isUuid(volumeId)
    ? await context.db.selectFrom('image').select(['disk_id', 'active']).where('id', '=', volumeId).executeTakeFirst()
    : undefined;
  if (!image) throw entityNotFound('DiskSnapshot', `id=${volumeId}`);
  return { diskId: image.disk_id, volumeId };
}

function checkBody(context: Context, body: ImageTransfer): { direction: 'upload' | 'download'; inactivitySeconds: number } {
  if (body.backup) throw notBuilt('A transfer of a backup (VM.start_backup of hosts)');
  const inactivitySeconds = body.inactivity_timeout ?? context.engine.options.number('TransferImageClientInactivityTimeoutInSeconds');
  if (inactivitySeconds < 0 || inactivitySeconds > maxInactivitySeconds)
    throw invalidValue('inactivity_timeout', `must be between 0 and ${maxInactivitySeconds} seconds`);
  return { direction: body.direction ?? 'upload', inactivitySeconds };
}

/** Volumes that are no whole image by themselves: what is below them would be missing. */
async function standsOnOthers(trx: Trx, volumeId: string): Promise<boolean> {
  const row = await trx.selectFrom('image').select('parent_id').where('id', '=', volumeId).executeTakeFirst();
  return row?.parent_id != null;
}

async function hostOf(context: Context, trx: Trx, body: ImageTransfer, dataCenterId: string): Promise<string> {
  if (!body.host) return storageManagerOf(trx, dataCenterId);
  const host = await resolve(trx, 'Host', 'host', body.host);
  const found = await sql`select 1 from host h join host_state s on s.host_id = h.id join cluster c on c.id = h.cluster_id
    where h.id = ${host.id} and s.status = 'up' and c.data_center_id = ${dataCenterId}`.execute(trx);
  if (found.rows.length === 0)
    throw refused('ACTION_TYPE_FAILED_VDS_STATUS_ILLEGAL', { ...values, hostStatus: 'not up in the data center' });
  return host.id;
}

/** `POST imagetransfers`: for a disk, or a volume of a snapshot. The client polls `phase` until it may begin. */
export const beginTransfer: Operation = {
  permit: 'edit_disk_properties',
  subjects: async (context) => [{ type: 'disk', id: (await subjectOf(context, context.body)).diskId }],
  async run(context) {
    const body = context.body as ImageTransfer;
    const { direction, inactivitySeconds } = checkBody(context, body);
    const { diskId, volumeId } = await subjectOf(context, body);
    const id = context.engine.uuid();
    await write(
      context,
      async (trx) => {
        const disk = await wholeDisk(trx, diskId, 'transfer');
        const wanted = volumeId ?? disk.volumeId;
        const image = await trx.selectFrom('image').selectAll().where('id', '=', wanted).executeTakeFirstOrThrow();
        const shallow = body.shallow ?? false;
        if (body.format !== undefined && body.format !== image.format)
          throw notBuilt('A transfer in another format (NBD.start_server of hosts)');
        if (direction === 'upload' && (disk.hasSnapshots || disk.isThin || disk.isTemplates))
          throw refused('ACTION_TYPE_FAILED_DISK_HAS_SNAPSHOTS', { ...values, diskAlias: disk.name });
        if (direction === 'download' && !shallow && (await standsOnOthers(trx, wanted)))
          throw notBuilt('A download of a disk with snapshots as one image (NBD.start_server of hosts)');
        const hostId = await hostOf(context, trx, body, disk.dataCenterId);
        await trx
          .insertInto('image_transfer')
          .values({
            id,
            disk_id: diskId,
            disk_name: disk.name,
            volume_id: wanted,
            data_center_id: disk.dataCenterId,
            storage_domain_id: disk.storageDomainId,
            snapshot_volume: volumeId !== null,
            host_id: hostId,
            direction,
            format: image.format,
            phase: 'initializing',
            timeout_policy: body.timeout_policy ?? 'legacy',
            inactivity_timeout_seconds: inactivitySeconds,
            shallow,
            filename: direction === 'download' ? `${disk.name || diskId}.${image.format === 'cow' ? 'qcow2' : 'raw'}` : null,
            created_by: context.user.id,
            created_by_name: actor(context).name,
          })
          .execute();
        const jobId = await context.engine.jobs.beginIn<Params>(trx, context, 'TransferDiskImage', {
          params: {
            transferId: id,
            diskId,
            diskName: disk.name,
            provisionedBytes: disk.provisionedBytes,
            user: actor(context),
            correlationId: context.correlationId,
          },
          description: `Transferring Disk ${disk.name}`,
          subjects: [{ type: 'disk', id: diskId }],
        });
        await setStatus(trx, diskId, 'locked');
        await recordEvent(trx, {
          name: 'TRANSFER_IMAGE_INITIATED',
          user: actor(context),
          correlationId: context.correlationId,
          jobId,
          values: { disk: disk.name },
        });
        return jobId;
      },
      { image_transfer_disk: () => conflict('ACTION_TYPE_FAILED_DISK_IS_BEING_TRANSFERRED', { ...values, diskName: '' }) },
    );
    return created('ImageTransfer', await transfer(context, id));
  },
};
