import type { SearchEntityName } from '@virgate/contract/generated/search';
import { searchEntity, type SearchField, type SearchOperator } from '@virgate/contract/search/language';
import { parseSearch, SearchError, type SearchCondition, type SearchQuery } from '@virgate/contract/search/parse';
import { dateOf, durationSeconds } from '@virgate/contract/search/values';
import { sql, type RawBuilder } from 'kysely';
import { searchTables, type SearchTable } from './entities.ts';

type Sql = RawBuilder<unknown>;

/** A compiled query about rows that go by the alias `t`: condition, order (of {@link orderedRows}) and page. */
export interface SearchPlan {
  condition: RawBuilder<boolean>;
  order: RawBuilder<unknown> | null;
  /** From 1; null when the query names none. */
  page: number | null;
}

export interface SearchContext {
  now: Date;
  /** Whether letters are told apart by their case; clients must ask for it. Source: engine behaviour, collections. */
  caseSensitive: boolean;
  /** SQL that holds for rows of a kind that the asking user may see, by their alias: what he may not see is no way to find something either. */
  visible: (entity: SearchEntityName, alias: string) => Sql;
}

const always = sql<boolean>`true`;
const never = sql<boolean>`false`;
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const dayMs = 24 * 60 * 60_000;
/** Alias of related rows; they have no relations of their own in a query. */
const relatedAlias = 'r';
const operatorSql = (operator: SearchOperator): Sql => sql.raw(operator === '!=' ? '<>' : operator);
const likePattern = (value: string): string => value.replace(/[\\%_]/g, (sign) => `\\${sign}`).replaceAll('*', '%');

/** Holds when a text is the value; `*` stands for anything. Whole values are compared so that an index on the lower-case text serves. */
function textTest(value: string, { caseSensitive }: SearchContext): (column: Sql) => Sql {
  if (value.includes('*')) {
    const like = sql.raw(caseSensitive ? 'like' : 'ilike');
    return (column) => sql`${column}::text ${like} ${likePattern(value)}`;
  }
  return caseSensitive ? (column) => sql`${column}::text = ${value}` : (column) => sql`lower(${column}::text) = lower(${value})`;
}

/** SQL of one value against another of a field's kind; for `!=` the caller negates. */
function test(field: SearchField, operator: SearchOperator, value: string, context: SearchContext): (column: Sql) => Sql {
  const compared = operatorSql(operator === '!=' ? '=' : operator);
  switch (field.kind) {
    case 'integer':
    case 'decimal':
      return (column) => sql`${column} ${compared} ${value}::numeric`;
    case 'boolean':
      return (column) => sql`${column} = ${value === 'true'}`;
    case 'id':
      return uuidPattern.test(value) ? (column) => sql`${column}::text = lower(${value})` : textTest(value, context);
    case 'enum': {
      const bare = (column: Sql): Sql => sql`lower(replace(${column}::text, '_', ''))`;
      const known = (field.values ?? []).map((one) => one.replaceAll('_', '').toLowerCase());
      const plain = value.replaceAll('_', '').toLowerCase();
      if (field.ordered === true)
        return (column) => sql`array_position(${known}::text[], ${bare(column)}) ${compared} ${known.indexOf(plain) + 1}::int`;
      return (column) => sql`${bare(column)} = ${plain}`;
    }
    case 'date': {
      const date = dateOf(value, context.now);
      if (date === null) return () => never;
      return operator === '='
        ? (column) => sql`(${column} >= ${date} and ${column} < ${new Date(date.getTime() + dayMs)})`
        : (column) => sql`${column} ${compared} ${date}`;
    }
    case 'duration':
      return (column) => sql`${column} ${compared} ${durationSeconds(value)}::numeric`;
    case 'nullable':
      if (value === '' || value.toLowerCase() === 'null') return (column) => sql`${column} is null`;
      return textTest(value, context);
    case 'text':
    case 'os':
      return textTest(value, context);
  }
}

/** A test of a field of rows `alias`; what is unknown passes no test, so `!=` holds for it. */
function compare(
  table: SearchTable,
  alias: string,
  { field, operator, value }: Extract<SearchCondition, { kind: 'compare' }>,
  context: SearchContext,
): Sql {
  const column = table.fields[field.name];
  if (column === undefined) return never;
  const passes = test(field, operator, value, context);
  const found = typeof column === 'function' ? passes(column(alias)) : column.any(alias, passes);
  return operator === '!=' ? sql`not coalesce(${found}, false)` : found;
}

