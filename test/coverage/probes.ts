import type { EventName } from '@virgate/contract/generated/events';
import type { TypeName } from '@virgate/contract/generated/types';
import { poolProbes } from './pool-probes.ts';
import { slaProbes } from './sla-probes.ts';

/** A JSON value with placeholders: `{vm}` is the id that was kept under `vm`. */
export type Template = string | number | boolean | readonly Template[] | { readonly [key: string]: Template };
type Body = { readonly [key: string]: Template };

/** An object is added; a second GET of it and of its collection must show it, to those who may see it. */
export interface AddProbe {
  readonly add: string;
  readonly type: TypeName;
  /** The new object's id is known by this name from then on. */
  readonly keep: string;
  readonly body: Body;
  readonly event: EventName;
  /** Attributes that are sent but not part of the object, such as what it is made of. */
  readonly notShown?: readonly string[];
  /** Everybody who is signed in may read objects of this kind. Source: engine behaviour, roles and users. */
  readonly everybodyReads?: true;
  /** The contract cannot read it by itself: the collection tells whether it is there. */
  readonly memberOnly?: true;
}
/** An object is changed; a second GET must show it. */
export interface UpdateProbe {
  readonly update: string;
  readonly type: TypeName;
  readonly body: Body;
  readonly event: EventName;
}
/** An object is removed; a second GET must not find it. */
export interface RemoveProbe {
  readonly remove: string;
  readonly event: EventName;
  /** Where it is looked for afterwards, when not at its own place. */
  readonly goneFrom?: string;
  /** As of {@link AddProbe}. */
  readonly memberOnly?: true;
}
/** An action is done; a second GET must come to show what it does. */
export interface ActProbe {
  readonly act: string;
  readonly body?: Body;
  readonly event: EventName;
  readonly seen: { readonly path: string; readonly type: TypeName; readonly is: Body };
}
/** What the engine finds out by itself, held against what the simulated host is. */
export interface ObserveProbe {
  readonly observe: string;
  readonly type: TypeName;
  readonly is: Body;
}
export type Probe = AddProbe | UpdateProbe | RemoveProbe | ActProbe | ObserveProbe;

const mib = 1024 ** 2;
const gib = 1024 ** 3;

/** Permissions on objects of a kind: one is given, seen and taken. */
const permissionsOn = (path: string, keep: string): readonly Probe[] => [
  {
    add: `${path}/permissions`,
    type: 'Permission',
    keep,
    body: { role: { name: 'UserRole' }, user: { id: '{someone}' } },
    event: 'USER_ADD_PERMISSION',
  },
  { remove: `${path}/permissions/{${keep}}`, event: 'USER_REMOVE_PERMISSION' },
];

/** A tag is given to an object and taken. */
const tagOn = (path: string, keep: string, given: EventName, taken: EventName, everybodyReads?: true): readonly Probe[] => [
  {
    add: `${path}/tags`,
    type: 'Tag',
    keep,
    body: { id: '{tag}' },
    event: given,
    ...(everybodyReads === undefined ? {} : { everybodyReads }),
  },
  { remove: `${path}/tags/{${keep}}`, event: taken },
];

const sshKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIl5pV9Lkx9TgEr1mIZsTgNQq6XtmIwmTn2nfVbIvw0M';
/** The group that everybody is in. */
const everyone = 'eee00000-0000-0000-0000-123456789eee';
const vmUp = { path: '/vms/{vm}', type: 'Vm', is: { status: 'up' } } as const;
const vmDown = { path: '/vms/{vm}', type: 'Vm', is: { status: 'down' } } as const;
const attachmentInSync = {
  path: '/hosts/{host2}/networkattachments/{network-attachment}',
  type: 'NetworkAttachment',
  is: { in_sync: true },
} as const;
const inDefault = { id: '{default-cluster}' } as const;

/**
 * What is checked, in this order. Of each write: a user who sees everything and may change nothing is refused with 403 and nothing has changed; then the
 * administrator's write succeeds, a second GET shows it, and the event is in the log under the request's correlation id.
 */
