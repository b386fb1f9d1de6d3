// Generated from data/ by `npm run generate`. Do not edit.

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

/** A `<link>`: a sub-collection, a search or an action of a resource. */
export interface Link { href?: string; rel?: string }

/** What every resource carries beside its own attributes. */
export interface Resource {
  id?: string;
  href?: string;
  actions?: Link[];
  creation_status?: string;
  links?: Link[];
}

export type AccessProtocol = 'gluster' | 'nfs' | 'cifs';
export type Architecture = 'undefined' | 'x86_64' | 'ppc64' | 's390x' | 'aarch64' | 'loongarch64';
export type AutoNumaStatus = 'disable' | 'enable' | 'unknown';
export type AutoPinningPolicy = 'disabled' | 'existing' | 'adjust';
export type BackupPhase = 'initializing' | 'starting' | 'ready' | 'finalizing' | 'succeeded' | 'failed';
export type BiosType = 'cluster_default' | 'i440fx_sea_bios' | 'q35_sea_bios' | 'q35_ovmf' | 'q35_secure_boot';
export type BootDevice = 'cdrom' | 'hd' | 'network';
export type BootProtocol = 'autoconf' | 'dhcp' | 'poly_dhcp_autoconf' | 'static' | 'none';
export type CheckpointState = 'created' | 'invalid';
export type CloudInitNetworkProtocol = 'eni' | 'openstack_metadata';
export type ClusterUpgradeAction = 'start' | 'update_progress' | 'finish';
export type ConfigurationType = 'ovf' | 'ova';
export type CpuMode = 'custom' | 'host_model' | 'host_passthrough';
export type CpuPinningPolicy = 'none' | 'manual' | 'resize_and_pin_numa' | 'dedicated' | 'isolate_threads';
export type CreationStatus = 'pending' | 'in_progress' | 'complete' | 'failed';
export type DataCenterStatus = 'uninitialized' | 'up' | 'maintenance' | 'not_operational' | 'problematic' | 'contend';
export type DiskBackup = 'none' | 'incremental';
export type DiskBackupMode = 'full' | 'incremental';
export type DiskContentType = 'data' | 'ovf_store' | 'memory_dump_volume' | 'memory_metadata_volume' | 'iso' | 'hosted_engine' | 'hosted_engine_sanlock' | 'hosted_engine_metadata'
  | 'hosted_engine_configuration' | 'backup_scratch';
export type DiskFormat = 'cow' | 'raw';
export type DiskInterface = 'ide' | 'virtio_scsi' | 'virtio' | 'spapr_vscsi' | 'sata';
export type DiskStatus = 'illegal' | 'locked' | 'ok';
export type DiskStorageType = 'image' | 'lun' | 'cinder' | 'managed_block_storage';
export type DiskType = 'data' | 'system';
export type DisplayType = 'vnc' | 'spice';
export type EntityExternalStatus = 'ok' | 'info' | 'warning' | 'error' | 'failure';
export type ExternalStatus = 'error' | 'failure' | 'info' | 'ok' | 'warning';
export type ExternalSystemType = 'vdsm' | 'gluster';
export type ExternalVmProviderType = 'kvm' | 'xen' | 'vmware';
export type FenceType = 'manual' | 'restart' | 'start' | 'stop' | 'status';
export type FipsMode = 'undefined' | 'disabled' | 'enabled';
export type FirewallType = 'iptables' | 'firewalld';
export type GlusterBrickStatus = 'up' | 'down' | 'unknown';
export type GlusterHookStatus = 'enabled' | 'disabled' | 'missing';
export type GlusterState = 'up' | 'down' | 'unknown';
export type GlusterVolumeStatus = 'up' | 'down' | 'unknown';
export type GlusterVolumeType = 'distribute' | 'replicate' | 'distributed_replicate' | 'stripe' | 'distributed_stripe' | 'striped_replicate' | 'distributed_striped_replicate'
  | 'disperse' | 'distributed_disperse';
export type GraphicsType = 'spice' | 'vnc';
export type HookContentType = 'text' | 'binary';
export type HookStage = 'pre' | 'post';
export type HookStatus = 'enabled' | 'disabled' | 'missing';
export type HostProtocol = 'xml' | 'stomp';
export type HostStatus = 'down' | 'error' | 'initializing' | 'installing' | 'install_failed' | 'maintenance' | 'non_operational' | 'non_responsive' | 'pending_approval'
  | 'preparing_for_maintenance' | 'connecting' | 'reboot' | 'unassigned' | 'up' | 'installing_os' | 'kdumping';
export type HostType = 'rhel' | 'rhev_h' | 'ovirt_node';
export type ImageFileType = 'iso' | 'floppy' | 'disk';
export type ImageTransferDirection = 'upload' | 'download';
export type ImageTransferPhase = 'unknown' | 'initializing' | 'transferring' | 'resuming' | 'paused_system' | 'paused_user' | 'cancelled' | 'finalizing_success' | 'finalizing_failure'
  | 'finished_success' | 'finished_failure' | 'cancelled_system' | 'cancelled_user' | 'finalizing_cleanup' | 'finished_cleanup';
export type ImageTransferTimeoutPolicy = 'legacy' | 'pause' | 'cancel';
export type InheritableBoolean = 'true' | 'false' | 'inherit';
export type IpVersion = 'v4' | 'v6';
export type JobStatus = 'aborted' | 'failed' | 'finished' | 'started' | 'unknown';
export type KdumpStatus = 'unknown' | 'disabled' | 'enabled';
export type LogMaxMemoryUsedThresholdType = 'percentage' | 'absolute_value_in_mb';
export type LogSeverity = 'normal' | 'warning' | 'error' | 'alert';
export type LunStatus = 'free' | 'used' | 'unusable';
export type MessageBrokerType = 'qpid' | 'rabbit_mq';
export type MigrateOnError = 'migrate' | 'do_not_migrate' | 'migrate_highly_available';
export type MigrationBandwidthAssignmentMethod = 'auto' | 'custom' | 'hypervisor_default';
export type NetworkPluginType = 'open_vswitch';
export type NetworkStatus = 'operational' | 'non_operational';
export type NetworkUsage = 'default_route' | 'display' | 'gluster' | 'management' | 'migration' | 'vm';
export type NfsVersion = 'auto' | 'v3' | 'v4' | 'v4_0' | 'v4_1' | 'v4_2';
export type NicInterface = 'e1000' | 'e1000e' | 'virtio' | 'rtl8139' | 'rtl8139_virtio' | 'spapr_vlan' | 'pci_passthrough';
export type NicStatus = 'down' | 'up';
export type NotifiableEvent = 'engine_stop' | 'engine_backup_started' | 'engine_backup_completed' | 'engine_backup_failed' | 'engine_ca_certification_is_about_to_expire'
  | 'engine_ca_certification_has_expired' | 'engine_certification_is_about_to_expire' | 'engine_certification_has_expired'
  | 'cluster_alert_ha_reservation' | 'network_update_display_for_cluster_with_active_vm' | 'cluster_alert_ha_reservation_down' | 'host_failure'
  | 'host_updates_are_available' | 'host_updates_are_available_with_packages' | 'user_host_maintenance' | 'user_host_maintenance_manual_ha'
  | 'user_host_maintenance_migration_failed' | 'host_activate_manual_ha' | 'host_activate_failed' | 'host_recover_failed' | 'host_approve_failed'
  | 'host_install_failed' | 'host_time_drift_alert' | 'host_set_nonoperational' | 'host_set_nonoperational_iface_down' | 'host_low_mem'
  | 'host_high_mem_use' | 'host_interface_high_network_use' | 'host_high_cpu_use' | 'host_high_swap_use' | 'host_low_swap'
  | 'host_interface_state_down' | 'host_bond_slave_state_down' | 'network_update_display_for_host_with_active_vm'
  | 'host_certification_is_about_to_expire' | 'host_certification_has_expired' | 'host_certificate_has_invalid_san' | 'host_set_nonoperational_domain'
  | 'system_change_storage_pool_status_no_host_for_spm' | 'system_deactivated_storage_domain' | 'vm_failure' | 'vm_migration_start'
  | 'vm_migration_failed' | 'vm_migration_to_server_failed' | 'vm_not_responding' | 'vm_status_restored' | 'ha_vm_restart_failed' | 'ha_vm_failed'
  | 'vm_console_connected' | 'vm_console_disconnected' | 'vm_set_ticket' | 'vm_down_error' | 'host_initiated_run_vm_failed' | 'vm_paused'
  | 'vm_paused_eio' | 'vm_paused_enospc' | 'vm_paused_eperm' | 'vm_paused_error' | 'vm_recovered_from_pause_error' | 'mac_address_is_external'
  | 'host_slow_storage_response_time' | 'irs_failure' | 'irs_disk_space_low' | 'irs_confirmed_disk_space_low' | 'irs_disk_space_low_error'
  | 'number_of_lvs_on_storage_domain_exceeded_threshold' | 'gluster_volume_create' | 'gluster_volume_create_failed' | 'gluster_volume_option_added'
  | 'gluster_volume_option_modified' | 'gluster_volume_option_set_failed' | 'gluster_volume_start' | 'gluster_volume_start_failed'
  | 'gluster_volume_stop' | 'gluster_volume_stop_failed' | 'gluster_volume_options_reset' | 'gluster_volume_options_reset_all'
  | 'gluster_volume_options_reset_failed' | 'gluster_volume_delete' | 'gluster_volume_delete_failed' | 'gluster_volume_add_brick'
  | 'gluster_volume_add_brick_failed' | 'gluster_volume_remove_bricks' | 'gluster_volume_remove_bricks_failed' | 'start_removing_gluster_volume_bricks'
  | 'start_removing_gluster_volume_bricks_failed' | 'gluster_volume_remove_bricks_stop' | 'gluster_volume_remove_bricks_stop_failed'
  | 'gluster_volume_rebalance_start' | 'gluster_volume_rebalance_start_failed' | 'gluster_volume_rebalance_stop'
  | 'gluster_volume_rebalance_stop_failed' | 'gluster_volume_replace_brick_failed' | 'gluster_volume_replace_brick_start'
  | 'gluster_volume_replace_brick_start_failed' | 'gluster_volume_brick_replaced' | 'gluster_volume_rebalance_start_detected_from_cli'
  | 'start_removing_gluster_volume_bricks_detected_from_cli' | 'gluster_volume_rebalance_not_found_from_cli'
  | 'remove_gluster_volume_bricks_not_found_from_cli' | 'gluster_volume_snapshot_created' | 'gluster_volume_snapshot_create_failed'
  | 'gluster_server_add_failed' | 'gluster_server_remove' | 'gluster_server_remove_failed' | 'gluster_volume_profile_start'
  | 'gluster_volume_profile_start_failed' | 'gluster_volume_profile_stop' | 'gluster_volume_profile_stop_failed' | 'gluster_hook_enable'
  | 'gluster_hook_enable_failed' | 'gluster_hook_disable' | 'gluster_hook_disable_failed' | 'gluster_hook_detected_new'
  | 'gluster_hook_conflict_detected' | 'gluster_hook_detected_delete' | 'gluster_hook_added' | 'gluster_hook_add_failed' | 'gluster_hook_removed'
  | 'gluster_hook_remove_failed' | 'gluster_service_started' | 'gluster_service_start_failed' | 'gluster_service_stopped'
  | 'gluster_service_stop_failed' | 'gluster_service_restarted' | 'gluster_service_restart_failed' | 'gluster_brick_status_changed'
  | 'gluster_volume_snapshot_deleted' | 'gluster_volume_snapshot_delete_failed' | 'gluster_volume_all_snapshots_deleted'
  | 'gluster_volume_all_snapshots_delete_failed' | 'gluster_volume_snapshot_activated' | 'gluster_volume_snapshot_activate_failed'
  | 'gluster_volume_snapshot_deactivated' | 'gluster_volume_snapshot_deactivate_failed' | 'gluster_volume_snapshot_restored'
  | 'gluster_volume_snapshot_restore_failed' | 'gluster_volume_confirmed_space_low' | 'dwh_stopped' | 'dwh_error' | 'gluster_volume_rebalance_finished'
  | 'gluster_volume_migrate_brick_data_finished' | 'host_untrusted' | 'user_update_vm_from_trusted_to_untrusted'
  | 'user_update_vm_from_untrusted_to_trusted' | 'importexport_import_vm_from_trusted_to_untrusted'
  | 'importexport_import_vm_from_untrusted_to_trusted' | 'user_add_vm_from_trusted_to_untrusted' | 'user_add_vm_from_untrusted_to_trusted'
  | 'importexport_import_template_from_trusted_to_untrusted' | 'importexport_import_template_from_untrusted_to_trusted'
  | 'user_add_vm_template_from_trusted_to_untrusted' | 'user_add_vm_template_from_untrusted_to_trusted'
  | 'user_update_vm_template_from_trusted_to_untrusted' | 'user_update_vm_template_from_untrusted_to_trusted' | 'faulty_multipaths_on_host'
  | 'no_faulty_multipaths_on_host' | 'multipath_devices_without_valid_paths_on_host';
