import type { StorageDomainStatus } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import { revokeAllOn } from '../access/grant.ts';
import { noteChange } from '../changes/outbox.ts';
import { forgetContent } from '../ovf-stores/unregistered.ts';
import { forgetProfilePermissions } from '../profiles/defaults.ts';
import { diskProfiles } from '../profiles/kinds.ts';
import { conflict, refused } from '../rest/fault.ts';
import { forgetUnused } from '../storage-connections/unused.ts';
import type { Tables } from '../tables/schema.ts';

type Trx = Transaction<Tables>;
const frame = { VAR_ACTION: 'destroy', VAR_TYPE: 'Storage Domain' };

/** Statuses in which hosts do not use a domain of a data center. Source: engine behaviour, destroying storage domains. */
const idle: ReadonlySet<StorageDomainStatus> = new Set(['maintenance', 'inactive', 'unknown']);

/** @throws {Fault} 409 while VMs that are not down have disks or discs on the domain */
async function refuseWhileRunning(trx: Trx, domainId: string): Promise<void> {
  const running = await sql`
    select 1 from vm_state s where s.status not in ('down', 'suspended') and (
      exists (select 1 from disk_attachment a join image i on i.disk_id = a.disk_id where a.vm_id = s.vm_id and i.storage_domain_id = ${domainId})
      or exists (select 1 from vm_current_cdrom c join image i on i.disk_id = c.disk_id where c.vm_id = s.vm_id and i.storage_domain_id = ${domainId})) limit 1`.execute(
    trx,
  );
  if (running.rows.length > 0) throw conflict('ACTION_TYPE_FAILED_DETECTED_ACTIVE_VMS', frame);
}

/** Whether a domain may go from the engine with all that lies on it, whatever is on the storage itself. @throws {Fault} */
export async function checkDestroyable(trx: Trx, domainId: string): Promise<void> {
  const places = await sql<{ status: StorageDomainStatus; master: boolean; domains: number }>`
    select d.status, s.master, (select count(*) from data_center_storage_domain x where x.data_center_id = d.data_center_id) as domains
    from data_center_storage_domain d join storage_domain s on s.id = d.storage_domain_id where d.storage_domain_id = ${domainId} for update of d`.execute(
    trx,
  );
  for (const { status, master, domains } of places.rows) {
    if (!idle.has(status))
      throw conflict('ACTION_TYPE_FAILED_STORAGE_DOMAIN_STATUS_ILLEGAL2', { ...frame, status: status.replaceAll('_', ' ') });
    if (domains === 1) throw refused('ERROR_CANNOT_DESTROY_LAST_STORAGE_DOMAIN', frame);
    if (master) throw conflict('MASTER_DOMAIN_NOT_LAST', frame);
  }
  await refuseWhileRunning(trx, domainId);
}

/** Memory of VMs that lies on a domain goes with it: that of snapshots, and that of suspended VMs, which are down then. */
async function forgetMemory(trx: Trx, domainId: string): Promise<void> {
  await trx.deleteFrom('snapshot_memory').where('storage_domain_id', '=', domainId).execute();
  const gone = await trx.deleteFrom('vm_memory').where('storage_domain_id', '=', domainId).returning('vm_id').execute();
  const vms = gone.map((row) => row.vm_id);
  if (vms.length === 0) return;
  await trx.updateTable('vm_state').set({ status: 'down' }).where('vm_id', 'in', vms).where('status', '=', 'suspended').execute();
  await noteChange(trx, 'vm', vms, 'update');
}

/**
 * The engine forgets a domain, the connection to it, and what lies on it: VMs and templates that have all their disks there, and those
 * disks of others that are there. Nothing is changed on the storage.
 */
export async function destroyDomain(trx: Trx, domain: { id: string; connectionId: string | null }): Promise<void> {
  await forgetMemory(trx, domain.id);
  await forgetContent(trx, domain.id);
  await forgetDomain(trx, domain);
}

/** Takes a domain on which nothing lies out of the database. */
export async function forgetDomain(trx: Trx, { id, connectionId }: { id: string; connectionId: string | null }): Promise<void> {
  await forgetProfilePermissions(trx, diskProfiles, id);
  await trx.deleteFrom('storage_domain').where('id', '=', id).execute();
  if (connectionId !== null) await forgetUnused(trx, connectionId);
  await revokeAllOn(trx, [id]);
  await noteChange(trx, 'storage_domain', id, 'remove');
}
