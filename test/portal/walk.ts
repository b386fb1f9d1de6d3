import type { ActionDescription, Entity, Kind, TabDescription } from '@virgate/portal/kinds/kind';
import type { Client } from '@virgate/sdk';
import type { Page } from 'playwright-core';
import { eventually } from '../engine/installation.ts';
import { press } from './actions.ts';
import { Columns } from './columns.ts';
import { fillForm, readBack } from './forms.ts';
import { PartsWalk } from './parts.ts';
import { dialogMs, Place, text } from './place.ts';
import type { ActionPlan, KindPlan } from './plan.ts';
import type { Walked } from './walked.ts';

/** Walks through everything that a kind's description says, as a user does, and checks with the API what came of it. */
export class Walk {
  readonly walked: Walked;
  readonly #at: Place;
  readonly #client: Client;
  readonly #columns: Columns;
  #ended = false;
  /** What is being done now. */
  #doing = '';

  /** Whether the time of a kind ended: the page is closed. */
  get ended(): boolean {
    return this.#ended;
  }

  constructor(page: Page, baseUrl: string, client: Client, walked: Walked) {
    this.#at = new Place(page, baseUrl);
    this.#client = client;
    this.walked = walked;
    this.#columns = new Columns(this.#at, client, walked);
  }

  /**
   * Everything of one kind, as far as the time goes: what is then left is not done, and its end is a problem of its own.
   * The page is closed when the time ends, so that nothing waits any longer.
   */
  async kindWithin(limitMs: number, kind: Kind, plan: KindPlan = {}): Promise<void> {
    const timer = setTimeout(() => {
      this.#ended = true;
      this.#problem(kind.page, `its time of ${Math.round(limitMs / 1_000)} s ended, at ${this.#doing}`);
      void this.#at.page.close();
    }, limitMs);
    try {
      await this.#tried(kind.page, () => this.kind(kind, plan));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Everything of one kind. */
  async kind(kind: Kind, plan: KindPlan = {}): Promise<void> {
    if (plan.skip !== undefined) return;
    await plan.before?.(this.#client);
    let id = await plan.subject?.(this.#client);
    await this.#at.open(kind.path);
    for (const action of kind.adds ?? [])
      id = (await this.#tried(`${kind.page}: ${action.key}`, () => this.#add(kind, action, plan.actions?.[action.key]))) ?? id;
    if (id === undefined) return this.#problem(kind.page, 'nothing to walk on');
    const listed = id;
    await this.#tried(kind.page, () => this.#columns.ofList(kind, listed));
    const actions = kind.actions ?? [];
    for (const action of actions.filter((one) => one.danger !== true))
      await this.#tried(`${kind.page}: ${action.key}`, () => this.#act(kind, action, listed, plan.actions?.[action.key]));
    await plan.prepareTabs?.(this.#client, listed);
    const shownFor = async (tab: TabDescription): Promise<string> => {
      const name = typeof plan.tabsOf === 'string' ? plan.tabsOf : plan.tabsOf?.[tab.key];
      return name === undefined ? listed : ((await this.#named(kind, name)) ?? listed);
    };
    for (const tab of kind.tabs)
      await this.#tried(`${kind.page}-${tab.key}`, async () => await this.#tab(kind, await shownFor(tab), tab, plan));
    for (const action of actions.filter((one) => one.danger === true)) {
      const own = plan.actions?.[action.key];
      // The first removal takes the object that was made: another one is made for the next.
      if (!(await this.#exists(kind, id))) id = (await plan.subject?.(this.#client)) ?? (await this.#again(kind, plan)) ?? id;
      const removed = id;
      await this.#tried(`${kind.page}: ${action.key}`, () => this.#act(kind, action, removed, own));
    }
  }

  /** One thing that cannot be done is a problem, and not the end of the walk. */
  async #tried<T>(what: string, run: () => Promise<T>): Promise<T | undefined> {
    if (this.#ended) return undefined;
    this.#doing = what;
    try {
      return await run();
    } catch (error) {
      this.#at.spoil();
      // What fails because the page was closed under it says nothing of the portal.
      if (!this.#ended) this.#problem(what, error instanceof Error ? error.message.split('\n').slice(0, 3).join(' ') : String(error));
      return undefined;
    }
  }

  #problem(place: string, what: string): void {
    this.walked.problems.push(`${place}: ${what}`);
  }

  async #one(kind: Kind, id: string): Promise<Entity> {
    return await kind.one(this.#client, id, AbortSignal.timeout(dialogMs));
  }

  async #list(kind: Kind): Promise<readonly Entity[]> {
    return await kind.list(this.#client, '', AbortSignal.timeout(dialogMs));
  }

  async #exists(kind: Kind, id: string): Promise<boolean> {
    return await this.#one(kind, id).then(
      () => true,
      () => false,
    );
  }

  async #again(kind: Kind, plan: KindPlan): Promise<string | undefined> {
    const [action] = kind.adds ?? [];
    if (action === undefined) return undefined;
    await this.#at.open(kind.path);
    return await this.#add(kind, action, plan.actions?.[action.key]);
  }

  async #named(kind: Kind, name: string): Promise<string | undefined> {
    return (await this.#list(kind)).find((one) => (kind.name?.(one) ?? one.name) === name)?.id;
  }

  async #add(kind: Kind, action: ActionDescription, plan: ActionPlan | undefined): Promise<string | undefined> {
    if (plan?.skip !== undefined || action.form === undefined) return undefined;
    let made: string | undefined;
    for (const round of plan?.rounds ?? [{}]) {
      const before = new Set((await this.#list(kind)).map((one) => one.id));
      await round.prepare?.(this.#client, '');
      if (round.prepare !== undefined) {
        this.#at.spoil();
        await this.#at.open(kind.path);
      }
      await this.#at.page
        .getByRole('button', { name: text(action.label), exact: true })
        .first()
        .click();
      const sent = await fillForm(this.#at, this.#client, kind.page, action, action.form, round, undefined, this.walked);
      if (sent === undefined) continue;
      const fresh = await eventually('the new object is there', async () => (await this.#list(kind)).find((one) => !before.has(one.id)));
      const id = fresh.id ?? '';
      if (round.aside !== true) made = id;
      this.walked.actions.add(`${kind.page}|${action.key}`);
      await readBack(this.#client, action.form, sent, await this.#one(kind, id), round, id, '', this.walked);
    }
    return made;
  }

  async #act(kind: Kind, action: ActionDescription, id: string, plan: ActionPlan | undefined): Promise<void> {
    if (plan?.skip !== undefined || action.dialog !== undefined) return;
    if (plan?.on !== undefined) id = (await this.#named(kind, plan.on)) ?? id;
    for (const round of plan?.rounds ?? [{}]) {
      await plan?.prepare?.(this.#client, id, '');
      await round.prepare?.(this.#client, id);
      // What was prepared outside the page it shows for certain when it is loaded.
      if (plan?.prepare !== undefined || round.prepare !== undefined) this.#at.spoil();
      await this.#at.open(`${kind.path}/${id}`);
      const button = this.#at.page.getByRole('toolbar').getByRole('button', { name: text(action.label), exact: true });
      await this.#at.shown(button);
      await press(this.#at, this.#client, this.walked, action, button, round, {
        place: kind.page,
        id,
        ownerId: '',
        read: () => this.#one(kind, id),
      });
    }
  }

  async #tab(kind: Kind, id: string, tab: TabDescription, plan: KindPlan): Promise<void> {
    await this.#at.open(`${kind.path}/${id}?tab=${tab.key}`);
    await this.#at.shown(this.#at.page.getByRole('tab', { name: text(tab.label), exact: true, selected: true }));
    if (tab.facts !== undefined) {
      const owner = { ...(await this.#one(kind, id)), id };
      const more = await tab.more?.read(this.#client, owner, AbortSignal.timeout(dialogMs));
      await this.#columns.ofFacts(`${kind.page}-${tab.key}`, tab.facts, { ...owner, ...more });
    }
    for (const [index, parts] of (tab.parts ?? []).entries())
      await new PartsWalk(this.#at, this.#client, this.walked, { kind, ownerId: id, tab, parts, index, plan }).walk(
        this.#columns,
        (what, run) => this.#tried(what, run),
      );
  }
}
