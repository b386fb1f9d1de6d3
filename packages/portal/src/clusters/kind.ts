import type { Cluster } from '@virgate/contract/generated/types';
import { affinityGroupsTab, affinityLabelsTab } from '../affinity/parts.ts';
import { eventsTab } from '../events/parts.ts';
import type { Client } from '@virgate/sdk';
import { countsBy } from '../kinds/counts.ts';
import type { Entity, Kind } from '../kinds/kind.ts';
import { dataCenters } from '../kinds/references.ts';
import { guidingCluster } from '../guide/action.ts';
import { permissionsTab } from '../permissions/parts.ts';
import { editCluster, newCluster } from './form.ts';
import { reportsOf } from '../reports/menu.ts';
import { clusterHosts, clusterNetworks, clusterVms, cpuProfiles } from './parts.ts';

/** Clusters with how many hosts and virtual machines each has. */
async function withCounts(client: Client, search: string, signal: AbortSignal): Promise<Entity[]> {
  const [all, hosts, vms] = await Promise.all([
    client.clusters.list(search === '' ? {} : { search }, { signal }),
    countsBy(client, { kind: 'host', by: 'cluster' }, signal),
    countsBy(client, { kind: 'vm', by: 'cluster' }, signal),
  ]);
  return all.map((cluster) => ({ ...cluster, host_count: hosts(cluster.id).count, vm_count: vms(cluster.id).count }));
}

const itself = (_: unknown, ownerId: string): string => ownerId;

/** Clusters: hosts that are alike and share virtual machines. */
export const clusters: Kind = {
  page: 'clusters',
  path: '/clusters',
  type: 'cluster',
  title: 'clusters.title',
  empty: 'clusters.none',
  searchable: true,
  list: (client, search, signal) => withCounts(client, search, signal),
  one: (client, id, signal) => client.clusters.cluster(id).get({}, { signal }),
  columns: [
    { label: 'label.name', path: 'name', width: 160 },
    { label: 'label.comment', path: 'comment' },
    { label: 'label.dataCenter', path: 'data_center.id', of: dataCenters },
    { label: 'label.compatibilityVersion', path: 'version', as: 'version', width: 150 },
    { label: 'label.description', path: 'description' },
    { label: 'label.clusterCpuType', path: 'cpu.type', width: 160 },
    { label: 'label.hostCount', path: 'host_count', as: 'number' },
    { label: 'label.vmCount', path: 'vm_count', as: 'number' },
    {
      label: 'label.status',
      path: (cluster) => ((cluster as Cluster).upgrade_in_progress === true ? 'upgrading' : 'ok'),
      as: 'status',
      hidden: true,
    },
    { label: 'label.upgradeStatus', path: (cluster) => upgradeStatus(cluster), as: 'words' },
  ],
  tabs: [
    {
      key: 'general',
      label: 'tab.general',
      more: {
        types: ['vm'],
        read: async (client, owner, signal) =>
          ({ vm_count: (await countsBy(client, { kind: 'vm', by: 'cluster' }, signal))(owner.id).count }) as Entity,
      },
      facts: [
        { label: 'label.name', path: 'name' },
        { label: 'label.description', path: 'description' },
        { label: 'label.dataCenter', path: 'data_center.id', of: dataCenters },
        { label: 'label.compatibilityVersion', path: 'version', as: 'version' },
        { label: 'label.clusterId', path: 'id' },
        { label: 'label.clusterCpuType', path: 'cpu.type' },
        { label: 'label.threadsAsCpu', path: 'threads_as_cores', as: 'yesno' },
        { label: 'label.maxOvercommit', path: 'memory_policy.over_commit.percent', as: 'percent' },
        { label: 'label.resiliencePolicy', path: 'error_handling.on_error', as: 'words' },
        { label: 'label.chipset', path: 'bios_type', as: 'words' },
        { label: 'label.nodeType', path: (cluster) => ((cluster as Cluster).gluster_service === true ? 'gluster' : 'virt'), as: 'words' },
        { label: 'label.vmNumber', path: 'vm_count', as: 'number' },
      ],
    },
    { key: 'logical_networks', label: 'tab.logicalNetworks', parts: [clusterNetworks] },
    { key: 'hosts', label: 'tab.hosts', parts: [clusterHosts] },
    { key: 'virtual_machines', label: 'tab.virtualMachines', parts: [clusterVms] },
    affinityGroupsTab(itself),
    affinityLabelsTab(),
    { key: 'cpu_profiles', label: 'tab.cpuProfiles', parts: [cpuProfiles] },
    permissionsTab((client, id) => client.clusters.cluster(id).permissions),
    eventsTab('cluster', 'cluster'),
  ],
  adds: [{ key: 'add', label: 'action.new', form: newCluster, run: (client, _, body) => client.clusters.add(body) }],
  actions: [
    guidingCluster,
    {
      key: 'edit',
      label: 'action.edit',
      can: 'update',
      form: editCluster,
      run: (client, target, body) => client.clusters.cluster(target.id).update(body),
    },
    {
      key: 'sync-networks',
      label: 'action.syncAllNetworks',
      covers: ['clusters-logical_networks|Sync All Networks'],
      can: null,
      run: (client, target) => client.clusters.cluster(target.id).syncAllNetworks(),
    },
    {
      key: 'reset-machine',
      bulk: true,
      label: 'action.resetEmulatedMachine',
      can: null,
      confirm: { title: 'cluster.reset.title', body: 'cluster.reset.body' },
      run: (client, target) => client.clusters.cluster(target.id).resetEmulatedMachine(),
    },
    reportsOf('cluster'),
    {
      key: 'upgrade',
      label: 'action.upgrade',
      can: null,
      confirm: { title: 'cluster.upgrade.title', body: 'cluster.upgrade.body' },
      run: (client, target) =>
        client.clusters
          .cluster(target.id)
          .upgrade({ upgradeAction: (target.entity as Cluster).upgrade_in_progress === true ? 'finish' : 'start' }),
    },
    {
      key: 'remove',
      label: 'action.remove',
      danger: true,
      bulk: true,
      confirm: { title: 'remove.title', body: 'cluster.remove.body' },
      run: (client, target) => client.clusters.cluster(target.id).remove(),
    },
  ],
};

function upgradeStatus(cluster: Cluster): string | undefined {
  return cluster.upgrade_in_progress === true ? `upgrading ${cluster.upgrade_percent_complete ?? 0} %` : undefined;
}
