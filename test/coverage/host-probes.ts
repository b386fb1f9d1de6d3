import type { Probe } from './probe.ts';

/** What clusters, data centers and hosts are told. A restarted host has no VMs any more, so this comes last. */
export const hostProbes: readonly Probe[] = [
  {
    act: '/clusters/{default-cluster}/upgrade',
    body: { upgrade_action: 'start' },
    event: 'USER_START_CLUSTER_UPGRADE',
    seen: { path: '/clusters/{default-cluster}', type: 'Cluster', is: { upgrade_in_progress: true } },
  },
  {
    act: '/datacenters/{default-dc}/clusters/{default-cluster}/upgrade',
    body: { upgrade_action: 'finish' },
    event: 'USER_FINISH_CLUSTER_UPGRADE',
    seen: { path: '/clusters/{default-cluster}', type: 'Cluster', is: { upgrade_in_progress: false } },
  },
  {
    add: '/datacenters/{default-dc}/iscsibonds',
    type: 'IscsiBond',
    keep: 'iscsi-bond',
    body: { name: 'probe-bond', description: 'probe' },
    event: 'ISCSI_BOND_ADD_SUCCESS',
  },
  {
    update: '/datacenters/{default-dc}/iscsibonds/{iscsi-bond}',
    type: 'IscsiBond',
    body: { name: 'probe-bond2', description: 'changed' },
    event: 'ISCSI_BOND_EDIT_SUCCESS',
  },
  { remove: '/datacenters/{default-dc}/iscsibonds/{iscsi-bond}', event: 'ISCSI_BOND_REMOVE_SUCCESS' },
  {
    add: '/hosts/{host2}/fenceagents',
    type: 'Agent',
    keep: 'power-agent',
    body: { type: 'ipmilan', address: '127.0.1.2', username: 'admin', password: 'lab123', order: 1 },
    event: 'USER_UPDATE_VDS',
    notShown: ['password'],
  },
  {
    update: '/hosts/{host2}',
    type: 'Host',
    body: { power_management: { enabled: true, automatic_pm_enabled: false, kdump_detection: false } },
    event: 'USER_UPDATE_VDS',
  },
  {
    act: '/hosts/{host2}/fence',
    body: { fence_type: 'restart' },
    event: 'USER_VDS_RESTART',
    seen: { path: '/hosts/{host2}', type: 'Host', is: { status: 'up' } },
  },
];
