import type { Cluster, Network, Vm } from '@virgate/contract/generated/types';
import type { Client } from '@virgate/sdk';
import { adding, editing, removing } from '../kinds/actions.ts';
import { check } from '../kinds/fields.ts';
import type { ActionDescription, Entity, Kind, PartsDescription, Reference } from '../kinds/kind.ts';
import { clusters, dataCenters, quoted } from '../kinds/references.ts';
import { valueAt } from '../kinds/value.ts';
import { traffic } from '../vms/nics.ts';
import { centersOfClusters } from '../vms/summary.ts';
import { permissionsTab } from '../permissions/parts.ts';
import { networkSubnets } from '../providers/subnets.ts';
import { addProfile, editProfile, newProfile } from '../vnic-profiles/form.ts';
import { profileColumns, profileFollow } from '../vnic-profiles/kind.ts';
import { addNetwork, editNetwork, newNetwork } from './form.ts';

const profiles: PartsDescription = {
  types: ['vnic_profile'],
  list: async (client, owner, signal) =>
    (await client.vnicProfiles.list({ follow: profileFollow }, { signal })).filter((one) => one.network?.id === owner.id),
  canType: 'vnic_profile',
  columns: profileColumns,
  opens: '/vnic-profiles',
  empty: 'vnicProfiles.empty',
  adds: [adding(newProfile(true), (client, target, body) => addProfile(client, body, target.ownerId))],
  actions: [
    editing(editProfile, (client, target, body) => client.vnicProfiles.profile(target.id).update(body)),
    removing('vnicProfile.remove.body', (client, target) => client.vnicProfiles.profile(target.id).remove()),
  ],
};

/** A cluster with what the network is in it. */
interface ClusterRow extends Cluster {
  attached: boolean;
  required?: boolean;
  network_status?: string;
  role?: string[];
}

async function clustersOf(client: Client, owner: Network & { id: string }, signal: AbortSignal): Promise<ClusterRow[]> {
  const all = await client.clusters.list({ follow: 'networks' }, { signal });
  return all
    .filter((cluster) => cluster.data_center?.id === owner.data_center?.id)
    .map((cluster) => {
      const network = cluster.networks?.find((one) => one.id === owner.id);
      return {
        ...cluster,
        attached: network !== undefined,
        ...(network === undefined
          ? {}
          : { required: network.required === true, network_status: network.status ?? '', role: network.usages ?? [] }),
      };
    });
}

const clusterParts: PartsDescription = {
  types: ['cluster', 'network'],
  list: (client, owner, signal) => clustersOf(client, owner, signal),
  columns: [
    { label: 'label.name', path: 'name' },
    { label: 'label.compatibilityVersion', path: 'version', as: 'version' },
    { label: 'label.attachedNetwork', path: 'attached', as: 'yesno' },
    { label: 'label.networkStatus', path: 'network_status', as: 'status' },
    { label: 'label.requiredNetwork', path: 'required', as: 'yesno' },
    { label: 'label.networkRole', path: 'role', as: 'words' },
    { label: 'label.description', path: 'description' },
  ],
  empty: 'clusters.empty',
  actions: [
    {
      key: 'manage',
      label: 'action.manageNetwork',
      can: null,
      form: {
        title: 'network.manage.title',
        edits: true,
        tabs: [
          {
            label: 'form.tab.general',
            fields: [
              check('label.attachedNetwork', 'attached'),
              check('label.requiredNetwork', 'required', { when: (around) => around.value('attached') === true }),
            ],
          },
        ],
      },
      run: (client, target, body) => manage(client, target.id, target.ownerId, body, target.entity as ClusterRow),
    },
  ],
};

async function manage(client: Client, clusterId: string, networkId: string, body: object, now: ClusterRow): Promise<unknown> {
  const { attached = now.attached, required = false } = body as Partial<ClusterRow>;
  const { networks } = client.clusters.cluster(clusterId);
  if (!attached) return await networks.network(networkId).remove();
  return now.attached ? await networks.network(networkId).update({ required }) : await networks.add({ id: networkId, required });
}

