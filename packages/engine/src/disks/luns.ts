import type { Disk } from '@virgate/contract/generated/types';
import { conflict, invalidValue, refused } from '../rest/fault.ts';
import type { Context } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { isBlockStorage, wantedUnits } from '../storage-connections/logical-units.ts';

/** The LUN of a disk is looked at by a host that is up, when one is named. @throws {Fault} 404, 409 */
async function checkHost(context: Context, host: { id?: string; name?: string }): Promise<void> {
  const { id } = await resolve(context.db, 'Host', 'host', host);
  const state = await context.db.selectFrom('host_state').select('status').where('host_id', '=', id).executeTakeFirst();
  if (state?.status !== 'up')
    throw conflict('ACTION_TYPE_FAILED_VDS_STATUS_ILLEGAL', {
      VAR_ACTION: 'add',
      VAR_TYPE: 'Virtual Disk',
      hostStatus: state?.status ?? 'unknown',
    });
}

/**
 * A disk that is a LUN: whether it can be one, as far as the engine knows.
 * @throws {Fault} 400, 404, 409
 */
export async function checkLunDisk(context: Context, { lun_storage: storage = {}, storage_domains: domains, backup }: Disk): Promise<void> {
  const { type } = storage;
  if (!isBlockStorage(type)) throw refused('ACTION_TYPE_FAILED_DISK_LUN_HAS_NO_VALID_TYPE');
  if (wantedUnits(type, storage, 'lun_storage').length !== 1) throw refused('ACTION_TYPE_FAILED_DISK_LUN_INVALID');
  if ((domains ?? []).length > 0) throw invalidValue('storage_domains', 'a disk that is a LUN lies on no storage domain');
  if (backup === 'incremental') throw invalidValue('backup', 'a disk that is a LUN has no incremental backup');
  if (storage.host !== undefined) await checkHost(context, storage.host);
}
