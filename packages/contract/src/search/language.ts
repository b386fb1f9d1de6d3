import { searchEntities, type SearchEntityName } from '../generated/search.ts';

/** What a field's values are. `id` compares whole, `nullable` knows the empty value, `os` is the name of an operating system. */
export type SearchFieldKind = 'text' | 'integer' | 'decimal' | 'boolean' | 'date' | 'duration' | 'id' | 'enum' | 'os' | 'nullable';
export type SearchOperator = '=' | '!=' | '<' | '>' | '<=' | '>=';

export interface SearchField {
  readonly name: string;
  readonly kind: SearchFieldKind;
  readonly operators: readonly SearchOperator[];
  /** Takes part in free text. */
  readonly freeText?: boolean;
  /** Accepted, but not offered by completion. */
  readonly hidden?: boolean;
  /** Names of an enum's values. */
  readonly values?: readonly string[];
  /** The values stand in an order that `<` and `>` mean. */
  readonly ordered?: boolean;
}

/** One kind of objects, as the search language knows it. Source: engine behaviour, search back end. */
export interface SearchEntityFacts {
  readonly name: SearchEntityName;
  readonly singular: string;
  readonly plural?: string;
  /** How completion spells it; undefined for what is only reached from others. */
  readonly completed?: string;
  readonly references: readonly SearchEntityName[];
  readonly completedReferences: readonly SearchEntityName[];
  readonly fields: readonly SearchField[];
}

const equality: readonly SearchOperator[] = ['=', '!='];
const comparison: readonly SearchOperator[] = ['=', '!=', '<', '>', '<=', '>='];

/** Fields that this engine knows beyond the language that clients were made for; a name that exists there is never taken. */
const additions: Partial<Record<SearchEntityName, readonly SearchField[]>> = {
  job: [
    { name: 'description', kind: 'text', operators: equality, freeText: true },
    { name: 'status', kind: 'enum', operators: equality, values: ['started', 'finished', 'failed', 'aborted'] },
    { name: 'start_time', kind: 'date', operators: comparison },
    { name: 'end_time', kind: 'date', operators: comparison },
  ],
  user: [{ name: 'email', kind: 'text', operators: equality, freeText: true }],
  template: [{ name: 'version_number', kind: 'integer', operators: comparison }],
  disk: [{ name: 'bootable', kind: 'boolean', operators: equality, values: ['true', 'false'] }],
  network: [{ name: 'port_isolation', kind: 'boolean', operators: equality, values: ['true', 'false'] }],
};
/** Kinds that have no id of their own to search by. */
const withoutId: ReadonlySet<SearchEntityName> = new Set([
  'nic',
  'vnic',
  'cluster_network',
  'host_network',
  'event',
  'imagetype',
  'session',
]);

const entities: ReadonlyMap<SearchEntityName, SearchEntityFacts> = new Map(
  searchEntities.map((entity) => {
    const more = additions[entity.name] ?? [];
    const id: SearchField[] =
      withoutId.has(entity.name) || entity.fields.some(({ name }) => name === 'id')
        ? []
        : [{ name: 'id', kind: 'id', operators: equality }];
    return [entity.name, { ...entity, fields: [...entity.fields, ...more, ...id] }];
  }),
);
const fields: ReadonlyMap<SearchEntityName, ReadonlyMap<string, SearchField>> = new Map(
  [...entities].map(([name, entity]) => [name, new Map(entity.fields.map((field) => [field.name, field]))]),
);

/** Everything about a kind of objects. */
export function searchEntity(name: SearchEntityName): SearchEntityFacts {
  const entity = entities.get(name);
  if (entity === undefined) throw new Error(`${name} is not searched`);
  return entity;
}

/** Every kind of objects that a query may begin with. */
export const searchableEntities = (): SearchEntityFacts[] => [...entities.values()].filter(({ completed }) => completed !== undefined);

/** The kind that a word names, in singular or plural and in any case; only those of `among` when that is given. */
export function entityNamed(word: string, among?: readonly SearchEntityName[]): SearchEntityFacts | undefined {
  const lower = word.toLowerCase();
  for (const entity of entities.values()) {
    if (among !== undefined && !among.includes(entity.name)) continue;
    const singular = entity.singular.toLowerCase();
    if (lower === singular || lower === `${singular}s` || lower === entity.plural?.toLowerCase()) return entity;
  }
  return undefined;
}

/** A field of a kind by its name in any case. */
export const fieldNamed = (entity: SearchEntityName, name: string): SearchField | undefined => fields.get(entity)?.get(name.toLowerCase());
