/** NICs of running VMs whose quality of service has changed, and whose hosts are still to be told. */
export const nicLimitChangesSchema = /* sql */ `
create table nic_limit_change (
  nic_id uuid primary key references nic on delete cascade,
  next_at timestamptz not null default now()
);
`;
