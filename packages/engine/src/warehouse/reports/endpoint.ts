import type { Report } from '@virgate/contract/generated/virgate';
import { sql, type Kysely } from 'kysely';
import { visibleTo, type SignedIn } from '../../access/permissions.ts';
import { notBuilt } from '../../rest/fault.ts';
import type { Tables } from '../../tables/schema.ts';
import { refusal, type VirgateOperations } from '../../virgate/operation.ts';
import { reportFacts } from '../facts.ts';
import { warehouseSettings } from '../settings.ts';
import { activeVmsByOs } from './active-vms-by-os.ts';
import { isDay, reportSpan } from './period.ts';

/** Reports that are built, by their codes. */
const built: Readonly<Record<string, typeof activeVmsByOs>> = { BR18: activeVmsByOs };

/** Name of a data center or cluster that a report is restricted to, as its reader may know it; it may be gone by now. */
async function nameOf(db: Kysely<Tables>, user: SignedIn, kind: 'data_center' | 'cluster', id: string): Promise<string> {
  const field = kind === 'cluster' ? 'cluster' : 'dataCenter';
  const table = kind === 'cluster' ? 'cluster' : 'datacenter';
  const visible = user.administrator
    ? sql`true`
    : sql`exists (select 1 from ${sql.table(kind)} o where o.id = ${id}::uuid and ${visibleTo(user, kind, 'o')})`;
  const found = await sql<{
    name: string;
  }>`select ${sql.ref(`c.${table}_name`)} as name from ${sql.table(`history.${table}_configuration`)} c
    where ${sql.ref(`c.${table}_id`)} = ${id}::uuid and ${visible} order by c.history_id desc limit 1`.execute(db);
  const [row] = found.rows;
  if (!row) throw refusal(404, 'not_found', `${field}: the history knows no such object, or it may not be seen.`, field);
  return row.name;
}

/** `/virgate/api/reports`: reports over the sums of the history. */
export const reportOperations: VirgateOperations = {
  ReportsService: {
    list: {
      run: () =>
        Promise.resolve(reportFacts.map(({ code, label, group }) => ({ code, name: label, group, built: built[code] !== undefined }))),
    },
  },
  ReportService: {
    get: {
      async run({ db, user, path, params }): Promise<Report> {
        const facts = reportFacts.find(({ code }) => code === path.report);
        if (facts === undefined) throw refusal(404, 'not_found', 'There is no report of that code.', 'report');
        const report = built[facts.code];
        if (report === undefined) throw notBuilt(`the report ${facts.code}`);
        const { period, startDate, dataCenter, cluster, vmType, showDeleted = false } = params;
        if (!isDay(startDate)) throw refusal(400, 'invalid_value', 'startDate: must be a day from 2011 to 2050.', 'startDate');
        const names = {
          dataCenter: dataCenter === undefined ? null : await nameOf(db, user, 'data_center', dataCenter),
          cluster: cluster === undefined ? null : await nameOf(db, user, 'cluster', cluster),
        };
        const { timeZone } = await warehouseSettings(db);
        const span = await reportSpan(db, period, startDate, timeZone);
        const { hasData, charts } = await report(db, user, { dataCenter, cluster, vmType, showDeleted }, span, timeZone);
        return {
          code: facts.code,
          name: facts.label,
          period,
          from: span.fromMs,
          to: span.toMs,
          timeZone,
          ...names,
          hasData,
          points: span.points,
          charts,
        };
      },
    },
  },
};
