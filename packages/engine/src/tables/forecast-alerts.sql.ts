/**
 * From when on it is told that a storage domain will be full: so many days before this share of it is used; 0 days is never.
 * `alerted_until` is the newest day that was looked at, `forecast_alert` of which domains it has been told and not been settled since.
 */
export const forecastAlertsSchema = `
alter table warehouse_settings
  add column alert_days int not null default 30 check (alert_days between 0 and 365),
  add column alert_percent int not null default 95 check (alert_percent between 1 and 100),
  add column alerted_until date;
create table forecast_alert (
  storage_domain_id uuid primary key references storage_domain (id) on delete cascade,
  told_at timestamptz not null
);
`;
