import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { buildPortal, portalFolder } from '@virgate/portal/build';
import type { Kind } from '@virgate/portal/kinds/kind';
import type { Browser, BrowserContext } from 'playwright-core';
import type { Client } from '@virgate/sdk';
import type { Installation } from '../../engine/installation.ts';
import { clientOver } from '../../portal/client.ts';
import { openPortal, startForPortal } from '../../portal/fixture.ts';
import { allKinds } from '../../portal/kinds.ts';
import { ownWalks } from '../../portal/own-walk.ts';
import type { OwnWalk } from '../../portal/own-walk.ts';
import { plans } from '../../portal/plans.ts';
import { everything, Walked } from '../../portal/walked.ts';
import { Walk } from '../../portal/walk.ts';
import { launchChromium } from '../../portal-driver.ts';
import { Done } from './done.ts';
import { readLeftOut, readPages } from './list.ts';
import { printReport } from './report.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Instead of pages: what descriptions have, done or not. */
const described = 'described';
const intoWord = 'into=';
/** Longest for one kind, and for all of them: what is then left is missing, and what was done is told. */
const kindMs = 300_000;
const walkMs = 2_400_000;
const sets = ['columns', 'actions', 'fields', 'listed'] as const;

/** What earlier runs did, one list a line of the file; nothing when there is no such file. */
async function readWalked(file: string, walked: Walked): Promise<void> {
  if (!existsSync(file)) return;
  const kept = JSON.parse(await readFile(file, 'utf8')) as Partial<Record<(typeof sets)[number], readonly string[]>>;
  for (const what of sets) for (const one of kept[what] ?? []) walked[what].add(one);
}

/**
 * Walks through the portal in a browser before a real engine, and prints how much of the contract's list of pages that was, and what is missing.
 * An action counts when it sent its request and was not refused, a field when it was set to another value than it had and the API tells it
 * afterwards, a column when it showed what the API says.
 * @param words pages to walk through, by their names in the list, none: all; `described`: no browser, what a walk could reach at most;
 * `into=FILE`: counts what runs before did too, as the file says, and adds this one to it
 * @returns the exit code: 1 when something did not do what it says
 */
export async function coverPortal(words: readonly string[]): Promise<number> {
  const into = words.find((word) => word.startsWith(intoWord))?.slice(intoWord.length);
  const only = words.filter((word) => !word.startsWith(intoWord));
  const [list, leftOut, kinds] = await Promise.all([readPages(), readLeftOut(), allKinds()]);
  if (only.includes(described)) {
    printReport(list, leftOut, new Done(kinds, everything(kinds, ownWalks)), say);
    return 0;
  }
  const unknown = only.filter((name) => !kinds.some((kind) => kind.page === name));
  if (unknown.length > 0) {
    say(`No such page: ${unknown.join(', ')}. There are: ${kinds.map((kind) => kind.page).join(', ')}`);
    return 2;
  }
  await buildPortal();
  const installation = await startForPortal(portalFolder);
  const walked = new Walked();
  try {
    const browser = await launchChromium();
    try {
      await walkAll(
        browser,
        installation,
        kinds.filter((kind) => only.length === 0 || only.includes(kind.page)),
        ownWalks.filter((walk) => only.length === 0 || walk.pages.some((page) => only.includes(page))),
        walked,
      );
    } catch (error) {
      walked.problems.push(`the walk: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      await browser.close();
    }
  } finally {
    await installation.stop();
  }
  if (into !== undefined) {
    await readWalked(into, walked);
    const kept = Object.fromEntries(sets.map((what) => [what, [...walked[what]].toSorted()]));
    await writeFile(into, JSON.stringify(kept, null, 1));
  }
  printReport(list, leftOut, new Done(kinds, walked), say, only);
  if (walked.uncounted.size > 0) say(`set, but not seen to arrive, and not counted: ${[...walked.uncounted].join(', ')}`);
  for (const problem of walked.problems) say(`- ${problem}`);
  return walked.problems.length > 0 ? 1 : 0;
}

/** A walk of its own on a page of its own, which is closed when its time ends. */
async function walkOwn(context: BrowserContext, base: string, client: Client, own: OwnWalk, walked: Walked): Promise<void> {
  const from = performance.now();
  const page = await context.newPage();
  const timer = setTimeout(() => void page.close(), kindMs);
  try {
    await own.run(page, base, client);
    walked.list(own.names);
  } catch (error) {
    walked.problems.push(`${own.title}: ${error instanceof Error ? error.message.slice(0, 600) : String(error)}`);
  } finally {
    clearTimeout(timer);
    await page.close();
  }
  say(`${own.title}: ${((performance.now() - from) / 1_000).toFixed(1)} s`);
}

/** One page for all kinds, as a user has; another one after the time of a kind ended. */
async function walkAll(
  browser: Browser,
  installation: Installation,
  kinds: readonly Kind[],
  own: readonly OwnWalk[],
  walked: Walked,
): Promise<void> {
  const context = await openPortal(browser, installation);
  const client = clientOver(installation.rest);
  const begun = performance.now();
  for (const one of own) await walkOwn(context, installation.url, client, one, walked);
  let walk: Walk | undefined;
  for (const kind of kinds) {
    const from = performance.now();
    const left = walkMs - (from - begun);
    if (left <= 0) {
      walked.problems.push(`${kind.page}: no time was left for it`);
      continue;
    }
    if (walk === undefined || walk.ended) walk = new Walk(await context.newPage(), installation.url, client, walked);
    const problems = walked.problems.length;
    await walk.kindWithin(Math.min(kindMs, left), kind, plans[kind.page]);
    const seconds = ((performance.now() - from) / 1_000).toFixed(1);
    say(`${kind.page}: ${seconds} s, ${walked.problems.length - problems} problems`);
  }
  say('');
}
