/** Whom a client of single sign-on stands for by itself, and tokens by which clients get others. */
export const ssoGrantsSchema = `
alter table sso_client add column service_user_id uuid references app_user on delete set null;
alter table access_token
  drop constraint access_token_kind,
  add constraint access_token_kind check (kind in ('sso', 'session', 'browser', 'login', 'api', 'refresh'));
`;
