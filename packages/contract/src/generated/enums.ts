// Generated from data/ by `npm run generate`. Do not edit.

export const accessProtocolValues = ['gluster', 'nfs', 'cifs'] as const;
export const architectureValues = ['undefined', 'x86_64', 'ppc64', 's390x', 'aarch64', 'loongarch64'] as const;
export const autoNumaStatusValues = ['disable', 'enable', 'unknown'] as const;
export const autoPinningPolicyValues = ['disabled', 'existing', 'adjust'] as const;
export const backupPhaseValues = ['initializing', 'starting', 'ready', 'finalizing', 'succeeded', 'failed'] as const;
export const biosTypeValues = ['cluster_default', 'i440fx_sea_bios', 'q35_sea_bios', 'q35_ovmf', 'q35_secure_boot'] as const;
export const bootDeviceValues = ['cdrom', 'hd', 'network'] as const;
export const bootProtocolValues = ['autoconf', 'dhcp', 'poly_dhcp_autoconf', 'static', 'none'] as const;
export const checkpointStateValues = ['created', 'invalid'] as const;
export const cloudInitNetworkProtocolValues = ['eni', 'openstack_metadata'] as const;
export const clusterUpgradeActionValues = ['start', 'update_progress', 'finish'] as const;
export const configurationTypeValues = ['ovf', 'ova'] as const;
export const cpuModeValues = ['custom', 'host_model', 'host_passthrough'] as const;
export const cpuPinningPolicyValues = ['none', 'manual', 'resize_and_pin_numa', 'dedicated', 'isolate_threads'] as const;
export const creationStatusValues = ['pending', 'in_progress', 'complete', 'failed'] as const;
export const dataCenterStatusValues = ['uninitialized', 'up', 'maintenance', 'not_operational', 'problematic', 'contend'] as const;
export const diskBackupValues = ['none', 'incremental'] as const;
export const diskBackupModeValues = ['full', 'incremental'] as const;
export const diskContentTypeValues = ['data', 'ovf_store', 'memory_dump_volume', 'memory_metadata_volume', 'iso', 'hosted_engine', 'hosted_engine_sanlock', 'hosted_engine_metadata', 'hosted_engine_configuration', 'backup_scratch'] as const;
export const diskFormatValues = ['cow', 'raw'] as const;
export const diskInterfaceValues = ['ide', 'virtio_scsi', 'virtio', 'spapr_vscsi', 'sata'] as const;
export const diskStatusValues = ['illegal', 'locked', 'ok'] as const;
export const diskStorageTypeValues = ['image', 'lun', 'cinder', 'managed_block_storage'] as const;
export const diskTypeValues = ['data', 'system'] as const;
export const displayTypeValues = ['vnc', 'spice'] as const;
export const entityExternalStatusValues = ['ok', 'info', 'warning', 'error', 'failure'] as const;
export const externalStatusValues = ['error', 'failure', 'info', 'ok', 'warning'] as const;
export const externalSystemTypeValues = ['vdsm', 'gluster'] as const;
export const externalVmProviderTypeValues = ['kvm', 'xen', 'vmware'] as const;
export const fenceTypeValues = ['manual', 'restart', 'start', 'stop', 'status'] as const;
export const fipsModeValues = ['undefined', 'disabled', 'enabled'] as const;
export const firewallTypeValues = ['iptables', 'firewalld'] as const;
export const glusterBrickStatusValues = ['up', 'down', 'unknown'] as const;
export const glusterHookStatusValues = ['enabled', 'disabled', 'missing'] as const;
export const glusterStateValues = ['up', 'down', 'unknown'] as const;
export const glusterVolumeStatusValues = ['up', 'down', 'unknown'] as const;
export const glusterVolumeTypeValues = ['distribute', 'replicate', 'distributed_replicate', 'stripe', 'distributed_stripe', 'striped_replicate', 'distributed_striped_replicate', 'disperse', 'distributed_disperse'] as const;
export const graphicsTypeValues = ['spice', 'vnc'] as const;
export const hookContentTypeValues = ['text', 'binary'] as const;
export const hookStageValues = ['pre', 'post'] as const;
export const hookStatusValues = ['enabled', 'disabled', 'missing'] as const;
export const hostProtocolValues = ['xml', 'stomp'] as const;
export const hostStatusValues = ['down', 'error', 'initializing', 'installing', 'install_failed', 'maintenance', 'non_operational', 'non_responsive', 'pending_approval', 'preparing_for_maintenance', 'connecting', 'reboot', 'unassigned', 'up', 'installing_os', 'kdumping'] as const;
export const hostTypeValues = ['rhel', 'rhev_h', 'ovirt_node'] as const;
export const imageFileTypeValues = ['iso', 'floppy', 'disk'] as const;
export const imageTransferDirectionValues = ['upload', 'download'] as const;
export const imageTransferPhaseValues = ['unknown', 'initializing', 'transferring', 'resuming', 'paused_system', 'paused_user', 'cancelled', 'finalizing_success', 'finalizing_failure', 'finished_success', 'finished_failure', 'cancelled_system', 'cancelled_user', 'finalizing_cleanup', 'finished_cleanup'] as const;
export const imageTransferTimeoutPolicyValues = ['legacy', 'pause', 'cancel'] as const;
export const inheritableBooleanValues = ['true', 'false', 'inherit'] as const;
export const ipVersionValues = ['v4', 'v6'] as const;
export const jobStatusValues = ['aborted', 'failed', 'finished', 'started', 'unknown'] as const;
export const kdumpStatusValues = ['unknown', 'disabled', 'enabled'] as const;
export const logMaxMemoryUsedThresholdTypeValues = ['percentage', 'absolute_value_in_mb'] as const;
export const logSeverityValues = ['normal', 'warning', 'error', 'alert'] as const;
export const lunStatusValues = ['free', 'used', 'unusable'] as const;
export const messageBrokerTypeValues = ['qpid', 'rabbit_mq'] as const;
export const migrateOnErrorValues = ['migrate', 'do_not_migrate', 'migrate_highly_available'] as const;
export const migrationBandwidthAssignmentMethodValues = ['auto', 'custom', 'hypervisor_default'] as const;
export const networkPluginTypeValues = ['open_vswitch'] as const;
export const networkStatusValues = ['operational', 'non_operational'] as const;
export const networkUsageValues = ['default_route', 'display', 'gluster', 'management', 'migration', 'vm'] as const;
export const nfsVersionValues = ['auto', 'v3', 'v4', 'v4_0', 'v4_1', 'v4_2'] as const;
export const nicInterfaceValues = ['e1000', 'e1000e', 'virtio', 'rtl8139', 'rtl8139_virtio', 'spapr_vlan', 'pci_passthrough'] as const;
export const nicStatusValues = ['down', 'up'] as const;
export const notifiableEventValues = ['engine_stop', 'engine_backup_started', 'engine_backup_completed', 'engine_backup_failed', 'engine_ca_certification_is_about_to_expire', 'engine_ca_certification_has_expired', 'engine_certification_is_about_to_expire', 'engine_certification_has_expired', 'cluster_alert_ha_reservation', 'network_update_display_for_cluster_with_active_vm', 'cluster_alert_ha_reservation_down', 'host_failure', 'host_updates_are_available', 'host_updates_are_available_with_packages', 'user_host_maintenance', 'user_host_maintenance_manual_ha', 'user_host_maintenance_migration_failed', 'host_activate_manual_ha', 'host_activate_failed', 'host_recover_failed', 'host_approve_failed', 'host_install_failed', 'host_time_drift_alert', 'host_set_nonoperational', 'host_set_nonoperational_iface_down', 'host_low_mem', 'host_high_mem_use', 'host_interface_high_network_use', 'host_high_cpu_use', 'host_high_swap_use', 'host_low_swap', 'host_interface_state_down', 'host_bond_slave_state_down', 'network_update_display_for_host_with_active_vm', 'host_certification_is_about_to_expire', 'host_certification_has_expired', 'host_certificate_has_invalid_san', 'host_set_nonoperational_domain', 'system_change_storage_pool_status_no_host_for_spm', 'system_deactivated_storage_domain', 'vm_failure', 'vm_migration_start', 'vm_migration_failed', 'vm_migration_to_server_failed', 'vm_not_responding', 'vm_status_restored', 'ha_vm_restart_failed', 'ha_vm_failed', 'vm_console_connected', 'vm_console_disconnected', 'vm_set_ticket', 'vm_down_error', 'host_initiated_run_vm_failed', 'vm_paused', 'vm_paused_eio', 'vm_paused_enospc', 'vm_paused_eperm', 'vm_paused_error', 'vm_recovered_from_pause_error', 'mac_address_is_external', 'host_slow_storage_response_time', 'irs_failure', 'irs_disk_space_low', 'irs_confirmed_disk_space_low', 'irs_disk_space_low_error', 'number_of_lvs_on_storage_domain_exceeded_threshold', 'gluster_volume_create', 'gluster_volume_create_failed', 'gluster_volume_option_added', 'gluster_volume_option_modified', 'gluster_volume_option_set_failed', 'gluster_volume_start', 'gluster_volume_start_failed', 'gluster_volume_stop', 'gluster_volume_stop_failed', 'gluster_volume_options_reset', 'gluster_volume_options_reset_all', 'gluster_volume_options_reset_failed', 'gluster_volume_delete', 'gluster_volume_delete_failed', 'gluster_volume_add_brick', 'gluster_volume_add_brick_failed', 'gluster_volume_remove_bricks', 'gluster_volume_remove_bricks_failed', 'start_removing_gluster_volume_bricks', 'start_removing_gluster_volume_bricks_failed', 'gluster_volume_remove_bricks_stop', 'gluster_volume_remove_bricks_stop_failed', 'gluster_volume_rebalance_start', 'gluster_volume_rebalance_start_failed', 'gluster_volume_rebalance_stop', 'gluster_volume_rebalance_stop_failed', 'gluster_volume_replace_brick_failed', 'gluster_volume_replace_brick_start', 'gluster_volume_replace_brick_start_failed', 'gluster_volume_brick_replaced', 'gluster_volume_rebalance_start_detected_from_cli', 'start_removing_gluster_volume_bricks_detected_from_cli', 'gluster_volume_rebalance_not_found_from_cli', 'remove_gluster_volume_bricks_not_found_from_cli', 'gluster_volume_snapshot_created', 'gluster_volume_snapshot_create_failed', 'gluster_server_add_failed', 'gluster_server_remove', 'gluster_server_remove_failed', 'gluster_volume_profile_start', 'gluster_volume_profile_start_failed', 'gluster_volume_profile_stop', 'gluster_volume_profile_stop_failed', 'gluster_hook_enable', 'gluster_hook_enable_failed', 'gluster_hook_disable', 'gluster_hook_disable_failed', 'gluster_hook_detected_new', 'gluster_hook_conflict_detected', 'gluster_hook_detected_delete', 'gluster_hook_added', 'gluster_hook_add_failed', 'gluster_hook_removed', 'gluster_hook_remove_failed', 'gluster_service_started', 'gluster_service_start_failed', 'gluster_service_stopped', 'gluster_service_stop_failed', 'gluster_service_restarted', 'gluster_service_restart_failed', 'gluster_brick_status_changed', 'gluster_volume_snapshot_deleted', 'gluster_volume_snapshot_delete_failed', 'gluster_volume_all_snapshots_deleted', 'gluster_volume_all_snapshots_delete_failed', 'gluster_volume_snapshot_activated', 'gluster_volume_snapshot_activate_failed', 'gluster_volume_snapshot_deactivated', 'gluster_volume_snapshot_deactivate_failed', 'gluster_volume_snapshot_restored', 'gluster_volume_snapshot_restore_failed', 'gluster_volume_confirmed_space_low', 'dwh_stopped', 'dwh_error', 'gluster_volume_rebalance_finished', 'gluster_volume_migrate_brick_data_finished', 'host_untrusted', 'user_update_vm_from_trusted_to_untrusted', 'user_update_vm_from_untrusted_to_trusted', 'importexport_import_vm_from_trusted_to_untrusted', 'importexport_import_vm_from_untrusted_to_trusted', 'user_add_vm_from_trusted_to_untrusted', 'user_add_vm_from_untrusted_to_trusted', 'importexport_import_template_from_trusted_to_untrusted', 'importexport_import_template_from_untrusted_to_trusted', 'user_add_vm_template_from_trusted_to_untrusted', 'user_add_vm_template_from_untrusted_to_trusted', 'user_update_vm_template_from_trusted_to_untrusted', 'user_update_vm_template_from_untrusted_to_trusted', 'faulty_multipaths_on_host', 'no_faulty_multipaths_on_host', 'multipath_devices_without_valid_paths_on_host'] as const;
export const notificationMethodValues = ['smtp', 'snmp'] as const;
export const numaTuneModeValues = ['strict', 'interleave', 'preferred'] as const;
export const openStackNetworkProviderTypeValues = ['neutron', 'external'] as const;
export const openstackVolumeAuthenticationKeyUsageTypeValues = ['ceph'] as const;
export const osTypeValues = ['unassigned', 'windows_xp', 'windows_2003', 'windows_2008', 'other_linux', 'other', 'rhel_5', 'rhel_4', 'rhel_3', 'windows_2003x64', 'windows_7', 'windows_7x64', 'rhel_5x64', 'rhel_4x64', 'rhel_3x64', 'windows_2008x64', 'windows_2008r2x64', 'rhel_6', 'rhel_6x64', 'windows_8', 'windows_8x64', 'windows_2012x64'] as const;
export const parallelMigrationsPolicyValues = ['inherit', 'auto', 'auto_parallel', 'disabled', 'custom'] as const;
export const payloadEncodingValues = ['base64', 'plaintext'] as const;
export const pmProxyTypeValues = ['cluster', 'dc', 'other_dc'] as const;
export const policyUnitTypeValues = ['filter', 'weight', 'load_balancing'] as const;
export const powerManagementStatusValues = ['on', 'off', 'unknown'] as const;
export const qcowVersionValues = ['qcow2_v2', 'qcow2_v3'] as const;
export const qosTypeValues = ['storage', 'cpu', 'network', 'hostnetwork'] as const;
export const quotaModeTypeValues = ['enabled', 'disabled', 'audit'] as const;
export const reportedDeviceTypeValues = ['network'] as const;
export const resolutionTypeValues = ['add', 'copy'] as const;
export const rngSourceValues = ['random', 'urandom', 'hwrng'] as const;
export const roleTypeValues = ['admin', 'user'] as const;
export const scsiGenericIOValues = ['filtered', 'unfiltered', 'disabled'] as const;
export const seLinuxModeValues = ['enforcing', 'permissive', 'disabled'] as const;
export const serialNumberPolicyValues = ['host', 'vm', 'custom', 'none'] as const;
export const snapshotStatusValues = ['ok', 'locked', 'in_preview'] as const;
export const snapshotTypeValues = ['regular', 'active', 'stateless', 'preview'] as const;
export const spmStatusValues = ['none', 'contending', 'spm'] as const;
export const sshAuthenticationMethodValues = ['password', 'publickey'] as const;
export const ssoMethodValues = ['guest_agent'] as const;
export const statisticKindValues = ['counter', 'gauge'] as const;
export const statisticUnitValues = ['bits_per_second', 'bytes', 'bytes_per_second', 'count_per_second', 'none', 'percent', 'seconds'] as const;
export const stepEnumValues = ['validating', 'executing', 'finalizing', 'rebalancing_volume', 'removing_bricks', 'unknown'] as const;
export const stepStatusValues = ['aborted', 'failed', 'finished', 'started', 'unknown'] as const;
export const storageDomainStatusValues = ['active', 'inactive', 'locked', 'mixed', 'unattached', 'maintenance', 'preparing_for_maintenance', 'detaching', 'activating', 'unknown'] as const;
export const storageDomainTypeValues = ['data', 'iso', 'export', 'image', 'volume', 'managed_block_storage'] as const;
export const storageFormatValues = ['v1', 'v2', 'v3', 'v4', 'v5'] as const;
export const storageTypeValues = ['iscsi', 'fcp', 'nfs', 'localfs', 'posixfs', 'glusterfs', 'glance', 'cinder', 'managed_block_storage'] as const;
export const switchTypeValues = ['legacy', 'ovs'] as const;
export const templateStatusValues = ['illegal', 'locked', 'ok'] as const;
export const tpmSupportValues = ['unsupported', 'supported', 'required'] as const;
export const transportTypeValues = ['tcp', 'rdma'] as const;
export const usbTypeValues = ['legacy', 'native'] as const;
export const valueTypeValues = ['decimal', 'integer', 'string'] as const;
export const vgpuPlacementValues = ['consolidated', 'separated'] as const;
export const videoTypeValues = ['bochs', 'cirrus', 'vga', 'qxl'] as const;
export const vmAffinityValues = ['migratable', 'user_migratable', 'pinned'] as const;
export const vmDeviceTypeValues = ['floppy', 'cdrom'] as const;
export const vmPoolTypeValues = ['automatic', 'manual'] as const;
export const vmStatusValues = ['unassigned', 'down', 'up', 'powering_up', 'paused', 'migrating', 'unknown', 'not_responding', 'wait_for_launch', 'reboot_in_progress', 'saving_state', 'restoring_state', 'suspended', 'image_locked', 'powering_down'] as const;
export const vmStorageErrorResumeBehaviourValues = ['leave_paused', 'auto_resume', 'kill'] as const;
export const vmTypeValues = ['desktop', 'server', 'high_performance'] as const;
export const vnicPassThroughModeValues = ['enabled', 'disabled'] as const;
export const watchdogActionValues = ['none', 'reset', 'poweroff', 'pause', 'dump'] as const;
export const watchdogModelValues = ['i6300esb', 'diag288'] as const;

