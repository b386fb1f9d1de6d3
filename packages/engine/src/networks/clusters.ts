import type { Network } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import { SYSTEM_ID, type ObjectRef } from '../access/objects.ts';
import { holdsPermit } from '../access/permissions.ts';
import { noteChange } from '../changes/outbox.ts';
import { readableClusters } from '../clusters/read.ts';
import { recordEvent } from '../events/record.ts';
import { switchTypeOf } from '../host-networks/state.ts';
import { badRequest, conflict, forbidden, notFound, refused } from '../rest/fault.ts';
import { unresolved } from '../rest/reference.ts';
import { isUuid, list, matching, one } from '../rest/listing.ts';
import { collection, created, done, entity, type Context, type Entity, type Operation, type Service } from '../rest/operation.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { changeManagementNetwork } from './management.ts';
import { clusterRoles, readableClusterNetworks } from './read.ts';

type Role = (typeof clusterRoles)[number];

/** The cluster of the path. @throws {Fault} 404 */
async function clusterOf(context: Context): Promise<{ id: string; name: string; dataCenterId: string }> {
  const cluster = await one(context, readableClusters, context.path['cluster']);
  const dataCenterId = (cluster['data_center'] as Entity | undefined)?.id ?? '';
  if (context.path['data_center'] !== undefined && context.path['data_center'] !== dataCenterId) throw notFound();
  return { id: cluster.id ?? '', name: String(cluster['name']), dataCenterId };
}

const attachedTo = (clusterId: string) => readableClusterNetworks(sql<boolean>`c.cluster_id = ${clusterId}::uuid`);

/** A network of the cluster's data center by id or name. */
async function networkOf(context: Context, dataCenterId: string, reference: Network): Promise<{ id: string; name: string }> {
  const { id, name } = reference;
  if (id === undefined && name === undefined) throw badRequest('VALIDATION_NETWORK_ID_OR_NETWORK_NAME_MUST_BE_SET');
  const by =
    id === undefined ? sql<boolean>`lower(name) = lower(${name ?? ''})` : isUuid(id) ? sql<boolean>`id = ${id}::uuid` : sql<boolean>`false`;
  const found = await sql<{
    id: string;
    name: string;
  }>`select id, name from network where data_center_id = ${dataCenterId}::uuid and ${by}`.execute(context.db);
  const row = found.rows[0];
  if (!row) throw unresolved('Network', reference);
  return row;
}

/** Roles that a request wants a network to have, where it says so. */
function wantedRoles(body: Network): Partial<Record<Role, boolean>> {
  if (body.usages === undefined) return body.display === undefined ? {} : { display: body.display };
  return Object.fromEntries(clusterRoles.map((role) => [role, body.usages?.includes(role) ?? false]));
}

async function checkRolePermit(
  context: Context,
  clusterId: string,
  roles: Partial<Record<Role, boolean>>,
  before: Entity | null,
): Promise<void> {
  const had = (before?.['usages'] as string[] | undefined) ?? [];
  const changes = clusterRoles.some((role) => roles[role] !== undefined && roles[role] !== had.includes(role));
  if (changes && !(await holdsPermit(context.db, context.user, 'configure_cluster_network', { type: 'cluster', id: clusterId })))
    throw forbidden('configure_cluster_network (cluster)');
}

/**
 * Gives roles to a network. Every role has one network in a cluster: it is taken from the one that had it, and what is taken
 * from a network goes back to the management network.
 */
async function giveRoles(
  trx: Transaction<Tables>,
  clusterId: string,
  networkId: string,
  roles: Partial<Record<Role, boolean>>,
): Promise<void> {
  // What another role falls back to is the management network as it will be.
  for (const role of ['management', ...clusterRoles.filter((one) => one !== 'management')] as const) {
    const wanted = roles[role];
    if (wanted === undefined) continue;
    const column = sql.ref(role);
    const now = await sql<{
      network_id: string;
    }>`select network_id from network_cluster where cluster_id = ${clusterId} and ${column}`.execute(trx);
    const holder = now.rows[0]?.network_id;
    if (wanted === (holder === networkId)) continue;
    if (role === 'management') {
      if (!wanted) throw badRequest('ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_REQUIRED');
      await changeManagementNetwork(trx, clusterId, networkId);
      continue;
    }
    await sql`update network_cluster set ${column} = ${wanted ? sql`network_id = ${networkId}` : role === 'gluster' ? sql`false` : sql`management`} where cluster_id = ${clusterId}`.execute(
      trx,
    );
  }
}

