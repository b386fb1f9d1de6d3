import type { Option, Qos, ReportedConfiguration } from '@virgate/contract/generated/types';
import type { TextKey } from '../text/en.ts';
import { bondModeOf, carriesVmNetworks } from './bond-modes.ts';

/** A NIC, or a bond that the host has. */
export interface Device {
  readonly id: string;
  readonly name: string;
  readonly mac: string | undefined;
  readonly up: boolean | undefined;
  readonly speedMbps: number | undefined;
  /** How many virtual functions it makes; undefined of what makes none. */
  readonly functions: { readonly made: number; readonly most: number; readonly allNetworks: boolean } | undefined;
  /** Name of the NIC that it is a virtual function of. */
  readonly functionOf: string | undefined;
}

/** A network of the host's cluster. */
export interface LogicalNetwork {
  readonly id: string;
  readonly name: string;
  readonly vlan: number | undefined;
  readonly mtu: number;
  readonly vm: boolean;
  readonly required: boolean;
  readonly management: boolean;
  /** Words of the contract: `display`, `migration`, … */
  readonly usages: readonly string[];
  readonly label: string | undefined;
  /** It belongs to a provider, which brings it to hosts by itself. */
  readonly external: boolean;
  readonly operational: boolean;
}

/** How a host is to take part in a network, each family of addresses apart. Masks are as they were typed: `255.255.255.0` or `24`. */
export interface Settings {
  readonly ipv4: Address;
  readonly ipv6: Address;
  /** Servers of the host's own; undefined leaves it to the network. */
  readonly nameServers: readonly string[] | undefined;
  /** Shares of the host's own; undefined leaves it to the network. */
  readonly qos: Pick<Qos, 'outbound_average_linkshare' | 'outbound_average_upperlimit' | 'outbound_average_realtime'> | undefined;
  readonly properties: readonly { readonly name: string; readonly value: string }[];
}

export interface Address {
  readonly method: string;
  readonly address: string;
  readonly mask: string;
  readonly gateway: string;
}

/** A network on a device. */
export interface Place {
  readonly device: string;
  readonly settings: Settings;
}

/** What of a place only the engine knows. */
export interface Attached {
  readonly id: string;
  readonly inSync: boolean;
  readonly differences: readonly ReportedConfiguration[];
}

export interface Bond {
  readonly members: readonly string[];
  readonly options: readonly Option[];
}

/** What the networks of a host are made of: what there is, and what is to be, are both told so. */
export interface Draft {
  readonly bonds: ReadonlyMap<string, Bond>;
  /** By network. */
  readonly places: ReadonlyMap<string, Place>;
  /** Names of devices by label. */
  readonly labels: ReadonlyMap<string, string>;
  /** Networks that are to be brought into line. */
  readonly sync: ReadonlySet<string>;
}

/** All that the engine tells of a host's networks. */
export interface HostNetworks {
  readonly devices: readonly Device[];
  readonly networks: readonly LogicalNetwork[];
  readonly attached: ReadonlyMap<string, Attached>;
  /** Networks that the host has and its cluster doesn't know. */
  readonly unmanaged: readonly { readonly id: string; readonly name: string; readonly device: string }[];
  readonly now: Draft;
}

/** Why something can't be done, as a text of the catalogue. */
export class Refusal {
  readonly key: TextKey;
  readonly values: Record<string, string>;

  constructor(key: TextKey, values: Record<string, string> = {}) {
    this.key = key;
    this.values = values;
  }
}

export const noAddress: Address = { method: 'none', address: '', mask: '', gateway: '' };
export const noSettings: Settings = { ipv4: noAddress, ipv6: noAddress, nameServers: undefined, qos: undefined, properties: [] };

const named = (all: HostNetworks, id: string): LogicalNetwork | undefined => all.networks.find((network) => network.id === id);