export type NotificationMethod = 'smtp' | 'snmp';
export type NumaTuneMode = 'strict' | 'interleave' | 'preferred';
export type OpenStackNetworkProviderType = 'neutron' | 'external';
export type OpenstackVolumeAuthenticationKeyUsageType = 'ceph';
export type OsType = 'unassigned' | 'windows_xp' | 'windows_2003' | 'windows_2008' | 'other_linux' | 'other' | 'rhel_5' | 'rhel_4' | 'rhel_3' | 'windows_2003x64'
  | 'windows_7' | 'windows_7x64' | 'rhel_5x64' | 'rhel_4x64' | 'rhel_3x64' | 'windows_2008x64' | 'windows_2008r2x64' | 'rhel_6' | 'rhel_6x64'
  | 'windows_8' | 'windows_8x64' | 'windows_2012x64';
export type ParallelMigrationsPolicy = 'inherit' | 'auto' | 'auto_parallel' | 'disabled' | 'custom';
export type PayloadEncoding = 'base64' | 'plaintext';
export type PmProxyType = 'cluster' | 'dc' | 'other_dc';
export type PolicyUnitType = 'filter' | 'weight' | 'load_balancing';
export type PowerManagementStatus = 'on' | 'off' | 'unknown';
export type QcowVersion = 'qcow2_v2' | 'qcow2_v3';
export type QosType = 'storage' | 'cpu' | 'network' | 'hostnetwork';
export type QuotaModeType = 'enabled' | 'disabled' | 'audit';
export type ReportedDeviceType = 'network';
export type ResolutionType = 'add' | 'copy';
export type RngSource = 'random' | 'urandom' | 'hwrng';
export type RoleType = 'admin' | 'user';
export type ScsiGenericIO = 'filtered' | 'unfiltered' | 'disabled';
export type SeLinuxMode = 'enforcing' | 'permissive' | 'disabled';
export type SerialNumberPolicy = 'host' | 'vm' | 'custom' | 'none';
export type SnapshotStatus = 'ok' | 'locked' | 'in_preview';
export type SnapshotType = 'regular' | 'active' | 'stateless' | 'preview';
export type SpmStatus = 'none' | 'contending' | 'spm';
export type SshAuthenticationMethod = 'password' | 'publickey';
export type SsoMethod = 'guest_agent';
export type StatisticKind = 'counter' | 'gauge';
export type StatisticUnit = 'bits_per_second' | 'bytes' | 'bytes_per_second' | 'count_per_second' | 'none' | 'percent' | 'seconds';
export type StepEnum = 'validating' | 'executing' | 'finalizing' | 'rebalancing_volume' | 'removing_bricks' | 'unknown';
export type StepStatus = 'aborted' | 'failed' | 'finished' | 'started' | 'unknown';
export type StorageDomainStatus = 'active' | 'inactive' | 'locked' | 'mixed' | 'unattached' | 'maintenance' | 'preparing_for_maintenance' | 'detaching' | 'activating' | 'unknown';
export type StorageDomainType = 'data' | 'iso' | 'export' | 'image' | 'volume' | 'managed_block_storage';
export type StorageFormat = 'v1' | 'v2' | 'v3' | 'v4' | 'v5';
export type StorageType = 'iscsi' | 'fcp' | 'nfs' | 'localfs' | 'posixfs' | 'glusterfs' | 'glance' | 'cinder' | 'managed_block_storage';
export type SwitchType = 'legacy' | 'ovs';
export type TemplateStatus = 'illegal' | 'locked' | 'ok';
export type TpmSupport = 'unsupported' | 'supported' | 'required';
export type TransportType = 'tcp' | 'rdma';
export type UsbType = 'legacy' | 'native';
export type ValueType = 'decimal' | 'integer' | 'string';
export type VgpuPlacement = 'consolidated' | 'separated';
export type VideoType = 'bochs' | 'cirrus' | 'vga' | 'qxl';
export type VmAffinity = 'migratable' | 'user_migratable' | 'pinned';
export type VmDeviceType = 'floppy' | 'cdrom';
export type VmPoolType = 'automatic' | 'manual';
export type VmStatus = 'unassigned' | 'down' | 'up' | 'powering_up' | 'paused' | 'migrating' | 'unknown' | 'not_responding' | 'wait_for_launch' | 'reboot_in_progress'
  | 'saving_state' | 'restoring_state' | 'suspended' | 'image_locked' | 'powering_down';
export type VmStorageErrorResumeBehaviour = 'leave_paused' | 'auto_resume' | 'kill';
export type VmType = 'desktop' | 'server' | 'high_performance';
export type VnicPassThroughMode = 'enabled' | 'disabled';
export type WatchdogAction = 'none' | 'reset' | 'poweroff' | 'pause' | 'dump';
export type WatchdogModel = 'i6300esb' | 'diag288';

export interface Action extends Identified {
  activate?: boolean;
  allow_partial_import?: boolean;
  async?: boolean;
  attach_wgt?: boolean;
  attachment?: DiskAttachment;
  authorized_key?: AuthorizedKey;
  auto_pinning_policy?: AutoPinningPolicy;
  bricks?: GlusterBrick[];
  certificates?: Certificate[];
  check_connectivity?: boolean;
  clone?: boolean;
  clone_permissions?: boolean;
  cluster?: Cluster;
  collapse_snapshots?: boolean;
  commit_on_success?: boolean;
  connection?: StorageConnection;
  connectivity_timeout?: number;
  correlation_id?: string;
  data_center?: DataCenter;
  deploy_hosted_engine?: boolean;
  details?: GlusterVolumeProfileDetails;
  directory?: string;
  discard_snapshots?: boolean;
  discovered_targets?: IscsiDetails[];
  disk?: Disk;
  disk_profile?: DiskProfile;
  disks?: Disk[];
  exclusive?: boolean;
  fault?: Fault;
  fence_type?: string;
  filename?: string;
  filter?: boolean;
  fix_layout?: boolean;
  follow?: string;
  force?: boolean;
  grace_period?: GracePeriod;
  host?: Host;
  image?: string;
  image_transfer?: ImageTransfer;
  import_as_template?: boolean;
  is_attached?: boolean;
  iscsi?: IscsiDetails;
  iscsi_targets?: string[];
  job?: Job;
  lease?: StorageDomainLease;
  logical_units?: LogicalUnit[];
  maintenance_after_restart?: boolean;
  maintenance_enabled?: boolean;
  migrate_vms_in_affinity_closure?: boolean;
  modified_bonds?: HostNic[];
  modified_labels?: NetworkLabel[];
  modified_network_attachments?: NetworkAttachment[];
  optimize_cpu_settings?: boolean;
  option?: Option;
  pause?: boolean;
  permission?: Permission;
  power_management?: PowerManagement;
  proxy_ticket?: ProxyTicket;
  quota?: Quota;
  reason?: string;
  reassign_bad_macs?: boolean;
  reboot?: boolean;
  registration_configuration?: RegistrationConfiguration;
  remote_viewer_connection_file?: string;
  removed_bonds?: HostNic[];
  removed_labels?: NetworkLabel[];
  removed_network_attachments?: NetworkAttachment[];
  resolution_type?: string;
  restore_memory?: boolean;
  root_password?: string;
  seal?: boolean;
  snapshot?: DiskSnapshot;
  source_host?: Host;
  ssh?: Ssh;
  status?: string;
  stop_gluster_service?: boolean;
  storage_domain?: StorageDomain;
  storage_domains?: StorageDomain[];
  succeeded?: boolean;
  synchronized_network_attachments?: NetworkAttachment[];
  template?: Template;
  ticket?: Ticket;
  timeout?: number;
  undeploy_hosted_engine?: boolean;
  upgrade_action?: ClusterUpgradeAction;
  upgrade_percent_complete?: number;
  use_cloud_init?: boolean;
  use_ignition?: boolean;
  use_initialization?: boolean;
  use_sysprep?: boolean;
  virtual_functions_configuration?: HostNicVirtualFunctionsConfiguration;
  vm?: Vm;
  vnic_profile_mappings?: VnicProfileMapping[];
  volatile?: boolean;
}

