import { isDeepStrictEqual } from 'node:util';
import { conflict, refused, type Fault } from '../rest/fault.ts';
import type { WantedAttachment } from '../monitoring/save-networks.ts';
import { hostQosWords, reportedNetworks, reportedNics } from '../monitoring/reported-networks.ts';
import type { QosLimits } from '../qos/limits.ts';
import { isInSync, wantedNameServers, wantedQos } from './sync.ts';
import type { Attachment, ClusterNetwork, HostNetworkState, HostNicRow } from './state.ts';

/** A bond as it is wanted: its members by name, and its options. */
export interface WantedBond {
  name: string;
  nics: string[];
  options: Record<string, string>;
}

/** A network that is to be on a NIC or bond. */
export interface WantedPlace {
  networkId: string;
  nicName: string;
  wanted: WantedAttachment;
}

/** What is asked for: all of it is done, or nothing. */
export interface NetworkChange {
  attach: WantedPlace[];
  /** Networks by id. */
  detach: string[];
  bonds: WantedBond[];
  removeBonds: string[];
  label: { nicName: string; label: string }[];
  /** Labels that no device of the host is to have. */
  unlabel: string[];
  /** Networks, by id, that the host is to have as they are wanted, whatever it has now. */
  synchronize: string[];
  /** Networks, by the names that the host has for them, that the cluster does not know. */
  removeUnmanaged?: string[];
}

export const noChange: NetworkChange = { attach: [], detach: [], bonds: [], removeBonds: [], label: [], unlabel: [], synchronize: [] };

/** What a change comes to: the words for the host, and what the engine keeps when the host has done it. */
export interface PlannedChange {
  request: { networks: Record<string, Record<string, unknown>>; bondings: Record<string, Record<string, unknown>> };
  places: WantedPlace[];
  labels: { nicName: string; label: string }[];
}

/** Modes of bonds that carry no bridge. Source: engine behaviour, BondMode. */
const modesWithoutVmNetworks = new Set(['0', '5', '6', 'balance-rr', 'balance-tlb', 'balance-alb']);
const labelPattern = /^[A-Za-z0-9_-]{1,50}$/;
const bondPattern = /^bond\w{1,11}$/;

/** @throws {Fault} 400 */
export function checkLabel(label: string): string {
  if (!labelPattern.test(label)) throw refused('NETWORK_LABEL_FORMAT_INVALID');
  return label;
}

/** An address that a label brings, where nobody says another. */
export const noAddress: WantedAttachment = {
  ipv4: { method: 'none', address: '', netmask: '', gateway: '' },
  ipv6: { method: 'none', address: '', netmask: '', gateway: '' },
  properties: [],
};

const qosWords = (limits: QosLimits): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(hostQosWords).flatMap(([name, { key, factor }]) => {
      const value = limits[name];
      return value === undefined ? [] : [[key, { m2: value * factor }]];
    }),
  );

/** The words of Host.setupNetworks for one network. Source: VDSM schema, attributes as engines send them. */
export function networkWords(network: ClusterNetwork, place: WantedPlace, isBond: boolean): Record<string, unknown> {
  const { ipv4, ipv6, properties } = place.wanted;
  const qos = wantedQos(network, place.wanted);
  const nameServers = wantedNameServers(network, place.wanted);
  return {
    [isBond ? 'bonding' : 'nic']: place.nicName,
    ...(network.vlanId === null ? {} : { vlan: String(network.vlanId) }),
    mtu: network.mtu === 0 ? 1500 : network.mtu,
    bridged: String(network.vmNetwork),
    ...(network.vmNetwork ? { STP: network.stp ? 'yes' : 'no' } : {}),
    ...(ipv4.method === 'dhcp' ? { bootproto: 'dhcp' } : {}),
    ...(ipv4.method === 'static'
      ? { ipaddr: ipv4.address, netmask: ipv4.netmask, ...(ipv4.gateway === '' ? {} : { gateway: ipv4.gateway }) }
      : {}),
    ...(ipv6.method === 'dhcp' || ipv6.method === 'poly_dhcp_autoconf' ? { dhcpv6: true } : {}),
    ...(ipv6.method === 'autoconf' || ipv6.method === 'poly_dhcp_autoconf' ? { ipv6autoconf: true } : {}),
    ...(ipv6.method === 'static'
      ? { ipv6addr: `${ipv6.address}/${ipv6.netmask}`, ...(ipv6.gateway === '' ? {} : { ipv6gateway: ipv6.gateway }) }
      : {}),
    ...(network.defaultRoute ? { defaultRoute: true } : {}),
    ...(qos === null ? {} : { hostQos: { out: qosWords(qos) } }),
    ...(nameServers.length === 0 ? {} : { nameservers: nameServers }),
    switch: network.switchType,
    ...(properties.length === 0 ? {} : { custom: Object.fromEntries(properties.map(({ name, value }) => [name, value])) }),
  };
}

