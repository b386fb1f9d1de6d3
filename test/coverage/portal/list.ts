import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A sub-tab of a page: what it shows, and what can be done there. */
export interface Tab {
  readonly place: string;
  readonly columns?: readonly string[];
  readonly fields?: readonly string[];
  readonly actions: readonly string[];
}

export interface DialogField {
  readonly name: string;
  readonly label?: string;
}

/** What the portal is counted against: the contract's pages and dialogs. */
export interface Pages {
  readonly pages: Readonly<Record<string, { columns: readonly string[]; actions: readonly string[]; subtabs: readonly Tab[] }>>;
  readonly dialogs: Readonly<Record<string, readonly DialogField[]>>;
}

type Reasons = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Entries that are not counted, by place and label (fields: by dialog and name), each with the key of its reason. */
export interface LeftOut {
  readonly reasons: Readonly<Record<string, string>>;
  readonly columns: Reasons;
  readonly actions: Reasons;
  readonly fields: Reasons;
}

const folder = join(import.meta.dirname, '../../../packages/contract/data/portal');

export async function readPages(): Promise<Pages> {
  return JSON.parse(await readFile(join(folder, 'pages.json'), 'utf8')) as Pages;
}

export async function readLeftOut(): Promise<LeftOut> {
  return JSON.parse(await readFile(join(folder, 'left-out.json'), 'utf8')) as LeftOut;
}

/** One place with what it shows and what can be done there. */
export interface Place {
  readonly place: string;
  readonly columns: readonly string[];
  readonly actions: readonly string[];
}

/** Pages and their sub-tabs in the list's order. */
export function placesOf(list: Pages): Place[] {
  return Object.entries(list.pages).flatMap(([page, { columns, actions, subtabs }]) => [
    { place: page, columns, actions },
    ...subtabs.map((tab) => ({ place: tab.place, columns: [...(tab.columns ?? []), ...(tab.fields ?? [])], actions: tab.actions })),
  ]);
}
