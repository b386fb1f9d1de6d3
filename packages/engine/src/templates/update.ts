import type { Template, TemplateStatus } from '@virgate/contract/generated/types';
import { refusedByStatus } from '@virgate/contract/status-rules';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { blankTemplateId } from '../installation/fixed-ids.ts';
import { badRequest, conflict } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { entity, type Operation } from '../rest/operation.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, nameInUse, write } from '../rest/write.ts';
import { changeOf } from '../vms/change.ts';
import { checkName } from '../vms/definition.ts';
import { readableTemplates } from './read.ts';

/** `PUT templates/{template}`: changes a template; VMs that were made of it stay as they are. Its versions have one name. */
export const updateTemplate: Operation = {
  permit: 'edit_template_properties',
  subjects: (context) => [{ type: 'template', id: context.path['template'] ?? '' }],
  async run(context) {
    const current = await one(context, readableTemplates, context.path['template']);
    const body = context.body as Template;
    const id = current.id ?? '';
    checkImmutable(current, context.body, ['id', 'cluster']);
    const { version, status: _status, vm: _vm, ...said } = body;
    const name = body.name === undefined ? String(current['name']) : checkName(body.name);
    if (id === blankTemplateId && name !== current['name']) throw badRequest('VMT_CANNOT_UPDATE_ILLEGAL_FIELD');
    await write(
      context,
      async (trx) => {
        const row = await trx.selectFrom('vm').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow();
        if (refusedByStatus('template', row.template_status as TemplateStatus, 'UpdateVmTemplate'))
          throw conflict('VM_TEMPLATE_IMAGE_IS_LOCKED', { VAR_ACTION: 'edit', VAR_TYPE: 'Template' });
        const { columns } = await changeOf({ ...context, db: trx }, row, said, { type: 'template', id });
        await trx
          .updateTable('vm')
          .set({
            ...columns,
            ...(version?.version_name === undefined ? {} : { version_name: version.version_name }),
            updated_at: new Date(context.engine.now()),
          })
          .where('id', '=', id)
          .execute();
        if (name !== row.name) {
          const versions = await trx
            .updateTable('vm')
            .set({ name })
            .where('entity_type', '=', 'template')
            .where('base_template_id', '=', row.base_template_id ?? id)
            .returning('id')
            .execute();
          await noteChange(
            trx,
            'template',
            versions.map((one) => one.id),
            'update',
          );
        }
        await recordEvent(trx, { name: 'USER_UPDATE_VM_TEMPLATE', template: { id, name }, ...attribution(context) });
        await noteChange(trx, 'template', id, 'update');
      },
      { template_name: nameInUse(name) },
    );
    return entity('Template', await one(context, readableTemplates, id));
  },
};
