/**
 * What was: samples of about every minute in partitions of a day, and a row for every change of a configuration. Names and columns are
 * those of the warehouse (`packages/contract/data/dwh`).
 */
export const historySchema = `
create schema history;
create table history.datacenter_configuration (
  history_id integer generated always as identity,
  datacenter_id uuid not null,
  datacenter_name varchar(40) not null,
  datacenter_description varchar(4000) not null,
  create_date timestamptz,
  update_date timestamptz,
  delete_date timestamptz,
  is_local_storage boolean,
  primary key (history_id)
);
create index datacenter_configuration_latest on history.datacenter_configuration (datacenter_id, history_id desc);
create table history.cluster_configuration (
  history_id integer generated always as identity,
  cluster_id uuid not null,
  cluster_name varchar(40) not null,
  cluster_description varchar(4000),
  datacenter_id uuid,
  cpu_name varchar(255),
  compatibility_version varchar(40) not null,
  datacenter_configuration_version integer,
  create_date timestamptz,
  update_date timestamptz,
  delete_date timestamptz,
  count_threads_as_cores boolean,
  primary key (history_id)
);
create index cluster_configuration_latest on history.cluster_configuration (cluster_id, history_id desc);
create table history.host_configuration (
  history_id integer generated always as identity,
  host_id uuid not null,
  host_unique_id varchar(128),
  host_name varchar(255) not null,
  cluster_id uuid not null,
  host_type smallint not null,
  fqdn_or_ip varchar(255) not null,
  memory_size_mb integer,
  swap_size_mb integer,
  cpu_model varchar(255),
  number_of_cores smallint,
  host_os varchar(255),
  kernel_version varchar(255),
  kvm_version varchar(255),
  vdsm_version varchar(40),
  vdsm_port integer not null,
  cluster_configuration_version integer,
  create_date timestamptz,
  update_date timestamptz,
  delete_date timestamptz,
  number_of_sockets smallint,
  cpu_speed_mh numeric(18,0),
  threads_per_core smallint,
  hardware_manufacturer varchar(255),
  hardware_product_name varchar(255),
  hardware_version varchar(255),
  hardware_serial_number varchar(255),
  number_of_threads smallint,
  primary key (history_id)
);
create index host_configuration_latest on history.host_configuration (host_id, history_id desc);
create table history.host_interface_configuration (
  history_id integer generated always as identity,
  host_interface_id uuid not null,
  host_interface_name varchar(50) not null,
  host_id uuid not null,
  host_interface_type smallint,
  host_interface_speed_bps integer,
  mac_address varchar(59),
  logical_network_name varchar(256),
  ip_address varchar(20),
  gateway varchar(20),
  bond boolean,
  bond_name varchar(50),
  vlan_id integer,
  host_configuration_version integer,
  create_date timestamptz,
  update_date timestamptz,
  delete_date timestamptz,
  primary key (history_id)
);
create index host_interface_configuration_latest on history.host_interface_configuration (host_interface_id, history_id desc);
create table history.storage_domain_configuration (
  history_id integer generated always as identity,
  storage_domain_id uuid not null,
  storage_domain_name varchar(250) not null,
  storage_domain_type smallint not null,
  storage_type smallint not null,
  create_date timestamptz,
  update_date timestamptz,
  delete_date timestamptz,
  primary key (history_id)
);
create index storage_domain_configuration_latest on history.storage_domain_configuration (storage_domain_id, history_id desc);
create table history.vm_configuration (
  history_id integer generated always as identity,
  vm_id uuid not null,
  vm_name varchar(255) not null,
  vm_description varchar(4000),
  vm_type smallint,
  cluster_id uuid not null,
  template_id uuid not null,
  template_name varchar(255),
  cpu_per_socket smallint,
  number_of_sockets smallint,
  memory_size_mb integer,
  operating_system smallint not null,
  default_host uuid,
  high_availability boolean,
  initialized boolean,
  stateless boolean,
  fail_back boolean,
  usb_policy smallint,
  time_zone varchar(40),
  cluster_configuration_version integer,
  default_host_configuration_version integer,
  create_date timestamptz,
  update_date timestamptz,
  delete_date timestamptz,
  vm_pool_id uuid,
  vm_pool_name varchar(255),
  created_by_user_id uuid,
  created_by_user_name varchar(255),
  primary key (history_id)
);
create index vm_configuration_latest on history.vm_configuration (vm_id, history_id desc);
create table history.vm_interface_configuration (
  history_id integer generated always as identity,
  vm_interface_id uuid not null,
  vm_interface_name varchar(50) not null,
  vm_id uuid,
  vm_interface_type smallint,
  vm_interface_speed_bps integer,
  mac_address varchar(20),
  logical_network_name varchar(256),
  vm_configuration_version integer,
  create_date timestamptz,
  update_date timestamptz,
  delete_date timestamptz,
  primary key (history_id)
);
create index vm_interface_configuration_latest on history.vm_interface_configuration (vm_interface_id, history_id desc);
create table history.vm_disk_configuration (
  history_id integer generated always as identity,
  image_id uuid,
  storage_domain_id uuid,
  vm_internal_drive_mapping smallint,
  vm_disk_description varchar(500),
  vm_disk_size_mb integer,
  vm_disk_type smallint,
  vm_disk_format smallint,
  vm_disk_interface smallint,
  create_date timestamptz,
  update_date timestamptz,
  delete_date timestamptz,
  vm_disk_id uuid not null,
  vm_disk_name varchar(255),
  is_shared boolean,
  primary key (history_id)
);
create index vm_disk_configuration_latest on history.vm_disk_configuration (vm_disk_id, history_id desc);
create table history.vm_device_history (
  history_id integer generated always as identity,
  vm_id uuid not null,
  device_id uuid not null,
  type varchar(30) not null,
  address varchar(255) not null,
  is_managed boolean not null,
  is_plugged boolean,
  is_readonly boolean not null,
  vm_configuration_version integer,
  device_configuration_version integer,
  create_date timestamptz not null,
  update_date timestamptz,
  delete_date timestamptz,
  primary key (history_id)
);
create index vm_device_history_latest on history.vm_device_history (device_id, vm_id, history_id desc);
create table history.datacenter_storage_domain_map (
  history_id integer generated always as identity,
  storage_domain_id uuid not null,
  datacenter_id uuid not null,
  attach_date timestamptz not null,
  detach_date timestamptz,
  primary key (history_id)
);
create index datacenter_storage_domain_map_latest on history.datacenter_storage_domain_map (storage_domain_id, datacenter_id, history_id desc);
create table history.host_samples_history (
  history_id bigint generated always as identity,
  history_datetime timestamptz not null,
  host_id uuid not null,
  host_status smallint not null,
  memory_usage_percent smallint,
  cpu_usage_percent smallint,
  ksm_cpu_percent smallint,
  active_vms smallint,
  total_vms smallint,
  total_vms_vcpus integer,
  cpu_load integer,
  system_cpu_usage_percent smallint,
  user_cpu_usage_percent smallint,
  swap_used_mb integer,
  host_configuration_version integer,
  ksm_shared_memory_mb bigint,
  seconds_in_status integer not null
) partition by range (history_datetime);
create table history.host_interface_samples_history (
  history_id bigint generated always as identity,
  history_datetime timestamptz not null,
  host_interface_id uuid not null,
  receive_rate_percent numeric(24,4),
  transmit_rate_percent numeric(24,4),
  host_interface_configuration_version integer,
  received_total_byte numeric(20,0),
  transmitted_total_byte numeric(20,0),
  received_dropped_total_packets numeric(20,0),
  transmitted_dropped_total_packets numeric(20,0)
) partition by range (history_datetime);
create table history.storage_domain_samples_history (
  history_id bigint generated always as identity,
  history_datetime timestamptz not null,
  storage_domain_id uuid not null,
  available_disk_size_gb integer,
  used_disk_size_gb integer,
  storage_configuration_version integer,
  storage_domain_status smallint not null,
  seconds_in_status integer not null
) partition by range (history_datetime);
create table history.vm_samples_history (
  history_id bigint generated always as identity,
  history_datetime timestamptz not null,
  vm_id uuid not null,
  vm_status smallint not null,
  cpu_usage_percent smallint,
  memory_usage_percent smallint,
  vm_ip text,
  current_user_name varchar(255),
  currently_running_on_host uuid,
  vm_configuration_version integer,
  current_host_configuration_version integer,
  vm_client_ip varchar(255),
  user_logged_in_to_guest boolean,
  user_cpu_usage_percent smallint,
  system_cpu_usage_percent smallint,
  current_user_id uuid,
  memory_buffered_kb bigint,
  memory_cached_kb bigint,
  seconds_in_status integer not null
) partition by range (history_datetime);
create table history.vm_interface_samples_history (
  history_id bigint generated always as identity,
  history_datetime timestamptz not null,
  vm_interface_id uuid not null,
  receive_rate_percent numeric(24,4),
  transmit_rate_percent numeric(24,4),
  vm_interface_configuration_version integer,
  received_total_byte numeric(20,0),
  transmitted_total_byte numeric(20,0),
  received_dropped_total_packets numeric(20,0),
  transmitted_dropped_total_packets numeric(20,0)
) partition by range (history_datetime);
create table history.vm_disk_samples_history (
  history_id bigint generated always as identity,
  history_datetime timestamptz not null,
  image_id uuid,
  vm_disk_status smallint,
  vm_disk_actual_size_mb integer not null,
  read_rate_bytes_per_second bigint,
  read_latency_seconds numeric(18,9),
  write_rate_bytes_per_second bigint,
  write_latency_seconds numeric(18,9),
  flush_latency_seconds numeric(18,9),
  vm_disk_configuration_version integer,
  vm_disk_id uuid not null,
  seconds_in_status integer not null,
  read_ops_total_count numeric(20,0),
  write_ops_total_count numeric(20,0)
) partition by range (history_datetime);
create table history.vm_disks_usage_samples_history (
  history_id bigint generated always as identity,
  history_datetime timestamptz not null,
  vm_id uuid not null,
  disks_usage text
) partition by range (history_datetime);
create table history.history_configuration (
  var_name varchar(50) not null,
  var_value varchar(255),
  var_datetime timestamptz,
  primary key (var_name)
);
insert into history.history_configuration (var_name, var_datetime) values ('lastSampling', null);
`;
