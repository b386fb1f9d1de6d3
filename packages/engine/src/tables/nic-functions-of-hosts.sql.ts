/** A NIC of a VM that migrates has a function of the host that it leaves, and one of the host to which it goes. */
export const nicFunctionsOfHostsSchema = `
alter table nic_virtual_function drop constraint nic_virtual_function_pkey, add primary key (nic_id, host_id);
`;
