import type { HostNic, NetworkAttachment } from '@virgate/contract/generated/types';
import type { Client } from '@virgate/sdk';
import { broughtBy } from './draft.ts';
import type { Address, Bond, Draft, HostNetworks, Place } from './draft.ts';

/** How a set-up is to be done. */
export interface SetupOptions {
  /** The host takes everything back when it doesn't reach the engine within the time. */
  readonly checkConnectivity: boolean;
  readonly timeoutSeconds: number;
  /** The next boot of the host brings the same. */
  readonly commit: boolean;
}

/** Parameters of `setupnetworks`. */
export type SetupRequest = NonNullable<Parameters<ReturnType<Client['hosts']['host']>['setupNetworks']>[0]>;

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
const plain = (bond: Bond | undefined): unknown =>
  bond === undefined ? undefined : [bond.members.toSorted(), bond.options.map(({ name, value }) => `${name}=${value}`).toSorted()];

/** What of a draft differs from what there is, for `setupnetworks`; undefined when nothing does. */
export function requestOf(all: HostNetworks, draft: Draft, options: SetupOptions): SetupRequest | undefined {
  const { now } = all;
  const bonds = [...draft.bonds].filter(([name, bond]) => !same(plain(bond), plain(now.bonds.get(name))));
  const removedBonds = [...now.bonds.keys()].filter((name) => !draft.bonds.has(name));
  const labels = [...draft.labels].filter(([label, device]) => now.labels.get(label) !== device);
  const removedLabels = [...now.labels].filter(([label, device]) => draft.labels.get(label) !== device).map(([label]) => label);
  const placed = [...draft.places].filter(([id, place]) => asks(all, draft, id, place));
  const removed = [...now.places.keys()].filter((id) => {
    const label = broughtBy(all, now, id);
    return !draft.places.has(id) && (label === undefined || !removedLabels.includes(label));
  });
  const sync = [...draft.sync].flatMap((id) => all.attached.get(id)?.id ?? []);
  const body: SetupRequest = {
    ...(bonds.length === 0 ? {} : { modifiedBonds: bonds.map(([name, bond]) => bondBody(all, name, bond)) }),
    ...(removedBonds.length === 0 ? {} : { removedBonds: removedBonds.map((name) => deviceBody(all, name)) }),
    ...(labels.length === 0 ? {} : { modifiedLabels: labels.map(([id, name]) => ({ id, host_nic: { name } })) }),
    ...(removedLabels.length === 0 ? {} : { removedLabels: removedLabels.map((id) => ({ id })) }),
    ...(placed.length === 0 ? {} : { modifiedNetworkAttachments: placed.map(([id, place]) => placeBody(all, id, place)) }),
    ...(removed.length === 0 ? {} : { removedNetworkAttachments: removed.map((id) => ({ id: all.attached.get(id)?.id ?? '' })) }),
    ...(sync.length === 0 ? {} : { synchronizedNetworkAttachments: sync.map((id) => ({ id })) }),
  };
  if (Object.keys(body).length === 0) return undefined;
  return {
    ...body,
    checkConnectivity: options.checkConnectivity,
    ...(options.checkConnectivity ? { connectivityTimeout: options.timeoutSeconds } : {}),
    commitOnSuccess: options.commit,
  };
}

/** What a label brings needs no word of its own, unless it is to be set up otherwise than the label does. */
function asks(all: HostNetworks, draft: Draft, id: string, place: Place): boolean {
  const before = all.now.places.get(id);
  const label = broughtBy(all, draft, id);
  if (label === undefined || all.now.labels.get(label) === place.device) return !same(before, place);
  return before !== undefined && !same(before.settings, place.settings);
}

const deviceBody = (all: HostNetworks, name: string): HostNic => {
  const id = all.devices.find((device) => device.name === name)?.id;
  return id === undefined ? { name } : { id, name };
};

function bondBody(all: HostNetworks, name: string, bond: Bond): HostNic {
  return {
    ...(all.now.bonds.has(name) ? deviceBody(all, name) : { name }),
    bonding: {
      options: bond.options.map(({ name: option = '', value = '' }) => ({ name: option, value })),
      slaves: bond.members.map((nic) => deviceBody(all, nic)),
    },
  };
}

function addressBody(address: Address, version: 'v4' | 'v6') {
  const { method, address: own, mask, gateway } = address;
  return {
    assignment_method: method as 'none',
    ip: { version, ...(method === 'static' ? { address: own, netmask: mask, ...(gateway === '' ? {} : { gateway }) } : {}) },
  } as const;
}

/** All of a place that was changed: an empty list or share gives the word back to the network. */
function placeBody(all: HostNetworks, id: string, { device, settings }: Place): NetworkAttachment {
  const known = all.attached.get(id);
  const before = all.now.places.get(id)?.settings;
  const { ipv4, ipv6, nameServers, qos, properties } = settings;
  return {
    ...(known === undefined ? {} : { id: known.id }),
    network: { id },
    host_nic: { name: device },
    ip_address_assignments: [addressBody(ipv4, 'v4'), addressBody(ipv6, 'v6')],
    ...(same(before?.properties ?? [], properties) ? {} : { properties: [...properties] }),
    ...(same(before?.nameServers, nameServers) ? {} : { dns_resolver_configuration: { name_servers: [...(nameServers ?? [])] } }),
    ...(same(before?.qos, qos) ? {} : { qos: { ...qos, type: 'hostnetwork' as const } }),
  };
}