export interface AffinityGroup extends Identified {
  broken?: boolean;
  enforcing?: boolean;
  hosts_rule?: AffinityRule;
  positive?: boolean;
  priority?: number;
  vms_rule?: AffinityRule;
  cluster?: Cluster;
  host_labels?: AffinityLabel[];
  hosts?: Host[];
  vm_labels?: AffinityLabel[];
  vms?: Vm[];
}

export interface AffinityLabel extends Identified {
  has_implicit_affinity_group?: boolean;
  read_only?: boolean;
  hosts?: Host[];
  vms?: Vm[];
}

export interface AffinityRule {
  enabled?: boolean;
  enforcing?: boolean;
  positive?: boolean;
}

export interface Agent extends Identified {
  address?: string;
  concurrent?: boolean;
  encrypt_options?: boolean;
  options?: Option[];
  order?: number;
  password?: string;
  port?: number;
  type?: string;
  username?: string;
  host?: Host;
}

export interface AgentConfiguration {
  address?: string;
  broker_type?: MessageBrokerType;
  network_mappings?: string;
  password?: string;
  port?: number;
  username?: string;
}

export interface Api extends Resource {
  engine_backup?: EngineBackupInfo;
  product_info?: ProductInfo;
  special_objects?: SpecialObjects;
  summary?: ApiSummary;
  time?: EpochMs;
  authenticated_user?: User;
  effective_user?: User;
}

export interface ApiSummary {
  hosts?: ApiSummaryItem;
  storage_domains?: ApiSummaryItem;
  users?: ApiSummaryItem;
  vms?: ApiSummaryItem;
}

export interface ApiSummaryItem {
  active?: number;
  total?: number;
}

export interface Application extends Identified {
  vm?: Vm;
}

export interface AuthorizedKey extends Identified {
  key?: string;
  user?: User;
}

export interface Backup extends Identified {
  creation_date?: EpochMs;
  from_checkpoint_id?: string;
  modification_date?: EpochMs;
  phase?: BackupPhase;
  to_checkpoint_id?: string;
  disks?: Disk[];
  host?: Host;
  snapshot?: Snapshot;
  vm?: Vm;
}

export interface Balance extends Identified {
  scheduling_policy?: SchedulingPolicy;
  scheduling_policy_unit?: SchedulingPolicyUnit;
}

export interface Bios {
  boot_menu?: BootMenu;
  type?: BiosType;
}

export interface BlockStatistic {
  statistics?: Statistic[];
}

export interface Bonding {
  ad_partner_mac?: Mac;
  options?: Option[];
  slaves?: HostNic[];
  active_slave?: HostNic;
}

export interface Bookmark extends Identified {
  value?: string;
}

export interface Boot {
  devices?: BootDevice[];
}

export interface BootMenu {
  enabled?: boolean;
}

export interface BrickProfileDetail extends EntityProfileDetail {
  brick?: GlusterBrick;
}

export interface Cdrom extends Device {
  file?: File;
}

export interface Certificate extends Identified {
  content?: string;
  organization?: string;
  subject?: string;
}

export interface Checkpoint extends Identified {
  creation_date?: EpochMs;
  parent_id?: string;
  state?: CheckpointState;
  disks?: Disk[];
  vm?: Vm;
}

export interface CloudInit {
  authorized_keys?: AuthorizedKey[];
  files?: File[];
  host?: Host;
  network_configuration?: NetworkConfiguration;
  regenerate_ssh_keys?: boolean;
  timezone?: string;
  users?: User[];
}

export interface Cluster extends Identified {
  ballooning_enabled?: boolean;
  bios_type?: BiosType;
  cpu?: Cpu;
  custom_scheduling_policy_properties?: Property[];
  display?: Display;
  error_handling?: ErrorHandling;
  fencing_policy?: FencingPolicy;
  fips_mode?: FipsMode;
  firewall_type?: FirewallType;
  gluster_service?: boolean;
  gluster_tuned_profile?: string;
  ha_reservation?: boolean;
  ksm?: Ksm;
  log_max_memory_used_threshold?: number;
  log_max_memory_used_threshold_type?: LogMaxMemoryUsedThresholdType;
  maintenance_reason_required?: boolean;
  memory_policy?: MemoryPolicy;
  migration?: MigrationOptions;
  optional_reason?: boolean;
  required_rng_sources?: RngSource[];
  serial_number?: SerialNumber;
  supported_versions?: Version[];
  switch_type?: SwitchType;
  threads_as_cores?: boolean;
  trusted_service?: boolean;
  tunnel_migration?: boolean;
  upgrade_correlation_id?: string;
  upgrade_in_progress?: boolean;
  upgrade_percent_complete?: number;
  version?: Version;
  virt_service?: boolean;
  vnc_encryption?: boolean;
  affinity_groups?: AffinityGroup[];
  cpu_profiles?: CpuProfile[];
  data_center?: DataCenter;
  enabled_features?: ClusterFeature[];
  external_network_providers?: ExternalProvider[];
  gluster_hooks?: GlusterHook[];
  gluster_volumes?: GlusterVolume[];
  mac_pool?: MacPool;
  management_network?: Network;
  network_filters?: NetworkFilter[];
  networks?: Network[];
  permissions?: Permission[];
  scheduling_policy?: SchedulingPolicy;
}

export interface ClusterFeature extends Identified {
  cluster_level?: ClusterLevel;
}

export interface ClusterLevel extends Identified {
  cpu_types?: CpuType[];
  permits?: Permit[];
  cluster_features?: ClusterFeature[];
}

export interface Configuration {
  data?: string;
  type?: ConfigurationType;
}

export interface Console {
  enabled?: boolean;
}

export interface Core {
  index?: number;
  socket?: number;
}

export interface Cpu {
  architecture?: Architecture;
  cores?: Core[];
  cpu_tune?: CpuTune;
  level?: number;
  mode?: CpuMode;
  name?: string;
  speed?: number;
  topology?: CpuTopology;
  type?: string;
}

export interface CpuProfile extends Identified {
  cluster?: Cluster;
  permissions?: Permission[];
  qos?: Qos;
}

export interface CpuTopology {
  cores?: number;
  sockets?: number;
  threads?: number;
}

export interface CpuTune {
  vcpu_pins?: VcpuPin[];
}

export interface CpuType {
  architecture?: Architecture;
  level?: number;
  name?: string;
}

export interface CustomProperty {
  name?: string;
  regexp?: string;
  value?: string;
}

export interface DataCenter extends Identified {
  local?: boolean;
  quota_mode?: QuotaModeType;
  status?: DataCenterStatus;
  storage_format?: StorageFormat;
  supported_versions?: Version[];
  version?: Version;
  clusters?: Cluster[];
  iscsi_bonds?: IscsiBond[];
  mac_pool?: MacPool;
  networks?: Network[];
  permissions?: Permission[];
  qoss?: Qos[];
  quotas?: Quota[];
  storage_domains?: StorageDomain[];
}

export interface Device extends Identified {
  instance_type?: InstanceType;
  template?: Template;
  vm?: Vm;
  vms?: Vm[];
}

export interface Disk extends Device {
  active?: boolean;
  actual_size?: number;
  alias?: string;
  backup?: DiskBackup;
  backup_mode?: DiskBackupMode;
  bootable?: boolean;
  content_type?: DiskContentType;
  external_disk?: string;
  format?: DiskFormat;
  image_id?: string;
  initial_size?: number;
  interface?: DiskInterface;
  logical_name?: string;
  lun_storage?: HostStorage;
  propagate_errors?: boolean;
  provisioned_size?: number;
  qcow_version?: QcowVersion;
  read_only?: boolean;
  sgio?: ScsiGenericIO;
  shareable?: boolean;
  sparse?: boolean;
  status?: DiskStatus;
  storage_type?: DiskStorageType;
  total_size?: number;
  uses_scsi_reservation?: boolean;
  wipe_after_delete?: boolean;
  disk_profile?: DiskProfile;
  disk_snapshots?: DiskSnapshot[];
  openstack_volume_type?: OpenStackVolumeType;
  permissions?: Permission[];
  quota?: Quota;
  snapshot?: Snapshot;
  statistics?: Statistic[];
  storage_domain?: StorageDomain;
  storage_domains?: StorageDomain[];
}

export interface DiskAttachment extends Identified {
  active?: boolean;
  bootable?: boolean;
  interface?: DiskInterface;
  logical_name?: string;
  pass_discard?: boolean;
  read_only?: boolean;
  uses_scsi_reservation?: boolean;
  disk?: Disk;
  template?: Template;
  vm?: Vm;
}

export interface DiskProfile extends Identified {
  permissions?: Permission[];
  qos?: Qos;
  storage_domain?: StorageDomain;
}

export interface DiskSnapshot extends Disk {
  disk?: Disk;
  parent?: DiskSnapshot;
}

export interface Display {
  address?: string;
  allow_override?: boolean;
  certificate?: Certificate;
  copy_paste_enabled?: boolean;
  disconnect_action?: string;
  disconnect_action_delay?: number;
  file_transfer_enabled?: boolean;
  keyboard_layout?: string;
  monitors?: number;
  port?: number;
  proxy?: string;
  secure_port?: number;
  single_qxl_pci?: boolean;
  smartcard_enabled?: boolean;
  type?: DisplayType;
  video_type?: VideoType;
}

export interface Dns {
  search_domains?: Host[];
  servers?: Host[];
}

export interface DnsResolverConfiguration {
  name_servers?: string[];
}

export interface Domain extends Identified {
  user?: User;
  groups?: Group[];
  users?: User[];
}

export interface DynamicCpu {
  cpu_tune?: CpuTune;
  topology?: CpuTopology;
}

