import type { ColumnKind, QueryColumn, QueryFilter, QueryPeriod, WarehouseColumn, WarehouseQuery } from './query.ts';

/** A filter as fields hold it: values as texts. */
export interface DraftFilter {
  column: string;
  operator: QueryFilter['operator'];
  values: readonly string[];
}

/** A query while it is put together. */
export interface Draft {
  view: string;
  columns: readonly QueryColumn[];
  filters: readonly DraftFilter[];
  period: QueryPeriod;
  sort: NonNullable<WarehouseQuery['sort']>;
  limit: string;
  chart: NonNullable<WarehouseQuery['chart']>;
}

export const emptyDraft: Draft = { view: '', columns: [], filters: [], period: {}, sort: [], limit: '', chart: 'none' };

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const looksLikeQuery = (value: unknown): value is WarehouseQuery =>
  isObject(value) &&
  typeof value['view'] === 'string' &&
  Array.isArray(value['columns']) &&
  value['columns'].every(isObject) &&
  ['filters', 'sort'].every((name) => value[name] === undefined || (Array.isArray(value[name]) && value[name].every(isObject))) &&
  (value['period'] === undefined || isObject(value['period']));

/** What an address holds: a query that the engine may still refuse, but of the form of one; else nothing. */
export const querySearch = (input: Record<string, unknown>): { query?: WarehouseQuery } =>
  looksLikeQuery(input['query']) ? { query: input['query'] } : {};

/** The fields for a query. Pure. */
export function draftOf({ view, columns, filters = [], period = {}, sort = [], limit, chart = 'none' }: WarehouseQuery): Draft {
  return {
    view,
    columns,
    filters: filters.map(({ column, operator, values = [] }) => ({ column, operator, values: values.map(String) })),
    period,
    sort,
    limit: limit === undefined ? '' : String(limit),
    chart,
  };
}

const emptyOperators: ReadonlySet<string> = new Set(['is_null', 'is_not_null']);

/** Whether a filter compares with something. */
export const takesValues = ({ operator }: Pick<DraftFilter, 'operator'>): boolean => !emptyOperators.has(operator);

const valueOf = (kind: ColumnKind | undefined, text: string): unknown => {
  if (kind === 'number' || kind === 'choice') return Number(text);
  return kind === 'boolean' ? text === 'true' : text;
};

function filterOf(kinds: ReadonlyMap<string, ColumnKind>, filter: DraftFilter): QueryFilter {
  const { column, operator } = filter;
  if (!takesValues(filter)) return { column, operator };
  return { column, operator, values: filter.values.filter((text) => text !== '').map((text) => valueOf(kinds.get(column), text)) };
}

/** The query that fields hold. Pure. */
export function queryOf(draft: Draft, columns: readonly WarehouseColumn[]): WarehouseQuery {
  const kinds = new Map(columns.map(({ name, kind }) => [name, kind]));
  const { view, filters, period, sort, limit, chart } = draft;
  const spoken = Object.fromEntries(Object.entries(period).filter(([, value]) => value !== ''));
  return {
    view,
    columns: [...draft.columns],
    ...(filters.length === 0 ? {} : { filters: filters.map((filter) => filterOf(kinds, filter)) }),
    ...(Object.keys(spoken).length === 0 ? {} : { period: spoken }),
    ...(sort.length === 0 ? {} : { sort: [...sort] }),
    ...(limit === '' ? {} : { limit: Number(limit) }),
    ...(chart === 'none' ? {} : { chart }),
  };
}

/** Whether the fields hold enough to be asked. */
export const isComplete = ({ view, columns, filters }: Draft): boolean =>
  view !== '' && columns.length > 0 && filters.every((filter) => !takesValues(filter) || filter.values.some((value) => value !== ''));

/** A draft without the column at a place; what is sorted by stays sorted by. Pure. */
export function withoutColumn(draft: Draft, place: number): Draft {
  return {
    ...draft,
    columns: draft.columns.filter((_, index) => index !== place),
    sort: draft.sort.filter(({ column }) => column !== place).map((one) => (one.column > place ? { ...one, column: one.column - 1 } : one)),
  };
}

export type SortOrder = 'none' | 'ascending' | 'descending';

/** How a column is sorted by. */
export function orderOf({ sort }: Draft, place: number): SortOrder {
  const own = sort.find(({ column }) => column === place);
  if (own === undefined) return 'none';
  return own.descending === true ? 'descending' : 'ascending';
}

/** Sorts by a column, after those that are sorted by already. Pure. */
export function sorted(draft: Draft, place: number, order: SortOrder): Draft {
  const others = draft.sort.filter(({ column }) => column !== place);
  return { ...draft, sort: order === 'none' ? others : [...others, { column: place, descending: order === 'descending' }] };
}

const steps = ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const;
type Taken = 'plain' | NonNullable<QueryColumn['step']> | NonNullable<QueryColumn['aggregate']>;

/** What can be made of a column of a kind; without a kind it is the count of rows. */
export function takenOf(kind: ColumnKind | undefined): readonly Taken[] {
  switch (kind) {
    case undefined:
      return ['count'];
    case 'time':
      return ['plain', ...steps, 'count', 'distinct', 'min', 'max'];
    case 'day':
      return ['plain', ...steps.slice(1), 'count', 'distinct', 'min', 'max'];
    case 'number':
      return ['plain', 'sum', 'avg', 'min', 'max', 'count', 'distinct'];
    case 'text':
      return ['plain', 'count', 'distinct', 'min', 'max'];
    default:
      return ['plain', 'count', 'distinct'];
  }
}

/** What is made of a column. */
export const takenAs = ({ step, aggregate }: QueryColumn): Taken => step ?? aggregate ?? 'plain';

/** A column of which something is made. Pure. */
export function taking(name: string | undefined, taken: Taken): QueryColumn {
  const base = name === undefined ? {} : { name };
  if (taken === 'plain') return base;
  return steps.some((step) => step === taken)
    ? { ...base, step: taken as (typeof steps)[number] }
    : { ...base, aggregate: taken as NonNullable<QueryColumn['aggregate']> };
}

const any = ['is', 'is_not'] as const;
const order = ['at_least', 'at_most', 'greater', 'less'] as const;
const empty = ['is_null', 'is_not_null'] as const;

/** How a column of a kind can be compared, the usual way first. */
export function operatorsOf(kind: ColumnKind | undefined): readonly QueryFilter['operator'][] {
  switch (kind) {
    case 'text':
      return ['contains', 'begins', ...any, ...empty];
    case 'number':
    case 'time':
    case 'day':
      return [...order, ...any, ...empty];
    default:
      return [...any, ...empty];
  }
}

/** Whether an operator takes one value only. */
export const takesOne = (operator: QueryFilter['operator']): boolean => order.some((one) => one === operator);

/** The address of a file of a query's answer. */
export const downloadAddress = (query: WarehouseQuery, format: string): string =>
  `/virgate/api/warehouse/query/download?${new URLSearchParams({ format, query: JSON.stringify(query) }).toString()}`;
