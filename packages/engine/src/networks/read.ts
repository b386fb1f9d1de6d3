import type { Network, NetworkUsage } from '@virgate/contract/generated/types';
import { sql, type RawBuilder, type Selectable } from 'kysely';
import { tail, type Readable } from '../rest/listing.ts';
import type { Entity } from '../rest/operation.ts';
import { apiRoot } from '../rest/represent.ts';
import type { NetworkClusterTable, NetworkTable } from '../tables/schema.ts';

type NetworkRow = Selectable<NetworkTable>;
type ClusterNetworkRow = NetworkRow & Omit<Selectable<NetworkClusterTable>, 'network_id'>;

const networkOf = (row: NetworkRow): Network => ({
  id: row.id,
  name: row.name,
  description: row.description,
  comment: row.comment,
  data_center: { id: row.data_center_id },
  mtu: row.mtu,
  stp: row.stp,
  port_isolation: row.port_isolation,
  usages: row.vm_network ? ['vm'] : [],
  vdsm_name: row.vdsm_name,
  ...(row.vlan_id === null ? {} : { vlan: { id: row.vlan_id } }),
  ...(row.name_servers.length === 0 ? {} : { dns_resolver_configuration: { name_servers: row.name_servers } }),
  ...(row.provider_id === null
    ? {}
    : { external_provider: { id: row.provider_id, href: `${apiRoot}/openstacknetworkproviders/${row.provider_id}` } }),
  ...(row.qos_id === null ? {} : { qos: { id: row.qos_id, href: `${apiRoot}/datacenters/${row.data_center_id}/qoss/${row.qos_id}` } }),
});

/** Roles that a network can have in a cluster, by their column. */
export const clusterRoles = ['display', 'migration', 'management', 'default_route', 'gluster'] as const satisfies readonly NetworkUsage[];

const clusterNetworkOf = (row: ClusterNetworkRow): Network => ({
  ...networkOf(row),
  cluster: { id: row.cluster_id },
  required: row.required,
  display: row.display,
  status: row.status as Network['status'],
  usages: [...(row.vm_network ? ['vm' as const] : []), ...clusterRoles.filter((role) => row[role])],
});

/** Networks of data centers: one statement, whatever their number. */
export const readableNetworks: Readable = {
  objectType: 'network',
  table: 'network',
  order: sql`t.name, t.id`,
  search: 'network',
  async read(context, selection) {
    const found = await sql<NetworkRow>`select t.* from network t where ${selection.condition} ${tail(selection)}`.execute(context.db);
    return found.rows.map((row) => networkOf(row) as Entity);
  },
};

/** Networks as clusters have them: with their roles and whether they are required there. Condition: SQL over `c`, the attachment. */
export const readableClusterNetworks = (within: RawBuilder<boolean>): Readable => ({
  objectType: 'network',
  order: sql`t.name, t.id`,
  search: 'network',
  async read(context, selection) {
    const found = await sql<ClusterNetworkRow>`
      select t.*, c.cluster_id, c.required, c.display, c.migration, c.management, c.default_route, c.gluster, c.status
      from network t join network_cluster c on c.network_id = t.id where ${within} and ${selection.condition} ${tail(selection)}`.execute(
      context.db,
    );
    return found.rows.map((row) => clusterNetworkOf(row) as Entity);
  },
});