export interface EngineBackupInfo {
  last_cinder_backup?: EpochMs;
  last_db_backup?: EpochMs;
  last_dwh_backup?: EpochMs;
  last_engine_backup?: EpochMs;
  last_grafana_backup?: EpochMs;
  last_keycloak_backup?: EpochMs;
}

export interface EntityProfileDetail {
  profile_details?: ProfileDetail[];
}

export interface ErrorHandling {
  on_error?: MigrateOnError;
}

export interface Event extends Identified {
  code?: number;
  correlation_id?: string;
  custom_data?: string;
  custom_id?: number;
  flood_rate?: number;
  index?: number;
  log_on_host?: boolean;
  origin?: string;
  severity?: LogSeverity;
  time?: EpochMs;
  cluster?: Cluster;
  data_center?: DataCenter;
  host?: Host;
  storage_domain?: StorageDomain;
  template?: Template;
  user?: User;
  vm?: Vm;
}

export interface EventSubscription extends Identified {
  address?: string;
  event?: NotifiableEvent;
  notification_method?: NotificationMethod;
  user?: User;
}

export interface ExternalComputeResource extends Identified {
  provider?: string;
  url?: string;
  user?: string;
  external_host_provider?: ExternalHostProvider;
}

export interface ExternalDiscoveredHost extends Identified {
  ip?: string;
  last_report?: string;
  mac?: string;
  subnet_name?: string;
  external_host_provider?: ExternalHostProvider;
}

export interface ExternalHost extends Identified {
  address?: string;
  external_host_provider?: ExternalHostProvider;
}

export interface ExternalHostGroup extends Identified {
  architecture_name?: string;
  domain_name?: string;
  operating_system_name?: string;
  subnet_name?: string;
  external_host_provider?: ExternalHostProvider;
}

export interface ExternalHostProvider extends ExternalProvider {
  certificates?: Certificate[];
  compute_resources?: ExternalComputeResource[];
  discovered_hosts?: ExternalDiscoveredHost[];
  host_groups?: ExternalHostGroup[];
  hosts?: Host[];
}

export interface ExternalNetworkProviderConfiguration extends Identified {
  external_network_provider?: ExternalProvider;
  host?: Host;
}

export interface ExternalProvider extends Identified {
  authentication_url?: string;
  password?: string;
  properties?: Property[];
  requires_authentication?: boolean;
  url?: string;
  username?: string;
}

export interface ExternalTemplateImport {
  clone?: boolean;
  url?: string;
  cluster?: Cluster;
  cpu_profile?: CpuProfile;
  host?: Host;
  quota?: Quota;
  storage_domain?: StorageDomain;
  template?: Template;
}

export interface ExternalVmImport {
  name?: string;
  password?: string;
  provider?: ExternalVmProviderType;
  sparse?: boolean;
  url?: string;
  username?: string;
  cluster?: Cluster;
  cpu_profile?: CpuProfile;
  drivers_iso?: File;
  host?: Host;
  quota?: Quota;
  storage_domain?: StorageDomain;
  vm?: Vm;
}

export interface Fault {
  detail?: string;
  reason?: string;
}

export interface FencingPolicy {
  enabled?: boolean;
  skip_if_connectivity_broken?: SkipIfConnectivityBroken;
  skip_if_gluster_bricks_up?: boolean;
  skip_if_gluster_quorum_not_met?: boolean;
  skip_if_sd_active?: SkipIfSdActive;
}

export interface File extends Identified {
  content?: string;
  type?: string;
  storage_domain?: StorageDomain;
}

export interface Filter extends Identified {
  position?: number;
  scheduling_policy_unit?: SchedulingPolicyUnit;
}

export interface Floppy extends Device {
  file?: File;
}

export interface FopStatistic {
  name?: string;
  statistics?: Statistic[];
}

export interface GlusterBrick extends GlusterBrickAdvancedDetails {
  brick_dir?: string;
  server_id?: string;
  status?: GlusterBrickStatus;
  gluster_volume?: GlusterVolume;
  statistics?: Statistic[];
}

export interface GlusterBrickAdvancedDetails extends Device {
  device?: string;
  fs_name?: string;
  gluster_clients?: GlusterClient[];
  memory_pools?: GlusterMemoryPool[];
  mnt_options?: string;
  pid?: number;
  port?: number;
}

export interface GlusterBrickMemoryInfo {
  memory_pools?: GlusterMemoryPool[];
}

export interface GlusterClient {
  bytes_read?: number;
  bytes_written?: number;
  client_port?: number;
  host_name?: string;
}

export interface GlusterHook extends Identified {
  checksum?: string;
  conflict_status?: number;
  conflicts?: string;
  content?: string;
  content_type?: HookContentType;
  gluster_command?: string;
  stage?: HookStage;
  status?: GlusterHookStatus;
  cluster?: Cluster;
  server_hooks?: GlusterServerHook[];
}

export interface GlusterMemoryPool extends Identified {
  alloc_count?: number;
  cold_count?: number;
  hot_count?: number;
  max_alloc?: number;
  max_stdalloc?: number;
  padded_size?: number;
  pool_misses?: number;
  type?: string;
}

export interface GlusterServerHook extends Identified {
  checksum?: string;
  content_type?: HookContentType;
  status?: GlusterHookStatus;
  host?: Host;
}

export interface GlusterVolume extends Identified {
  disperse_count?: number;
  options?: Option[];
  redundancy_count?: number;
  replica_count?: number;
  status?: GlusterVolumeStatus;
  stripe_count?: number;
  transport_types?: TransportType[];
  volume_type?: GlusterVolumeType;
  bricks?: GlusterBrick[];
  cluster?: Cluster;
  statistics?: Statistic[];
}

export interface GlusterVolumeProfileDetails extends Identified {
  brick_profile_details?: BrickProfileDetail[];
  nfs_profile_details?: NfsProfileDetail[];
}

export interface GracePeriod {
  expiry?: number;
}

export interface GraphicsConsole extends Identified {
  address?: string;
  port?: number;
  protocol?: GraphicsType;
  tls_port?: number;
  instance_type?: InstanceType;
  template?: Template;
  vm?: Vm;
}

export interface Group extends Identified {
  domain_entry_id?: string;
  namespace?: string;
  domain?: Domain;
  permissions?: Permission[];
  roles?: Role[];
  tags?: Tag[];
}

export interface GuestOperatingSystem {
  architecture?: string;
  codename?: string;
  distribution?: string;
  family?: string;
  kernel?: Kernel;
  version?: Version;
}

export interface HardwareInformation {
  family?: string;
  manufacturer?: string;
  product_name?: string;
  serial_number?: string;
  supported_rng_sources?: RngSource[];
  uuid?: string;
  version?: string;
}

export interface HighAvailability {
  enabled?: boolean;
  priority?: number;
}

export interface Hook extends Identified {
  event_name?: string;
  md5?: string;
  host?: Host;
}

export interface Host extends Identified {
  address?: string;
  auto_numa_status?: AutoNumaStatus;
  certificate?: Certificate;
  cpu?: Cpu;
  device_passthrough?: HostDevicePassthrough;
  display?: Display;
  external_status?: ExternalStatus;
  hardware_information?: HardwareInformation;
  hosted_engine?: HostedEngine;
  iscsi?: IscsiDetails;
  kdump_status?: KdumpStatus;
  ksm?: Ksm;
  libvirt_version?: Version;
  max_scheduling_memory?: number;
  memory?: number;
  network_operation_in_progress?: boolean;
  numa_supported?: boolean;
  os?: OperatingSystem;
  override_iptables?: boolean;
  ovn_configured?: boolean;
  port?: number;
  power_management?: PowerManagement;
  protocol?: HostProtocol;
  reinstallation_required?: boolean;
  root_password?: string;
  se_linux?: SeLinux;
  spm?: Spm;
  ssh?: Ssh;
  status?: HostStatus;
  status_detail?: string;
  summary?: VmSummary;
  transparent_huge_pages?: TransparentHugePages;
  type?: HostType;
  update_available?: boolean;
  version?: Version;
  vgpu_placement?: VgpuPlacement;
  affinity_labels?: AffinityLabel[];
  agents?: Agent[];
  cluster?: Cluster;
  cpu_units?: HostCpuUnit[];
  devices?: HostDevice[];
  external_host_provider?: ExternalHostProvider;
  external_network_provider_configurations?: ExternalNetworkProviderConfiguration[];
  hooks?: Hook[];
  katello_errata?: KatelloErratum[];
  network_attachments?: NetworkAttachment[];
  nics?: HostNic[];
  numa_nodes?: NumaNode[];
  permissions?: Permission[];
  statistics?: Statistic[];
  storage_connection_extensions?: StorageConnectionExtension[];
  storages?: HostStorage[];
  tags?: Tag[];
  unmanaged_networks?: UnmanagedNetwork[];
}

export interface HostCpuUnit extends Identified {
  core_id?: number;
  cpu_id?: number;
  runs_vdsm?: boolean;
  socket_id?: number;
  vms?: Vm[];
}

export interface HostDevice extends Identified {
  capability?: string;
  driver?: string;
  iommu_group?: number;
  m_dev_types?: MDevType[];
  physical_function?: HostDevice;
  placeholder?: boolean;
  product?: Product;
  vendor?: Vendor;
  virtual_functions?: number;
  host?: Host;
  parent_device?: HostDevice;
  vm?: Vm;
}

export interface HostDevicePassthrough {
  enabled?: boolean;
}

export interface HostNic extends Identified {
  ad_aggregator_id?: number;
  base_interface?: string;
  bonding?: Bonding;
  boot_protocol?: BootProtocol;
  bridged?: boolean;
  check_connectivity?: boolean;
  custom_configuration?: boolean;
  ip?: Ip;
  ipv6?: Ip;
  ipv6_boot_protocol?: BootProtocol;
  mac?: Mac;
  mtu?: number;
  override_configuration?: boolean;
  properties?: Property[];
  speed?: number;
  status?: NicStatus;
  virtual_functions_configuration?: HostNicVirtualFunctionsConfiguration;
  vlan?: Vlan;
  host?: Host;
  network?: Network;
  network_labels?: NetworkLabel[];
  physical_function?: HostNic;
  qos?: Qos;
  statistics?: Statistic[];
}

