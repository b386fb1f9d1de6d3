/** Connections to the proxy of serial consoles are sessions, and public keys of users are found by their hash. */
export const serialConsoleProxySchema = `
alter table access_token
  drop constraint access_token_kind,
  add constraint access_token_kind check (kind in ('sso', 'session', 'browser', 'login', 'api', 'refresh', 'ssh'));
create function ssh_key_hashes(content text) returns bytea[] language sql immutable parallel safe as $$
  select coalesce(array_agg(sha256(rtrim(words[2], '=')::bytea)), '{}')
  from (select regexp_split_to_array(btrim(line, E' \\t\\r'), '\\s+') as words from unnest(string_to_array(content, E'\\n')) line) keys
  where words[2] ~ '^[A-Za-z0-9+/]+=*$'
$$;
create index user_property_ssh_key_hash on user_property using gin (ssh_key_hashes(content)) where type = 'ssh_public_key';
`;