/** A required network works in a cluster when every host that is up has it; one that is not required always does. */
async function settleStatus(trx: Transaction<Tables>, clusterId: string, networkId: string): Promise<void> {
  await sql`update network_cluster c set status = case when c.required and exists (
      select 1 from host h join host_state s on s.host_id = h.id where h.cluster_id = c.cluster_id and s.status = 'up' and not (select n.vdsm_name from network n where n.id = c.network_id) = any(s.networks)
    ) then 'non_operational' else 'operational' end
    where c.cluster_id = ${clusterId} and c.network_id = ${networkId}`.execute(trx);
}

const isOnProvider = async (trx: Transaction<Tables>, networkId: string): Promise<boolean> =>
  (await trx.selectFrom('network').select('provider_id').where('id', '=', networkId).executeTakeFirst())?.provider_id != null;

/** Hosts have no address on networks of providers, and lack them without being the worse for it. @throws {Fault} */
async function checkUseOnProvider(
  trx: Transaction<Tables>,
  networkId: string,
  { required }: Network,
  roles: Partial<Record<Role, boolean>>,
): Promise<void> {
  if (!(await isOnProvider(trx, networkId))) return;
  if (required === true) throw refused('ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_REQUIRED');
  if (roles.display === true) throw refused('ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_DISPLAY');
  if (roles.default_route === true) throw refused('ACTION_TYPE_FAILED_DEFAULT_ROUTE_NETWORK_CANNOT_BE_EXTERNAL');
  if (roles.management === true) throw refused('ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_CANNOT_BE_EXTERNAL');
  if (roles.migration === true || roles.gluster === true) throw refused('ACTION_TYPE_FAILED_NOT_SUPPORTED_FOR_EXTERNAL_NETWORK');
}

const attach: Operation = {
  permit: 'assign_cluster_network',
  async subjects(context): Promise<ObjectRef[]> {
    const body = context.body as Network;
    if (body.id === undefined && body.name === undefined) return [{ type: 'system', id: SYSTEM_ID }];
    const cluster = await clusterOf(context);
    return [{ type: 'network', id: (await networkOf(context, cluster.dataCenterId, body)).id }];
  },
  async run(context) {
    const cluster = await clusterOf(context);
    const body = context.body as Network;
    const network = await networkOf(context, cluster.dataCenterId, body);
    const roles = wantedRoles(body);
    if (roles.management === true && body.required === false) throw badRequest('ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_REQUIRED');
    await checkRolePermit(context, cluster.id, roles, null);
    await write(context, async (trx) => {
      await trx.selectFrom('cluster').select('id').where('id', '=', cluster.id).forUpdate().execute();
      const before = await trx
        .selectFrom('network_cluster')
        .select('network_id')
        .where('cluster_id', '=', cluster.id)
        .where('network_id', '=', network.id)
        .executeTakeFirst();
      if (before) throw conflict('NETWORK_ALREADY_ATTACHED_TO_CLUSTER');
      const switched = await sql`select 1 from network n, cluster k
        where n.id = ${network.id} and n.port_isolation and k.id = ${cluster.id} and ${switchTypeOf('k')} = 'ovs'`.execute(trx);
      if (switched.rows.length > 0) throw refused('ACTION_TYPE_FAILED_PORT_ISOLATION_INCOMPATIBLE_SWITCH_TYPE');
      await checkUseOnProvider(trx, network.id, body, roles);
      await trx
        .insertInto('network_cluster')
        .values({ network_id: network.id, cluster_id: cluster.id, required: body.required ?? !(await isOnProvider(trx, network.id)) })
        .execute();
      await giveRoles(trx, cluster.id, network.id, roles);
      await settleStatus(trx, cluster.id, network.id);
      await recordEvent(trx, {
        name: 'NETWORK_ATTACH_NETWORK_TO_CLUSTER',
        cluster,
        values: { network: network.name },
        ...attribution(context),
      });
      await noteChange(trx, 'network', network.id, 'update');
      await noteChange(trx, 'cluster', cluster.id, 'update');
    });
    return created('Network', await one(context, attachedTo(cluster.id), network.id));
  },
};

