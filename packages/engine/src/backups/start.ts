import type { Backup, VmStatus } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import type { ObjectRef } from '../access/objects.ts';
import { noteChange } from '../changes/outbox.ts';
import { attachmentsOf, placesOf, type DiskPlace } from '../disks/read.ts';
import { recordEvent } from '../events/record.ts';
import { storageManagerOf } from '../images/host-tasks.ts';
import { conflict, entityNotFound, invalidValue, refused } from '../rest/fault.ts';
import { isUuid, one } from '../rest/listing.ts';
import { accepted, created, type Context, type Operation } from '../rest/operation.ts';
import { actor, attribution, write } from '../rest/write.ts';
import { isInPreview } from '../snapshots/chain.ts';
import { isStatelessRun } from '../snapshots/stateless.ts';
import type { Tables } from '../tables/schema.ts';
import { stateOf } from '../vms/lock.ts';
import { readableVms } from '../vms/read.ts';
import { backupsOf } from './read.ts';
import { activeBackup, setBackupDisks, type BackupDisk } from './rows.ts';
import type { StartParams } from './start-saga.ts';

type Trx = Transaction<Tables>;

const frame = { VAR_ACTION: 'back up', VAR_TYPE: 'VM' };
/** Longest description. Source: engine behaviour, validation of backups. */
const maxDescription = 1024;

/** Ids of the disks that a body names; the permit is needed on each of them. */
const diskIds = (body: Backup): string[] => (body.disks ?? []).flatMap((disk) => disk.id ?? []);

/** @throws {Fault} for disks that are not there, not the VM's, or not whole */
async function checkDisks(context: Context, vmId: string, body: Backup): Promise<void> {
  const ids = diskIds(body);
  if (ids.length === 0 || ids.length < (body.disks ?? []).length) throw invalidValue('backup.disks', 'every disk is named by its id');
  if (new Set(ids).size < ids.length) throw invalidValue('backup.disks', 'a disk is named twice');
  for (const id of ids) if (!isUuid(id)) throw entityNotFound('Disk', `id=${id.slice(0, 80)}`);
  const attached = new Map(((await attachmentsOf(context, [vmId], 'vm')).get(vmId) ?? []).map((one) => [one.id, one['active'] === true]));
  const places = new Map((await placesOf(context.db, ids)).map((place) => [place.diskId, place]));
  for (const id of ids) {
    const place = places.get(id);
    if (!attached.has(id)) throw refused('ACTION_TYPE_FAILED_DISKS_NOT_ATTACHED_TO_VM', { ...frame, diskIds: id });
    if (!place) throw refused('ACTION_TYPE_FAILED_DISK_NOT_EXIST', frame);
    if (!attached.get(id)) throw refused('ACTION_TYPE_FAILED_DISKS_ARE_NOT_ACTIVE', { ...frame, diskAliases: place.name });
    checkPlace(place);
  }
}

function checkPlace(place: Pick<DiskPlace, 'status' | 'name'>): void {
  if (place.status !== 'ok')
    throw refused(place.status === 'locked' ? 'ACTION_TYPE_FAILED_DISKS_LOCKED' : 'ACTION_TYPE_FAILED_DISKS_ILLEGAL', {
      ...frame,
      diskAliases: place.name,
    });
}

interface ChosenDisk extends DiskPlace {
  incremental: boolean;
  /** It is part of the checkpoint that the backup stands on. */
  inCheckpoint: boolean;
}

/** The disks under their locks, with what decides how each is backed up. */
async function chosenDisks(trx: Trx, ids: readonly string[], from: string | null): Promise<ChosenDisk[]> {
  await trx
    .selectFrom('disk')
    .select('id')
    .where('id', 'in', [...ids])
    .orderBy('id')
    .forUpdate()
    .execute();
  const places = await placesOf(trx, ids);
  const found = await sql<{ id: string; backup: string; inside: boolean }>`select d.id, d.backup,
    exists (select 1 from vm_checkpoint_disk c where c.checkpoint_id = ${from}::uuid and c.disk_id = d.id) as inside from disk d where d.id = any(${ids}::uuid[])`.execute(
    trx,
  );
  const facts = new Map(found.rows.map((row) => [row.id, row]));
  return places.map((place) => ({
    ...place,
    incremental: facts.get(place.diskId)?.backup === 'incremental',
    inCheckpoint: facts.get(place.diskId)?.inside ?? false,
  }));
}

/** How each disk is backed up. Source: engine behaviour, StartVmBackup: disks that a checkpoint does not have are backed up whole. */
function planDisks(disks: readonly ChosenDisk[], from: string | null): BackupDisk[] {
  return disks.map((disk) => {
    if (from !== null && !disk.incremental) {
      const key =
        disk.format === 'raw'
          ? 'ACTION_TYPE_FAILED_INCREMENTAL_BACKUP_NOT_SUPPORTED_FOR_RAW_DISK'
          : 'ACTION_TYPE_FAILED_INCREMENTAL_BACKUP_DISABLED_FOR_DISKS';
      throw refused(key, { ...frame, diskAliases: disk.name });
    }
    const { diskId, name, volumeId, storageDomainId, dataCenterId } = disk;
    const checkpoint = disk.incremental && disk.format === 'cow';
    return {
      diskId,
      name,
      volumeId,
      storageDomainId,
      dataCenterId,
      checkpoint,
      mode: from !== null && disk.inCheckpoint ? ('incremental' as const) : ('full' as const),
    };
  });
}

