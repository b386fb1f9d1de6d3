import type { Disk, DiskAttachment } from '@virgate/contract/generated/types';
import type { Kysely, Transaction } from 'kysely';
import { conflict, invalidValue, refused } from '../rest/fault.ts';
import type { Context } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { isBlockStorage, wantedUnits, type BlockStorageType, type WantedUnit } from '../storage-connections/logical-units.ts';
import { lockUnits, unitsInUse } from '../storage-domains/block-group.ts';
import type { Tables } from '../tables/schema.ts';

type Trx = Transaction<Tables>;

/** A LUN that is to be a disk. */
export interface LunPlan {
  type: BlockStorageType;
  unit: WantedUnit;
  /** The host that is asked what the LUN is; null when nobody is. */
  hostId: string | null;
}

/** A host that is up, to look at a LUN. @throws {Fault} 404, 409 */
export async function lookingHost(context: Context, host: { id?: string; name?: string } | undefined, verb: string): Promise<string> {
  const { id } = await resolve(context.db, 'Host', 'host', host);
  const state = await context.db.selectFrom('host_state').select('status').where('host_id', '=', id).executeTakeFirst();
  if (state?.status !== 'up')
    throw conflict('ACTION_TYPE_FAILED_VDS_STATUS_ILLEGAL', {
      VAR_ACTION: verb,
      VAR_TYPE: 'Virtual Disk',
      hostStatus: state?.status ?? 'unknown',
    });
  return id;
}

/**
 * The LUN that a disk is to be, as far as the request goes.
 * @throws {Fault} 400, 404, 409
 */
export async function planLun(context: Context, body: Disk): Promise<LunPlan> {
  const { lun_storage: storage = {}, storage_domains: domains, backup } = body;
  const { type } = storage;
  if (!isBlockStorage(type)) throw refused('ACTION_TYPE_FAILED_DISK_LUN_HAS_NO_VALID_TYPE');
  const [unit, ...others] = wantedUnits(type, storage, 'lun_storage');
  if (unit === undefined || others.length > 0) throw refused('ACTION_TYPE_FAILED_DISK_LUN_INVALID');
  if ((domains ?? []).length > 0) throw invalidValue('storage_domains', 'a disk that is a LUN lies on no storage domain');
  if (backup === 'incremental') throw invalidValue('backup', 'a disk that is a LUN has no incremental backup');
  const hostId = storage.host === undefined ? null : await lookingHost(context, storage.host, 'add');
  return { type, unit, hostId };
}

/** A LUN is one disk, or part of one storage domain; its name is held until the transaction ends. @throws {Fault} 409 */
export async function claimLun(trx: Trx, lunId: string): Promise<void> {
  await lockUnits(trx, [lunId]);
  const used = await unitsInUse(trx, [lunId]);
  const disk = await trx.selectFrom('disk_lun').select('disk_id').where('lun_id', '=', lunId).executeTakeFirst();
  if (used.length > 0 || disk)
    throw refused('ACTION_TYPE_FAILED_DISK_LUN_IS_ALREADY_IN_USE', { VAR_ACTION: 'add', VAR_TYPE: 'Virtual Disk', lunId });
}

/** Whether a disk is a LUN. */
export async function isLunDisk(db: Kysely<Tables> | Trx, diskId: string): Promise<boolean> {
  const row = await db.selectFrom('disk').select('storage_type').where('id', '=', diskId).executeTakeFirst();
  return row?.storage_type === 'lun';
}

/** What is done with images cannot be done with a LUN. @throws {Fault} 409 */
export async function refuseLun(db: Kysely<Tables> | Trx, diskId: string, verb: string): Promise<void> {
  if (await isLunDisk(db, diskId))
    throw refused('ACTION_TYPE_FAILED_UNSUPPORTED_DISK_STORAGE_TYPE', { VAR_ACTION: verb, VAR_TYPE: 'Virtual Disk' });
}

/** How a disk passes SCSI commands on: LUNs on VirtIO-SCSI may. */
export type Passthrough = Pick<Disk, 'sgio'> & { isLun: boolean };

/** How a disk of the database passes SCSI commands on. */
export async function passthroughOf(db: Kysely<Tables> | Trx, diskId: string): Promise<Passthrough> {
  const row = await db.selectFrom('disk').select(['storage_type', 'settings']).where('id', '=', diskId).executeTakeFirst();
  return { isLun: row?.storage_type === 'lun', ...(row?.settings as Pick<Disk, 'sgio'> | undefined) };
}

/** Whether a disk can pass on what its attachment wants it to. Source: engine behaviour, DiskVmElementValidator. @throws {Fault} 400, 409 */
export function checkPassthrough({ isLun, sgio = 'disabled' }: Passthrough, attachment: DiskAttachment): void {
  const values = { VAR_ACTION: 'attach', VAR_TYPE: 'Virtual Disk' };
  if (!isLun && sgio !== 'disabled') throw refused('SCSI_GENERIC_IO_IS_NOT_SUPPORTED_FOR_IMAGE_DISK', values);
  const onScsi = (attachment.interface ?? 'virtio_scsi') === 'virtio_scsi';
  if (attachment.uses_scsi_reservation) {
    if (!isLun || !onScsi) throw invalidValue('uses_scsi_reservation', 'only LUNs on VirtIO-SCSI have reservations');
    if (sgio !== 'unfiltered') throw refused('ACTION_TYPE_FAILED_SGIO_IS_FILTERED', values);
  }
  if (isLun && onScsi && sgio !== 'disabled' && attachment.read_only)
    throw refused('SCSI_PASSTHROUGH_IS_NOT_SUPPORTED_FOR_READ_ONLY_DISK', values);
}
