import type { ReportedConfiguration } from '@virgate/contract/generated/types';
import type { QosLimits } from '../qos/limits.ts';
import type { ReportedAddress } from '../monitoring/reported-networks.ts';
import type { Attachment, ClusterNetwork } from './state.ts';

/** Size of frames on a network that has none of its own. Source: engine configuration, DefaultMTU. */
export const defaultMtu = 1500;

type Network = Pick<ClusterNetwork, 'vlanId' | 'mtu' | 'vmNetwork' | 'defaultRoute' | 'nameServers' | 'qos' | 'switchType'>;
type Wanted = Attachment['wanted'];

/** The share of its interface that a network is to have on a host; null where everything may be sent. */
export const wantedQos = (network: Pick<Network, 'qos'>, { qos }: Wanted): QosLimits | null => qos ?? network.qos;

/** Name servers that the host is to have by the network: only the one with the default route brings any. Source: engine behaviour, DNS of networks. */
export const wantedNameServers = (network: Pick<Network, 'defaultRoute' | 'nameServers'>, { nameServers }: Wanted): readonly string[] =>
  network.defaultRoute ? (nameServers ?? network.nameServers) : [];

/** Names of the shares in reports of what is in sync. Source: REST contract, ReportedConfiguration. */
const qosRows = {
  outbound_average_linkshare: 'outAverageLinkShare',
  outbound_average_upperlimit: 'outAverageUpperLimit',
  outbound_average_realtime: 'outAverageRealTime',
} as const;

const rowsOfQos = (wanted: QosLimits | null, reported: QosLimits): [string, string, string][] =>
  Object.entries(qosRows).map(([name, shown]) => [shown, String(wanted?.[name] ?? ''), String(reported[name] ?? '')]);

/** What nobody asked for is not compared: hosts have name servers of their own. */
const rowsOfNameServers = (wanted: readonly string[], reported: readonly string[]): [string, string, string][] =>
  wanted.length === 0 ? [] : [['dns_configuration', wanted.join(','), reported.join(',')]];

function addressRows(version: 'ipv4' | 'ipv6', wanted: ReportedAddress, reported: ReportedAddress): [string, string, string][] {
  const rows: [string, string, string][] = [[`${version}_boot_protocol`, wanted.method, reported.method]];
  // What a lease brings is nobody's wish.
  if (wanted.method !== 'static') return rows;
  return [
    ...rows,
    [`${version}_address`, wanted.address.toLowerCase(), reported.address.toLowerCase()],
    [version === 'ipv4' ? 'ipv4_netmask' : 'ipv6_prefix', wanted.netmask, reported.netmask],
    [`${version}_gateway`, wanted.gateway, reported.gateway],
  ];
}

/**
 * What a host reports of a network beside what is wanted: size, bridge, VLAN, switch, shares, addresses, default route, name servers. Pure. Source:
 * engine behaviour, host networking: what in and out of sync is computed over.
 */
export function compareAttachment(
  network: Network,
  { wanted, reported }: Pick<Attachment, 'wanted' | 'reported'>,
): Required<ReportedConfiguration>[] {
  const rows: [string, string, string][] = [
    ['mtu', String(network.mtu === 0 ? defaultMtu : network.mtu), String(reported.mtu)],
    ['bridged', String(network.vmNetwork), String(reported.bridged)],
    ['vlan', String(network.vlanId ?? ''), String(reported.vlanId ?? '')],
    ['switchType', network.switchType, reported.switch],
    ...rowsOfQos(wantedQos(network, wanted), reported.qos ?? {}),
    ...addressRows('ipv4', wanted.ipv4, reported.ipv4),
    ...addressRows('ipv6', wanted.ipv6, reported.ipv6),
    // Without an address of its own a network cannot have the route, whatever its role.
    ...(wanted.ipv4.method === 'none'
      ? []
      : [['default_route', String(network.defaultRoute), String(reported.defaultRoute)] as [string, string, string]]),
    ...rowsOfNameServers(wantedNameServers(network, wanted), reported.nameServers ?? []),
  ];
  return rows.map(([name, expected, actual]) => ({ name, expected_value: expected, actual_value: actual, in_sync: expected === actual }));
}

/** Whether a network on a host is as it is wanted. */
export const isInSync = (network: Network, attachment: Pick<Attachment, 'wanted' | 'reported'>): boolean =>
  compareAttachment(network, attachment).every((row) => row.in_sync);
