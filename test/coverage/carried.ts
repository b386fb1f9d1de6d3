import type { AttributeName } from './compare.ts';

/** Why an attribute was written and shown, but not seen to be read by anything else. */
export interface Carried {
  /** What reads it, or why nothing needs to. */
  readonly why: string;
  /** The test that shows it to be read; missing where it has no effect to show. */
  readonly test?: string;
}

const scheduled = (what: string): Carried => ({
  why: `the scheduler reads it: ${what}`,
  test: 'packages/engine/src/affinity-groups/affinity.live.test.ts',
});
const fencing = (what: string): Carried => ({
  why: `the fencing of the host reads it: ${what}`,
  test: 'packages/engine/src/hosts/fence-agents.live.test.ts',
});
const profile: Carried = {
  why: 'a VM or disk of the profile is held to its quality of service, also one that runs already',
  test: 'test/engine/vm-definition.live.test.ts',
};
const limits: Carried = {
  why: 'what a domain or a disk gets for limits when its VM starts, and its host when they change',
  test: 'test/engine/vm-definition.live.test.ts',
};
const quota: Carried = {
  why: 'additions and starts are refused, or warned of, beyond it',
  test: 'packages/engine/src/quotas/quotas.live.test.ts',
};
const disk = (what: string): Carried => ({ why: `the volume is made with it: ${what}`, test: 'test/engine/first-vm.live.test.ts' });
const attachment: Carried = { why: 'part of the domain that a VM with disks gets', test: 'test/engine/first-vm.live.test.ts' };
const instanceType: Carried = {
  why: 'VMs that are bound to the type take it over',
  test: 'packages/engine/src/instance-types/instance-types.live.test.ts',
};
const macs: Carried = { why: 'addresses of new NICs come from it', test: 'packages/engine/src/mac-pools/mac-pools.live.test.ts' };
const hostNetworks: Carried = { why: 'brought to hosts by their set-up of networks', test: 'test/engine/host-networks.live.test.ts' };
const nic: Carried = { why: 'part of the domain that a VM with NICs gets', test: 'packages/engine/src/nics/nics.live.test.ts' };
const permission: Carried = { why: 'decides what its user may do', test: 'packages/engine/src/rest/authorization.live.test.ts' };
const numa: Carried = {
  why: 'part of the domain, and what the scheduler compares with a host',
  test: 'packages/engine/src/scheduling/schedule.test.ts',
};
const policy: Carried = { why: 'the scheduler works by it', test: 'packages/engine/src/scheduling-policies/policies.live.test.ts' };
const connection: Carried = { why: 'hosts connect storage with it', test: 'test/engine/storage-connections.live.test.ts' };
const devices = (what: string): Carried => ({ why: what, test: 'test/engine/vm-devices.live.test.ts' });
const pool = (what: string): Carried => ({ why: what, test: 'test/engine/vm-pools.live.test.ts' });
const migration: Carried = { why: 'decides how a VM is moved', test: 'packages/engine/src/vms/migration-parameters.test.ts' };
const moved = (why: string): Carried => ({ why, test: 'test/engine/migration.live.test.ts' });
const onHosts = (what: string): Carried => ({ why: what, test: 'test/engine/host-actions.live.test.ts' });
const attachedNetwork = (what: string): Carried => ({ why: what, test: 'packages/engine/src/host-networks/change.test.ts' });
const signIn: Carried = { why: 'by it clients know whether to ask for logon before they open a console; the engine signs in who asks' };
const fencingPolicy: Carried = {
  why: 'decides whether a host that is away is fenced',
  test: 'packages/engine/src/fencing/fencing.test.ts',
};
const scheduler = (what: string): Carried => ({ why: what, test: 'packages/engine/src/scheduling/schedule.test.ts' });
const space: Carried = { why: 'too little space is told, and refuses new disks', test: 'test/engine/storage-connections.live.test.ts' };
const level: Carried = { why: 'hosts below it are not operational', test: 'packages/engine/src/data-centers/data-centers.live.test.ts' };
const text: Carried = { why: 'a text for people' };
const identity: Carried = { why: 'by it one object refers to another: it decides what is tied to what' };

