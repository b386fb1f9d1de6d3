/** LUNs that are disks. A LUN is one disk at most; over which connection hosts reach it is known for iSCSI alone. */
export const directLunsSchema = `
create table disk_lun (
  lun_id text primary key,
  disk_id uuid not null unique references disk (id) on delete cascade,
  storage_type text not null check (storage_type in ('iscsi', 'fcp')),
  storage_connection_id uuid references storage_connection (id),
  size_bytes bigint not null default 0,
  settings jsonb not null default '{}'
);
create index disk_lun_connection on disk_lun (storage_connection_id);
`;