const update: Operation = {
  permit: 'configure_cluster_network',
  subjects: (context) => [{ type: 'cluster', id: context.path['cluster'] ?? '' }],
  async run(context) {
    const cluster = await clusterOf(context);
    const current = await one(context, attachedTo(cluster.id), context.path['network']);
    const body = context.body as Network;
    checkImmutable(current, context.body, ['id', 'name', 'data_center']);
    const id = current.id ?? '';
    const manages = (current['usages'] as string[]).includes('management');
    if ((manages || wantedRoles(body).management === true) && body.required === false)
      throw badRequest('ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_REQUIRED');
    await write(context, async (trx) => {
      await trx.selectFrom('cluster').select('id').where('id', '=', cluster.id).forUpdate().execute();
      await checkUseOnProvider(trx, id, body, wantedRoles(body));
      if (body.required !== undefined)
        await trx
          .updateTable('network_cluster')
          .set({ required: body.required })
          .where('cluster_id', '=', cluster.id)
          .where('network_id', '=', id)
          .execute();
      await giveRoles(trx, cluster.id, id, wantedRoles(body));
      await settleStatus(trx, cluster.id, id);
      await recordEvent(trx, {
        name: 'NETWORK_UPDTAE_NETWORK_ON_CLUSTER',
        cluster,
        values: { network: String(current['name']) },
        ...attribution(context),
      });
      await noteChange(trx, 'network', id, 'update');
      await noteChange(trx, 'cluster', cluster.id, 'update');
    });
    return entity('Network', await one(context, attachedTo(cluster.id), id));
  },
};

const detach: Operation = {
  permit: 'assign_cluster_network',
  subjects: (context) => [{ type: 'network', id: context.path['network'] ?? '' }],
  async run(context) {
    const cluster = await clusterOf(context);
    const current = await one(context, attachedTo(cluster.id), context.path['network']);
    const id = current.id ?? '';
    const name = String(current['name']);
    if ((current['usages'] as string[]).includes('management')) throw badRequest('NETWORK_CANNOT_REMOVE_MANAGEMENT_NETWORK');
    const job = await write(context, async (trx) => {
      await trx.selectFrom('cluster').select('id').where('id', '=', cluster.id).forUpdate().execute();
      const used =
        await sql`select 1 from nic join vm on vm.id = nic.vm_id join vnic_profile p on p.id = nic.vnic_profile_id where p.network_id = ${id} and vm.cluster_id = ${cluster.id} limit 1`.execute(
          trx,
        );
      if (used.rows.length > 0) throw conflict('NETWORK_CANNOT_DETACH_NETWORK_USED_BY_VMS');
      await giveRoles(trx, cluster.id, id, { display: false, migration: false, default_route: false, gluster: false });
      await trx.deleteFrom('network_cluster').where('cluster_id', '=', cluster.id).where('network_id', '=', id).execute();
      await recordEvent(trx, { name: 'NETWORK_DETACH_NETWORK_TO_CLUSTER', cluster, values: { network: name }, ...attribution(context) });
      await noteChange(trx, 'network', id, 'update');
      await noteChange(trx, 'cluster', cluster.id, 'update');
      return context.engine.jobs.record(trx, context, {
        action: 'DetachNetworkToCluster',
        description: `Detaching Network ${name} from Cluster ${cluster.name}`,
        subjects: [
          { type: 'network', id },
          { type: 'cluster', id: cluster.id },
        ],
      });
    });
    return done(job);
  },
};

export const clusterNetworksService: Service = {
  list: { permit: null, run: async (context) => collection('Network', await list(context, attachedTo((await clusterOf(context)).id))) },
  add: attach,
};

export const clusterNetworkService: Service = {
  get: {
    permit: null,
    run: async (context) => entity('Network', await one(context, attachedTo((await clusterOf(context)).id), context.path['network'])),
  },
  update,
  remove: detach,
};

/** Networks of many clusters at once. */
export async function networksOfClusters(context: Context, clusterIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const found = await matching(
    context,
    readableClusterNetworks(sql<boolean>`c.cluster_id = any(${clusterIds.filter(isUuid)}::uuid[])`),
    sql<boolean>`true`,
  );
  return Map.groupBy(found, (network) => (network['cluster'] as Entity).id ?? '');
}
