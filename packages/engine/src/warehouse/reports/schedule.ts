import type { ReportPeriod, ReportSchedule } from '@virgate/contract/generated/virgate';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Logger } from 'pino';
import { isAdministrator } from '../../access/permissions.ts';
import { principalsNow } from '../../access/tokens.ts';
import { Watch } from '../../housekeeping/watch.ts';
import { mailSettings, openMailer, type Mailer } from '../../notifications/mail.ts';
import type { Tables } from '../../tables/schema.ts';
import type { ReportCriteria } from './criteria.ts';
import { reportDeclarations } from './declaration.ts';
import { fileOf } from './file.ts';
import { runReport } from './run.ts';

const everyMs = 20_000;
const reportsInRound = 20;
/** While a report is made and sent nobody else does it; so long after a failure it is tried again. */
const retryMinutes = 10;
/** After so many failures it is left until its next time. */
const mostAttempts = 5;
const longestError = 1000;

/** SQL for the next time of a schedule after now: at an hour of each day, of Mondays, or of the first of each month, in the warehouse's time zone. */
export function dueAfter({ every, hour }: ReportSchedule): RawBuilder<Date> {
  const zone = sql`(select time_zone from warehouse_settings)`;
  const local = sql`date_trunc(${every}::text, now() at time zone ${zone}) + ${hour}::int * interval '1 hour'`;
  const step = sql.lit(`1 ${every}`);
  return sql<Date>`(case when (${local}) at time zone ${zone} > now() then (${local}) at time zone ${zone} else (${local} + ${step}::interval) at time zone ${zone} end)`;
}

const units: Readonly<Record<Exclude<ReportPeriod, 'hourly'>, { unit: string; length: string }>> = {
  daily: { unit: 'day', length: '1 day' },
  monthly: { unit: 'month', length: '1 month' },
  quarterly: { unit: 'quarter', length: '3 months' },
  yearly: { unit: 'year', length: '1 year' },
};

/** The day on which the last whole period began. */
async function lastPeriod(db: Kysely<Tables>, period: ReportPeriod): Promise<string> {
  const { unit, length } = units[period === 'hourly' ? 'daily' : period];
  const found = await sql<{
    day: string;
  }>`select to_char(date_trunc(${unit}::text, now() at time zone (select time_zone from warehouse_settings)) - ${length}::text::interval, 'YYYY-MM-DD') as day`.execute(
    db,
  );
  return found.rows[0]?.day ?? '';
}

interface Due {
  id: string;
  user_id: string;
  enabled: boolean;
  name: string;
  report: string;
  criteria: ReportCriteria;
  schedule: ReportSchedule;
  due_at: number;
  attempts: number;
}

/** What a sender works with. */
export interface ReportSenderParts {
  db: Kysely<Tables>;
  secretKey: Buffer;
  engineName: string;
  installationId: string;
  log: Logger;
}

/** Sends reports to those who are to have them, as their keeper may see them at that time. Any engine may do it. */
export class ReportSender extends Watch {
  readonly #parts: ReportSenderParts;

  constructor(parts: ReportSenderParts) {
    super({ what: 'reports to be sent', everyMs, log: parts.log });
    this.#parts = parts;
  }

  protected async look(ending: AbortSignal): Promise<void> {
    await this.sendDue(ending);
  }

  /** Sends what is due. @returns how many reports were tried */
  async sendDue(ending?: AbortSignal): Promise<number> {
    const { db } = this.#parts;
    const settings = await mailSettings(db);
    if (settings === undefined) return 0;
    const mailer = openMailer(settings, this.#parts.secretKey, this.#parts.engineName);
    let tried = 0;
    const goesOn = (): boolean => tried < reportsInRound && ending?.aborted !== true;
    try {
      while (goesOn()) {
        const due = await this.#take();
        if (due === undefined) break;
        tried += 1;
        await this.#tryOne(mailer, due);
      }
    } finally {
      mailer.close();
    }
    return tried;
  }

  /** Takes one that is due: an engine that ends meanwhile leaves it to another, which sends it again under the same message id. */
  async #take(): Promise<Due | undefined> {
    const found =
      await sql<Due>`update saved_report s set attempts = s.attempts + 1, next_at = now() + ${retryMinutes} * interval '1 minute' from app_user u
      where u.id = s.user_id and s.id = (select id from saved_report where next_at <= now() order by next_at limit 1 for update skip locked)
      returning s.id, s.user_id, u.enabled, s.name, s.report, s.criteria, s.schedule, s.due_at, s.attempts`.execute(this.#parts.db);
    return found.rows[0];
  }

  async #tryOne(mailer: Mailer, due: Due): Promise<void> {
    const { db, log } = this.#parts;
    try {
      await this.#send(mailer, due);
      await sql`update saved_report set sent_at = now(), error = null, attempts = 0, due_at = d.at, next_at = d.at from (select ${dueAfter(due.schedule)} as at) d
        where id = ${due.id} and schedule is not null`.execute(db);
    } catch (error) {
      log.warn({ err: error, report: due.report, attempts: due.attempts }, 'a report could not be sent; it is tried again');
      const said = String(error instanceof Error ? error.message : error).slice(0, longestError);
      await sql`update saved_report set error = ${said} where id = ${due.id}`.execute(db);
      if (due.attempts >= mostAttempts)
        await sql`update saved_report set attempts = 0, due_at = d.at, next_at = d.at from (select ${dueAfter(due.schedule)} as at) d where id = ${due.id}`.execute(
          db,
        );
    }
  }

  async #send(mailer: Mailer, due: Due): Promise<void> {
    const { db, engineName, installationId } = this.#parts;
    const declaration = reportDeclarations.find(({ code }) => code === due.report);
    if (declaration === undefined) throw new Error(`There is no report ${due.report}`);
    if (!due.enabled) throw new Error('Who keeps the report may not sign in any more');
    const principals = await principalsNow(db, due.user_id);
    const reader = { principals, administrator: await isAdministrator(db, principals) };
    const { period } = due.criteria;
    const { endDate: _, ...kept } = due.criteria;
    const criteria = period === undefined ? kept : { ...kept, startDate: await lastPeriod(db, period) };
    const report = await runReport(db, declaration, criteria, { reader, at: new Date(), most: 100_000 });
    const file = await fileOf(report, due.schedule.format);
    const lines = [
      report.heading,
      ...report.criteria.map(({ label, value }) => `${label}: ${value}`),
      ...(report.hasData ? [] : ['There is no data for these criteria.']),
    ];
    for (const [place, address] of due.schedule.to.entries())
      await mailer.send(
        address,
        {
          subject: `${due.name.replace(/\p{Cc}+/gu, ' ')} (${engineName})`,
          text: `${lines.join('\n')}\n`,
          attachments: [{ filename: file.name, content: file.content, contentType: file.type }],
        },
        `<report-${due.id}-${due.due_at}-${place}@${installationId}>`,
      );
  }
}
