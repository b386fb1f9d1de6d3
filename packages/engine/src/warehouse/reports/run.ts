import type { Report, ReportChart, ReportCriterion } from '@virgate/contract/generated/virgate';
import { operatingSystems } from '@virgate/contract/generated/osinfo';
import { sql, type Kysely } from 'kysely';
import type { Tables } from '../../tables/schema.ts';
import { warehouseSettings } from '../settings.ts';
import type { Asked } from './chosen.ts';
import { chartOf, mostRows, tableOf, type Axis } from './charts.ts';
import { computedPart } from './computed.ts';
import { checkedCriteria, criterionLabels, namesOf, type Reader, type ReportCriteria } from './criteria.ts';
import type { ColumnDeclaration, CriterionName, MeasuredPart, ReportDeclaration, ReportPart } from './declaration.ts';
import { categories, measuredRows } from './measured.ts';
import { daysAround, lastDay, reportSpan, type ReportSpan } from './period.ts';
import { queriedRows } from './queries.ts';
import type { FigureRow } from './rows.ts';

/** What one statement of a report may take. */
const statementTimeoutMs = 60_000;
const workMemory = '64MB';

/** Columns of a part whose declaration has none: its points, its labels, its measures. */
function usualColumns(part: MeasuredPart): ColumnDeclaration[] {
  const titles = new Map(
    part.charts.flatMap(({ values, unit }) => values.map(({ measure, name }) => [measure, { title: name, unit }] as const)),
  );
  return [
    ...(part.by === 'time' ? [{ name: 'at', title: 'Date', unit: 'time' as const }] : []),
    ...(part.by === 'weekday' || part.by === 'hour'
      ? [{ name: 'category', title: part.by === 'hour' ? 'Hour' : 'Day', unit: 'text' as const }]
      : []),
    ...(part.each === undefined ? [] : [{ name: 'label', title: 'Name', unit: 'text' as const }]),
    ...part.measures.flatMap((name) => {
      const shown = titles.get(name);
      return shown === undefined ? [] : [{ name, ...shown }];
    }),
  ];
}

/** What a part shows. */
interface Figures {
  rows: FigureRow[];
  axis: Axis;
  columns: ColumnDeclaration[];
  /** Charts that are made already. */
  charts?: ReportChart[];
}

/** Rows of a part, and where they lie. */
async function figuresOf(db: Kysely<Tables>, part: ReportPart, asked: Asked): Promise<Figures> {
  const { points } = asked.span;
  if ('computed' in part) return { ...(await computedPart(db, part.computed, asked)), axis: {}, columns: part.columns };
  if ('query' in part) {
    const rows = await queriedRows(db, part.query, asked);
    const timed = rows.some(({ at }) => at !== undefined);
    return { rows: part.most === undefined ? rows : rows.slice(0, part.most), axis: timed ? { points } : {}, columns: part.columns ?? [] };
  }
  const rows = await measuredRows(db, part, asked);
  const axis = part.by === 'time' ? { points } : part.by === 'none' ? {} : { categories: categories[part.by] };
  return { rows, axis, columns: part.columns ?? usualColumns(part) };
}

/** Whether a row tells anything: sums over nothing are rows too. */
const tells = (row: FigureRow, part: ReportPart): boolean =>
  'query' in part || 'computed' in part || part.measures.some((name) => row[name] !== null && row[name] !== undefined);

/** Charts of a part: those for its criteria, out of its rows when they are not made yet. */
function chartsOf(part: ReportPart, { rows, axis, charts }: Figures, criteria: ReportCriteria): ReportChart[] {
  if ('computed' in part) return charts ?? [];
  return part.charts
    .filter(({ when }) => when === undefined || (when.measure === criteria.measure && when.figure === criteria.figure))
    .map((chart) => chartOf(chart, rows, axis));
}

const titleOf = (part: ReportPart): string | undefined => ('computed' in part ? part.title : part.charts[0]?.title);

const yesNo = (value: boolean): string => (value ? 'Yes' : 'No');

