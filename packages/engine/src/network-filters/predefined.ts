import type { NetworkFilter, Version } from '@virgate/contract/generated/types';

/** Since when a filter can be used; parts of a version that do not exist are −1. Source: REST contract, NetworkFilter. */
const since = (major: number, minor: number): Version => ({ major, minor, build: -1, revision: -1 });

/** The filter that vNIC profiles have unless they say otherwise. Its id is the same in every installation. */
export const defaultNetworkFilterId = 'd2370ab4-fee3-11e9-a310-8c1645ce738e';

/** Ids of the others are this engine's own, in the order of the table. */
const idOf = (at: number): string => `d2370ab4-fee3-11e9-a310-8c1645ce74${at.toString(16).padStart(2, '0')}`;

const filtersOfLibvirt = [
  'allow-arp',
  'allow-dhcp',
  'allow-dhcp-server',
  'allow-incoming-ipv4',
  'allow-ipv4',
  'clean-traffic',
  'no-arp-ip-spoofing',
  'no-arp-mac-spoofing',
  'no-arp-spoofing',
  'no-ip-multicast',
  'no-ip-spoofing',
  'no-mac-broadcast',
  'no-mac-spoofing',
  'no-other-l2-traffic',
  'no-other-rarp-traffic',
  'qemu-announce-self',
  'qemu-announce-self-rarp',
] as const;

/** Filters for the traffic of NICs, as hosts know them by name. Nothing changes them. Source: engine behaviour, network filters. */
export const networkFilters: readonly Required<Pick<NetworkFilter, 'id' | 'name' | 'version'>>[] = [
  { id: defaultNetworkFilterId, name: 'vdsm-no-mac-spoofing', version: since(3, 2) },
  ...filtersOfLibvirt.map((name, at) => ({ id: idOf(at), name, version: since(3, 6) })),
  { id: idOf(filtersOfLibvirt.length), name: 'clean-traffic-gateway', version: since(4, 2) },
];

/** What hosts call the filter of an id; null for none. */
export const networkFilterName = (id: string | null): string | null => networkFilters.find((filter) => filter.id === id)?.name ?? null;