/** What the host is to have, computed from what it has. */
class Draft {
  readonly state: HostNetworkState;
  readonly change: NetworkChange;
  readonly places: Map<string, WantedPlace>;
  readonly bonds: Map<string, WantedBond>;
  readonly labels: Map<string, string>;
  /** Networks whose words go to the host whatever it has. */
  readonly told = new Set<string>();

  constructor(state: HostNetworkState, change: NetworkChange) {
    this.state = state;
    this.change = change;
    this.places = new Map(state.attachments.map(({ networkId, nicName, wanted }) => [networkId, { networkId, nicName, wanted }]));
    this.labels = new Map(state.labels.map(({ nicName, label }) => [label, nicName]));
    this.bonds = new Map(
      state.nics
        .filter((nic) => nic.kind === 'bond')
        .map((bond) => [
          bond.name,
          {
            name: bond.name,
            nics: state.nics.filter((nic) => nic.bondName === bond.name).map((nic) => nic.name),
            options: bond.settings.options,
          },
        ]),
    );
  }

  network(id: string): ClusterNetwork {
    const found = this.state.networks.find((network) => network.id === id);
    if (!found) throw refused('NETWORK_NOT_EXISTS_IN_CURRENT_CLUSTER', { networkName: id });
    return found;
  }

  /** A NIC or bond that the host has or is to have. */
  device(name: string): Pick<HostNicRow, 'name' | 'kind' | 'bondName'> {
    if (this.bonds.has(name)) return { name, kind: 'bond', bondName: null };
    const found = this.state.nics.find((nic) => nic.name === name && nic.kind !== 'bond');
    if (!found) throw refused('HOST_NETWORK_INTERFACE_HAVING_NAME_DOES_NOT_EXIST', { nicName: name });
    return found;
  }
}

function applyBonds(draft: Draft): void {
  const { change, bonds } = draft;
  for (const name of change.removeBonds) {
    if (!bonds.has(name)) throw refused('NETWORK_BOND_NOT_EXISTS', { bondName: name });
    if (change.bonds.some((bond) => bond.name === name)) throw refused('BONDS_UPDATED_AND_REMOVED_SIMULTANEOUSLY');
    bonds.delete(name);
    for (const [label, nic] of draft.labels) if (nic === name) draft.labels.delete(label);
  }
  for (const bond of change.bonds) {
    if (!bondPattern.test(bond.name)) throw refused('NETWORK_BOND_NAME_BAD_FORMAT', { bondName: bond.name });
    if (bond.nics.length === 0) throw refused('NETWORK_BONDS_INVALID_SLAVE_COUNT', { bondName: bond.name });
    for (const name of bond.nics) {
      const nic = draft.state.nics.find((one) => one.name === name);
      if (!nic) throw refused('HOST_NETWORK_INTERFACE_HAVING_NAME_DOES_NOT_EXIST', { nicName: name });
      if (nic.kind !== 'nic') throw refused('NETWORK_INTERFACE_BOND_OR_VLAN_CANNOT_BE_SLAVE', { slaveName: name });
    }
    bonds.set(bond.name, bond);
  }
  const members = new Set<string>();
  for (const bond of bonds.values()) {
    for (const nic of bond.nics) {
      if (members.has(nic)) throw refused('NETWORK_INTERFACE_ALREADY_IN_BOND', { nicName: nic });
      members.add(nic);
    }
  }
}

function detachAll(draft: Draft): void {
  for (const id of draft.change.detach) {
    const network = draft.network(id);
    if (!draft.places.has(id)) throw refused('NETWORK_ATTACHMENTS_TO_BE_REMOVED_DOES_NOT_EXISTS');
    if (draft.change.attach.some((place) => place.networkId === id)) throw refused('NETWORK_ATTACHMENT_IN_BOTH_LISTS');
    if (network.management) throw refused('NETWORK_CANNOT_REMOVE_MANAGEMENT_NETWORK');
    const nicName = draft.places.get(id)?.nicName;
    if (network.label !== null && draft.labels.get(network.label) === nicName)
      throw refused('ACTION_TYPE_FAILED_CANNOT_REMOVE_LABELED_NETWORK_FROM_NIC', { networkNames: network.name });
    draft.places.delete(id);
  }
}

function attachAll(draft: Draft): void {
  const seen = new Set<string>();
  for (const place of draft.change.attach) {
    const network = draft.network(place.networkId);
    if (seen.has(place.networkId)) throw refused('ACTION_TYPE_FAILED_NETWORK_ATTACHMENTS_REFERENCES_SAME_NETWORK_DUPLICATELY');
    seen.add(place.networkId);
    const labelled = network.label === null ? undefined : draft.labels.get(network.label);
    if (labelled !== undefined && labelled !== place.nicName)
      throw refused('ACTION_TYPE_FAILED_CANNOT_MOVE_LABELED_NETWORK_TO_ANOTHER_NIC', { networkName: network.name });
    draft.places.set(place.networkId, place);
    draft.told.add(place.networkId);
  }
}