/** @throws {Fault} when there is no such checkpoint of the VM, or nobody can tell any more what changed since */
async function checkCheckpoint(trx: Trx, vmId: string, id: string): Promise<void> {
  const values = { ...frame, checkpointId: id.slice(0, 80) };
  const found = isUuid(id)
    ? await trx.selectFrom('vm_checkpoint').select('state').where('id', '=', id).where('vm_id', '=', vmId).executeTakeFirst()
    : undefined;
  if (!found) throw refused('ACTION_TYPE_FAILED_CHECKPOINT_NOT_EXIST', values);
  if (found.state !== 'created') throw refused('ACTION_TYPE_FAILED_CHECKPOINT_INVALID', values);
}

/** An id that a client chose. */
async function checkNewId(trx: Trx, id: string | undefined, field: string): Promise<void> {
  if (id === undefined) return;
  if (!isUuid(id)) throw invalidValue(field, 'must be a UUID');
  const found = await sql`select 1 from vm_backup where id = ${id}::uuid or to_checkpoint_id = ${id}::uuid
    union all select 1 from vm_checkpoint where id = ${id}::uuid`.execute(trx);
  if (found.rows.length > 0) throw refused('ACTION_TYPE_FAILED_VM_BACKUP_ID_ALREADY_EXIST', frame);
}

/**
 * `POST vms/{vm}/backups`: of a VM that is up or down, of the disks that are named. The client polls `phase` until the backup is ready,
 * reads the disks by image transfers, and finalizes it.
 */
export const startBackup: Operation = {
  permit: 'backup_disk',
  subjects: (context) => {
    const ids = diskIds(context.body);
    return ids.length === 0 ? [{ type: 'vm', id: context.path['vm'] ?? '' }] : ids.map((id): ObjectRef => ({ type: 'disk', id }));
  },
  async run(context) {
    const vm = await one(context, readableVms, context.path['vm']);
    const body = context.body as Backup;
    const [vmId, vmName] = [vm.id ?? '', String(vm['name'])];
    const description = body.description ?? '';
    if (description.length > maxDescription) throw refused('ACTION_TYPE_FAILED_VM_BACKUP_DESCRIPTION_IS_TOO_LONG', frame);
    await checkDisks(context, vmId, body);
    checkVmStatus(vm['status'] as VmStatus);
    const backupId = body.id ?? context.engine.uuid();
    const from = body.from_checkpoint_id ?? null;
    const job = await write(
      context,
      async (trx) => {
        const { status, hostId } = await stateOf(trx, vmId);
        checkVmStatus(status);
        await checkNewId(trx, body.id, 'backup.id');
        await checkNewId(trx, body.to_checkpoint_id, 'backup.to_checkpoint_id');
        if ((await activeBackup(trx, vmId)) !== undefined) throw refused('ACTION_TYPE_FAILED_VM_IS_DURING_BACKUP', frame);
        if (await isStatelessRun(trx, vmId)) throw refused('ACTION_TYPE_FAILED_VM_RUNNING_STATELESS', frame);
        if (await isInPreview(trx, vmId)) throw refused('ACTION_TYPE_FAILED_VM_IN_PREVIEW', frame);
        if (from !== null) await checkCheckpoint(trx, vmId, from);
        const chosen = await chosenDisks(trx, diskIds(body), from);
        chosen.forEach(checkPlace);
        const disks = planDisks(chosen, from);
        const live = status === 'up';
        const where = live ? hostId : await storageManagerOf(trx, chosen[0]?.dataCenterId ?? '');
        if (where === null) throw conflict('CANNOT_START_BACKUP_VM_SHOULD_BE_IN_UP_OR_DOWN_STATUS', frame);
        const to = disks.some((disk) => disk.checkpoint) ? (body.to_checkpoint_id ?? context.engine.uuid()) : null;
        await trx
          .insertInto('vm_backup')
          .values({
            id: backupId,
            vm_id: vmId,
            phase: 'initializing',
            live,
            host_id: where,
            from_checkpoint_id: from,
            to_checkpoint_id: to,
            description,
            created_by: context.user.id,
            created_by_name: actor(context).name,
          })
          .execute();
        await trx
          .insertInto('vm_backup_disk')
          .values(disks.map((disk) => ({ backup_id: backupId, disk_id: disk.diskId, mode: disk.mode, checkpoint: disk.checkpoint })))
          .execute();
        const id = await context.engine.jobs.beginIn<StartParams>(trx, context, 'StartVmBackup', {
          params: {
            backupId,
            vmId,
            vmName,
            live,
            hostId: where,
            disks,
            from,
            to,
            description,
            requireConsistency: context.parameters.flag('require_consistency'),
            user: actor(context),
            correlationId: context.correlationId,
          },
          description: `Starting a backup of VM ${vmName}`,
          subjects: [{ type: 'vm', id: vmId }, ...disks.map((disk) => ({ type: 'disk', id: disk.diskId }))],
        });
        await setBackupDisks(
          trx,
          disks.map((disk) => disk.diskId),
          'locked',
        );
        await noteChange(trx, 'vm', vmId, 'update');
        await recordEvent(trx, {
          name: 'VM_BACKUP_STARTED',
          vm: { id: vmId, name: vmName },
          ...attribution(context),
          jobId: id,
          values: { backup: backupId },
        });
        return id;
      },
      { vm_backup_active: () => conflict('ACTION_TYPE_FAILED_VM_IS_DURING_BACKUP', frame) },
    );
    if (context.waits) await context.engine.jobs.settle(job);
    const made = ((await backupsOf(context, [vmId])).get(vmId) ?? []).find((backup) => backup.id === backupId) ?? { id: backupId };
    return context.waits ? created('Backup', made) : accepted('Backup', made, job);
  },
};

function checkVmStatus(status: VmStatus): void {
  if (status !== 'up' && status !== 'down') throw conflict('CANNOT_START_BACKUP_VM_SHOULD_BE_IN_UP_OR_DOWN_STATUS', frame);
}
