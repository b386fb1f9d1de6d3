/** Queries to the warehouse's views that users keep, as the declaration of our own API has them. */
export const savedQueriesSchema = `
create table saved_query (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references app_user (id) on delete cascade,
  name text not null,
  query jsonb not null,
  unique (user_id, name)
);
`;
