/**
 * VMs with a lease that are started on another host while their own does not answer: `vm_elsewhere` has the silent host and what was noted of
 * the run there. Once another host is seen to run the VM nothing of that counts any more, and what the silent host still has of it is to go.
 * `lease_domain_id` is where the lease lies that the present run holds, which is not always what the definition says.
 */
export const vmElsewhereSchema = `
alter table vm_state add column lease_domain_id uuid references storage_domain on delete set null;
create table vm_elsewhere (
  vm_id uuid not null references vm on delete cascade,
  host_id uuid not null references host on delete cascade,
  run jsonb,
  since timestamptz not null default now(),
  primary key (vm_id, host_id)
);
create unique index vm_elsewhere_tried on vm_elsewhere (vm_id) where run is not null;
create index vm_elsewhere_host on vm_elsewhere (host_id);
alter table vm_restart drop constraint vm_restart_reason_check;
alter table vm_restart add constraint vm_restart_reason_check check (reason in ('high_availability', 'cold_reboot', 'silent_host'));
`;
