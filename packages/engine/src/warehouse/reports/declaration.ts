import declared from '@virgate/contract/data/dwh/reports.json' with { type: 'json' };
import own from '@virgate/contract/data/dwh/own-reports.json' with { type: 'json' };
import type { ReportChartType, ReportKind, ReportMenu, ReportObjectKind, ReportUnit } from '@virgate/contract/generated/virgate';

/** What a report can be restricted to, by the names of the parameters of `GET /virgate/api/reports/{report}`. */
export type CriterionName =
  | 'period'
  | 'startDate'
  | 'startHour'
  | 'endDate'
  | 'showDeleted'
  | 'dataCenter'
  | 'cluster'
  | 'hostType'
  | 'host'
  | 'hosts'
  | 'vmType'
  | 'operatingSystem'
  | 'vm'
  | 'vms'
  | 'storageType'
  | 'storageDomain'
  | 'cpuThreshold'
  | 'memoryThreshold'
  | 'measure'
  | 'figure'
  | 'groupByTag'
  | 'displayBy'
  | 'historyDays'
  | 'horizonDays'
  | 'fullPercent'
  | 'costBy'
  | 'priceList';

/** Kinds of objects that samples are of. */
export type ObjectKind = 'host' | 'vm' | 'storage_domain' | 'host_interface' | 'vm_interface' | 'vm_disk';

/**
 * How a figure comes out of the rows of a source. `weighted`: the mean by minutes; `mean`: of the rows; `minutes` and `share` (percent of
 * all minutes) of statuses; `above` and `below`: minutes on either side of a threshold; `free`: what two percentages leave on average.
 */
export type Measure =
  | { weighted: string }
  | { mean: string }
  | { max: string }
  | { minutes: number[] }
  | { share: number[] }
  | { above: [column: string, threshold: 'cpuThreshold' | 'memoryThreshold'] }
  | { below: [column: string, threshold: 'cpuThreshold' | 'memoryThreshold'] }
  | { free: [string, string] };

/** Samples and sums of a kind, and what is measured of it. */
export interface Source {
  family: string;
  of: ObjectKind;
  key: string;
  status?: string;
  measures: Record<string, Measure>;
}

export interface ChartDeclaration {
  type: ReportChartType;
  title?: string;
  subtitle?: string;
  unit: ReportUnit;
  values: { measure: string; name: string }[];
  /** What stands where there is no row; otherwise nothing is known there. */
  empty?: number;
  /** Bars lie. */
  across?: boolean;
  /** Rows count of this group only, and of these labels. */
  group?: string;
  among?: string[];
  /** One figure of all rows: their sum or mean. */
  over?: 'sum' | 'mean';
  /** Drawn for these criteria only. */
  when?: { measure: string; figure: string };
}

export interface ColumnDeclaration {
  name: string;
  title: string;
  unit: ReportUnit;
}

interface Shown {
  charts: ChartDeclaration[];
  /** Columns of its table. Without it the table has the points, the labels and the measures. */
  columns?: ColumnDeclaration[];
}

/** Figures of a source, by point of time, day of the week or hour of the day or altogether, for each object or of all together. */
export interface MeasuredPart extends Shown {
  source: string;
  by: 'time' | 'weekday' | 'hour' | 'none';
  each?: 'object' | 'cluster';
  status?: number[];
  only?: 'high_availability';
  /** Only these many that have most (least) of the sum of these measures. */
  top?: { most: number; of: string[]; least?: boolean };
  grain?: 'hourly';
  measures: string[];
}

/** Figures of a query of its own. */
export interface QueriedPart extends Shown {
  query: string;
  most?: number;
}

/** Figures and charts that are worked out of the answers of several queries. */
export interface ComputedPart {
  computed: string;
  title: string;
  columns: ColumnDeclaration[];
}

export type ReportPart = MeasuredPart | QueriedPart | ComputedPart;

export interface ReportDeclaration {
  code: string;
  label: string;
  group: string;
  kind: ReportKind;
  /** Title of a result: {0} is the object or cluster, {1} the data center. */
  heading: string;
  criteria: CriterionName[];
  /** Criteria that cannot be left out, beside the period. */
  needs: CriterionName[];
  /** How many objects can be chosen. */
  most?: number;
  /**
   * Without criteria of a period it is about the newest configuration, or about the last day, the last `historyDays`, or these and
   * the next `horizonDays`.
   */
  span?: 'last_day' | 'history' | 'forecast';
  parts: ReportPart[];
}

interface Declared {
  sources: Record<string, Source>;
  reports: (Omit<ReportDeclaration, 'needs' | 'kind'> & { needs?: CriterionName[] })[];
  units: (Omit<ReportDeclaration, 'needs' | 'kind' | 'group'> & { needs?: CriterionName[] })[];
  dashboards: (Omit<ReportDeclaration, 'needs' | 'kind' | 'parts' | 'heading'> & { needs?: CriterionName[]; units: string[] })[];
  menus: Record<ReportObjectKind, { report: string; criterion: CriterionName }[]>;
}

const { sources: declaredSources, reports, units, dashboards, menus } = declared as unknown as Declared;
const { reports: ownReports, menus: ownMenus } = own as unknown as Pick<Declared, 'reports' | 'menus'>;

/** Sources of figures, by name. */
export const sources: Readonly<Record<string, Source>> = declaredSources;

const partsOfUnits = (codes: readonly string[]): ReportPart[] =>
  codes.flatMap((code) => units.find((unit) => unit.code === code)?.parts ?? []);

/** Every report, dashboard and unit of a dashboard. Source: reports of the data warehouse; trends are ours. */
export const reportDeclarations: readonly ReportDeclaration[] = [
  ...[...reports, ...ownReports].map((report) => ({ needs: [], ...report, kind: 'report' as const })),
  ...dashboards.map((dashboard) => ({
    needs: [],
    ...dashboard,
    kind: 'dashboard' as const,
    heading: dashboard.label,
    parts: partsOfUnits(dashboard.units),
  })),
  ...units.map((unit) => ({ needs: unit.criteria, ...unit, group: 'Units of dashboards', kind: 'unit' as const })),
];

/** Kinds of objects in whose menus a report stands. */
export const menusOf = (code: string): ReportMenu[] =>
  [...Object.entries(menus), ...Object.entries(ownMenus)].flatMap(([kind, entries]) =>
    entries.filter(({ report }) => report === code).map(({ criterion }) => ({ kind: kind as ReportObjectKind, criterion })),
  );
