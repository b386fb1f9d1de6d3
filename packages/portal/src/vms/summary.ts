import type { Vm } from '@virgate/contract/generated/types';
import type { Client } from '@virgate/sdk';
import type { Entity, Reference, ValueDescription } from '../kinds/kind.ts';
import { clusters, hosts } from '../kinds/references.ts';

/** Addresses that the guest agent reported, IPv4 before IPv6, link-local ones left out. */
export function addressesOf(vm: Vm): string[] {
  const all = (vm.reported_devices ?? [])
    .flatMap((device) => device.ips ?? [])
    .filter((ip) => ip.address !== undefined && !/^fe80:/i.test(ip.address));
  return all.sort((a, b) => Number(a.version === 'v6') - Number(b.version === 'v6')).map((ip) => ip.address ?? '');
}

/** Virtual CPUs: sockets × cores × threads. */
export function cpuCount(vm: Entity & Pick<Vm, 'cpu'>): number | undefined {
  const topology = vm.cpu?.topology;
  return topology === undefined ? undefined : (topology.sockets ?? 1) * (topology.cores ?? 1) * (topology.threads ?? 1);
}

const resting: ReadonlySet<string> = new Set(['down', 'suspended', 'image_locked']);

/** Since when it runs; undefined when it doesn't. */
export function runningSince(vm: Vm): number | undefined {
  return resting.has(vm.status ?? '') ? undefined : vm.start_time;
}

/** What a list calls its type: pool, stateless, or what it is optimized for. */
function kindOf(vm: Vm): string | undefined {
  const kind = vm.type ?? 'server';
  if (vm.vm_pool !== undefined) return `${kind}, pool`;
  return vm.stateless === true ? `${kind}, stateless` : kind;
}

function usersOf(vm: Vm, console: boolean): string[] {
  return (vm.sessions ?? []).filter((one) => (one.console_user === true) === console).flatMap((one) => one.user?.user_name ?? []);
}

/** The data center of a cluster, for objects that know only their cluster. */
export const centersOfClusters: Reference = {
  type: 'cluster',
  key: () => 'data_center',
  list: (client, _, signal) => client.clusters.list({ follow: 'data_center' }, { signal }),
  label: (option) => (option as { data_center?: Entity }).data_center?.name ?? '',
};

/** What lists and tables tell of virtual machines. */
export const vmColumn = {
  name: { label: 'label.name', path: 'name', width: 160 },
  status: { label: 'label.status', path: 'status', as: 'status', detail: 'status_detail', covers: ['(icon) Status Icon'] },
  host: { label: 'label.host', path: 'host.id', of: hosts },
  addresses: { label: 'label.ipAddresses', path: addressesOf, width: 130 },
  fqdn: { label: 'label.fqdn', path: 'fqdn' },
  cluster: { label: 'label.cluster', path: 'cluster.id', of: clusters },
  dataCenter: { label: 'label.dataCenter', path: 'cluster.id', of: centersOfClusters },
  memory: { label: 'label.memory', path: 'memory', as: 'bytes', meter: 'memory', width: 124 },
  cpu: { label: 'label.cpu', path: cpuCount, as: 'vcpus', meter: 'cpu', width: 124 },
  network: { label: 'label.networkUse', path: 'status', as: 'live', meter: 'network', covers: ['Network'] },
  uptime: { label: 'label.uptime', path: runningSince, as: 'since' },
  type: { label: 'label.type', path: kindOf, as: 'words' },
  graphics: { label: 'label.graphicsShort', path: 'display.type', as: 'words' },
  description: { label: 'label.description', path: 'description' },
  comment: { label: 'label.comment', path: 'comment' },
  vcpus: { label: 'label.vcpus', path: cpuCount, as: 'number' },
  consoleUser: { label: 'label.consoleUser', path: (vm: Vm) => usersOf(vm, true) },
  loggedInUser: { label: 'label.loggedInUser', path: (vm: Vm) => usersOf(vm, false) },
} as const satisfies Readonly<Record<string, ValueDescription>>;

/** Virtual machines with all that {@link vmColumn} tells. */
export async function listVms(client: Client, signal: AbortSignal, search = ''): Promise<Vm[]> {
  return await client.vms.list({ ...(search === '' ? {} : { search }), follow: 'reported_devices,sessions' }, { signal });
}
