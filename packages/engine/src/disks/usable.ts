import { storageErrors } from '@virgate/contract/generated/vdsm-errors';
import { sql, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { notFound, refused } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import type { Tables } from '../tables/schema.ts';
import { refuseLun } from './luns.ts';
import { placesOf, type DiskPlace } from './read.ts';

type Trx = Transaction<Tables>;

/** A disk as the jobs see it that read or change the whole of it. */
export interface WholeDisk extends DiskPlace {
  /** The image has more volumes than the one that is written to. */
  hasSnapshots: boolean;
  /** It stands on a template's volume. */
  isThin: boolean;
  isTemplates: boolean;
  isInPreview: boolean;
  /** The running VM that has it, where such a disk is allowed. */
  runningVm: { id: string; name: string } | null;
}

/** Codes of hosts that mean that an image is not where it was. */
export const goneCodes = [storageErrors.ImageDoesNotExistInSD, storageErrors.ImagePathError, storageErrors.VolumeDoesNotExist];

/**
 * A disk that no running VM and no other job has, its row locked for the rest of the transaction.
 * @param verb for the fault, such as `move`
 * @param live whether a VM that is up or paused may have it: its host does the work then
 * @throws {Fault} 404; 409 with the state that forbids it
 */
export async function wholeDisk(trx: Trx, diskId: string, verb: string, live = false): Promise<WholeDisk> {
  const values = { VAR_ACTION: verb, VAR_TYPE: 'Virtual Disk' };
  if (!isUuid(diskId)) throw notFound();
  await trx.selectFrom('disk').select('id').where('id', '=', diskId).forUpdate().execute();
  await refuseLun(trx, diskId, verb);
  const [place] = await placesOf(trx, [diskId]);
  if (!place) throw notFound();
  const users = await sql<{
    id: string;
    name: string;
    active: boolean;
    held: boolean;
    entity_type: string;
    status: string | null;
    preview: boolean;
  }>`
    select v.id, v.name, a.active, exists (select 1 from object_lock l where l.object_id = v.id::text) as held, v.entity_type, s.status, exists (select 1 from snapshot p where p.vm_id = v.id and p.type = 'preview') as preview
    from disk_attachment a join vm v on v.id = a.vm_id left join vm_state s on s.vm_id = v.id where a.disk_id = ${diskId}`.execute(trx);
  const chain = await sql<{ volumes: number; thin: boolean }>`
    select count(*)::int as volumes, coalesce(bool_or(i.parent_id is not null and p.disk_id <> i.disk_id), false) as thin
    from image i left join image p on p.id = i.parent_id where i.disk_id = ${diskId}`.execute(trx);
  if (place.status === 'locked') throw refused('ACTION_TYPE_FAILED_DISKS_LOCKED', { ...values, diskAliases: place.name });
  if (place.status === 'illegal') throw refused('ACTION_TYPE_FAILED_DISKS_ILLEGAL', { ...values, diskAliases: place.name });
  // A disk that is not plugged in is not the running VM's business, unless a job may be about to plug it.
  const running = users.rows.filter((user) => user.entity_type === 'vm' && user.status !== 'down' && (user.active || user.held || !live));
  const [first] = running;
  const isLive = live && running.length === 1 && first?.active === true && (first?.status === 'up' || first?.status === 'paused');
  if (first && !isLive) throw refused('ACTION_TYPE_FAILED_VM_IS_NOT_DOWN', { ...values, vmName: first.name });
  return {
    ...place,
    hasSnapshots: (chain.rows[0]?.volumes ?? 0) > 1,
    isThin: chain.rows[0]?.thin ?? false,
    isTemplates: users.rows.some((user) => user.entity_type === 'template'),
    isInPreview: users.rows.some((user) => user.preview),
    runningVm: first && isLive ? { id: first.id, name: first.name } : null,
  };
}

/** Shows a disk as locked, or as well again. */
export async function setStatus(trx: Trx, diskId: string, status: 'ok' | 'locked' | 'illegal'): Promise<void> {
  await trx.updateTable('disk').set({ status }).where('id', '=', diskId).execute();
  await noteChange(trx, 'disk', diskId, 'update');
}
