import { transaction } from '@virgate/database';
import { VdsmError } from '@virgate/vdsm';
import { sql, type Kysely } from 'kysely';
import type { Logger } from 'pino';
import { recordEvent } from '../events/record.ts';
import { Watch } from '../housekeeping/watch.ts';
import type { EndParams } from '../image-transfers/end.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import type { SystemOptions } from '../options/values.ts';
import type { Tables } from '../tables/schema.ts';
import { askHost, stopOnHost } from './host-calls.ts';
import { endBackup, failBackupsOf, servedNoMore } from './rows.ts';
import { connectionLost } from '../monitoring/connection-lost.ts';

/** How often backups are looked at. */
const everyMs = 5_000;

interface LiveBackup {
  id: string;
  vm_id: string;
  vm_name: string;
  host_id: string | null;
  is_there: boolean;
  host_status: string | null;
  created_by: string;
  created_by_name: string;
}

/** Statuses of hosts from which nothing can be read any more, however long one waits. */
const lostHosts = ['non_responsive', 'down', 'maintenance', 'kdumping', 'reboot'];

/** Follows the backups that are under way: one whose VM, host or QEMU has gone fails, and its transfers with it. */
export class BackupWatch extends Watch {
  readonly #db: Kysely<Tables>;
  readonly #hosts: HostSessions;
  readonly #jobs: Jobs;
  readonly #options: SystemOptions;
  readonly #log: Logger;

  constructor(options: { db: Kysely<Tables>; hosts: HostSessions; jobs: Jobs; options: SystemOptions; log: Logger }) {
    super({ what: 'backups', everyMs, log: options.log });
    this.#db = options.db;
    this.#hosts = options.hosts;
    this.#jobs = options.jobs;
    this.#options = options.options;
    this.#log = options.log;
  }

  protected async look(ending: AbortSignal): Promise<void> {
    await sql`delete from vm_backup where phase in ('succeeded', 'failed')
      and not exists (select 1 from vm_backup_disk d where d.backup_id = vm_backup.id and d.url is not null)
      and updated_at < now() - case when phase = 'succeeded' then ${this.#options.number('SucceededBackupCleanupTimeInMinutes')}::int else ${this.#options.number('FailedBackupCleanupTimeInMinutes')}::int end * interval '1 minute'`.execute(
      this.#db,
    );
    const found =
      await sql<LiveBackup>`select b.id, b.vm_id, v.name as vm_name, b.host_id, b.created_by, b.created_by_name, h.status as host_status,
        s.host_id is not distinct from b.host_id and s.status not in ('down', 'suspended', 'image_locked') as is_there
      from vm_backup b join vm v on v.id = b.vm_id join vm_state s on s.vm_id = b.vm_id left join host_state h on h.host_id = b.host_id
      where b.live and b.phase = 'ready' order by b.id`.execute(this.#db);
    await Promise.all(
      found.rows.map((row) =>
        this.#checkOne(row, ending).catch((error: unknown) =>
          this.#log.warn({ err: error, backup: row.id }, 'a backup could not be looked at'),
        ),
      ),
    );
    await this.#endLeft(ending);
    await this.#endTransfers();
  }

