import type { VirgateCalls } from '@virgate/contract/generated/virgate';
import { sql, type Kysely } from 'kysely';
import { visibleTo, type SignedIn } from '../../access/permissions.ts';
import { say } from '../../rest/fault.ts';
import type { Sentence } from '../../rest/sentence.ts';
import type { Tables } from '../../tables/schema.ts';
import { refusal } from '../../virgate/operation.ts';
import type { CriterionName, ReportDeclaration } from './declaration.ts';
import { isDay } from './period.ts';

/** Criteria as they were asked for. */
export type ReportCriteria = VirgateCalls['ReportService']['get']['params'];

/** Who reads a report. */
export type Reader = Pick<SignedIn, 'principals' | 'administrator'>;

/** Percent from which on usage counts as high, where nobody says otherwise. */
const usualThreshold = 60;

/** What forecasts are made of and go to, where nobody says otherwise. */
export const usualForecast = { historyDays: 90, horizonDays: 90, fullPercent: 90 } as const;
/** Days by which sizes of VMs are judged, where nobody says otherwise. */
const usualSizingDays = 30;

/** Names of criteria for readers. Source: reports of the data warehouse, criteria. */
export const criterionLabels: Readonly<Record<CriterionName, string>> = {
  period: 'Period Range',
  startDate: 'Start Date',
  startHour: 'Start Hour',
  endDate: 'End Date',
  showDeleted: 'Show Deleted Entities',
  dataCenter: 'Data Center',
  cluster: 'Cluster',
  hostType: 'Host Type',
  host: 'Host Name',
  hosts: 'Hosts',
  vmType: 'Virtual Machine Type',
  operatingSystem: 'Operating System',
  vm: 'Virtual Machine Name',
  vms: 'Virtual Machines',
  storageType: 'Storage Type',
  storageDomain: 'Storage Domain Name',
  cpuThreshold: 'CPU Threshold',
  memoryThreshold: 'Memory Threshold',
  measure: 'Utilization Measure',
  figure: 'Avg./Max',
  groupByTag: 'Group By Tag',
  displayBy: 'Display By',
  historyDays: 'Days of History',
  horizonDays: 'Days Ahead',
  fullPercent: 'Full At',
  costBy: 'Cost By',
  priceList: 'Price List',
};

const incomplete = (field: CriterionName): Error => refusal(400, 'incomplete', [say`${field} is needed for this report.`], field);
const invalid = (field: CriterionName, problem: Sentence): Error => refusal(400, 'invalid_value', [`${field}: `, problem], field);

/**
 * The criteria of a report, with those filled in that have a usual value.
 * @throws {Fault} 400 with the field that is wrong, missing, or none of this report
 */
export function checkedCriteria(report: ReportDeclaration, given: ReportCriteria): ReportCriteria {
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined && !report.criteria.includes(name as CriterionName))
      throw invalid(name as CriterionName, say`this report has no such criterion.`);
  }
  if (report.criteria.includes('period')) checkPeriod(given);
  for (const name of report.needs) if (given[name] === undefined) throw incomplete(name);
  for (const name of ['hosts', 'vms'] as const)
    if (report.most !== undefined && (given[name]?.length ?? 0) > report.most)
      throw invalid(name, say`at most ${report.most} can be compared.`);
  const usual: ReportCriteria = {
    cpuThreshold: usualThreshold,
    memoryThreshold: usualThreshold,
    measure: 'cpu',
    figure: 'average',
    groupByTag: false,
    displayBy: 'cluster',
    showDeleted: false,
    historyDays: report.span === 'forecast' ? usualForecast.historyDays : usualSizingDays,
    horizonDays: usualForecast.horizonDays,
    fullPercent: usualForecast.fullPercent,
    costBy: 'vm',
  };
  const filled = Object.entries(usual).filter(([name]) => report.criteria.includes(name as CriterionName));
  return { ...(Object.fromEntries(filled) as ReportCriteria), ...given };
}

function checkPeriod({ period, startDate, startHour, endDate }: ReportCriteria): void {
  if (period === undefined) throw incomplete('period');
  if (startDate === undefined) throw incomplete('startDate');
  for (const [name, day] of [
    ['startDate', startDate],
    ['endDate', endDate],
  ] as const)
    if (day !== undefined && !isDay(day)) throw invalid(name, say`must be a day from 2011 to 2050.`);
  if (endDate !== undefined && endDate < startDate) throw invalid('endDate', say`the period ends before it starts.`);
  if (startHour !== undefined && period !== 'hourly') throw invalid('startHour', say`only a period of an hour has one.`);
  if (endDate !== undefined && period === 'hourly') throw invalid('endDate', say`a period of an hour has none.`);
}

/** Kinds that criteria name, with the table and columns of their configuration, and their table among today's objects. */
const kinds = {
  data_center: { history: 'datacenter_configuration', id: 'datacenter_id', name: 'datacenter_name' },
  cluster: { history: 'cluster_configuration', id: 'cluster_id', name: 'cluster_name' },
  host: { history: 'host_configuration', id: 'host_id', name: 'host_name' },
  vm: { history: 'vm_configuration', id: 'vm_id', name: 'vm_name' },
  storage_domain: { history: 'storage_domain_configuration', id: 'storage_domain_id', name: 'storage_domain_name' },
} as const;
const kindOf = {
  dataCenter: 'data_center',
  cluster: 'cluster',
  host: 'host',
  hosts: 'host',
  vm: 'vm',
  vms: 'vm',
  storageDomain: 'storage_domain',
} as const;

/**
 * Names of the objects that a report is restricted to, gone ones included, and of its price list, by criterion.
 * @throws {Fault} 404 with the field where the history knows no such object, or the reader may not see it
 */
export async function namesOf(db: Kysely<Tables>, reader: Reader, criteria: ReportCriteria): Promise<Map<CriterionName, string>> {
  const names = new Map<CriterionName, string>();
  for (const [field, kind] of Object.entries(kindOf) as [keyof typeof kindOf, keyof typeof kinds][]) {
    const value = criteria[field];
    if (value === undefined) continue;
    const ids = [...new Set(Array.isArray(value) ? value : [value])];
    const { history, id, name } = kinds[kind];
    const visible = reader.administrator
      ? sql`true`
      : sql`exists (select 1 from ${sql.table(kind)} o where o.id = ${sql.ref(`c.${id}`)} and ${visibleTo(reader, kind, 'o')})`;
    const found = await sql<{ name: string }>`select distinct on (${sql.ref(`c.${id}`)}) ${sql.ref(`c.${name}`)} as name
      from ${sql.table(`history.${history}`)} c where ${sql.ref(`c.${id}`)} = any(${ids}::uuid[]) and ${visible}
      order by ${sql.ref(`c.${id}`)}, c.history_id desc`.execute(db);
    if (found.rows.length < ids.length)
      throw refusal(404, 'not_found', [`${field}: `, say`the history knows no such object, or it may not be seen.`], field);
    names.set(
      field,
      found.rows
        .map((row) => row.name)
        .toSorted()
        .join(', '),
    );
  }
  if (criteria.priceList !== undefined) {
    const found = await sql<{ name: string }>`select name from price_list where id = ${criteria.priceList}`.execute(db);
    const [list] = found.rows;
    if (list === undefined) throw refusal(404, 'not_found', ['priceList: ', say`there is no such price list.`], 'priceList');
    names.set('priceList', list.name);
  }
  return names;
}
