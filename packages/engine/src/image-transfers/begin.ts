import { defineSaga } from '@virgate/saga';
import type { ImageTransfer } from '@virgate/contract/generated/types';
import { sql, type Kysely, type Transaction } from 'kysely';
import { placesOf } from '../disks/read.ts';
import { setStatus, wholeDisk } from '../disks/usable.ts';
import { ofJob, recordEvent } from '../events/record.ts';
import { storageManagerOf } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { conflict, entityNotFound, incomplete, invalidValue, refused, say } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import { created, type Context, type Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { actor, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { transfer } from './read.ts';
import { openTicket, ticketSeconds, volumeSizes, type TransferRow } from './ticket.ts';

type Trx = Transaction<Tables>;

interface Params {
  transferId: string;
  diskId: string;
  diskName: string;
  provisionedBytes: number;
  /** The disk belongs to a backup, which keeps it locked. */
  ofBackup: boolean;
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
    version: 2,
    title: (params) => `Transferring Disk ${params.diskName}`,
    locks: (params) =>
      params.ofBackup
        ? []
        : [{ group: 'DISK', objectId: params.diskId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' }],
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
            row.served !== 'file'
              ? provisionedBytes
              : row.direction === 'download'
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
      const { transferId, diskId, diskName } = end.params;
      if (end.status === 'succeeded') return;
      const row = await transferRow(trx, transferId);
      await trx
        .updateTable('image_transfer')
        .set({ phase: 'finished_failure', updated_at: new Date() })
        .where('id', '=', transferId)
        .execute();
      if (!end.params.ofBackup) await setStatus(trx, diskId, row.direction === 'upload' ? 'illegal' : 'ok');
      await recordEvent(trx, {
        name: 'TRANSFER_IMAGE_FAILED',
        ...ofJob(end),
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
  const inactivitySeconds = body.inactivity_timeout ?? context.engine.options.number('TransferImageClientInactivityTimeoutInSeconds');
  if (inactivitySeconds < 0 || inactivitySeconds > maxInactivitySeconds)
    throw invalidValue('inactivity_timeout', say`must be between 0 and ${maxInactivitySeconds} seconds`);
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

/** A volume that is transferred, and where its disk lies. */
interface Chosen {
  diskId: string;
  name: string;
  volumeId: string;
  dataCenterId: string;
  storageDomainId: string;
  provisionedBytes: number;
  format: 'cow' | 'raw';
  sparse: boolean;
}

/** How an image goes: in which format, and by what the host serves it. */
type Way = Pick<TransferRow, 'format' | 'served' | 'server_url' | 'bitmap' | 'backup_id'> & { hostId: string | null };

const plain = { server_url: null, bitmap: null, backup_id: null, hostId: null };

/**
 * In which format an image goes: as its file is, or raw, the whole of what its chain of volumes holds, which a host's NBD server makes of
 * it. There is no other way to a whole image: the file of a volume that stands on others lacks what they hold.
 * @throws {Fault} 400 for what no host makes
 */
async function wayOf(trx: Trx, body: ImageTransfer, chosen: Chosen, direction: 'upload' | 'download'): Promise<Way> {
  const isPart = direction === 'download' && body.shallow !== true && (await standsOnOthers(trx, chosen.volumeId));
  const format = body.format ?? (isPart ? 'raw' : chosen.format);
  if (format === 'cow' && chosen.format === 'raw') throw invalidValue('format', 'the image is raw, and no host makes anything else of it');
  if (format === 'cow' && isPart)
    throw invalidValue('format', 'the image stands on others: as a whole it goes as raw, or, with shallow, its top volume alone as cow');
  // By NBD the server tells clients of holes, makes holes of zeros at once, and writes past the host's cache, which would be emptied at the end.
  return { ...plain, format, served: format === 'raw' ? 'nbd' : 'file' };
}

/** A disk of a backup: read where the VM's host serves it, or by an NBD server when the VM is down. @throws {Fault} */
async function backupWay(trx: Trx, body: ImageTransfer, diskId: string): Promise<Way> {
  const id = body.backup?.id ?? '';
  const row = isUuid(id) ? await trx.selectFrom('vm_backup').selectAll().where('id', '=', id).forShare().executeTakeFirst() : undefined;
  if (!row) throw refused('ACTION_TYPE_FAILED_VM_BACKUP_NOT_EXIST', { ...values, vmBackupId: id });
  const disk = await trx
    .selectFrom('vm_backup_disk')
    .selectAll()
    .where('backup_id', '=', id)
    .where('disk_id', '=', diskId)
    .executeTakeFirst();
  if (!disk) throw entityNotFound('Disk', `id=${diskId} in backup ${id}`);
  if ((body.direction ?? 'upload') !== 'download') throw invalidValue('direction', 'the disks of a backup can only be downloaded');
  if (body.format === 'cow') throw refused('ACTION_TYPE_FAILED_FORMAT_NOT_APPLICABLE_FOR_BACKUP', values);
  if (row.phase !== 'ready') throw refused('ACTION_TYPE_FAILED_VM_BACKUP_NOT_READY', values);
  return {
    format: 'raw',
    served: row.live ? 'backup' : 'nbd',
    server_url: disk.url,
    bitmap: disk.mode === 'incremental' ? row.from_checkpoint_id : null,
    backup_id: id,
    hostId: row.host_id,
  };
}

/** A disk of a backup as it is now; the backup has it locked. */
async function diskOfBackup(trx: Trx, diskId: string): Promise<Chosen> {
  const [place] = await placesOf(trx, [diskId]);
  if (!place) throw entityNotFound('Disk', `id=${diskId}`);
  return place;
}

/** A disk that nobody uses, or one of its volumes. @throws {Fault} 409 */
async function wholeImage(
  trx: Trx,
  subject: { diskId: string; volumeId: string | null },
  direction: 'upload' | 'download',
): Promise<Chosen> {
  const disk = await wholeDisk(trx, subject.diskId, 'transfer');
  if (direction === 'upload' && (disk.hasSnapshots || disk.isThin || disk.isTemplates))
    throw refused('ACTION_TYPE_FAILED_DISK_HAS_SNAPSHOTS', { ...values, diskAlias: disk.name });
  const volumeId = subject.volumeId ?? disk.volumeId;
  const image = await trx.selectFrom('image').selectAll().where('id', '=', volumeId).executeTakeFirstOrThrow();
  return { ...disk, volumeId, format: image.format as Chosen['format'], sparse: image.sparse, provisionedBytes: image.provisioned_bytes };
}

/** `POST imagetransfers`: for a disk, a volume of a snapshot, or a disk of a backup. The client polls `phase` until it may begin. */
export const beginTransfer: Operation = {
  permit: 'edit_disk_properties',
  subjects: async (context) => [{ type: 'disk', id: (await subjectOf(context, context.body)).diskId }],
  async run(context) {
    const body = context.body as ImageTransfer;
    const { direction, inactivitySeconds } = checkBody(context, body);
    const subject = await subjectOf(context, body);
    const { diskId, volumeId } = subject;
    const id = context.engine.uuid();
    await write(
      context,
      async (trx) => {
        const ofBackup = body.backup !== undefined;
        const backup = ofBackup ? await backupWay(trx, body, diskId) : undefined;
        const chosen = backup ? await diskOfBackup(trx, diskId) : await wholeImage(trx, subject, direction);
        const { hostId: backupHost, ...way } = backup ?? (await wayOf(trx, body, chosen, direction));
        const hostId = backupHost ?? (await hostOf(context, trx, body, chosen.dataCenterId));
        await trx
          .insertInto('image_transfer')
          .values({
            id,
            disk_id: diskId,
            disk_name: chosen.name,
            volume_id: chosen.volumeId,
            data_center_id: chosen.dataCenterId,
            storage_domain_id: chosen.storageDomainId,
            snapshot_volume: volumeId !== null,
            host_id: hostId,
            direction,
            ...way,
            sparse: chosen.sparse,
            phase: 'initializing',
            timeout_policy: body.timeout_policy ?? 'legacy',
            inactivity_timeout_seconds: inactivitySeconds,
            shallow: body.shallow ?? false,
            filename: direction === 'download' ? `${chosen.name || diskId}.${way.format === 'cow' ? 'qcow2' : 'raw'}` : null,
            created_by: context.user.id,
            created_by_name: actor(context).name,
          })
          .execute();
        const jobId = await context.engine.jobs.beginIn<Params>(trx, context, 'TransferDiskImage', {
          params: {
            transferId: id,
            diskId,
            diskName: chosen.name,
            provisionedBytes: chosen.provisionedBytes,
            ofBackup,
            user: actor(context),
            correlationId: context.correlationId,
          },
          description: `Transferring Disk ${chosen.name}`,
          subjects: [{ type: 'disk', id: diskId }],
        });
        if (!ofBackup) await setStatus(trx, diskId, 'locked');
        await recordEvent(trx, {
          name: 'TRANSFER_IMAGE_INITIATED',
          user: actor(context),
          correlationId: context.correlationId,
          jobId,
          values: { disk: chosen.name },
        });
        return jobId;
      },
      { image_transfer_disk: () => conflict('ACTION_TYPE_FAILED_DISK_IS_BEING_TRANSFERRED', values) },
    );
    return created('ImageTransfer', await transfer(context, id));
  },
};
