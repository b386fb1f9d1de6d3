/** Leases of VMs that lie on storage, whatever their definitions say meanwhile. */
export const vmLeasesSchema = `
create table vm_lease (
  vm_id uuid not null references vm on delete cascade,
  storage_domain_id uuid not null references storage_domain on delete cascade,
  primary key (vm_id, storage_domain_id)
);
create index vm_lease_storage_domain on vm_lease (storage_domain_id);
`;
