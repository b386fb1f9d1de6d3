/** Typed rows of every table of the engine. Times are read as epoch milliseconds and written as `Date`. */
import type { PlacementHost, PlacementWeight } from '@virgate/contract/generated/virgate';
import type { Generated, GeneratedTimestamp as TimestampNow, Timestamp } from '@virgate/database';
import type { ColumnType, RawBuilder } from 'kysely';
import type { SagaTables } from '@virgate/saga';
import type { RunPinning } from '../scheduling/host-cpus.ts';
import type { Machine } from '../vms/machine.ts';

/** A `jsonb` column with a default, written by `json()`. */
export type Json<T = Record<string, unknown>> = ColumnType<T, RawBuilder<T> | undefined, RawBuilder<T>>;
/** A `jsonb` column that may be null. */
export type JsonOrNull<T = Record<string, unknown>> = ColumnType<T | null, RawBuilder<T> | null | undefined, RawBuilder<T> | null>;

export interface EngineOptionTable {
  name: string;
  value: Json;
}

export interface MacPoolTable {
  id: string;
  name: string;
  description: Generated<string>;
  is_default: Generated<boolean>;
  allow_duplicates: Generated<boolean>;
  ranges: Json<unknown[]>;
}

export interface DataCenterTable {
  id: string;
  name: string;
  description: Generated<string>;
  comment: Generated<string>;
  status: Generated<string>;
  is_local: Generated<boolean>;
  compatibility_major: number;
  compatibility_minor: number;
  storage_format: string | null;
  quota_mode: Generated<string>;
  mac_pool_id: string | null;
  spm_host_id: string | null;
  master_version: Generated<number>;
  settings: Json;
  created_at: TimestampNow;
  updated_at: TimestampNow;
}

export interface ClusterTable {
  id: string;
  name: string;
  description: Generated<string>;
  comment: Generated<string>;
  data_center_id: string | null;
  compatibility_major: number;
  compatibility_minor: number;
  cpu_type: string | null;
  cpu_architecture: Generated<string>;
  bios_type: Generated<string>;
  emulated_machine: string | null;
  memory_overcommit_percent: Generated<number>;
  scheduling_policy_id: string;
  mac_pool_id: string | null;
  threads_as_cores: Generated<boolean>;
  network_provider_id: Generated<string | null>;
  settings: Json;
  created_at: TimestampNow;
  updated_at: TimestampNow;
}

export interface HostTable {
  id: string;
  name: string;
  description: Generated<string>;
  comment: Generated<string>;
  address: string;
  port: Generated<number>;
  protocol: Generated<string>;
  cluster_id: string;
  spm_priority: Generated<number>;
  spm_id: number | null;
  override_address: string | null;
  settings: Json;
  created_at: TimestampNow;
  updated_at: TimestampNow;
}

export interface HostStateTable {
  host_id: string;
  status: string;
  status_detail: string | null;
  hardware_uuid: string | null;
  certificate_subject: string | null;
  certificate_serial: string | null;
  certificate_from: ColumnType<number | null, Date | null | undefined, Date | null>;
  certificate_until: ColumnType<number | null, Date | null | undefined, Date | null>;
  agent_version: string | null;
  cpu_model: string | null;
  cpu_sockets: number | null;
  cpu_cores: number | null;
  cpu_threads: number | null;
  cpu_speed_mhz: number | null;
  cpu_flags: string | null;
  memory_bytes: number | null;
  kvm_enabled: boolean | null;
  emulated_machines: Generated<string[]>;
  cluster_levels: Generated<string[]>;
  networks: Generated<string[]>;
  capabilities: Json;
  hardware: Json;
  status_changed_at: TimestampNow;
  lease_owner: string | null;
  lease_until: ColumnType<number | null, Date | null | undefined, Date | null>;
  fence: Generated<number>;
  /** The scheduling policy sent it where it is, and may wake it. */
  rests_by_policy: Generated<boolean>;
}

export interface HostStatisticsTable {
  host_id: string;
  /** CPU load of the latest samples in percent, newest first. */
  cpu_loads: Generated<number[]>;
  memory_used_percent: number | null;
  memory_free_bytes: number | null;
  memory_shared_bytes: number | null;
  swap_total_bytes: number | null;
  swap_free_bytes: number | null;
  cpu_user_percent: number | null;
  cpu_system_percent: number | null;
  cpu_idle_percent: number | null;
  cpu_load_percent: number | null;
  ksm_cpu_percent: number | null;
  boot_at: ColumnType<number | null, Date | null | undefined, Date | null>;
  active_vms: number | null;
  total_vms: number | null;
  raw: Json;
  sampled_at: TimestampNow;
}

export interface HostNicTable {
  id: string;
  host_id: string;
  name: string;
  kind: Generated<string>;
  mac: string | null;
  base_name: string | null;
  bond_name: string | null;
  vlan_id: number | null;
  network_name: string | null;
  bridged: Generated<boolean>;
  settings: Json;
}

