import { json } from '@virgate/database';
import { sql, type Transaction } from 'kysely';
import type { QosLimits } from '../qos/limits.ts';
import type { Tables } from '../tables/schema.ts';
import type { HostFacts } from './capabilities.ts';
import type { ReportedAddress, ReportedNetwork, ReportedNic } from './reported-networks.ts';

type Trx = Transaction<Tables>;

/** How a network on a host is wanted, beside what the network itself says. */
export interface WantedAttachment {
  ipv4: ReportedAddress;
  ipv6: ReportedAddress;
  properties: { name: string; value: string }[];
  /** Instead of the network's own. */
  nameServers?: string[];
  qos?: QosLimits;
}

/** What of a host's device is kept beside its columns. */
export type NicSettings = Pick<
  ReportedNic,
  'speedMbps' | 'mtu' | 'ipv4' | 'ipv6' | 'options' | 'activeMember' | 'partnerMac' | 'aggregatorId'
>;

async function saveNics(trx: Trx, hostId: string, nics: readonly ReportedNic[]): Promise<void> {
  const names = nics.map((nic) => nic.name);
  await sql`delete from host_nic where host_id = ${hostId} and name <> all(${names}::text[])`.execute(trx);
  for (const nic of nics) {
    const { speedMbps, mtu, ipv4, ipv6, options, activeMember, partnerMac, aggregatorId } = nic;
    const settings: NicSettings = { speedMbps, mtu, ipv4, ipv6, options, activeMember, partnerMac, aggregatorId };
    const columns = {
      kind: nic.kind,
      mac: nic.mac,
      base_name: nic.base,
      bond_name: nic.bond,
      vlan_id: nic.vlanId,
      network_name: nic.network,
      bridged: nic.bridged,
      settings: json(settings as unknown as Record<string, unknown>),
    };
    await trx
      .insertInto('host_nic')
      .values({ ...columns, id: crypto.randomUUID(), host_id: hostId, name: nic.name })
      .onConflict((conflict) => conflict.columns(['host_id', 'name']).doUpdateSet(columns))
      .execute();
  }
}

/**
 * Networks that a host reports are attached to it: one that nobody attached here is wanted as it is, one that is not there any
 * more is attached no longer. Source: engine behaviour, host networking.
 */
async function saveAttachments(trx: Trx, host: { id: string; clusterId: string }, reported: readonly ReportedNetwork[]): Promise<void> {
  const known = await sql<{ id: string; name: string }>`
    select n.id, n.vdsm_name as name from network n join network_cluster c on c.network_id = n.id where c.cluster_id = ${host.clusterId} and n.provider_id is null`.execute(
    trx,
  );
  const idOf = new Map(known.rows.map((row) => [row.name, row.id]));
  const there = reported.flatMap((network) => {
    const networkId = idOf.get(network.name);
    return networkId === undefined ? [] : [{ networkId, network }];
  });
  await sql`delete from network_attachment where host_id = ${host.id} and network_id <> all(${there.map((one) => one.networkId)}::uuid[])`.execute(
    trx,
  );
  for (const { networkId, network } of there) {
    const wanted: WantedAttachment = { ipv4: network.ipv4, ipv6: network.ipv6, properties: [] };
    const observed = { nic_name: network.base, reported: json(network as unknown as Record<string, unknown>) };
    await trx
      .insertInto('network_attachment')
      .values({
        ...observed,
        id: crypto.randomUUID(),
        host_id: host.id,
        network_id: networkId,
        wanted: json(wanted as unknown as Record<string, unknown>),
      })
      .onConflict((conflict) => conflict.columns(['host_id', 'network_id']).doUpdateSet(observed))
      .execute();
  }
}

/** Keeps what a host reports of its network. */
export async function saveNetworks(trx: Trx, host: { id: string; clusterId: string }, facts: HostFacts): Promise<void> {
  await saveNics(trx, host.id, facts.nics);
  await saveAttachments(trx, host, facts.networks);
}
