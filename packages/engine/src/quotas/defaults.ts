import type { Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import type { Tables } from '../tables/schema.ts';

/** Makes the quota without limits that every data center has. Source: engine behaviour, default quota. */
export async function addDefaultQuota(trx: Transaction<Tables>, dataCenterId: string, uuid: () => string): Promise<void> {
  const id = uuid();
  await trx
    .insertInto('quota')
    .values({ id, data_center_id: dataCenterId, name: 'Default', description: 'Default unlimited quota', is_default: true })
    .execute();
  await trx
    .insertInto('quota_limit')
    .values([
      { quota_id: id, kind: 'cluster', cluster_id: null, storage_domain_id: null, vcpus: -1, memory_mib: -1, storage_gib: null },
      { quota_id: id, kind: 'storage', cluster_id: null, storage_domain_id: null, vcpus: null, memory_mib: null, storage_gib: -1 },
    ])
    .execute();
  await noteChange(trx, 'quota', id, 'add');
}