/** Labels come and go, and with them the networks that have them. */
function applyLabels(draft: Draft): void {
  const { change, labels, places, state } = draft;
  for (const label of change.unlabel) {
    const nicName = labels.get(label);
    if (nicName === undefined) throw refused('INTERFACE_NOT_LABELED', { label });
    labels.delete(label);
    for (const network of state.networks)
      if (network.label === label && !network.management && places.get(network.id)?.nicName === nicName) places.delete(network.id);
  }
  for (const { label, nicName } of change.label) {
    checkLabel(label);
    const other = labels.get(label);
    if (other === nicName) throw refused('INTERFACE_ALREADY_LABELED', { AlreadyLabeledNic: nicName, label });
    if (other !== undefined) throw refused('OTHER_INTERFACE_ALREADY_LABELED', { LabeledNic: other, label });
    const device = draft.device(nicName);
    if (device.kind === 'vlan' || [...draft.bonds.values()].some((bond) => bond.nics.includes(nicName)))
      throw refused('LABEL_ATTACH_TO_IMPROPER_INTERFACE', { label });
    labels.set(label, nicName);
    for (const network of state.networks) {
      if (network.label !== label) continue;
      const known = places.get(network.id);
      if (known?.nicName === nicName) continue;
      // A label that moves takes its networks along as they are.
      const before = change.unlabel.includes(label) ? state.attachments.find((one) => one.networkId === network.id) : undefined;
      places.set(network.id, { networkId: network.id, nicName, wanted: (known ?? before)?.wanted ?? noAddress });
    }
  }
}

function checkPlaces(draft: Draft): void {
  const untagged = new Map<string, string>();
  for (const place of draft.places.values()) {
    const network = draft.network(place.networkId);
    // What stays as it is may be what this engine would not make.
    const device = draft.bonds.has(place.nicName)
      ? undefined
      : draft.state.nics.find((nic) => nic.name === place.nicName && nic.kind !== 'bond');
    const bond = draft.bonds.get(place.nicName);
    if (!device && !bond) {
      if (draft.change.removeBonds.includes(place.nicName)) throw refused('BOND_USED_BY_NETWORK_ATTACHMENTS', { bondName: place.nicName });
      if (!draft.told.has(place.networkId)) continue;
      throw refused('HOST_NETWORK_INTERFACE_HAVING_NAME_DOES_NOT_EXIST', { nicName: place.nicName });
    }
    if (device && draft.told.has(place.networkId) && device.kind === 'vlan')
      throw refused('CANNOT_ADD_NETWORK_ATTACHMENT_ON_SLAVE_OR_VLAN', { nicName: place.nicName });
    if ([...draft.bonds.values()].some((one) => one.nics.includes(place.nicName)))
      throw refused(
        draft.told.has(place.networkId)
          ? 'CANNOT_ADD_NETWORK_ATTACHMENT_ON_SLAVE_OR_VLAN'
          : 'NETWORK_INTERFACE_ATTACHED_TO_NETWORK_CANNOT_BE_SLAVE',
        { nicName: place.nicName },
      );
    if (bond && network.vmNetwork && modesWithoutVmNetworks.has(bond.options['mode'] ?? '4'))
      throw refused('INVALID_BOND_MODE_FOR_BOND_WITH_VM_NETWORK', { bondName: place.nicName, networkName: network.name });
    if (network.vlanId !== null) continue;
    const other = untagged.get(place.nicName);
    if (other !== undefined)
      throw refused('NETWORK_INTERFACES_NOT_EXCLUSIVELY_USED_BY_UNTAGGED_NETWORK', { networkNames: `${other}, ${network.name}` });
    untagged.set(place.nicName, network.name);
  }
}

/** A NIC shares what it sends among all of its networks, or among none. @throws {Fault} 400 */
function checkShares(draft: Draft): void {
  for (const [nicName, places] of Map.groupBy(draft.places.values(), (place) => place.nicName)) {
    const without = places.filter((place) => wantedQos(draft.network(place.networkId), place.wanted) === null);
    if (without.length === 0 || without.length === places.length || !places.some((place) => draft.told.has(place.networkId))) continue;
    throw refused('ACTION_TYPE_FAILED_HOST_NETWORK_QOS_INTERFACES_WITHOUT_QOS', {
      nicName,
      networkNames: without.map((place) => draft.network(place.networkId).name).join(', '),
    });
  }
}