/** Values of each enum by the enum's name. */
export const enumValues = {
  AccessProtocol: accessProtocolValues,
  Architecture: architectureValues,
  AutoNumaStatus: autoNumaStatusValues,
  AutoPinningPolicy: autoPinningPolicyValues,
  BackupPhase: backupPhaseValues,
  BiosType: biosTypeValues,
  BootDevice: bootDeviceValues,
  BootProtocol: bootProtocolValues,
  CheckpointState: checkpointStateValues,
  CloudInitNetworkProtocol: cloudInitNetworkProtocolValues,
  ClusterUpgradeAction: clusterUpgradeActionValues,
  ConfigurationType: configurationTypeValues,
  CpuMode: cpuModeValues,
  CpuPinningPolicy: cpuPinningPolicyValues,
  CreationStatus: creationStatusValues,
  DataCenterStatus: dataCenterStatusValues,
  DiskBackup: diskBackupValues,
  DiskBackupMode: diskBackupModeValues,
  DiskContentType: diskContentTypeValues,
  DiskFormat: diskFormatValues,
  DiskInterface: diskInterfaceValues,
  DiskStatus: diskStatusValues,
  DiskStorageType: diskStorageTypeValues,
  DiskType: diskTypeValues,
  DisplayType: displayTypeValues,
  EntityExternalStatus: entityExternalStatusValues,
  ExternalStatus: externalStatusValues,
  ExternalSystemType: externalSystemTypeValues,
  ExternalVmProviderType: externalVmProviderTypeValues,
  FenceType: fenceTypeValues,
  FipsMode: fipsModeValues,
  FirewallType: firewallTypeValues,
  GlusterBrickStatus: glusterBrickStatusValues,
  GlusterHookStatus: glusterHookStatusValues,
  GlusterState: glusterStateValues,
  GlusterVolumeStatus: glusterVolumeStatusValues,
  GlusterVolumeType: glusterVolumeTypeValues,
  GraphicsType: graphicsTypeValues,
  HookContentType: hookContentTypeValues,
  HookStage: hookStageValues,
  HookStatus: hookStatusValues,
  HostProtocol: hostProtocolValues,
  HostStatus: hostStatusValues,
  HostType: hostTypeValues,
  ImageFileType: imageFileTypeValues,
  ImageTransferDirection: imageTransferDirectionValues,
  ImageTransferPhase: imageTransferPhaseValues,
  ImageTransferTimeoutPolicy: imageTransferTimeoutPolicyValues,
  InheritableBoolean: inheritableBooleanValues,
  IpVersion: ipVersionValues,
  JobStatus: jobStatusValues,
  KdumpStatus: kdumpStatusValues,
  LogMaxMemoryUsedThresholdType: logMaxMemoryUsedThresholdTypeValues,
  LogSeverity: logSeverityValues,
  LunStatus: lunStatusValues,
  MessageBrokerType: messageBrokerTypeValues,
  MigrateOnError: migrateOnErrorValues,
  MigrationBandwidthAssignmentMethod: migrationBandwidthAssignmentMethodValues,
  NetworkPluginType: networkPluginTypeValues,
  NetworkStatus: networkStatusValues,
  NetworkUsage: networkUsageValues,
  NfsVersion: nfsVersionValues,
  NicInterface: nicInterfaceValues,
  NicStatus: nicStatusValues,
  NotifiableEvent: notifiableEventValues,
  NotificationMethod: notificationMethodValues,
  NumaTuneMode: numaTuneModeValues,
  OpenStackNetworkProviderType: openStackNetworkProviderTypeValues,
  OpenstackVolumeAuthenticationKeyUsageType: openstackVolumeAuthenticationKeyUsageTypeValues,
  OsType: osTypeValues,
  ParallelMigrationsPolicy: parallelMigrationsPolicyValues,
  PayloadEncoding: payloadEncodingValues,
  PmProxyType: pmProxyTypeValues,
  PolicyUnitType: policyUnitTypeValues,
  PowerManagementStatus: powerManagementStatusValues,
  QcowVersion: qcowVersionValues,
  QosType: qosTypeValues,
  QuotaModeType: quotaModeTypeValues,
  ReportedDeviceType: reportedDeviceTypeValues,
  ResolutionType: resolutionTypeValues,
  RngSource: rngSourceValues,
  RoleType: roleTypeValues,
  ScsiGenericIO: scsiGenericIOValues,
  SeLinuxMode: seLinuxModeValues,
  SerialNumberPolicy: serialNumberPolicyValues,
  SnapshotStatus: snapshotStatusValues,
  SnapshotType: snapshotTypeValues,
  SpmStatus: spmStatusValues,
  SshAuthenticationMethod: sshAuthenticationMethodValues,
  SsoMethod: ssoMethodValues,
  StatisticKind: statisticKindValues,
  StatisticUnit: statisticUnitValues,
  StepEnum: stepEnumValues,
  StepStatus: stepStatusValues,
  StorageDomainStatus: storageDomainStatusValues,
  StorageDomainType: storageDomainTypeValues,
  StorageFormat: storageFormatValues,
  StorageType: storageTypeValues,
  SwitchType: switchTypeValues,
  TemplateStatus: templateStatusValues,
  TpmSupport: tpmSupportValues,
  TransportType: transportTypeValues,
  UsbType: usbTypeValues,
  ValueType: valueTypeValues,
  VgpuPlacement: vgpuPlacementValues,
  VideoType: videoTypeValues,
  VmAffinity: vmAffinityValues,
  VmDeviceType: vmDeviceTypeValues,
  VmPoolType: vmPoolTypeValues,
  VmStatus: vmStatusValues,
  VmStorageErrorResumeBehaviour: vmStorageErrorResumeBehaviourValues,
  VmType: vmTypeValues,
  VnicPassThroughMode: vnicPassThroughModeValues,
  WatchdogAction: watchdogActionValues,
  WatchdogModel: watchdogModelValues,
} as const;
