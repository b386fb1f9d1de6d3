import type { Transaction } from 'kysely';
import { json } from '@virgate/database';
import { grant } from '../access/grant.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import type { ProviderRow } from '../network-providers/providers.ts';
import type { OvnNetwork } from '../ovn/northbound.ts';
import { conflict } from '../rest/fault.ts';
import type { Context } from '../rest/operation.ts';
import { attribution, nameInUse, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { checkNetworkName, vdsmNameOf } from './definition.ts';

/** The vNIC profile that a network for VMs begins with. */
export async function addFirstProfile(context: Context, trx: Transaction<Tables>, network: { id: string; name: string }): Promise<void> {
  const id = context.engine.uuid();
  await trx.insertInto('vnic_profile').values({ id, name: network.name, network_id: network.id }).execute();
  await noteChange(trx, 'vnic_profile', id, 'add');
}

/** A network that a provider has already becomes one of a data center; no cluster has it yet. @throws {Fault} 400, 409 */
export async function importNetwork(
  context: Context,
  { provider, network, dataCenter }: { provider: ProviderRow; network: OvnNetwork; dataCenter: { id: string; name: string } },
): Promise<void> {
  const name = checkNetworkName(network.name);
  const id = context.engine.uuid();
  await write(
    context,
    async (trx) => {
      await trx
        .insertInto('network')
        .values({
          id,
          name,
          data_center_id: dataCenter.id,
          vdsm_name: vdsmNameOf(name, id),
          provider_id: provider.id,
          provider_network_id: network.id,
          settings: json({}),
        })
        .execute();
      await grant(trx, context.user.id, 'NetworkAdmin', { type: 'network', id });
      await recordEvent(trx, { name: 'NETWORK_ADD_NETWORK', dataCenter, values: { network: name }, ...attribution(context) });
      await noteChange(trx, 'network', id, 'add');
      await addFirstProfile(context, trx, { id, name });
    },
    { network_name: nameInUse(name), network_of_provider: () => conflict('ACTION_TYPE_FAILED_EXTERNAL_NETWORK_ALREADY_EXISTS') },
  );
}
