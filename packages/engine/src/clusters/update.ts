import { cpuModels } from '@virgate/contract/generated/cpus';
import type { Cluster } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { supportedLevels } from '../data-centers/read.ts';
import { recordEvent } from '../events/record.ts';
import { chooseMacPool } from '../mac-pools/choose.ts';
import { badRequest, conflict, invalidValue, refused, say } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { entity, type Context, type Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, nameInUse, write } from '../rest/write.ts';
import { changeManagementNetwork, chosenManagementNetwork } from '../networks/management.ts';
import { clusterProviderOf } from '../network-providers/clusters.ts';
import { hasCpu } from '../monitoring/operational.ts';
import type { Tables } from '../tables/schema.ts';
import { checkName } from '../vms/definition.ts';
import { clusterColumns, clusterOf, type ClusterRow } from './definition.ts';
import { applyHostSetup } from './host-setup.ts';
import { changesMemoryPolicy, tellMemoryPolicy } from './memory-policy.ts';
import { readableClusters } from './read.ts';

interface HostFlags {
  status: string;
  cluster_levels: string[];
  cpu_flags: string | null;
}

const numberOf = (level: string): number => supportedLevels.indexOf(level);

/** Whether the hosts of a cluster allow another level and CPU type. @throws {Fault} 409 */
async function checkHosts(trx: Transaction<Tables>, cluster: ClusterRow, level: string, cpuType: string | null): Promise<void> {
  const before = `${cluster.compatibility_major}.${cluster.compatibility_minor}`;
  if (level === before && cpuType === cluster.cpu_type) return;
  const hosts = (
    await sql<HostFlags>`select s.status, s.cluster_levels, s.cpu_flags from host h join host_state s on s.host_id = h.id where h.cluster_id = ${cluster.id}`.execute(
      trx,
    )
  ).rows;
  if (hosts.length > 0 && numberOf(level) < numberOf(before))
    throw badRequest('ACTION_TYPE_FAILED_CANNOT_DECREASE_CLUSTER_WITH_HOSTS_COMPATIBILITY_VERSION');
  const up = hosts.filter((host) => host.status === 'up');
  if (up.some((host) => !host.cluster_levels.includes(level)))
    throw badRequest('CLUSTER_CANNOT_UPDATE_COMPATIBILITY_VERSION_WITH_LOWER_HOSTS');
  const model = cpuModels[level]?.find((one) => one.name === cpuType);
  if (cpuType !== null && !model) throw conflict('CLUSTER_CANNOT_UPDATE_CPU_ILLEGAL');
  if (model && hosts.length > 0 && cluster.cpu_architecture !== 'undefined' && model.arch !== cluster.cpu_architecture)
    throw conflict('CLUSTER_CANNOT_UPDATE_CPU_ARCHITECTURE_ILLEGAL');
  if (model && up.some((host) => !hasCpu((host.cpu_flags ?? '').split(','), model)))
    throw conflict('CLUSTER_CANNOT_UPDATE_CPU_WITH_HOSTS_MISSING_FLAGS');
}

/** @throws {Fault} 409 when networks of the cluster keep VMs apart, which Open vSwitch does not */
async function checkSwitchType(trx: Transaction<Tables>, id: string, type: Cluster['switch_type']): Promise<void> {
  if (type !== 'ovs') return;
  const isolated = await trx
    .selectFrom('network')
    .innerJoin('network_cluster', 'network_cluster.network_id', 'network.id')
    .select('network.id')
    .where('network_cluster.cluster_id', '=', id)
    .where('network.port_isolation', '=', true)
    .executeTakeFirst();
  if (isolated) throw refused('ACTION_TYPE_FAILED_PORT_ISOLATION_INCOMPATIBLE_SWITCH_TYPE');
}

/** The level below which no cluster of a data center may be; the lowest there is for a cluster without one. */
async function levelOfDataCenter(trx: Transaction<Tables>, id: string | null): Promise<string> {
  const home = await trx
    .selectFrom('data_center')
    .select(['compatibility_major', 'compatibility_minor'])
    .where('id', '=', id)
    .executeTakeFirst();
  return home === undefined ? (supportedLevels[0] ?? '') : `${home.compatibility_major}.${home.compatibility_minor}`;
}

