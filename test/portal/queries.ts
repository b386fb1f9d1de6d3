import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';

const view = 'v4_5_statistics_hosts_resources_usage_samples';

/** Asks a view of the history as a power user does: put together by hand, answered as table, chart and file, linked to and kept. */
export async function walkQueries(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/ovirt-engine/webadmin/reports`);
  await page.getByRole('link', { name: 'Ad hoc query' }).click();
  await page.getByRole('heading', { name: 'Ad hoc query', level: 1 }).waitFor();
  const form = page.getByRole('form', { name: 'Ad hoc query' });
  await form.getByLabel('View of the warehouse').selectOption(view);
  await form.getByText('Figures of hosts: a row for each minute and status.').waitFor();
  await form.getByRole('button', { name: /Columns of this view/ }).click();
  await form.getByText('Usage of the CPUs.').waitFor();
  for (const name of ['host_status', 'history_datetime', 'host_id'])
    await form.getByRole('button', { name: `Add column ${name}`, exact: true }).click();
  await form.getByRole('group', { name: 'Column 3' }).getByLabel('Shown as').selectOption('count');
  await form.getByRole('group', { name: 'Column 2' }).getByLabel('Shown as').selectOption('hour');
  await form.getByRole('group', { name: 'Column 3' }).getByLabel('Sorted').selectOption('descending');
  await form.getByRole('button', { name: 'Add filter' }).click();
  const filter = form.getByRole('group', { name: 'Filter 1' });
  await filter.getByLabel('Column').selectOption('host_status');
  await filter.getByLabel('Value', { exact: true }).selectOption([{ label: 'Up' }]);
  await form.getByLabel('Period', { exact: true }).selectOption('day');
  await form.getByLabel('Chart', { exact: true }).selectOption('bar');
  await form.getByRole('button', { name: 'Ask' }).click();
  const table = page.getByRole('table', { name: view });
  await table.getByRole('cell', { name: 'Up' }).first().waitFor();
  const bars = page.getByRole('region', { name: 'count(host_id)' }).locator('svg rect:has(title)').filter({ hasText: /Up/ });
  assert.ok(((await bars.first().boundingBox())?.height ?? 0) > 20, 'a bar can be seen');

  // The address holds all of it.
  const address = page.url();
  await page.goto(`${url}/ovirt-engine/webadmin/reports`);
  await page.goto(address);
  await table.getByRole('cell', { name: 'Up' }).first().waitFor();
  assert.equal(await page.getByLabel('Chart', { exact: true }).inputValue(), 'bar');

  const keep = page.getByRole('form', { name: 'Keep this query' });
  await keep.getByLabel('Name').fill('Hosts by hour');
  await keep.getByRole('button', { name: 'Keep this query' }).click();
  await page.getByRole('region', { name: 'Your queries' }).getByRole('link', { name: 'Hosts by hour' }).waitFor();
  for (const [link, name, begin] of [
    [page.getByRole('link', { name: 'CSV' }), /\.csv$/, '\uFEFFv4_5_'],
    [page.getByRole('link', { name: 'Parquet' }), /\.parquet$/, 'PAR1'],
    [page.getByRole('button', { name: 'count(host_id) as SVG' }), /\.svg$/, '<svg '],
  ] as const) {
    const [file] = await Promise.all([page.waitForEvent('download'), link.click()]);
    assert.match(file.suggestedFilename(), name);
    assert.ok((await readFile(await file.path(), 'utf8')).startsWith(begin), file.suggestedFilename());
  }
  await page.getByRole('button', { name: 'Remove Hosts by hour' }).click();
  await page.getByRole('region', { name: 'Your queries' }).waitFor({ state: 'detached' });

  // What makes no sense is refused with its field.
  const again = page.getByRole('form', { name: 'Ad hoc query' });
  await again.getByLabel('Period', { exact: true }).selectOption('');
  await again.getByLabel('First day').fill('2030-01-02');
  await again.getByLabel('Last day').fill('2030-01-01');
  await again.getByRole('button', { name: 'Ask' }).click();
  await page.getByRole('alert').getByText('the period ends before it starts', { exact: false }).waitFor();
}
