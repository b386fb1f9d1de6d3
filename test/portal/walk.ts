import { fieldsOf, initialValue } from '@virgate/portal/kinds/form';
import type {
  ActionDescription,
  Around,
  Entity,
  FieldDescription,
  FieldValue,
  FormDescription,
  Kind,
  Pair,
  PartsDescription,
  Reference,
  TabDescription,
  ValueDescription,
} from '@virgate/portal/kinds/kind';
import { labelOf } from '@virgate/portal/kinds/references';
import { textOf, type NameOf } from '@virgate/portal/kinds/value';
import { en, type TextKey } from '@virgate/portal/text';
import type { Client } from '@virgate/sdk';
import type { Locator, Page } from 'playwright-core';
import { eventually } from '../engine/installation.ts';

/** One way to fill in a form: what is not said gets a value that differs from what the field holds. */
export interface Round {
  readonly set?: Readonly<Record<string, FieldValue>>;
  /** The same for values that have to be looked for. */
  readonly find?: (client: Client) => Promise<Readonly<Record<string, FieldValue>>>;
  /** Fields that are left alone; `true`: all that `set` does not name. */
  readonly skip?: readonly string[] | true;
  /** Whether what was sent is there, for fields that cannot be read from the object: by path. */
  readonly check?: Readonly<Record<string, (client: Client, id: string, ownerId: string) => Promise<boolean>>>;
  /** Makes what the form needs, before it is opened. */
  readonly prepare?: (client: Client, id: string) => Promise<unknown>;
}

/** What walking one table or page has to know beside its description. */
export interface ActionPlan {
  readonly rounds?: readonly Round[];
  /** Why the walk leaves it out. */
  readonly skip?: string;
  /** Does what must be before; gives the name of the row to act on when it is not the first. */
  readonly prepare?: (client: Client, id: string, ownerId: string) => Promise<unknown>;
  readonly name?: string;
  /** Name of the object that it is done with, when it is not the one that the walk made. */
  readonly on?: string;
}

export interface KindPlan {
  /** Why nothing of the kind is walked through. */
  readonly skip?: string;
  /** Name of an object that is there and whose tabs are looked at, or of one for some tabs; otherwise the one that the walk made. */
  readonly tabsOf?: string | Readonly<Record<string, string>>;
  /** Makes the object that the walk acts on, for kinds that it cannot make in the portal. */
  readonly subject?: (client: Client) => Promise<string>;
  /** Makes what the list shall show. */
  readonly before?: (client: Client) => Promise<void>;
  /** By key of the action, for a tab's `tab:action`. */
  readonly actions?: Readonly<Record<string, ActionPlan>>;
  /** Makes what the tabs shall show. */
  readonly prepareTabs?: (client: Client, id: string) => Promise<unknown>;
}

/** What was really done in the browser, by names of the descriptions: `place|column`, `place|action`, `dialog|path`. */
export class Walked {
  readonly columns = new Set<string>();
  readonly actions = new Set<string>();
  readonly fields = new Set<string>();
  readonly problems: string[] = [];
}

const text = (key: TextKey, values: Readonly<Record<string, string | number>> = {}): string =>
  en[key].replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
const plain = (words: string | null | undefined): string => (words ?? '').replaceAll(/\s+/g, ' ').trim();
const dialogMs = 10_000;
/** Time for the engine to answer what a dialog sent. */
const answerMs = 30_000;
/** Time for what the page shows to follow a change, before it is loaded anew. */
const settleMs = 1_500;
const shownMs = 3_000;

interface Written {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** What is asked of the portal's router, which stands in the page under a name of its own. */
interface Router {
  readonly state: { readonly resolvedLocation?: { readonly publicHref: string } };
}

interface Set1 {
  readonly field: FieldDescription;
  readonly value: FieldValue;
}

/** Walks through everything that a kind's description says, as a user does, and checks with the API what came of it. */
export class Walk {
  readonly walked: Walked;
  readonly #page: Page;
  readonly #base: string;
  readonly #client: Client;
  #written: Written[] = [];
  #serial = 0;
  /** The application stands, and nothing in it is left half done: places are reached within it. */
  #standing = false;
  /** The place was reached within the application: what it shows may still have to follow. */
  #within = false;
  #ended = false;
  /** What is being done now. */
  #at = '';

