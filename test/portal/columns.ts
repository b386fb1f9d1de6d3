import type { Around, Entity, Kind, PartsDescription, Reference, ValueDescription } from '@virgate/portal/kinds/kind';
import { labelOf } from '@virgate/portal/kinds/references';
import { rawValue, textOf, type NameOf } from '@virgate/portal/kinds/value';
import { duration } from '@virgate/portal/format';
import type { Client } from '@virgate/sdk';
import type { Locator } from 'playwright-core';
import { dialogMs, exactly, plain, text, type Place } from './place.ts';
import type { Walked } from './walked.ts';

/** After this time the API is asked anew what it says. */
const rereadMs = 1_000;
/** Seconds by which the page's own clock may lag behind. */
const clockLagS = 20;

/** Texts that tell the value; a span of time may be that of some seconds ago. */
function accepted(description: ValueDescription, entity: Entity, nameOf: NameOf): string[] {
  const now = textOf(description, entity, text, nameOf) ?? '';
  const since = rawValue(description, entity);
  if (description.as !== 'since' || typeof since !== 'number') return [now];
  return [now, ...Array.from({ length: clockLagS }, (_, lag) => duration(Date.now() - since - 1_000 * (lag + 1)))];
}

/** What of a kind is shown, compared with what the API says. */
export class Columns {
  readonly #at: Place;
  readonly #client: Client;
  readonly #walked: Walked;

  constructor(at: Place, client: Client, walked: Walked) {
    this.#at = at;
    this.#client = client;
    this.#walked = walked;
  }

  #problem(place: string, what: string): void {
    this.#walked.problems.push(`${place}: ${what}`);
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

  async #compare(name: string, cell: Locator, expected: () => Promise<readonly string[]>): Promise<void> {
    const found = await this.#at.shows(cell, expected);
    if (found === true) this.#walked.columns.add(name);
    else this.#problem(name, `shows "${found.instead}", the API says "${found.wanted[0]}"`);
  }

  /** Every column of the list shows what the API says of the object, or of another one where it says nothing of that. */
  async ofList(kind: Kind, id: string): Promise<void> {
    const nameOf = await this.#names(kind.columns);
    await this.#at.open(kind.path);
    const grid = this.#at.page.getByRole('grid');
    await grid.waitFor();
    await this.#showAll(kind);
    const heads = (await grid.getByRole('columnheader').allInnerTexts()).map(plain);
    const all = await kind.list(this.#client, '', AbortSignal.timeout(dialogMs));
    const listed = all.find((one) => one.id === id);
    if (listed === undefined) return this.#problem(kind.page, `${id} is not in the list`);
    const [first] = kind.columns;
    if (first === undefined) return;
    const titleOf = (one: Entity): string | undefined => textOf(first, one, text, nameOf);
    const isAlone = (one: Entity): boolean => all.filter((other) => titleOf(other) === titleOf(one)).length === 1;
    // What changes meanwhile is read again, as the page does.
    let newest = { at: performance.now(), all };
    const again = async (one: Entity): Promise<Entity> => {
      if (performance.now() - newest.at > rereadMs)
        newest = { at: performance.now(), all: await kind.list(this.#client, '', AbortSignal.timeout(dialogMs)) };
      return newest.all.find((other) => other.id === one.id) ?? one;
    };
    for (const column of kind.columns) {
      // A row is found by its title, which several may have.
      const known = [...[listed, ...all].filter(isAlone), listed, ...all].find((one) => textOf(column, one, text, nameOf) !== undefined);
      if (known === undefined) continue;
      const at = heads.indexOf(text(column.label));
      const name = `${kind.page}|${column.label}`;
      if (at === -1) {
        this.#problem(name, 'is not shown');
        continue;
      }
      const title = this.#at.page.getByRole('gridcell', { name: textOf(first, known, text, nameOf) ?? '', exact: true });
      const row = grid.getByRole('row').filter({ has: title }).first();
      await this.#compare(name, row.getByRole('gridcell').nth(at), async () => accepted(column, await again(known), nameOf));
    }
  }

  /** Chooses the columns that are hidden at first. */
  async #showAll(kind: Kind): Promise<void> {
    const hidden = kind.columns.filter((column) => column.hidden === true);
    if (hidden.length === 0) return;
    const { page } = this.#at;
    await page.getByRole('button', { name: text('columns.choose'), exact: true }).click();
    const dialog = page.getByRole('dialog');
    for (const column of hidden) await dialog.getByRole('checkbox', { name: text(column.label), exact: true }).check();
    await dialog
      .getByRole('button', { name: text('close'), exact: true })
      .last()
      .click();
    await dialog.waitFor({ state: 'detached', timeout: dialogMs });
  }

  /** Every line of an object's facts. */
  async ofFacts(place: string, facts: readonly ValueDescription[], entity: Entity): Promise<void> {
    const nameOf = await this.#names(facts);
    for (const fact of facts) {
      if (textOf(fact, entity, text, nameOf) === undefined) continue;
      const group = this.#at.page
        .locator('.pf-v6-c-description-list__group')
        .filter({ has: this.#at.page.locator('dt', { hasText: exactly(text(fact.label)) }) });
      await this.#compare(`${place}|${fact.label}`, group.locator('dd').first(), async () => accepted(fact, entity, nameOf));
    }
  }

  /** Every column of a table, in a row that has something to tell there: the one that was made, or any other. */
  async ofParts(
    place: string,
    section: Locator,
    parts: PartsDescription,
    all: readonly Entity[],
    again: () => Promise<void>,
    made: Entity | undefined,
  ): Promise<void> {
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
      const known = [at, ...all.keys()].find((row) => all[row] !== undefined && textOf(column, all[row], text, nameOf) !== undefined);
      const entity = known === undefined ? undefined : all[known];
      if (known === undefined || entity === undefined) continue;
      const cell = table.locator('tbody tr').nth(known).locator('td').nth(index);
      await this.#compare(`${place}|${column.label}`, cell, async () => accepted(column, entity, nameOf));
    }
  }
}
