/** What VMs keep in their TPM and among the variables of their UEFI, sealed: hosts have it only while a VM runs there. */
export const vmExternalDataSchema = `
create table vm_external_data (
  vm_id uuid not null references vm on delete cascade,
  kind text not null check (kind in ('tpm', 'nvram')),
  bios_type text not null,
  hash text not null,
  sealed bytea not null,
  saved_at timestamptz not null default now(),
  primary key (vm_id, kind)
);
`;
