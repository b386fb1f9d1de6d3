import type { HostStatus, SwitchType } from '@virgate/contract/generated/types';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { ReportedNetwork } from '../monitoring/reported-networks.ts';
import type { NicSettings, WantedAttachment } from '../monitoring/save-networks.ts';
import type { QosLimits } from '../qos/limits.ts';
import type { Tables } from '../tables/schema.ts';

/** What joins devices on the hosts of a cluster, as SQL. @param alias of the table `cluster` */
export const switchTypeOf = (alias: string): RawBuilder<SwitchType> =>
  sql<SwitchType>`coalesce(${sql.ref(`${alias}.settings`)} ->> 'switch_type', 'legacy')`;

/** A network of a host's cluster. */
export interface ClusterNetwork {
  id: string;
  name: string;
  vdsmName: string;
  vlanId: number | null;
  /** 0 is the default size. */
  mtu: number;
  vmNetwork: boolean;
  stp: boolean;
  label: string | null;
  management: boolean;
  defaultRoute: boolean;
  /** For hosts on which it has the default route. */
  nameServers: readonly string[];
  /** Limits of its QoS; null without one. */
  qos: QosLimits | null;
  /** What joins devices on the hosts of the cluster. */
  switchType: SwitchType;
}

export interface HostNicRow {
  id: string;
  name: string;
  kind: 'nic' | 'bond' | 'vlan';
  mac: string | null;
  baseName: string | null;
  bondName: string | null;
  vlanId: number | null;
  networkName: string | null;
  bridged: boolean;
  settings: NicSettings;
}

export interface Attachment {
  id: string;
  networkId: string;
  nicName: string;
  wanted: WantedAttachment;
  reported: ReportedNetwork;
}

/** All that decides about the networks of one host. */
export interface HostNetworkState {
  host: { id: string; name: string; status: HostStatus; clusterId: string; switchType: SwitchType };
  nics: HostNicRow[];
  attachments: Attachment[];
  labels: { nicName: string; label: string }[];
  networks: ClusterNetwork[];
}

/** What of a host's networks the engine knows; undefined when there is no such host. */
export async function loadHostNetworks(db: Kysely<Tables>, hostId: string): Promise<HostNetworkState | undefined> {
  const host = await db
    .selectFrom('host')
    .innerJoin('host_state', 'host_state.host_id', 'host.id')
    .innerJoin('cluster', 'cluster.id', 'host.cluster_id')
    .select(['host.id', 'host.name', 'host_state.status', 'host.cluster_id', switchTypeOf('cluster').as('switch_type')])
    .where('host.id', '=', hostId)
    .executeTakeFirst();
  if (!host) return undefined;
  const nics = await sql<HostNicRow>`
    select id, name, kind, mac, base_name as "baseName", bond_name as "bondName", vlan_id as "vlanId", network_name as "networkName", bridged, settings
    from host_nic where host_id = ${hostId} order by name`.execute(db);
  const attachments = await sql<Attachment>`
    select id, network_id as "networkId", nic_name as "nicName", wanted, reported from network_attachment where host_id = ${hostId}
      and network_id in (select network_id from network_cluster where cluster_id = ${host.cluster_id})`.execute(db);
  const labels = await sql<{ nicName: string; label: string }>`
    select nic_name as "nicName", label from host_nic_label where host_id = ${hostId} order by label`.execute(db);
  const networks = await sql<ClusterNetwork>`
    select n.id, n.name, n.vdsm_name as "vdsmName", n.vlan_id as "vlanId", n.mtu, n.vm_network as "vmNetwork", n.stp, n.label, c.management,
      c.default_route as "defaultRoute", n.name_servers as "nameServers", q.limits as qos, ${switchTypeOf('k')} as "switchType"
    from network n join network_cluster c on c.network_id = n.id join cluster k on k.id = c.cluster_id left join qos q on q.id = n.qos_id where c.cluster_id = ${host.cluster_id} and n.provider_id is null order by n.name`.execute(
    db,
  );
  return {
    host: { id: host.id, name: host.name, status: host.status as HostStatus, clusterId: host.cluster_id, switchType: host.switch_type },
    nics: nics.rows,
    attachments: attachments.rows,
    labels: labels.rows,
    networks: networks.rows,
  };
}
