import type { DataCenter } from '@virgate/contract/generated/types';
import { recordEvent } from '../events/record.ts';
import { noteChange } from '../changes/outbox.ts';
import { chooseMacPool } from '../mac-pools/choose.ts';
import { addManagementNetwork } from '../networks/management.ts';
import { invalidValue, say } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { created, type Operation } from '../rest/operation.ts';
import { attribution, nameInUse, write } from '../rest/write.ts';
import { addDefaultQuota } from '../quotas/defaults.ts';
import { checkName } from '../vms/definition.ts';
import { defaultMacPoolId } from '../installation/fixed-ids.ts';
import { readableDataCenters, supportedLevels } from './read.ts';
import { checkFormat } from './storage-format.ts';

/** Level of a new data center where the request names none: the highest that every distribution's QEMU can serve. */
export const defaultLevel = { major: 4, minor: 7 };

/** A level that the engine supports. @throws {Fault} 400 */
export function checkLevel(version: { major?: number; minor?: number } | undefined): { major: number; minor: number } {
  const { major, minor } = { ...defaultLevel, ...version };
  if (!supportedLevels.includes(`${major}.${minor}`)) throw invalidValue('version', say`supported are ${supportedLevels.join(', ')}`);
  return { major, minor };
}

/** Adds a data center with its management network. It is Uninitialized until its first storage domain is attached. */
export const addDataCenter: Operation = {
  permit: 'create_storage_pool',
  async run(context) {
    const body = context.body as DataCenter;
    const name = checkName(body.name);
    const version = checkLevel(body.version);
    checkFormat(body.storage_format);
    const macPoolId = await chooseMacPool(context, body.mac_pool, defaultMacPoolId);
    const id = context.engine.uuid();
    await write(
      context,
      async (trx) => {
        await trx
          .insertInto('data_center')
          .values({
            id,
            name,
            description: body.description ?? '',
            comment: body.comment ?? '',
            is_local: body.local ?? false,
            compatibility_major: version.major,
            compatibility_minor: version.minor,
            storage_format: body.storage_format ?? null,
            quota_mode: body.quota_mode ?? 'disabled',
            mac_pool_id: macPoolId ?? defaultMacPoolId,
          })
          .execute();
        await addManagementNetwork(trx, id, context.engine.uuid);
        await addDefaultQuota(trx, id, context.engine.uuid);
        await recordEvent(trx, { name: 'USER_ADD_STORAGE_POOL', dataCenter: { id, name }, ...attribution(context) });
        await noteChange(trx, 'data_center', id, 'add');
      },
      { data_center_name: nameInUse(name) },
    );
    return created('DataCenter', await one(context, readableDataCenters, id));
  },
};
