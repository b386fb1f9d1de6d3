/** What single hosts sign in with at iSCSI targets, instead of what the storage connection says. */
export const hostConnectionExtensionsSchema = `
create table host_connection_extension (
  id uuid primary key,
  host_id uuid not null references host on delete cascade,
  target text not null,
  username text not null,
  password bytea not null
);
create unique index host_connection_extension_target on host_connection_extension (host_id, target);
`;
