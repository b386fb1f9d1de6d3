import type { ActionDescription, Entity, Kind, PartsDescription, TabDescription } from '@virgate/portal/kinds/kind';
import type { Client } from '@virgate/sdk';
import type { Locator } from 'playwright-core';
import { eventually } from '../engine/installation.ts';
import { press } from './actions.ts';
import type { Columns } from './columns.ts';
import { fillForm, readBack } from './forms.ts';
import { beginsWith, dialogMs, text, type Place } from './place.ts';
import type { ActionPlan, KindPlan } from './plan.ts';
import type { Walked } from './walked.ts';

/** One table of a tab: what can be added to it, what it shows, what can be done with its rows. */
export class PartsWalk {
  readonly #at: Place;
  readonly #client: Client;
  readonly #walked: Walked;
  readonly #kind: Kind;
  readonly #ownerId: string;
  readonly #tab: TabDescription;
  readonly #parts: PartsDescription;
  readonly #index: number;
  readonly #plan: KindPlan;
  readonly #place: string;
  readonly #section: Locator;
  /** The newest row that was added. */
  #made: Entity | undefined;

  constructor(
    at: Place,
    client: Client,
    walked: Walked,
    of: { kind: Kind; ownerId: string; tab: TabDescription; parts: PartsDescription; index: number; plan: KindPlan },
  ) {
    this.#at = at;
    this.#client = client;
    this.#walked = walked;
    this.#kind = of.kind;
    this.#ownerId = of.ownerId;
    this.#tab = of.tab;
    this.#parts = of.parts;
    this.#index = of.index;
    this.#plan = of.plan;
    this.#place = `${of.kind.page}-${of.tab.key}`;
    const name = text(of.parts.title ?? of.tab.label);
    this.#section = at.page.getByRole('tabpanel').getByRole('region', { name, exact: true });
  }

  /** @param tried runs one step, so that its failure does not end the walk */
  async walk(columns: Columns, tried: (what: string, run: () => Promise<void>) => Promise<void>): Promise<void> {
    for (const action of this.#parts.adds ?? []) await tried(`${this.#place}: ${action.key}`, () => this.#add(action));
    await tried(this.#place, async () =>
      columns.ofParts(this.#place, this.#section, this.#parts, await this.#rows(), () => this.#open(), this.#made),
    );
    for (const action of this.#parts.actions ?? []) await tried(`${this.#place}: ${action.key}`, () => this.#act(action));
  }

  #problem(what: string): void {
    this.#walked.problems.push(`${this.#place}: ${what}`);
  }

  #planOf(action: ActionDescription): ActionPlan | undefined {
    const { key } = this.#tab;
    return this.#plan.actions?.[`${this.#index === 0 ? key : `${key}.${this.#index}`}:${action.key}`];
  }

  async #rows(): Promise<readonly Entity[]> {
    const owner = await this.#kind.one(this.#client, this.#ownerId, AbortSignal.timeout(dialogMs));
    return await this.#parts.list(this.#client, { ...owner, id: this.#ownerId }, AbortSignal.timeout(dialogMs));
  }

  async #open(): Promise<void> {
    await this.#at.open(`${this.#kind.path}/${this.#ownerId}?tab=${this.#tab.key}`);
    await this.#at.shown(this.#section);
  }

  async #add(action: ActionDescription): Promise<void> {
    const own = this.#planOf(action);
    if (own?.skip !== undefined || action.form === undefined) return;
    for (const round of own?.rounds ?? [{}]) {
      await own?.prepare?.(this.#client, '', this.#ownerId);
      await round.prepare?.(this.#client, this.#ownerId);
      if (own?.prepare !== undefined || round.prepare !== undefined) this.#at.spoil();
      const before = new Set((await this.#rows()).map((one) => one.id));
      await this.#open();
      await this.#section.getByRole('button', { name: text(action.label), exact: true }).click();
      const sent = await fillForm(this.#at, this.#client, this.#place, action, action.form, round, undefined, this.#walked, this.#ownerId);
      if (sent === undefined) continue;
      this.#walked.actions.add(`${this.#place}|${action.key}`);
      const fresh = await eventually(
        `${this.#place}: what was added is there`,
        async () => (await this.#rows()).find((one) => !before.has(one.id)),
        dialogMs,
      ).catch(() => undefined);
      if (fresh === undefined) {
        this.#problem(`${action.key}: nothing new is there`);
        continue;
      }
      this.#made = fresh;
      await readBack(this.#client, action.form, sent, fresh, round, fresh.id ?? '', this.#ownerId, this.#walked);
    }
  }

  #nameOf(row: Entity): string {
    return this.#parts.name?.(row) ?? row.name ?? row.id ?? '';
  }

  /** The row of a name; without one the row that was added, or the first. */
  async #subject(name: string | undefined): Promise<Entity | undefined> {
    const all = await this.#rows();
    if (name !== undefined) return all.find((one) => this.#nameOf(one) === name);
    return all.find((one) => one.id === this.#made?.id) ?? all[0];
  }

  async #act(action: ActionDescription): Promise<void> {
    const own = this.#planOf(action);
    if (own?.skip !== undefined || action.dialog !== undefined) return;
    for (const round of own?.rounds ?? [{}]) {
      await own?.prepare?.(this.#client, this.#made?.id ?? '', this.#ownerId);
      const row = await this.#subject(own?.name);
      if (row === undefined) return this.#problem(`no row for ${action.key}`);
      await round.prepare?.(this.#client, row.id ?? '');
      if (own?.prepare !== undefined || round.prepare !== undefined) this.#at.spoil();
      await this.#open();
      const menu = this.#section.getByRole('button', { name: text('grid.actions.of', { name: this.#nameOf(row) }), exact: true }).first();
      await this.#at.shown(menu);
      await menu.click();
      // A reason may follow the label; one label may stand within another.
      const button = this.#at.page.getByRole('menuitem', { name: beginsWith(text(action.label)) }).first();
      const read = async (): Promise<Entity> => (await this.#rows()).find((one) => one.id === row.id) ?? row;
      await press(this.#at, this.#client, this.#walked, action, button, round, {
        place: this.#place,
        id: row.id ?? '',
        ownerId: this.#ownerId,
        read,
      });
    }
  }
}
