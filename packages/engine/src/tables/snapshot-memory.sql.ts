/** The memory that VMs had when snapshots of them were taken; an active snapshot has that of the one which is looked at. */
export const snapshotMemorySchema = `
create table snapshot_memory (
  snapshot_id uuid primary key references snapshot on delete cascade,
  data_center_id uuid not null,
  storage_domain_id uuid not null references storage_domain,
  dump_image_id uuid not null, dump_volume_id uuid not null,
  configuration_image_id uuid not null, configuration_volume_id uuid not null
);
create index snapshot_memory_storage_domain on snapshot_memory (storage_domain_id);
`;
