import type { Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { conflict, refused } from '../rest/fault.ts';
import { done, started, type Context, type Reply } from '../rest/operation.ts';
import { actor, attribution, write } from '../rest/write.ts';
import { insertPassingSnapshot, planPassingSnapshot, type PassingSnapshot } from '../snapshots/passing.ts';
import type { Tables } from '../tables/schema.ts';
import { templateDisks, type TemplateDisk } from '../templates/disks.ts';
import type { ExportParams } from './export-saga.ts';
import type { PackTarget } from './export-target.ts';
import { stateOf, wrongState } from './lock.ts';

type Trx = Transaction<Tables>;

const beginnings = {
  vm: { action: 'ExportVmToOva', label: 'VM', event: 'IMPORTEXPORT_STARTING_EXPORT_VM_TO_OVA' },
  template: { action: 'ExportVmTemplateToOva', label: 'Template', event: 'IMPORTEXPORT_STARTING_EXPORT_TEMPLATE_TO_OVA' },
} as const;

const frame = { VAR_ACTION: 'export', VAR_TYPE: 'VM' };

/**
 * The snapshot below which the archive is made, of a VM that runs; null of one that is down.
 * @throws {Fault} 409 for other states, and for disks that others write to as well, since no snapshot holds them still
 */
async function snapshotOf(
  trx: Trx,
  vm: { id: string; name: string },
  disks: readonly TemplateDisk[],
  uuid: () => string,
): Promise<PassingSnapshot | null> {
  const { status } = await stateOf(trx, vm.id);
  if (status === 'down') return null;
  if (status !== 'up' && status !== 'paused') throw wrongState('export', status);
  const description = `Auto-generated for the export of ${vm.name}`;
  const passing = await planPassingSnapshot(trx, { vmId: vm.id, description, uuid }, frame);
  if (disks.length === 0) return passing;
  const others = await trx
    .selectFrom('disk')
    .select('name')
    .where('shareable', '=', true)
    .where(
      'id',
      'in',
      disks.map(({ diskId }) => diskId),
    )
    .execute();
  if (others.length > 0)
    throw refused('ACTION_TYPE_FAILED_SHAREABLE_DISK_NOT_SUPPORTED', { ...frame, diskAliases: others.map(({ name }) => name).join(', ') });
  return passing;
}

/** Begins to pack a VM or a template into an archive. A VM that is down is shown as locked meanwhile; of one that runs, its disks are. */
export async function packed(
  context: Context,
  kind: 'vm' | 'template',
  entity: { id: string; name: string },
  dataCenterId: string,
  { host, directory, fileName }: PackTarget,
): Promise<Reply> {
  const { action, label, event } = beginnings[kind];
  const job = await write(context, async (trx) => {
    const found = await templateDisks(trx, entity.id);
    const passing = kind === 'vm' ? await snapshotOf(trx, entity, found, context.engine.uuid) : null;
    const disks = found.map(({ diskId, volumeId, storageDomainId }) => ({ diskId, volumeId, storageDomainId }));
    const jobId = await context.engine.jobs.beginIn<ExportParams>(trx, context, action, {
      params: {
        kind,
        entityId: entity.id,
        entityName: entity.name,
        dataCenterId,
        host,
        directory,
        fileName,
        disks,
        ...(passing ? { passing } : {}),
        user: actor(context),
        correlationId: context.correlationId,
      },
      description: `Exporting ${label} ${entity.name} as an archive`,
      subjects: [
        { type: kind, id: entity.id },
        { type: 'host', id: host.id },
      ],
    });
    if (passing) {
      await insertPassingSnapshot(trx, passing);
    } else if (kind === 'vm') {
      await trx.updateTable('vm_state').set({ status: 'image_locked' }).where('vm_id', '=', entity.id).execute();
      await noteChange(trx, 'vm', entity.id, 'update');
    } else {
      const row = await trx.selectFrom('vm').select('template_status').where('id', '=', entity.id).executeTakeFirst();
      if (row?.template_status !== 'ok') throw conflict('VM_TEMPLATE_IMAGE_IS_LOCKED', { VAR_ACTION: 'export', VAR_TYPE: label });
    }
    await recordEvent(trx, {
      name: event,
      [kind]: entity,
      host,
      ...attribution(context),
      jobId,
      values: { file: `${directory.replace(/\/$/, '')}/${fileName}` },
    });
    return jobId;
  });
  if (context.asynchronous) return started(job);
  return (await context.engine.jobs.settle(job)) ? done(job) : started(job);
}