export const probes: readonly Probe[] = [
  {
    add: '/datacenters',
    type: 'DataCenter',
    keep: 'dc',
    body: { name: 'probe-dc', description: 'probe', comment: 'probe comment', local: false },
    event: 'USER_ADD_STORAGE_POOL',
  },
  {
    update: '/datacenters/{dc}',
    type: 'DataCenter',
    body: { name: 'probe-dc2', description: 'changed', comment: 'other' },
    event: 'USER_UPDATE_STORAGE_POOL',
  },
  ...permissionsOn('/datacenters/{dc}', 'dc-permission'),
  {
    add: '/clusters',
    type: 'Cluster',
    keep: 'cluster',
    body: {
      name: 'probe-cluster',
      description: 'probe',
      comment: 'probe comment',
      data_center: { id: '{dc}' },
      cpu: { type: 'Intel Nehalem Family', architecture: 'x86_64' },
    },
    event: 'USER_ADD_CLUSTER',
  },
  {
    update: '/clusters/{cluster}',
    type: 'Cluster',
    body: { name: 'probe-cluster2', description: 'changed', ballooning_enabled: true },
    event: 'USER_UPDATE_CLUSTER',
  },
  ...permissionsOn('/clusters/{cluster}', 'cluster-permission'),
  {
    add: '/networks',
    type: 'Network',
    keep: 'network',
    body: { name: 'probe-net', description: 'probe', comment: 'probe comment', data_center: { id: '{dc}' }, vlan: { id: 101 }, mtu: 1400 },
    event: 'NETWORK_ADD_NETWORK',
  },
  {
    update: '/networks/{network}',
    type: 'Network',
    body: { name: 'probe-net2', description: 'changed', mtu: 9000 },
    event: 'NETWORK_UPDATE_NETWORK',
  },
  ...permissionsOn('/networks/{network}', 'network-permission'),
  { add: '/networks/{network}/networklabels', type: 'NetworkLabel', keep: 'label', body: { id: 'outside' }, event: 'LABEL_NETWORK' },
  { remove: '/networks/{network}/networklabels/{label}', event: 'UNLABEL_NETWORK' },
  {
    add: '/clusters/{cluster}/networks',
    type: 'Network',
    keep: 'cluster-network',
    body: { id: '{network}', required: false },
    event: 'NETWORK_ATTACH_NETWORK_TO_CLUSTER',
  },
  {
    update: '/clusters/{cluster}/networks/{network}',
    type: 'Network',
    body: { required: true },
    event: 'NETWORK_UPDTAE_NETWORK_ON_CLUSTER',
  },
  { remove: '/clusters/{cluster}/networks/{network}', event: 'NETWORK_DETACH_NETWORK_TO_CLUSTER' },
  {
    add: '/vnicprofiles',
    type: 'VnicProfile',
    keep: 'profile',
    body: { name: 'probe-profile', description: 'probe', network: { id: '{network}' } },
    event: 'ADD_VNIC_PROFILE',
  },
  {
    update: '/vnicprofiles/{profile}',
    type: 'VnicProfile',
    body: { name: 'probe-profile2', description: 'changed' },
    event: 'UPDATE_VNIC_PROFILE',
  },
  ...permissionsOn('/vnicprofiles/{profile}', 'profile-permission'),
  { remove: '/vnicprofiles/{profile}', event: 'REMOVE_VNIC_PROFILE' },
  {
    add: '/networks/{network}/vnicprofiles',
    type: 'VnicProfile',
    keep: 'profile2',
    body: { name: 'probe-profile3', description: 'probe' },
    event: 'ADD_VNIC_PROFILE',
  },
  { remove: '/networks/{network}/vnicprofiles/{profile2}', event: 'REMOVE_VNIC_PROFILE' },
  { remove: '/networks/{network}', event: 'NETWORK_REMOVE_NETWORK' },
  {
    add: '/datacenters/{dc}/networks',
    type: 'Network',
    keep: 'dc-network',
    body: { name: 'probe-net3', description: 'probe' },
    event: 'NETWORK_ADD_NETWORK',
  },
  { update: '/datacenters/{dc}/networks/{dc-network}', type: 'Network', body: { description: 'changed' }, event: 'NETWORK_UPDATE_NETWORK' },
  { remove: '/datacenters/{dc}/networks/{dc-network}', event: 'NETWORK_REMOVE_NETWORK' },
  { remove: '/clusters/{cluster}', event: 'USER_REMOVE_CLUSTER' },
  {
    add: '/datacenters/{dc}/clusters',
    type: 'Cluster',
    keep: 'dc-cluster',
    body: {
      name: 'probe-cluster3',
      description: 'probe',
      data_center: { id: '{dc}' },
      cpu: { type: 'Intel Nehalem Family', architecture: 'x86_64' },
    },
    event: 'USER_ADD_CLUSTER',
  },
  { update: '/datacenters/{dc}/clusters/{dc-cluster}', type: 'Cluster', body: { description: 'changed' }, event: 'USER_UPDATE_CLUSTER' },
  { remove: '/datacenters/{dc}/clusters/{dc-cluster}', event: 'USER_REMOVE_CLUSTER' },
  { remove: '/datacenters/{dc}', event: 'USER_REMOVE_STORAGE_POOL' },

  {
    add: '/macpools',
    type: 'MacPool',
    keep: 'macpool',
    body: {
      name: 'probe-pool',
      description: 'probe',
      allow_duplicates: false,
      default_pool: false,
      ranges: { range: [{ from: '02:00:00:00:00:00', to: '02:00:00:00:00:ff' }] },
    },
    event: 'MAC_POOL_ADD_SUCCESS',
  },
  {
    update: '/macpools/{macpool}',
    type: 'MacPool',
    body: { name: 'probe-pool2', description: 'changed', allow_duplicates: true },
    event: 'MAC_POOL_EDIT_SUCCESS',
  },
  ...permissionsOn('/macpools/{macpool}', 'macpool-permission'),
  { remove: '/macpools/{macpool}', event: 'MAC_POOL_REMOVE_SUCCESS' },

  {
    add: '/roles',
    type: 'Role',
    keep: 'role',
    body: { name: 'probe-role', description: 'probe', administrative: false, permits: { permit: [{ id: '{create-vm-permit}' }] } },
    notShown: ['permits'],
    event: 'USER_ADD_ROLE_WITH_ACTION_GROUP',
    everybodyReads: true,
  },
  { update: '/roles/{role}', type: 'Role', body: { name: 'probe-role2', description: 'changed' }, event: 'USER_UPDATE_ROLE' },
  {
    add: '/roles/{role}/permits',
    type: 'Permit',
    keep: 'permit',
    body: { id: '{run-vm-permit}' },
    event: 'USER_ATTACHED_ACTION_GROUP_TO_ROLE',
    everybodyReads: true,
  },
  { remove: '/roles/{role}/permits/{permit}', event: 'USER_DETACHED_ACTION_GROUP_FROM_ROLE' },
  { remove: '/roles/{role}', event: 'USER_REMOVE_ROLE' },
  {
    add: '/users/{someone}/permissions',
    type: 'Permission',
    keep: 'user-permission',
    body: { role: { name: 'UserRole' }, cluster: inDefault },
    event: 'USER_ADD_PERMISSION',
  },
  { remove: '/users/{someone}/permissions/{user-permission}', event: 'USER_REMOVE_PERMISSION' },
  {
    add: '/permissions',
    type: 'Permission',
    keep: 'system-permission',
    body: { role: { name: 'UserRole' }, user: { id: '{someone}' } },
    event: 'USER_ADD_SYSTEM_PERMISSION',
  },
  { remove: '/permissions/{system-permission}', event: 'USER_REMOVE_SYSTEM_PERMISSION' },

  {
    add: '/tags',
    type: 'Tag',
    keep: 'tag-above',
    body: { name: 'probe-above', description: 'probe' },
    event: 'USER_ADD_TAG',
    everybodyReads: true,
  },
  {
    add: '/tags',
    type: 'Tag',
    keep: 'tag',
    body: { name: 'probe-tag', description: 'probe', parent: { id: '{tag-above}' } },
    event: 'USER_ADD_TAG',
    everybodyReads: true,
  },
  {
    update: '/tags/{tag}',
    type: 'Tag',
    body: { name: 'probe-tag2', description: 'changed', parent: { id: '00000000-0000-0000-0000-000000000000' } },
    event: 'USER_MOVE_TAG',
  },
  ...tagOn('/hosts/{host2}', 'host-tag', 'USER_ATTACH_TAG_TO_VDS', 'USER_DETACH_VDS_FROM_TAG'),
  {
    update: '/templates/{template}',
    type: 'Template',
    body: { description: 'changed', memory: 160 * mib, version: { version_name: 'first' } },
    event: 'USER_UPDATE_VM_TEMPLATE',
  },
  ...tagOn('/templates/{template}', 'template-tag', 'USER_ATTACH_TAG_TO_TEMPLATE', 'USER_DETACH_TEMPLATE_FROM_TAG'),
  ...tagOn('/users/{someone}', 'user-tag', 'USER_ATTACH_TAG_TO_USER', 'USER_DETACH_USER_FROM_TAG'),
  ...tagOn(`/groups/${everyone}`, 'group-tag', 'USER_ATTACH_TAG_TO_USER_GROUP', 'USER_DETACH_USER_GROUP_FROM_TAG', true),
  {
    add: '/bookmarks',
    type: 'Bookmark',
    keep: 'bookmark',
    body: { name: 'probe-bookmark', value: 'Vms: status = up' },
    event: 'USER_ADD_BOOKMARK',
    everybodyReads: true,
  },
  { update: '/bookmarks/{bookmark}', type: 'Bookmark', body: { name: 'probe-bookmark2', value: 'Hosts:' }, event: 'USER_UPDATE_BOOKMARK' },
  { remove: '/bookmarks/{bookmark}', event: 'USER_REMOVE_BOOKMARK' },
  {
    add: `/groups/${everyone}/permissions`,
    type: 'Permission',
    keep: 'group-permission',
    body: { role: { name: 'UserRole' }, cluster: inDefault },
    event: 'USER_ADD_PERMISSION',
    everybodyReads: true,
  },
  { remove: `/groups/${everyone}/permissions/{group-permission}`, event: 'USER_REMOVE_PERMISSION' },
  {
    add: '/users/{someone}/options',
    type: 'UserOption',
    keep: 'user-option',
    body: { name: 'probe', content: '[1]' },
    event: 'USER_PROFILE_CREATE_PROPERTY',
  },
  { remove: '/users/{someone}/options/{user-option}', event: 'USER_PROFILE_REMOVE_PROPERTY' },
  {
    add: '/users/{someone}/sshpublickeys',
    type: 'SshPublicKey',
    keep: 'ssh-key',
    body: { content: sshKey },
    event: 'USER_PROFILE_CREATE_PROPERTY',
  },
  {
    update: '/users/{someone}/sshpublickeys/{ssh-key}',
    type: 'SshPublicKey',
    body: { content: `${sshKey} probe` },
    event: 'USER_PROFILE_REPLACE_PROPERTY',
  },
  { remove: '/users/{someone}/sshpublickeys/{ssh-key}', event: 'USER_PROFILE_REMOVE_PROPERTY' },
  {
    act: '/reloadconfigurations',
    event: 'RELOAD_CONFIGURATIONS_SUCCESS',
    seen: { path: '/options/UserSessionTimeOutInterval', type: 'SystemOption', is: { name: 'UserSessionTimeOutInterval' } },
  },

  {
    observe: '/hosts/{host}',
    type: 'Host',
    is: {
      status: 'up',
      name: 'sim-1',
      address: '127.0.1.1',
      cpu: { name: 'Simulated CPU', speed: 2400, topology: { cores: 16, sockets: 1 } },
      memory: 64 * gib,
      os: { type: 'Debian' },
      version: { major: 4, minor: 50 },
      hardware_information: { manufacturer: 'Virgate', product_name: 'Simulated host' },
    },
  },
  {
    update: '/hosts/{host2}',
    type: 'Host',
    body: { name: 'sim-two', comment: 'probe comment', spm: { priority: 3 } },
    event: 'USER_UPDATE_VDS',
  },
  ...permissionsOn('/hosts/{host2}', 'host-permission'),
  {
    add: '/hosts/{host2}/fenceagents',
    type: 'Agent',
    keep: 'fence-agent',
    body: { type: 'ipmilan', address: '192.0.2.9', port: 623, username: 'root', password: 'secret', order: 1, encrypt_options: false },
    notShown: ['password'],
    event: 'USER_UPDATE_VDS',
  },
  {
    update: '/hosts/{host2}/fenceagents/{fence-agent}',
    type: 'Agent',
    body: { type: 'apc', address: '192.0.2.10', username: 'other', order: 2, encrypt_options: true },
    event: 'USER_UPDATE_VDS',
  },
  { remove: '/hosts/{host2}/fenceagents/{fence-agent}', event: 'USER_UPDATE_VDS' },
  {
    act: '/hosts/{host2}/refresh',
    event: 'HOST_REFRESHED_CAPABILITIES',
    seen: { path: '/hosts/{host2}', type: 'Host', is: { status: 'up' } },
  },
  {
    act: '/hosts/{host2}/deactivate',
    event: 'USER_VDS_MAINTENANCE',
    seen: { path: '/hosts/{host2}', type: 'Host', is: { status: 'maintenance' } },
  },
  { act: '/hosts/{host2}/activate', event: 'VDS_ACTIVATE', seen: { path: '/hosts/{host2}', type: 'Host', is: { status: 'up' } } },
  {
    act: '/hosts/{host2}/forceselectspm',
    event: 'USER_FORCE_SELECTED_SPM',
    seen: { path: '/hosts/{host2}', type: 'Host', is: { spm: { status: 'spm' } } },
  },

  {
    add: '/datacenters/{default-dc}/networks',
    type: 'Network',
    keep: 'host-network',
    body: { name: 'probe-on-host', vlan: { id: 102 } },
    event: 'NETWORK_ADD_NETWORK',
  },
  {
    add: '/clusters/{default-cluster}/networks',
    type: 'Network',
    keep: 'host-network-in-cluster',
    body: { id: '{host-network}', required: false },
    event: 'NETWORK_ATTACH_NETWORK_TO_CLUSTER',
  },
  {
    add: '/hosts/{host2}/networkattachments',
    type: 'NetworkAttachment',
    keep: 'network-attachment',
    body: { network: { id: '{host-network}' }, host_nic: { id: '{host2-nic}' } },
    event: 'NETWORK_UPDATE_NETWORK_TO_VDS_INTERFACE',
  },
  {
    observe: '/hosts/{host2}/networkattachments/{network-attachment}',
    type: 'NetworkAttachment',
    is: { in_sync: true, network: { id: '{host-network}' }, host_nic: { id: '{host2-nic}' } },
  },
  {
    update: '/hosts/{host2}/nics/{host2-nic}/networkattachments/{network-attachment}',
    type: 'NetworkAttachment',
    body: { ip_address_assignments: { ip_address_assignment: [{ assignment_method: 'dhcp', ip: { version: 'v4' } }] } },
    event: 'NETWORK_UPDATE_NETWORK_TO_VDS_INTERFACE',
  },
  { act: '/hosts/{host2}/syncallnetworks', event: 'HOST_SYNC_ALL_NETWORKS_FINISHED', seen: attachmentInSync },
  { act: '/hosts/{host2}/commitnetconfig', event: 'NETWORK_COMMINT_NETWORK_CHANGES', seen: attachmentInSync },
  { act: '/clusters/{default-cluster}/syncallnetworks', event: 'CLUSTER_SYNC_ALL_NETWORKS_STARTED', seen: attachmentInSync },
  { remove: '/hosts/{host2}/networkattachments/{network-attachment}', event: 'NETWORK_UPDATE_NETWORK_TO_VDS_INTERFACE' },
  {
    act: '/hosts/{host2}/setupnetworks',
    body: { modified_labels: { network_label: [{ id: 'probed', host_nic: { id: '{host2-nic}' } }] } },
    event: 'NETWORK_UPDATE_NETWORK_TO_VDS_INTERFACE',
    seen: { path: '/hosts/{host2}/nics/{host2-nic}/networklabels/probed', type: 'NetworkLabel', is: { id: 'probed' } },
  },
  {
    act: '/hosts/{host}/copyhostnetworks',
    body: { source_host: { id: '{host2}' } },
    event: 'NETWORK_COPY_HOST_NETWORKS',
    seen: { path: '/hosts/{host}', type: 'Host', is: { status: 'up' } },
  },
  {
    add: '/hosts/{host2}/nics/{host2-nic}/networklabels',
    type: 'NetworkLabel',
    keep: 'nic-label',
    body: { id: 'outside' },
    event: 'LABEL_NIC',
  },
  { remove: '/hosts/{host2}/nics/{host2-nic}/networklabels/{nic-label}', event: 'UNLABEL_NIC' },
  { observe: '/hosts/{host2}/nics/{host2-nic}', type: 'HostNic', is: { name: 'em3', status: 'up', speed: 1_000_000_000, mtu: 1500 } },
  { remove: '/clusters/{default-cluster}/networks/{host-network}', event: 'NETWORK_DETACH_NETWORK_TO_CLUSTER' },
  { remove: '/datacenters/{default-dc}/networks/{host-network}', event: 'NETWORK_REMOVE_NETWORK' },

  {
    add: '/storagedomains',
    type: 'StorageDomain',
    keep: 'domain',
    body: {
      name: 'probe-domain',
      description: 'probe',
      comment: 'probe comment',
      type: 'data',
      storage: { type: 'nfs', address: 'probe.example', path: '/export/probe' },
      host: { id: '{host}' },
    },
    notShown: ['host'],
    event: 'USER_ADD_STORAGE_DOMAIN',
  },
  ...permissionsOn('/storagedomains/{domain}', 'domain-permission'),
  {
    add: '/datacenters/{default-dc}/storagedomains',
    type: 'StorageDomain',
    keep: 'attached',
    body: { id: '{domain}' },
    event: 'USER_ATTACH_STORAGE_DOMAIN_TO_POOL',
  },
  {
    act: '/datacenters/{default-dc}/storagedomains/{domain}/deactivate',
    event: 'USER_DEACTIVATED_STORAGE_DOMAIN',
    seen: { path: '/datacenters/{default-dc}/storagedomains/{domain}', type: 'StorageDomain', is: { status: 'maintenance' } },
  },
  {
    act: '/datacenters/{default-dc}/storagedomains/{domain}/activate',
    event: 'USER_ACTIVATED_STORAGE_DOMAIN',
    seen: { path: '/datacenters/{default-dc}/storagedomains/{domain}', type: 'StorageDomain', is: { status: 'active' } },
  },
  {
    act: '/datacenters/{default-dc}/storagedomains/{domain}/deactivate',
    event: 'USER_DEACTIVATED_STORAGE_DOMAIN',
    seen: { path: '/datacenters/{default-dc}/storagedomains/{domain}', type: 'StorageDomain', is: { status: 'maintenance' } },
  },
  { remove: '/datacenters/{default-dc}/storagedomains/{domain}', event: 'USER_DETACH_STORAGE_DOMAIN_FROM_POOL' },
  { remove: '/storagedomains/{domain}?host=sim-1&format=true', event: 'USER_REMOVE_STORAGE_DOMAIN', goneFrom: '/storagedomains/{domain}' },

  {
    add: '/disks',
    type: 'Disk',
    keep: 'disk',
    body: {
      name: 'probe-disk',
      description: 'probe',
      provisioned_size: gib,
      format: 'raw',
      sparse: true,
      shareable: true,
      wipe_after_delete: false,
      propagate_errors: false,
      storage_domains: { storage_domain: [{ id: '{data}' }] },
    },
    event: 'USER_ADD_DISK_FINISHED_SUCCESS',
  },
  { update: '/disks/{disk}', type: 'Disk', body: { name: 'probe-disk2', description: 'changed' }, event: 'USER_UPDATE_VM_DISK' },
  ...permissionsOn('/disks/{disk}', 'disk-permission'),

  {
    add: '/vms',
    type: 'Vm',
    keep: 'vm',
    body: {
      name: 'probe-vm',
      description: 'probe',
      comment: 'probe comment',
      memory: 128 * mib,
      cluster: inDefault,
      template: { id: '{template}' },
    },
    event: 'USER_ADD_VM_FINISHED_SUCCESS',
  },
  {
    update: '/vms/{vm}',
    type: 'Vm',
    body: { name: 'probe-vm2', description: 'changed', memory: 256 * mib, type: 'desktop' },
    event: 'USER_UPDATE_VM',
  },
  ...permissionsOn('/vms/{vm}', 'vm-permission'),
  ...slaProbes,
  ...poolProbes,
  ...tagOn('/vms/{vm}', 'vm-tag', 'USER_ATTACH_TAG_TO_VM', 'USER_DETACH_VM_FROM_TAG'),
  {
    add: '/vms/{vm}/nics',
    type: 'Nic',
    keep: 'nic',
    body: { name: 'probe-nic', interface: 'virtio', linked: true, plugged: true, vnic_profile: { id: '{management-profile}' } },
    event: 'NETWORK_ADD_VM_INTERFACE',
  },
  {
    update: '/vms/{vm}/nics/{nic}',
    type: 'Nic',
    body: { name: 'probe-nic2', interface: 'e1000', linked: false, mac: { address: '02:01:02:03:04:05' } },
    event: 'NETWORK_UPDATE_VM_INTERFACE',
  },
  {
    add: '/vms/{vm}/nics/{nic}/networkfilterparameters',
    type: 'NetworkFilterParameter',
    keep: 'filter-parameter',
    body: { name: 'IP', value: '192.0.2.7' },
    event: 'NETWORK_ADD_NIC_FILTER_PARAMETER',
  },
  {
    update: '/vms/{vm}/nics/{nic}/networkfilterparameters/{filter-parameter}',
    type: 'NetworkFilterParameter',
    body: { value: '192.0.2.8' },
    event: 'NETWORK_UPDATE_NIC_FILTER_PARAMETER',
  },
  { remove: '/vms/{vm}/nics/{nic}/networkfilterparameters/{filter-parameter}', event: 'NETWORK_REMOVE_NIC_FILTER_PARAMETER' },
  {
    act: '/vms/{vm}/nics/{nic}/deactivate',
    event: 'NETWORK_DEACTIVATE_VM_INTERFACE_SUCCESS',
    seen: { path: '/vms/{vm}/nics/{nic}', type: 'Nic', is: { plugged: false } },
  },
  {
    act: '/vms/{vm}/nics/{nic}/activate',
    event: 'NETWORK_ACTIVATE_VM_INTERFACE_SUCCESS',
    seen: { path: '/vms/{vm}/nics/{nic}', type: 'Nic', is: { plugged: true } },
  },
  {
    add: '/vms/{vm}/diskattachments',
    type: 'DiskAttachment',
    keep: 'attachment',
    body: { disk: { id: '{disk}' }, interface: 'virtio', bootable: false, active: true },
    event: 'USER_ATTACH_DISK_TO_VM',
  },
  {
    update: '/vms/{vm}/diskattachments/{disk}',
    type: 'DiskAttachment',
    body: { interface: 'virtio_scsi', pass_discard: true },
    event: 'USER_UPDATE_VM_DISK',
  },
  { act: '/vms/{vm}/start', event: 'USER_STARTED_VM', seen: vmUp },
  { observe: '/vms/{vm}', type: 'Vm', is: { status: 'up', host: { id: '{host-of-vm}' } } },
  { act: '/vms/{vm}/reboot', event: 'USER_REBOOT_VM', seen: vmUp },
  { act: '/vms/{vm}/reset', event: 'USER_RESET_VM', seen: vmUp },
  { act: '/vms/{vm}/ticket', body: { ticket: { expiry: 120 } }, event: 'VM_SET_TICKET', seen: vmUp },
  { act: '/vms/{vm}/suspend', event: 'USER_SUSPEND_VM', seen: { path: '/vms/{vm}', type: 'Vm', is: { status: 'suspended' } } },
  { act: '/vms/{vm}/start', event: 'USER_STARTED_VM', seen: vmUp },
  { act: '/vms/{vm}/shutdown', event: 'USER_INITIATED_SHUTDOWN_VM', seen: vmDown },
  { act: '/vms/{vm}/start', event: 'USER_STARTED_VM', seen: vmUp },
  { act: '/vms/{vm}/stop', event: 'USER_STOP_VM', seen: vmDown },
  { remove: '/vms/{vm}/diskattachments/{disk}', event: 'USER_DETACH_DISK_FROM_VM' },
  { remove: '/vms/{vm}/nics/{nic}', event: 'NETWORK_REMOVE_VM_INTERFACE' },
  {
    add: '/templates',
    type: 'Template',
    keep: 'template2',
    body: { name: 'probe-template', description: 'probe', comment: 'probe comment', vm: { id: '{vm}' } },
    notShown: ['vm'],
    event: 'USER_ADD_VM_TEMPLATE_FINISHED_SUCCESS',
  },
  {
    add: '/templates/{template2}/nics',
    type: 'Nic',
    keep: 'template-nic',
    body: { name: 'probe-template-nic', interface: 'virtio', linked: true, plugged: true, vnic_profile: { id: '{management-profile}' } },
    event: 'NETWORK_ADD_TEMPLATE_INTERFACE',
  },
  {
    update: '/templates/{template2}/nics/{template-nic}',
    type: 'Nic',
    body: { name: 'probe-template-nic2', interface: 'e1000', linked: false },
    event: 'NETWORK_UPDATE_TEMPLATE_INTERFACE',
  },
  { remove: '/templates/{template2}/nics/{template-nic}', event: 'NETWORK_REMOVE_TEMPLATE_INTERFACE' },
  ...permissionsOn('/templates/{template2}', 'template-permission'),
  { remove: '/templates/{template2}', event: 'USER_REMOVE_VM_TEMPLATE_FINISHED' },
  { remove: '/vms/{vm}', event: 'USER_REMOVE_VM_FINISHED' },
  { remove: '/disks/{disk}', event: 'USER_FINISHED_REMOVE_DISK' },
  { remove: '/tags/{tag}', event: 'USER_REMOVE_TAG' },
  { remove: '/users/{someone}', event: 'USER_REMOVE_ADUSER' },
];

