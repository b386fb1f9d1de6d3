import type { Cluster } from '@virgate/contract/generated/types';
import { SYSTEM_ID, type ObjectRef } from '../access/objects.ts';
import { noteChange } from '../changes/outbox.ts';
import { supportedLevels } from '../data-centers/read.ts';
import { recordEvent } from '../events/record.ts';
import { defaultMacPoolId, defaultSchedulingPolicyId } from '../installation/fixed-ids.ts';
import { chooseMacPool } from '../mac-pools/choose.ts';
import { clusterProviderOf } from '../network-providers/clusters.ts';
import { attachManagementNetwork, chosenManagementNetwork } from '../networks/management.ts';
import { badRequest, entityNotFound, invalidValue, say } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { created, type Context, type Operation } from '../rest/operation.ts';
import { resolve, type Reference } from '../rest/reference.ts';
import { attribution, nameInUse, write } from '../rest/write.ts';
import { addDefaultProfile } from '../profiles/defaults.ts';
import { cpuProfiles } from '../profiles/kinds.ts';
import { checkName } from '../vms/definition.ts';
import { newClusterColumns } from './definition.ts';
import { readableClusters } from './read.ts';

/** The data center that a new object is to belong to: the one of the path, or the one that the body names. */
export function dataCenterReference(context: Context): Reference | undefined {
  const path = context.path['data_center'];
  return path === undefined ? (context.body as Cluster).data_center : { id: path };
}

/** The permit is needed on that data center; a request that names none is refused to all but administrators of everything. */
export async function inDataCenter(context: Context): Promise<ObjectRef[]> {
  const reference = dataCenterReference(context);
  if (reference?.id === undefined && reference?.name === undefined) return [{ type: 'system', id: SYSTEM_ID }];
  return [{ type: 'data_center', id: (await resolve(context.db, 'DataCenter', 'data_center', reference)).id }];
}

/** Adds a cluster with the network that it is managed over: its data center's, or another one of it. Its CPU type may come from its first host. */
export const addCluster: Operation = {
  permit: 'create_cluster',
  subjects: inDataCenter,
  async run(context) {
    const body = context.body as Cluster;
    const name = checkName(body.name);
    const dataCenter = await resolve(context.db, 'DataCenter', 'data_center', dataCenterReference(context));
    const home = await context.db
      .selectFrom('data_center')
      .select(['compatibility_major', 'compatibility_minor', 'mac_pool_id'])
      .where('id', '=', dataCenter.id)
      .executeTakeFirst();
    if (!home) throw entityNotFound('DataCenter', `id=${dataCenter.id}`);
    const major = body.version?.major ?? home.compatibility_major;
    const minor = body.version?.minor ?? home.compatibility_minor;
    const level = `${major}.${minor}`;
    if (!supportedLevels.includes(level)) throw invalidValue('version', say`supported are ${supportedLevels.join(', ')}`);
    if (major < home.compatibility_major || (major === home.compatibility_major && minor < home.compatibility_minor))
      throw badRequest('CLUSTER_CANNOT_ADD_COMPATIBILITY_VERSION_WITH_LOWER_STORAGE_POOL');
    const network = await chosenManagementNetwork(context.db, dataCenter.id, body.management_network);
    const ownPool = home.mac_pool_id ?? defaultMacPoolId;
    await chooseMacPool(context, body.mac_pool, ownPool);
    const columns = await newClusterColumns(context.db, body, level);
    const provider = (await clusterProviderOf(context.db, body)) ?? null;
    const id = context.engine.uuid();
    await write(
      context,
      async (trx) => {
        const stays = await trx.selectFrom('data_center').select('id').where('id', '=', dataCenter.id).forShare().executeTakeFirst();
        if (!stays) throw badRequest('ACTION_TYPE_FAILED_STORAGE_POOL_NOT_EXIST');
        await trx
          .insertInto('cluster')
          .values({
            scheduling_policy_id: defaultSchedulingPolicyId,
            mac_pool_id: ownPool,
            bios_type: 'q35_sea_bios',
            network_provider_id: provider,
            ...columns,
            id,
            name,
            data_center_id: dataCenter.id,
            compatibility_major: major,
            compatibility_minor: minor,
          })
          .execute();
        await attachManagementNetwork(trx, id, network);
        await addDefaultProfile(trx, cpuProfiles, { id, name }, context.engine.uuid);
        await recordEvent(trx, { name: 'USER_ADD_CLUSTER', cluster: { id, name }, dataCenter, ...attribution(context) });
        await noteChange(trx, 'cluster', id, 'add');
      },
      { cluster_name: nameInUse(name) },
    );
    return created('Cluster', await one(context, readableClusters, id));
  },
};
