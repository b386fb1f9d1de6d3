/** Why VMs were started where they were: the scheduler's verdicts on every host, kept for a while. */
export const placementsSchema = `
create table placement (
  job_id uuid primary key,
  vm_id uuid not null references vm on delete cascade,
  at timestamptz not null default now(),
  cluster_id uuid,
  -- The units that ranked, with their factors.
  weights jsonb not null,
  -- Why there was no host at all.
  message_key text,
  -- Every host of the cluster: accepted, reasons against it, scores, rank.
  hosts jsonb not null,
  -- The host that took the VM, and what hosts said that did not.
  host_id uuid,
  refusals jsonb not null default '[]'
);
create index placement_vm on placement (vm_id, at desc);
create index placement_at on placement (at);
`;
