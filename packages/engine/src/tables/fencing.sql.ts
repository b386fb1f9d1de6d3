/** What the engine has decided about hosts that do not answer. */
export const fencingSchema = `
create table host_fencing (
  host_id uuid primary key references host on delete cascade,
  away_since timestamptz not null,
  decision text not null
);
`;
