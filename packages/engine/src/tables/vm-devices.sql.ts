/** Who looks at consoles, devices of hosts and those that VMs are given. */
export const vmDevicesSchema = /* sql */ `
-- For whom the last ticket of a VM's console was made, and from where the console is looked at now.
create table vm_console_user (
  vm_id uuid primary key references vm on delete cascade,
  user_id uuid,
  user_name text not null,
  protocol text not null,
  client_address text
);

-- A ticket that opens its console without a session of the user.
alter table console_ticket add column bearer boolean not null default false;

create table host_device (
  host_id uuid not null references host on delete cascade,
  name text not null,
  parent text,
  capability text not null,
  driver text,
  iommu_group int,
  product_id text,
  product_name text,
  vendor_id text,
  vendor_name text,
  physical_function text,
  virtual_functions int,
  assignable boolean not null,
  address jsonb not null,
  mediated_types jsonb not null,
  primary key (host_id, name)
);

-- By name: all hosts that a VM is pinned to have the device under the same one.
create table vm_host_device (
  vm_id uuid not null references vm on delete cascade,
  device_name text not null,
  placeholder boolean not null,
  primary key (vm_id, device_name)
);

create table vm_mediated_device (
  id uuid primary key,
  vm_id uuid not null references vm on delete cascade,
  spec_params jsonb not null,
  created_at timestamptz not null default now()
);
create index vm_mediated_device_vm on vm_mediated_device (vm_id);
`;