export interface HostNicVirtualFunctionsConfiguration {
  all_networks_allowed?: boolean;
  max_number_of_virtual_functions?: number;
  number_of_virtual_functions?: number;
}

export interface HostStorage extends Identified {
  address?: string;
  driver_options?: Property[];
  driver_sensitive_options?: Property[];
  logical_units?: LogicalUnit[];
  mount_options?: string;
  nfs_retrans?: number;
  nfs_timeo?: number;
  nfs_version?: NfsVersion;
  override_luns?: boolean;
  password?: string;
  path?: string;
  port?: number;
  portal?: string;
  target?: string;
  type?: StorageType;
  username?: string;
  vfs_type?: string;
  volume_group?: VolumeGroup;
  host?: Host;
}

export interface HostedEngine {
  active?: boolean;
  configured?: boolean;
  global_maintenance?: boolean;
  local_maintenance?: boolean;
  score?: number;
}

export interface Icon extends Identified {
  data?: string;
  media_type?: string;
}

export interface Identified extends Resource {
  name?: string;
  description?: string;
  comment?: string;
}

export interface Image extends Identified {
  size?: number;
  type?: ImageFileType;
  storage_domain?: StorageDomain;
}

export interface ImageTransfer extends Identified {
  active?: boolean;
  direction?: ImageTransferDirection;
  format?: DiskFormat;
  inactivity_timeout?: number;
  phase?: ImageTransferPhase;
  proxy_url?: string;
  shallow?: boolean;
  timeout_policy?: ImageTransferTimeoutPolicy;
  transfer_url?: string;
  transferred?: number;
  backup?: Backup;
  disk?: Disk;
  host?: Host;
  image?: Image;
  snapshot?: DiskSnapshot;
}

export interface Initialization {
  active_directory_ou?: string;
  authorized_ssh_keys?: string;
  cloud_init?: CloudInit;
  cloud_init_network_protocol?: CloudInitNetworkProtocol;
  configuration?: Configuration;
  custom_script?: string;
  dns_search?: string;
  dns_servers?: string;
  domain?: string;
  host_name?: string;
  input_locale?: string;
  nic_configurations?: NicConfiguration[];
  org_name?: string;
  regenerate_ids?: boolean;
  regenerate_ssh_keys?: boolean;
  root_password?: string;
  system_locale?: string;
  timezone?: string;
  ui_language?: string;
  user_locale?: string;
  user_name?: string;
  windows_license_key?: string;
}

export interface InstanceType extends Template {
}

export interface Io {
  threads?: number;
}

export interface Ip {
  address?: string;
  gateway?: string;
  netmask?: string;
  version?: IpVersion;
}

export interface IpAddressAssignment {
  assignment_method?: BootProtocol;
  ip?: Ip;
}

export interface IscsiBond extends Identified {
  data_center?: DataCenter;
  networks?: Network[];
  storage_connections?: StorageConnection[];
}

export interface IscsiDetails {
  address?: string;
  disk_id?: string;
  initiator?: string;
  lun_mapping?: number;
  password?: string;
  paths?: number;
  port?: number;
  portal?: string;
  product_id?: string;
  serial?: string;
  size?: number;
  status?: string;
  storage_domain_id?: string;
  target?: string;
  username?: string;
  vendor_id?: string;
  volume_group_id?: string;
}

export interface Job extends Identified {
  auto_cleared?: boolean;
  end_time?: EpochMs;
  external?: boolean;
  last_updated?: EpochMs;
  start_time?: EpochMs;
  status?: JobStatus;
  owner?: User;
  steps?: Step[];
}

export interface KatelloErratum extends Identified {
  issued?: EpochMs;
  packages?: Package[];
  severity?: string;
  solution?: string;
  summary?: string;
  title?: string;
  type?: string;
  host?: Host;
  vm?: Vm;
}

export interface Kernel {
  version?: Version;
}

export interface Ksm {
  enabled?: boolean;
  merge_across_nodes?: boolean;
}

export interface LinkLayerDiscoveryProtocolElement extends Identified {
  oui?: number;
  properties?: Property[];
  subtype?: number;
  type?: number;
}

export interface LogicalUnit {
  active_paths?: number;
  address?: string;
  discard_max_size?: number;
  discard_zeroes_data?: boolean;
  disk_id?: string;
  lun_mapping?: number;
  password?: string;
  paths?: number;
  port?: number;
  portal?: string;
  product_id?: string;
  serial?: string;
  size?: number;
  status?: LunStatus;
  storage_domain_id?: string;
  target?: string;
  username?: string;
  vendor_id?: string;
  volume_group_id?: string;
  id?: string;
}

export interface MDevType {
  available_instances?: number;
  description?: string;
  human_readable_name?: string;
  name?: string;
}

export interface Mac {
  address?: string;
}

export interface MacPool extends Identified {
  allow_duplicates?: boolean;
  default_pool?: boolean;
  ranges?: Range[];
  permissions?: Permission[];
}

export interface MemoryOverCommit {
  percent?: number;
}

export interface MemoryPolicy {
  ballooning?: boolean;
  guaranteed?: number;
  max?: number;
  over_commit?: MemoryOverCommit;
  transparent_huge_pages?: TransparentHugePages;
}

export interface Method {
  id?: SsoMethod;
}

export interface MigrationBandwidth {
  assignment_method?: MigrationBandwidthAssignmentMethod;
  custom_value?: number;
}

export interface MigrationOptions {
  auto_converge?: InheritableBoolean;
  bandwidth?: MigrationBandwidth;
  compressed?: InheritableBoolean;
  custom_parallel_migrations?: number;
  encrypted?: InheritableBoolean;
  parallel_migrations_policy?: ParallelMigrationsPolicy;
  policy?: MigrationPolicy;
}

export interface MigrationPolicy extends Identified {
}

export interface Network extends Identified {
  display?: boolean;
  dns_resolver_configuration?: DnsResolverConfiguration;
  ip?: Ip;
  mtu?: number;
  port_isolation?: boolean;
  profile_required?: boolean;
  required?: boolean;
  status?: NetworkStatus;
  stp?: boolean;
  usages?: NetworkUsage[];
  vdsm_name?: string;
  vlan?: Vlan;
  cluster?: Cluster;
  data_center?: DataCenter;
  external_provider?: OpenStackNetworkProvider;
  external_provider_physical_network?: Network;
  network_labels?: NetworkLabel[];
  permissions?: Permission[];
  qos?: Qos;
  vnic_profiles?: VnicProfile[];
}

export interface NetworkAttachment extends Identified {
  dns_resolver_configuration?: DnsResolverConfiguration;
  in_sync?: boolean;
  ip_address_assignments?: IpAddressAssignment[];
  properties?: Property[];
  reported_configurations?: ReportedConfiguration[];
  host?: Host;
  host_nic?: HostNic;
  network?: Network;
  qos?: Qos;
}

export interface NetworkConfiguration {
  dns?: Dns;
  nics?: Nic[];
}

export interface NetworkFilter extends Identified {
  version?: Version;
}

export interface NetworkFilterParameter extends Identified {
  value?: string;
  nic?: Nic;
}

export interface NetworkLabel extends Identified {
  host_nic?: HostNic;
  network?: Network;
}

export interface NfsProfileDetail extends EntityProfileDetail {
  nfs_server_ip?: string;
}

export interface Nic extends Device {
  boot_protocol?: BootProtocol;
  interface?: NicInterface;
  linked?: boolean;
  mac?: Mac;
  on_boot?: boolean;
  plugged?: boolean;
  synced?: boolean;
  network?: Network;
  network_attachments?: NetworkAttachment[];
  network_filter_parameters?: NetworkFilterParameter[];
  network_labels?: NetworkLabel[];
  reported_devices?: ReportedDevice[];
  statistics?: Statistic[];
  virtual_function_allowed_labels?: NetworkLabel[];
  virtual_function_allowed_networks?: Network[];
  vnic_profile?: VnicProfile;
}

export interface NicConfiguration {
  boot_protocol?: BootProtocol;
  ip?: Ip;
  ipv6?: Ip;
  ipv6_boot_protocol?: BootProtocol;
  name?: string;
  on_boot?: boolean;
}

export interface NumaNode extends Identified {
  cpu?: Cpu;
  index?: number;
  memory?: number;
  node_distance?: string;
  host?: Host;
  statistics?: Statistic[];
}

export interface NumaNodePin {
  host_numa_node?: NumaNode;
  index?: number;
  pinned?: boolean;
}

export interface OpenStackImage extends Identified {
  openstack_image_provider?: OpenStackImageProvider;
}

export interface OpenStackImageProvider extends OpenStackProvider {
  certificates?: Certificate[];
  images?: OpenStackImage[];
}

export interface OpenStackNetwork extends Identified {
  openstack_network_provider?: OpenStackNetworkProvider;
}

export interface OpenStackNetworkProvider extends OpenStackProvider {
  agent_configuration?: AgentConfiguration;
  auto_sync?: boolean;
  external_plugin_type?: string;
  plugin_type?: NetworkPluginType;
  project_domain_name?: string;
  project_name?: string;
  read_only?: boolean;
  type?: OpenStackNetworkProviderType;
  unmanaged?: boolean;
  user_domain_name?: string;
  certificates?: Certificate[];
  networks?: OpenStackNetwork[];
  subnets?: OpenStackSubnet[];
}

export interface OpenStackProvider extends ExternalProvider {
  tenant_name?: string;
}

export interface OpenStackSubnet extends Identified {
  cidr?: string;
  dns_servers?: string[];
  gateway?: string;
  ip_version?: string;
  openstack_network?: OpenStackNetwork;
}

export interface OpenStackVolumeProvider extends OpenStackProvider {
  authentication_keys?: OpenstackVolumeAuthenticationKey[];
  certificates?: Certificate[];
  data_center?: DataCenter;
  volume_types?: OpenStackVolumeType[];
}

export interface OpenStackVolumeType extends Identified {
  properties?: Property[];
  openstack_volume_provider?: OpenStackVolumeProvider;
}

export interface OpenstackVolumeAuthenticationKey extends Identified {
  creation_date?: EpochMs;
  usage_type?: OpenstackVolumeAuthenticationKeyUsageType;
  uuid?: string;
  value?: string;
  openstack_volume_provider?: OpenStackVolumeProvider;
}