/** Hosts that carry the network, with how each does. */
async function hostsOf(client: Client, networkId: string, signal: AbortSignal): Promise<Entity[]> {
  const all = await client.hosts.list({ follow: 'network_attachments,nics.statistics' }, { signal });
  return all.flatMap((host) => {
    const attachment = host.network_attachments?.find((one) => one.network?.id === networkId);
    if (attachment === undefined) return [];
    const nic = host.nics?.find((one) => one.id === attachment.host_nic?.id);
    return [
      {
        ...host,
        device: nic?.name,
        in_sync: attachment.in_sync,
        device_status: nic?.status,
        speed: nic?.speed,
        statistics: nic?.statistics ?? [],
      },
    ];
  });
}

type VmBaseWithNics = Entity & Pick<Vm, 'nics'>;

async function using(client: Client, of: 'vms' | 'templates', network: Entity, signal: AbortSignal): Promise<Entity[]> {
  const own = new Set((await client.networks.network(network.id ?? '').vnicProfiles.list({}, { signal })).map((one) => one.id));
  const search = `vnic.network_name=${quoted(network.name)}`;
  const all: VmBaseWithNics[] =
    of === 'vms'
      ? await client.vms.list({ search, follow: 'nics.statistics,reported_devices' }, { signal })
      : await client.templates.list({ search, follow: 'nics' }, { signal });
  return all.flatMap((one) => {
    const nic = one.nics?.find((other) => own.has(other.vnic_profile?.id));
    return nic === undefined ? [] : [{ ...one, nic, statistics: nic.statistics ?? [] }];
  });
}

/** Takes the interface that is in the network from its virtual machine or template. */
const removingNic = (nicsOf: (client: Client, id: string) => { nic(id: string): { remove(): Promise<unknown> } }): ActionDescription =>
  removing(
    'nic.remove.body',
    (client, target) =>
      nicsOf(client, target.id)
        .nic(String(valueAt(target.entity, 'nic.id')))
        .remove(),
    null,
  );

const hostTraffic = traffic
  .slice(0, 2)
  .map((column, index) => ({ ...column, covers: index === 0 ? ['Rx', 'Tx'] : ['Total Rx', 'Total Tx'] }));
const vmTraffic = traffic
  .slice(0, 2)
  .map((column, index) => ({ ...column, covers: index === 0 ? ['vNIC Rx', 'vNIC Tx'] : ['Total Rx', 'Total Tx'] }));

const providers: Reference = {
  type: 'network_provider',
  list: (client, _, signal) => client.openstackNetworkProviders.list({}, { signal }),
};

