import { json } from '@virgate/database';
import { VdsmError } from '@virgate/vdsm';
import type { StorageDomain } from '@virgate/contract/generated/types';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { storageFault, storageManagerOf } from '../images/host-tasks.ts';
import { invalidValue, refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { entity, type Context, type Operation } from '../rest/operation.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, nameInUse, write } from '../rest/write.ts';
import { checkName } from '../vms/definition.ts';
import { checkMayBecomeBackup } from './backup.ts';
import { extendWith } from './block-units.ts';
import { readableStorageDomains } from './read.ts';

const timeoutMs = 60_000;
const values = { VAR_ACTION: 'update', VAR_TYPE: 'Storage Domain' };

/** The domain tells its name to others too: on storage it is the description. Source: VDSM schema, StorageDomain.setDescription. */
async function rename(context: Context, domainId: string, dataCenterId: string, name: string): Promise<void> {
  try {
    const { client, fence } = await context.engine.hosts.access(await storageManagerOf(context.db, dataCenterId));
    await client.call('StorageDomain.setDescription', { storagedomainID: domainId, description: name }, { timeoutMs, fence });
  } catch (error) {
    if (error instanceof VdsmError) throw storageFault('Cannot rename the storage domain', error);
    throw error;
  }
}

/** Thresholds, and what the storage below would have to do. @throws {Fault} 400 */
export function checkStorageSettings(body: StorageDomain): void {
  const { warning_low_space_indicator: percent, critical_space_action_blocker: gib } = body;
  if (percent !== undefined && (percent < 0 || percent > 100)) throw invalidValue('warning_low_space_indicator', 'must be a percentage');
  if (gib !== undefined && (gib < 0 || gib > 2 ** 31 - 1))
    throw invalidValue('critical_space_action_blocker', 'must be a number of gibibytes');
  if (body.discard_after_delete === true)
    throw refused('ACTION_TYPE_FAILED_DISCARD_AFTER_DELETE_NOT_SUPPORTED_BY_UNDERLYING_STORAGE', values);
}

/** What disks on a domain are like, and what the domain is for, as its row keeps it. */
export const storageSettings = (body: StorageDomain): Record<string, unknown> => ({
  ...(body.wipe_after_delete === undefined ? {} : { wipe_after_delete: body.wipe_after_delete }),
  ...(body.backup === undefined ? {} : { backup: body.backup }),
});

/** `PUT storagedomains/{id}`: name, texts, thresholds, and what disks on it are like. */
export const updateStorageDomain: Operation = {
  permit: 'edit_storage_domain_configuration',
  subjects: (context) => [{ type: 'storage_domain', id: context.path['storage_domain'] ?? '' }],
  async run(context) {
    const domain = await one(context, readableStorageDomains, context.path['storage_domain']);
    const body = context.body as StorageDomain;
    checkImmutable(domain, context.body, ['id', 'type', 'storage_format']);
    checkStorageSettings(body);
    const id = domain.id ?? '';
    const name = body.name === undefined ? undefined : checkName(body.name);
    const place = await context.db
      .selectFrom('data_center_storage_domain')
      .select(['data_center_id', 'status'])
      .where('storage_domain_id', '=', id)
      .executeTakeFirst();
    const busy = place !== undefined && !['active', 'maintenance', 'inactive', 'unknown'].includes(place.status);
    if (busy) throw refused('ACTION_TYPE_FAILED_STORAGE_DOMAIN_STATUS_ILLEGAL2', { ...values, status: place.status });
    await write(
      context,
      async (trx) => {
        const row = await trx.selectFrom('storage_domain').select('settings').where('id', '=', id).forUpdate().executeTakeFirstOrThrow();
        if (body.backup === true && (row.settings as StorageDomain).backup !== true) await checkMayBecomeBackup(trx, id);
        await trx
          .updateTable('storage_domain')
          .set({
            ...(name === undefined ? {} : { name }),
            ...(body.description === undefined ? {} : { description: body.description }),
            ...(body.comment === undefined ? {} : { comment: body.comment }),
            ...(body.warning_low_space_indicator === undefined ? {} : { warning_low_space_percent: body.warning_low_space_indicator }),
            ...(body.critical_space_action_blocker === undefined ? {} : { critical_space_gib: body.critical_space_action_blocker }),
            settings: json({ ...row.settings, ...storageSettings(body) }),
            updated_at: new Date(context.engine.now()),
          })
          .where('id', '=', id)
          .execute();
        await recordEvent(trx, {
          name: 'USER_UPDATE_STORAGE_DOMAIN',
          storageDomain: { id, name: name ?? String(domain['name']) },
          ...attribution(context),
        });
        await noteChange(trx, 'storage_domain', id, 'update');
      },
      { storage_domain_name: nameInUse(name ?? '') },
    );
    // The row is the truth; the storage's own note follows, and with the next change again.
    if (name !== undefined && name !== domain['name'] && place?.status === 'active')
      await rename(context, id, place.data_center_id, name).catch((error: unknown) =>
        context.engine.log.warn({ err: error, storageDomain: id }, 'the name of a storage domain was not written to its storage'),
      );
    await extendWith(context, id, body);
    return entity('StorageDomain', await one(context, readableStorageDomains, id));
  },
};
