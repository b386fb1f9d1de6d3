import { sql, type Kysely, type Transaction } from 'kysely';
import { EVERYONE_ID } from '../access/objects.ts';
import { predefinedRoles } from '@virgate/contract/generated/roles';
import { defaultDataCenterId, managementNetworkId, managementProfileId } from '../installation/fixed-ids.ts';
import { badRequest, refused } from '../rest/fault.ts';
import { unresolved, type Reference } from '../rest/reference.ts';
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

/**
 * The network of a data center that a cluster is to be managed over: the one that is named, or the data center's own.
 * @throws {Fault} 404; 409 for a network on a provider, on which hosts have no address
 */
export async function chosenManagementNetwork(db: Kysely<Tables>, dataCenterId: string, reference?: Reference): Promise<string> {
  const { id, name } = reference ?? { name: managementNetworkName };
  const network = await db
    .selectFrom('network')
    .select(['id', 'provider_id'])
    .where('data_center_id', '=', dataCenterId)
    .where((where) => (id === undefined ? where('name', '=', name ?? '') : where.and([where(where.cast('id', 'text'), '=', id)])))
    .executeTakeFirst();
  if (!network) throw unresolved('Network', reference ?? {});
  if (network.provider_id !== null) throw refused('ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_CANNOT_BE_EXTERNAL');
  return network.id;
}

/** Gives a new cluster the network that it is managed over, in every role that a network can have. */
export async function attachManagementNetwork(trx: Transaction<Tables>, clusterId: string, networkId: string): Promise<void> {
  await trx
    .insertInto('network_cluster')
    .values({
      network_id: networkId,
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

/**
 * Makes another network the one that a cluster is managed over; its hosts must have it.
 * @throws {Fault} 400 while there are hosts, which are reached over the present one
 */
export async function changeManagementNetwork(trx: Transaction<Tables>, clusterId: string, networkId: string): Promise<void> {
  const host = await trx.selectFrom('host').select('id').where('cluster_id', '=', clusterId).limit(1).executeTakeFirst();
  if (host) throw badRequest('ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_CANNOT_BE_CHANGED');
  await trx
    .insertInto('network_cluster')
    .values({ network_id: networkId, cluster_id: clusterId, required: true, status: 'operational' })
    .onConflict((conflict) => conflict.columns(['network_id', 'cluster_id']).doUpdateSet({ required: true }))
    .execute();
  await sql`update network_cluster set management = (network_id = ${networkId}) where cluster_id = ${clusterId}`.execute(trx);
}

/** What hosts call the network that a cluster is managed over. */
export async function managementNetworkOnHosts(db: Kysely<Tables>, clusterId: string): Promise<string> {
  const found = await db
    .selectFrom('network_cluster')
    .innerJoin('network', 'network.id', 'network_cluster.network_id')
    .select('network.vdsm_name')
    .where('network_cluster.cluster_id', '=', clusterId)
    .where('network_cluster.management', '=', true)
    .executeTakeFirst();
  return found?.vdsm_name ?? managementNetworkName;
}
