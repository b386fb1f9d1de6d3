// Budget: 158 s
// Needs: browser
/** Pages walked through in a browser before a real engine: those whose plan says `inTests`; `npm run coverage -- portal` walks through all. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Vm } from '@virgate/contract/generated/types';
import { buildPortal, portalFolder } from '@virgate/portal/build';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Installation } from '../engine/installation.ts';
import { launchChromium } from '../portal-driver.ts';
import { clientOver } from './client.ts';
import { allKinds } from './kinds.ts';
import { ownWalks } from './own-walk.ts';
import { plans } from './plans.ts';
import { walkQueries } from './queries.ts';
import { addReportedVm, walkReports } from './reports.ts';
import { walkTrends } from './trends.ts';
import { Walk } from './walk.ts';
import { everything, Walked } from './walked.ts';
import { openPortal, startForPortal } from './fixture.ts';

let installation: Installation;
let browser: Browser;
let context: BrowserContext;
let reported: Vm;

before(async () => {
  await buildPortal();
  installation = await startForPortal(portalFolder);
  reported = await addReportedVm(clientOver(installation.rest));
  browser = await launchChromium();
  context = await openPortal(browser, installation);
});

after(async () => {
  await browser?.close();
  await installation?.stop();
});

/** A page whose complaints fail the test. */
async function onPage(run: (page: Page) => Promise<void>): Promise<void> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text());
  });
  const unanswered: string[] = [];
  page.on('requestfailed', (request) => unanswered.push(`${request.url()}: ${request.failure()?.errorText ?? ''}`));
  await run(page).catch((error: unknown) => {
    throw new Error(`${String(error)}\nwithout an answer: ${unanswered.slice(-10).join(', ')}`, { cause: error });
  });
  await page.close();
  assert.deepEqual(complaints, []);
}

for (const kind of (await allKinds()).filter((one) => plans[one.page]?.inTests === true)) {
  test(`${kind.path}: every column, action and field of its description does what it says`, { timeout: 240_000 }, async (t) => {
    const walked = new Walked();
    await onPage((page) => new Walk(page, installation.url, clientOver(installation.rest), walked).kind(kind, plans[kind.page]));
    const all = everything([kind]);
    for (const what of ['columns', 'actions', 'fields'] as const)
      t.diagnostic(
        `${walked[what].size} of ${all[what].size} ${what}; not: ${[...all[what]].filter((one) => !walked[what].has(one)).join(', ')}`,
      );
    assert.deepEqual(walked.problems, []);
  });
}

for (const own of ownWalks.filter((one) => one.inTests === true))
  test(own.title, { timeout: 180_000 }, () => onPage((page) => own.run(page, installation.url, clientOver(installation.rest))));

test('every report opens; bars of hosts are seen, criteria chosen by hand, files kept', { timeout: 300_000 }, () =>
  onPage((page) => walkReports(page, installation.url, clientOver(installation.rest), reported)),
);

test('a view of the history is asked by hand: table, bars, files, a link, kept', { timeout: 240_000 }, () =>
  onPage((page) => walkQueries(page, installation.url)),
);

test('trends of a seeded history are seen: line, band and limit of a storage domain, bars of sizes and costs', { timeout: 240_000 }, () =>
  onPage((page) => walkTrends(page, installation, clientOver(installation.rest))),
);
