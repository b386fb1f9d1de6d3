/**
 * What the change feed tells of an object beside that it changed: its version, and which attributes differ from what was told before.
 * The last known digests of objects may be lost: the next change of each is then told without its attributes.
 */
export const changeVersionsSchema = `
alter table change add column version text, add column fields text[];
alter table publisher_lease add column followed_at timestamptz;
create unlogged table change_state (
  type text not null,
  object_id text not null,
  fields jsonb not null,
  at timestamptz not null default now(),
  primary key (type, object_id)
);
create index change_state_jobs on change_state (at) where type = 'job';
`;
