/** Which networks the virtual functions of NICs of hosts may be used for; a NIC without a row lets them have all. */
export const virtualFunctionsSchema = `
alter table host_device add column interface text;
create index host_device_interface on host_device (host_id, interface) where interface is not null;
create table host_nic_functions (
  host_id uuid not null references host on delete cascade,
  nic_name text not null,
  all_networks_allowed boolean not null default true,
  primary key (host_id, nic_name)
);
create table host_nic_function_network (
  host_id uuid not null references host on delete cascade,
  nic_name text not null,
  network_id uuid not null references network on delete cascade,
  primary key (host_id, nic_name, network_id)
);
create index host_nic_function_network_network on host_nic_function_network (network_id);
create table host_nic_function_label (
  host_id uuid not null references host on delete cascade,
  nic_name text not null,
  label text not null,
  primary key (host_id, nic_name, label)
);
`;
