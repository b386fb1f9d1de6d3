import type {
  QueryAggregate,
  QueryChart,
  QueryColumn,
  QueryColumnKind,
  QueryFilter,
  QueryOperator,
  QueryPeriod,
  QueryStep,
  ReportUnit,
  WarehouseQuery,
} from '@virgate/contract/generated/virgate';
import { checkAttribute } from '@virgate/contract/virgate/check';
import { say } from '../../rest/fault.ts';
import type { Sentence } from '../../rest/sentence.ts';
import { refusal } from '../../virgate/operation.ts';
import type { ExportColumn } from '../exports/rows.ts';
import { isDay } from '../reports/period.ts';
import type { QueryableColumn, QueryableView } from './catalogue.ts';

/** A column of the result. */
export interface QueryOutput {
  /** How it is headed: `avg(cpu_usage_percent)`, `history_datetime (day)`. */
  readonly title: string;
  /** Its name in files for other tools: `avg_cpu_usage_percent`. */
  readonly name: string;
  /** What it is made of; null counts rows. */
  readonly column: QueryableColumn | null;
  readonly step?: QueryStep;
  readonly aggregate?: QueryAggregate;
  readonly kind: QueryColumnKind;
  readonly unit: ReportUnit;
  readonly stored: ExportColumn['kind'];
  /** A figure, which charts show; the others say what of. */
  readonly figure: boolean;
}

export interface QueryCondition {
  readonly column: QueryableColumn;
  readonly operator: QueryOperator;
  /** Numbers, texts, flags; times as milliseconds of the epoch, days as texts. */
  readonly values: readonly (string | number | boolean)[];
}

/** A query whose every part is known to be one of its view. */
export interface CheckedQuery {
  readonly view: QueryableView;
  readonly outputs: readonly QueryOutput[];
  /** Rows are grouped by the outputs that are no aggregates. */
  readonly grouped: boolean;
  readonly conditions: readonly QueryCondition[];
  readonly period: QueryPeriod | null;
  readonly sort: readonly { output: number; descending: boolean }[];
  /** Rows that are wanted at most; null for as many as may be. */
  readonly limit: number | null;
  readonly chart: QueryChart;
}

const invalid = (field: string, problem: Sentence): Error => refusal(400, 'invalid_value', [`${field}: `, problem], field);

function columnOf(view: QueryableView, name: string, field: string): QueryableColumn {
  const column = view.columns.get(name);
  if (column === undefined) throw invalid(field, say`the view has no column ${name}.`);
  return column;
}

/** Kinds of columns that an aggregate can be taken of; all when missing. */
const aggregated: Readonly<Partial<Record<QueryAggregate, readonly QueryColumnKind[]>>> = {
  sum: ['number'],
  avg: ['number'],
  min: ['number', 'text', 'time', 'day'],
  max: ['number', 'text', 'time', 'day'],
};

function outputOf(view: QueryableView, { name, step, aggregate }: QueryColumn): QueryOutput {
  if (name === undefined) {
    if (aggregate !== 'count' || step !== undefined) throw invalid('columns.name', say`only a count of rows needs none.`);
    return { title: 'count', name: 'count', column: null, aggregate, kind: 'number', unit: 'count', stored: 'long', figure: true };
  }
  const column = columnOf(view, name, 'columns.name');
  if (aggregate !== undefined) {
    if (step !== undefined) throw invalid('columns.step', say`an aggregate has no steps of time.`);
    const possible = aggregated[aggregate];
    if (possible !== undefined && !possible.includes(column.kind))
      throw invalid('columns.aggregate', say`${aggregate} cannot be taken of ${name}.`);
    const base = { title: `${aggregate}(${name})`, name: `${aggregate}_${name}`, column, aggregate };
    if (aggregate === 'count' || aggregate === 'distinct') return { ...base, kind: 'number', unit: 'count', stored: 'long', figure: true };
    const { kind, unit, stored } = column;
    return {
      ...base,
      kind,
      unit,
      stored: kind === 'number' && aggregate !== 'min' && aggregate !== 'max' ? 'decimal' : stored,
      figure: kind === 'number',
    };
  }
  if (step === undefined) return { title: name, name, column, kind: column.kind, unit: column.unit, stored: column.stored, figure: false };
  if (column.kind !== 'time' && (column.kind !== 'day' || step === 'hour'))
    throw invalid('columns.step', say`${name} has no steps of an ${step}.`);
  return {
    title: `${name} (${step})`,
    name: `${name}_${step}`,
    column,
    step,
    kind: column.kind,
    unit: 'time',
    stored: 'time',
    figure: false,
  };
}

function outputsOf(view: QueryableView, columns: readonly QueryColumn[]): { outputs: QueryOutput[]; grouped: boolean } {
  const outputs = columns.map((column) => outputOf(view, column));
  const grouped = outputs.some(({ aggregate }) => aggregate !== undefined);
  const names = new Set<string>();
  for (const { name, title } of outputs) {
    if (names.has(name)) throw invalid('columns', say`${title} is there twice.`);
    names.add(name);
  }
  // Of ungrouped rows numbers are figures; what rows are grouped by is none.
  return { grouped, outputs: grouped ? outputs : outputs.map((one) => ({ ...one, figure: one.kind === 'number' })) };
}