/** Labels are on a host's device by its name: they outlive a report that lacks the device. */
export interface HostNicLabelTable {
  host_id: string;
  nic_name: string;
  label: string;
}

/** A network on a host: how it is wanted, and how the host reports it. */
export interface NetworkAttachmentTable {
  id: string;
  host_id: string;
  network_id: string;
  nic_name: string;
  wanted: Json;
  reported: Json;
}

export interface NetworkTable {
  id: string;
  name: string;
  description: Generated<string>;
  comment: Generated<string>;
  data_center_id: string;
  vdsm_name: string;
  vm_network: Generated<boolean>;
  vlan_id: number | null;
  mtu: Generated<number>;
  stp: Generated<boolean>;
  port_isolation: Generated<boolean>;
  label: string | null;
  name_servers: Generated<string[]>;
  qos_id: Generated<string | null>;
  provider_id: Generated<string | null>;
  provider_network_id: Generated<string | null>;
  /** The engine made it on its provider, and removes it there as well. */
  made_on_provider: Generated<boolean>;
  settings: Json;
  created_at: TimestampNow;
  updated_at: TimestampNow;
}

/** A provider of networks: OVN. */
export interface NetworkProviderTable {
  id: string;
  name: string;
  description: Generated<string>;
  /** Where its northbound database listens. */
  url: string;
  /** Where hosts find its southbound database. */
  southbound: string;
  read_only: Generated<boolean>;
  created_at: TimestampNow;
}

export interface NetworkClusterTable {
  network_id: string;
  cluster_id: string;
  required: Generated<boolean>;
  display: Generated<boolean>;
  migration: Generated<boolean>;
  management: Generated<boolean>;
  default_route: Generated<boolean>;
  gluster: Generated<boolean>;
  status: Generated<string>;
}

export interface VnicProfileTable {
  id: string;
  name: string;
  description: Generated<string>;
  comment: Generated<string>;
  network_id: string;
  network_filter_id: Generated<string | null>;
  qos_id: string | null;
  pass_through: Generated<boolean>;
  port_mirroring: Generated<boolean>;
  migratable: Generated<boolean>;
  settings: Json;
  created_at: TimestampNow;
  updated_at: TimestampNow;
}

export interface StorageConnectionTable {
  id: string;
  type: string;
  address: string | null;
  path: string;
  mount_options: string | null;
  vfs_type: string | null;
  settings: Json;
}

export interface StorageDomainTable {
  id: string;
  name: string;
  description: Generated<string>;
  comment: Generated<string>;
  type: string;
  storage_type: string;
  storage_connection_id: string | null;
  /** LVM's id of the volume group that a domain on LUNs is. */
  volume_group_uuid: string | null;
  storage_format: Generated<string>;
  master: Generated<boolean>;
  available_bytes: number | null;
  used_bytes: number | null;
  block_size: Generated<number>;
  warning_low_space_percent: Generated<number>;
  critical_space_gib: Generated<number>;
  settings: Json;
  created_at: TimestampNow;
  updated_at: TimestampNow;
}

export interface DiskLunTable {
  lun_id: string;
  disk_id: string;
  storage_type: string;
  storage_connection_id: string | null;
  /** 0 until a host has told it. */
  size_bytes: number;
  settings: Json;
}

export interface StorageDomainLunTable {
  lun_id: string;
  storage_domain_id: string;
  /** 0 until a host has told it. */
  size_bytes: number;
  settings: Json;
}

export interface DataCenterStorageDomainTable {
  data_center_id: string;
  storage_domain_id: string;
  status: string;
}

export interface HostStorageDomainTable {
  host_id: string;
  storage_domain_id: string;
  valid: boolean;
  acquired: Generated<boolean>;
  code: Generated<number>;
  delay_seconds: number | null;
  reported_at: TimestampNow;
}

export interface VmTable {
  id: string;
  entity_type: string;
  name: string;
  description: Generated<string>;
  comment: Generated<string>;
  data_center_id: string | null;
  cluster_id: string | null;
  template_id: string | null;
  original_template_id: string | null;
  base_template_id: string | null;
  version_number: number | null;
  version_name: string | null;
  template_status: string | null;
  memory_bytes: number;
  memory_guaranteed_bytes: number;
  memory_max_bytes: number;
  cpu_sockets: Generated<number>;
  cpu_cores: Generated<number>;
  cpu_threads: Generated<number>;
  os_type: Generated<string>;
  bios_type: Generated<string>;
  type: Generated<string>;
  high_availability: Generated<boolean>;
  high_availability_priority: Generated<number>;
  stateless: Generated<boolean>;
  start_paused: Generated<boolean>;
  delete_protected: Generated<boolean>;
  affinity: Generated<string>;
  pinned_host_ids: Generated<string[]>;
  custom_cpu_model: string | null;
  custom_emulated_machine: string | null;
  custom_compatibility_major: number | null;
  custom_compatibility_minor: number | null;
  origin: Generated<string>;
  created_by: string | null;
  instance_type_id: string | null;
  small_icon_id: string | null;
  large_icon_id: string | null;
  graphics: Generated<string[]>;
  cpu_profile_id: string | null;
  quota_id: string | null;
  settings: Json;
  created_at: TimestampNow;
  updated_at: TimestampNow;
}

