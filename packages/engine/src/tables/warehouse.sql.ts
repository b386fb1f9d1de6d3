/**
 * What samples are summed up into: a row for each hour and one for each day, with the warehouse's names and columns. `peak_…` columns are
 * ours: the daily `max_…` of the warehouse is the highest of the hours' means, the peak is the highest sample.
 *
 * `warehouse_pending` is the list of what is to be summed up (again). A statement that writes samples notes their hours there, in its own
 * transaction: late samples bring their hour back, and no hour can be forgotten.
 */
export const warehouseSchema = `
create table warehouse_settings (
  one boolean primary key default true check (one),
  time_zone text not null default 'UTC',
  samples_hours int not null default 24 check (samples_hours > 0),
  hourly_hours int not null default 1440 check (hourly_hours > 0),
  daily_hours int not null default 43800 check (daily_hours >= 0)
);
insert into warehouse_settings default values;
create table warehouse_pending (
  family text not null,
  grain text not null check (grain in ('hour', 'day')),
  start timestamptz not null,
  noted int not null default 1,
  primary key (family, grain, start)
);
create table warehouse_progress (
  family text not null,
  grain text not null check (grain in ('hour', 'day')),
  last_success_at timestamptz,
  failures int not null default 0,
  failed_at timestamptz,
  error text,
  told_at timestamptz,
  primary key (family, grain)
);
create table warehouse_dropped (
  table_name text primary key,
  until timestamptz not null
);
create function note_samples() returns trigger language plpgsql as $$
declare
  zone text := (select time_zone from warehouse_settings);
begin
  insert into warehouse_pending (family, grain, start)
  select f, 'hour', h from unnest(tg_argv) f cross join (select distinct date_trunc('hour', history_datetime, zone) as h from added) hours order by f, h
  on conflict (family, grain, start) do update set noted = (warehouse_pending.noted % 1000000) + 1;
  return null;
end $$;
create table history.host_daily_history (
  history_id bigint generated always as identity,
  history_datetime date not null,
  host_id uuid not null,
  host_status smallint not null,
  minutes_in_status numeric(7,2) not null,
  memory_usage_percent smallint,
  max_memory_usage smallint,
  cpu_usage_percent smallint,
  max_cpu_usage smallint,
  ksm_cpu_percent smallint,
  max_ksm_cpu_percent smallint,
  active_vms smallint,
  max_active_vms smallint,
  total_vms smallint,
  max_total_vms smallint,
  total_vms_vcpus integer,
  max_total_vms_vcpus integer,
  cpu_load integer,
  max_cpu_load integer,
  system_cpu_usage_percent smallint,
  max_system_cpu_usage_percent smallint,
  user_cpu_usage_percent smallint,
  max_user_cpu_usage_percent smallint,
  swap_used_mb integer,
  max_swap_used_mb integer,
  host_configuration_version integer,
  ksm_shared_memory_mb bigint,
  max_ksm_shared_memory_mb bigint,
  peak_memory_usage smallint,
  peak_cpu_usage smallint,
  peak_ksm_cpu_percent smallint,
  peak_active_vms smallint,
  peak_total_vms smallint,
  peak_total_vms_vcpus integer,
  peak_cpu_load integer,
  peak_system_cpu_usage_percent smallint,
  peak_user_cpu_usage_percent smallint,
  peak_swap_used_mb integer,
  peak_ksm_shared_memory_mb bigint
) partition by range (history_datetime);
create index host_daily_history_of on history.host_daily_history (host_id, history_datetime);
create table history.host_hourly_history (
  history_id bigint generated always as identity,
  history_datetime timestamptz not null,
  host_id uuid not null,
  host_status smallint not null,
  minutes_in_status numeric(7,2) not null,
  memory_usage_percent smallint,
  max_memory_usage smallint,
  cpu_usage_percent smallint,
  max_cpu_usage smallint,
  ksm_cpu_percent smallint,
  max_ksm_cpu_percent smallint,
  active_vms smallint,
  max_active_vms smallint,
  total_vms smallint,
  max_total_vms smallint,
  total_vms_vcpus integer,
  max_total_vms_vcpus integer,
  cpu_load integer,
  max_cpu_load integer,
  system_cpu_usage_percent smallint,
  max_system_cpu_usage_percent smallint,
  user_cpu_usage_percent smallint,
  max_user_cpu_usage_percent smallint,
  swap_used_mb integer,
  max_swap_used_mb integer,
  host_configuration_version integer,
  ksm_shared_memory_mb bigint,
  max_ksm_shared_memory_mb bigint
) partition by range (history_datetime);
create index host_hourly_history_of on history.host_hourly_history (host_id, history_datetime);
create table history.host_interface_daily_history (
  history_id bigint generated always as identity,
  history_datetime date not null,
  host_interface_id uuid not null,
  receive_rate_percent numeric(24,4),
  max_receive_rate_percent numeric(24,4),
  transmit_rate_percent numeric(24,4),
  max_transmit_rate_percent numeric(24,4),
  host_interface_configuration_version integer,
  received_total_byte numeric(20,0),
  transmitted_total_byte numeric(20,0),
  received_dropped_total_packets numeric(20,0),
  transmitted_dropped_total_packets numeric(20,0),
  peak_receive_rate_percent numeric(24,4),
  peak_transmit_rate_percent numeric(24,4)
) partition by range (history_datetime);
create index host_interface_daily_history_of on history.host_interface_daily_history (host_interface_id, history_datetime);
create table history.host_interface_hourly_history (
  history_id bigint generated always as identity,
  history_datetime timestamptz not null,
  host_interface_id uuid not null,
  receive_rate_percent numeric(24,4),
  max_receive_rate_percent numeric(24,4),
  transmit_rate_percent numeric(24,4),
  max_transmit_rate_percent numeric(24,4),
  host_interface_configuration_version integer,
  received_total_byte numeric(20,0),
  transmitted_total_byte numeric(20,0),
  received_dropped_total_packets numeric(20,0),
  transmitted_dropped_total_packets numeric(20,0)
) partition by range (history_datetime);
create index host_interface_hourly_history_of on history.host_interface_hourly_history (host_interface_id, history_datetime);
create table history.statistics_vms_users_usage_daily (
  history_id bigint generated always as identity,
  history_datetime timestamptz not null,
  user_name varchar(255),
  vm_id uuid not null,
  session_time_in_minutes numeric(7,2) not null,
  cpu_usage_percent smallint,
  max_cpu_usage smallint,
  memory_usage_percent smallint,
  max_memory_usage smallint,
  vm_ip text,
  currently_running_on_host uuid,
  vm_configuration_version integer,
  current_host_configuration_version integer,
  vm_client_ip varchar(255),
  user_logged_in_to_guest boolean,
  user_cpu_usage_percent smallint,
  max_user_cpu_usage_percent smallint,
  system_cpu_usage_percent smallint,
  max_system_cpu_usage_percent smallint,
  user_id uuid,
  peak_cpu_usage smallint,
  peak_memory_usage smallint,
  peak_user_cpu_usage_percent smallint,
  peak_system_cpu_usage_percent smallint
) partition by range (history_datetime);
create index statistics_vms_users_usage_daily_of on history.statistics_vms_users_usage_daily (vm_id, history_datetime);
create table history.statistics_vms_users_usage_hourly (
  history_id bigint generated always as identity,
  history_datetime timestamptz not null,
  user_name varchar(255),
  vm_id uuid not null,
  session_time_in_minutes numeric(7,2) not null,
  cpu_usage_percent smallint,
  max_cpu_usage smallint,
  memory_usage_percent smallint,
  max_memory_usage smallint,
  vm_ip text,
  currently_running_on_host uuid,
  vm_configuration_version integer,
  current_host_configuration_version integer,
  vm_client_ip varchar(255),
  user_logged_in_to_guest boolean,
  user_cpu_usage_percent smallint,
  max_user_cpu_usage_percent smallint,
  system_cpu_usage_percent smallint,
  max_system_cpu_usage_percent smallint,
  user_id uuid
) partition by range (history_datetime);
create index statistics_vms_users_usage_hourly_of on history.statistics_vms_users_usage_hourly (vm_id, history_datetime);
create table history.storage_domain_daily_history (
  history_id bigint generated always as identity,
  history_datetime date not null,
  storage_domain_id uuid not null,
  available_disk_size_gb integer,
  used_disk_size_gb integer,
  storage_configuration_version integer,
  storage_domain_status smallint not null,
  minutes_in_status numeric(7,2) not null
) partition by range (history_datetime);
create index storage_domain_daily_history_of on history.storage_domain_daily_history (storage_domain_id, history_datetime);
create table history.storage_domain_hourly_history (
  history_id bigint generated always as identity,
  history_datetime timestamptz not null,
  storage_domain_id uuid not null,
  available_disk_size_gb integer,
  used_disk_size_gb integer,
  storage_configuration_version integer,
  storage_domain_status smallint not null,
  minutes_in_status numeric(7,2) not null
) partition by range (history_datetime);
create index storage_domain_hourly_history_of on history.storage_domain_hourly_history (storage_domain_id, history_datetime);
create table history.vm_daily_history (
  history_id bigint generated always as identity,
  history_datetime date not null,
  vm_id uuid not null,
  vm_status smallint not null,
  minutes_in_status numeric(7,2) not null,
  cpu_usage_percent smallint,
  max_cpu_usage smallint,
  memory_usage_percent smallint,
  max_memory_usage smallint,
  vm_ip text,
  current_user_name varchar(255),
  currently_running_on_host uuid,
  vm_configuration_version integer,
  current_host_configuration_version integer,
  user_cpu_usage_percent smallint,
  max_user_cpu_usage_percent smallint,
  system_cpu_usage_percent smallint,
  max_system_cpu_usage_percent smallint,
  current_user_id uuid,
  memory_buffered_kb bigint,
  memory_cached_kb bigint,
  max_memory_buffered_kb bigint,
  max_memory_cached_kb bigint,
  peak_cpu_usage smallint,
  peak_memory_usage smallint,
  peak_user_cpu_usage_percent smallint,
  peak_system_cpu_usage_percent smallint,
  peak_memory_buffered_kb bigint,
  peak_memory_cached_kb bigint
) partition by range (history_datetime);
create index vm_daily_history_of on history.vm_daily_history (vm_id, history_datetime);
create table history.vm_disk_daily_history (
  history_id bigint generated always as identity,
  history_datetime date not null,
  image_id uuid,
  vm_disk_status smallint,
  minutes_in_status numeric(7,2) not null,
  vm_disk_actual_size_mb integer not null,
  read_rate_bytes_per_second bigint,
  max_read_rate_bytes_per_second bigint,
  read_latency_seconds numeric(18,9),
  max_read_latency_seconds numeric(18,9),
  write_rate_bytes_per_second bigint,
  max_write_rate_bytes_per_second bigint,
  write_latency_seconds numeric(18,9),
  max_write_latency_seconds numeric(18,9),
  flush_latency_seconds numeric(18,9),
  max_flush_latency_seconds numeric(18,9),
  vm_disk_configuration_version integer,
  vm_disk_id uuid not null,
  read_ops_total_count numeric(20,0),
  write_ops_total_count numeric(20,0),
  peak_read_rate_bytes_per_second bigint,
  peak_read_latency_seconds numeric(18,9),
  peak_write_rate_bytes_per_second bigint,
  peak_write_latency_seconds numeric(18,9),
  peak_flush_latency_seconds numeric(18,9)
) partition by range (history_datetime);
create index vm_disk_daily_history_of on history.vm_disk_daily_history (vm_disk_id, history_datetime);
create table history.vm_disk_hourly_history (
  history_id bigint generated always as identity,
  history_datetime timestamptz not null,
  image_id uuid,
  vm_disk_status smallint,
  minutes_in_status numeric(7,2) not null,
  vm_disk_actual_size_mb integer not null,
  read_rate_bytes_per_second bigint,
  max_read_rate_bytes_per_second bigint,
  read_latency_seconds numeric(18,9),
  max_read_latency_seconds numeric(18,9),
  write_rate_bytes_per_second bigint,
  max_write_rate_bytes_per_second bigint,
  write_latency_seconds numeric(18,9),
  max_write_latency_seconds numeric(18,9),
  flush_latency_seconds numeric(18,9),
  max_flush_latency_seconds numeric(18,9),
  vm_disk_configuration_version integer,
  vm_disk_id uuid not null,
  read_ops_total_count numeric(20,0),
  write_ops_total_count numeric(20,0)
) partition by range (history_datetime);
create index vm_disk_hourly_history_of on history.vm_disk_hourly_history (vm_disk_id, history_datetime);
create table history.vm_disks_usage_daily_history (
  history_id bigint generated always as identity,
  history_datetime date not null,
  vm_id uuid not null,
  disks_usage text
) partition by range (history_datetime);
create index vm_disks_usage_daily_history_of on history.vm_disks_usage_daily_history (vm_id, history_datetime);
create table history.vm_disks_usage_hourly_history (
  history_id bigint generated always as identity,
  history_datetime timestamptz not null,
  vm_id uuid not null,
  disks_usage text
) partition by range (history_datetime);
create index vm_disks_usage_hourly_history_of on history.vm_disks_usage_hourly_history (vm_id, history_datetime);
create table history.vm_hourly_history (
  history_id bigint generated always as identity,
  history_datetime timestamptz not null,
  vm_id uuid not null,
  vm_status smallint not null,
  minutes_in_status numeric(7,2) not null,
  cpu_usage_percent smallint,
  max_cpu_usage smallint,
  memory_usage_percent smallint,
  max_memory_usage smallint,
  vm_ip text,
  current_user_name varchar(255),
  currently_running_on_host uuid,
  vm_configuration_version integer,
  current_host_configuration_version integer,
  user_cpu_usage_percent smallint,
  max_user_cpu_usage_percent smallint,
  system_cpu_usage_percent smallint,
  max_system_cpu_usage_percent smallint,
  current_user_id uuid,
  memory_buffered_kb bigint,
  memory_cached_kb bigint,
  max_memory_buffered_kb bigint,
  max_memory_cached_kb bigint
) partition by range (history_datetime);
create index vm_hourly_history_of on history.vm_hourly_history (vm_id, history_datetime);
create table history.vm_interface_daily_history (
  history_id bigint generated always as identity,
  history_datetime date not null,
  vm_interface_id uuid not null,
  receive_rate_percent numeric(24,4),
  max_receive_rate_percent numeric(24,4),
  transmit_rate_percent numeric(24,4),
  max_transmit_rate_percent numeric(24,4),
  vm_interface_configuration_version integer,
  received_total_byte numeric(20,0),
  transmitted_total_byte numeric(20,0),
  received_dropped_total_packets numeric(20,0),
  transmitted_dropped_total_packets numeric(20,0),
  peak_receive_rate_percent numeric(24,4),
  peak_transmit_rate_percent numeric(24,4)
) partition by range (history_datetime);
create index vm_interface_daily_history_of on history.vm_interface_daily_history (vm_interface_id, history_datetime);
create table history.vm_interface_hourly_history (
  history_id bigint generated always as identity,
  history_datetime timestamptz not null,
  vm_interface_id uuid not null,
  receive_rate_percent numeric(24,4),
  max_receive_rate_percent numeric(24,4),
  transmit_rate_percent numeric(24,4),
  max_transmit_rate_percent numeric(24,4),
  vm_interface_configuration_version integer,
  received_total_byte numeric(20,0),
  transmitted_total_byte numeric(20,0),
  received_dropped_total_packets numeric(20,0),
  transmitted_dropped_total_packets numeric(20,0)
) partition by range (history_datetime);
create index vm_interface_hourly_history_of on history.vm_interface_hourly_history (vm_interface_id, history_datetime);
create index host_samples_history_time on history.host_samples_history using brin (history_datetime);
create trigger host_samples_history_pending after insert on history.host_samples_history referencing new table as added
  for each statement execute function note_samples('host');
create index host_interface_samples_history_time on history.host_interface_samples_history using brin (history_datetime);
create trigger host_interface_samples_history_pending after insert on history.host_interface_samples_history referencing new table as added
  for each statement execute function note_samples('host_interface');
create index storage_domain_samples_history_time on history.storage_domain_samples_history using brin (history_datetime);
create trigger storage_domain_samples_history_pending after insert on history.storage_domain_samples_history referencing new table as added
  for each statement execute function note_samples('storage_domain');
create index vm_samples_history_time on history.vm_samples_history using brin (history_datetime);
create trigger vm_samples_history_pending after insert on history.vm_samples_history referencing new table as added
  for each statement execute function note_samples('vm', 'statistics_vms_users_usage');
create index vm_interface_samples_history_time on history.vm_interface_samples_history using brin (history_datetime);
create trigger vm_interface_samples_history_pending after insert on history.vm_interface_samples_history referencing new table as added
  for each statement execute function note_samples('vm_interface');
create index vm_disk_samples_history_time on history.vm_disk_samples_history using brin (history_datetime);
create trigger vm_disk_samples_history_pending after insert on history.vm_disk_samples_history referencing new table as added
  for each statement execute function note_samples('vm_disk');
create index vm_disks_usage_samples_history_time on history.vm_disks_usage_samples_history using brin (history_datetime);
create trigger vm_disks_usage_samples_history_pending after insert on history.vm_disks_usage_samples_history referencing new table as added
  for each statement execute function note_samples('vm_disks_usage');
insert into warehouse_pending (family, grain, start)
select 'host', 'hour', date_trunc('hour', history_datetime, 'UTC') from history.host_samples_history
union
select 'host_interface', 'hour', date_trunc('hour', history_datetime, 'UTC') from history.host_interface_samples_history
union
select 'storage_domain', 'hour', date_trunc('hour', history_datetime, 'UTC') from history.storage_domain_samples_history
union
select 'vm', 'hour', date_trunc('hour', history_datetime, 'UTC') from history.vm_samples_history
union
select 'statistics_vms_users_usage', 'hour', date_trunc('hour', history_datetime, 'UTC') from history.vm_samples_history
union
select 'vm_interface', 'hour', date_trunc('hour', history_datetime, 'UTC') from history.vm_interface_samples_history
union
select 'vm_disk', 'hour', date_trunc('hour', history_datetime, 'UTC') from history.vm_disk_samples_history
union
select 'vm_disks_usage', 'hour', date_trunc('hour', history_datetime, 'UTC') from history.vm_disks_usage_samples_history
;
insert into history.history_configuration (var_name, var_value, var_datetime) values
  ('lastHourAggr', null, null), ('lastDayAggr', null, null), ('HourlyAggFailed', 'false', null), ('MinimalETLVersion', '4.5.0', null), ('default_language', 'en_US', null);
`;