export interface OperatingSystem {
  boot?: Boot;
  cmdline?: string;
  custom_kernel_cmdline?: string;
  description?: string;
  initrd?: string;
  kernel?: string;
  reported_kernel_cmdline?: string;
  type?: string;
  version?: Version;
}

export interface OperatingSystemInfo extends Identified {
  architecture?: Architecture;
  large_icon?: Icon;
  small_icon?: Icon;
  tpm_support?: TpmSupport;
}

export interface Option {
  name?: string;
  type?: string;
  value?: string;
}

export interface Package {
  name?: string;
}

export interface Payload {
  files?: File[];
  type?: VmDeviceType;
  volume_id?: string;
}

export interface Permission extends Identified {
  cluster?: Cluster;
  data_center?: DataCenter;
  disk?: Disk;
  group?: Group;
  host?: Host;
  role?: Role;
  storage_domain?: StorageDomain;
  template?: Template;
  user?: User;
  vm?: Vm;
  vm_pool?: VmPool;
}

export interface Permit extends Identified {
  administrative?: boolean;
  role?: Role;
}

export interface PmProxy {
  type?: PmProxyType;
}

export interface PortMirroring {
}

export interface PowerManagement {
  address?: string;
  agents?: Agent[];
  automatic_pm_enabled?: boolean;
  enabled?: boolean;
  kdump_detection?: boolean;
  options?: Option[];
  password?: string;
  pm_proxies?: PmProxy[];
  status?: PowerManagementStatus;
  type?: string;
  username?: string;
}

export interface Product extends Identified {
}

export interface ProductInfo {
  instance_id?: string;
  name?: string;
  vendor?: string;
  version?: Version;
}

export interface ProfileDetail {
  block_statistics?: BlockStatistic[];
  duration?: number;
  fop_statistics?: FopStatistic[];
  profile_type?: string;
  statistics?: Statistic[];
}

export interface Property {
  name?: string;
  value?: string;
}

export interface ProxyTicket {
  value?: string;
}

export interface Qos extends Identified {
  cpu_limit?: number;
  inbound_average?: number;
  inbound_burst?: number;
  inbound_peak?: number;
  max_iops?: number;
  max_read_iops?: number;
  max_read_throughput?: number;
  max_throughput?: number;
  max_write_iops?: number;
  max_write_throughput?: number;
  outbound_average?: number;
  outbound_average_linkshare?: number;
  outbound_average_realtime?: number;
  outbound_average_upperlimit?: number;
  outbound_burst?: number;
  outbound_peak?: number;
  type?: QosType;
  data_center?: DataCenter;
}

export interface Quota extends Identified {
  cluster_hard_limit_pct?: number;
  cluster_soft_limit_pct?: number;
  data_center?: DataCenter;
  disks?: Disk[];
  storage_hard_limit_pct?: number;
  storage_soft_limit_pct?: number;
  users?: User[];
  vms?: Vm[];
  permissions?: Permission[];
  quota_cluster_limits?: QuotaClusterLimit[];
  quota_storage_limits?: QuotaStorageLimit[];
}

export interface QuotaClusterLimit extends Identified {
  memory_limit?: number;
  memory_usage?: number;
  vcpu_limit?: number;
  vcpu_usage?: number;
  cluster?: Cluster;
  quota?: Quota;
}

export interface QuotaStorageLimit extends Identified {
  limit?: number;
  usage?: number;
  quota?: Quota;
  storage_domain?: StorageDomain;
}

export interface Range {
  from?: string;
  to?: string;
}

export interface Rate {
  bytes?: number;
  period?: number;
}

export interface RegistrationAffinityGroupMapping {
  from?: AffinityGroup;
  to?: AffinityGroup;
}

export interface RegistrationAffinityLabelMapping {
  from?: AffinityLabel;
  to?: AffinityLabel;
}

export interface RegistrationClusterMapping {
  from?: Cluster;
  to?: Cluster;
}

export interface RegistrationConfiguration {
  affinity_group_mappings?: RegistrationAffinityGroupMapping[];
  affinity_label_mappings?: RegistrationAffinityLabelMapping[];
  cluster_mappings?: RegistrationClusterMapping[];
  domain_mappings?: RegistrationDomainMapping[];
  lun_mappings?: RegistrationLunMapping[];
  role_mappings?: RegistrationRoleMapping[];
  vnic_profile_mappings?: RegistrationVnicProfileMapping[];
}

export interface RegistrationDomainMapping {
  from?: Domain;
  to?: Domain;
}

export interface RegistrationLunMapping {
  from?: Disk;
  to?: Disk;
}

export interface RegistrationRoleMapping {
  from?: Role;
  to?: Role;
}

export interface RegistrationVnicProfileMapping {
  from?: VnicProfile;
  to?: VnicProfile;
}

export interface ReportedConfiguration {
  actual_value?: string;
  expected_value?: string;
  in_sync?: boolean;
  name?: string;
}

export interface ReportedDevice extends Identified {
  ips?: Ip[];
  mac?: Mac;
  type?: ReportedDeviceType;
  vm?: Vm;
}

export interface RngDevice {
  rate?: Rate;
  source?: RngSource;
}

export interface Role extends Identified {
  administrative?: boolean;
  mutable?: boolean;
  permits?: Permit[];
  user?: User;
}

export interface SchedulingPolicy extends Identified {
  default_policy?: boolean;
  locked?: boolean;
  properties?: Property[];
  balances?: Balance[];
  filters?: Filter[];
  weight?: Weight[];
}

export interface SchedulingPolicyUnit extends Identified {
  enabled?: boolean;
  internal?: boolean;
  properties?: Property[];
  type?: PolicyUnitType;
}

export interface SeLinux {
  mode?: SeLinuxMode;
}

export interface SerialNumber {
  policy?: SerialNumberPolicy;
  value?: string;
}

export interface Session extends Identified {
  console_user?: boolean;
  ip?: Ip;
  protocol?: string;
  user?: User;
  vm?: Vm;
}

export interface SkipIfConnectivityBroken {
  enabled?: boolean;
  threshold?: number;
}

export interface SkipIfSdActive {
  enabled?: boolean;
}

export interface Snapshot extends Vm {
  date?: EpochMs;
  persist_memorystate?: boolean;
  snapshot_status?: SnapshotStatus;
  snapshot_type?: SnapshotType;
  disks?: Disk[];
  vm?: Vm;
}

export interface SpecialObjects {
  blank_template?: Template;
  root_tag?: Tag;
}

export interface Spm {
  priority?: number;
  status?: SpmStatus;
}

export interface Ssh extends Identified {
  authentication_method?: SshAuthenticationMethod;
  fingerprint?: string;
  port?: number;
  public_key?: string;
  user?: User;
}

export interface SshPublicKey extends Identified {
  content?: string;
  user?: User;
}

export interface Sso {
  methods?: Method[];
}

export interface Statistic extends Identified {
  kind?: StatisticKind;
  type?: ValueType;
  unit?: StatisticUnit;
  values?: Value[];
  brick?: GlusterBrick;
  disk?: Disk;
  gluster_volume?: GlusterVolume;
  host?: Host;
  host_nic?: HostNic;
  host_numa_node?: NumaNode;
  nic?: Nic;
  step?: Step;
  vm?: Vm;
}

export interface Step extends Identified {
  end_time?: EpochMs;
  external?: boolean;
  external_type?: ExternalSystemType;
  number?: number;
  progress?: number;
  start_time?: EpochMs;
  status?: StepStatus;
  type?: StepEnum;
  execution_host?: Host;
  job?: Job;
  parent_step?: Step;
  statistics?: Statistic[];
}

export interface StorageConnection extends Identified {
  address?: string;
  mount_options?: string;
  nfs_retrans?: number;
  nfs_timeo?: number;
  nfs_version?: NfsVersion;
  password?: string;
  path?: string;
  port?: number;
  portal?: string;
  target?: string;
  type?: StorageType;
  username?: string;
  vfs_type?: string;
  gluster_volume?: GlusterVolume;
  host?: Host;
}

export interface StorageConnectionExtension extends Identified {
  password?: string;
  target?: string;
  username?: string;
  host?: Host;
}

export interface StorageDomain extends Identified {
  available?: number;
  backup?: boolean;
  block_size?: number;
  committed?: number;
  critical_space_action_blocker?: number;
  discard_after_delete?: boolean;
  external_status?: ExternalStatus;
  import?: boolean;
  master?: boolean;
  status?: StorageDomainStatus;
  storage?: HostStorage;
  storage_format?: StorageFormat;
  supports_discard?: boolean;
  supports_discard_zeroes_data?: boolean;
  type?: StorageDomainType;
  used?: number;
  warning_low_space_indicator?: number;
  wipe_after_delete?: boolean;
  data_center?: DataCenter;
  data_centers?: DataCenter[];
  disk_profiles?: DiskProfile[];
  disk_snapshots?: DiskSnapshot[];
  disks?: Disk[];
  files?: File[];
  host?: Host;
  images?: Image[];
  permissions?: Permission[];
  storage_connections?: StorageConnection[];
  templates?: Template[];
  vms?: Vm[];
}

export interface StorageDomainLease {
  storage_domain?: StorageDomain;
}

export interface SystemOption extends Identified {
  values?: SystemOptionValue[];
}

export interface SystemOptionValue {
  value?: string;
  version?: string;
}

export interface Tag extends Identified {
  group?: Group;
  host?: Host;
  parent?: Tag;
  template?: Template;
  user?: User;
  vm?: Vm;
}

export interface Template extends VmBase {
  status?: TemplateStatus;
  version?: TemplateVersion;
  vm?: Vm;
  cdroms?: Cdrom[];
  disk_attachments?: DiskAttachment[];
  graphics_consoles?: GraphicsConsole[];
  mediated_devices?: VmMediatedDevice[];
  nics?: Nic[];
  permissions?: Permission[];
  tags?: Tag[];
  watchdogs?: Watchdog[];
}

export interface TemplateVersion {
  version_name?: string;
  version_number?: number;
  base_template?: Template;
}

export interface Ticket {
  expiry?: number;
  value?: string;
}

export interface TimeZone {
  name?: string;
  utc_offset?: string;
}

export interface TransparentHugePages {
  enabled?: boolean;
}

export interface UnmanagedNetwork extends Identified {
  host?: Host;
  host_nic?: HostNic;
}