  /** Whether the time of a kind ended: the page is closed. */
  get ended(): boolean {
    return this.#ended;
  }

  constructor(page: Page, baseUrl: string, client: Client, walked: Walked) {
    this.#page = page;
    this.#base = baseUrl;
    this.#client = client;
    this.walked = walked;
    page.on('response', (response) => {
      const method = response.request().method();
      const { pathname } = new URL(response.url());
      if (method !== 'GET' && /^\/(ovirt-engine\/api|virgate\/api)\//.test(pathname))
        this.#written.push({ method, path: pathname, status: response.status() });
    });
  }

  /**
   * Everything of one kind, as far as the time goes: what is then left is not done, and its end is a problem of its own.
   * The page is closed when the time ends, so that nothing waits any longer.
   */
  async kindWithin(limitMs: number, kind: Kind, plan: KindPlan = {}): Promise<void> {
    const timer = setTimeout(() => {
      this.#ended = true;
      this.#problem(kind.page, `its time of ${Math.round(limitMs / 1_000)} s ended, at ${this.#at}`);
      void this.#page.close();
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
    await this.#open(kind.path);
    for (const action of kind.adds ?? [])
      id = (await this.#tried(`${kind.page}: ${action.key}`, () => this.#add(kind, action, plan.actions?.[action.key]))) ?? id;
    if (id === undefined) {
      this.#problem(kind.page, 'nothing to walk on');
      return;
    }
    await this.#open(kind.path);
    const listed = id;
    await this.#tried(kind.page, () => this.#gridColumns(kind, listed));
    const actions = kind.actions ?? [];
    const gentle = actions.filter((action) => action.danger !== true);
    for (const action of gentle)
      await this.#tried(`${kind.page}: ${action.key}`, () => this.#objectAction(kind, action, listed, plan.actions?.[action.key]));
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
      await this.#tried(`${kind.page}: ${action.key}`, () => this.#objectAction(kind, action, removed, own));
    }
  }

  /** One thing that cannot be done is a problem, and not the end of the walk. */
  async #tried<T>(what: string, run: () => Promise<T>): Promise<T | undefined> {
    if (this.#ended) return undefined;
    this.#at = what;
    try {
      return await run();
    } catch (error) {
      this.#standing = false;
      // What fails because the page was closed under it says nothing of the portal.
      if (!this.#ended) this.#problem(what, error instanceof Error ? error.message.split('\n').slice(0, 3).join(' ') : String(error));
      return undefined;
    }
  }

  async #exists(kind: Kind, id: string): Promise<boolean> {
    return await kind.one(this.#client, id, AbortSignal.timeout(dialogMs)).then(
      () => true,
      () => false,
    );
  }

  async #again(kind: Kind, plan: KindPlan): Promise<string | undefined> {
    const [action] = kind.adds ?? [];
    if (action === undefined) return undefined;
    await this.#open(kind.path);
    return await this.#add(kind, action, plan.actions?.[action.key]);
  }

  #problem(place: string, what: string): void {
    this.walked.problems.push(`${place}: ${what}`);
  }

  /** Goes to a place as links of the portal do; loads it when the application doesn't stand, or something in it stands open. */
  async #open(path: string): Promise<void> {
    const address = `/ovirt-engine/webadmin${path}`;
    this.#within = this.#standing && (await this.#page.getByRole('dialog').count()) === 0 && (await this.#follow(address));
    if (!this.#within) await this.#page.goto(this.#base + address);
    await this.#page.getByRole('heading', { level: 1 }).waitFor();
    this.#standing = true;
  }

  /** Goes to an address within the application, and waits until its router has shown it. @returns false when it did not come to that */
  async #follow(address: string): Promise<boolean> {
    await this.#page.evaluate((to) => history.pushState(null, '', to), address);
    const shows = (to: string): boolean => (Reflect.get(globalThis, '__TSR_ROUTER__') as Router).state.resolvedLocation?.publicHref === to;
    return await this.#page.waitForFunction(shows, address, { timeout: shownMs }).then(
      () => true,
      () => false,
    );
  }