/** Has a cluster without hosts managed over another network, where the request names one. @throws {Fault} 404, 400, 409 */
async function changeManagement(
  trx: Transaction<Tables>,
  cluster: { id: string; dataCenterId: string | null },
  reference: Cluster['management_network'],
): Promise<void> {
  if (reference === undefined || cluster.dataCenterId === null) return;
  const wanted = await chosenManagementNetwork(trx, cluster.dataCenterId, reference);
  const present = await trx
    .selectFrom('network_cluster')
    .select('network_id')
    .where('cluster_id', '=', cluster.id)
    .where('management', '=', true)
    .executeTakeFirst();
  if (present?.network_id !== wanted) await changeManagementNetwork(trx, cluster.id, wanted);
}

/** Hosts of the cluster are told at once what they have to be. */
async function inspectHosts({ db, engine }: Context, clusterId: string): Promise<void> {
  for (const { id } of await db.selectFrom('host').select('id').where('cluster_id', '=', clusterId).execute()) engine.hosts.inspect(id);
}

/** Changes a cluster. What its hosts cannot give is refused while they are up. */
export const updateCluster: Operation = {
  permit: 'edit_cluster_configuration',
  subjects: (context) => [{ type: 'cluster', id: context.path['cluster'] ?? '' }],
  async run(context) {
    const current = await one(context, readableClusters, context.path['cluster']);
    const body = context.body as Cluster;
    checkImmutable(current, context.body);
    const id = current.id ?? '';
    const name = body.name === undefined ? String(current['name']) : checkName(body.name);
    if (body.data_center) {
      const wanted = await resolve(context.db, 'DataCenter', 'data_center', body.data_center);
      if (wanted.id !== (current['data_center'] as { id?: string } | undefined)?.id) throw conflict('CLUSTER_CANNOT_CHANGE_STORAGE_POOL');
    }
    await chooseMacPool(context, body.mac_pool, (current['mac_pool'] as { id?: string } | undefined)?.id ?? null);
    const provider = await clusterProviderOf(context.db, body);
    await write(
      context,
      async (trx) => {
        const row = await trx.selectFrom('cluster').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow();
        const version = { major: body.version?.major ?? row.compatibility_major, minor: body.version?.minor ?? row.compatibility_minor };
        const level = `${version.major}.${version.minor}`;
        if (!supportedLevels.includes(level)) throw invalidValue('version', say`supported are ${supportedLevels.join(', ')}`);
        if (numberOf(level) < numberOf(await levelOfDataCenter(trx, row.data_center_id)))
          throw refused('ACTION_TYPE_FAILED_CANNOT_DECREASE_COMPATIBILITY_VERSION_UNDER_DC');
        const columns = await clusterColumns(trx, body, level, row.settings);
        await checkSwitchType(trx, id, body.switch_type);
        await checkHosts(trx, row, level, (columns.cpu_type as string | undefined) ?? row.cpu_type);
        await changeManagement(trx, { id, dataCenterId: row.data_center_id }, body.management_network);
        await applyHostSetup(trx, id, clusterOf(row), body);
        await trx
          .updateTable('cluster')
          .set({
            ...columns,
            ...(provider === undefined ? {} : { network_provider_id: provider }),
            name,
            compatibility_major: version.major,
            compatibility_minor: version.minor,
            updated_at: new Date(context.engine.now()),
          })
          .where('id', '=', id)
          .execute();
        await recordEvent(trx, { name: 'USER_UPDATE_CLUSTER', cluster: { id, name }, ...attribution(context) });
        await noteChange(trx, 'cluster', id, 'update');
      },
      { cluster_name: nameInUse(name) },
    );
    if (provider !== undefined) await inspectHosts(context, id);
    if (changesMemoryPolicy(body)) await tellMemoryPolicy(context, id);
    return entity('Cluster', await one(context, readableClusters, id));
  },
};
