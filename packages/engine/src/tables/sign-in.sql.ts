/** Signing in by several steps: clients of single sign-on, codes, what a sign-in has reached, second factors, signing keys. */
export const signInSchema = `
alter table access_token
  add column client_id text,
  add column second_factor boolean not null default false;

create table sso_client (
  id text primary key,
  name text not null,
  secret_hash bytea not null,
  redirect_uris text[] not null,
  trusted boolean not null default false,
  created_at timestamptz not null default now()
);

create table sso_code (
  code_hash bytea primary key,
  client_id text not null references sso_client on delete cascade,
  user_id uuid not null references app_user on delete cascade,
  redirect_uri text not null,
  scope text not null,
  nonce text,
  code_challenge text,
  second_factor boolean not null,
  authenticated_at timestamptz not null,
  expires_at timestamptz not null,
  token_hash bytea
);
create index sso_code_expiry on sso_code (expires_at);

create table login_flow (
  token_hash bytea primary key,
  step text not null check (step in ('password', 'provider', 'second_factor', 'enrolment')),
  user_id uuid references app_user on delete cascade,
  target jsonb not null,
  secret bytea,
  failures int not null default 0,
  expires_at timestamptz not null,
  check (step in ('password', 'provider') or user_id is not null)
);
create index login_flow_expiry on login_flow (expires_at);

create table second_factor (
  user_id uuid primary key references app_user on delete cascade,
  secret bytea not null,
  confirmed boolean not null default false,
  last_step bigint not null default 0,
  recovery_hashes bytea[] not null default '{}',
  created_at timestamptz not null default now()
);

create table openid_provider (
  id uuid primary key,
  profile text not null,
  domain text not null,
  title text not null,
  issuer text not null,
  client_id text not null,
  client_secret bytea not null,
  scopes text not null,
  user_name_claim text not null,
  groups_claim text not null,
  ca_pem text,
  second_factor text not null check (second_factor in ('local', 'provider')),
  created_at timestamptz not null default now()
);
create unique index openid_provider_profile on openid_provider (lower(profile));
create unique index openid_provider_domain on openid_provider (lower(domain));

create table signing_key (
  id text primary key,
  public_jwk jsonb not null,
  private_key bytea not null,
  created_at timestamptz not null default now()
);
`;
