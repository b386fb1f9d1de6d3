import type {
  Action,
  BootProtocol,
  HostNic,
  IpAddressAssignment,
  NetworkAttachment,
  NetworkLabel,
} from '@virgate/contract/generated/types';
import { isIPv4, isIPv6 } from 'node:net';
import type { ReportedAddress } from '../monitoring/reported-networks.ts';
import type { WantedAttachment } from '../monitoring/save-networks.ts';
import { limitsOnHost, nameServersOf } from '../networks/services.ts';
import { incomplete, refused } from '../rest/fault.ts';
import { noAddress, type NetworkChange, type WantedBond, type WantedPlace } from './change.ts';
import type { Attachment, ClusterNetwork, HostNetworkState } from './state.ts';

/** What names an object of the host or its cluster. */
interface Named {
  id?: string;
  name?: string;
}

/** The device that a request names by id or name; a bond of the same request has a name only. @throws {Fault} 400 */
export function nicNameOf(state: HostNetworkState, reference: Named | undefined): string {
  if (reference?.id !== undefined) {
    const found = state.nics.find((nic) => nic.id === reference.id);
    if (!found) throw refused('HOST_NETWORK_INTERFACE_HAVING_ID_DOES_NOT_EXIST', { nicId: reference.id });
    if (reference.name !== undefined && reference.name !== found.name)
      throw refused('NETWORK_ATTACHMENT_REFERENCES_NICS_INCOHERENTLY', { nicName: reference.name });
    return found.name;
  }
  if (reference?.name === undefined) throw incomplete('host_nic.id|name');
  return reference.name;
}

function networkIdOf(state: HostNetworkState, reference: Named | undefined): string {
  const { id, name } = reference ?? {};
  if (id === undefined && name === undefined) throw refused('NETWORK_ATTACHMENT_NETWORK_ID_OR_NAME_IS_NOT_SET');
  const found = state.networks.find((network) => (id === undefined ? network.name === name : network.id === id));
  if (!found) throw refused('NETWORK_NOT_EXISTS_IN_CURRENT_CLUSTER', { networkName: name ?? id ?? '' });
  return found.id;
}

const prefixToNetmask = (length: number): string =>
  [0, 8, 16, 24].map((start) => 256 - 2 ** (8 - Math.min(8, Math.max(0, length - start)))).join('.');

function netmaskOf(text: string | undefined): string {
  if (text !== undefined && /^\d{1,2}$/.test(text) && Number(text) <= 32) return prefixToNetmask(Number(text));
  if (text === undefined || !isIPv4(text)) throw refused('NETWORK_ADDR_IN_SUBNET_BAD_FORMAT');
  return text;
}

function staticAddress({ ip }: IpAddressAssignment, version: 'v4' | 'v6'): ReportedAddress {
  const address = ip?.address;
  const isAddress = version === 'v4' ? isIPv4 : isIPv6;
  if (!address || !ip?.netmask) throw refused('NETWORK_ATTACHMENT_IP_CONFIGURATION_STATIC_BOOT_PROTOCOL_MISSING_IP_ADDRESS_DETAILS');
  if (!isAddress(address)) throw refused(version === 'v4' ? 'IPV4_ADDR_BAD_FORMAT' : 'BAD_IPV4_OR_IPV6_ADDRESS_FORMAT');
  if (ip.gateway && !isAddress(ip.gateway))
    throw refused(version === 'v4' ? 'IPV4_ADDR_GATEWAY_BAD_FORMAT' : 'BAD_IPV4_OR_IPV6_ADDRESS_FORMAT');
  if (version === 'v6' && !/^(?:[1-9]|[1-9]\d|1[01]\d|12[0-8])$/.test(ip.netmask)) throw refused('BAD_IPV4_OR_IPV6_ADDRESS_FORMAT');
  return { method: 'static', address, netmask: version === 'v4' ? netmaskOf(ip.netmask) : ip.netmask, gateway: ip.gateway ?? '' };
}

const allowed: Record<'v4' | 'v6', readonly BootProtocol[]> = {
  v4: ['none', 'static', 'dhcp'],
  v6: ['none', 'static', 'dhcp', 'autoconf', 'poly_dhcp_autoconf'],
};

function addressOf(assignment: IpAddressAssignment, version: 'v4' | 'v6'): ReportedAddress {
  const method = assignment.assignment_method;
  if (method === undefined) throw refused('NETWORK_ATTACHMENT_IP_CONFIGURATION_MISSING_BOOT_PROTOCOL');
  if (!allowed[version].includes(method))
    throw refused('NETWORK_ATTACHMENT_IP_CONFIGURATION_INCOMPATIBLE_BOOT_PROTOCOL_AND_IP_ADDRESS_DETAILS');
  if (method === 'static') return staticAddress(assignment, version);
  return { method, address: '', netmask: '', gateway: '' };
}

/** What a request says of a network on a host beside where it is; what it leaves out stays. @throws {Fault} 400 */
export function wantedOf(body: NetworkAttachment, current: WantedAttachment = noAddress): WantedAttachment {
  const { nameServers, qos, ...rest } = current;
  // An empty list, or a QoS without limits, gives way to what the network itself says.
  const servers = nameServersOf(body.dns_resolver_configuration) ?? nameServers ?? [];
  const limits = body.qos === undefined ? qos : limitsOnHost(body.qos);
  const wanted: WantedAttachment = {
    ...rest,
    ...(servers.length === 0 ? {} : { nameServers: servers }),
    ...(limits === undefined ? {} : { qos: limits }),
  };
  for (const assignment of body.ip_address_assignments ?? []) {
    const version = assignment.ip?.version ?? 'v4';
    wanted[version === 'v6' ? 'ipv6' : 'ipv4'] = addressOf(assignment, version === 'v6' ? 'v6' : 'v4');
  }
  if (body.properties !== undefined) wanted.properties = body.properties.map(({ name = '', value = '' }) => ({ name, value }));
  return wanted;
}