/** Logical networks of all data centers. */
export const networks: Kind = {
  page: 'networks',
  path: '/networks',
  type: 'network',
  title: 'networks.title',
  empty: 'networks.empty',
  searchable: true,
  list: (client, search, signal) =>
    client.networks.list({ ...(search === '' ? {} : { search }), follow: 'qos,network_labels' }, { signal }),
  one: (client, id, signal) => client.networks.network(id).get({ follow: 'qos,network_labels' }, { signal }),
  columns: [
    { label: 'label.name', path: 'name', width: 160 },
    { label: 'label.comment', path: 'comment' },
    { label: 'label.dataCenter', path: 'data_center.id', of: dataCenters },
    { label: 'label.description', path: 'description' },
    { label: 'label.role', path: 'usages', as: 'words' },
    { label: 'label.vlanTag', path: 'vlan.id', as: 'number' },
    { label: 'label.qosName', path: 'qos.name' },
    { label: 'label.provider', path: 'external_provider.id', of: providers },
    { label: 'label.mtu', path: (network) => mtuOf(network) },
    { label: 'label.portIsolation', path: 'port_isolation', as: 'yesno' },
    { label: 'label.networkLabelShort', path: 'network_labels.id', covers: ['Label'] },
  ],
  tabs: [
    {
      key: 'general',
      label: 'tab.general',
      facts: [
        { label: 'label.name', path: 'name' },
        { label: 'label.id', path: 'id' },
        { label: 'label.description', path: 'description' },
        { label: 'label.vdsmName', path: 'vdsm_name' },
        { label: 'label.vmNetwork', path: (network) => (network as Network).usages?.includes('vm') === true, as: 'yesno' },
        { label: 'label.vlanTag', path: 'vlan.id', as: 'number' },
        { label: 'label.mtu', path: (network) => mtuOf(network) },
        { label: 'label.networkLabel', path: 'network_labels.id' },
        { label: 'label.dnsServers', path: 'dns_resolver_configuration.name_servers' },
        { label: 'label.externalId', path: (network) => externalIdOf(network) },
      ],
    },
    { key: 'profiles', label: 'tab.vnicProfiles', parts: [profiles] },
    { key: 'external_subnets', label: 'tab.externalSubnets', parts: [networkSubnets] },
    { key: 'clusters', label: 'tab.clusters', parts: [clusterParts] },
    {
      key: 'hosts',
      label: 'tab.hosts',
      parts: [
        {
          types: ['host'],
          list: (client, owner, signal) => hostsOf(client, owner.id, signal),
          columns: [
            { label: 'label.name', path: 'name' },
            { label: 'label.status', path: 'status', as: 'status', covers: ['(icon)'] },
            { label: 'label.cluster', path: 'cluster.id', of: clusters },
            { label: 'label.dataCenter', path: 'cluster.id', of: centersOfClusters },
            { label: 'label.deviceStatus', path: 'device_status', as: 'status' },
            { label: 'label.outOfSync', path: (row) => (row as { in_sync?: boolean }).in_sync === false, as: 'yesno' },
            { label: 'label.networkDevice', path: 'device' },
            { label: 'label.speed', path: 'speed', as: 'number' },
            ...hostTraffic,
          ],
          opens: '/hosts',
          empty: 'hosts.none.here',
        },
      ],
    },
    {
      key: 'virtual_machines',
      label: 'tab.virtualMachines',
      parts: [
        {
          types: ['vm', 'nic'],
          list: (client, owner, signal) => using(client, 'vms', owner, signal),
          columns: [
            { label: 'label.name', path: 'name' },
            { label: 'label.cluster', path: 'cluster.id', of: clusters },
            { label: 'label.ipAddresses', path: 'reported_devices.ips.address' },
            { label: 'label.fqdn', path: 'fqdn' },
            { label: 'label.status', path: 'status', as: 'status', covers: ['(icon)'] },
            { label: 'label.vnicStatus', path: 'nic.plugged', as: 'yesno' },
            { label: 'label.vnic', path: 'nic.name' },
            ...vmTraffic,
            { label: 'label.description', path: 'description' },
          ],
          opens: '/vms',
          empty: 'vms.none.here',
          actions: [removingNic((client, id) => client.vms.vm(id).nics)],
        },
      ],
    },
    {
      key: 'templates',
      label: 'tab.templates',
      parts: [
        {
          types: ['template', 'nic'],
          list: (client, owner, signal) => using(client, 'templates', owner, signal),
          columns: [
            { label: 'label.name', path: 'name' },
            { label: 'label.version', path: 'version.version_number', as: 'number' },
            { label: 'label.status', path: 'status', as: 'status' },
            { label: 'label.cluster', path: 'cluster.id', of: clusters },
            { label: 'label.vnic', path: 'nic.name' },
          ],
          opens: '/templates',
          empty: 'templates.none.here',
          actions: [removingNic((client, id) => client.templates.template(id).nics)],
        },
      ],
    },
    permissionsTab((client, id) => client.networks.network(id).permissions),
  ],
  adds: [adding(newNetwork(false), (client, _, body) => addNetwork(client, '', body))],
  actions: [
    editing(editNetwork, (client, target, body) => client.networks.network(target.id).update(body)),
    { ...removing('network.remove.body', (client, target) => client.networks.network(target.id).remove()), bulk: true },
  ],
};

/** The id that a network has at its provider; undefined of one that has none. */
function externalIdOf(network: Entity): string | undefined {
  return (network as Network).external_provider === undefined ? undefined : network.id;
}

/** No MTU of its own is told as 0. */
function mtuOf(network: Network): number | undefined {
  return network.mtu === 0 ? undefined : network.mtu;
}
