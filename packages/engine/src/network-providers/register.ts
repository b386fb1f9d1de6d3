import { randomUUID } from 'node:crypto';
import { transaction } from '@virgate/database';
import { sql, type Kysely } from 'kysely';
import { defaultClusterId } from '../installation/fixed-ids.ts';
import type { Tables } from '../tables/schema.ts';

/** Name of the provider that comes with an engine, as clients of oVirt look for it. */
const providerName = 'ovirt-provider-ovn';

/**
 * Enters the OVN that comes with the engine as a provider, once; the Default cluster gets it where it has none. Afterwards only where hosts
 * find it follows the configuration.
 */
export async function registerProvider(
  db: Kysely<Tables>,
  { northbound, southbound }: { northbound: string; southbound: string },
): Promise<void> {
  await transaction(db, async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtext('virgate network provider'))`.execute(trx);
    const known = await trx.updateTable('network_provider').set({ southbound }).where('url', '=', northbound).returning('id').execute();
    if (known.length > 0) return;
    const id = randomUUID();
    const taken = await trx.selectFrom('network_provider').select('id').where('name', '=', providerName).executeTakeFirst();
    await trx
      .insertInto('network_provider')
      .values({ id, name: taken ? `${providerName}-${id.slice(0, 8)}` : providerName, url: northbound, southbound })
      .execute();
    await trx
      .updateTable('cluster')
      .set({ network_provider_id: id })
      .where('id', '=', defaultClusterId)
      .where('network_provider_id', 'is', null)
      .execute();
  });
}
