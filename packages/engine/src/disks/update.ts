import type { Disk } from '@virgate/contract/generated/types';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { chooseProfile } from '../profiles/choose.ts';
import { diskProfiles } from '../profiles/kinds.ts';
import { chooseQuota, consumeStorage, withQuotaEvents, type NewConsumption } from '../quotas/consume.ts';
import { conflict, invalidValue } from '../rest/fault.ts';
import type { Transaction } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import { one } from '../rest/listing.ts';
import { entity, type Context, type Operation } from '../rest/operation.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, write } from '../rest/write.ts';
import { maxDiskBytes } from './add.ts';
import { queueDiskLimits } from '../vms/limits.ts';
import { extendDisk } from './extend.ts';
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

/** `PUT disks/{disk}`: changes a disk's name, description and what happens to its content when it goes. */
export const updateDisk: Operation = {
  permit: 'edit_disk_properties',
  subjects: (context) => [{ type: 'disk', id: context.path['disk'] ?? '' }],
  async run(context) {
    const disk = await one(context, readableDisks, context.path['disk']);
    const body = context.body as Disk;
    checkImmutable(disk, context.body, ['id', 'format', 'sparse', 'storage_type', 'content_type']);
    if (disk['status'] !== 'ok')
      throw conflict('ACTION_TYPE_FAILED_DISKS_LOCKED', {
        VAR_ACTION: 'edit',
        VAR_TYPE: 'Virtual Disk',
        diskAliases: String(disk['name']),
      });
    if (body.backup === 'incremental' && disk['format'] !== 'cow')
      throw invalidValue('backup', 'a disk with incremental backup must have format cow');
    const id = disk.id ?? '';
    const name = body.alias ?? body.name;
    if (body.provisioned_size !== undefined) await extendDisk(context, id, body.provisioned_size, maxDiskBytes);
    const change = () =>
      write(context, async (trx) => {
        const sla = await changedSla({ ...context, db: trx }, trx, id, body);
        await trx
          .updateTable('disk')
          .set({
            ...(name === undefined ? {} : { name: name.slice(0, 255) }),
            ...(body.description === undefined ? {} : { description: body.description }),
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
    return entity('Disk', await one(context, readableDisks, id));
  },
};
