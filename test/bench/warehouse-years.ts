import { fileOf, reportDeclarations, runReport, type ReportCriteria, type Tables } from '@virgate/engine/bench';
import type { Kysely } from 'kysely';
import { median, say, timed } from './figures.ts';
import { fillYears, idOf, inventory, years } from './warehouse-data.ts';

const runs = 3;
const at = new Date(`${years.lastDay}T23:59:00Z`);
const administrator = { administrator: true, principals: [] };

/** What a report cannot do without: five years, and objects of the kinds that it asks for. */
function criteriaOf({ criteria, needs }: (typeof reportDeclarations)[number]): ReportCriteria {
  const objects: ReportCriteria = {
    host: idOf('host', 1),
    hosts: [1, 2, 3, 4, 5].map((n) => idOf('host', n)),
    vm: idOf('vm', 1),
    vms: [1, 2, 3, 4, 5].map((n) => idOf('vm', n)),
    storageDomain: idOf('domain', 1),
    dataCenter: idOf('dataCenter', 1),
    cluster: idOf('cluster', 1),
    priceList: idOf('priceList', 1),
  };
  const wanted = Object.entries(objects).filter(([name]) => needs.includes(name as (typeof needs)[number]));
  const period: ReportCriteria = { period: 'yearly', startDate: years.firstDay, endDate: years.lastDay };
  return { ...(criteria.includes('period') ? period : {}), ...(Object.fromEntries(wanted) as ReportCriteria) };
}

/** Reports over five years of daily rows of 1,000 VMs and 100 hosts, and the slowest as a PDF file. */
export async function measureYears(db: Kysely<Tables>): Promise<void> {
  await fillYears(db);
  say(`five years of days of ${inventory.vms} VMs and ${inventory.hosts} hosts`, `seed ${inventory.seed}; medians of ${runs}`);
  const reports = reportDeclarations.filter(({ kind }) => kind === 'report');
  const found: { code: string; label: string; times: number[]; make: (most?: number) => ReturnType<typeof runReport> }[] = [];
  for (const report of reports) {
    const make = (most?: number): ReturnType<typeof runReport> =>
      runReport(db, report, criteriaOf(report), { reader: administrator, at, ...(most === undefined ? {} : { most }) });
    const times: number[] = [];
    for (let count = 0; count < runs; count += 1)
      times.push(
        await timed(async () => {
          const { hasData } = await make();
          if (!hasData) throw new Error(`${report.code} has no data`);
        }),
      );
    found.push({ code: report.code, label: report.label, times, make });
  }
  const sorted = found.toSorted((left, right) => median(right.times) - median(left.times));
  for (const { label, times } of sorted) say(label, `${(median(times) / 1000).toFixed(2)} s`);
  const [slowest] = sorted;
  if (slowest === undefined) throw new Error('There is no report');
  const pdf = await timed(async () => fileOf(await slowest.make(100_000), 'pdf'));
  say(`${slowest.code} as a PDF file, its figures included`, `${(pdf / 1000).toFixed(2)} s`);
}
