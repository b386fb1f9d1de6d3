import type { Cluster } from '@virgate/contract/generated/types';
import { affinityGroupsTab, affinityLabelsTab } from '../affinity/parts.ts';
import { eventsTab } from '../events/parts.ts';
import type { Kind } from '../kinds/kind.ts';
import { dataCenters } from '../kinds/references.ts';
import { permissionsTab } from '../permissions/parts.ts';
import { editCluster, newCluster } from './form.ts';
import { clusterHosts, clusterNetworks, clusterVms, cpuProfiles } from './parts.ts';

const itself = (_: unknown, ownerId: string): string => ownerId;

/** Clusters: hosts that are alike and share virtual machines. */
export const clusters: Kind = {
  page: 'clusters',
  path: '/clusters',
  type: 'cluster',
  title: 'clusters.title',
  empty: 'clusters.none',
  searchable: true,
  list: (client, search, signal) => client.clusters.list(search === '' ? {} : { search }, { signal }),
  one: (client, id, signal) => client.clusters.cluster(id).get({}, { signal }),
  columns: [
    { label: 'label.name', path: 'name', width: 160 },
    { label: 'label.comment', path: 'comment' },
    { label: 'label.dataCenter', path: 'data_center.id', of: dataCenters },
    { label: 'label.compatibilityVersion', path: 'version', as: 'version', width: 150 },
    { label: 'label.description', path: 'description' },
    { label: 'label.clusterCpuType', path: 'cpu.type', width: 160 },
    { label: 'label.upgradeStatus', path: (cluster) => upgradeStatus(cluster), as: 'words' },
  ],
  tabs: [
    {
      key: 'general',
      label: 'tab.general',
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
      can: null,
      run: (client, target) => client.clusters.cluster(target.id).syncAllNetworks(),
    },
    {
      key: 'reset-machine',
      label: 'action.resetEmulatedMachine',
      can: null,
      confirm: { title: 'cluster.reset.title', body: 'cluster.reset.body' },
      run: (client, target) => client.clusters.cluster(target.id).resetEmulatedMachine(),
    },
    {
      key: 'remove',
      label: 'action.remove',
      danger: true,
      confirm: { title: 'remove.title', body: 'cluster.remove.body' },
      run: (client, target) => client.clusters.cluster(target.id).remove(),
    },
  ],
};

function upgradeStatus(cluster: Cluster): string | undefined {
  return cluster.upgrade_in_progress === true ? `upgrading ${cluster.upgrade_percent_complete ?? 0} %` : undefined;
}
