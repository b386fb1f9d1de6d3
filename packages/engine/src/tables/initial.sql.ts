/**
 * The first schema. Three kinds of tables: intent (what people asked for) and observation (what hosts report),
 * both logged; latest statistics, unlogged and without an index on what changes (missing means unknown, never zero).
 * Every attribute that is only carried between API and host lives in `settings`, shaped by the contract's type.
 */
export const initialSchema = `
create table engine_option (
  name text primary key,
  value jsonb not null
);

create table mac_pool (
  id uuid primary key,
  name text not null unique,
  description text not null default '',
  is_default boolean not null default false,
  allow_duplicates boolean not null default false,
  ranges jsonb not null default '[]'
);

create table data_center (
  id uuid primary key,
  name text not null,
  description text not null default '',
  comment text not null default '',
  status text not null default 'uninitialized',
  is_local boolean not null default false,
  compatibility_major int not null,
  compatibility_minor int not null,
  storage_format text,
  quota_mode text not null default 'disabled',
  mac_pool_id uuid references mac_pool,
  spm_host_id uuid,
  master_version int not null default 0,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index data_center_name on data_center (lower(name));

create table cluster (
  id uuid primary key,
  name text not null,
  description text not null default '',
  comment text not null default '',
  data_center_id uuid references data_center,
  compatibility_major int not null,
  compatibility_minor int not null,
  cpu_type text,
  cpu_architecture text not null default 'undefined',
  bios_type text not null default 'q35_sea_bios',
  emulated_machine text,
  memory_overcommit_percent int not null default 100,
  scheduling_policy_id uuid not null,
  mac_pool_id uuid references mac_pool,
  threads_as_cores boolean not null default false,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index cluster_name on cluster (lower(name));
create index cluster_data_center on cluster (data_center_id);

create table host (
  id uuid primary key,
  name text not null,
  description text not null default '',
  comment text not null default '',
  address text not null,
  port int not null default 54321,
  protocol text not null default 'stomp',
  cluster_id uuid not null references cluster,
  spm_priority int not null default 5,
  spm_id int,
  override_address text,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index host_name on host (lower(name));
create unique index host_address on host (lower(address), port);
create index host_cluster on host (cluster_id);

create table host_state (
  host_id uuid primary key references host on delete cascade,
  status text not null,
  status_detail text,
  hardware_uuid text,
  certificate_subject text,
  certificate_serial text,
  certificate_from timestamptz,
  certificate_until timestamptz,
  agent_version text,
  cpu_model text,
  cpu_sockets int, cpu_cores int, cpu_threads int, cpu_speed_mhz double precision,
  cpu_flags text,
  memory_bytes bigint,
  kvm_enabled boolean,
  emulated_machines text[] not null default '{}',
  cluster_levels text[] not null default '{}',
  networks text[] not null default '{}',
  capabilities jsonb not null default '{}',
  hardware jsonb not null default '{}',
  status_changed_at timestamptz not null default now(),
  lease_owner text,
  lease_until timestamptz,
  fence bigint not null default 0
);

create unlogged table host_statistics (
  host_id uuid primary key,
  cpu_loads double precision[] not null default '{}',
  memory_used_percent int, memory_free_bytes bigint, memory_shared_bytes bigint,
  swap_total_bytes bigint, swap_free_bytes bigint,
  cpu_user_percent double precision, cpu_system_percent double precision, cpu_idle_percent double precision,
  cpu_load_percent int, ksm_cpu_percent int, boot_at timestamptz,
  active_vms int, total_vms int,
  raw jsonb not null default '{}',
  sampled_at timestamptz not null default now()
) with (fillfactor = 50);

create table host_nic (
  id uuid primary key,
  host_id uuid not null references host on delete cascade,
  name text not null,
  kind text not null default 'nic' check (kind in ('nic', 'bond', 'vlan')),
  mac text,
  base_name text,
  bond_name text,
  vlan_id int,
  network_name text,
  bridged boolean not null default false,
  settings jsonb not null default '{}',
  unique (host_id, name)
);
create table host_nic_label (
  host_id uuid not null references host on delete cascade,
  nic_name text not null,
  label text not null,
  primary key (host_id, label)
);

create table network (
  id uuid primary key,
  name text not null,
  description text not null default '',
  comment text not null default '',
  data_center_id uuid not null references data_center,
  vdsm_name text not null,
  vm_network boolean not null default true,
  vlan_id int,
  mtu int not null default 0,
  stp boolean not null default false,
  port_isolation boolean not null default false,
  label text,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index network_label on network (label) where label is not null;
create unique index network_name on network (data_center_id, lower(name));

create table network_cluster (
  network_id uuid not null references network on delete cascade,
  cluster_id uuid not null references cluster on delete cascade,
  required boolean not null default true,
  display boolean not null default false,
  migration boolean not null default false,
  management boolean not null default false,
  default_route boolean not null default false,
  gluster boolean not null default false,
  status text not null default 'non_operational',
  primary key (network_id, cluster_id)
);

create table network_attachment (
  id uuid primary key,
  host_id uuid not null references host on delete cascade,
  network_id uuid not null references network on delete cascade,
  nic_name text not null,
  wanted jsonb not null default '{}',
  reported jsonb not null default '{}',
  unique (host_id, network_id)
);
create index network_attachment_network on network_attachment (network_id);

create table vnic_profile (
  id uuid primary key,
  name text not null,
  description text not null default '',
  comment text not null default '',
  network_id uuid not null references network on delete cascade,
  network_filter_id uuid default 'd2370ab4-fee3-11e9-a310-8c1645ce738e',
  pass_through boolean not null default false,
  port_mirroring boolean not null default false,
  migratable boolean not null default true,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index vnic_profile_name on vnic_profile (network_id, lower(name));

create table storage_connection (
  id uuid primary key,
  type text not null,
  address text,
  path text not null,
  mount_options text,
  vfs_type text,
  settings jsonb not null default '{}'
);

create table storage_domain (
  id uuid primary key,
  name text not null,
  description text not null default '',
  comment text not null default '',
  type text not null,
  storage_type text not null,
  storage_connection_id uuid references storage_connection,
  storage_format text not null default 'v5',
  master boolean not null default false,
  available_bytes bigint,
  used_bytes bigint,
  block_size int not null default 512,
  warning_low_space_percent int not null default 10,
  critical_space_gib int not null default 5,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index storage_domain_name on storage_domain (lower(name));

create table data_center_storage_domain (
  data_center_id uuid not null references data_center on delete cascade,
  storage_domain_id uuid not null references storage_domain on delete cascade,
  status text not null,
  primary key (data_center_id, storage_domain_id)
);
create index data_center_storage_domain_domain on data_center_storage_domain (storage_domain_id);

create table host_storage_domain (
  host_id uuid not null references host on delete cascade,
  storage_domain_id uuid not null references storage_domain on delete cascade,
  valid boolean not null,
  acquired boolean not null default false,
  code int not null default 0,
  delay_seconds double precision,
  reported_at timestamptz not null default now(),
  primary key (host_id, storage_domain_id)
);

create table icon (
  id uuid primary key,
  media_type text not null,
  data text not null,
  digest text not null unique,
  predefined boolean not null default false
);

create table vm (
  id uuid primary key,
  entity_type text not null check (entity_type in ('vm', 'template', 'instance_type')),
  name text not null,
  description text not null default '',
  comment text not null default '',
  data_center_id uuid references data_center,
  cluster_id uuid references cluster,
  template_id uuid references vm,
  original_template_id uuid,
  base_template_id uuid references vm,
  version_number int,
  version_name text,
  template_status text,
  memory_bytes bigint not null,
  memory_guaranteed_bytes bigint not null,
  memory_max_bytes bigint not null,
  cpu_sockets int not null default 1,
  cpu_cores int not null default 1,
  cpu_threads int not null default 1,
  os_type text not null default 'other',
  bios_type text not null default 'cluster_default',
  type text not null default 'server',
  high_availability boolean not null default false,
  high_availability_priority int not null default 0,
  stateless boolean not null default false,
  start_paused boolean not null default false,
  delete_protected boolean not null default false,
  affinity text not null default 'migratable',
  pinned_host_ids uuid[] not null default '{}',
  custom_cpu_model text,
  custom_emulated_machine text,
  custom_compatibility_major int,
  custom_compatibility_minor int,
  origin text not null default 'ovirt',
  created_by uuid,
  instance_type_id uuid references vm on delete set null,
  small_icon_id uuid references icon,
  large_icon_id uuid references icon,
  graphics text[] not null default '{vnc}',
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index vm_instance_type on vm (instance_type_id) where instance_type_id is not null;
create unique index instance_type_name on vm (lower(name)) where entity_type = 'instance_type';
create unique index vm_name on vm (data_center_id, lower(name)) where entity_type = 'vm';
create unique index template_name on vm (data_center_id, lower(name), version_number) where entity_type = 'template';
create index vm_cluster on vm (cluster_id);
create index vm_template on vm (template_id);
create index vm_entity_name on vm (entity_type, lower(name));

create table vm_state (
  vm_id uuid primary key references vm on delete cascade,
  status text not null default 'down',
  host_id uuid references host,
  migrating_to_host_id uuid references host,
  pause_code text,
  exit_status int,
  exit_reason int,
  exit_message text,
  stop_reason text,
  started_at timestamptz,
  stopped_at timestamptz,
  run_once boolean not null default false,
  run_configuration jsonb,
  guest jsonb not null default '{}',
  graphics jsonb not null default '[]',
  device_hash text,
  event_stamp bigint not null default 0,
  commanded_at timestamptz not null default now(),
  guest_cpu_count int,
  elapsed_seconds bigint
);
create index vm_state_host on vm_state (host_id);

create table vm_memory (
  vm_id uuid primary key references vm on delete cascade,
  data_center_id uuid not null,
  storage_domain_id uuid not null references storage_domain,
  dump_image_id uuid not null, dump_volume_id uuid not null,
  configuration_image_id uuid not null, configuration_volume_id uuid not null
);

create unlogged table vm_statistics (
  vm_id uuid primary key,
  cpu_user_percent double precision, cpu_system_percent double precision,
  cpu_usage_percent int, memory_usage_percent int, network_usage_percent int,
  memory_bytes jsonb not null default '{}',
  disks jsonb not null default '{}',
  nics jsonb not null default '{}',
  migration_progress_percent int,
  file_systems jsonb not null default '[]',
  cpu_history int[] not null default '{}',
  memory_history int[] not null default '{}',
  network_history int[] not null default '{}',
  history_at timestamptz,
  sampled_at timestamptz not null default now()
) with (fillfactor = 50);

create table snapshot (
  id uuid primary key,
  vm_id uuid not null references vm on delete cascade,
  type text not null,
  status text not null default 'ok',
  description text not null default '',
  configuration jsonb,
  created_at timestamptz not null default now()
);
create index snapshot_vm on snapshot (vm_id);

create table disk (
  id uuid primary key,
  name text not null default '',
  description text not null default '',
  storage_type text not null default 'image',
  content_type text not null default 'data',
  status text not null default 'ok',
  format text not null,
  sparse boolean not null,
  provisioned_bytes bigint not null,
  shareable boolean not null default false,
  propagate_errors boolean not null default false,
  wipe_after_delete boolean not null default false,
  backup text not null default 'none',
  qcow_version text,
  disk_profile_id uuid,
  quota_id uuid,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index disk_name on disk (lower(name));

create table image (
  id uuid primary key,
  disk_id uuid not null references disk on delete cascade,
  parent_id uuid,
  snapshot_id uuid references snapshot on delete set null,
  storage_domain_id uuid references storage_domain,
  active boolean not null default true,
  format text not null,
  sparse boolean not null,
  provisioned_bytes bigint not null,
  actual_bytes bigint not null default 0,
  status text not null default 'ok',
  created_at timestamptz not null default now()
);
create index image_disk on image (disk_id);
create index image_parent on image (parent_id);
create index image_storage_domain on image (storage_domain_id);

create table disk_attachment (
  disk_id uuid not null references disk on delete cascade,
  vm_id uuid not null references vm on delete cascade,
  interface text not null,
  bootable boolean not null default false,
  active boolean not null default true,
  read_only boolean not null default false,
  pass_discard boolean not null default false,
  uses_scsi_reservation boolean not null default false,
  logical_name text,
  address text,
  primary key (disk_id, vm_id)
);
create index disk_attachment_vm on disk_attachment (vm_id);
create unique index disk_attachment_bootable on disk_attachment (vm_id) where bootable;

-- Devices of VMs, templates and instance types that have rows of their own.
create table vm_watchdog (
  id uuid primary key,
  vm_id uuid not null unique references vm on delete cascade,
  model text not null,
  action text not null
);
create table vm_cdrom (
  vm_id uuid primary key references vm on delete cascade,
  disk_id uuid references disk on delete cascade,
  file text,
  check ((disk_id is null) <> (file is null))
);
create index vm_cdrom_disk on vm_cdrom (disk_id);
-- What is in the drive of a running VM, where that is not what the VM is defined with.
create table vm_current_cdrom (
  vm_id uuid primary key references vm on delete cascade,
  disk_id uuid references disk on delete cascade,
  file text
);

-- What a running VM gets at its next start: what the change says, not a copy of the whole.
create table vm_next_run (
  vm_id uuid primary key references vm on delete cascade,
  change jsonb not null,
  created_at timestamptz not null default now()
);

create table vm_pool (
  id uuid primary key,
  name text not null,
  description text not null default '',
  comment text not null default '',
  cluster_id uuid not null references cluster,
  template_id uuid not null references vm,
  instance_type_id uuid references vm on delete set null,
  type text not null default 'automatic' check (type in ('automatic', 'manual')),
  stateful boolean not null default false,
  prestarted_vms int not null default 0,
  max_user_vms int not null default 1,
  auto_storage_select boolean not null default false,
  use_latest_template_version boolean not null default false,
  size int not null default 0,
  status text not null default 'ok' check (status in ('ok', 'removing')),
  failures int not null default 0,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index vm_pool_name on vm_pool (lower(name));
create index vm_pool_cluster on vm_pool (cluster_id);
create table vm_pool_member (
  vm_id uuid primary key references vm on delete cascade,
  vm_pool_id uuid not null references vm_pool,
  user_id uuid,
  taken_at timestamptz
);
create index vm_pool_member_pool on vm_pool_member (vm_pool_id);

create table nic (
  id uuid primary key,
  vm_id uuid not null references vm on delete cascade,
  name text not null,
  mac text,
  vnic_profile_id uuid references vnic_profile,
  interface text not null default 'virtio',
  linked boolean not null default true,
  plugged boolean not null default true,
  address text,
  settings jsonb not null default '{}',
  unique (vm_id, name)
);
create index nic_mac on nic (mac);
create index nic_vnic_profile on nic (vnic_profile_id);
create table nic_filter_parameter (
  id uuid primary key,
  nic_id uuid not null references nic on delete cascade,
  name text not null,
  value text not null
);
create index nic_filter_parameter_nic on nic_filter_parameter (nic_id);

create table directory_group (
  id uuid primary key,
  name text not null,
  domain text not null,
  namespace text not null default '*',
  external_id text not null
);
create unique index directory_group_entry on directory_group (domain, external_id);
create index directory_group_name on directory_group (lower(name));

create table app_user (
  id uuid primary key,
  principal text not null,
  domain text not null,
  namespace text not null default '*',
  external_id text not null,
  first_name text not null default '',
  last_name text not null default '',
  email text not null default '',
  department text not null default '',
  password_hash text,
  enabled boolean not null default true,
  failed_logins int not null default 0,
  locked_until timestamptz,
  password_changed_at timestamptz not null default now(),
  password_history text[] not null default '{}',
  valid_until timestamptz,
  group_ids uuid[] not null default '{}',
  created_at timestamptz not null default now()
);
create unique index app_user_principal on app_user (lower(principal), domain);

create table role (
  id uuid primary key,
  name text not null unique,
  description text not null default '',
  administrative boolean not null,
  mutable boolean not null,
  allows_viewing_children boolean not null,
  permits text[] not null
);

create table permission (
  id uuid primary key,
  role_id uuid not null references role,
  principal_id uuid not null,
  principal_kind text not null check (principal_kind in ('user', 'group')),
  object_type text not null,
  object_id uuid not null,
  created_at timestamptz not null default now(),
  unique (role_id, principal_id, object_id)
);
create index permission_object on permission (object_id);
create index permission_principal on permission (principal_id);

create table access_token (
  token_hash bytea primary key,
  kind text not null check (kind in ('sso', 'session', 'browser')),
  user_id uuid not null references app_user on delete cascade,
  scope text not null default '',
  source_address text,
  created_at timestamptz not null default now(),
  used_at timestamptz not null default now(),
  idle_timeout_ms bigint not null,
  expires_at timestamptz not null
);
create index access_token_user on access_token (user_id);
create index access_token_expiry on access_token (expires_at);
create function access_token_ended() returns trigger language plpgsql as $$
begin
  perform pg_notify('virgate_tokens', encode(old.token_hash, 'hex'));
  return null;
end $$;
create trigger access_token_ended after delete on access_token for each row execute function access_token_ended();

create table audit_log (
  id bigint generated always as identity primary key,
  time timestamptz not null default now(),
  code int not null,
  severity text not null,
  description text not null,
  correlation_id text,
  user_id uuid, user_name text,
  vm_id uuid, vm_name text,
  host_id uuid, host_name text,
  template_id uuid, template_name text,
  cluster_id uuid, cluster_name text,
  data_center_id uuid, data_center_name text,
  storage_domain_id uuid, storage_domain_name text,
  job_id uuid,
  origin text not null default 'oVirt',
  custom_id int,
  flood_rate int,
  hidden boolean not null default false
);
create index audit_log_vm on audit_log (vm_id) where vm_id is not null;
create index audit_log_host on audit_log (host_id) where host_id is not null;
create index audit_log_time on audit_log (time);

create table change (
  id bigint generated always as identity primary key,
  sequence bigint unique,
  type text not null,
  object_id text not null,
  operation text not null,
  at timestamptz not null default now()
);
create index change_unpublished on change (id) where sequence is null;
create table publisher_lease (
  name text primary key,
  owner text not null,
  lease_until timestamptz not null,
  fence bigint not null,
  position bigint not null default 0,
  removed_to bigint not null default 0
);

create table host_enrolment_token (
  id uuid primary key,
  token_hash bytea not null unique,
  cluster_id uuid references cluster on delete cascade,
  created_by uuid,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create table host_enrolment (
  id uuid primary key,
  token_id uuid not null references host_enrolment_token on delete cascade,
  host_id uuid references host on delete cascade,
  request_pem text not null,
  certificate_pem text,
  state text not null,
  created_at timestamptz not null default now()
);

create table console_ticket (
  token_hash bytea primary key,
  vm_id uuid not null references vm on delete cascade,
  user_id uuid not null,
  host text not null,
  port int not null,
  expires_at timestamptz not null
);

create table qos (
  id uuid primary key,
  data_center_id uuid not null references data_center on delete cascade,
  type text not null check (type in ('storage', 'cpu', 'network', 'hostnetwork')),
  name text not null,
  description text not null default '',
  limits jsonb not null default '{}'
);
create unique index qos_name on qos (data_center_id, type, lower(name));

create table cpu_profile (
  id uuid primary key,
  name text not null,
  description text not null default '',
  cluster_id uuid not null references cluster on delete cascade,
  qos_id uuid references qos on delete set null,
  created_at timestamptz not null default now()
);
create unique index cpu_profile_name on cpu_profile (cluster_id, lower(name));
alter table vm add column cpu_profile_id uuid references cpu_profile on delete set null;
create index vm_cpu_profile on vm (cpu_profile_id);

create table disk_profile (
  id uuid primary key,
  name text not null,
  description text not null default '',
  storage_domain_id uuid not null references storage_domain on delete cascade,
  qos_id uuid references qos on delete set null,
  created_at timestamptz not null default now()
);
create unique index disk_profile_name on disk_profile (storage_domain_id, lower(name));
alter table disk add foreign key (disk_profile_id) references disk_profile on delete set null;
create index disk_disk_profile on disk (disk_profile_id);

create table quota (
  id uuid primary key,
  data_center_id uuid not null references data_center on delete cascade,
  name text not null,
  description text not null default '',
  is_default boolean not null default false,
  cluster_threshold_percent int not null default 80,
  cluster_grace_percent int not null default 20,
  storage_threshold_percent int not null default 80,
  storage_grace_percent int not null default 20
);
create unique index quota_name on quota (data_center_id, lower(name));
create unique index quota_default on quota (data_center_id) where is_default;
/* A row without a cluster or storage domain limits the whole data center; -1 is without limit. */
create table quota_limit (
  id uuid primary key default gen_random_uuid(),
  quota_id uuid not null references quota on delete cascade,
  kind text not null check (kind in ('cluster', 'storage')),
  cluster_id uuid references cluster on delete cascade,
  storage_domain_id uuid references storage_domain on delete cascade,
  vcpus int,
  memory_mib bigint,
  storage_gib bigint
);
create unique index quota_limit_target on quota_limit (quota_id, kind, coalesce(cluster_id, storage_domain_id, quota_id));
/* What VMs that are being started will take, from the moment that they were let pass. */
create table quota_reservation (
  vm_id uuid primary key references vm on delete cascade,
  reserved_at timestamptz not null default now()
);
alter table vm add column quota_id uuid references quota on delete set null;
create index vm_quota on vm (quota_id) where quota_id is not null;
alter table disk add foreign key (quota_id) references quota on delete set null;
/* What an extension that goes on will add to what the disk takes of its quota. */
alter table disk add column reserved_bytes bigint not null default 0;
create index disk_quota on disk (quota_id) where quota_id is not null;

create table affinity_label (
  id uuid primary key,
  name text not null,
  description text not null default '',
  comment text not null default '',
  read_only boolean not null default false,
  implicit_affinity_group boolean not null default false
);
create unique index affinity_label_name on affinity_label (lower(name));
create table affinity_label_vm (
  label_id uuid not null references affinity_label on delete cascade,
  vm_id uuid not null references vm on delete cascade,
  primary key (label_id, vm_id)
);
create index affinity_label_vm_vm on affinity_label_vm (vm_id);
create table affinity_label_host (
  label_id uuid not null references affinity_label on delete cascade,
  host_id uuid not null references host on delete cascade,
  primary key (label_id, host_id)
);
create index affinity_label_host_host on affinity_label_host (host_id);

create table affinity_group (
  id uuid primary key,
  name text not null,
  description text not null default '',
  comment text not null default '',
  cluster_id uuid not null references cluster on delete cascade,
  priority double precision not null default 1,
  vms_rule text not null default 'disabled' check (vms_rule in ('disabled', 'positive', 'negative')),
  vms_enforcing boolean not null default true,
  hosts_rule text not null default 'disabled' check (hosts_rule in ('disabled', 'positive', 'negative')),
  hosts_enforcing boolean not null default true
);
create unique index affinity_group_name on affinity_group (cluster_id, lower(name));
create table affinity_group_vm (
  group_id uuid not null references affinity_group on delete cascade,
  vm_id uuid not null references vm on delete cascade,
  primary key (group_id, vm_id)
);
create index affinity_group_vm_vm on affinity_group_vm (vm_id);
create table affinity_group_host (
  group_id uuid not null references affinity_group on delete cascade,
  host_id uuid not null references host on delete cascade,
  primary key (group_id, host_id)
);
create index affinity_group_host_host on affinity_group_host (host_id);
create table affinity_group_vm_label (
  group_id uuid not null references affinity_group on delete cascade,
  label_id uuid not null references affinity_label on delete cascade,
  primary key (group_id, label_id)
);
create table affinity_group_host_label (
  group_id uuid not null references affinity_group on delete cascade,
  label_id uuid not null references affinity_label on delete cascade,
  primary key (group_id, label_id)
);

create table scheduling_policy (
  id uuid primary key,
  name text not null,
  description text not null default '',
  comment text not null default '',
  properties jsonb not null default '{}'
);
create unique index scheduling_policy_name on scheduling_policy (lower(name));
create table scheduling_policy_unit (
  policy_id uuid not null references scheduling_policy on delete cascade,
  unit_id uuid not null,
  kind text not null check (kind in ('filter', 'weight', 'balance')),
  position int,
  factor int,
  primary key (policy_id, unit_id)
);

create table vm_numa_node (
  id uuid primary key,
  vm_id uuid not null references vm on delete cascade,
  index int not null,
  memory_bytes bigint not null,
  cpus int[] not null,
  pins int[] not null default '{}',
  tune_mode text not null default 'interleave',
  unique (vm_id, index)
);

create table tag (
  id uuid primary key,
  name text not null,
  description text not null default '',
  parent_id uuid references tag on delete cascade,
  read_only boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index tag_name on tag (lower(name));
create index tag_parent on tag (parent_id);
insert into tag (id, name, description, read_only) values ('00000000-0000-0000-0000-000000000000', 'root', 'root', true);

create table tag_assignment (
  tag_id uuid not null references tag on delete cascade,
  vm_id uuid references vm on delete cascade,
  host_id uuid references host on delete cascade,
  user_id uuid references app_user on delete cascade,
  group_id uuid references directory_group on delete cascade,
  check (num_nonnulls(vm_id, host_id, user_id, group_id) = 1),
  unique nulls not distinct (tag_id, vm_id, host_id, user_id, group_id)
);
create index tag_assignment_vm on tag_assignment (vm_id) where vm_id is not null;
create index tag_assignment_host on tag_assignment (host_id) where host_id is not null;
create index tag_assignment_user on tag_assignment (user_id) where user_id is not null;
create index tag_assignment_group on tag_assignment (group_id) where group_id is not null;

create table bookmark (
  id uuid primary key,
  name text not null,
  value text not null
);
create unique index bookmark_name on bookmark (lower(name));

create table fence_agent (
  id uuid primary key,
  host_id uuid not null references host on delete cascade,
  ordinal int not null,
  type text not null,
  address text not null,
  port int,
  username text not null,
  password bytea not null,
  encrypt_options boolean not null default false,
  options jsonb not null default '[]'
);
create index fence_agent_host on fence_agent (host_id, ordinal);

create table user_property (
  id uuid primary key,
  user_id uuid not null references app_user on delete cascade,
  type text not null check (type in ('json', 'ssh_public_key')),
  name text not null,
  content text not null,
  unique (user_id, name)
);
create unique index user_property_ssh_key on user_property (user_id) where type = 'ssh_public_key';

create table option_value (
  name text not null,
  version text not null,
  value text not null,
  primary key (name, version)
);

create table directory (
  id uuid primary key,
  profile text not null,
  domain text not null,
  kind text not null check (kind in ('rfc2307', 'ipa', 'active_directory')),
  servers text[] not null,
  tls text not null check (tls in ('none', 'start_tls', 'ldaps')),
  ca_pem text,
  base_dn text not null,
  bind_dn text,
  bind_password bytea,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index directory_profile on directory (lower(profile));
create unique index directory_domain on directory (lower(domain));

-- A transfer outlives its disk for a while, so that its client learns how it ended.
create table image_transfer (
  id uuid primary key,
  disk_id uuid,
  disk_name text not null,
  volume_id uuid not null,
  data_center_id uuid not null,
  storage_domain_id uuid not null,
  snapshot_volume boolean not null default false,
  host_id uuid references host on delete set null,
  direction text not null check (direction in ('upload', 'download')),
  format text not null,
  phase text not null,
  timeout_policy text not null,
  inactivity_timeout_seconds int not null,
  shallow boolean not null default false,
  filename text,
  size_bytes bigint,
  transferred_bytes bigint not null default 0,
  active boolean not null default false,
  transfer_url text,
  ticket_until timestamptz,
  created_by uuid not null,
  created_by_name text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index image_transfer_disk on image_transfer (disk_id) where phase not in ('finished_success', 'finished_failure', 'finished_cleanup');

create table ovf_store (
  disk_id uuid primary key references disk on delete cascade,
  storage_domain_id uuid not null references storage_domain on delete cascade,
  digest text not null,
  updated_at timestamptz not null default now()
);

-- VMs and templates that lie on a storage domain and that the engine does not have: read from its OVF stores, or left at its detachment.
create table unregistered_entity (
  entity_id uuid not null,
  storage_domain_id uuid not null references storage_domain on delete cascade,
  kind text not null check (kind in ('vm', 'template')),
  name text not null,
  ovf text not null,
  primary key (entity_id, storage_domain_id)
);
create index unregistered_entity_domain on unregistered_entity (storage_domain_id);
`;