  /** Loads the place that is shown anew. */
  async #reload(): Promise<void> {
    await this.#page.reload();
    await this.#page.getByRole('heading', { level: 1 }).waitFor();
    this.#within = false;
  }

  /** Waits for something to be shown, and looks once more at the place loaded anew when it is not. */
  async #shown(what: Locator): Promise<void> {
    if (!this.#within) return await what.waitFor();
    try {
      await what.waitFor({ timeout: shownMs });
    } catch {
      await this.#reload();
      await what.waitFor();
    }
  }

  async #named(kind: Kind, name: string): Promise<string | undefined> {
    const all = await kind.list(this.#client, '', AbortSignal.timeout(dialogMs));
    return all.find((one) => (kind.name?.(one) ?? one.name) === name)?.id;
  }

  async #add(kind: Kind, action: ActionDescription, plan: ActionPlan | undefined): Promise<string | undefined> {
    if (plan?.skip !== undefined || action.form === undefined) return undefined;
    let made: string | undefined;
    for (const round of plan?.rounds ?? [{}]) {
      const before = new Set((await kind.list(this.#client, '', AbortSignal.timeout(dialogMs))).map((one) => one.id));
      await round.prepare?.(this.#client, '');
      await this.#page
        .getByRole('button', { name: text(action.label), exact: true })
        .first()
        .click();
      const sent = await this.#form(kind.page, action, action.form, round, undefined);
      if (sent === undefined) continue;
      const fresh = await eventually('the new object is there', async () =>
        (await kind.list(this.#client, '', AbortSignal.timeout(dialogMs))).find((one) => !before.has(one.id)),
      );
      made = fresh.id;
      this.walked.actions.add(`${kind.page}|${action.key}`);
      await this.#readBack(
        action.form,
        sent,
        await kind.one(this.#client, made ?? '', AbortSignal.timeout(dialogMs)),
        round,
        made ?? '',
        '',
      );
    }
    return made;
  }

  async #objectAction(kind: Kind, action: ActionDescription, id: string, plan: ActionPlan | undefined): Promise<void> {
    if (plan?.skip !== undefined || action.dialog !== undefined) return;
    if (plan?.on !== undefined) id = (await this.#named(kind, plan.on)) ?? id;
    for (const round of plan?.rounds ?? [{}]) {
      await plan?.prepare?.(this.#client, id, '');
      await round.prepare?.(this.#client, id);
      // What was prepared outside the page it shows for certain when it is loaded.
      if (plan?.prepare !== undefined || round.prepare !== undefined) this.#standing = false;
      await this.#open(`${kind.path}/${id}`);
      const button = this.#page.getByRole('toolbar').getByRole('button', { name: text(action.label), exact: true });
      await this.#shown(button);
      await this.#act(
        kind.page,
        action,
        button,
        round,
        id,
        '',
        async () => await kind.one(this.#client, id, AbortSignal.timeout(dialogMs)),
      );
    }
  }

  /** Presses, answers the dialog, and looks at what was sent. */
  async #act(
    place: string,
    action: ActionDescription,
    button: Locator,
    round: Round,
    id: string,
    ownerId: string,
    read: () => Promise<Entity>,
  ): Promise<void> {
    this.#written = [];
    const possible = await eventually(
      `${action.key} is possible`,
      async () => (await button.getAttribute('aria-disabled')) !== 'true',
      shownMs,
    ).catch(() => false);
    if (!possible) {
      this.#standing = false;
      this.#problem(place, `${action.key} is not possible`);
      return;
    }
    await button.click();
    if (action.form !== undefined) {
      const sent = await this.#form(place, action, action.form, round, id);
      if (sent === undefined) return;
      this.walked.actions.add(`${place}|${action.key}`);
      if (action.form.edits === true || round.check !== undefined)
        await this.#readBack(action.form, sent, await read(), round, id, ownerId);
      return;
    }
    if (action.confirm !== undefined) {
      await this.#page
        .getByRole('dialog')
        .getByRole('button', { name: text(action.label), exact: true })
        .click();
      await this.#page.getByRole('dialog').waitFor({ state: 'detached', timeout: dialogMs });
    }
    const answer = await eventually(`${place}: ${action.key} is sent`, async () => this.#written.at(-1), dialogMs).catch(() => undefined);
    if (answer === undefined) this.#problem(place, `${action.key} sent nothing`);
    else if (answer.status >= 400)
      this.#problem(place, `${action.key}: ${answer.method} ${answer.path} was answered ${answer.status}${await this.#said()}`);
    else this.walked.actions.add(`${place}|${action.key}`);
  }

  async #said(): Promise<string> {
    const alert = this.#page.locator('.pf-v6-c-alert').last();
    return await alert.innerText({ timeout: 2_000 }).then(
      (words) => `: ${plain(words)}`,
      () => '',
    );
  }

  /** Fills in the form that is open, and sends it. @returns what was set; undefined when the engine refused it */
  async #form(
    place: string,
    action: ActionDescription,
    form: FormDescription,
    round: Round,
    id: string | undefined,
  ): Promise<Set1[] | undefined> {
    this.#written = [];
    const wanted = { ...round, set: { ...round.set, ...(await round.find?.(this.#client)) } };
    const dialog = this.#page.getByRole('dialog');
    await dialog.waitFor({ timeout: dialogMs });
    const sent: Set1[] = [];
    for (const tab of form.tabs) {
      if (tab.advanced === true) await dialog.getByRole('switch').check();
      const title = dialog.getByRole('tab', { name: text(tab.label), exact: true });
      if (form.tabs.length > 1) {
        if ((await title.count()) === 0) continue;
        await title.click();
      }
      for (const field of tab.fields) {
        const value = await this.#fill(dialog, field, wanted);
        if (value !== undefined) sent.push({ field, value });
      }
    }
    const submit = dialog.locator('button[type=submit]');
    await submit.click();
    const refused = dialog.getByRole('alert');
    const wrong = dialog.locator('.pf-m-error').first();
    await Promise.race([
      dialog.waitFor({ state: 'detached', timeout: answerMs }),
      refused.first().waitFor({ timeout: answerMs }),
      wrong.waitFor({ timeout: answerMs }),
    ]).catch(() => undefined);
    if ((await dialog.count()) === 0) return sent;
    this.#problem(place, `${action.key}${id === undefined ? '' : ` of ${id}`}: ${plain(await dialog.innerText()).slice(0, 400)}`);
    await dialog.getByRole('button', { name: text('cancel'), exact: true }).click();
    await dialog.waitFor({ state: 'detached', timeout: dialogMs });
    return undefined;
  }

  /** Sets one field to something else than it holds; undefined when it is left alone. */
  async #fill(dialog: Locator, field: FieldDescription, round: Round): Promise<FieldValue | undefined> {
    const wanted = round.set?.[field.path];
    if (wanted === undefined && (round.skip === true || round.skip?.includes(field.path) === true)) return undefined;
    const input = dialog.locator(`#field-${field.path.replaceAll('.', '-')}`);
    const { control } = field;
    this.#serial += 1;
    switch (control.kind) {
      case 'check': {
        if ((await input.count()) === 0 || (await input.isDisabled())) return undefined;
        const value = wanted ?? !(await input.isChecked());
        if ((await input.isChecked()) === value) return undefined;
        await input.setChecked(value === true);
        return value;
      }
      case 'choice':
      case 'version':
      case 'reference': {
        if ((await input.count()) === 0 || (await input.isDisabled())) return undefined;
        const now = await input.inputValue();
        const options = await input.locator('option').evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value));
        const at = options.indexOf(now);
        const value = wanted ?? [...options.slice(at + 1), ...options.slice(0, at)].find((one) => one !== '' && one !== now);
        if (value === undefined || value === now) return undefined;
        await input.selectOption(String(value));
        return value;
      }
      case 'references': {
        const boxes = dialog.locator(`input[id^="field-${field.path.replaceAll('.', '-')}-"]`);
        await boxes
          .first()
          .waitFor({ timeout: settleMs })
          .catch(() => undefined);
        if ((await boxes.count()) === 0) return undefined;
        const all = await boxes.evaluateAll((inputs) => inputs.map((one) => [one.id, (one as HTMLInputElement).checked] as const));
        const ids = all.map(([own]) => own.slice(`field-${field.path.replaceAll('.', '-')}-`.length));
        const now = ids.filter((_, index) => all[index]?.[1] === true);
        const value =
          (wanted as readonly string[] | undefined) ??
          (now.length === 0
            ? ids.slice(0, 1)
            : field.need === true
              ? [...now, ...ids.filter((one) => !now.includes(one)).slice(0, 1)]
              : []);
        for (const [index, own] of ids.entries())
          if (now.includes(own) !== value.includes(own)) await boxes.nth(index).setChecked(value.includes(own));
        return value;
      }
      case 'pairs': {
        const value = (wanted as readonly Pair[] | undefined) ?? [];
        if (value.length === 0) return undefined;
        for (const [index, pair] of value.entries()) {
          await dialog
            .getByRole('button', { name: text('form.pair.add') })
            .first()
            .click();
          await dialog.locator(`#field-${field.path.replaceAll('.', '-')}-${index}-name`).fill(pair.name);
          await dialog.locator(`#field-${field.path.replaceAll('.', '-')}-${index}-value`).fill(pair.value);
        }
        return value;
      }
      case 'number': {
        if ((await input.count()) === 0 || (await input.isDisabled())) return undefined;
        const now = await input.inputValue();
        const { min = 0, max = Number.MAX_SAFE_INTEGER } = control;
        const value = wanted ?? String(Math.min(max, Math.max(min, 1) + 1 + (Number(now) === Math.max(min, 1) + 1 ? 1 : 0)));
        await input.fill(String(value));
        return value;
      }
      default: {
        if ((await input.count()) === 0 || (await input.isDisabled())) return undefined;
        if (wanted === undefined && (control.kind === 'lines' || control.kind === 'password')) return undefined;
        const value = wanted ?? `walked-${this.#serial}`;
        await input.fill(String(value));
        return value;
      }
    }
  }

  async #readBack(form: FormDescription, sent: readonly Set1[], entity: Entity, round: Round, id: string, ownerId: string): Promise<void> {
    for (const { field, value } of sent) {
      const name = `${form.dialog ?? form.title}|${field.path}`;
      const check = round.check?.[field.path];
      if (check !== undefined) {
        if (await check(this.#client, id, ownerId)) this.walked.fields.add(name);
        else this.#problem(name, `set to ${JSON.stringify(value)}, and the API does not tell it`);
        continue;
      }
      const read = initialValue(field, entity);
      if (JSON.stringify(read) === JSON.stringify(value)) this.walked.fields.add(name);
      else this.#problem(name, `set to ${JSON.stringify(value)}, the API tells ${JSON.stringify(read)}`);
    }
  }

  async #names(descriptions: readonly ValueDescription[]): Promise<NameOf> {
    const nobody: Around = { ownerId: '', owner: undefined, entity: undefined, value: () => undefined };
    const names = new Map<Reference, Map<string, string>>();
    for (const { of } of descriptions) {
      if (of === undefined || names.has(of)) continue;
      const all = await of.list(this.#client, nobody, AbortSignal.timeout(dialogMs));
      names.set(of, new Map(all.map((one) => [one.id ?? '', labelOf(of, one)])));
    }
    return (description, id) => (description.of === undefined ? undefined : names.get(description.of)?.get(id));
  }

  /** Every column of the list shows what the API says of the object. */
  async #gridColumns(kind: Kind, id: string): Promise<void> {
    const nameOf = await this.#names(kind.columns);
    await this.#open(`${kind.path}`);
    const grid = this.#page.getByRole('grid');
    await grid.waitFor();
    const heads = (await grid.getByRole('columnheader').allInnerTexts()).map(plain);
    const entity = (await kind.list(this.#client, '', AbortSignal.timeout(dialogMs))).find((one) => one.id === id);
    if (entity === undefined) return this.#problem(kind.page, `${id} is not in the list`);
    const [first] = kind.columns;
    const name = first === undefined ? '' : (textOf(first, entity, text, nameOf) ?? '');
    const row = grid
      .getByRole('row')
      .filter({ has: this.#page.getByRole('gridcell', { name, exact: true }) })
      .first();
    for (const [index, column] of kind.columns.entries()) {
      const expected = textOf(column, entity, text, nameOf);
      const at = heads.indexOf(text(column.label), 0);
      if (expected === undefined) continue;
      const cell = at === -1 ? undefined : row.getByRole('gridcell').nth(index);
      await this.#compare(`${kind.page}|${column.label}`, cell, expected);
    }
  }

  async #compare(name: string, cell: Locator | undefined, expected: string): Promise<void> {
    if (cell === undefined) return this.#problem(name, 'is not shown');
    let shown = '';
    const same = (ms: number): Promise<boolean> =>
      eventually(
        name,
        async () => {
          shown = plain(await cell.innerText({ timeout: 1_000 }).catch(() => ''));
          return shown === plain(expected);
        },
        ms,
      ).catch(() => false);
    let found = await same(this.#within ? settleMs : shownMs);
    if (!found && this.#within) {
      await this.#reload();
      found = await same(shownMs);
    }
    if (found) this.walked.columns.add(name);
    else this.#problem(name, `shows "${shown}", the API says "${expected}"`);
  }

  async #tab(kind: Kind, id: string, tab: TabDescription, plan: KindPlan): Promise<void> {
    const place = `${kind.page}-${tab.key}`;
    await this.#open(`${kind.path}/${id}?tab=${tab.key}`);
    await this.#shown(this.#page.getByRole('tab', { name: text(tab.label), exact: true, selected: true }));
    const entity = await kind.one(this.#client, id, AbortSignal.timeout(dialogMs));
    if (tab.facts !== undefined) {
      const nameOf = await this.#names(tab.facts);
      for (const fact of tab.facts) {
        const expected = textOf(fact, entity, text, nameOf);
        if (expected === undefined) continue;
        const group = this.#page
          .locator('.pf-v6-c-description-list__group')
          .filter({ has: this.#page.locator('dt', { hasText: exactly(text(fact.label)) }) });
        await this.#compare(`${place}|${fact.label}`, group.locator('dd').first(), expected);
      }
    }
    for (const [index, parts] of (tab.parts ?? []).entries()) await this.#parts(kind, id, tab, parts, index, plan);
  }

  async #parts(kind: Kind, ownerId: string, tab: TabDescription, parts: PartsDescription, index: number, plan: KindPlan): Promise<void> {
    const place = `${kind.page}-${tab.key}`;
    const planOf = (action: ActionDescription): ActionPlan | undefined =>
      plan.actions?.[`${index === 0 ? tab.key : `${tab.key}.${index}`}:${action.key}`];
    const section = this.#page.getByRole('tabpanel').getByRole('region', { name: text(parts.title ?? tab.label), exact: true });
    const rows = async (): Promise<readonly Entity[]> =>
      await parts.list(
        this.#client,
        { ...(await kind.one(this.#client, ownerId, AbortSignal.timeout(dialogMs))), id: ownerId },
        AbortSignal.timeout(dialogMs),
      );
    const again = async (): Promise<void> => {
      await this.#open(`${kind.path}/${ownerId}?tab=${tab.key}`);
      await this.#shown(section);
    };
    let made: Entity | undefined;
    const add = async (action: ActionDescription): Promise<void> => {
      const own = planOf(action);
      if (own?.skip !== undefined || action.form === undefined) return;
      for (const round of own?.rounds ?? [{}]) {
        await own?.prepare?.(this.#client, '', ownerId);
        await round.prepare?.(this.#client, ownerId);
        if (own?.prepare !== undefined || round.prepare !== undefined) this.#standing = false;
        const before = new Set((await rows()).map((one) => one.id));
        await again();
        await section.getByRole('button', { name: text(action.label), exact: true }).click();
        const sent = await this.#form(place, action, action.form, round, undefined);
        if (sent === undefined) continue;
        this.walked.actions.add(`${place}|${action.key}`);
        const fresh = await eventually(
          `${place}: what was added is there`,
          async () => (await rows()).find((one) => !before.has(one.id)),
          dialogMs,
        ).catch(() => undefined);
        if (fresh === undefined) this.#problem(place, `${action.key}: nothing new is there`);
        else {
          made = fresh;
          await this.#readBack(action.form, sent, fresh, round, fresh.id ?? '', ownerId);
        }
      }
    };
    for (const action of parts.adds ?? []) await this.#tried(`${place}: ${action.key}`, () => add(action));
    const subjectOf = async (name: string | undefined): Promise<Entity | undefined> => {
      const all = await rows();
      const labelOfRow = (one: Entity): string => parts.name?.(one) ?? one.name ?? one.id ?? '';
      return name === undefined ? (all.find((one) => one.id === made?.id) ?? all[0]) : all.find((one) => labelOfRow(one) === name);
    };
    await this.#partColumns(place, kind, section, parts, rows, again, made);
    const act = async (action: ActionDescription): Promise<void> => {
      const own = planOf(action);
      if (own?.skip !== undefined || action.dialog !== undefined) return;
      for (const round of own?.rounds ?? [{}]) {
        await own?.prepare?.(this.#client, made?.id ?? '', ownerId);
        const row = await subjectOf(own?.name);
        if (row === undefined) {
          this.#problem(place, `no row for ${action.key}`);
          break;
        }
        await round.prepare?.(this.#client, row.id ?? '');
        if (own?.prepare !== undefined || round.prepare !== undefined) this.#standing = false;
        await again();
        const name = parts.name?.(row) ?? row.name ?? row.id ?? '';
        const menu = section.getByRole('button', { name: text('grid.actions.of', { name }), exact: true }).first();
        await this.#shown(menu);
        await menu.click();
        await this.#act(
          place,
          action,
          this.#page.getByRole('menuitem', { name: text(action.label), exact: false }).first(),
          round,
          row.id ?? '',
          ownerId,
          async () => {
            const found = (await rows()).find((one) => one.id === row.id);
            return found ?? row;
          },
        );
      }
    };
    for (const action of parts.actions ?? []) await this.#tried(`${place}: ${action.key}`, () => act(action));
  }

  async #partColumns(
    place: string,
    kind: Kind,
    section: Locator,
    parts: PartsDescription,
    rows: () => Promise<readonly Entity[]>,
    again: () => Promise<void>,
    made: Entity | undefined,
  ): Promise<void> {
    const all = await rows();
    if (all.length === 0) return;
    const nameOf = await this.#names(parts.columns);
    await again();
    const table = section.getByRole('table');
    await table.waitFor({ timeout: dialogMs }).catch(() => undefined);
    const at = Math.max(
      0,
      all.findIndex((one) => one.id === made?.id),
    );
    for (const [index, column] of parts.columns.entries()) {
      // A row that has something to tell in the column: the one that was made, or any other.
      const known = [at, ...all.keys()].find((row) => all[row] !== undefined && textOf(column, all[row], text, nameOf) !== undefined);
      const entity = known === undefined ? undefined : all[known];
      if (known === undefined || entity === undefined) continue;
      const cell = table.locator('tbody tr').nth(known).locator('td').nth(index);
      await this.#compare(
        `${kind.page}-${place.slice(kind.page.length + 1)}|${column.label}`,
        cell,
        textOf(column, entity, text, nameOf) ?? '',
      );
    }
  }
}

const exactly = (words: string): RegExp => new RegExp(`^\\s*${words.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);

/** Names of all that descriptions have, in the spelling of {@link Walked}: what is counted. */
export function everything(kinds: readonly Kind[]): { columns: Set<string>; actions: Set<string>; fields: Set<string> } {
  const all = { columns: new Set<string>(), actions: new Set<string>(), fields: new Set<string>() };
  const action = (place: string, one: ActionDescription): void => {
    all.actions.add(`${place}|${one.key}`);
    if (one.form !== undefined)
      for (const field of fieldsOf(one.form)) all.fields.add(`${one.form.dialog ?? one.form.title}|${field.path}`);
  };
  for (const kind of kinds) {
    for (const column of kind.columns) all.columns.add(`${kind.page}|${column.label}`);
    for (const one of [...(kind.adds ?? []), ...(kind.actions ?? [])]) action(kind.page, one);
    for (const tab of kind.tabs) {
      const place = `${kind.page}-${tab.key}`;
      for (const fact of tab.facts ?? []) all.columns.add(`${place}|${fact.label}`);
      for (const parts of tab.parts ?? []) {
        for (const column of parts.columns) all.columns.add(`${place}|${column.label}`);
        for (const one of [...(parts.adds ?? []), ...(parts.actions ?? [])]) action(place, one);
      }
    }
  }
  return all;
}