export interface IconTable {
  id: string;
  media_type: string;
  data: string;
  digest: string;
  predefined: Generated<boolean>;
}

export interface VmWatchdogTable {
  id: string;
  vm_id: string;
  model: string;
  action: string;
}

export interface VmCdromTable {
  vm_id: string;
  disk_id: string | null;
  file: string | null;
}

export interface VmNextRunTable {
  vm_id: string;
  change: Json;
  created_at: TimestampNow;
}

export interface VmLimitChangeTable {
  vm_id: string;
  cpu: Generated<boolean>;
  storage: Generated<boolean>;
  stamp: Generated<string>;
  next_at: TimestampNow;
}

/** NICs of running VMs whose hosts are still to be told of their limits. */
export interface NicLimitChangeTable {
  nic_id: string;
  next_at: TimestampNow;
}

export interface VmRestartTable {
  vm_id: string;
  reason: string;
  attempts: Generated<number>;
  queued_at: TimestampNow;
  next_at: TimestampNow;
}

/** What is to be known of a run whose host does not answer. */
export interface RunThere {
  run_once: boolean;
  run_configuration: Record<string, unknown> | null;
  started_with: Machine | null;
  cpu_pinning: RunPinning | null;
  lease_domain_id: string | null;
}

/** A VM that is started elsewhere while its host does not answer. */
export interface VmElsewhereTable {
  vm_id: string;
  /** The host that does not answer. */
  host_id: string;
  /** null: another host runs the VM, and what this one still has of it is to go. */
  run: JsonOrNull<RunThere>;
  since: TimestampNow;
}

export interface VmLeaseTable {
  vm_id: string;
  storage_domain_id: string;
}

export interface VmExternalDataTable {
  vm_id: string;
  kind: 'tpm' | 'nvram';
  bios_type: string;
  hash: string;
  sealed: Buffer;
  saved_at: Generated<Date>;
}

export interface VmPoolTable {
  id: string;
  name: string;
  description: Generated<string>;
  comment: Generated<string>;
  cluster_id: string;
  template_id: string;
  instance_type_id: string | null;
  type: Generated<string>;
  stateful: Generated<boolean>;
  prestarted_vms: Generated<number>;
  max_user_vms: Generated<number>;
  auto_storage_select: Generated<boolean>;
  use_latest_template_version: Generated<boolean>;
  size: Generated<number>;
  status: Generated<string>;
  failures: Generated<number>;
  settings: Json;
  created_at: TimestampNow;
  updated_at: TimestampNow;
}

export interface EventSubscriptionTable {
  user_id: string;
  /** The contract's name of the event. */
  event: string;
  method: string;
  address: string;
  created_at: TimestampNow;
}

export interface VmPoolMemberTable {
  vm_id: string;
  vm_pool_id: string;
  user_id: string | null;
  taken_at: ColumnType<number | null, Date | null | undefined, Date | null>;
}

export interface VmStateTable {
  vm_id: string;
  status: Generated<string>;
  host_id: string | null;
  migrating_to_host_id: string | null;
  pause_code: string | null;
  exit_status: number | null;
  exit_reason: number | null;
  exit_message: string | null;
  stop_reason: string | null;
  started_at: ColumnType<number | null, Date | null | undefined, Date | null>;
  stopped_at: ColumnType<number | null, Date | null | undefined, Date | null>;
  run_once: Generated<boolean>;
  run_configuration: JsonOrNull;
  /** The machine as which the VM was started last. */
  started_with: JsonOrNull<Machine>;
  /** The CPUs that the engine chose for its present run, or its last one. */
  cpu_pinning: JsonOrNull<RunPinning>;
  /** Where the lease lies that its present run, or its last one, holds. */
  lease_domain_id: string | null;
  initialized: Generated<boolean>;
  guest: Json;
  graphics: Json<unknown[]>;
  device_hash: string | null;
  event_stamp: Generated<number>;
  failed_hosts: Generated<string[]>;
  commanded_at: TimestampNow;
  guest_cpu_count: number | null;
  elapsed_seconds: number | null;
}

export interface VmMemoryTable {
  vm_id: string;
  data_center_id: string;
  storage_domain_id: string;
  dump_image_id: string;
  dump_volume_id: string;
  configuration_image_id: string;
  configuration_volume_id: string;
}

