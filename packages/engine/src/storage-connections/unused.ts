import { sql, type Transaction } from 'kysely';
import type { Tables } from '../tables/schema.ts';

/** Forgets a connection that no storage domain and no disk uses any more. */
export async function forgetUnused(trx: Transaction<Tables>, connectionId: string): Promise<void> {
  await sql`delete from storage_connection c where c.id = ${connectionId}::uuid
    and not exists (select 1 from disk_lun l where l.storage_connection_id = c.id)
    and not exists (select 1 from storage_domain s where s.storage_connection_id = c.id)`.execute(trx);
}
