/** Sessions that are listed and ended one by one, and tokens that users make for their programs. */
export const sessionsSchema = `
alter table access_token
  add column id uuid not null default gen_random_uuid(),
  add column name text,
  add column user_agent text,
  add column read_only boolean not null default false,
  add column permits text[],
  add column csrf_protected boolean not null default false,
  drop constraint access_token_kind_check,
  add constraint access_token_kind check (kind in ('sso', 'session', 'browser', 'login', 'api'));
create unique index access_token_id on access_token (id);
`;
