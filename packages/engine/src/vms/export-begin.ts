import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { conflict } from '../rest/fault.ts';
import { done, started, type Context, type Reply } from '../rest/operation.ts';
import { actor, attribution, write } from '../rest/write.ts';
import { templateDisks } from '../templates/disks.ts';
import type { ExportParams } from './export-saga.ts';
import type { PackTarget } from './export-target.ts';
import { stateOf, wrongState } from './lock.ts';

const beginnings = {
  vm: { action: 'ExportVmToOva', label: 'VM', event: 'IMPORTEXPORT_STARTING_EXPORT_VM_TO_OVA' },
  template: { action: 'ExportVmTemplateToOva', label: 'Template', event: 'IMPORTEXPORT_STARTING_EXPORT_TEMPLATE_TO_OVA' },
} as const;

/** Begins to pack a VM that is down, or a template, into an archive. A VM is shown as locked meanwhile. */
export async function packed(
  context: Context,
  kind: 'vm' | 'template',
  entity: { id: string; name: string },
  dataCenterId: string,
  { host, directory, fileName }: PackTarget,
): Promise<Reply> {
  const { action, label, event } = beginnings[kind];
  const job = await write(context, async (trx) => {
    const disks = (await templateDisks(trx, entity.id)).map(({ diskId, volumeId, storageDomainId }) => ({
      diskId,
      volumeId,
      storageDomainId,
    }));
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
        user: actor(context),
        correlationId: context.correlationId,
      },
      description: `Exporting ${label} ${entity.name} as an archive`,
      subjects: [
        { type: kind, id: entity.id },
        { type: 'host', id: host.id },
      ],
    });
    if (kind === 'vm') {
      const { status } = await stateOf(trx, entity.id);
      if (status !== 'down') throw wrongState('export', status);
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