/** The bond that a NIC belongs to. */
export function bondOf(draft: Draft, nic: string): string | undefined {
  return [...draft.bonds].find(([, bond]) => bond.members.includes(nic))?.[0];
}

/** Names of what networks can be put on, in the order of names: NICs that are in no bond, and bonds. */
export function devicesOf(all: HostNetworks, draft: Draft): string[] {
  const nics = all.devices.filter((device) => !all.now.bonds.has(device.name)).map((device) => device.name);
  return [...nics.filter((name) => bondOf(draft, name) === undefined), ...draft.bonds.keys()].toSorted((one, other) =>
    one.localeCompare(other, 'en', { numeric: true }),
  );
}

/** Networks that a device carries, by name. */
export function networksOn(all: HostNetworks, draft: Draft, device: string): LogicalNetwork[] {
  return all.networks.filter((network) => draft.places.get(network.id)?.device === device);
}

/** A name that no bond has yet. */
export function freeBondName(draft: Draft, all: HostNetworks): string {
  const taken = new Set([...draft.bonds.keys(), ...all.now.bonds.keys()]);
  let number = 0;
  while (taken.has(`bond${number}`)) number += 1;
  return `bond${number}`;
}

/** What is against the networks of a draft being where they are. Source: engine behaviour, host networking. */
function refusalOf(all: HostNetworks, draft: Draft, device: string): Refusal | undefined {
  const here = networksOn(all, draft, device);
  const bond = draft.bonds.get(device);
  const vm = here.find((network) => network.vm);
  if (bond !== undefined && vm !== undefined && !carriesVmNetworks(bondModeOf(bond.options)))
    return new Refusal('hostNetworks.refused.mode', { network: vm.name, bond: device });
  const [first, second] = here.filter((network) => network.vlan === undefined);
  if (first !== undefined && second !== undefined)
    return new Refusal('hostNetworks.refused.untagged', { first: first.name, second: second.name, device });
  return undefined;
}

const checked = (all: HostNetworks, draft: Draft, device: string): Draft | Refusal => refusalOf(all, draft, device) ?? draft;

/** The label by which a network is where it is; undefined when it was put there by itself. */
export function broughtBy(all: HostNetworks, draft: Draft, id: string): string | undefined {
  const label = named(all, id)?.label;
  return label !== undefined && draft.labels.get(label) === draft.places.get(id)?.device ? label : undefined;
}

/** Puts a network on a device, or moves it there. */
export function attach(all: HostNetworks, draft: Draft, id: string, device: string): Draft | Refusal {
  const network = named(all, id);
  if (network === undefined) return new Refusal('hostNetworks.refused.gone');
  if (network.external) return new Refusal('hostNetworks.refused.external', { network: network.name });
  const label = broughtBy(all, draft, id);
  if (label !== undefined && draft.places.get(id)?.device !== device)
    return new Refusal('hostNetworks.refused.labelled', { network: network.name, label });
  const wanted = network.label === undefined ? undefined : draft.labels.get(network.label);
  if (wanted !== undefined && wanted !== device)
    return new Refusal('hostNetworks.refused.labelledElsewhere', { network: network.name, label: network.label ?? '', device: wanted });
  if (!devicesOf(all, draft).includes(device)) return new Refusal('hostNetworks.refused.member', { device });
  const settings = draft.places.get(id)?.settings ?? all.now.places.get(id)?.settings ?? noSettings;
  return checked(all, { ...draft, places: new Map(draft.places).set(id, { device, settings }) }, device);
}

/** Takes a network off the host. */
export function detach(all: HostNetworks, draft: Draft, id: string): Draft | Refusal {
  const network = named(all, id);
  if (network?.management === true) return new Refusal('hostNetworks.refused.management', { network: network.name });
  const label = broughtBy(all, draft, id);
  if (label !== undefined) return new Refusal('hostNetworks.refused.labelled', { network: network?.name ?? id, label });
  const places = new Map(draft.places);
  places.delete(id);
  return { ...draft, places, sync: without(draft.sync, id) };
}

