import type { TemplateStatus } from '@virgate/contract/generated/types';
import { refusedByStatus } from '@virgate/contract/status-rules';
import { defineSaga } from '@virgate/saga';
import type { Transaction } from 'kysely';
import { revokeAllOn } from '../access/grant.ts';
import { noteChange } from '../changes/outbox.ts';
import { placesOf, type DiskPlace } from '../disks/read.ts';
import { deleteImage } from '../disks/volumes.ts';
import { ofJob, recordEvent } from '../events/record.ts';
import type { TaskState } from '../images/host-tasks.ts';
import { blankTemplateId } from '../installation/fixed-ids.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { conflict } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, started, type Operation } from '../rest/operation.ts';
import { actor, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { readableTemplates } from './read.ts';

interface Params {
  templateId: string;
  templateName: string;
  disks: DiskPlace[];
  user: { id: string; name: string };
  correlationId: string;
}

/** Removes a template and its disks. */
export const removeTemplateSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, TaskState, Transaction<Tables>>({
    name: 'RemoveVmTemplate',
    version: 1,
    title: (params) => `Removing Template ${params.templateName}`,
    locks: (params) => [
      { group: 'TEMPLATE', objectId: params.templateId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' },
      ...params.disks.map((disk) => ({
        group: 'DISK',
        objectId: disk.diskId,
        mode: 'exclusive' as const,
        messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED',
      })),
    ],
    initialState: () => ({ tasks: {} }),
    steps: (params) => [
      ...params.disks.map((disk) => ({
        name: `delete ${disk.diskId}`,
        title: `Removing disk ${disk.name}`,
        retry: { attempts: 5, delayMs: 2_000 },
        run: async (ctx: Parameters<typeof deleteImage<TaskState>>[0]) => deleteImage(ctx, hosts, disk),
        async record(_ctx: unknown, trx: Transaction<Tables>) {
          await trx.deleteFrom('disk').where('id', '=', disk.diskId).execute();
          await revokeAllOn(trx, [disk.diskId]);
          await noteChange(trx, 'disk', disk.diskId, 'remove');
        },
      })),
      {
        name: 'definition',
        title: 'Removing the template',
        async record(ctx, trx) {
          const { templateId, templateName } = ctx.params;
          await trx.deleteFrom('vm').where('id', '=', templateId).execute();
          await revokeAllOn(trx, [templateId]);
          await recordEvent(trx, {
            name: 'USER_REMOVE_VM_TEMPLATE_FINISHED',
            template: { id: templateId, name: templateName },
            ...ofJob(ctx),
          });
          await noteChange(trx, 'template', templateId, 'remove');
        },
      },
    ],
  }) as unknown as EngineSaga;

/** `DELETE templates/{template}`: removes a template that no VM is made of; clones are made of Blank. */
export const removeTemplate: Operation = {
  permit: 'delete_template',
  subjects: (context) => [{ type: 'template', id: context.path['template'] ?? '' }],
  async run(context) {
    const template = await one(context, readableTemplates, context.path['template']);
    const id = template.id ?? '';
    const name = String(template['name']);
    if (id === blankTemplateId) throw conflict('VMT_CANNOT_REMOVE_BLANK_TEMPLATE');
    const job = await write(context, async (trx) => {
      const attached = await trx.selectFrom('disk_attachment').select('disk_id').where('vm_id', '=', id).execute();
      const disks = await placesOf(
        trx,
        attached.map((row) => row.disk_id),
      );
      const jobId = await context.engine.jobs.beginIn<Params>(trx, context, 'RemoveVmTemplate', {
        params: { templateId: id, templateName: name, disks, user: actor(context), correlationId: context.correlationId },
        description: `Removing Template ${name}`,
        subjects: [{ type: 'template', id }],
      });
      const row = await trx
        .selectFrom('vm')
        .select(['template_status', 'delete_protected'])
        .where('id', '=', id)
        .forUpdate()
        .executeTakeFirstOrThrow();
      if (refusedByStatus('template', row.template_status as TemplateStatus, 'RemoveVmTemplate'))
        throw conflict('VM_TEMPLATE_IMAGE_IS_LOCKED', { VAR_ACTION: 'remove', VAR_TYPE: 'Template' });
      if (row.delete_protected)
        throw conflict('ACTION_TYPE_FAILED_DELETE_PROTECTION_ENABLED', { VAR_ACTION: 'remove', VAR_TYPE: 'Template' });
      const derived = await trx
        .selectFrom('vm')
        .select('name')
        .where('template_id', '=', id)
        .where('entity_type', '=', 'vm')
        .orderBy('name')
        .limit(5)
        .execute();
      if (derived.length > 0)
        throw conflict('VMT_CANNOT_REMOVE_DETECTED_DERIVED_VM', {
          VAR_ACTION: 'remove',
          VAR_TYPE: 'Template',
          vmsList: derived.map((vm) => vm.name).join(', '),
        });
      await trx.updateTable('vm').set({ template_status: 'locked' }).where('id', '=', id).execute();
      await noteChange(trx, 'template', id, 'update');
      return jobId;
    });
    if (context.asynchronous) return started(job);
    return (await context.engine.jobs.settle(job)) ? done(job) : started(job);
  },
};