export interface VmStatisticsTable {
  vm_id: string;
  cpu_user_percent: number | null;
  cpu_system_percent: number | null;
  cpu_usage_percent: number | null;
  memory_usage_percent: number | null;
  network_usage_percent: number | null;
  memory_bytes: Json;
  disks: Json;
  nics: Json;
  migration_progress_percent: number | null;
  file_systems: Json<unknown[]>;
  cpu_history: Generated<number[]>;
  memory_history: Generated<number[]>;
  network_history: Generated<number[]>;
  history_at: ColumnType<number | null, Date | null | undefined, Date | null>;
  sampled_at: TimestampNow;
}

export interface SnapshotTable {
  id: string;
  vm_id: string;
  type: string;
  status: Generated<string>;
  description: Generated<string>;
  configuration: JsonOrNull;
  created_at: TimestampNow;
}

export interface SnapshotMemoryTable {
  snapshot_id: string;
  data_center_id: string;
  storage_domain_id: string;
  dump_image_id: string;
  dump_volume_id: string;
  configuration_image_id: string;
  configuration_volume_id: string;
}

export interface DiskTable {
  id: string;
  name: Generated<string>;
  description: Generated<string>;
  storage_type: Generated<string>;
  content_type: Generated<string>;
  status: Generated<string>;
  format: string;
  sparse: boolean;
  provisioned_bytes: number;
  shareable: Generated<boolean>;
  propagate_errors: Generated<boolean>;
  wipe_after_delete: Generated<boolean>;
  backup: Generated<string>;
  qcow_version: string | null;
  disk_profile_id: string | null;
  quota_id: string | null;
  reserved_bytes: Generated<number>;
  settings: Json;
  created_at: TimestampNow;
  updated_at: TimestampNow;
}

export interface ImageTable {
  id: string;
  disk_id: string;
  parent_id: string | null;
  snapshot_id: string | null;
  storage_domain_id: string | null;
  active: Generated<boolean>;
  format: string;
  sparse: boolean;
  provisioned_bytes: number;
  actual_bytes: Generated<number>;
  status: Generated<string>;
  created_at: TimestampNow;
}

export interface DiskAttachmentTable {
  disk_id: string;
  vm_id: string;
  interface: string;
  bootable: Generated<boolean>;
  active: Generated<boolean>;
  read_only: Generated<boolean>;
  pass_discard: Generated<boolean>;
  uses_scsi_reservation: Generated<boolean>;
  logical_name: string | null;
  address: string | null;
}

export interface NicTable {
  id: string;
  vm_id: string;
  name: string;
  mac: string | null;
  vnic_profile_id: string | null;
  interface: Generated<string>;
  linked: Generated<boolean>;
  plugged: Generated<boolean>;
  address: string | null;
  settings: Json;
}

export interface NicFilterParameterTable {
  id: string;
  nic_id: string;
  name: string;
  value: string;
}

export interface DirectoryGroupTable {
  id: string;
  name: string;
  domain: string;
  namespace: Generated<string>;
  external_id: string;
}

export interface AppUserTable {
  id: string;
  principal: string;
  domain: string;
  namespace: Generated<string>;
  external_id: string;
  first_name: Generated<string>;
  last_name: Generated<string>;
  email: Generated<string>;
  department: Generated<string>;
  password_hash: string | null;
  enabled: Generated<boolean>;
  failed_logins: Generated<number>;
  locked_until: ColumnType<number | null, Date | null | undefined, Date | null>;
  password_changed_at: TimestampNow;
  password_history: Generated<string[]>;
  valid_until: ColumnType<number | null, Date | null | undefined, Date | null>;
  group_ids: Generated<string[]>;
  created_at: TimestampNow;
}

export interface RoleTable {
  id: string;
  name: string;
  description: Generated<string>;
  administrative: boolean;
  mutable: boolean;
  allows_viewing_children: boolean;
  permits: string[];
}

export interface PermissionTable {
  id: string;
  role_id: string;
  principal_id: string;
  principal_kind: string;
  object_type: string;
  object_id: string;
  created_at: TimestampNow;
}

export interface AccessTokenTable {
  token_hash: Buffer;
  id: Generated<string>;
  kind: string;
  user_id: string;
  scope: Generated<string>;
  source_address: string | null;
  created_at: TimestampNow;
  used_at: TimestampNow;
  idle_timeout_ms: number;
  expires_at: Timestamp;
  name: string | null;
  user_agent: string | null;
  read_only: Generated<boolean>;
  permits: string[] | null;
  csrf_protected: Generated<boolean>;
  client_id: string | null;
  second_factor: Generated<boolean>;
}

export interface SsoClientTable {
  id: string;
  name: string;
  secret_hash: Buffer;
  redirect_uris: string[];
  trusted: Generated<boolean>;
  service_user_id: string | null;
  created_at: TimestampNow;
}

export interface SsoCodeTable {
  code_hash: Buffer;
  client_id: string;
  user_id: string;
  redirect_uri: string;
  scope: string;
  nonce: string | null;
  code_challenge: string | null;
  second_factor: boolean;
  authenticated_at: Timestamp;
  expires_at: Timestamp;
  token_hash: Buffer | null;
}