const orders: readonly QueryOperator[] = ['less', 'at_most', 'at_least', 'greater'];
const ordered: readonly QueryColumnKind[] = ['number', 'time', 'day'];

function canBeCompared(kind: QueryColumnKind, operator: QueryOperator): boolean {
  if (orders.includes(operator)) return ordered.includes(kind);
  return kind === 'text' || (operator !== 'contains' && operator !== 'begins');
}

const longestText = 1000;
const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= longestText && !value.includes('\0');

/** A value of a filter as a column of a kind has it. @throws {Fault} 400 */
function valueOf(kind: QueryColumnKind, value: unknown): string | number | boolean {
  const field = 'filters.values';
  switch (kind) {
    case 'number':
      if (typeof value === 'number' && Number.isFinite(value)) return value;
      throw invalid(field, say`must be numbers.`);
    case 'choice':
      if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
      throw invalid(field, say`must be whole numbers.`);
    case 'boolean':
      if (typeof value === 'boolean') return value;
      throw invalid(field, say`must be true or false.`);
    case 'id':
      if (checkAttribute({ name: field, type: 'uuid' }, value) === null) return String(value);
      throw invalid(field, say`must be ids.`);
    case 'day':
      if (isText(value) && isDay(value)) return value;
      throw invalid(field, say`must be days as YYYY-MM-DD.`);
    case 'time':
      if (checkAttribute({ name: field, type: 'timestamp' }, value) === null)
        return typeof value === 'number' ? value : Date.parse(String(value));
      throw invalid(field, say`must be times as ISO 8601 or milliseconds of the epoch.`);
    case 'text':
      if (isText(value)) return value;
      throw invalid(field, say`must be texts of at most ${longestText} characters.`);
  }
}

function conditionOf(view: QueryableView, { column: name, operator, values = [] }: QueryFilter): QueryCondition {
  const column = columnOf(view, name, 'filters.column');
  if (!canBeCompared(column.kind, operator)) throw invalid('filters.operator', say`${name} cannot be compared by ${operator}.`);
  const empty = operator === 'is_null' || operator === 'is_not_null';
  if (empty && values.length > 0) throw invalid('filters.values', say`${operator} takes no value.`);
  if (!empty && values.length === 0) throw invalid('filters.values', say`${operator} needs a value.`);
  if (orders.includes(operator) && values.length > 1) throw invalid('filters.values', say`${operator} takes one value only.`);
  return { column, operator, values: values.map((value) => valueOf(column.kind, value)) };
}

function checkPeriod(view: QueryableView, period: QueryPeriod): QueryPeriod | null {
  const { last, from, to } = period;
  if (last === undefined && from === undefined && to === undefined) return null;
  if (!view.timed) throw invalid('period', say`the view has no times.`);
  if (last !== undefined && (from ?? to) !== undefined) throw invalid('period.last', say`it is either this, or from and to.`);
  for (const [name, day] of [
    ['from', from],
    ['to', to],
  ] as const)
    if (day !== undefined && !isDay(day)) throw invalid(`period.${name}`, say`must be a day from 2011 to 2050.`);
  if (from !== undefined && to !== undefined && to < from) throw invalid('period.to', say`the period ends before it starts.`);
  return period;
}

/** The output that a line goes along: the first of times. */
export const axisOf = (outputs: readonly QueryOutput[]): QueryOutput | undefined =>
  outputs.find(({ kind, aggregate }) => aggregate === undefined && (kind === 'time' || kind === 'day'));

function checkChart(chart: QueryChart, outputs: readonly QueryOutput[]): void {
  const figures = outputs.some(({ figure }) => figure);
  if (chart === 'line' && !(figures && axisOf(outputs) !== undefined))
    throw invalid('chart', say`lines need a time and a number among the columns.`);
  if (chart === 'bar' && !(figures && outputs.some(({ figure }) => !figure)))
    throw invalid('chart', say`bars need a number, and a column that they are of.`);
}

/**
 * A query with everything that it names looked up in its view. Nothing that it says becomes part of a statement but as a value. Pure.
 * @throws {Fault} 400 with the field that is wrong
 */
export function checkQuery(view: QueryableView, query: WarehouseQuery): CheckedQuery {
  const { columns, filters = [], period = {}, sort = [], limit = null, chart = 'none' } = query;
  const { outputs, grouped } = outputsOf(view, columns);
  const conditions = filters.map((filter) => conditionOf(view, filter));
  for (const { column } of sort) if (column >= outputs.length) throw invalid('sort.column', say`the result has no column ${column}.`);
  checkChart(chart, outputs);
  return {
    view,
    outputs,
    grouped,
    conditions,
    period: checkPeriod(view, period),
    sort: sort.map(({ column, descending = false }) => ({ output: column, descending })),
    limit,
    chart,
  };
}