/** Changes of a VM's definition that its domain must show. Each is made alone, on one VM. */
export const domainChanges: readonly Body[] = [
  { name: 'domain-vm2' },
  { memory: 192 * mib, memory_policy: { guaranteed: 192 * mib, max: 512 * mib } },
  { memory_policy: { guaranteed: 64 * mib } },
  { memory_policy: { max: 768 * mib } },
  { memory_policy: { ballooning: false } },
  { cpu: { topology: { sockets: 2 } } },
  { cpu: { topology: { cores: 2 } } },
  { cpu: { topology: { threads: 2 } } },
  { bios: { type: 'q35_sea_bios' } },
  { bios: { boot_menu: { enabled: true } } },
  { os: { boot: { devices: { device: ['network'] } } } },
  { os: { type: 'debian_9' } },
  { custom_cpu_model: 'Westmere' },
  { custom_emulated_machine: 'pc-q35-7.2' },
  { display: { type: 'spice' } },
  { display: { keyboard_layout: 'de' } },
  { io: { threads: 0 } },
  { rng_device: { source: 'hwrng' } },
  { serial_number: { policy: 'vm' } },
  { soundcard_enabled: true },
  { usb: { enabled: true } },
  { tpm_enabled: true },
  { virtio_scsi: { enabled: false } },
  { console: { enabled: false } },
  { storage_error_resume_behaviour: 'kill' },
  { start_paused: true },
  { time_zone: { name: 'Europe/Berlin' } },
  { cpu_shares: 1024 },
  { high_availability: { enabled: true, priority: 50 } },
  { stateless: true },
  { delete_protected: true },
  { multi_queues_enabled: false },
  { migration_downtime: 500 },
  { custom_properties: { custom_property: [{ name: 'sap_agent', value: 'true' }] } },
];