const without = <T>(set: ReadonlySet<T>, ...gone: T[]): ReadonlySet<T> => new Set([...set].filter((one) => !gone.includes(one)));

/** Networks and labels of some devices go to another one. */
function moved(draft: Draft, from: readonly string[], to: string): Draft {
  return {
    ...draft,
    places: new Map([...draft.places].map(([id, place]) => [id, from.includes(place.device) ? { ...place, device: to } : place])),
    labels: new Map([...draft.labels].map(([label, device]) => [label, from.includes(device) ? to : device])),
  };
}

/** Joins NICs in a new bond; what was on them goes to it. */
export function makeBond(all: HostNetworks, draft: Draft, name: string, bond: Bond): Draft | Refusal {
  if (!/^bond\w{1,11}$/.test(name)) return new Refusal('hostNetworks.refused.bondName');
  if (draft.bonds.has(name) || all.devices.some((device) => device.name === name && !all.now.bonds.has(name)))
    return new Refusal('hostNetworks.refused.bondTaken', { bond: name });
  const taken = bond.members.find((nic) => bondOf(draft, nic) !== undefined);
  if (taken !== undefined) return new Refusal('hostNetworks.refused.member', { device: taken });
  const unmanaged = all.unmanaged.find((one) => bond.members.includes(one.device));
  if (unmanaged !== undefined) return new Refusal('hostNetworks.refused.unmanaged', { network: unmanaged.name, device: unmanaged.device });
  return checked(all, moved({ ...draft, bonds: new Map(draft.bonds).set(name, bond) }, bond.members, name), name);
}

/** Another mode or other options for a bond. */
export function changeBond(all: HostNetworks, draft: Draft, name: string, options: readonly Option[]): Draft | Refusal {
  const bond = draft.bonds.get(name);
  if (bond === undefined) return new Refusal('hostNetworks.refused.gone');
  return checked(all, { ...draft, bonds: new Map(draft.bonds).set(name, { ...bond, options }) }, name);
}

/** Puts a NIC into a bond. */
export function joinBond(all: HostNetworks, draft: Draft, name: string, nic: string): Draft | Refusal {
  const bond = draft.bonds.get(name);
  if (bond === undefined) return new Refusal('hostNetworks.refused.gone');
  const before = bondOf(draft, nic);
  if (before === name) return draft;
  const left = before === undefined ? draft : leaveBond(all, draft, nic);
  if (left instanceof Refusal) return left;
  const unmanaged = all.unmanaged.find((one) => one.device === nic);
  if (unmanaged !== undefined) return new Refusal('hostNetworks.refused.unmanaged', { network: unmanaged.name, device: nic });
  const bonds = new Map(left.bonds).set(name, { ...bond, members: [...bond.members, nic] });
  return checked(all, moved({ ...left, bonds }, [nic], name), name);
}

/** Takes a NIC out of its bond. A bond of one NIC is none: it is broken, and what was on it goes to the NIC that remains. */
export function leaveBond(all: HostNetworks, draft: Draft, nic: string): Draft | Refusal {
  const name = bondOf(draft, nic);
  const bond = name === undefined ? undefined : draft.bonds.get(name);
  if (name === undefined || bond === undefined) return new Refusal('hostNetworks.refused.gone');
  const members = bond.members.filter((one) => one !== nic);
  if (members.length < 2) return breakBond(all, draft, name, members[0]);
  return { ...draft, bonds: new Map(draft.bonds).set(name, { ...bond, members }) };
}

/** Makes single NICs of a bond; what was on it goes to its first one, so that no network is lost on the way. */
export function breakBond(all: HostNetworks, draft: Draft, name: string, heir = draft.bonds.get(name)?.members[0]): Draft | Refusal {
  if (heir === undefined) return new Refusal('hostNetworks.refused.gone');
  const bonds = new Map(draft.bonds);
  bonds.delete(name);
  return checked(all, moved({ ...draft, bonds }, [name], heir), heir);
}

