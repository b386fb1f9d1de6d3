import { Watch } from '../housekeeping/watch.ts';
import { transaction } from '@virgate/database';
import { VdsmError } from '@virgate/vdsm';
import type { EventName } from '@virgate/contract/generated/events';
import { sql, type Kysely } from 'kysely';
import type { Logger } from 'pino';
import { recordEvent } from '../events/record.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import type { SystemOptions } from '../options/values.ts';
import type { Tables } from '../tables/schema.ts';
import type { EndParams } from './end.ts';
import { ask, closeTicket, ticketSeconds, type TransferRow } from './ticket.ts';
import { connectionLost } from '../monitoring/connection-lost.ts';

/** How often transfers are looked at. */
const everyMs = 5_000;
/** A ticket with less left to live is extended. Source: engine configuration, ImageTransferHostTicketRefreshAllowanceInSeconds. */
const refreshBeforeSeconds = 240;

interface TicketUse {
  active?: boolean;
  transferred?: number;
  idle_time?: number;
}

/** Follows the transfers that clients are at: how far they are, that their tickets live on, and that none is forgotten. */
export class TransferWatch extends Watch {
  readonly #db: Kysely<Tables>;
  readonly #hosts: HostSessions;
  readonly #jobs: Jobs;
  readonly #options: SystemOptions;
  readonly #log: Logger;

  constructor(options: { db: Kysely<Tables>; hosts: HostSessions; jobs: Jobs; options: SystemOptions; log: Logger }) {
    super({ what: 'image transfers', everyMs, log: options.log });
    this.#db = options.db;
    this.#hosts = options.hosts;
    this.#jobs = options.jobs;
    this.#options = options.options;
    this.#log = options.log;
  }

  protected async look(ending: AbortSignal): Promise<void> {
    await sql`delete from image_transfer where phase in ('finished_success', 'finished_failure', 'finished_cleanup')
      and updated_at < now() - case when phase = 'finished_success' then ${this.#options.number('SucceededImageTransferCleanupTimeInMinutes')}::int else ${this.#options.number('FailedImageTransferCleanupTimeInMinutes')}::int end * interval '1 minute'`.execute(
      this.#db,
    );
    const found = await sql<TransferRow>`select * from image_transfer where phase = 'transferring' order by id`.execute(this.#db);
    // A host that does not answer holds up its own transfers alone.
    await Promise.all(
      found.rows.map((row) =>
        this.#checkOne(row, ending).catch((error: unknown) =>
          this.#log.warn({ err: error, transfer: row.id }, 'an image transfer could not be looked at'),
        ),
      ),
    );
  }

  async #checkOne(row: TransferRow, ending: AbortSignal): Promise<void> {
    const asker = { hosts: this.#hosts, signal: ending };
    let use: TicketUse;
    try {
      use = (await ask(asker, row, 'Host.get_image_ticket', { uuid: row.id })) as TicketUse;
    } catch (error) {
      if (!(error instanceof VdsmError)) throw error;
      // a host that is away may come back with the ticket; one that has forgotten it must be given another, which is for the user to ask
      if (error.code !== connectionLost) await this.#stop(row, 'paused_system', 'TRANSFER_IMAGE_STOPPED_BY_SYSTEM_MISSING_TICKET');
      return;
    }
    await this.#db
      .updateTable('image_transfer')
      .set({ active: use.active ?? false, transferred_bytes: use.transferred ?? 0 })
      .where('id', '=', row.id)
      .where('phase', '=', 'transferring')
      .execute();
    const idle = use.active === true ? 0 : (use.idle_time ?? 0);
    if (row.inactivity_timeout_seconds > 0 && idle > row.inactivity_timeout_seconds) {
      const cancels = row.timeout_policy === 'cancel' || (row.timeout_policy === 'legacy' && row.direction === 'download');
      if (cancels) await this.#stop(row, 'cancelled_system', 'TRANSFER_IMAGE_CANCELED_ON_TIMEOUT');
      else await this.#stop(row, 'paused_system', 'TRANSFER_IMAGE_PAUSED_ON_TIMEOUT');
      return;
    }
    const left = row.ticket_until === null ? 0 : (row.ticket_until - Date.now()) / 1000;
    if (left > refreshBeforeSeconds) return;
    await ask(asker, row, 'Host.extend_image_ticket', { uuid: row.id, timeout: ticketSeconds });
    await sql`update image_transfer set ticket_until = now() + ${ticketSeconds} * interval '1 second' where id = ${row.id}`.execute(
      this.#db,
    );
  }

  /** Of several engines that see it one makes the change, and tells it. */
  async #stop(row: TransferRow, phase: 'paused_system' | 'cancelled_system', event: EventName): Promise<void> {
    const user = { id: row.created_by, name: row.created_by_name };
    const changed = await transaction(this.#db, async (trx) => {
      const found = await trx
        .updateTable('image_transfer')
        .set({ phase, active: false, updated_at: new Date() })
        .where('id', '=', row.id)
        .where('phase', '=', 'transferring')
        .returning('id')
        .execute();
      if (found.length === 0) return false;
      await recordEvent(trx, { name: event, user, values: { disk: row.disk_name } });
      if (phase === 'cancelled_system')
        await this.#jobs.beginFor<EndParams>(trx, user, 'TransferImageStatus', {
          params: {
            transferId: row.id,
            diskId: row.disk_id ?? '',
            diskName: row.disk_name,
            upload: row.direction === 'upload',
            ofBackup: row.backup_id !== null,
            outcome: row.direction === 'upload' ? 'cancelled' : 'failure',
            user,
            correlationId: '',
          },
          description: `Ending the transfer of Disk ${row.disk_name}`,
          subjects: [{ type: 'disk', id: row.disk_id ?? '' }],
        });
      return true;
    });
    if (changed && phase === 'paused_system') await closeTicket({ hosts: this.#hosts }, row);
  }
}
