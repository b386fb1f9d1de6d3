import { sql, type Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Directories } from '../directories/directories.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { keepProposals } from '../assistants/operations.ts';
import { removeOldPlacements } from '../placements/record.ts';
import type { SystemOptions } from '../options/values.ts';
import type { Tables } from '../tables/schema.ts';

/** How often the house is kept. */
const everyMs = 60_000;
/** How often users of directories are looked at again. Source: engine behaviour, synchronisation of users. */
const syncEveryMs = 60 * 60_000;
const minuteMs = 60_000;
/** How long used or expired tokens of joining hosts are kept. */
const tokensDays = 7;

/** Removes what has served its time: sessions that have ended, old jobs, events and tickets. Any engine may do it, at any time. */
export function startHousekeeping(parts: {
  db: Kysely<Tables>;
  jobs: Jobs;
  directories: Directories;
  options: SystemOptions;
  log: Logger;
}): { stop(): void } {
  const { db, jobs, directories, options, log } = parts;
  const keep = async (): Promise<void> => {
    await jobs.sagas.prune({
      succeededMs: options.number('SucceededJobCleanupTimeInMinutes') * minuteMs,
      failedMs: options.number('FailedJobCleanupTimeInMinutes') * minuteMs,
    });
    await sql`delete from access_token where expires_at < now() or used_at < now() - idle_timeout_ms * interval '1 millisecond'`.execute(
      db,
    );
    await sql`delete from sign_in_failure where since < now() - interval '8 days'`.execute(db);
    await sql`delete from login_flow where expires_at < now()`.execute(db);
    await sql`delete from console_ticket where expires_at < now()`.execute(db);
    await removeOldPlacements(db);
    await keepProposals(db);
    await sql`delete from host_enrolment_token where expires_at < now() - ${tokensDays} * interval '1 day' and not exists (select 1 from host_enrolment e where e.token_id = host_enrolment_token.id)`.execute(
      db,
    );
    await sql`delete from audit_log where time < now() - ${options.number('AuditLogAgingThreshold')} * interval '1 day'`.execute(db);
  };
  const timer = setInterval(() => {
    keep().catch((error: unknown) => log.warn({ err: error }, 'housekeeping failed; it is tried again'));
  }, everyMs);
  const syncTimer = setInterval(() => {
    directories
      .sync()
      .catch((error: unknown) => log.warn({ err: error }, 'users of directories could not be looked at; it is tried again'));
  }, syncEveryMs);
  return {
    stop: () => {
      clearInterval(timer);
      clearInterval(syncTimer);
    },
  };
}