export interface LoginFlowTable {
  token_hash: Buffer;
  step: string;
  user_id: string | null;
  target: Json;
  secret: Buffer | null;
  failures: Generated<number>;
  expires_at: Timestamp;
}

export interface SecondFactorTable {
  user_id: string;
  secret: Buffer;
  confirmed: Generated<boolean>;
  last_step: Generated<number>;
  recovery_hashes: Generated<Buffer[]>;
  created_at: TimestampNow;
}

export interface OpenidProviderTable {
  id: string;
  profile: string;
  domain: string;
  title: string;
  issuer: string;
  client_id: string;
  client_secret: Buffer;
  scopes: string;
  user_name_claim: string;
  groups_claim: string;
  ca_pem: string | null;
  second_factor: string;
  created_at: TimestampNow;
}

export interface SigningKeyTable {
  id: string;
  public_jwk: Json;
  private_key: Buffer;
  created_at: TimestampNow;
}

export interface SignInFailureTable {
  bucket: string;
  failures: number;
  since: Timestamp;
}

export interface AuditLogTable {
  id: Generated<number>;
  time: TimestampNow;
  code: number;
  severity: string;
  description: string;
  correlation_id: string | null;
  user_id: string | null;
  user_name: string | null;
  vm_id: string | null;
  vm_name: string | null;
  host_id: string | null;
  host_name: string | null;
  template_id: string | null;
  template_name: string | null;
  cluster_id: string | null;
  cluster_name: string | null;
  data_center_id: string | null;
  data_center_name: string | null;
  storage_domain_id: string | null;
  storage_domain_name: string | null;
  job_id: string | null;
  origin: Generated<string>;
  custom_id: number | null;
  flood_rate: number | null;
  hidden: Generated<boolean>;
}

export interface PlacementTable {
  job_id: string;
  vm_id: string;
  at: TimestampNow;
  cluster_id: string | null;
  weights: Json<PlacementWeight[]>;
  message_key: string | null;
  hosts: Json<PlacementHost[]>;
  host_id: string | null;
  refusals: Json<string[]>;
}

/** A request of an assistant that waits for somebody's word. */
export interface ProposalTable {
  id: string;
  user_id: string;
  operation: string;
  http: string;
  path: string;
  body: JsonOrNull<unknown>;
  etag: string | null;
  reason: string;
  state: Generated<'pending' | 'running' | 'done' | 'failed' | 'rejected'>;
  created_at: TimestampNow;
  expires_at: Timestamp;
  decided_by: string | null;
  decided_at: ColumnType<number | null, Date | null | undefined, Date | null>;
  decision_reason: string | null;
  status: number | null;
  answer: JsonOrNull<unknown>;
}

export interface ProposalPolicyTable {
  id: string;
  name: string;
  operations: string[];
  users: string[];
}

export interface AssistantCallTable {
  id: Generated<number>;
  at: TimestampNow;
  user_id: string;
  session_id: string;
  tool: string;
  arguments: Json;
  status: number;
  duration_ms: number;
  proposal_id: string | null;
}

export interface ChangeTable {
  id: Generated<number>;
  sequence: number | null;
  type: string;
  object_id: string;
  operation: string;
  at: TimestampNow;
  version: string | null;
  fields: string[] | null;
}

export interface ChangeStateTable {
  type: string;
  object_id: string;
  fields: Json;
  at: TimestampNow;
}

export interface MailSettingsTable {
  singleton: Generated<boolean>;
  server: string;
  port: number;
  encryption: string;
  ca_pem: string | null;
  username: string | null;
  password: Buffer | null;
  sender: string;
  reply_to: string | null;
  html: boolean;
  retries: number;
  history_days: number;
}

export interface NotifierPositionTable {
  singleton: Generated<boolean>;
  sequence: number;
}

export interface EventNotificationTable {
  id: Generated<number>;
  event_id: number;
  user_id: string;
  address: string;
  resolves: boolean;
  status: Generated<string>;
  attempts: Generated<number>;
  next_at: TimestampNow;
  ended_at: ColumnType<number | null, Date | null | undefined, Date | null>;
  error: string | null;
}

export interface ExternalStepTable {
  saga_id: string;
  job_id: string;
  step_id: string;
}

export interface PublisherLeaseTable {
  name: string;
  owner: string;
  lease_until: Timestamp;
  fence: number;
  position: Generated<number>;
  removed_to: Generated<number>;
  followed_at: ColumnType<number | null, Date | null | undefined, Date | null>;
}

export interface HostEnrolmentTokenTable {
  id: string;
  token_hash: Buffer;
  cluster_id: string | null;
  /** The host that the token is for, where that is being installed. */
  host_id: Generated<string | null>;
  created_by: string | null;
  created_at: TimestampNow;
  expires_at: Timestamp;
  used_at: ColumnType<number | null, Date | null | undefined, Date | null>;
}

export interface HostEnrolmentTable {
  id: string;
  token_id: string;
  host_id: string | null;
  request_pem: string;
  certificate_pem: string | null;
  state: string;
  created_at: TimestampNow;
}

