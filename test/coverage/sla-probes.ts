import type { Probe } from './probe.ts';

const quota = '/datacenters/{default-dc}/quotas';
const qoss = '/datacenters/{default-dc}/qoss';
const groups = '/clusters/{default-cluster}/affinitygroups';
const cpuFilter = '6d636bf6-a35c-4f9d-b68d-0731f720cddc';
const memoryWeight = '4134247a-9c58-4b9a-8593-530bb9e37c59';
const evenBalance = '7db4ab05-81ab-42e8-868a-aee2df483ed2';

/** Affinity, quotas, QoS, profiles, scheduling policies and NUMA nodes, around the VM that other probes made. */
export const slaProbes: readonly Probe[] = [
  {
    add: qoss,
    type: 'Qos',
    keep: 'qos',
    body: { name: 'probe-qos', description: 'probe', type: 'storage', max_throughput: 10, max_read_iops: 100, max_write_iops: 100 },
    event: 'USER_ADDED_QOS',
  },
  { update: `${qoss}/{qos}`, type: 'Qos', body: { name: 'probe-qos2', max_write_iops: 50 }, event: 'USER_UPDATED_QOS' },
  {
    add: qoss,
    type: 'Qos',
    keep: 'cpu-qos',
    body: { name: 'probe-cpu', description: 'probe', type: 'cpu', cpu_limit: 50 },
    event: 'USER_ADDED_QOS',
  },
  {
    add: '/diskprofiles',
    type: 'DiskProfile',
    keep: 'disk-profile',
    body: { name: 'probe-profile', description: 'probe', storage_domain: { id: '{data}' }, qos: { id: '{qos}' } },
    event: 'USER_ADDED_DISK_PROFILE',
  },
  { update: '/diskprofiles/{disk-profile}', type: 'DiskProfile', body: { description: 'changed' }, event: 'USER_UPDATED_DISK_PROFILE' },
  { remove: '/diskprofiles/{disk-profile}', event: 'USER_REMOVED_DISK_PROFILE' },
  {
    add: '/storagedomains/{data}/diskprofiles',
    type: 'DiskProfile',
    keep: 'disk-profile2',
    body: { name: 'probe-profile2', description: 'probe' },
    event: 'USER_ADDED_DISK_PROFILE',
  },
  { remove: '/storagedomains/{data}/diskprofiles/{disk-profile2}', event: 'USER_REMOVED_DISK_PROFILE' },
  {
    add: '/cpuprofiles',
    type: 'CpuProfile',
    keep: 'cpu-profile',
    body: { name: 'probe-profile', description: 'probe', cluster: { id: '{default-cluster}' }, qos: { id: '{cpu-qos}' } },
    event: 'USER_ADDED_CPU_PROFILE',
  },
  { update: '/cpuprofiles/{cpu-profile}', type: 'CpuProfile', body: { description: 'changed' }, event: 'USER_UPDATED_CPU_PROFILE' },
  { remove: '/cpuprofiles/{cpu-profile}', event: 'USER_REMOVED_CPU_PROFILE' },
  ...['/clusters/{default-cluster}', '/datacenters/{default-dc}/clusters/{default-cluster}'].flatMap((cluster): Probe[] => [
    {
      add: `${cluster}/cpuprofiles`,
      type: 'CpuProfile',
      keep: 'cpu-profile2',
      body: { name: 'probe-profile2', description: 'probe' },
      event: 'USER_ADDED_CPU_PROFILE',
    },
    { remove: `${cluster}/cpuprofiles/{cpu-profile2}`, event: 'USER_REMOVED_CPU_PROFILE' },
  ]),
  { remove: `${qoss}/{qos}`, event: 'USER_REMOVED_QOS' },
  { remove: `${qoss}/{cpu-qos}`, event: 'USER_REMOVED_QOS' },

  {
    add: quota,
    type: 'Quota',
    keep: 'quota',
    body: {
      name: 'probe-quota',
      description: 'probe',
      cluster_soft_limit_pct: 70,
      cluster_hard_limit_pct: 10,
      storage_soft_limit_pct: 75,
      storage_hard_limit_pct: 5,
    },
    event: 'USER_ADD_QUOTA',
  },
  {
    update: `${quota}/{quota}`,
    type: 'Quota',
    body: { name: 'probe-quota2', description: 'changed', cluster_soft_limit_pct: 60 },
    event: 'USER_UPDATE_QUOTA',
  },
  {
    add: `${quota}/{quota}/quotaclusterlimits`,
    type: 'QuotaClusterLimit',
    keep: 'cluster-limit',
    body: { cluster: { id: '{default-cluster}' }, memory_limit: 8, vcpu_limit: 4 },
    event: 'USER_UPDATE_QUOTA',
  },
  { remove: `${quota}/{quota}/quotaclusterlimits/{cluster-limit}`, event: 'USER_UPDATE_QUOTA' },
  {
    add: `${quota}/{quota}/quotastoragelimits`,
    type: 'QuotaStorageLimit',
    keep: 'storage-limit',
    body: { storage_domain: { id: '{data}' }, limit: 100 },
    event: 'USER_UPDATE_QUOTA',
  },
  { remove: `${quota}/{quota}/quotastoragelimits/{storage-limit}`, event: 'USER_UPDATE_QUOTA' },
  {
    add: `${quota}/{quota}/permissions`,
    type: 'Permission',
    keep: 'quota-permission',
    body: { role: { name: 'QuotaConsumer' }, user: { id: '{someone}' } },
    event: 'USER_ADD_PERMISSION',
  },
  { remove: `${quota}/{quota}/permissions/{quota-permission}`, event: 'USER_REMOVE_PERMISSION' },
  { remove: `${quota}/{quota}`, event: 'USER_DELETE_QUOTA' },

  {
    add: '/affinitylabels',
    type: 'AffinityLabel',
    keep: 'label',
    body: { name: 'probe-label', has_implicit_affinity_group: false },
    event: 'USER_ADDED_AFFINITY_LABEL',
  },
  { update: '/affinitylabels/{label}', type: 'AffinityLabel', body: { name: 'probe-label2' }, event: 'USER_UPDATED_AFFINITY_LABEL' },
  ...(
    [
      ['/affinitylabels/{label}/vms', 'Vm', '{vm}'],
      ['/affinitylabels/{label}/hosts', 'Host', '{host}'],
      ['/vms/{vm}/affinitylabels', 'AffinityLabel', '{label}'],
      ['/hosts/{host}/affinitylabels', 'AffinityLabel', '{label}'],
    ] as const
  ).flatMap(([path, type, id]): Probe[] => [
    { add: path, type, keep: 'labelled', body: { id }, event: 'USER_UPDATED_AFFINITY_LABEL' },
    { remove: `${path}/${id}`, event: 'USER_UPDATED_AFFINITY_LABEL' },
  ]),
  ...[groups, `/datacenters/{default-dc}${groups}`].flatMap((path): Probe[] => [
    {
      add: path,
      type: 'AffinityGroup',
      keep: 'group',
      body: {
        name: 'probe-group',
        description: 'probe',
        priority: 3,
        vms_rule: { enabled: true, enforcing: false, positive: true },
        hosts_rule: { enabled: true, enforcing: false, positive: true },
      },
      event: 'USER_ADDED_AFFINITY_GROUP',
    },
    {
      update: `${path}/{group}`,
      type: 'AffinityGroup',
      body: { name: 'probe-group2', description: 'changed', priority: 5 },
      event: 'USER_UPDATED_AFFINITY_GROUP',
    },
    ...(
      [
        ['vms', 'Vm', '{vm}'],
        ['hosts', 'Host', '{host}'],
        ['vmlabels', 'AffinityLabel', '{label}'],
        ['hostlabels', 'AffinityLabel', '{label}'],
      ] as const
    ).flatMap(([members, type, id]): Probe[] => [
      { add: `${path}/{group}/${members}`, type, keep: 'member', body: { id }, event: 'USER_UPDATED_AFFINITY_GROUP', memberOnly: true },
      { remove: `${path}/{group}/${members}/${id}`, event: 'USER_UPDATED_AFFINITY_GROUP', memberOnly: true },
    ]),
    { remove: `${path}/{group}`, event: 'USER_REMOVED_AFFINITY_GROUP' },
  ]),
  { remove: '/affinitylabels/{label}', event: 'USER_REMOVED_AFFINITY_LABEL' },

  {
    add: '/schedulingpolicies',
    type: 'SchedulingPolicy',
    keep: 'policy',
    body: { name: 'probe-policy', description: 'probe', properties: { property: [{ name: 'HighUtilization', value: '70' }] } },
    event: 'USER_ADD_CLUSTER_POLICY',
    everybodyReads: true,
  },
  {
    update: '/schedulingpolicies/{policy}',
    type: 'SchedulingPolicy',
    body: { description: 'changed' },
    event: 'USER_UPDATE_CLUSTER_POLICY',
  },
  ...(
    [
      ['filters', 'Filter', cpuFilter, { position: 1 }],
      ['weights', 'Weight', memoryWeight, { factor: 2 }],
      ['balances', 'Balance', evenBalance, {}],
    ] as const
  ).flatMap(([parts, type, id, more]): Probe[] => [
    {
      add: `/schedulingpolicies/{policy}/${parts}`,
      type,
      keep: 'part',
      body: { scheduling_policy_unit: { id }, ...more },
      event: 'USER_UPDATE_CLUSTER_POLICY',
      everybodyReads: true,
    },
    { remove: `/schedulingpolicies/{policy}/${parts}/${id}`, event: 'USER_UPDATE_CLUSTER_POLICY' },
  ]),
  { remove: '/schedulingpolicies/{policy}', event: 'USER_REMOVE_CLUSTER_POLICY' },

  {
    add: '/vms/{vm}/numanodes',
    type: 'VirtualNumaNode',
    keep: 'numa-node',
    body: { index: 0, memory: 64, cpu: { cores: { core: [{ index: 0 }] } }, numa_tune_mode: 'preferred' },
    event: 'NUMA_ADD_VM_NUMA_NODE_SUCCESS',
  },
  {
    update: '/vms/{vm}/numanodes/{numa-node}',
    type: 'VirtualNumaNode',
    body: { memory: 32, numa_tune_mode: 'strict' },
    event: 'NUMA_UPDATE_VM_NUMA_NODE_SUCCESS',
  },
  { remove: '/vms/{vm}/numanodes/{numa-node}', event: 'NUMA_REMOVE_VM_NUMA_NODE_SUCCESS' },
];
