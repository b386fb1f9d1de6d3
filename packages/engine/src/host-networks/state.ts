import type { HostStatus } from '@virgate/contract/generated/types';
import { sql, type Kysely } from 'kysely';
import type { ReportedNetwork } from '../monitoring/reported-networks.ts';
import type { NicSettings, WantedAttachment } from '../monitoring/save-networks.ts';
import type { Tables } from '../tables/schema.ts';

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
  host: { id: string; name: string; status: HostStatus; clusterId: string };
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
    .select(['host.id', 'host.name', 'host_state.status', 'host.cluster_id'])
    .where('host.id', '=', hostId)
    .executeTakeFirst();
  if (!host) return undefined;
  const nics = await sql<HostNicRow>`
    select id, name, kind, mac, base_name as "baseName", bond_name as "bondName", vlan_id as "vlanId", network_name as "networkName", bridged, settings
    from host_nic where host_id = ${hostId} order by name`.execute(db);
  const attachments = await sql<Attachment>`
    select id, network_id as "networkId", nic_name as "nicName", wanted, reported from network_attachment where host_id = ${hostId}`.execute(
    db,
  );
  const labels = await sql<{ nicName: string; label: string }>`
    select nic_name as "nicName", label from host_nic_label where host_id = ${hostId} order by label`.execute(db);
  const networks = await sql<ClusterNetwork>`
    select n.id, n.name, n.vdsm_name as "vdsmName", n.vlan_id as "vlanId", n.mtu, n.vm_network as "vmNetwork", n.stp, n.label, c.management,
      c.default_route as "defaultRoute"
    from network n join network_cluster c on c.network_id = n.id where c.cluster_id = ${host.cluster_id} order by n.name`.execute(db);
  return {
    host: { id: host.id, name: host.name, status: host.status as HostStatus, clusterId: host.cluster_id },
    nics: nics.rows,
    attachments: attachments.rows,
    labels: labels.rows,
    networks: networks.rows,
  };
}