/** Gives a device a label: networks of the cluster that have it come along. */
export function addLabel(all: HostNetworks, draft: Draft, device: string, label: string): Draft | Refusal {
  if (!/^[A-Za-z0-9_-]{1,50}$/.test(label)) return new Refusal('hostNetworks.refused.labelName');
  const other = draft.labels.get(label);
  if (other !== undefined && other !== device) return new Refusal('hostNetworks.refused.labelTaken', { label, device: other });
  if (!devicesOf(all, draft).includes(device)) return new Refusal('hostNetworks.refused.member', { device });
  const places = new Map(draft.places);
  for (const network of all.networks)
    if (network.label === label && !network.external)
      places.set(network.id, { device, settings: draft.places.get(network.id)?.settings ?? noSettings });
  return checked(all, { ...draft, labels: new Map(draft.labels).set(label, device), places }, device);
}

/** Takes a label off its device, and the networks that came with it; the management network stays. */
export function removeLabel(all: HostNetworks, draft: Draft, label: string): Draft {
  const device = draft.labels.get(label);
  const labels = new Map(draft.labels);
  labels.delete(label);
  const gone = all.networks
    .filter((network) => network.label === label && !network.management && draft.places.get(network.id)?.device === device)
    .map((network) => network.id);
  return { ...draft, labels, places: new Map([...draft.places].filter(([id]) => !gone.includes(id))), sync: without(draft.sync, ...gone) };
}

/** Says how the host takes part in a network. */
export function setSettings(draft: Draft, id: string, settings: Settings): Draft {
  const place = draft.places.get(id);
  return place === undefined ? draft : { ...draft, places: new Map(draft.places).set(id, { ...place, settings }) };
}

/** Marks a network to be brought into line, or no longer. */
export function setSync(draft: Draft, id: string, wanted: boolean): Draft {
  return { ...draft, sync: wanted ? new Set([...draft.sync, id]) : without(draft.sync, id) };
}

/** Something that is moved: a network, a label or a NIC. */
export interface Dragged {
  readonly kind: 'network' | 'label' | 'nic';
  /** Id of the network, the label, name of the NIC. */
  readonly id: string;
  /** It is dragged by a pointer, so that no buttons are needed to put it somewhere. */
  readonly dragging?: true;
}

/** Where it can be dropped: a device, or the place of what is on none. */
export type Target = { readonly device: string } | 'nowhere';

/** What a drop comes to: another draft, a bond whose name and mode are to be asked for, or why it can't be. */
export function drop(all: HostNetworks, draft: Draft, dragged: Dragged, target: Target): Draft | Refusal | { bond: [string, string] } {
  if (dragged.kind === 'network') {
    const before = draft.places.get(dragged.id)?.device;
    if (target === 'nowhere') return before === undefined ? draft : detach(all, draft, dragged.id);
    return before === target.device ? draft : attach(all, draft, dragged.id, target.device);
  }
  if (dragged.kind === 'label') {
    const before = draft.labels.get(dragged.id);
    if (target === 'nowhere') return before === undefined ? draft : removeLabel(all, draft, dragged.id);
    if (before === target.device) return draft;
    const labels = new Map(draft.labels);
    labels.delete(dragged.id);
    return addLabel(all, { ...draft, labels }, target.device, dragged.id);
  }
  if (target === 'nowhere') {
    return bondOf(draft, dragged.id) === undefined ? new Refusal('hostNetworks.refused.nic') : leaveBond(all, draft, dragged.id);
  }
  if (target.device === dragged.id) return draft;
  if (draft.bonds.has(target.device)) return joinBond(all, draft, target.device, dragged.id);
  const left = bondOf(draft, dragged.id) === undefined ? draft : leaveBond(all, draft, dragged.id);
  if (left instanceof Refusal) return left;
  return { bond: [target.device, dragged.id] };
}
