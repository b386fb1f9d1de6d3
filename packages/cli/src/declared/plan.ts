import type { Client } from '@virgate/sdk';
import type { Fields } from '../call/body.ts';
import { membersNamed, serviceFor } from '../call/resolve.ts';
import type { Walked } from '../call/resolve.ts';
import { memberPlace } from '../catalog/places.ts';
import type { Operation, Place } from '../catalog/places.ts';
import { CliError } from '../errors.ts';
import { differenceOf } from './difference.ts';
import type { Difference } from './difference.ts';
import { keyOf, referencesIn, titleOf } from './documents.ts';
import type { Declared } from './documents.ts';
import type { Applied } from './state.ts';

/** What is to be done with one object. */
export type Planned =
  | { readonly do: 'add'; readonly object: Declared }
  | { readonly do: 'change'; readonly object: Declared; readonly id: string; readonly difference: Difference }
  | { readonly do: 'keep'; readonly object: Declared; readonly id: string; readonly left: readonly string[] }
  | {
      readonly do: 'remove';
      readonly key: string;
      readonly title: string;
      readonly kind: string;
      readonly within: readonly string[];
      readonly id: string;
    }
  | { readonly do: 'forget'; readonly key: string }
  | { readonly do: 'abandon'; readonly key: string; readonly title: string };

/** Looks objects up, each name once. */
export class Lookup {
  readonly #client: Client;
  readonly #found = new Map<string, Fields | undefined>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** The collection that a place means, within the objects of the names. @throws CliError not_found */
  collection(place: Place, within: readonly string[]): Promise<Walked> {
    return serviceFor(this.#client, { ...place, verb: 'list', methods: [] } satisfies Operation, within);
  }

  /** The object of a name; undefined when there is none. @throws CliError ambiguous_name */
  async named(place: Place, within: readonly string[], name: string, where: string): Promise<Fields | undefined> {
    const key = keyOf({ kind: place.kind, within, name });
    if (this.#found.has(key)) return this.#found.get(key);
    const found = await membersNamed(await this.collection(place, within), place.service, name);
    if (found.length > 1)
      throw new CliError(
        'command',
        'ambiguous_name',
        `${where}: there are ${found.length} ${place.kind} ${JSON.stringify(name)}; refer to one by its id.`,
        { field: where },
      );
    this.#found.set(key, found[0] as Fields | undefined);
    return found[0] as Fields | undefined;
  }

  /** After an object was made. */
  forget(key: string): void {
    this.#found.delete(key);
  }

  /** The declared attributes with ids where they name others. What is yet to be made keeps its name. */
  async withIds({ type, spec, where }: Declared, toBeMade: ReadonlySet<string>): Promise<Fields> {
    const copy = structuredClone(spec);
    for (const { holder, name, place, attribute } of referencesIn(type, copy)) {
      const found = await this.named(place, [], name, where);
      if (found === undefined) {
        if (toBeMade.has(keyOf({ kind: place.kind, within: [], name }))) continue;
        throw new CliError('notFound', 'not_found', `${where}: ${attribute.name}: there is no ${place.kind} ${JSON.stringify(name)}.`, {
          field: `spec.${attribute.name}.name`,
        });
      }
      delete holder['name'];
      holder['id'] = found['id'];
    }
    return copy;
  }
}

/** What has to be done for everything to be as it is declared; nothing is changed yet. @throws CliError */
export async function planFor(lookup: Lookup, all: readonly Declared[], applied: Applied, prune: boolean): Promise<Planned[]> {
  const plan: Planned[] = [];
  const toBeMade = new Set<string>();
  for (const object of all) {
    const parentIsNew = object.within.some((_, index) => toBeMade.has(parentKey(object, index)));
    const live = parentIsNew ? undefined : await lookup.named(object.place, object.within, object.name, object.where);
    const wanted = await lookup.withIds(object, toBeMade);
    if (live === undefined) {
      toBeMade.add(keyOf(object));
      plan.push({ do: 'add', object });
      continue;
    }
    const difference = differenceOf(object.type, wanted, live, applied[keyOf(object)]?.spec);
    const id = String(live['id']);
    if (difference.changes.length > 0) plan.push({ do: 'change', object, id, difference });
    else plan.push({ do: 'keep', object, id, left: difference.left });
  }
  return [...plan, ...(await removals(lookup, all, applied, prune))];
}

function parentKey({ kind, within }: Declared, index: number): string {
  return keyOf({
    kind: kind
      .split(' ')
      .slice(0, index + 1)
      .join(' '),
    within: within.slice(0, index),
    name: within[index] ?? '',
  });
}

/** Objects that were applied and are not declared any more, those within others first. */
async function removals(lookup: Lookup, all: readonly Declared[], applied: Applied, prune: boolean): Promise<Planned[]> {
  const declared = new Set(all.map(keyOf));
  const result: Planned[] = [];
  for (const [key, { id }] of Object.entries(applied).toReversed()) {
    if (declared.has(key)) continue;
    const [kind = '', ...names] = JSON.parse(key) as string[];
    const within = names.slice(0, -1);
    const title = titleOf({ kind, within, name: names.at(-1) ?? '' });
    if (!prune) result.push({ do: 'abandon', key, title });
    else result.push((await isThere(lookup, kind, within, id)) ? { do: 'remove', key, title, kind, within, id } : { do: 'forget', key });
  }
  return result;
}

async function isThere(lookup: Lookup, kind: string, within: readonly string[], id: string): Promise<boolean> {
  const { descend } = await import('../catalog/places.ts');
  const member = memberPlace(descend(kind.split(' ')).place);
  if (member === undefined) return false;
  try {
    const service = await lookup.collection(member, [...within, id]);
    await service['get']?.();
    return true;
  } catch (error) {
    if (error instanceof CliError && error.exit === 'notFound') return false;
    if ((error as { status?: number }).status === 404) return false;
    throw error;
  }
}
