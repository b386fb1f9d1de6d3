import { defineSaga } from '@virgate/saga';
import { sql, type Transaction } from 'kysely';
import { revokeAllOn } from '../access/grant.ts';
import { noteChange } from '../changes/outbox.ts';
import { ofJob, recordEvent } from '../events/record.ts';
import type { TaskState } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { conflict, notFound, refused } from '../rest/fault.ts';
import { isUuid, one } from '../rest/listing.ts';
import { done, started, type Context, type Operation, type Reply } from '../rest/operation.ts';
import { actor, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { readableTemplates } from '../templates/read.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { isLunDisk } from './luns.ts';
import { placesOf, type DiskPlace } from './read.ts';
import { removeLunDisk } from './remove-lun.ts';
import { deleteImage } from './volumes.ts';

interface Params {
  disk: DiskPlace;
  user: { id: string; name: string };
  correlationId: string;
}

/** Removes one disk with its volumes. */
export const removeDiskSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, TaskState, Transaction<Tables>>({
    name: 'RemoveDisk',
    version: 1,
    title: (params) => `Removing Disk ${params.disk.name}`,
    locks: (params) => [{ group: 'DISK', objectId: params.disk.diskId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' }],
    initialState: () => ({ tasks: {} }),
    steps: [
      {
        name: 'delete',
        title: 'Removing the volumes',
        retry: { attempts: 5, delayMs: 2_000 },
        run: async (ctx) => deleteImage(ctx as never, hosts, ctx.params.disk),
        async record(ctx, trx) {
          const { disk } = ctx.params;
          await trx.deleteFrom('disk').where('id', '=', disk.diskId).execute();
          await revokeAllOn(trx, [disk.diskId]);
          await recordEvent(trx, { name: 'USER_FINISHED_REMOVE_DISK', ...ofJob(ctx), values: { disk: disk.name } });
          await noteChange(trx, 'disk', disk.diskId, 'remove');
        },
      },
    ],
    async ended(end, trx) {
      if (end.status === 'succeeded') return;
      await trx.updateTable('disk').set({ status: 'illegal' }).where('id', '=', end.params.disk.diskId).execute();
      await noteChange(trx, 'disk', end.params.disk.diskId, 'update');
    },
  }) as unknown as EngineSaga;

/**
 * Removes a disk that no running VM uses.
 * @param ofTemplate the disk is known to be a template's; no other disk may stand on it
 */
export async function removeDiskById(context: Context, diskId: string, ofTemplate = false): Promise<Reply> {
  if (!isUuid(diskId)) throw notFound();
  const job = await write(context, async (trx) => {
    if (await isLunDisk(trx, diskId)) return removeLunDisk(trx, context, diskId);
    const [place] = await placesOf(trx, [diskId]);
    if (!place) throw notFound();
    const id = await context.engine.jobs.beginIn<Params>(trx, context, 'RemoveDisk', {
      params: { disk: place, user: actor(context), correlationId: context.correlationId },
      description: `Removing Disk ${place.name}`,
      subjects: [{ type: 'disk', id: diskId }],
    });
    const users = await trx
      .selectFrom('disk_attachment')
      .innerJoin('vm', 'vm.id', 'disk_attachment.vm_id')
      .leftJoin('vm_state', 'vm_state.vm_id', 'vm.id')
      .select(['vm.name', 'vm.entity_type', 'vm_state.status'])
      .where('disk_attachment.disk_id', '=', diskId)
      .execute();
    if (ofTemplate) await refuseWhileStoodOn(trx, diskId);
    else if (users.some((user) => user.entity_type === 'template'))
      throw conflict('VM_TEMPLATE_IMAGE_IS_LOCKED', { VAR_ACTION: 'remove', VAR_TYPE: 'Virtual Disk' });
    const running = users.find((user) => user.entity_type === 'vm' && user.status !== 'down');
    if (running)
      throw conflict('ACTION_TYPE_FAILED_VM_IS_NOT_DOWN', { VAR_ACTION: 'remove', VAR_TYPE: 'Virtual Disk', vmName: running.name });
    const holder = await sql<{ name: string }>`
      select v.name from vm v join vm_cdrom c on c.vm_id = v.id where c.disk_id = ${diskId}::uuid
      union select v.name from vm v join vm_current_cdrom c on c.vm_id = v.id join vm_state s on s.vm_id = v.id
      where c.disk_id = ${diskId}::uuid and s.status <> 'down' limit 1`.execute(trx);
    if (holder.rows[0])
      throw conflict('ERROR_CANNOT_REMOVE_ISO_DISK_ATTACHED_TO_VMS', {
        VAR_ACTION: 'remove',
        VAR_TYPE: 'Virtual Disk',
        VmNames: holder.rows[0].name,
      });
    if (place.status === 'locked')
      throw conflict('ACTION_TYPE_FAILED_DISKS_LOCKED', { VAR_ACTION: 'remove', VAR_TYPE: 'Virtual Disk', diskAliases: place.name });
    await trx.updateTable('disk').set({ status: 'locked' }).where('id', '=', diskId).execute();
    await noteChange(trx, 'disk', diskId, 'update');
    return id;
  });
  if (context.asynchronous) return started(job);
  return (await context.engine.jobs.settle(job)) ? done(job) : started(job);
}

/** Refuses while disks of VMs stand on a template's. @throws {Fault} 409 naming the VMs */
async function refuseWhileStoodOn(trx: Transaction<Tables>, diskId: string): Promise<void> {
  const derived = await sql<{ name: string }>`
    select distinct v.name from image b join image i on i.parent_id = b.id and i.disk_id <> b.disk_id join disk_attachment a on a.disk_id = i.disk_id join vm v on v.id = a.vm_id
    where b.disk_id = ${diskId} order by v.name limit 5`.execute(trx);
  if (derived.rows.length > 0)
    throw refused('VMT_CANNOT_REMOVE_DETECTED_DERIVED_VM', {
      VAR_ACTION: 'remove',
      VAR_TYPE: 'Virtual Disk',
      vmsList: derived.rows.map((row) => row.name).join(', '),
    });
}

/** `DELETE templates/{template}/diskattachments/{attachment}?storage_domain=…`: a template's disk that nothing stands on. */
export const removeTemplateDisk: Operation = {
  permit: 'delete_disk',
  subjects: (context) => [{ type: 'disk', id: context.path['attachment'] ?? '' }],
  async run(context) {
    const { id = '' } = await one(context, readableTemplates, context.path['template']);
    const diskId = context.path['attachment'] ?? '';
    const attached = isUuid(diskId)
      ? await context.db
          .selectFrom('disk_attachment')
          .select('disk_id')
          .where('vm_id', '=', id)
          .where('disk_id', '=', diskId)
          .executeTakeFirst()
      : undefined;
    if (!attached) throw notFound();
    const domain = context.parameters.text('storage_domain');
    const [place] = await placesOf(context.db, [diskId]);
    if (domain !== undefined && place?.storageDomainId !== domain) throw refused('ACTION_TYPE_FAILED_STORAGE_DOMAIN_NOT_EXIST');
    return removeDiskById(context, diskId, true);
  },
};

/** `DELETE disks/{disk}`. */
export const removeDisk: Operation = {
  permit: 'delete_disk',
  subjects: (context) => [{ type: 'disk', id: context.path['disk'] ?? '' }],
  run: (context) => removeDiskById(context, context.path['disk'] ?? ''),
};
