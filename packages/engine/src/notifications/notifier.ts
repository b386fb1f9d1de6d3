import { sql, type Kysely } from 'kysely';
import type { Logger } from 'pino';
import { Watch } from '../housekeeping/watch.ts';
import type { Tables } from '../tables/schema.ts';
import { mailSettings, openMailer, type Mailer, type MailSettings } from './mail.ts';
import { mailOf, type MailedEvent } from './message.ts';
import { enqueueNew } from './queue.ts';

/** How often it is looked for events, and how many mails are sent in one round. */
const everyMs = 2000;
const mailsInRound = 50;
/** A mail that could not be sent is tried again after so long, twice as long each time. Others leave it alone for as long. */
const retryMs = 30_000;
const maxError = 1000;

interface Due extends MailedEvent {
  id: number;
  event_id: number;
  user_id: string;
  address: string;
  attempts: number;
}

/** What a notifier works with. */
export interface NotifierParts {
  db: Kysely<Tables>;
  secretKey: Buffer;
  /** The engine as mails name it. */
  engineName: string;
  installationId: string;
  log: Logger;
}

/**
 * Takes the next mails: nobody else sends them for as long as a try may last, so that each is sent once. An engine that ends between
 * sending one and noting it leaves it to another, which sends it again, under the same message id.
 */
async function take(db: Kysely<Tables>): Promise<Due[]> {
  const { rows } = await sql<Due>`
    with due as (
      update event_notification n set attempts = attempts + 1, next_at = now() + ${retryMs} * power(2, least(attempts, 10)) * interval '1 millisecond'
      where n.id in (
        select id from event_notification where status = 'waiting' and next_at <= now() order by id limit ${mailsInRound} for update skip locked
      ) returning n.*
    )
    select due.id, due.event_id, due.user_id, due.address, due.attempts, due.resolves, e.description, e.severity, e.time, e.user_name, e.vm_name,
      e.host_name, e.template_name, e.data_center_name, e.storage_domain_name
    from due join audit_log e on e.id = due.event_id order by due.id`.execute(db);
  return rows;
}

/** The engine ends while a mail is being sent: whether it was, nobody knows. */
class EndingError extends Error {}

/** Leaves mails that were taken and not begun to the next round of whichever engine. */
async function giveBack(db: Kysely<Tables>, due: readonly Due[]): Promise<void> {
  const ids = due.map((one) => one.id);
  await sql`update event_notification set attempts = attempts - 1, next_at = now() where id = any(${ids}::bigint[])`.execute(db);
}

/** Sends mails to those who subscribed to events. Any engine may do it, at any time. */
export class Notifier extends Watch {
  readonly #parts: NotifierParts;

  constructor(parts: NotifierParts) {
    super({ what: 'events to be sent', everyMs, log: parts.log });
    this.#parts = parts;
  }

  protected async look(ending: AbortSignal): Promise<void> {
    const { db } = this.#parts;
    const settings = await mailSettings(db);
    await enqueueNew(db, settings !== undefined);
    if (settings === undefined) return;
    await this.#removeOld(settings);
    const due = await take(db);
    if (due.length === 0) return;
    const mailer = openMailer(settings, this.#parts.secretKey, this.#parts.engineName);
    const { promise: ended, reject } = Promise.withResolvers<never>();
    ended.catch(() => undefined);
    const end = (): void => reject(new EndingError());
    ending.addEventListener('abort', end, { once: true });
    try {
      ending.throwIfAborted();
      for (let next = due.shift(); next !== undefined; next = due.shift()) await this.#send(mailer, settings, next, ended);
    } catch (error) {
      if (!ending.aborted) throw error;
      await giveBack(db, due);
    } finally {
      ending.removeEventListener('abort', end);
      mailer.close();
    }
  }

  async #send(mailer: Mailer, settings: MailSettings, due: Due, ended: Promise<never>): Promise<void> {
    const { db, engineName, installationId, log } = this.#parts;
    try {
      const messageId = `<event-${due.event_id}.${due.user_id}@${installationId}>`;
      await Promise.race([mailer.send(due.address, mailOf(due, engineName, settings.html), messageId), ended]);
      await db
        .updateTable('event_notification')
        .set({ status: 'sent', ended_at: new Date(), error: null })
        .where('id', '=', due.id)
        .execute();
    } catch (error) {
      if (error instanceof EndingError) throw error;
      const reason = (error instanceof Error ? error.message : String(error)).slice(0, maxError);
      const isOver = due.attempts >= settings.retries;
      log.warn({ event: due.event_id, user: due.user_id, reason, isOver }, 'a mail could not be sent');
      await db
        .updateTable('event_notification')
        .set({ error: reason, ...(isOver ? { status: 'failed', ended_at: new Date() } : {}) })
        .where('id', '=', due.id)
        .execute();
    }
  }

  /** What was sent or given up is kept for a while, and so nothing of events that are gone. */
  async #removeOld({ history_days: days }: MailSettings): Promise<void> {
    await sql`delete from event_notification where status <> 'waiting' and ended_at < now() - ${days} * interval '1 day'`.execute(
      this.#parts.db,
    );
    await sql`delete from event_notification n where status = 'waiting' and not exists (select 1 from audit_log e where e.id = n.event_id)`.execute(
      this.#parts.db,
    );
  }
}