export interface Usb {
  enabled?: boolean;
  type?: UsbType;
}

export interface User extends Identified {
  department?: string;
  domain_entry_id?: string;
  email?: string;
  last_name?: string;
  logged_in?: boolean;
  namespace?: string;
  password?: string;
  principal?: string;
  user_name?: string;
  user_options?: Property[];
  domain?: Domain;
  groups?: Group[];
  options?: UserOption[];
  permissions?: Permission[];
  roles?: Role[];
  ssh_public_keys?: SshPublicKey[];
  tags?: Tag[];
}

export interface UserOption extends Identified {
  content?: string;
  user?: User;
}

export interface Value {
  datum?: number;
  detail?: string;
}

export interface VcpuPin {
  cpu_set?: string;
  vcpu?: number;
}

export interface Vendor extends Identified {
}

export interface Version extends Identified {
  build?: number;
  full_version?: string;
  major?: number;
  minor?: number;
  revision?: number;
}

export interface VirtioScsi {
  enabled?: boolean;
}

export interface VirtualNumaNode extends NumaNode {
  numa_node_pins?: NumaNodePin[];
  numa_tune_mode?: NumaTuneMode;
  vm?: Vm;
}

export interface Vlan {
  id?: number;
}

export interface Vm extends VmBase {
  fqdn?: string;
  guest_operating_system?: GuestOperatingSystem;
  guest_time_zone?: TimeZone;
  has_illegal_images?: boolean;
  next_run_configuration_exists?: boolean;
  numa_tune_mode?: NumaTuneMode;
  payloads?: Payload[];
  run_once?: boolean;
  start_time?: EpochMs;
  status?: VmStatus;
  status_detail?: string;
  stop_reason?: string;
  stop_time?: EpochMs;
  use_latest_template_version?: boolean;
  affinity_labels?: AffinityLabel[];
  applications?: Application[];
  cdroms?: Cdrom[];
  disk_attachments?: DiskAttachment[];
  dynamic_cpu?: DynamicCpu;
  external_host_provider?: ExternalHostProvider;
  floppies?: Floppy[];
  graphics_consoles?: GraphicsConsole[];
  host?: Host;
  host_devices?: HostDevice[];
  instance_type?: InstanceType;
  katello_errata?: KatelloErratum[];
  mediated_devices?: VmMediatedDevice[];
  nics?: Nic[];
  numa_nodes?: NumaNode[];
  original_template?: Template;
  permissions?: Permission[];
  reported_devices?: ReportedDevice[];
  sessions?: Session[];
  snapshots?: Snapshot[];
  statistics?: Statistic[];
  tags?: Tag[];
  template?: Template;
  vm_pool?: VmPool;
  watchdogs?: Watchdog[];
}

export interface VmBase extends Identified {
  auto_pinning_policy?: AutoPinningPolicy;
  bios?: Bios;
  console?: Console;
  cpu?: Cpu;
  cpu_pinning_policy?: CpuPinningPolicy;
  cpu_shares?: number;
  creation_time?: EpochMs;
  custom_compatibility_version?: Version;
  custom_cpu_model?: string;
  custom_emulated_machine?: string;
  custom_properties?: CustomProperty[];
  delete_protected?: boolean;
  display?: Display;
  domain?: Domain;
  high_availability?: HighAvailability;
  initialization?: Initialization;
  io?: Io;
  large_icon?: Icon;
  lease?: StorageDomainLease;
  memory?: number;
  memory_policy?: MemoryPolicy;
  migration?: MigrationOptions;
  migration_downtime?: number;
  multi_queues_enabled?: boolean;
  origin?: string;
  os?: OperatingSystem;
  placement_policy?: VmPlacementPolicy;
  rng_device?: RngDevice;
  serial_number?: SerialNumber;
  small_icon?: Icon;
  soundcard_enabled?: boolean;
  sso?: Sso;
  start_paused?: boolean;
  stateless?: boolean;
  storage_error_resume_behaviour?: VmStorageErrorResumeBehaviour;
  time_zone?: TimeZone;
  tpm_enabled?: boolean;
  tunnel_migration?: boolean;
  type?: VmType;
  usb?: Usb;
  virtio_scsi?: VirtioScsi;
  virtio_scsi_multi_queues?: number;
  virtio_scsi_multi_queues_enabled?: boolean;
  cluster?: Cluster;
  cpu_profile?: CpuProfile;
  quota?: Quota;
  storage_domain?: StorageDomain;
}

export interface VmMediatedDevice extends Device {
  spec_params?: Property[];
}

export interface VmPlacementPolicy {
  affinity?: VmAffinity;
  hosts?: Host[];
}

export interface VmPool extends Identified {
  auto_storage_select?: boolean;
  display?: Display;
  max_user_vms?: number;
  prestarted_vms?: number;
  rng_device?: RngDevice;
  size?: number;
  soundcard_enabled?: boolean;
  stateful?: boolean;
  tpm_enabled?: boolean;
  type?: VmPoolType;
  use_latest_template_version?: boolean;
  cluster?: Cluster;
  instance_type?: InstanceType;
  permissions?: Permission[];
  template?: Template;
  vm?: Vm;
}

export interface VmSummary {
  active?: number;
  migrating?: number;
  total?: number;
}

export interface VnicPassThrough {
  mode?: VnicPassThroughMode;
}

export interface VnicProfile extends Identified {
  custom_properties?: CustomProperty[];
  migratable?: boolean;
  pass_through?: VnicPassThrough;
  port_mirroring?: boolean;
  failover?: VnicProfile;
  network?: Network;
  network_filter?: NetworkFilter;
  permissions?: Permission[];
  qos?: Qos;
}

export interface VnicProfileMapping {
  source_network_name?: string;
  source_network_profile_name?: string;
  target_vnic_profile?: VnicProfile;
}

export interface VolumeGroup {
  logical_units?: LogicalUnit[];
  name?: string;
  id?: string;
}

export interface Watchdog extends Device {
  action?: WatchdogAction;
  model?: WatchdogModel;
}

export interface Weight extends Identified {
  factor?: number;
  scheduling_policy?: SchedulingPolicy;
  scheduling_policy_unit?: SchedulingPolicyUnit;
}

