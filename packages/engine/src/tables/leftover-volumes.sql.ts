/**
 * Volumes that nothing uses any more and that could not be deleted yet: no image, no part of any chain. Their deletion is tried again and
 * again until `next_at` is null: then somebody has to see to the storage.
 */
export const leftoverVolumesSchema = `
create table leftover_volume (
  id uuid primary key,
  disk_id uuid not null references disk (id) on delete cascade,
  storage_domain_id uuid not null references storage_domain (id) on delete cascade,
  attempts integer not null default 1,
  next_at timestamptz,
  reason text not null,
  created_at timestamptz not null default now()
);
create index leftover_volume_disk on leftover_volume (disk_id);
create index leftover_volume_storage_domain on leftover_volume (storage_domain_id);
`;
