import type { Cluster, Host, HostNic, IpAddressAssignment, Network, NetworkAttachment } from '@virgate/contract/generated/types';
import type { Client } from '@virgate/sdk';
import { noAddress } from './draft.ts';
import type { Address, Bond, Device, HostNetworks, LogicalNetwork, Place } from './draft.ts';

const bitsPerMegabit = 1_000_000;

/** @param host with its cluster @throws ApiFault */
export async function readHostNetworks(client: Client, host: Host, signal: AbortSignal): Promise<HostNetworks> {
  const service = client.hosts.host(host.id ?? '');
  const options = { signal };
  const [nics, attachments, unmanaged, networks] = await Promise.all([
    service.nics.list({ follow: 'network_labels', allContent: true }, options),
    service.networkAttachments.list({}, options),
    service.unmanagedNetworks.list({}, options),
    networksOf(client, host.cluster, signal),
  ]);
  return hostNetworksOf(nics, attachments, networks, unmanaged);
}

async function networksOf(client: Client, cluster: Cluster | undefined, signal: AbortSignal): Promise<Network[]> {
  return [...(await client.clusters.cluster(cluster?.id ?? '').networks.list({ follow: 'network_labels' }, { signal }))];
}

/** What the API tells, put together. Pure. */
export function hostNetworksOf(
  nics: readonly HostNic[],
  attachments: readonly NetworkAttachment[],
  networks: readonly Network[],
  unmanaged: readonly { id?: string; name?: string; host_nic?: HostNic }[],
): HostNetworks {
  const nameOf = (id: string | undefined): string => nics.find((nic) => nic.id === id)?.name ?? '';
  /** VLANs and what lies on them stand for the device below. */
  const baseOf = (id: string | undefined): string => {
    const nic = nics.find((one) => one.id === id);
    return nic?.base_interface === undefined || nic.base_interface === '' ? (nic?.name ?? '') : nic.base_interface;
  };
  const own = nics.filter((nic) => nic.base_interface === undefined && nic.vlan === undefined);
  return {
    devices: own.map((nic) => deviceOf(nic, nameOf)),
    networks: networks.map(networkOf).toSorted((one, other) => one.name.localeCompare(other.name)),
    attached: new Map(
      attachments.map((one) => [
        one.network?.id ?? '',
        {
          id: one.id ?? '',
          inSync: one.in_sync !== false,
          differences: (one.reported_configurations ?? []).filter((row) => row.in_sync === false),
        },
      ]),
    ),
    unmanaged: unmanaged.map((one) => ({ id: one.id ?? '', name: one.name ?? '', device: baseOf(one.host_nic?.id) })),
    now: {
      bonds: new Map(
        own
          .filter((nic) => nic.bonding !== undefined)
          .map((nic): [string, Bond] => [
            nic.name ?? '',
            { members: (nic.bonding?.slaves ?? []).map((member) => nameOf(member.id)), options: nic.bonding?.options ?? [] },
          ]),
      ),
      places: new Map(attachments.map((one): [string, Place] => [one.network?.id ?? '', placeOf(one, baseOf(one.host_nic?.id))])),
      labels: new Map(own.flatMap((nic) => (nic.network_labels ?? []).map((label): [string, string] => [label.id ?? '', nic.name ?? '']))),
      sync: new Set(),
    },
  };
}

function deviceOf(nic: HostNic, nameOf: (id: string | undefined) => string): Device {
  const functions = nic.virtual_functions_configuration;
  return {
    id: nic.id ?? '',
    name: nic.name ?? '',
    mac: nic.mac?.address,
    up: nic.status === undefined ? undefined : nic.status === 'up',
    speedMbps: nic.speed === undefined ? undefined : nic.speed / bitsPerMegabit,
    functions:
      functions === undefined
        ? undefined
        : {
            made: functions.number_of_virtual_functions ?? 0,
            most: functions.max_number_of_virtual_functions ?? 0,
            allNetworks: functions.all_networks_allowed !== false,
          },
    functionOf: nic.physical_function === undefined ? undefined : nameOf(nic.physical_function.id),
  };
}

function networkOf(network: Network): LogicalNetwork {
  const usages: readonly string[] = network.usages ?? [];
  return {
    id: network.id ?? '',
    name: network.name ?? '',
    vlan: network.vlan?.id,
    mtu: network.mtu ?? 0,
    vm: usages.includes('vm'),
    required: network.required === true,
    management: usages.includes('management'),
    usages,
    label: network.network_labels?.[0]?.id,
    external: network.external_provider !== undefined,
    operational: network.status !== 'non_operational',
  };
}

function addressOf(assignments: readonly IpAddressAssignment[], version: 'v4' | 'v6'): Address {
  const found = assignments.find((one) => (one.ip?.version ?? 'v4') === version);
  if (found === undefined) return noAddress;
  const { address = '', netmask = '', gateway = '' } = found.ip ?? {};
  return { method: found.assignment_method ?? 'none', address, mask: netmask, gateway };
}

function placeOf(attachment: NetworkAttachment, device: string): Place {
  const assignments = attachment.ip_address_assignments ?? [];
  const { qos } = attachment;
  return {
    device,
    settings: {
      ipv4: addressOf(assignments, 'v4'),
      ipv6: addressOf(assignments, 'v6'),
      nameServers: attachment.dns_resolver_configuration?.name_servers,
      qos:
        qos === undefined
          ? undefined
          : {
              outbound_average_linkshare: qos.outbound_average_linkshare,
              outbound_average_upperlimit: qos.outbound_average_upperlimit,
              outbound_average_realtime: qos.outbound_average_realtime,
            },
      properties: (attachment.properties ?? []).map(({ name = '', value = '' }) => ({ name, value })),
    },
  };
}
