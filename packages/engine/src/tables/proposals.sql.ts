/**
 * What assistants asked for (`proposal`: a request that is carried out only when somebody, or a policy, says so), which of it needs nobody's
 * word (`proposal_policy`), and every call that they made (`assistant_call`).
 */
export const proposalsSchema = `
create table proposal (
  id uuid primary key,
  user_id uuid not null references app_user on delete cascade,
  operation text not null,
  http text not null,
  path text not null,
  body jsonb,
  etag text,
  reason text not null,
  state text not null default 'pending' check (state in ('pending', 'running', 'done', 'failed', 'rejected')),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  status integer,
  answer jsonb
);
create index proposal_user on proposal (user_id, created_at);
create index proposal_created on proposal (created_at);
create table proposal_policy (
  id uuid primary key,
  name text not null,
  operations text[] not null,
  users uuid[] not null
);
create unique index proposal_policy_name on proposal_policy (lower(name));
create table assistant_call (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  user_id uuid not null references app_user on delete cascade,
  session_id uuid not null,
  tool text not null,
  arguments jsonb not null,
  status integer not null,
  duration_ms integer not null,
  proposal_id uuid references proposal on delete set null
);
create index assistant_call_user on assistant_call (user_id, id);
create index assistant_call_at on assistant_call (at);
`;
