import type { Disk, DiskAttachment } from '@virgate/contract/generated/types';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { chooseProfile } from '../profiles/choose.ts';
import { diskProfiles } from '../profiles/kinds.ts';
import { chooseQuota, consumeStorage, withQuotaEvents, type NewConsumption } from '../quotas/consume.ts';
import { conflict, invalidValue, refused } from '../rest/fault.ts';
import { json } from '@virgate/database';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import { one } from '../rest/listing.ts';
import { entity, type Context, type Entity, type Operation } from '../rest/operation.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, write } from '../rest/write.ts';
import { maxDiskBytes } from './add.ts';
import { queueDiskLimits } from '../vms/limits.ts';
import { extendDisk } from './extend.ts';
import { checkPassthrough } from './luns.ts';
import { placesOf, readableDisks } from './read.ts';

/** The profile and the quota that a body asks for; a disk takes of another quota from this change on. */
async function changedSla(
  context: Context,
  trx: Transaction<Tables>,
  diskId: string,
  body: Disk,
): Promise<{
  columns: { disk_profile_id?: string | null; quota_id?: string | null };
  consumption: NewConsumption[];
  isLimitedAnew: boolean;
}> {
  const [place] = body.disk_profile || body.quota ? await placesOf(trx, [diskId]) : [];
  if (!place) return { columns: {}, consumption: [], isLimitedAnew: false };
  const row = await trx.selectFrom('disk').select(['disk_profile_id', 'quota_id']).where('id', '=', diskId).executeTakeFirstOrThrow();
  const profile = body.disk_profile
    ? await chooseProfile(context, diskProfiles, place.storageDomainId, body.disk_profile, row.disk_profile_id)
    : row.disk_profile_id;
  const quota = body.quota ? await chooseQuota(context, place.dataCenterId, body.quota, row.quota_id) : row.quota_id;
  const moved = quota !== row.quota_id;
  return {
    columns: { disk_profile_id: profile, quota_id: quota },
    isLimitedAnew: profile !== row.disk_profile_id,
    consumption: moved
      ? [{ quotaId: quota, dataCenterId: place.dataCenterId, storageDomainId: place.storageDomainId, addedBytes: place.provisionedBytes }]
      : [],
  };
}

/** What only images have, and what running VMs and other users forbid. @throws {Fault} 400, 409 */
async function refuseImageAttributes(context: Context, diskId: string, body: Disk): Promise<void> {
  if (body.provisioned_size !== undefined)
    throw invalidValue('provisioned_size', 'a disk that is a LUN is as large as the LUN; refreshlun takes in what it has grown by');
  if (body.backup === 'incremental') throw invalidValue('backup', 'a disk that is a LUN has no incremental backup');
  if (body.shareable !== undefined || body.sgio !== undefined) await checkUsersDown(context.db, diskId, body.shareable);
}

/** @throws {Fault} 409 when a VM that has the disk runs, or when several have one that is to be for one alone */
async function checkUsersDown(db: Kysely<Tables>, diskId: string, shareable: boolean | undefined): Promise<void> {
  const users = await sql<{ name: string; status: string | null }>`
    select v.name, s.status from disk_attachment a join vm v on v.id = a.vm_id left join vm_state s on s.vm_id = v.id where a.disk_id = ${diskId}::uuid`.execute(
    db,
  );
  const values = { VAR_ACTION: 'edit', VAR_TYPE: 'Virtual Disk' };
  const running = users.rows.find(({ status }) => status !== null && status !== 'down');
  if (running) throw conflict('ACTION_TYPE_FAILED_VM_IS_NOT_DOWN', { ...values, vmName: running.name });
  if (shareable === false && users.rows.length > 1) throw refused('DISK_IS_ALREADY_SHARED_BETWEEN_VMS', values);
}

async function changeSgio(trx: Transaction<Tables>, diskId: string, sgio: NonNullable<Disk['sgio']>): Promise<void> {
  const attached = await trx.selectFrom('disk_attachment').selectAll().where('disk_id', '=', diskId).execute();
  for (const one of attached)
    checkPassthrough(
      { isLun: true, sgio },
      {
        interface: one.interface as NonNullable<DiskAttachment['interface']>,
        read_only: one.read_only,
        uses_scsi_reservation: one.uses_scsi_reservation,
      },
    );
  const { settings } = await trx.selectFrom('disk').select('settings').where('id', '=', diskId).forUpdate().executeTakeFirstOrThrow();
  const { sgio: _former, ...others } = settings as Pick<Disk, 'sgio'>;
  await trx
    .updateTable('disk')
    .set({ settings: json({ ...others, ...(sgio === 'disabled' ? {} : { sgio }) }) })
    .where('id', '=', diskId)
    .execute();
}

