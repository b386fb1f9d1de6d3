/** Running VMs whose limits have changed and whose hosts are still to be told: of the CPU, of disks, or of both. */
export const vmLimitChangesSchema = `
create table vm_limit_change (
  vm_id uuid primary key references vm on delete cascade,
  cpu boolean not null default false,
  storage boolean not null default false,
  stamp uuid not null default gen_random_uuid(),
  next_at timestamptz not null default now()
);
`;
