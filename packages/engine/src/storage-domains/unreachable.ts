import type { Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import type { Tables } from '../tables/schema.ts';

/** A host that is up and cannot use a storage domain of its data center. */
export interface UnreachableFrom {
  hostId: string;
  /** A sentence that says why and what to do. */
  text: string;
}

/** Takes a host out of service that cannot use a storage domain, as monitoring does with one that comes up so. */
export async function setStorageUnreachable(
  trx: Transaction<Tables>,
  { hostId, text }: UnreachableFrom,
  domain: { id: string; name: string },
): Promise<void> {
  const changed = await trx
    .updateTable('host_state')
    .set({ status: 'non_operational', status_detail: 'storage_domain_unreachable', status_changed_at: new Date() })
    .where('host_id', '=', hostId)
    .where('status', '=', 'up')
    .returning('host_id')
    .execute();
  const host = await trx.selectFrom('host').select(['id', 'name']).where('id', '=', hostId).executeTakeFirst();
  if (changed.length === 0 || !host) return;
  await recordEvent(trx, { name: 'VDS_SET_NONOPERATIONAL_DOMAIN', host, storageDomain: domain, values: { reason: text } });
  await noteChange(trx, 'host', hostId, 'update');
}