/** Holds when a field of rows `alias` that takes part in free text contains the text. */
function contains(entity: SearchEntityName, table: SearchTable, alias: string, value: string, context: SearchContext): Sql {
  const passes = textTest(`*${value}*`, context);
  const tests = searchEntity(entity)
    .fields.filter((field) => field.freeText === true)
    .flatMap((field) => {
      const column = table.fields[field.name];
      if (column === undefined) return [];
      return [typeof column === 'function' ? passes(column(alias)) : column.any(alias, passes)];
    });
  return tests.length === 0 ? never : sql`coalesce(${sql.join(tests, sql` or `)}, false)`;
}

function conditionOf(query: SearchQuery, condition: SearchCondition, context: SearchContext): Sql {
  if ('of' in condition) {
    const of = condition.of.map((one) => conditionOf(query, one, context));
    return sql`(${sql.join(of, condition.kind === 'all' ? sql` and ` : sql` or `)})`;
  }
  const table = searchTables[condition.entity];
  const own = searchTables[query.entity];
  if (table === undefined || own === undefined) return never;
  const about = (alias: string): Sql =>
    condition.kind === 'text'
      ? contains(condition.entity, table, alias, condition.value, context)
      : compare(table, alias, condition, context);
  if (condition.entity === query.entity) return about('t');
  const link = own.related[condition.entity];
  if (link === undefined) return never;
  const r = relatedAlias;
  const exists = sql`exists (select 1 from ${sql.table(table.table)} ${sql.id(r)}
    where ${link('t', r)} and ${table.only?.(r) ?? always} and ${context.visible(condition.entity, r)} and ${about(r)})`;
  return condition.kind === 'text' && condition.negated ? sql`not ${exists}` : exists;
}

/** Rows `t` of a table, with what the order of a kind refers to. */
export const orderedRows = (entity: SearchEntityName | undefined, table: string): Sql =>
  sql`${sql.table(table)} t ${(entity === undefined ? undefined : searchTables[entity]?.joined) ?? sql``}`;

/** SQL of the one value that a field has; undefined for what has many. */
const valueOf = (field: SearchTable['fields'][string] | undefined): ((t: string) => Sql) | undefined =>
  typeof field === 'function' ? field : field !== undefined && 'value' in field ? field.value : undefined;

/** SQL by which {@link orderedRows} of a kind are ordered by one of its fields; undefined when they cannot be. */
export function orderOf(entity: SearchEntityName, field: string): Sql | undefined {
  const table = searchTables[entity];
  const by = table?.order?.[field] ?? valueOf(table?.fields[field]);
  return by?.('t');
}

/** SQL of a query. Rows go by the alias `t`; every value is a parameter, never text of the statement. */
export function compileQuery(query: SearchQuery, context: SearchContext): SearchPlan {
  const table = searchTables[query.entity];
  if (table === undefined) return { condition: never, order: null, page: query.page };
  const condition = query.condition === null ? always : (conditionOf(query, query.condition, context) as RawBuilder<boolean>);
  let order: Sql | null = null;
  if (query.sort !== null) {
    const { field, descending } = query.sort;
    const by = orderOf(query.entity, field.name);
    const direction = sql.raw(descending ? 'desc' : 'asc');
    if (by !== undefined)
      order =
        field.name === 'name' && table.namesIndexed === true
          ? sql`${by} ${direction}, ${sql.ref('t.id')} ${direction}`
          : sql`${by} ${direction} ${sql.raw(descending ? 'nulls last' : 'nulls first')}, ${table.defaultOrder('t')}`;
  }
  return { condition, order, page: query.page };
}

/**
 * Compiles the text of `search` for one kind of objects. A query that makes no sense finds nothing, as clients of the REST contract
 * are used to: it is never an error there.
 */
export function compileSearch(entity: SearchEntityName, text: string, context: SearchContext): SearchPlan {
  try {
    return compileQuery(parseSearch(entity, text), context);
  } catch (error) {
    if (!(error instanceof SearchError)) throw error;
    return { condition: never, order: null, page: null };
  }
}
