/** VMs that the engine is to start by itself: highly available ones that a fault ended, and cold reboots. */
export const vmRestartsSchema = `
create table vm_restart (
  vm_id uuid primary key references vm on delete cascade,
  reason text not null check (reason in ('high_availability', 'cold_reboot')),
  attempts int not null default 0,
  queued_at timestamptz not null default now(),
  next_at timestamptz not null default now()
);
`;
