/** Storage domains on LUNs: the volume group that each is, and the LUNs under it. A LUN is part of one domain. */
export const blockDomainsSchema = `
alter table storage_domain add column volume_group_uuid text;
create table storage_domain_lun (
  lun_id text primary key,
  storage_domain_id uuid not null references storage_domain (id) on delete cascade,
  size_bytes bigint not null,
  settings jsonb not null default '{}'
);
create index storage_domain_lun_domain on storage_domain_lun (storage_domain_id);
`;
