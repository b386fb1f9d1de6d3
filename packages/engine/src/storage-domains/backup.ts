import { sql, type Kysely } from 'kysely';
import { refused } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';

/** Storage domains that are for backups: VMs do not run on them, so that what is there stays as it was saved. */
const isBackup = sql<boolean>`coalesce((s.settings ->> 'backup')::boolean, false)`;

/** @throws {Fault} 409 when a VM would run on a backup domain: with a plugged disk, or with its lease. Source: contract, RunVm */
export async function checkRunsOffBackup(db: Kysely<Tables>, vmId: string): Promise<void> {
  const found = await sql`
    select 1 from storage_domain s where ${isBackup} and (
      s.id in (select i.storage_domain_id from disk_attachment a join image i on i.disk_id = a.disk_id where a.vm_id = ${vmId} and a.active)
      or s.id in (select (v.settings -> 'lease' -> 'storage_domain' ->> 'id')::uuid from vm v where v.id = ${vmId})) limit 1`.execute(db);
  if (found.rows.length > 0) throw refused('ACTION_TYPE_FAILED_VM_DISKS_ON_BACKUP_STORAGE', { VAR_ACTION: 'run', VAR_TYPE: 'VM' });
}

/** @throws {Fault} 409 for a disk of a backup domain, which no VM gets. Source: contract, AttachDiskToVm, HotPlugDiskToVm */
export async function checkDiskOffBackup(db: Kysely<Tables>, diskId: string, action: string): Promise<void> {
  const found =
    await sql`select 1 from image i join storage_domain s on s.id = i.storage_domain_id where i.disk_id = ${diskId} and ${isBackup} limit 1`.execute(
      db,
    );
  if (found.rows.length > 0) throw refused('ACTION_TYPE_FAILED_VM_DISKS_ON_BACKUP_STORAGE', { VAR_ACTION: action, VAR_TYPE: 'VM Disk' });
}

/** @throws {Fault} 409 when VMs run on a domain that is to be for backups. Source: contract, UpdateStorageDomain */
export async function checkMayBecomeBackup(db: Kysely<Tables>, domainId: string): Promise<void> {
  const found = await sql`
    select 1 from vm_state v where v.status <> 'down' and (
      v.vm_id in (select a.vm_id from disk_attachment a join image i on i.disk_id = a.disk_id where i.storage_domain_id = ${domainId} and a.active)
      or v.vm_id in (select vm_id from vm_lease where storage_domain_id = ${domainId})) limit 1`.execute(db);
  if (found.rows.length > 0)
    throw refused('ACTION_TYPE_FAILED_RUNNING_VM_OR_VM_LEASES_PRESENT_ON_STORAGE_DOMAIN', {
      VAR_ACTION: 'update',
      VAR_TYPE: 'Storage Domain',
    });
}
