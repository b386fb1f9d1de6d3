/** Backups of VMs, the checkpoints that they made, and transfers of their disks. */
export const backupsSchema = `
create table vm_backup (
  id uuid primary key,
  vm_id uuid not null references vm on delete cascade,
  phase text not null check (phase in ('initializing', 'starting', 'ready', 'finalizing', 'succeeded', 'failed')),
  live boolean not null,
  host_id uuid references host on delete set null,
  from_checkpoint_id uuid,
  to_checkpoint_id uuid,
  description text not null default '',
  created_by uuid not null,
  created_by_name text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index vm_backup_active on vm_backup (vm_id) where phase not in ('succeeded', 'failed');
create index vm_backup_vm on vm_backup (vm_id);

create table vm_backup_disk (
  backup_id uuid not null references vm_backup on delete cascade,
  disk_id uuid not null references disk on delete cascade,
  mode text not null check (mode in ('full', 'incremental')),
  checkpoint boolean not null,
  url text,
  primary key (backup_id, disk_id)
);
create index vm_backup_disk_disk on vm_backup_disk (disk_id);

create table vm_checkpoint (
  id uuid primary key,
  sequence bigint generated always as identity,
  vm_id uuid not null references vm on delete cascade,
  parent_id uuid,
  state text not null default 'created' check (state in ('created', 'invalid')),
  description text not null default '',
  created_at timestamptz not null default now()
);
create index vm_checkpoint_vm on vm_checkpoint (vm_id, sequence);

create table vm_checkpoint_disk (
  checkpoint_id uuid not null references vm_checkpoint on delete cascade,
  disk_id uuid not null references disk on delete cascade,
  primary key (checkpoint_id, disk_id)
);
create index vm_checkpoint_disk_disk on vm_checkpoint_disk (disk_id);

alter table image_transfer
  add column backup_id uuid references vm_backup on delete set null,
  add column served text not null default 'file' check (served in ('file', 'nbd', 'backup')),
  add column server_url text,
  add column bitmap uuid,
  add column sparse boolean not null default true;
`;
