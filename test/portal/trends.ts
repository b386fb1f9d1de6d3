import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import type { Client } from '@virgate/sdk';
import type { Installation } from '../engine/installation.ts';

const dayMs = 86_400_000;
const historyDays = 40;
const webadmin = '/ovirt-engine/webadmin';

/** A price list by its dialog on the page of reports, after a price that is none was refused with its field. */
export async function addPriceList(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'New price list' }).click();
  const dialog = page.getByRole('dialog', { name: 'New price list' });
  await dialog.getByLabel('Name').fill('Prices of the house');
  await dialog.getByLabel('Currency').selectOption('EUR');
  await dialog.getByLabel('Hour of a vCPU').fill('-1');
  await dialog.getByLabel('Hour of a GiB of memory').fill('0,5');
  await dialog.getByRole('button', { name: 'Other price for a cluster' }).click();
  const row = dialog.getByRole('region', { name: 'Prices of clusters' }).getByRole('group', { name: 'Price 1' });
  await row.getByLabel('Cluster').selectOption('Default');
  await row.getByLabel('Hour of a vCPU').fill('1.25');
  await row.getByLabel('Hour of a GiB of memory').fill('0.5');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('alert').getByText('vcpuHour', { exact: false }).waitFor();
  await dialog.getByLabel('Hour of a vCPU').first().fill('2');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await page.getByRole('region', { name: 'Price lists' }).getByText('Prices of the house (EUR)').waitFor();
}

/** Makes the part of a table that begins with a day, as the engine names it. */
async function ensurePart({ rows }: Pick<Installation, 'rows'>, table: string, from: Date, to: Date): Promise<void> {
  const name = `${table}_${from.toISOString().slice(0, 10).replaceAll('-', '')}`;
  await rows(
    `create table if not exists history.${name} partition of history.${table} for values from ('${from.toISOString()}') to ('${to.toISOString()}')`,
  );
}

async function seed(installation: Installation, domain: string, vm: string): Promise<void> {
  const rows = installation.rows.bind(installation);
  const today = Math.floor(Date.now() / dayMs) * dayMs;
  const years = new Set([today - historyDays * dayMs, today].map((ms) => new Date(ms).getUTCFullYear()));
  for (const table of ['storage_domain_daily_history', 'vm_daily_history'])
    for (const year of years) await ensurePart({ rows }, table, new Date(Date.UTC(year, 0, 1)), new Date(Date.UTC(year + 1, 0, 1)));
  const now = Math.floor(Date.now() / 3_600_000) * 3_600_000;
  const monday = 4 * dayMs + Math.floor((now - 4 * dayMs) / (7 * dayMs)) * 7 * dayMs;
  await ensurePart({ rows }, 'vm_hourly_history', new Date(monday), new Date(monday + 7 * dayMs));
  await rows(
    `insert into history.storage_domain_daily_history (history_datetime, storage_domain_id, storage_domain_status, used_disk_size_gb, available_disk_size_gb, minutes_in_status)
     select $2::date - $3::int + d, $1, 1, greatest((s.available_bytes + s.used_bytes) / 1073741824 * (10 + d) / 100, d), 0, 1440
     from storage_domain s cross join generate_series(0, $3::int - 1) d where s.id = $1`,
    [domain, new Date(today).toISOString().slice(0, 10), historyDays],
  );
  const version = `(select max(history_id) from history.vm_configuration where vm_id = $1)`;
  await rows(
    `insert into history.vm_daily_history (history_datetime, vm_id, vm_status, minutes_in_status, cpu_usage_percent, max_cpu_usage, memory_usage_percent, max_memory_usage, peak_memory_usage, vm_configuration_version)
     select $2::date - d, $1, 1, 1440, 95, 99, 90, 99, 99, ${version} from generate_series(1, 20) d`,
    [vm, new Date(today).toISOString().slice(0, 10)],
  );
  // An hour before it was made: then it had what it has.
  await rows(
    `insert into history.vm_hourly_history (history_datetime, vm_id, vm_status, minutes_in_status, vm_configuration_version) values ($2, $1, 1, 60, ${version})`,
    [vm, new Date(Math.max(monday, now - 3_600_000))],
  );
}

async function seen(shape: Locator, what: string): Promise<void> {
  await shape.first().waitFor({ state: 'attached' });
  const box = await shape.first().boundingBox();
  assert.ok((box?.width ?? 0) > 50, `${what} can be seen: ${JSON.stringify(box)}`);
}

/** Opens the forecasts, the sizes and the costs as a reader does, and looks at their charts. */
export async function walkTrends(page: Page, installation: Installation, client: Client): Promise<void> {
  const { url } = installation;
  const [domain] = await client.storageDomains.list({ search: 'name=data' });
  const [vm] = await client.vms.list({ search: 'name=reported' });
  await seed(installation, domain?.id ?? '', vm?.id ?? '');

  await page.goto(`${url}${webadmin}/reports/STORAGE-FORECAST?historyDays=30&horizonDays=60&storageDomain=${domain?.id ?? ''}`);
  const chart = page.getByRole('region', { name: 'data', exact: true });
  for (const name of ['Used', 'Trend', 'Range of the trend (90 %)', '90 % of the total'])
    await seen(chart.locator('svg path').filter({ hasText: name }), name);
  await page
    .getByRole('table')
    .getByText(/^Full in \d+ days by its trend/)
    .waitFor();
  // What is typed goes into the address, and the limit follows it.
  const form = page.getByRole('form', { name: 'Criteria' });
  await form.getByLabel('Full at (%)').fill('80');
  await form.getByRole('button', { name: 'Show report' }).click();
  await seen(chart.locator('svg path').filter({ hasText: '80 % of the total' }), 'the other limit');
  assert.match(decodeURIComponent(page.url()), /fullPercent="?80/);

  await page.goto(`${url}${webadmin}/reports/RIGHT-SIZING?vm=${vm?.id ?? ''}`);
  await page
    .getByRole('table')
    .first()
    .getByText(/were used on average/)
    .waitFor();
  await page.getByRole('cell', { name: 'Too small', exact: true }).first().waitFor();

  await page.goto(`${url}${webadmin}/reports/SHOWBACK`);
  await form.getByLabel('Period range').selectOption('daily');
  await form.getByLabel('Start date').fill(new Date(Date.now() - 3_600_000).toISOString().slice(0, 10));
  await form.getByLabel('Price list').selectOption({ label: 'Prices of the house (EUR)' });
  await form.getByLabel('Cost by').selectOption('vm');
  await form.getByRole('button', { name: 'Show report' }).click();
  const bars = page.getByRole('region', { name: 'Cost in EUR' }).locator('svg rect:has(title)');
  await seen(bars.filter({ hasText: /reported, CPU: / }), 'the bar of the machine');
  // One vCPU for an hour, by the price of its cluster.
  await page
    .getByRole('row', { name: /reported/ })
    .getByRole('cell', { name: '1.25', exact: true })
    .waitFor();
  assert.deepEqual(await page.getByRole('alert').allInnerTexts(), []);
}
