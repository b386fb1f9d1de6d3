import type { ReportChart, ReportSeries, ReportTable } from '@virgate/contract/generated/virgate';
import type { ChartDeclaration, ColumnDeclaration } from './declaration.ts';
import type { FigureRow } from './rows.ts';

/** Where the rows of a part lie: at points of time, in categories, or nowhere in particular. */
export interface Axis {
  points?: readonly number[];
  categories?: readonly string[];
}

/** How many rows of a table an answer has at most. */
export const mostRows = 10_000;

const numberAt = (row: FigureRow, name: string): number | null => {
  const value = row[name];
  return typeof value === 'number' ? value : null;
};

/** Rows by what they are of, in their order; all together when they are of nothing. */
function byLabel(rows: readonly FigureRow[]): Map<string, FigureRow[]> {
  return Map.groupBy(rows, (row) => row.id ?? row.label ?? '');
}

function nameOf(rows: readonly FigureRow[], value: string, alone: boolean): string {
  const label = rows[0]?.label;
  if (label === undefined || label === null || label === '') return value;
  return alone ? label : `${label}: ${value}`;
}

/** One line for each object and measure over points or categories. */
function lines(chart: ChartDeclaration, rows: readonly FigureRow[], axis: Axis): ReportSeries[] {
  const { points, categories } = axis;
  const count = points?.length ?? categories?.length ?? 0;
  const places = new Map(points?.map((at, place) => [at, place]));
  const placeOf = (row: FigureRow): number | undefined => (points === undefined ? row.category : places.get(row.at ?? NaN));
  return [...byLabel(rows).values()].flatMap((own) =>
    chart.values.map(({ measure, name }, index): ReportSeries => {
      const values: (number | null)[] = Array.from({ length: count }, () => chart.empty ?? null);
      for (const row of own) {
        const place = placeOf(row);
        if (place !== undefined && place < count) values[place] = numberAt(row, measure);
      }
      const dashed = chart.type === 'line' && index > 0 && own[0]?.label !== undefined && own[0].label !== null && chart.values.length > 1;
      return { name: nameOf(own, name, chart.values.length === 1), values, ...(dashed ? { dashed } : {}) };
    }),
  );
}

function overall(rows: readonly FigureRow[], measure: string, over: 'sum' | 'mean'): number | null {
  const known = rows.map((row) => numberAt(row, measure)).filter((value) => value !== null);
  if (known.length === 0) return null;
  const sum = known.reduce((left, right) => left + right, 0);
  return over === 'sum' ? sum : sum / known.length;
}

/** A chart out of the rows of its part; without rows it has no series. Pure. */
export function chartOf(chart: ChartDeclaration, all: readonly FigureRow[], axis: Axis): ReportChart {
  const { type, title = '', subtitle = '', unit, values, over, group, among, across } = chart;
  const rows = all.filter(
    (row) => (group === undefined || row.group === group) && (among === undefined || among.includes(row.label ?? '')),
  );
  const shape = { type, title, subtitle, unit, ...(across === true ? { across } : {}) };
  if (rows.length === 0) return { ...shape, series: [] };
  if (over !== undefined)
    return { ...shape, series: values.map(({ measure, name }) => ({ name, values: [overall(rows, measure, over)] })) };
  if (type === 'scatter')
    return {
      ...shape,
      categories: values.map(({ name }) => name),
      series: rows.map((row) => ({ name: row.label ?? '', values: values.map(({ measure }) => numberAt(row, measure)) })),
    };
  if (axis.points !== undefined) return { ...shape, series: lines(chart, rows, axis) };
  if (axis.categories !== undefined) return { ...shape, categories: [...axis.categories], series: lines(chart, rows, axis) };
  return {
    ...shape,
    categories: rows.map((row) => row.label ?? ''),
    series: values.map(({ measure, name }) => ({ name, values: rows.map((row) => numberAt(row, measure)) })),
  };
}

/** A table out of the rows of a part; its first {@link mostRows} at most, unless told otherwise. Pure. */
export function tableOf(
  title: string,
  columns: readonly ColumnDeclaration[],
  rows: readonly FigureRow[],
  axis: Axis,
  most = mostRows,
): ReportTable {
  const cell = (row: FigureRow, name: string): string | number | boolean | null =>
    name === 'category' ? (axis.categories?.[row.category ?? -1] ?? null) : (row[name] ?? null);
  return {
    title,
    columns: columns.map(({ title: heading, unit }) => ({ title: heading, unit })),
    rows: rows.slice(0, most).map((row) => columns.map(({ name }) => cell(row, name))),
    cut: rows.length > most,
  };
}
