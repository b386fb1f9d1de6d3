/** What users want to be told of, and where. */
export const eventSubscriptionsSchema = `
create table event_subscription (
  user_id uuid not null references app_user on delete cascade,
  event text not null,
  method text not null check (method in ('smtp', 'snmp')),
  address text not null,
  created_at timestamptz not null default now(),
  primary key (user_id, event)
);
`;