export interface ConsoleTicketTable {
  token_hash: Buffer;
  vm_id: string;
  user_id: string;
  type: 'vnc' | 'spice' | 'serial';
  expires_at: Timestamp;
  bearer: Generated<boolean>;
}

export interface VmConsoleUserTable {
  vm_id: string;
  user_id: string | null;
  user_name: string;
  protocol: string;
  client_address: string | null;
}

export interface HostDeviceTable {
  host_id: string;
  name: string;
  parent: string | null;
  capability: string;
  driver: string | null;
  iommu_group: number | null;
  product_id: string | null;
  product_name: string | null;
  vendor_id: string | null;
  vendor_name: string | null;
  physical_function: string | null;
  virtual_functions: number | null;
  interface: Generated<string | null>;
  assignable: boolean;
  address: Json<Record<string, string>>;
  mediated_types: Json<{ name: string; readable: string; instances: number | null; description: string }[]>;
}

export interface NicVirtualFunctionTable {
  nic_id: string;
  host_id: string;
  device_name: string;
}

export interface HostNicFunctionsTable {
  host_id: string;
  nic_name: string;
  all_networks_allowed: boolean;
}

export interface HostNicFunctionNetworkTable {
  host_id: string;
  nic_name: string;
  network_id: string;
}

export interface HostNicFunctionLabelTable {
  host_id: string;
  nic_name: string;
  label: string;
}

export interface VmHostDeviceTable {
  vm_id: string;
  device_name: string;
  placeholder: boolean;
}

export interface VmMediatedDeviceTable {
  id: string;
  vm_id: string;
  spec_params: Json<{ name?: string; value?: string }[]>;
  created_at: TimestampNow;
}

export interface QosTable {
  id: string;
  data_center_id: string;
  type: string;
  name: string;
  description: Generated<string>;
  limits: Json<Record<string, number>>;
}

export interface CpuProfileTable {
  id: string;
  name: string;
  description: Generated<string>;
  cluster_id: string;
  qos_id: string | null;
  created_at: TimestampNow;
}

export interface DiskProfileTable {
  id: string;
  name: string;
  description: Generated<string>;
  storage_domain_id: string;
  qos_id: string | null;
  created_at: TimestampNow;
}

export interface QuotaTable {
  id: string;
  data_center_id: string;
  name: string;
  description: Generated<string>;
  is_default: Generated<boolean>;
  cluster_threshold_percent: Generated<number>;
  cluster_grace_percent: Generated<number>;
  storage_threshold_percent: Generated<number>;
  storage_grace_percent: Generated<number>;
}

export interface QuotaLimitTable {
  id: Generated<string>;
  quota_id: string;
  kind: string;
  cluster_id: string | null;
  storage_domain_id: string | null;
  vcpus: number | null;
  memory_mib: number | null;
  storage_gib: number | null;
}

export interface QuotaReservationTable {
  vm_id: string;
  reserved_at: TimestampNow;
}

export interface AffinityLabelTable {
  id: string;
  name: string;
  description: Generated<string>;
  comment: Generated<string>;
  read_only: Generated<boolean>;
  implicit_affinity_group: Generated<boolean>;
}

export interface AffinityLabelVmTable {
  label_id: string;
  vm_id: string;
}

export interface AffinityLabelHostTable {
  label_id: string;
  host_id: string;
}

export interface AffinityGroupTable {
  id: string;
  name: string;
  description: Generated<string>;
  comment: Generated<string>;
  cluster_id: string;
  priority: Generated<number>;
  vms_rule: Generated<string>;
  vms_enforcing: Generated<boolean>;
  hosts_rule: Generated<string>;
  hosts_enforcing: Generated<boolean>;
}

export interface AffinityGroupVmTable {
  group_id: string;
  vm_id: string;
}

export interface AffinityGroupHostTable {
  group_id: string;
  host_id: string;
}

export interface AffinityGroupLabelTable {
  group_id: string;
  label_id: string;
}

export interface SchedulingPolicyTable {
  id: string;
  name: string;
  description: Generated<string>;
  comment: Generated<string>;
  properties: Json<Record<string, string>>;
}

export interface SchedulingPolicyUnitTable {
  policy_id: string;
  unit_id: string;
  kind: string;
  position: number | null;
  factor: number | null;
}

export interface VmNumaNodeTable {
  id: string;
  vm_id: string;
  index: number;
  memory_bytes: number;
  cpus: number[];
  pins: Generated<number[]>;
  tune_mode: Generated<string>;
}

export interface TagTable {
  id: string;
  name: string;
  description: Generated<string>;
  parent_id: string | null;
  read_only: Generated<boolean>;
  created_at: TimestampNow;
  updated_at: TimestampNow;
}

/** Exactly one of the objects is set; templates are in `vm_id` too. */
export interface TagAssignmentTable {
  tag_id: string;
  vm_id: string | null;
  host_id: string | null;
  user_id: string | null;
  group_id: string | null;
}