/** Bonds below networks that move to another kind of switch move with them. */
function movedBonds(draft: Draft, networks: Record<string, Record<string, unknown>>): WantedBond[] {
  const { switchType } = draft.state.host;
  const moved = draft.state.attachments.filter(
    ({ reported }) => reported.switch !== switchType && networks[reported.name]?.['bonding'] !== undefined,
  );
  return [...new Set(moved.map(({ nicName }) => nicName))].flatMap((name) => draft.bonds.get(name) ?? []);
}

function bondWords(draft: Draft, networks: Record<string, Record<string, unknown>>): Record<string, Record<string, unknown>> {
  const words: Record<string, Record<string, unknown>> = {};
  for (const name of draft.change.removeBonds) words[name] = { remove: true };
  for (const bond of new Set([...draft.change.bonds, ...movedBonds(draft, networks)])) {
    const options = Object.entries(bond.options).map(([name, value]) => `${name}=${value}`);
    words[bond.name] = {
      nics: bond.nics,
      options: options.length === 0 ? 'mode=4 miimon=100' : options.join(' '),
      switch: draft.state.host.switchType,
    };
  }
  return words;
}

/**
 * What a change of a host's networks comes to. Pure.
 *
 * @throws {Fault} 400 or 409 with the contract's message
 */
export function planChange(state: HostNetworkState, change: NetworkChange): PlannedChange {
  const draft = new Draft(state, change);
  applyBonds(draft);
  detachAll(draft);
  attachAll(draft);
  applyLabels(draft);
  checkPlaces(draft);
  checkShares(draft);
  const before = new Map<string, Attachment>(state.attachments.map((attachment) => [attachment.networkId, attachment]));
  const networks: Record<string, Record<string, unknown>> = {};
  for (const id of before.keys()) if (!draft.places.has(id)) networks[draft.network(id).vdsmName] = { remove: 'true' };
  for (const [id, place] of draft.places) {
    const known = before.get(id);
    const network = draft.network(id);
    const asks = draft.told.has(id) || change.synchronize.includes(id);
    const moves = known?.nicName !== place.nicName || !isDeepStrictEqual(known?.wanted, place.wanted);
    const differs = asks && known !== undefined && !isInSync(network, { wanted: place.wanted, reported: known.reported });
    if (known && !moves && !differs) continue;
    networks[network.vdsmName] = networkWords(network, place, draft.bonds.has(place.nicName));
  }
  for (const name of change.removeUnmanaged ?? []) {
    if (state.networks.some((network) => network.vdsmName === name)) throw refused('REMOVED_UNMANAGED_NETWORK_IS_A_CLUSTER_NETWORK');
    if (!state.nics.some((nic) => nic.networkName === name)) throw refused('REMOVED_UNMANAGED_NETWORK_DOES_NOT_EXISIT_ON_HOST');
    networks[name] = { remove: 'true' };
  }
  return {
    request: { networks, bondings: bondWords(draft, networks) },
    places: [...draft.places.values()],
    labels: [...draft.labels].map(([label, nicName]) => ({ label, nicName })),
  };
}

const isGone = (words: Record<string, unknown>): boolean => words['remove'] !== undefined;

/** Whether a host reports what it was asked for. Pure. */
export function hasAll(request: PlannedChange['request'], capabilities: Record<string, unknown>): boolean {
  const reported = reportedNetworks(capabilities);
  const nics = reportedNics(capabilities, reported);
  const networks = Object.entries(request.networks).every(([name, words]) => {
    const there = reported.find((network) => network.name === name);
    if (isGone(words) || !there) return isGone(words) && !there;
    return (
      there.base === (words['nic'] ?? words['bonding']) &&
      String(there.vlanId ?? '') === (words['vlan'] ?? '') &&
      there.mtu === words['mtu'] &&
      String(there.bridged) === words['bridged'] &&
      (words['ipaddr'] === undefined || there.ipv4.address === words['ipaddr'])
    );
  });
  const bonds = Object.entries(request.bondings).every(([name, words]) => {
    const members = nics.filter((nic) => nic.bond === name).map((nic) => nic.name);
    if (isGone(words)) return !nics.some((nic) => nic.name === name);
    return isDeepStrictEqual(members.toSorted(), (words['nics'] as string[]).toSorted());
  });
  return networks && bonds;
}

/** Statuses in which a host's network can be set up. Source: engine behaviour, host networking. */
const settable: ReadonlySet<string> = new Set(['up', 'maintenance', 'non_operational']);

/** @throws {Fault} 409 */
export function checkSettable(status: string): void {
  if (!settable.has(status))
    throw conflict('ACTION_TYPE_FAILED_VDS_STATUS_ILLEGAL', {
      VAR_ACTION: 'setup',
      VAR_TYPE: 'Networks',
      hostStatus: status.replaceAll('_', ' '),
    }) satisfies Fault;
}
