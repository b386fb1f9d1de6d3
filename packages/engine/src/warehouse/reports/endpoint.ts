import { sql } from 'kysely';
import { refusal, type VirgateOperations } from '../../virgate/operation.ts';
import { warehouseSettings } from '../settings.ts';
import { menusOf, reportDeclarations, type ReportDeclaration } from './declaration.ts';
import { fileOf } from './file.ts';
import { choosable } from './objects.ts';
import { pictureOf } from './picture.ts';
import { runReport } from './run.ts';

const mostChoices = 500;
/** Rows of each table of a file. */
const mostRowsOfFile = 100_000;

/** @throws {Fault} 404 */
function reportOf(code: string): ReportDeclaration {
  const report = reportDeclarations.find((one) => one.code === code);
  if (report === undefined) throw refusal(404, 'not_found', 'There is no report of that code.', 'report');
  return report;
}

/** `/virgate/api/reports`: reports over the sums of the history. */
export const reportOperations: VirgateOperations = {
  ReportsService: {
    list: {
      run: () =>
        Promise.resolve(
          reportDeclarations
            .filter(({ kind }) => kind !== 'unit')
            .map(({ code, label, group, kind, criteria, needs, most }) => ({
              code,
              name: label,
              group,
              kind,
              criteria,
              needs,
              menus: menusOf(code),
              ...(most === undefined ? {} : { most }),
            })),
        ),
    },
  },
  ReportService: {
    get: {
      run: ({ engine, db, user, path, params }) =>
        runReport(db, reportOf(path.report), params, { reader: user, at: new Date(engine.now()) }),
    },
    download: {
      async run({ engine, db, user, path, params, reply }) {
        const { format, chart = 0, ...criteria } = params;
        const report = await runReport(db, reportOf(path.report), criteria, {
          reader: user,
          at: new Date(engine.now()),
          most: mostRowsOfFile,
        });
        const file = format === 'svg' ? pictureOf(report, chart) : await fileOf(report, format);
        void reply.header('Content-Disposition', `attachment; filename="${file.name}"`).type(file.type).send(file.content);
        return undefined;
      },
    },
  },
  ReportChoicesService: {
    list: {
      async run({ db, user, params }) {
        const { kind, search, ...criteria } = params;
        const { timeZone } = await warehouseSettings(db);
        const pattern = `%${(search ?? '').replace(/[\\%_]/g, '\\$&')}%`;
        const found = await sql<{
          id: string;
          name: string;
          removed: number | null;
        }>`select id, name, removed from (${choosable(kind, user, criteria, timeZone)}) o
          where name ilike ${pattern} order by lower(name), id limit ${mostChoices}`.execute(db);
        return found.rows;
      },
    },
  },
};
