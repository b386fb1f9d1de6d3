import type { Report, ReportChart, ReportCriterion, ReportTable, ReportUnit } from '@virgate/contract/generated/virgate';
import type { ExportValue } from '../exports/rows.ts';
import { chartOf } from '../reports/charts.ts';
import type { FigureRow } from '../reports/rows.ts';
import { axisOf, type CheckedQuery, type QueryCondition, type QueryOutput } from './document.ts';
import type { QueriedRows } from './run.ts';

const dayOf = (ms: number, timeZone: string): string => new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(ms);

/** A value as tables show it: words for numbers that stand for such, days as `2030-01-15`, times as milliseconds. */
function shownAs({ kind, step, column, aggregate }: QueryOutput, value: ExportValue, timeZone: string): string | number | boolean | null {
  if (value === null) return null;
  if (kind === 'day') return dayOf(Number(value), 'UTC');
  if (kind === 'time') return step === undefined || step === 'hour' ? Number(value) : dayOf(Number(value), timeZone);
  if (kind === 'choice' && aggregate === undefined) return column?.choices?.get(Number(value)) ?? String(value);
  return kind === 'number' ? Number(value) : value;
}

const unitOf = ({ kind, step, unit }: QueryOutput): ReportUnit =>
  kind === 'day' || (step !== undefined && step !== 'hour') ? 'text' : kind === 'number' || kind === 'time' ? unit : 'text';

function tableOf({ view, outputs }: CheckedQuery, { rows, cut }: QueriedRows, timeZone: string): ReportTable {
  return {
    title: view.name,
    columns: outputs.map((output) => ({ title: output.title, unit: unitOf(output) })),
    rows: rows.map((row) => outputs.map((output, index) => shownAs(output, row[index] ?? null, timeZone))),
    cut,
  };
}

/** Rows with what they are of: at a time when there is an axis, and under what the other columns say that are no figures. */
function figureRows(
  { outputs }: CheckedQuery,
  rows: readonly ExportValue[][],
  axis: QueryOutput | undefined,
  times: ReadonlyMap<string, number>,
  timeZone: string,
): FigureRow[] {
  return rows.map((row) => {
    const figures = Object.fromEntries(
      outputs.flatMap(({ figure, name }, index) =>
        figure && row[index] !== null && row[index] !== undefined ? [[name, Number(row[index])]] : [],
      ),
    );
    const said = outputs.flatMap((output, index) => {
      if (output.figure || output === axis) return [];
      const value = shownAs(output, row[index] ?? null, timeZone);
      return [value === null ? '–' : typeof value === 'number' ? new Date(value).toISOString() : String(value)];
    });
    const at = axis && row[outputs.indexOf(axis)];
    return {
      ...figures,
      ...(said.length === 0 ? {} : { label: said.join(', ') }),
      ...(at === undefined || at === null
        ? {}
        : { at: axis?.kind === 'day' ? (times.get(dayOf(Number(at), 'UTC')) ?? Number(at)) : Number(at) }),
    };
  });
}

/** A chart for each unit: figures of several have no axis in common. */
function chartsOf(query: CheckedQuery, rows: readonly FigureRow[], points: readonly number[] | undefined): ReportChart[] {
  const { view, outputs, chart } = query;
  if (chart === 'none') return [];
  return [
    ...Map.groupBy(
      outputs.filter(({ figure }) => figure),
      ({ unit }) => unit,
    ),
  ].map(([unit, figures]) =>
    chartOf(
      {
        type: chart,
        title: figures.map(({ title }) => title).join(', '),
        subtitle: view.name,
        unit,
        values: figures.map(({ name, title }) => ({ measure: name, name: title })),
      },
      rows,
      points === undefined ? {} : { points },
    ),
  );
}

function said({ column, operator, values }: QueryCondition): string {
  const words = values.map((value) => {
    if (column.kind === 'time') return new Date(Number(value)).toISOString();
    return column.choices?.get(Number(value)) ?? String(value);
  });
  return [operator.replaceAll('_', ' '), words.join(', ')].join(' ').trim();
}

function criteriaOf({ conditions, period }: CheckedQuery): ReportCriterion[] {
  const { last, from = '', to = '' } = period ?? {};
  return [
    ...(period === null
      ? []
      : [{ name: 'period', label: 'Period', value: last === undefined ? `${from} – ${to}`.trim() : `Last ${last}` }]),
    ...conditions.map((condition, index) => ({ name: `filter ${index + 1}`, label: condition.column.name, value: said(condition) })),
  ];
}

/** Days that the rows of a query lie at, for {@link resultOf}; none when times are no days. Pure. */
export function daysOf({ outputs, chart }: CheckedQuery, { rows }: QueriedRows): string[] {
  const axis = chart === 'line' ? axisOf(outputs) : undefined;
  if (axis?.kind !== 'day') return [];
  const place = outputs.indexOf(axis);
  return [...new Set(rows.flatMap((row) => (row[place] === null || row[place] === undefined ? [] : [dayOf(Number(row[place]), 'UTC')])))];
}

/**
 * The answer to a query in the form of a report, so that everything that shows reports shows it. Pure.
 * @param times where the days of {@link daysOf} begin in the warehouse's time zone
 */
export function resultOf(query: CheckedQuery, found: QueriedRows, times: ReadonlyMap<string, number>, timeZone: string): Report {
  const { view, outputs, chart } = query;
  const axis = chart === 'line' ? axisOf(outputs) : undefined;
  const rows = chart === 'none' ? [] : figureRows(query, found.rows, axis, times, timeZone);
  const points = axis && [...new Set(rows.flatMap(({ at }) => (at === undefined ? [] : [at])))].toSorted((left, right) => left - right);
  return {
    code: 'Query',
    name: view.name,
    group: view.description,
    heading: view.name,
    period: null,
    from: null,
    to: null,
    timeZone,
    criteria: criteriaOf(query),
    hasData: found.rows.length > 0,
    points: points ?? [],
    charts: chartsOf(query, rows, points),
    tables: [tableOf(query, found, timeZone)],
  };
}