export interface BookmarkTable {
  id: string;
  name: string;
  value: string;
}

export interface ClusterEnabledFeatureTable {
  cluster_id: string;
  feature_id: string;
}

export interface IscsiBondTable {
  id: string;
  data_center_id: string;
  name: string;
  description: Generated<string>;
}

export interface IscsiBondNetworkTable {
  iscsi_bond_id: string;
  network_id: string;
}

export interface IscsiBondConnectionTable {
  iscsi_bond_id: string;
  storage_connection_id: string;
}

export interface HostConnectionExtensionTable {
  id: string;
  host_id: string;
  target: string;
  username: string;
  /** Sealed with the installation's secret key. */
  password: Buffer;
}

export interface HostFencingTable {
  host_id: string;
  /** Since when the host has not answered. */
  away_since: ColumnType<number, Date, Date>;
  decision: string;
}

export interface FenceAgentTable {
  id: string;
  host_id: string;
  ordinal: number;
  type: string;
  address: string;
  port: number | null;
  username: string;
  /** Sealed with the installation's secret key. */
  password: Buffer;
  encrypt_options: Generated<boolean>;
  options: Json<unknown[]>;
}

export interface UserPropertyTable {
  id: string;
  user_id: string;
  type: string;
  name: string;
  content: string;
}

/** Values that an administrator has set; `version` is a cluster level or `general`. */
export interface OptionValueTable {
  name: string;
  version: string;
  value: string;
}

export interface DirectoryTable {
  id: string;
  profile: string;
  domain: string;
  kind: string;
  servers: string[];
  tls: string;
  ca_pem: string | null;
  base_dn: string;
  bind_dn: string | null;
  /** Sealed with the installation's secret key. */
  bind_password: Buffer | null;
  created_at: TimestampNow;
  updated_at: TimestampNow;
}

/** Every table by its name. */
export interface ImageTransferTable {
  id: string;
  disk_id: string | null;
  disk_name: string;
  volume_id: string;
  data_center_id: string;
  storage_domain_id: string;
  snapshot_volume: Generated<boolean>;
  host_id: string | null;
  direction: string;
  format: string;
  phase: string;
  timeout_policy: string;
  inactivity_timeout_seconds: number;
  shallow: Generated<boolean>;
  filename: string | null;
  size_bytes: number | null;
  transferred_bytes: Generated<number>;
  active: Generated<boolean>;
  transfer_url: string | null;
  ticket_until: ColumnType<number | null, Date | null | undefined, Date | null>;
  created_by: string;
  created_by_name: string;
  created_at: TimestampNow;
  updated_at: TimestampNow;
  backup_id: string | null;
  /** By what clients reach the image: the volume's file, an NBD server of the volume, or that of a running VM's backup. */
  served: Generated<string>;
  /** Where the host serves it by NBD. */
  server_url: string | null;
  /** The bitmap that tells what changed, where only that is wanted. */
  bitmap: string | null;
  /** Zeros need no space. */
  sparse: Generated<boolean>;
}

export interface LeftoverVolumeTable {
  id: string;
  disk_id: string;
  storage_domain_id: string;
  attempts: Generated<number>;
  /** When its deletion is tried again; null when it is not. */
  next_at: Timestamp | null;
  reason: string;
  created_at: TimestampNow;
}

export interface VmBackupTable {
  id: string;
  vm_id: string;
  phase: string;
  live: boolean;
  host_id: string | null;
  from_checkpoint_id: string | null;
  to_checkpoint_id: string | null;
  description: Generated<string>;
  created_by: string;
  created_by_name: string;
  created_at: TimestampNow;
  updated_at: TimestampNow;
}

export interface VmBackupDiskTable {
  backup_id: string;
  disk_id: string;
  mode: string;
  checkpoint: boolean;
  url: string | null;
}

export interface VmCheckpointTable {
  id: string;
  /** The order in which they were made. */
  sequence: Generated<number>;
  vm_id: string;
  parent_id: string | null;
  state: Generated<string>;
  description: Generated<string>;
  created_at: TimestampNow;
}

export interface VmCheckpointDiskTable {
  checkpoint_id: string;
  disk_id: string;
}

export interface OvfStoreTable {
  disk_id: string;
  storage_domain_id: string;
  digest: string;
  updated_at: TimestampNow;
}

export interface UnregisteredEntityTable {
  entity_id: string;
  storage_domain_id: string;
  kind: string;
  name: string;
  ovf: string;
}