/** Where and how a request wants a network: a new one, or one that the host has. */
export function placeOf(state: HostNetworkState, body: NetworkAttachment, known: Attachment | undefined, nicName?: string): WantedPlace {
  const networkId = known?.networkId ?? networkIdOf(state, body.network);
  if (known && body.network !== undefined && networkIdOf(state, body.network) !== known.networkId)
    throw refused('CANNOT_CHANGE_ATTACHED_NETWORK');
  const named = body.host_nic === undefined ? undefined : nicNameOf(state, body.host_nic);
  if (nicName !== undefined && named !== undefined && named !== nicName)
    throw refused('NETWORK_ATTACHMENT_REFERENCES_NICS_INCOHERENTLY', { nicName: named });
  return { networkId, nicName: nicName ?? named ?? known?.nicName ?? nicNameOf(state, undefined), wanted: wantedOf(body, known?.wanted) };
}

function attachmentOf(state: HostNetworkState, id: string | undefined): Attachment {
  if (id === undefined) throw refused('NETWORK_ATTACHMENTS_ID_MUST_BE_SET_FOR_UPDATE');
  const found = state.attachments.find((attachment) => attachment.id === id);
  if (!found) throw refused('MODIFIED_NETWORK_ATTACHMENT_DOES_NOT_EXISTS', { attachmentId: id });
  return found;
}

/** An attachment of the list: by its id one that is there; without, one by its network when that is there, as clients send both ways. */
function modified(state: HostNetworkState, body: NetworkAttachment): WantedPlace {
  if (body.id !== undefined) return placeOf(state, body, attachmentOf(state, body.id));
  const networkId = networkIdOf(state, body.network);
  return placeOf(
    state,
    body,
    state.attachments.find((attachment) => attachment.networkId === networkId),
  );
}

function bondNameOf(state: HostNetworkState, body: HostNic): string {
  if (body.id !== undefined) {
    const found = state.nics.find((nic) => nic.id === body.id);
    if (!found) throw refused('NETWORK_BOND_RECORDS_DOES_NOT_EXISTS', { bondId: body.id });
    if (found.kind !== 'bond') throw refused('NETWORK_INTERFACE_IS_NOT_BOND', { nicName: found.name });
    return found.name;
  }
  if (!body.name) throw refused('BOND_DOES_NOT_HAVE_NEITHER_ID_NOR_NAME_SPECIFIED');
  return body.name;
}

function bondOf(state: HostNetworkState, body: HostNic): WantedBond {
  const name = bondNameOf(state, body);
  const known = state.nics.find((nic) => nic.name === name && nic.kind === 'bond');
  const members = state.nics.filter((nic) => nic.bondName === name).map((nic) => nic.name);
  const { slaves, options } = body.bonding ?? {};
  return {
    name,
    nics: slaves === undefined ? members : slaves.map((nic) => nicNameOf(state, nic)),
    options:
      options === undefined
        ? (known?.settings.options ?? {})
        : Object.fromEntries(options.map((option) => [option.name ?? '', option.value ?? ''])),
  };
}

const labelOf = (label: NetworkLabel): string => {
  if (!label.id) throw refused('LABEL_ON_NETWORK_LABEL_CANNOT_BE_NULL');
  return label.id;
};

/** What `setupnetworks` asks for. @throws {Fault} 400 */
export function changeOf(state: HostNetworkState, body: Action): NetworkChange {
  const labels = (body.modified_labels ?? []).map((label) => ({ nicName: nicNameOf(state, label.host_nic), label: labelOf(label) }));
  if (new Set(labels.map((one) => one.label)).size < labels.length) throw refused('PARAMS_CONTAIN_DUPLICATE_LABELS');
  const removed = (body.removed_network_attachments ?? []).map((one) => {
    const found = state.attachments.find((attachment) => attachment.id === one.id);
    if (!found) throw refused('NETWORK_ATTACHMENTS_TO_BE_REMOVED_DOES_NOT_EXISTS');
    return found.networkId;
  });
  const has = (one: { nicName: string; label: string }): boolean =>
    state.labels.some((known) => known.label === one.label && known.nicName === one.nicName);
  return {
    attach: (body.modified_network_attachments ?? []).map((one) => modified(state, one)),
    detach: removed,
    bonds: (body.modified_bonds ?? []).map((one) => bondOf(state, one)),
    removeBonds: (body.removed_bonds ?? []).map((one) => bondNameOf(state, one)),
    // A label in the list that the NIC has already is no change.
    label: labels.filter((one) => !has(one)),
    unlabel: (body.removed_labels ?? []).map(labelOf),
    synchronize: (body.synchronized_network_attachments ?? []).map((one) => attachmentOf(state, one.id).networkId),
  };
}

/** Networks of a host that are to be there as wanted. */
export const allOf = (state: HostNetworkState): string[] => state.attachments.map((attachment) => attachment.networkId);

/** @throws {Fault} 400 when the host has the network already */
export function checkNotAttached(state: HostNetworkState, network: ClusterNetwork['id']): void {
  if (state.attachments.some((attachment) => attachment.networkId === network)) throw refused('NETWORK_ALREADY_ATTACHED_TO_HOST');
}
