import assert from 'node:assert/strict';
import type { Report } from '@virgate/contract/generated/virgate';
import type { Kysely } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import type { ReportCriteria } from '../warehouse/reports/criteria.ts';
import { reportDeclarations } from '../warehouse/reports/declaration.ts';
import { runReport } from '../warehouse/reports/run.ts';
import { dailyRows, figures, hourlyRows, type Figures } from './summed-history.ts';
import type { Sample } from './synthetic-history.ts';

/** Reports of a synthetic history, beside the rows of sums that their figures are counted out from once more. */

export const hourMs = 3_600_000;

/** The days that reports are checked about: two on which clocks are changed, with 23 and 25 hours, from midnight before to after them. */
export const checkedDays = {
  zone: 'Europe/Berlin',
  spring: { fromMs: Date.parse('2030-03-30T22:00:00Z'), toMs: Date.parse('2030-04-01T00:00:00Z') },
  autumn: { fromMs: Date.parse('2030-10-26T21:00:00Z'), toMs: Date.parse('2030-10-28T01:30:00Z') },
  after: new Date('2030-10-30T00:00:00Z'),
} as const;
const { zone, autumn, after } = checkedDays;

const localDay = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
/** The day of a time. */
export const dayOf = (ms: number): string => localDay.format(ms);

export const springDay = { period: 'daily', startDate: '2030-03-31' } as const;
export const autumnDay = { period: 'daily', startDate: '2030-10-27', showDeleted: true } as const;
export const october = { period: 'monthly', startDate: '2030-10-01', showDeleted: true } as const;

export type SamplesOf = (kind: Figures) => Sample[];
export type Declaration = (typeof reportDeclarations)[number];

export const declared = (code: string): Declaration => {
  const declaration = reportDeclarations.find((one) => one.code === code);
  assert.ok(declaration, code);
  return declaration;
};
export const kindOf = (samples: string, hourly = samples.replace('samples', 'hourly')): Figures => {
  const kind = figures.find((one) => one.samples === samples && one.hourly === hourly);
  assert.ok(kind, samples);
  return kind;
};
export const timeOf = (row: Sample): number => Date.parse(row['history_datetime'] ?? '');
export const series = (found: Report, chart: number): Record<string, (number | null)[]> =>
  Object.fromEntries(found.charts[chart]?.series.map(({ name, values }) => [name, values]) ?? []);
export const cells = (found: Report): unknown[][] => (found.tables[0]?.rows ?? []) as unknown[][];
export const of = (rows: Sample[], column: string, id: string, status?: string): Sample[] =>
  rows.filter((row) => row[column] === id && (status === undefined || row[column.replace('_id', '_status')] === status));
/** A figure for each hour of a day, null where there is none. */
export const overHours = (found: Report, rows: Sample[], figure: (rows: Sample[]) => number | null): (number | null)[] =>
  found.points.map((at) => figure(rows.filter((row) => timeOf(row) === at)));
/** A figure for each day, null where there is none. */
export const overDays = (found: Report, rows: Sample[], figure: (rows: Sample[]) => number | null): (number | null)[] =>
  found.points.map((at) => figure(rows.filter((row) => row['history_datetime'] === dayOf(at))));
export const goneVm = `vm3 (Removed on ${dayOf(autumn.fromMs)})`;
export const vmNames = ['vm0', 'vm1', 'vm2', goneVm];

/** Reports and rows of sums to check them against. */
export interface Checked {
  samplesOf: SamplesOf;
  report(declaration: string | Declaration, criteria: ReportCriteria, at?: Date): Promise<Report>;
  hoursOf(samples: string, day: string): Sample[];
  daysOf(samples: string): Sample[];
}

/** @param samplesOf all samples of a kind, in the order in which they came */
export function checkedOf(db: Kysely<Tables>, samplesOf: SamplesOf): Checked {
  return {
    samplesOf,
    report: (asked, criteria, at = after) =>
      runReport(db, typeof asked === 'string' ? declared(asked) : asked, criteria, { reader: { administrator: true, principals: [] }, at }),
    hoursOf(samples, day) {
      const kind = kindOf(samples);
      return hourlyRows(kind, samplesOf(kind)).filter((row) => dayOf(timeOf(row)) === day);
    },
    daysOf(samples) {
      const kind = kindOf(samples);
      return dailyRows(kind, hourlyRows(kind, samplesOf(kind)), dayOf).filter(
        (row) => (row['history_datetime'] ?? '') >= october.startDate,
      );
    },
  };
}
