import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPortal, portalFolder } from '@virgate/portal/build';
import { fieldsOf } from '@virgate/portal/kinds/form';
import type { ActionDescription, Kind } from '@virgate/portal/kinds/kind';
import { en, type TextKey } from '@virgate/portal/text';
import type { Browser } from 'playwright-core';
import type { Installation } from '../engine/installation.ts';
import { clientOver } from '../portal/client.ts';
import { openPortal, startForPortal } from '../portal/fixture.ts';
import { allKinds } from '../portal/kinds.ts';
import { plans } from '../portal/plans.ts';
import { Walk, Walked } from '../portal/walk.ts';
import { launchChromium } from '../portal-driver.ts';

interface Tab {
  readonly place: string;
  readonly columns?: readonly string[];
  readonly fields?: readonly string[];
  readonly actions: readonly string[];
}
interface Pages {
  readonly pages: Readonly<Record<string, { columns: readonly string[]; actions: readonly string[]; subtabs: readonly Tab[] }>>;
  readonly dialogs: Readonly<Record<string, readonly { name: string; label?: string }[]>>;
}

const pagesFile = join(import.meta.dirname, '../../packages/contract/data/portal/pages.json');
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** What of a label is compared: letters and digits; units and what an icon stands for are left out. */
const plain = (label: string): string =>
  label
    .replaceAll(/\([^)]*\)|\[[^\]]*\]/g, '')
    .replace(/^virtual machine\(s\)/i, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
const said = (key: TextKey): string => plain(en[key]);
/** `nameEditor` and `name` are the same field. */
const fieldName = (name: string): string => name.replace(/(Editor|Widget)$/, '');

/** What was done, by the names that the contract's list has. */
class Done {
  readonly #columns = new Set<string>();
  readonly #actions = new Set<string>();
  readonly #fields = new Set<string>();

  constructor(kinds: readonly Kind[], walked: Walked) {
    for (const kind of kinds) {
      for (const column of kind.columns)
        if (walked.columns.has(`${kind.page}|${column.label}`)) this.#columns.add(`${kind.page}|${said(column.label)}`);
      for (const action of [...(kind.adds ?? []), ...(kind.actions ?? [])]) this.#action(kind.page, action, walked);
      for (const tab of kind.tabs) {
        const place = `${kind.page}-${tab.key}`;
        const shown = [...(tab.facts ?? []), ...(tab.parts ?? []).flatMap((parts) => parts.columns)];
        for (const one of shown) if (walked.columns.has(`${place}|${one.label}`)) this.#columns.add(`${place}|${said(one.label)}`);
        for (const parts of tab.parts ?? [])
          for (const action of [...(parts.adds ?? []), ...(parts.actions ?? [])]) this.#action(place, action, walked);
      }
    }
  }

  #action(place: string, action: ActionDescription, walked: Walked): void {
    if (walked.actions.has(`${place}|${action.key}`)) this.#actions.add(`${place}|${said(action.label)}`);
    if (action.form === undefined) return;
    const dialog = action.form.dialog ?? action.form.title;
    for (const field of fieldsOf(action.form)) {
      if (!walked.fields.has(`${dialog}|${field.path}`)) continue;
      this.#fields.add(`${dialog}|${said(field.label)}`);
      for (const name of (field.covers ?? '').split(' ')) this.#fields.add(`${dialog}|=${fieldName(name)}`);
    }
  }

  column = (place: string, label: string): boolean => this.#columns.has(`${place}|${plain(label)}`);
  action = (place: string, label: string): boolean => this.#actions.has(`${place}|${plain(label)}`);
  field = (dialog: string, field: { name: string; label?: string }): boolean =>
    (field.label !== undefined && this.#fields.has(`${dialog}|${plain(field.label)}`)) ||
    this.#fields.has(`${dialog}|=${fieldName(field.name)}`) ||
    // Without a label of its own a field is called by its name.
    (field.label === undefined && this.#fields.has(`${dialog}|${plain(fieldName(field.name))}`));
}

/** Longest for one kind, and for all of them: what is then left is missing, and what was done is told. */
const kindMs = 75_000;
const walkMs = 420_000;

/**
 * Walks through the portal in a browser before a real engine, and prints how much of the contract's list of pages that was, and what is missing.
 * An action counts when it sent its request and was not refused, a field when it was set to another value than it had and the API tells it
 * afterwards, a column when it showed what the API says.
 * @param only pages to walk through, by their names in the list; none: all
 * @returns the exit code: 1 when something did not do what it says
 */
export async function coverPortal(only: readonly string[]): Promise<number> {
  const list = JSON.parse(await readFile(pagesFile, 'utf8')) as Pages;
  const kinds = await allKinds();
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
  print(list, new Done(kinds, walked));
  for (const problem of walked.problems) say(`- ${problem}`);
  return walked.problems.length > 0 ? 1 : 0;
}

/** One page for all kinds, as a user has; another one after the time of a kind ended. */
async function walkAll(browser: Browser, installation: Installation, kinds: readonly Kind[], walked: Walked): Promise<void> {
  const context = await openPortal(browser, installation);
  const client = clientOver(installation.rest);
  const begun = performance.now();
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

/** Counts of one line: how many of how many, and what is missing. */
class Count {
  done = 0;
  readonly missing: string[] = [];

  add(isDone: boolean, name: string): void {
    if (isDone) this.done += 1;
    else this.missing.push(name);
  }

  get all(): number {
    return this.done + this.missing.length;
  }

  toString(): string {
    return `${this.done}/${this.all}`;
  }
}

function print(list: Pages, done: Done): void {
  const total = { columns: new Count(), actions: new Count(), fields: new Count() };
  say(`${'page'.padEnd(36)}${'columns'.padStart(9)}${'actions'.padStart(9)}   missing`);
  const line = (place: string, columns: readonly string[], actions: readonly string[]): void => {
    const own = { columns: new Count(), actions: new Count() };
    for (const label of columns) for (const count of [own.columns, total.columns]) count.add(done.column(place, label), label);
    for (const label of actions) for (const count of [own.actions, total.actions]) count.add(done.action(place, label), label);
    const missing = [...own.columns.missing, ...own.actions.missing.map((label) => `[${label}]`)];
    say(`${place.padEnd(36)}${own.columns.toString().padStart(9)}${own.actions.toString().padStart(9)}   ${missing.join(', ')}`);
  };
  for (const [page, { columns, actions, subtabs }] of Object.entries(list.pages)) {
    line(page, columns, actions);
    for (const tab of subtabs) line(tab.place, [...(tab.columns ?? []), ...(tab.fields ?? [])], tab.actions);
  }
  say(`\n${'dialog'.padEnd(45)}${'fields'.padStart(9)}   missing`);
  for (const [dialog, fields] of Object.entries(list.dialogs)) {
    const own = new Count();
    for (const field of fields) for (const count of [own, total.fields]) count.add(done.field(dialog, field), field.label ?? field.name);
    say(`${dialog.padEnd(45)}${own.toString().padStart(9)}   ${own.missing.join(', ')}`);
  }
  const share = ({ done: some, all }: Count): string => `${some} of ${all} (${Math.round((100 * some) / all)} %)`;
  say(`\ncolumns: ${share(total.columns)}; actions: ${share(total.actions)}; fields of dialogs: ${share(total.fields)}`);
}
