import type { NewSavedReport, ReportSchedule, SavedReport } from '@virgate/contract/generated/virgate';
import { virgateServices } from '@virgate/contract/generated/virgate';
import { checkAttribute } from '@virgate/contract/virgate/check';
import { json } from '@virgate/database';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { say } from '../../rest/fault.ts';
import type { Tables } from '../../tables/schema.ts';
import { refusal, type VirgateOperations } from '../../virgate/operation.ts';
import { checkedCriteria, type ReportCriteria } from './criteria.ts';
import { reportDeclarations, type ReportDeclaration } from './declaration.ts';
import { dueAfter } from './schedule.ts';

/** How many reports a user may keep. */
const mostSaved = 100;

interface Row {
  id: string;
  name: string;
  report: string;
  criteria: ReportCriteria;
  schedule: ReportSchedule | null;
  due_at: number | null;
  sent_at: number | null;
  error: string | null;
}

const shown = ({ id, name, report, criteria, schedule, due_at, sent_at, error }: Row): SavedReport => ({
  id,
  name,
  report,
  criteria,
  schedule,
  nextSending: due_at,
  lastSending: sent_at,
  error,
});

const parameters = virgateServices.ReportService.methods.find(({ name }) => name === 'get')?.params ?? [];

/** The report that is to be kept, when its criteria are such as it takes. @throws {Fault} 400 with the field that is wrong */
function checked({ report: code, criteria: given, schedule }: NewSavedReport): { report: ReportDeclaration; criteria: ReportCriteria } {
  const report = reportDeclarations.find((one) => one.code === code);
  if (report === undefined) throw refusal(400, 'invalid_value', 'report: there is no report of that code.', 'report');
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw refusal(400, 'invalid_value', 'criteria must be an object.', 'criteria');
  for (const [name, value] of Object.entries(given)) {
    const attribute = parameters.find((one) => one.name === name);
    const field = `criteria.${name.slice(0, 64)}`;
    if (attribute === undefined) throw refusal(400, 'invalid_value', [say`${field} is no criterion.`], field);
    const problem = checkAttribute(attribute, value, field);
    if (problem !== null) throw refusal(400, 'invalid_value', `${field} ${problem.problem}.`, field);
  }
  const criteria = given as ReportCriteria;
  // What is sent is about the last whole period, whenever that is.
  const timed = schedule !== undefined && schedule !== null && report.criteria.includes('period');
  if (timed && criteria.period === 'hourly')
    throw refusal(400, 'invalid_value', 'criteria.period: an hour cannot be sent regularly.', 'criteria.period');
  checkedCriteria(report, timed ? { ...criteria, startDate: '2030-01-01', endDate: undefined } : criteria);
  return { report, criteria };
}

const columns: RawBuilder<unknown> = sql`id, name, report, criteria, schedule, due_at, sent_at, error`;
const notThere = (): Error => refusal(404, 'not_found', 'You keep no such report.');

async function unusedName(db: Kysely<Tables>, user: string, name: string, but: string | null): Promise<void> {
  const same =
    await sql`select 1 from saved_report where user_id = ${user} and name = ${name} and id is distinct from ${but}::uuid`.execute(db);
  if (same.rows.length > 0) throw refusal(409, 'name_in_use', 'name: you keep another report of that name.', 'name');
}

/** `/virgate/api/saved-reports`: reports that a user keeps with their criteria, for himself. */
export const savedReportOperations: VirgateOperations = {
  SavedReportsService: {
    list: {
      async run({ db, user }) {
        const found = await sql<Row>`select ${columns} from saved_report where user_id = ${user.id} order by lower(name), id`.execute(db);
        return found.rows.map(shown);
      },
    },
    add: {
      async run({ db, user, body }) {
        const { criteria } = checked(body);
        await unusedName(db, user.id, body.name, null);
        const count = await sql<{ count: number }>`select count(*) as count from saved_report where user_id = ${user.id}`.execute(db);
        if ((count.rows[0]?.count ?? 0) >= mostSaved)
          throw refusal(409, 'too_many', [say`You keep ${mostSaved} reports, which is the most.`]);
        const due = body.schedule === undefined || body.schedule === null ? sql`null::timestamptz` : dueAfter(body.schedule);
        const added = await sql<Row>`insert into saved_report (user_id, name, report, criteria, schedule, due_at, next_at)
          select ${user.id}::uuid, ${body.name}, ${body.report}, ${json(criteria)}::jsonb, ${body.schedule ? json(body.schedule) : null}::jsonb, d.at, d.at from (select ${due} as at) d returning ${columns}`.execute(
          db,
        );
        const [row] = added.rows;
        if (row === undefined) throw new Error('An inserted row is returned');
        return shown(row);
      },
    },
  },
  SavedReportService: {
    update: {
      async run({ db, user, path, body }) {
        const { criteria } = checked(body);
        await unusedName(db, user.id, body.name, path.savedReport);
        const due = body.schedule === undefined || body.schedule === null ? sql`null::timestamptz` : dueAfter(body.schedule);
        const changed = await sql<Row>`update saved_report set name = ${body.name}, report = ${body.report}, criteria = ${json(criteria)},
          schedule = ${body.schedule ? json(body.schedule) : null}::jsonb, due_at = d.at, next_at = d.at, attempts = 0, error = null from (select ${due} as at) d
          where user_id = ${user.id} and id = ${path.savedReport} returning ${columns}`.execute(db);
        const [row] = changed.rows;
        if (row === undefined) throw notThere();
        return shown(row);
      },
    },
    remove: {
      async run({ db, user, path }) {
        const gone = await sql`delete from saved_report where user_id = ${user.id} and id = ${path.savedReport} returning 1`.execute(db);
        if (gone.rows.length === 0) throw notThere();
        return undefined;
      },
    },
    send: {
      async run({ db, user, path }) {
        const sent = await sql`update saved_report set due_at = now(), next_at = now(), attempts = 0, error = null
          where user_id = ${user.id} and id = ${path.savedReport} and schedule is not null returning 1`.execute(db);
        if (sent.rows.length === 0) throw notThere();
        return undefined;
      },
    },
  },
};