/** Of every attribute: by its whole name, or by its own name in all types. */
export const carried: Readonly<Record<string, Carried>> = {
  '*.id': identity,
  '*.description': text,
  '*.comment': text,
  '*.name': {
    why: 'unique where the contract has it so; references by name find it',
    test: 'packages/engine/src/rest/duplicate-names.live.test.ts',
  },
  'Disk.content_type': devices('ISO disks go into CD drives and are listed as files'),
  'GraphicsConsole.protocol': devices('the domain gets that display'),
  'VmMediatedDevice.spec_params': devices('the domain gets a device of that type, and the scheduler looks for it'),
  'Vm.placement_policy': devices('devices and CPUs of the host that a VM is pinned to'),
  'VmPlacementPolicy.affinity': devices('a pinned VM does not migrate'),
  'VmPlacementPolicy.hosts': devices('devices and CPUs of the host that a VM is pinned to'),
  'AffinityGroup.hosts_rule': scheduled('which hosts VMs of the group start on'),
  'AffinityGroup.vms_rule': scheduled('which VMs start together or apart'),
  'AffinityGroup.priority': scheduled('which group gives way when two contradict'),
  'AffinityRule.enabled': scheduled('a rule that is not enabled is none'),
  'AffinityRule.enforcing': scheduled('refuses a host, or ranks it'),
  'AffinityRule.positive': scheduled('together or apart'),
  'AffinityLabel.has_implicit_affinity_group': scheduled('VMs with the label start on hosts with it'),
  'Agent.address': fencing('the power device'),
  'Agent.encrypt_options': fencing('options are shown or hidden'),
  'Agent.order': fencing('which device is asked first'),
  'Agent.port': fencing('the power device'),
  'Agent.type': fencing('which program is run'),
  'Agent.username': fencing('the account at the power device'),
  'Balance.scheduling_policy_unit': policy,
  'Filter.position': policy,
  'Filter.scheduling_policy_unit': policy,
  'Weight.factor': policy,
  'Weight.scheduling_policy_unit': policy,
  'SchedulingPolicy.properties': policy,
  'Bookmark.value': { why: 'what the portal searches for when the bookmark is chosen' },
  'Cluster.ballooning_enabled': {
    why: 'VMs of the cluster get a balloon, and hosts of it a policy',
    test: 'test/engine/vm-definition.live.test.ts',
  },
  'Cluster.cpu': { why: 'the processor of a domain; hosts without it are not operational', test: 'test/engine/host-actions.live.test.ts' },
  'Cpu.architecture': { why: 'the architecture of a domain', test: 'test/engine/vm-definition.live.test.ts' },
  'Cpu.type': { why: 'the processor of a domain', test: 'test/engine/vm-definition.live.test.ts' },
  'Cpu.cores': numa,
  'Cluster.data_center': identity,
  'CpuProfile.cluster': identity,
  'CpuProfile.qos': profile,
  'DiskProfile.qos': profile,
  'DiskProfile.storage_domain': identity,
  'Disk.format': disk('raw or qcow2'),
  'Disk.provisioned_size': disk('its size'),
  'Disk.sparse': disk('sparse or preallocated'),
  'Disk.storage_domains': disk('where it lies'),
  'Disk.propagate_errors': attachment,
  'DiskAttachment.active': attachment,
  'DiskAttachment.bootable': attachment,
  'DiskAttachment.disk': attachment,
  'DiskAttachment.interface': attachment,
  'DiskAttachment.pass_discard': attachment,
  'HighAvailability.enabled': { why: 'a VM that ends by itself is started again', test: 'packages/engine/src/vms/restart-rules.test.ts' },
  'HighAvailability.priority': {
    why: 'of several VMs that ended the first is started first',
    test: 'packages/engine/src/vms/restart-rules.test.ts',
  },
  'Vm.high_availability': { why: 'a VM that ends by itself is started again', test: 'packages/engine/src/vms/restart-rules.test.ts' },
  'Host.power_management': fencing('whether power may be switched'),
  'PowerManagement.automatic_pm_enabled': fencing('whether it may be switched by policy'),
  'PowerManagement.enabled': fencing('whether power may be switched'),
  'PowerManagement.kdump_detection': fencing('a host that would not tell of its dumps is warned of; they are not waited for'),
  'HostStorage.address': connection,
  'HostStorage.path': connection,
  'HostStorage.type': connection,
  'StorageDomain.storage': connection,
  'StorageDomain.type': { why: 'decides what may lie on it', test: 'packages/engine/src/rest/contract.live.test.ts' },
  'InstanceType.cpu': instanceType,
  'InstanceType.cpu_shares': instanceType,
  'InstanceType.custom_emulated_machine': instanceType,
  'InstanceType.high_availability': instanceType,
  'InstanceType.io': instanceType,
  'InstanceType.memory': instanceType,
  'InstanceType.memory_policy': instanceType,
  'InstanceType.soundcard_enabled': instanceType,
  'InstanceType.storage_error_resume_behaviour': instanceType,
  'Mac.address': nic,
  'MacPool.allow_duplicates': macs,
  'MacPool.default_pool': macs,
  'MacPool.ranges': macs,
  'Network.data_center': identity,
  'Network.required': { why: 'a host without it is not operational', test: 'test/engine/host-networks.live.test.ts' },
  'Network.vlan': hostNetworks,
  'Vlan.id': hostNetworks,
  'NetworkAttachment.ip_address_assignments': hostNetworks,
  'NetworkFilterParameter.value': nic,
  'Nic.interface': nic,
  'Nic.linked': nic,
  'Nic.mac': nic,
  'Nic.vnic_profile': nic,
  'Permission.cluster': permission,
  'Permission.role': permission,
  'Permission.user': permission,
  'Permission.group': permission,
  'Role.administrative': permission,
  'Role.permits': permission,
  'Qos.cpu_limit': limits,
  'Qos.max_read_iops': limits,
  'Qos.max_throughput': limits,
  'Qos.max_write_iops': limits,
  'Qos.type': limits,
  'Quota.cluster_hard_limit_pct': quota,
  'Quota.cluster_soft_limit_pct': quota,
  'Quota.storage_hard_limit_pct': quota,
  'Quota.storage_soft_limit_pct': quota,
  'QuotaClusterLimit.cluster': quota,
  'QuotaClusterLimit.memory_limit': quota,
  'QuotaClusterLimit.vcpu_limit': quota,
  'QuotaStorageLimit.limit': quota,
  'QuotaStorageLimit.storage_domain': quota,
  'Spm.priority': { why: 'the host with the highest is elected storage manager first', test: 'test/engine/host-actions.live.test.ts' },
  'SshPublicKey.content': { why: 'kept for serial consoles over SSH, which are not built' },
  'Tag.parent': { why: 'a search by a tag finds what has a tag below it', test: 'packages/engine/src/tags/tags.live.test.ts' },
  'Template.memory': { why: 'VMs made of the template begin with it', test: 'packages/engine/src/templates/templates.live.test.ts' },
  'Template.version': { why: 'sub-versions are counted by it', test: 'packages/engine/src/templates/templates.live.test.ts' },
  'TemplateVersion.version_name': text,
  'UserOption.content': { why: 'the portal keeps what its user chose in it' },
  'Vm.numa_tune_mode': {
    why: 'the mode of all its virtual nodes, and of new ones',
    test: 'packages/engine/src/profiles/profiles.live.test.ts',
  },
  'VmPool.cluster': { why: 'new VMs of the pool are made there', test: 'test/engine/vm-pools.live.test.ts' },
  'VirtualNumaNode.cpu': numa,
  'VirtualNumaNode.index': numa,
  'VirtualNumaNode.memory': numa,
  'VirtualNumaNode.numa_tune_mode': numa,
  'Vm.cluster': { why: 'a VM that is down moves there', test: 'packages/engine/src/vms/change-cluster.live.test.ts' },
  'Vm.template': identity,
  'Vm.delete_protected': { why: 'a removal is refused', test: 'packages/engine/src/vms/administered.live.test.ts' },
  'Vm.migration_downtime': migration,
  'Vm.stateless': { why: 'a snapshot is taken at the start and gone back to at the end', test: 'test/engine/stateless.live.test.ts' },
  'Vm.type': { why: 'a server has no sound card, a desktop has one; what is optimized for changes defaults' },
  'Display.proxy': devices('files that open SPICE consoles name it'),
  'VmPool.auto_storage_select': { why: 'disks of a template lie on one storage domain, so there is nothing to choose yet' },
  'VmPool.display': devices('files that open SPICE consoles of its VMs name its proxy'),
  'VmPool.max_user_vms': pool('a user gets no more'),
  'VmPool.prestarted_vms': pool('so many are started before anybody asks'),
  'VmPool.soundcard_enabled': pool('its VMs are made with it'),
  'VmPool.stateful': pool('its VMs keep what was written, or not'),
  'VmPool.template': identity,
  'VmPool.use_latest_template_version': pool('its VMs are made anew of a newer version'),
  'VnicProfile.network': identity,
  'Cluster.bios_type': { why: 'the machine of VMs that leave it to their cluster', test: 'test/engine/vm-definition.live.test.ts' },
  'Cluster.custom_scheduling_policy_properties': policy,
  'Cluster.scheduling_policy': policy,
  'Cluster.error_handling': moved('which VMs leave a host that is not operational'),
  'ErrorHandling.on_error': moved('which VMs leave a host that is not operational'),
  'Cluster.fencing_policy': fencingPolicy,
  'FencingPolicy.enabled': fencingPolicy,
  'FencingPolicy.skip_if_connectivity_broken': fencingPolicy,
  'FencingPolicy.skip_if_sd_active': fencingPolicy,
  'SkipIfConnectivityBroken.enabled': fencingPolicy,
  'SkipIfConnectivityBroken.threshold': fencingPolicy,
  'SkipIfSdActive.enabled': fencingPolicy,
  'Cluster.fips_mode': {
    why: 'hosts that run in another mode are not operational',
    test: 'packages/engine/src/clusters/clusters.live.test.ts',
  },
  'Cluster.firewall_type': {
    why: 'hosts that were installed otherwise are marked; the installation leaves the firewall alone',
    test: 'packages/engine/src/clusters/clusters.live.test.ts',
  },
  'Cluster.vnc_encryption': {
    why: 'hosts that were installed otherwise are marked; viewers go by what each host says of itself',
    test: 'packages/engine/src/clusters/clusters.live.test.ts',
  },
  'Cluster.trusted_service': {
    why: 'true is refused: there is no server that attests hosts',
    test: 'packages/engine/src/clusters/clusters.live.test.ts',
  },
  'Cluster.virt_service': { why: 'false is refused: every cluster runs VMs', test: 'packages/engine/src/clusters/clusters.live.test.ts' },
  'Cluster.switch_type': hostNetworks,
  'Cluster.maintenance_reason_required': {
    why: 'portals ask for the reason; the engine takes an action without one, as the contract has it',
  },
  'Cluster.optional_reason': { why: 'portals ask for the reason; the engine takes an action without one, as the contract has it' },
  'Cluster.ha_reservation': {
    why: 'highly available VMs are spread over hosts, and an alert says when there is no room for those of one',
    test: 'packages/engine/src/clusters/ha-reservation.live.test.ts',
  },
  'Cluster.ksm': onHosts('hosts merge pages of memory by it'),
  'Ksm.enabled': onHosts('hosts merge pages of memory by it'),
  'Ksm.merge_across_nodes': onHosts('hosts merge pages of memory by it'),
  'Cluster.log_max_memory_used_threshold': onHosts('hosts with less memory are warned of'),
  'Cluster.log_max_memory_used_threshold_type': onHosts('hosts with less memory are warned of'),
  'Cluster.mac_pool': macs,
  'Cluster.memory_policy': scheduler('how much memory of a host VMs may have together'),
  'MemoryPolicy.over_commit': scheduler('how much memory of a host VMs may have together'),
  'MemoryOverCommit.percent': scheduler('how much memory of a host VMs may have together'),
  'Cluster.migration': migration,
  'Cluster.tunnel_migration': migration,
  'MigrationBandwidth.assignment_method': migration,
  'MigrationBandwidth.custom_value': migration,
  'MigrationOptions.auto_converge': migration,
  'MigrationOptions.bandwidth': migration,
  'MigrationOptions.compressed': migration,
  'MigrationOptions.encrypted': migration,
  'Vm.migration': migration,
  'Vm.tunnel_migration': migration,
  'Cluster.required_rng_sources': {
    why: 'a host without them is not operational',
    test: 'packages/engine/src/clusters/clusters.live.test.ts',
  },
  'Cluster.serial_number': { why: 'the serial number of VMs that say none' },
  'Cluster.threads_as_cores': scheduler('threads of hosts count as processors'),
  'Cluster.version': level,
  'DataCenter.version': level,
  'Version.major': level,
  'Version.minor': level,
  'DataCenter.local': { why: 'decides which storage may be attached', test: 'packages/engine/src/data-centers/data-centers.live.test.ts' },
  'DataCenter.quota_mode': quota,
  'Disk.alias': text,
  'Disk.backup': {
    why: 'backups record what changes on the disk from then on; only qcow2 disks may have it',
    test: 'test/engine/backups.live.test.ts',
  },
  'Disk.qcow_version': disk('the version of its format'),
  'Disk.wipe_after_delete': { why: 'hosts are asked to overwrite it when it is removed (postZero)' },
  'DiskAttachment.read_only': attachment,
  'Network.dns_resolver_configuration': attachedNetwork('name servers that hosts get with the network'),
  'DnsResolverConfiguration.name_servers': attachedNetwork('name servers that hosts get with the network'),
  'Network.port_isolation': devices('NICs of the network do not reach one another'),
  'Network.qos': attachedNetwork('the share of a link that the network gets on hosts'),
  'Network.stp': attachedNetwork('whether the bridge on hosts speaks STP'),
  'Network.usages': { why: 'what the network of a cluster is for', test: 'packages/engine/src/networks/networks.live.test.ts' },
  'Qos.max_iops': limits,
  'Qos.max_read_throughput': limits,
  'Qos.max_write_throughput': limits,
  'Qos.inbound_average': limits,
  'Qos.inbound_burst': limits,
  'Qos.inbound_peak': limits,
  'Qos.outbound_average': limits,
  'Qos.outbound_burst': limits,
  'Qos.outbound_peak': limits,
  'Qos.outbound_average_linkshare': attachedNetwork('the share of a link that the network gets on hosts'),
  'Qos.outbound_average_realtime': attachedNetwork('the share of a link that the network gets on hosts'),
  'Qos.outbound_average_upperlimit': attachedNetwork('the share of a link that the network gets on hosts'),
  'SerialNumber.policy': { why: 'the serial number of VMs' },
  'SerialNumber.value': { why: 'the serial number of VMs' },
  'Sso.methods': signIn,
  'Vm.sso': signIn,
  'StorageDomain.backup': {
    why: 'VMs with disks or leases on it do not run',
    test: 'packages/engine/src/storage-domains/backup.live.test.ts',
  },
  'StorageDomain.critical_space_action_blocker': space,
  'StorageDomain.warning_low_space_indicator': space,
  'StorageDomain.wipe_after_delete': {
    why: 'disks on it are wiped unless they say otherwise',
    test: 'test/engine/storage-connections.live.test.ts',
  },
  'Vm.origin': text,
  'Vm.virtio_scsi_multi_queues_enabled': { why: 'the domain gets as many queues as it has CPUs' },
  'VnicProfile.migratable': moved('whether a VM with a virtual function of a host may leave it'),
  'VnicProfile.pass_through': devices('its NICs are virtual functions of the host'),
  'VnicPassThrough.mode': devices('its NICs are virtual functions of the host'),
  'VnicProfile.network_filter': nic,
  'VnicProfile.qos': limits,
};

/** Why an attribute is only carried; undefined when nobody says. */
export const whyCarried = (name: AttributeName): Carried | undefined => carried[name] ?? carried[`*.${name.split('.')[1]}`];
