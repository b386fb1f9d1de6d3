import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPortal, portalFolder } from '@virgate/portal/build';
import { fieldsOf } from '@virgate/portal/kinds/form';
import type { ActionDescription, Kind } from '@virgate/portal/kinds/kind';
import { en, type TextKey } from '@virgate/portal/text';
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

/**
 * Walks through the portal in a browser before a real engine, and prints how much of the contract's list of pages that was, and what is missing.
 * An action counts when it sent its request and was not refused, a field when it was set to another value than it had and the API tells it
 * afterwards, a column when it showed what the API says.
 * @returns the exit code: 1 when something did not do what it says
 */
export async function coverPortal(): Promise<number> {
  const list = JSON.parse(await readFile(pagesFile, 'utf8')) as Pages;
  const kinds = await allKinds();
  await buildPortal();
  const installation = await startForPortal(portalFolder);
  const walked = new Walked();
  try {
    const browser = await launchChromium();
    try {
      const context = await openPortal(browser, installation);
      for (const kind of kinds) {
        const page = await context.newPage();
        await new Walk(page, installation.url, clientOver(installation.rest), walked).kind(kind, plans[kind.page]);
        await page.close();
      }
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