/** Whether several VMs may use an image at once, which only raw ones without snapshots allow. @throws {Fault} 409 */
async function checkShareable(trx: Transaction<Tables>, disk: Entity, shareable: boolean): Promise<void> {
  if (shareable === disk['shareable']) return;
  const values = { VAR_ACTION: 'edit', VAR_TYPE: 'Virtual Disk' };
  await checkUsersDown(trx, disk.id ?? '', shareable);
  if (!shareable) return;
  if (disk['format'] !== 'raw') throw conflict('SHAREABLE_DISK_IS_NOT_SUPPORTED_BY_VOLUME_FORMAT', values);
  const volumes = await trx
    .selectFrom('image')
    .select('id')
    .where('disk_id', '=', disk.id ?? '')
    .limit(2)
    .execute();
  if (volumes.length > 1) throw conflict('SHAREABLE_DISK_IS_NOT_SUPPORTED_FOR_DISK', values);
}

/**
 * Changes a disk, wherever it was named: name, description, size, profile, quota, and what happens to its content.
 * @throws {Fault} 400, 404, 409
 */
export async function changeDisk(context: Context, disk: Entity, body: Disk): Promise<void> {
  checkImmutable(disk, { ...body }, ['id', 'format', 'sparse', 'storage_type', 'content_type']);
  if (disk['status'] !== 'ok')
    throw conflict('ACTION_TYPE_FAILED_DISKS_LOCKED', { VAR_ACTION: 'edit', VAR_TYPE: 'Virtual Disk', diskAliases: String(disk['name']) });
  if (body.backup === 'incremental' && disk['format'] !== 'cow')
    throw invalidValue('backup', 'a disk with incremental backup must have format cow');
  const id = disk.id ?? '';
  const name = body.alias ?? body.name;
  const isLun = disk['storage_type'] === 'lun';
  if (!isLun && body.sgio !== undefined && body.sgio !== 'disabled')
    throw refused('SCSI_GENERIC_IO_IS_NOT_SUPPORTED_FOR_IMAGE_DISK', { VAR_ACTION: 'edit', VAR_TYPE: 'Virtual Disk' });
  if (isLun) await refuseImageAttributes(context, id, body);
  if (body.provisioned_size !== undefined) await extendDisk(context, id, body.provisioned_size, maxDiskBytes);
  const change = () =>
    write(context, async (trx) => {
      if (isLun && body.sgio !== undefined) await changeSgio(trx, id, body.sgio);
      if (!isLun && body.shareable !== undefined) await checkShareable(trx, disk, body.shareable);
      const sla = await changedSla({ ...context, db: trx }, trx, id, body);
      await trx
        .updateTable('disk')
        .set({
          ...(name === undefined ? {} : { name: name.slice(0, 255) }),
          ...(body.description === undefined ? {} : { description: body.description }),
          ...(body.shareable === undefined ? {} : { shareable: body.shareable }),
          ...(body.wipe_after_delete === undefined ? {} : { wipe_after_delete: body.wipe_after_delete }),
          ...(body.backup === undefined ? {} : { backup: body.backup }),
          ...(body.propagate_errors === undefined ? {} : { propagate_errors: body.propagate_errors }),
          ...sla.columns,
          updated_at: new Date(context.engine.now()),
        })
        .where('id', '=', id)
        .execute();
      if (sla.isLimitedAnew) await queueDiskLimits(trx, id);
      await consumeStorage(trx, sla.consumption, attribution(context));
      await recordEvent(trx, { name: 'USER_UPDATE_VM_DISK', ...attribution(context), values: { disk: name ?? String(disk['name']) } });
      await noteChange(trx, 'disk', id, 'update');
    });
  await withQuotaEvents(context.db, change);
}

/** `PUT disks/{disk}`: changes a disk's name, description and what happens to its content when it goes. */
export const updateDisk: Operation = {
  permit: 'edit_disk_properties',
  subjects: (context) => [{ type: 'disk', id: context.path['disk'] ?? '' }],
  async run(context) {
    const disk = await one(context, readableDisks, context.path['disk']);
    await changeDisk(context, disk, context.body);
    return entity('Disk', await one(context, readableDisks, disk.id));
  },
};