function inWords(name: CriterionName, criteria: ReportCriteria, names: ReadonlyMap<CriterionName, string>): string | null {
  const value = criteria[name];
  const named = names.get(name);
  if (named !== undefined) return named;
  if (value === undefined)
    return ['dataCenter', 'cluster', 'hostType', 'vmType', 'operatingSystem', 'storageType', 'hosts', 'storageDomain'].includes(name)
      ? 'All'
      : null;
  if (typeof value === 'boolean') return yesNo(value);
  if (name === 'operatingSystem') return operatingSystems.find(({ id }) => id === value)?.name ?? String(value);
  if (name === 'cpuThreshold' || name === 'memoryThreshold' || name === 'fullPercent') return `${String(value)} %`;
  if (name === 'costBy' && value === 'vm') return 'Virtual machine';
  const text = String(value).replaceAll('_', ' ');
  return name === 'startDate' || name === 'endDate' ? text : text.charAt(0).toUpperCase() + text.slice(1);
}

function headingOf(report: ReportDeclaration, names: ReadonlyMap<CriterionName, string>): string {
  const one = names.get('host') ?? names.get('vm') ?? names.get('storageDomain');
  const cluster = names.get('cluster');
  const dataCenter = names.get('dataCenter') ?? 'All';
  const first = one ?? (report.heading.includes('{1}') ? (cluster === undefined ? 'All Clusters' : `Cluster ${cluster}`) : dataCenter);
  return report.heading.replace('{0}', first).replace('{1}', dataCenter);
}

async function spanOf(db: Kysely<Tables>, report: ReportDeclaration, criteria: ReportCriteria, at: Date): Promise<ReportSpan> {
  const { timeZone } = await warehouseSettings(db);
  const { period, startDate, startHour, endDate, historyDays, horizonDays } = criteria;
  if (historyDays !== undefined) return daysAround(db, timeZone, at, { before: historyDays, after: horizonDays });
  if (!report.criteria.includes('period') || period === undefined || startDate === undefined) return lastDay(timeZone, at);
  return await reportSpan(db, timeZone, { period, startDate, startHour, endDate });
}

/**
 * A report for who reads it.
 * @param most rows of each table
 * @throws {Fault} 400 and 404 with the criterion that is wrong
 */
export async function runReport(
  db: Kysely<Tables>,
  report: ReportDeclaration,
  given: ReportCriteria,
  { reader, at, most = mostRows }: { reader: Reader; at: Date; most?: number },
): Promise<Report> {
  const criteria = checkedCriteria(report, given);
  const names = await namesOf(db, reader, criteria);
  const span = await spanOf(db, report, criteria, at);
  const figures = await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => {
      await sql`set local statement_timeout = ${sql.lit(statementTimeoutMs)}`.execute(trx);
      await sql`set local work_mem = ${sql.lit(workMemory)}`.execute(trx);
      // The plan for a few objects of a day is not that for all of five years.
      await sql`set local plan_cache_mode = force_custom_plan`.execute(trx);
      // Each year is summed up by itself, in a process of its own.
      await sql`set local enable_partitionwise_aggregate = on`.execute(trx);
      // How many groups there are is guessed far too low: joins would sort them on disk, or work them out anew for each row.
      await sql`set local enable_mergejoin = off`.execute(trx);
      await sql`set local enable_nestloop = off`.execute(trx);
      const found: Figures[] = [];
      for (const part of report.parts) found.push(await figuresOf(trx, part, { reader, criteria, span, most, at }));
      return found;
    });
  const shown = report.parts.map((part, index) => {
    const made = figures[index] ?? { rows: [], axis: {}, columns: [] };
    return { ...made, part, rows: made.rows.filter((row) => tells(row, part)) };
  });
  const timed = report.criteria.includes('period') || report.span === 'forecast';
  return {
    code: report.code,
    name: report.label,
    group: report.group,
    heading: headingOf(report, names),
    period: criteria.period ?? null,
    from: timed || report.span !== undefined ? span.fromMs : null,
    to: timed || report.span !== undefined ? span.toMs : null,
    timeZone: span.timeZone,
    criteria: report.criteria.flatMap((name): ReportCriterion[] => {
      const value = inWords(name, criteria, names);
      return value === null ? [] : [{ name, label: criterionLabels[name], value }];
    }),
    hasData: shown.some(({ rows }) => rows.length > 0),
    points: shown.some(({ axis }) => axis.points !== undefined) || timed ? span.points : [],
    charts: shown.flatMap(({ part, ...made }) => chartsOf(part, made, criteria)),
    tables: shown
      .filter(({ columns }) => columns.length > 0)
      .map(({ part, rows, axis, columns }) => tableOf(titleOf(part) ?? report.label, columns, rows, axis, most)),
  };
}
