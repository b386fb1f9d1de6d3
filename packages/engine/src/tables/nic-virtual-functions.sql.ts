/** The virtual function of a host's NIC that a NIC of a VM is, while the VM runs on that host. */
export const nicVirtualFunctionsSchema = `
create table nic_virtual_function (
  nic_id uuid primary key references nic on delete cascade,
  host_id uuid not null references host on delete cascade,
  device_name text not null
);
create index nic_virtual_function_host on nic_virtual_function (host_id, device_name);
`;
