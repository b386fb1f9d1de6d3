const tables = [
  ...['vm', 'host', 'vm_disk', 'storage_domain'].flatMap((kind) => [`${kind}_hourly_history`, `${kind}_daily_history`]),
  'statistics_vms_users_usage_hourly',
  'statistics_vms_users_usage_daily',
];

/** Notes hours of samples: one of each time is looked at, since all of a statement are of one time as a rule. */
const noteSamples = `
create or replace function note_samples() returns trigger language plpgsql as $$
declare
  zone text := (select time_zone from warehouse_settings);
begin
  insert into warehouse_pending (family, grain, start)
  select f, 'hour', h from unnest(tg_argv) f
    cross join (select distinct date_trunc('hour', t, zone) as h from (select distinct history_datetime as t from added) times) hours order by f, h
  on conflict (family, grain, start) do update set noted = (warehouse_pending.noted % 1000000) + 1;
  return null;
end $$;`;

/**
 * How long each row of hours and days stands for, in hundredths of a minute: its minutes as a whole number. Reports over years weigh millions
 * of rows by it, which takes several times as long with decimals.
 */
export const warehouseSpeedSchema = [
  noteSamples,
  ...tables.map((table) => {
    const minutes = table.endsWith('_history') ? 'minutes_in_status' : 'session_time_in_minutes';
    return `alter table history.${table} add column lasting integer generated always as ((${minutes} * 100)::integer) stored;`;
  }),
].join('\n');
