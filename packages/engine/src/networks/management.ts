import type { Transaction } from 'kysely';
import { EVERYONE_ID } from '../access/objects.ts';
import { predefinedRoles } from '@virgate/contract/generated/roles';
import { defaultDataCenterId, managementNetworkId, managementProfileId } from '../installation/fixed-ids.ts';
import type { Tables } from '../tables/schema.ts';

/** Name of the network that the engine reaches hosts over, in every data center. */
export const managementNetworkName = 'ovirtmgmt';

/** Adds a data center's management network with its vNIC profile, which everybody may use. */
export async function addManagementNetwork(trx: Transaction<Tables>, dataCenterId: string, uuid: () => string): Promise<void> {
  const first = dataCenterId === defaultDataCenterId;
  const networkId = first ? managementNetworkId : uuid();
  const profileId = first ? managementProfileId : uuid();
  await trx
    .insertInto('network')
    .values({
      id: networkId,
      name: managementNetworkName,
      description: 'Management Network',
      data_center_id: dataCenterId,
      vdsm_name: managementNetworkName,
    })
    .execute();
  await trx.insertInto('vnic_profile').values({ id: profileId, name: managementNetworkName, network_id: networkId }).execute();
  const role = predefinedRoles.find((one) => one.name === 'VnicProfileUser');
  if (!role) throw new Error('The contract has no role VnicProfileUser');
  await trx
    .insertInto('permission')
    .values({
      id: uuid(),
      role_id: role.id,
      principal_id: EVERYONE_ID,
      principal_kind: 'group',
      object_type: 'vnic_profile',
      object_id: profileId,
    })
    .execute();
}

/** Gives a new cluster its data center's management network in every role that a network can have. */
export async function attachManagementNetwork(trx: Transaction<Tables>, clusterId: string, dataCenterId: string): Promise<void> {
  const network = await trx
    .selectFrom('network')
    .select('id')
    .where('data_center_id', '=', dataCenterId)
    .where('name', '=', managementNetworkName)
    .executeTakeFirstOrThrow();
  await trx
    .insertInto('network_cluster')
    .values({
      network_id: network.id,
      cluster_id: clusterId,
      required: true,
      display: true,
      migration: true,
      management: true,
      default_route: true,
      status: 'operational',
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
