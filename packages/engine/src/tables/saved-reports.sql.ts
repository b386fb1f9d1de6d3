/**
 * Reports that users keep with their criteria, and when and to whom they are sent. `due_at` is the time that is to be sent for, `next_at`
 * when it is tried (again).
 */
export const savedReportsSchema = `
create table saved_report (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references app_user (id) on delete cascade,
  name text not null,
  report text not null,
  criteria jsonb not null,
  schedule jsonb,
  due_at timestamptz,
  next_at timestamptz,
  attempts int not null default 0,
  sent_at timestamptz,
  error text,
  unique (user_id, name)
);
create index saved_report_due on saved_report (next_at) where next_at is not null;
`;
