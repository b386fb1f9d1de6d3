import { sql, type Transaction } from 'kysely';
import { enumerations } from '../warehouse/facts.ts';
import { viewStatements } from '../warehouse/views.ts';

/** What the views show beside samples, sums and configurations: tags, users, words for numbers, the calendar. */
const tables = `
create table history.tag_details (
  history_id integer generated always as identity primary key,
  tag_id uuid not null,
  tag_name varchar(50) not null,
  tag_description varchar(4000),
  tag_path varchar(4000) not null,
  tag_level smallint not null,
  create_date timestamptz not null,
  update_date timestamptz,
  delete_date timestamptz
);
create index tag_details_latest on history.tag_details (tag_id, history_id desc);
create table history.tag_relations_history (
  history_id integer generated always as identity primary key,
  entity_id uuid not null,
  entity_type smallint not null,
  parent_id uuid,
  attach_date timestamptz not null,
  detach_date timestamptz
);
create index tag_relations_history_latest on history.tag_relations_history (entity_id, parent_id) where detach_date is null;
create table history.users_details_history (
  user_id uuid not null primary key,
  first_name varchar(255),
  last_name varchar(255),
  domain varchar(255) not null,
  username varchar(255) not null,
  department varchar(255),
  user_role_title varchar(255),
  email varchar(255),
  external_id text not null,
  active boolean not null,
  create_date timestamptz not null,
  update_date timestamptz,
  delete_date timestamptz
);
create table history.enum_translator (
  enum_type varchar(40) not null,
  enum_key smallint not null,
  language_code varchar(40) not null,
  value text not null,
  primary key (enum_type, enum_key, language_code)
);
create view history.calendar as
  select t as the_datetime, t::date as the_date, extract(year from t)::smallint as the_year, extract(month from t)::smallint as the_month,
    to_char(t, 'FMMonth')::varchar(9) as month_name, extract(day from t)::smallint as the_day, to_char(t, 'FMDay')::varchar(9) as day_name, t::time as the_hour
  from generate_series('2011-01-01'::timestamp, '2051-01-01'::timestamp, interval '1 hour') t;
`;

const language = 'en_US';

/** Makes what the warehouse's views need, and the views. */
export async function makeViews(trx: Transaction<unknown>): Promise<void> {
  await sql.raw(tables).execute(trx);
  const words = Object.entries(enumerations).flatMap(([type, values]) =>
    Object.entries(values).map(([key, value]) => ({ enum_type: type, enum_key: Number(key), value })),
  );
  await sql`insert into history.enum_translator (enum_type, enum_key, language_code, value)
    select enum_type, enum_key, ${language}, value from jsonb_to_recordset(${JSON.stringify(words)}::jsonb) w (enum_type text, enum_key smallint, value text)`.execute(
    trx,
  );
  await sql.raw(viewStatements().join(';\n')).execute(trx);
}