  async #checkOne(row: LiveBackup, ending: AbortSignal): Promise<void> {
    if (!row.is_there || row.host_id === null) {
      await transaction(this.#db, (trx) => failBackupsOf(trx, [row.vm_id], 'the VM does not run any more where it was backed up'));
      return;
    }
    if (row.host_status !== null && lostHosts.includes(row.host_status)) return this.#fail(row, 'the host of the VM does not answer');
    if (row.host_status !== 'up') return;
    try {
      const asker = { hosts: this.#hosts, hostId: row.host_id, vmId: row.vm_id, signal: ending };
      await askHost(asker, 'VM.backup_info', { backup_id: row.id, checkpoint_id: null });
    } catch (error) {
      // a host that is away may come back with it
      if (!(error instanceof VdsmError) || error.code === connectionLost) return;
      if (isForgotten(error)) await this.#fail(row, 'its host does not know it any more');
    }
  }

  /** Backups that failed while their host was away may go on there: QEMU would serve the disks to the end of the run. */
  async #endLeft(ending: AbortSignal): Promise<void> {
    const found = await sql<{ id: string; vm_id: string; host_id: string | null; is_there: boolean; host_status: string | null }>`
      select b.id, b.vm_id, b.host_id, h.status as host_status, s.host_id is not distinct from b.host_id and s.status not in ('down', 'suspended', 'image_locked') as is_there
      from vm_backup b join vm_state s on s.vm_id = b.vm_id left join host_state h on h.host_id = b.host_id
      where b.live and b.phase = 'failed' and exists (select 1 from vm_backup_disk d where d.backup_id = b.id and d.url is not null)
        and not exists (select 1 from vm_backup o where o.vm_id = b.vm_id and o.phase not in ('succeeded', 'failed'))`.execute(this.#db);
    for (const row of found.rows) {
      if (row.is_there && row.host_id !== null) {
        if (row.host_status !== 'up') continue;
        const asker = { hosts: this.#hosts, hostId: row.host_id, vmId: row.vm_id, signal: ending };
        const stopped = await stopOnHost(asker, row.id).then(
          () => true,
          (error: unknown) => {
            this.#log.warn({ err: error, backup: row.id }, 'what is left of a backup could not be ended');
            return false;
          },
        );
        if (!stopped) continue;
      }
      await transaction(this.#db, (trx) => servedNoMore(trx, row.id));
    }
  }

  async #fail(row: LiveBackup, reason: string): Promise<void> {
    await transaction(this.#db, async (trx) => {
      if ((await endBackup(trx, row.id, 'failed')) === undefined) return;
      await recordEvent(trx, {
        name: 'VM_BACKUP_FAILED_UNMONITORED',
        vm: { id: row.vm_id, name: row.vm_name },
        user: { id: row.created_by, name: row.created_by_name },
        values: { backup: row.id, reason },
      });
    });
  }

  /** Transfers of backups that are over, or gone from the list: nothing can be read any more. */
  async #endTransfers(): Promise<void> {
    const found = await sql<{ id: string; disk_id: string | null; disk_name: string; created_by: string; created_by_name: string }>`
      select t.id, t.disk_id, t.disk_name, t.created_by, t.created_by_name from image_transfer t left join vm_backup b on b.id = t.backup_id
      where t.served = 'backup' and t.phase in ('transferring', 'paused_user', 'paused_system', 'resuming') and (b.id is null or b.phase in ('succeeded', 'failed'))`.execute(
      this.#db,
    );
    for (const row of found.rows) {
      const user = { id: row.created_by, name: row.created_by_name };
      await transaction(this.#db, async (trx) => {
        const changed = await trx
          .updateTable('image_transfer')
          .set({ phase: 'finalizing_failure', active: false, updated_at: new Date() })
          .where('id', '=', row.id)
          .where('phase', 'in', ['transferring', 'paused_user', 'paused_system', 'resuming'])
          .returning('id')
          .execute();
        if (changed.length === 0) return;
        await this.#jobs.beginFor<EndParams>(trx, user, 'TransferImageStatus', {
          params: {
            transferId: row.id,
            diskId: row.disk_id ?? '',
            diskName: row.disk_name,
            upload: false,
            ofBackup: true,
            outcome: 'failure',
            user,
            correlationId: '',
          },
          description: `Ending the transfer of Disk ${row.disk_name}`,
          subjects: [{ type: 'disk', id: row.disk_id ?? '' }],
        });
      });
    }
  }
}

/** Codes by which a host says that it has no such VM or backup. */
const isForgotten = (error: VdsmError): boolean => [1, 6, 1601].includes(error.code);