/** Every type of the API by name. */
export interface Types {
  Action: Action;
  AffinityGroup: AffinityGroup;
  AffinityLabel: AffinityLabel;
  AffinityRule: AffinityRule;
  Agent: Agent;
  AgentConfiguration: AgentConfiguration;
  Api: Api;
  ApiSummary: ApiSummary;
  ApiSummaryItem: ApiSummaryItem;
  Application: Application;
  AuthorizedKey: AuthorizedKey;
  Backup: Backup;
  Balance: Balance;
  Bios: Bios;
  BlockStatistic: BlockStatistic;
  Bonding: Bonding;
  Bookmark: Bookmark;
  Boot: Boot;
  BootMenu: BootMenu;
  BrickProfileDetail: BrickProfileDetail;
  Cdrom: Cdrom;
  Certificate: Certificate;
  Checkpoint: Checkpoint;
  CloudInit: CloudInit;
  Cluster: Cluster;
  ClusterFeature: ClusterFeature;
  ClusterLevel: ClusterLevel;
  Configuration: Configuration;
  Console: Console;
  Core: Core;
  Cpu: Cpu;
  CpuProfile: CpuProfile;
  CpuTopology: CpuTopology;
  CpuTune: CpuTune;
  CpuType: CpuType;
  CustomProperty: CustomProperty;
  DataCenter: DataCenter;
  Device: Device;
  Disk: Disk;
  DiskAttachment: DiskAttachment;
  DiskProfile: DiskProfile;
  DiskSnapshot: DiskSnapshot;
  Display: Display;
  Dns: Dns;
  DnsResolverConfiguration: DnsResolverConfiguration;
  Domain: Domain;
  DynamicCpu: DynamicCpu;
  EngineBackupInfo: EngineBackupInfo;
  EntityProfileDetail: EntityProfileDetail;
  ErrorHandling: ErrorHandling;
  Event: Event;
  EventSubscription: EventSubscription;
  ExternalComputeResource: ExternalComputeResource;
  ExternalDiscoveredHost: ExternalDiscoveredHost;
  ExternalHost: ExternalHost;
  ExternalHostGroup: ExternalHostGroup;
  ExternalHostProvider: ExternalHostProvider;
  ExternalNetworkProviderConfiguration: ExternalNetworkProviderConfiguration;
  ExternalProvider: ExternalProvider;
  ExternalTemplateImport: ExternalTemplateImport;
  ExternalVmImport: ExternalVmImport;
  Fault: Fault;
  FencingPolicy: FencingPolicy;
  File: File;
  Filter: Filter;
  Floppy: Floppy;
  FopStatistic: FopStatistic;
  GlusterBrick: GlusterBrick;
  GlusterBrickAdvancedDetails: GlusterBrickAdvancedDetails;
  GlusterBrickMemoryInfo: GlusterBrickMemoryInfo;
  GlusterClient: GlusterClient;
  GlusterHook: GlusterHook;
  GlusterMemoryPool: GlusterMemoryPool;
  GlusterServerHook: GlusterServerHook;
  GlusterVolume: GlusterVolume;
  GlusterVolumeProfileDetails: GlusterVolumeProfileDetails;
  GracePeriod: GracePeriod;
  GraphicsConsole: GraphicsConsole;
  Group: Group;
  GuestOperatingSystem: GuestOperatingSystem;
  HardwareInformation: HardwareInformation;
  HighAvailability: HighAvailability;
  Hook: Hook;
  Host: Host;
  HostCpuUnit: HostCpuUnit;
  HostDevice: HostDevice;
  HostDevicePassthrough: HostDevicePassthrough;
  HostNic: HostNic;
  HostNicVirtualFunctionsConfiguration: HostNicVirtualFunctionsConfiguration;
  HostStorage: HostStorage;
  HostedEngine: HostedEngine;
  Icon: Icon;
  Identified: Identified;
  Image: Image;
  ImageTransfer: ImageTransfer;
  Initialization: Initialization;
  InstanceType: InstanceType;
  Io: Io;
  Ip: Ip;
  IpAddressAssignment: IpAddressAssignment;
  IscsiBond: IscsiBond;
  IscsiDetails: IscsiDetails;
  Job: Job;
  KatelloErratum: KatelloErratum;
  Kernel: Kernel;
  Ksm: Ksm;
  LinkLayerDiscoveryProtocolElement: LinkLayerDiscoveryProtocolElement;
  LogicalUnit: LogicalUnit;
  MDevType: MDevType;
  Mac: Mac;
  MacPool: MacPool;
  MemoryOverCommit: MemoryOverCommit;
  MemoryPolicy: MemoryPolicy;
  Method: Method;
  MigrationBandwidth: MigrationBandwidth;
  MigrationOptions: MigrationOptions;
  MigrationPolicy: MigrationPolicy;
  Network: Network;
  NetworkAttachment: NetworkAttachment;
  NetworkConfiguration: NetworkConfiguration;
  NetworkFilter: NetworkFilter;
  NetworkFilterParameter: NetworkFilterParameter;
  NetworkLabel: NetworkLabel;
  NfsProfileDetail: NfsProfileDetail;
  Nic: Nic;
  NicConfiguration: NicConfiguration;
  NumaNode: NumaNode;
  NumaNodePin: NumaNodePin;
  OpenStackImage: OpenStackImage;
  OpenStackImageProvider: OpenStackImageProvider;
  OpenStackNetwork: OpenStackNetwork;
  OpenStackNetworkProvider: OpenStackNetworkProvider;
  OpenStackProvider: OpenStackProvider;
  OpenStackSubnet: OpenStackSubnet;
  OpenStackVolumeProvider: OpenStackVolumeProvider;
  OpenStackVolumeType: OpenStackVolumeType;
  OpenstackVolumeAuthenticationKey: OpenstackVolumeAuthenticationKey;
  OperatingSystem: OperatingSystem;
  OperatingSystemInfo: OperatingSystemInfo;
  Option: Option;
  Package: Package;
  Payload: Payload;
  Permission: Permission;
  Permit: Permit;
  PmProxy: PmProxy;
  PortMirroring: PortMirroring;
  PowerManagement: PowerManagement;
  Product: Product;
  ProductInfo: ProductInfo;
  ProfileDetail: ProfileDetail;
  Property: Property;
  ProxyTicket: ProxyTicket;
  Qos: Qos;
  Quota: Quota;
  QuotaClusterLimit: QuotaClusterLimit;
  QuotaStorageLimit: QuotaStorageLimit;
  Range: Range;
  Rate: Rate;
  RegistrationAffinityGroupMapping: RegistrationAffinityGroupMapping;
  RegistrationAffinityLabelMapping: RegistrationAffinityLabelMapping;
  RegistrationClusterMapping: RegistrationClusterMapping;
  RegistrationConfiguration: RegistrationConfiguration;
  RegistrationDomainMapping: RegistrationDomainMapping;
  RegistrationLunMapping: RegistrationLunMapping;
  RegistrationRoleMapping: RegistrationRoleMapping;
  RegistrationVnicProfileMapping: RegistrationVnicProfileMapping;
  ReportedConfiguration: ReportedConfiguration;
  ReportedDevice: ReportedDevice;
  RngDevice: RngDevice;
  Role: Role;
  SchedulingPolicy: SchedulingPolicy;
  SchedulingPolicyUnit: SchedulingPolicyUnit;
  SeLinux: SeLinux;
  SerialNumber: SerialNumber;
  Session: Session;
  SkipIfConnectivityBroken: SkipIfConnectivityBroken;
  SkipIfSdActive: SkipIfSdActive;
  Snapshot: Snapshot;
  SpecialObjects: SpecialObjects;
  Spm: Spm;
  Ssh: Ssh;
  SshPublicKey: SshPublicKey;
  Sso: Sso;
  Statistic: Statistic;
  Step: Step;
  StorageConnection: StorageConnection;
  StorageConnectionExtension: StorageConnectionExtension;
  StorageDomain: StorageDomain;
  StorageDomainLease: StorageDomainLease;
  SystemOption: SystemOption;
  SystemOptionValue: SystemOptionValue;
  Tag: Tag;
  Template: Template;
  TemplateVersion: TemplateVersion;
  Ticket: Ticket;
  TimeZone: TimeZone;
  TransparentHugePages: TransparentHugePages;
  UnmanagedNetwork: UnmanagedNetwork;
  Usb: Usb;
  User: User;
  UserOption: UserOption;
  Value: Value;
  VcpuPin: VcpuPin;
  Vendor: Vendor;
  Version: Version;
  VirtioScsi: VirtioScsi;
  VirtualNumaNode: VirtualNumaNode;
  Vlan: Vlan;
  Vm: Vm;
  VmBase: VmBase;
  VmMediatedDevice: VmMediatedDevice;
  VmPlacementPolicy: VmPlacementPolicy;
  VmPool: VmPool;
  VmSummary: VmSummary;
  VnicPassThrough: VnicPassThrough;
  VnicProfile: VnicProfile;
  VnicProfileMapping: VnicProfileMapping;
  VolumeGroup: VolumeGroup;
  Watchdog: Watchdog;
  Weight: Weight;
}

export type TypeName = keyof Types;

/** Every enum of the API by name. */
export interface Enums {
  AccessProtocol: AccessProtocol;
  Architecture: Architecture;
  AutoNumaStatus: AutoNumaStatus;
  AutoPinningPolicy: AutoPinningPolicy;
  BackupPhase: BackupPhase;
  BiosType: BiosType;
  BootDevice: BootDevice;
  BootProtocol: BootProtocol;
  CheckpointState: CheckpointState;
  CloudInitNetworkProtocol: CloudInitNetworkProtocol;
  ClusterUpgradeAction: ClusterUpgradeAction;
  ConfigurationType: ConfigurationType;
  CpuMode: CpuMode;
  CpuPinningPolicy: CpuPinningPolicy;
  CreationStatus: CreationStatus;
  DataCenterStatus: DataCenterStatus;
  DiskBackup: DiskBackup;
  DiskBackupMode: DiskBackupMode;
  DiskContentType: DiskContentType;
  DiskFormat: DiskFormat;
  DiskInterface: DiskInterface;
  DiskStatus: DiskStatus;
  DiskStorageType: DiskStorageType;
  DiskType: DiskType;
  DisplayType: DisplayType;
  EntityExternalStatus: EntityExternalStatus;
  ExternalStatus: ExternalStatus;
  ExternalSystemType: ExternalSystemType;
  ExternalVmProviderType: ExternalVmProviderType;
  FenceType: FenceType;
  FipsMode: FipsMode;
  FirewallType: FirewallType;
  GlusterBrickStatus: GlusterBrickStatus;
  GlusterHookStatus: GlusterHookStatus;
  GlusterState: GlusterState;
  GlusterVolumeStatus: GlusterVolumeStatus;
  GlusterVolumeType: GlusterVolumeType;
  GraphicsType: GraphicsType;
  HookContentType: HookContentType;
  HookStage: HookStage;
  HookStatus: HookStatus;
  HostProtocol: HostProtocol;
  HostStatus: HostStatus;
  HostType: HostType;
  ImageFileType: ImageFileType;
  ImageTransferDirection: ImageTransferDirection;
  ImageTransferPhase: ImageTransferPhase;
  ImageTransferTimeoutPolicy: ImageTransferTimeoutPolicy;
  InheritableBoolean: InheritableBoolean;
  IpVersion: IpVersion;
  JobStatus: JobStatus;
  KdumpStatus: KdumpStatus;
  LogMaxMemoryUsedThresholdType: LogMaxMemoryUsedThresholdType;
  LogSeverity: LogSeverity;
  LunStatus: LunStatus;
  MessageBrokerType: MessageBrokerType;
  MigrateOnError: MigrateOnError;
  MigrationBandwidthAssignmentMethod: MigrationBandwidthAssignmentMethod;
  NetworkPluginType: NetworkPluginType;
  NetworkStatus: NetworkStatus;
  NetworkUsage: NetworkUsage;
  NfsVersion: NfsVersion;
  NicInterface: NicInterface;
  NicStatus: NicStatus;
  NotifiableEvent: NotifiableEvent;
  NotificationMethod: NotificationMethod;
  NumaTuneMode: NumaTuneMode;
  OpenStackNetworkProviderType: OpenStackNetworkProviderType;
  OpenstackVolumeAuthenticationKeyUsageType: OpenstackVolumeAuthenticationKeyUsageType;
  OsType: OsType;
  ParallelMigrationsPolicy: ParallelMigrationsPolicy;
  PayloadEncoding: PayloadEncoding;
  PmProxyType: PmProxyType;
  PolicyUnitType: PolicyUnitType;
  PowerManagementStatus: PowerManagementStatus;
  QcowVersion: QcowVersion;
  QosType: QosType;
  QuotaModeType: QuotaModeType;
  ReportedDeviceType: ReportedDeviceType;
  ResolutionType: ResolutionType;
  RngSource: RngSource;
  RoleType: RoleType;
  ScsiGenericIO: ScsiGenericIO;
  SeLinuxMode: SeLinuxMode;
  SerialNumberPolicy: SerialNumberPolicy;
  SnapshotStatus: SnapshotStatus;
  SnapshotType: SnapshotType;
  SpmStatus: SpmStatus;
  SshAuthenticationMethod: SshAuthenticationMethod;
  SsoMethod: SsoMethod;
  StatisticKind: StatisticKind;
  StatisticUnit: StatisticUnit;
  StepEnum: StepEnum;
  StepStatus: StepStatus;
  StorageDomainStatus: StorageDomainStatus;
  StorageDomainType: StorageDomainType;
  StorageFormat: StorageFormat;
  StorageType: StorageType;
  SwitchType: SwitchType;
  TemplateStatus: TemplateStatus;
  TpmSupport: TpmSupport;
  TransportType: TransportType;
  UsbType: UsbType;
  ValueType: ValueType;
  VgpuPlacement: VgpuPlacement;
  VideoType: VideoType;
  VmAffinity: VmAffinity;
  VmDeviceType: VmDeviceType;
  VmPoolType: VmPoolType;
  VmStatus: VmStatus;
  VmStorageErrorResumeBehaviour: VmStorageErrorResumeBehaviour;
  VmType: VmType;
  VnicPassThroughMode: VnicPassThroughMode;
  WatchdogAction: WatchdogAction;
  WatchdogModel: WatchdogModel;
}

export type EnumName = keyof Enums;