export interface Tables extends SagaTables {
  proposal: ProposalTable;
  proposal_policy: ProposalPolicyTable;
  assistant_call: AssistantCallTable;
  engine_option: EngineOptionTable;
  mac_pool: MacPoolTable;
  data_center: DataCenterTable;
  cluster: ClusterTable;
  cluster_enabled_feature: ClusterEnabledFeatureTable;
  host: HostTable;
  host_state: HostStateTable;
  host_statistics: HostStatisticsTable;
  host_nic: HostNicTable;
  host_nic_label: HostNicLabelTable;
  network_attachment: NetworkAttachmentTable;
  network: NetworkTable;
  network_provider: NetworkProviderTable;
  network_cluster: NetworkClusterTable;
  vnic_profile: VnicProfileTable;
  storage_connection: StorageConnectionTable;
  storage_domain: StorageDomainTable;
  disk_lun: DiskLunTable;
  storage_domain_lun: StorageDomainLunTable;
  data_center_storage_domain: DataCenterStorageDomainTable;
  host_storage_domain: HostStorageDomainTable;
  vm: VmTable;
  icon: IconTable;
  vm_watchdog: VmWatchdogTable;
  vm_cdrom: VmCdromTable;
  vm_current_cdrom: VmCdromTable;
  vm_next_run: VmNextRunTable;
  vm_limit_change: VmLimitChangeTable;
  nic_limit_change: NicLimitChangeTable;
  vm_restart: VmRestartTable;
  vm_external_data: VmExternalDataTable;
  vm_elsewhere: VmElsewhereTable;
  vm_lease: VmLeaseTable;
  vm_pool: VmPoolTable;
  vm_pool_member: VmPoolMemberTable;
  event_subscription: EventSubscriptionTable;
  vm_state: VmStateTable;
  vm_memory: VmMemoryTable;
  snapshot_memory: SnapshotMemoryTable;
  vm_statistics: VmStatisticsTable;
  snapshot: SnapshotTable;
  disk: DiskTable;
  image: ImageTable;
  disk_attachment: DiskAttachmentTable;
  nic: NicTable;
  nic_filter_parameter: NicFilterParameterTable;
  directory_group: DirectoryGroupTable;
  app_user: AppUserTable;
  role: RoleTable;
  permission: PermissionTable;
  access_token: AccessTokenTable;
  sign_in_failure: SignInFailureTable;
  sso_client: SsoClientTable;
  sso_code: SsoCodeTable;
  login_flow: LoginFlowTable;
  second_factor: SecondFactorTable;
  signing_key: SigningKeyTable;
  openid_provider: OpenidProviderTable;
  audit_log: AuditLogTable;
  change: ChangeTable;
  change_state: ChangeStateTable;
  external_step: ExternalStepTable;
  mail_settings: MailSettingsTable;
  notifier_position: NotifierPositionTable;
  event_notification: EventNotificationTable;
  placement: PlacementTable;
  publisher_lease: PublisherLeaseTable;
  host_enrolment_token: HostEnrolmentTokenTable;
  host_enrolment: HostEnrolmentTable;
  console_ticket: ConsoleTicketTable;
  vm_console_user: VmConsoleUserTable;
  host_device: HostDeviceTable;
  vm_host_device: VmHostDeviceTable;
  host_nic_functions: HostNicFunctionsTable;
  nic_virtual_function: NicVirtualFunctionTable;
  host_nic_function_network: HostNicFunctionNetworkTable;
  host_nic_function_label: HostNicFunctionLabelTable;
  vm_mediated_device: VmMediatedDeviceTable;
  tag: TagTable;
  tag_assignment: TagAssignmentTable;
  bookmark: BookmarkTable;
  fence_agent: FenceAgentTable;
  host_fencing: HostFencingTable;
  host_connection_extension: HostConnectionExtensionTable;
  iscsi_bond: IscsiBondTable;
  iscsi_bond_network: IscsiBondNetworkTable;
  iscsi_bond_connection: IscsiBondConnectionTable;
  user_property: UserPropertyTable;
  option_value: OptionValueTable;
  directory: DirectoryTable;
  qos: QosTable;
  cpu_profile: CpuProfileTable;
  disk_profile: DiskProfileTable;
  quota: QuotaTable;
  quota_limit: QuotaLimitTable;
  quota_reservation: QuotaReservationTable;
  affinity_label: AffinityLabelTable;
  affinity_label_vm: AffinityLabelVmTable;
  affinity_label_host: AffinityLabelHostTable;
  affinity_group: AffinityGroupTable;
  affinity_group_vm: AffinityGroupVmTable;
  affinity_group_host: AffinityGroupHostTable;
  affinity_group_vm_label: AffinityGroupLabelTable;
  affinity_group_host_label: AffinityGroupLabelTable;
  scheduling_policy: SchedulingPolicyTable;
  scheduling_policy_unit: SchedulingPolicyUnitTable;
  vm_numa_node: VmNumaNodeTable;
  image_transfer: ImageTransferTable;
  vm_backup: VmBackupTable;
  vm_backup_disk: VmBackupDiskTable;
  vm_checkpoint: VmCheckpointTable;
  leftover_volume: LeftoverVolumeTable;
  vm_checkpoint_disk: VmCheckpointDiskTable;
  ovf_store: OvfStoreTable;
  unregistered_entity: UnregisteredEntityTable;
}
