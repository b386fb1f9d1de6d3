import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { ApiFault } from '@virgate/sdk';
import type { Client } from '@virgate/sdk';
import type { Vm } from '@virgate/contract/generated/types';
import { defaultClusterId, eventually } from '../engine/installation.ts';
import { addPriceList } from './trends.ts';

/** Samples are taken every minute; two of them are enough. */
const samplesMs = 200_000;
/** A page is loaded anew for each report, on a machine that may have other things to do. */
const reportMs = 60_000;

const bars = (page: Page, chart: string) => page.getByRole('region', { name: chart }).locator('svg rect:has(title)');

/** The machine that reports are asked about: made early, so that it has its samples by then. */
export const addReportedVm = (client: Client): Promise<Vm> =>
  client.vms.add({ name: 'reported', cluster: { id: defaultClusterId }, template: { name: 'Blank' } });

/** What an address answers that gave no file. */
const whatAnswers = (page: Page, url: string): Promise<string> =>
  page.evaluate(async (asked) => {
    if (!asked.startsWith('http')) return asked;
    const answer = await fetch(asked);
    return `${asked}: ${answer.status} ${(await answer.text()).slice(0, 500)}`;
  }, url);

/** Opens every report from the list as a reader does, and looks at its figures: of the hour that goes on, by its samples. */
export async function walkReports(page: Page, url: string, client: Client, vm: Vm): Promise<void> {
  const [host] = await client.hosts.list({ max: 1 });
  const [domain] = await client.storageDomains.list({ search: 'name=data' });
  const [cluster] = await client.clusters.list({ search: 'name=Default' });
  // An hour may end while samples are awaited.
  const hour = await eventually(
    'the history has samples of the hosts, and of the new machine',
    async () => {
      const now = new Date();
      const one = { period: 'hourly', startDate: now.toISOString().slice(0, 10), startHour: now.getUTCHours() } as const;
      const uptime = await client.virgate.reports.report('BR7').get({ ...one });
      const machine = await client.virgate.reports
        .report('BR10A')
        .get({ ...one, vm: vm.id ?? '' })
        .catch((error: unknown) => {
          if (error instanceof ApiFault && error.status === 404) return undefined;
          throw error;
        });
      return uptime.hasData && machine !== undefined && one;
    },
    samplesMs,
  );
  const chosen: Record<string, string> = {
    host: host?.id ?? '',
    hosts: host?.id ?? '',
    vm: vm.id ?? '',
    vms: vm.id ?? '',
    storageDomain: domain?.id ?? '',
    cluster: cluster?.id ?? '',
    dataCenter: cluster?.data_center?.id ?? '',
  };
  const reports = await client.virgate.reports.list();
  await page.goto(`${url}/ovirt-engine/webadmin/reports`);
  await page.getByRole('heading', { name: 'Reports', level: 1 }).waitFor();
  const listed = page.getByRole('main').getByRole('listitem');
  await listed.first().waitFor({ timeout: reportMs });
  assert.equal(await listed.count(), reports.length);
  await addPriceList(page);
  chosen['priceList'] = (await client.virgate.priceLists.list())[0]?.id ?? '';
  for (const { code, name, criteria, needs } of reports) {
    const search = new URLSearchParams({
      ...(criteria.includes('period') ? { ...hour, startHour: String(hour.startHour) } : {}),
      ...Object.fromEntries(needs.map((need) => [need, chosen[need] ?? ''])),
    });
    await page.goto(`${url}/ovirt-engine/webadmin/reports/${code}?${search.toString()}`);
    await page.getByRole('heading', { name, level: 1 }).waitFor();
    const alert = page.getByRole('alert');
    await page.getByRole('article').or(alert).first().waitFor({ timeout: reportMs });
    assert.deepEqual(await alert.allInnerTexts(), [], code);
  }

  // Bars of the hosts' time, and the same in words.
  const worst = `${url}/ovirt-engine/webadmin/reports/BR7B?period=hourly&startDate=${hour.startDate}&startHour=${hour.startHour}`;
  await page.goto(worst);
  const up = bars(page, 'Top 10 Downtime Hosts').filter({ hasText: /Uptime: \d/ });
  await up.first().waitFor();
  assert.ok((await up.count()) >= 2, 'a bar for each host');
  assert.ok(((await up.first().boundingBox())?.width ?? 0) > 50, 'the bar can be seen');

  // Criteria by hand: a span without data is said to have none; an end before the start is refused with its field.
  const form = page.getByRole('form', { name: 'Criteria' });
  await form.getByLabel('Period range').selectOption('monthly');
  await form.getByLabel('Start date').fill('2020-01-01');
  await form.getByRole('button', { name: 'Show report' }).click();
  await page.getByText('There is no data for these criteria.').waitFor();
  assert.match(page.url(), /period=monthly/);
  await form.getByLabel('End date').fill('2019-01-01');
  await form.getByRole('button', { name: 'Show report' }).click();
  await page.getByRole('alert').getByText('the period ends before it starts', { exact: false }).waitFor();

  // Files: of the report by the engine, of a chart by the browser.
  await page.goto(worst);
  for (const [link, name] of [
    [page.getByRole('link', { name: 'PDF' }), /\.pdf$/],
    [page.getByRole('link', { name: 'XLSX' }), /\.xlsx$/],
    [page.getByRole('button', { name: 'Top 10 Downtime Hosts as SVG' }), /\.svg$/],
    [page.getByRole('button', { name: 'Top 10 Downtime Hosts as PNG' }), /\.png$/],
  ] as const) {
    const [file] = await Promise.all([page.waitForEvent('download'), link.click()]);
    assert.equal(await file.failure(), null, await whatAnswers(page, file.url()));
    assert.match(file.suggestedFilename(), name);
    const content = await readFile(await file.path());
    if (name.source.includes('svg')) assert.match(content.toString(), /^<svg [^]*<rect [^]*Uptime: \d/);
    // Twice the size of the drawing, and more than an empty one would take.
    if (name.source.includes('png'))
      assert.deepEqual([content.subarray(1, 4).toString(), content.readUInt32BE(16), content.length > 5000], ['PNG', 1920, true]);
  }

  // From an object's menu to its reports, with it chosen.
  await page.goto(`${url}/ovirt-engine/webadmin/hosts/${host?.id ?? ''}`);
  await page.getByRole('toolbar').getByRole('button', { name: 'Reports' }).click();
  await page.getByRole('link', { name: /BR2A/ }).click();
  await page.getByRole('heading', { name: /BR2A/, level: 1 }).waitFor();
  assert.match(page.url(), new RegExp(`host=${host?.id ?? ''}`));
}
