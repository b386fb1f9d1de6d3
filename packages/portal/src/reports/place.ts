import type { ReportCriteria, ReportEntry } from './report.ts';

/** Criteria as an address has them: texts by name. */
export type CriteriaSearch = Readonly<Record<string, string>>;

const longest = 4000;
const names = [
  'period',
  'startDate',
  'startHour',
  'endDate',
  'showDeleted',
  'dataCenter',
  'cluster',
  'hostType',
  'host',
  'hosts',
  'vmType',
  'operatingSystem',
  'vm',
  'vms',
  'storageType',
  'storageDomain',
  'cpuThreshold',
  'memoryThreshold',
  'measure',
  'figure',
  'groupByTag',
  'displayBy',
  'historyDays',
  'horizonDays',
  'fullPercent',
  'costBy',
  'priceList',
];

function texts(input: Record<string, unknown>, known: readonly string[]): Record<string, string> {
  const entries = known.flatMap((name): [string, string][] => {
    const value = input[name];
    // A text of digits arrives as a number, true as itself.
    const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
    return typeof text === 'string' && text !== '' && text.length <= longest ? [[name, text]] : [];
  });
  return Object.fromEntries(entries);
}

/** What the address of a report holds; anything else in it is dropped. */
export const criteriaSearch = (input: Record<string, unknown>): CriteriaSearch => texts(input, names);

/** What the address of the list holds: the object whose reports are listed. */
export const listSearchOf = (input: Record<string, unknown>): { kind?: string; object?: string } => texts(input, ['kind', 'object']);

const listed = new Set(['hosts', 'vms']);
const numbers = new Set(['startHour', 'operatingSystem', 'cpuThreshold', 'memoryThreshold', 'historyDays', 'horizonDays', 'fullPercent']);
const flags = new Set(['showDeleted', 'groupByTag']);

/** Criteria as the engine takes them: those that the report has. Pure. */
export function criteriaOf(entry: ReportEntry, search: CriteriaSearch): ReportCriteria {
  const own = Object.entries(search).filter(([name, value]) => entry.criteria.includes(name) && value !== '');
  return Object.fromEntries(
    own.map(([name, value]) => [
      name,
      listed.has(name) ? value.split(',') : numbers.has(name) ? Number(value) : flags.has(name) ? value === 'true' : value,
    ]),
  );
}

/** Whether enough is chosen for the report to be made. */
export function isComplete(entry: ReportEntry, search: CriteriaSearch): boolean {
  const needed = [...entry.needs, ...(entry.criteria.includes('period') ? ['period', 'startDate'] : [])];
  return needed.every((name) => (search[name] ?? '') !== '');
}

/** The address of a file of the report. */
export function downloadAddress(entry: ReportEntry, search: CriteriaSearch, format: string): string {
  const own = Object.entries(search).filter(([name, value]) => entry.criteria.includes(name) && value !== '');
  return `/virgate/api/reports/${entry.code}/download?${new URLSearchParams([['format', format], ...own]).toString()}`;
}

/** Criteria as an address spells them. */
export const searchOf = (criteria: unknown): CriteriaSearch =>
  Object.fromEntries(Object.entries(criteria as object).map(([name, value]) => [name, String(value)]));

/** What a report begins with: yesterday; costs with this month. */
export function usualCriteria(entry: ReportEntry, today: Date): CriteriaSearch {
  if (!entry.criteria.includes('period')) return {};
  if (entry.criteria.includes('costBy')) return { period: 'monthly', startDate: `${today.toISOString().slice(0, 7)}-01` };
  const yesterday = new Date(today.getTime() - 86_400_000);
  return { period: 'daily', startDate: yesterday.toISOString().slice(0, 10) };
}
