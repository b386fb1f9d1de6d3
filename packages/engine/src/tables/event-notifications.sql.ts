/** Where mails are sent from, up to which event of the change feed subscribers were looked for, and what is to be sent to whom. */
export const eventNotificationsSchema = `
create table mail_settings (
  singleton boolean primary key default true check (singleton),
  server text not null,
  port int not null,
  encryption text not null check (encryption in ('none', 'ssl', 'tls')),
  ca_pem text,
  username text,
  password bytea,
  sender text not null,
  reply_to text,
  html boolean not null,
  retries int not null,
  history_days int not null
);
create table notifier_position (
  singleton boolean primary key default true check (singleton),
  sequence bigint not null
);
insert into notifier_position (sequence) select coalesce(max(position), 0) from publisher_lease where name = 'changes';
create table event_notification (
  id bigint generated always as identity primary key,
  event_id bigint not null,
  user_id uuid not null references app_user on delete cascade,
  address text not null,
  resolves boolean not null,
  status text not null default 'waiting' check (status in ('waiting', 'sent', 'failed')),
  attempts int not null default 0,
  next_at timestamptz not null default now(),
  ended_at timestamptz,
  error text,
  unique (event_id, user_id)
);
create index event_notification_waiting on event_notification (next_at) where status = 'waiting';
create index event_notification_ended on event_notification (ended_at) where status <> 'waiting';
`;
