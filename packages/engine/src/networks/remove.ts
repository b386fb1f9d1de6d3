import { sql } from 'kysely';
import { revokeAllOn } from '../access/grant.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { badRequest, conflict } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, type Operation } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import { managementNetworkName } from './management.ts';
import { removeFromProvider } from './on-provider.ts';
import { readableNetworks } from './read.ts';

/** Removes a network with its vNIC profiles, once no NIC uses them; the management network stays. */
export const removeNetwork: Operation = {
  permit: 'configure_storage_pool_network',
  subjects: (context) => [{ type: 'network', id: context.path['network'] ?? '' }],
  async run(context) {
    const current = await one(context, readableNetworks, context.path['network']);
    const id = current.id ?? '';
    const name = String(current['name']);
    if (name === managementNetworkName) throw badRequest('NETWORK_CANNOT_REMOVE_MANAGEMENT_NETWORK');
    const there = await context.db
      .selectFrom('network')
      .select(['provider_id', 'provider_network_id', 'made_on_provider'])
      .where('id', '=', id)
      .executeTakeFirst();
    const job = await write(context, async (trx) => {
      const manages = await sql`select 1 from network_cluster where network_id = ${id} and management limit 1`.execute(trx);
      if (manages.rows.length > 0) throw badRequest('NETWORK_CANNOT_REMOVE_MANAGEMENT_NETWORK');
      const profiles = (await trx.selectFrom('vnic_profile').select('id').where('network_id', '=', id).forUpdate().execute()).map(
        (profile) => profile.id,
      );
      const used =
        await sql`select 1 from nic join vnic_profile p on p.id = nic.vnic_profile_id where p.network_id = ${id} limit 1`.execute(trx);
      if (used.rows.length > 0) throw conflict('ACTION_TYPE_FAILED_NETWORK_IN_MANY_USES');
      const bonded = await trx.selectFrom('iscsi_bond_network').select('network_id').where('network_id', '=', id).limit(1).execute();
      if (bonded.length > 0) throw badRequest('NETWORK_CANNOT_REMOVE_ISCSI_BOND_NETWORK');
      await trx.deleteFrom('network').where('id', '=', id).execute();
      await revokeAllOn(trx, [id, ...profiles]);
      await recordEvent(trx, { name: 'NETWORK_REMOVE_NETWORK', values: { network: name }, ...attribution(context) });
      await noteChange(trx, 'network', id, 'remove');
      await noteChange(trx, 'vnic_profile', profiles, 'remove');
      return context.engine.jobs.record(trx, context, {
        action: 'RemoveNetwork',
        description: `Removing Network ${name}`,
        subjects: [{ type: 'network', id }],
      });
    });
    if (there?.made_on_provider) await removeFromProvider(context, there);
    return done(job);
  },
};
