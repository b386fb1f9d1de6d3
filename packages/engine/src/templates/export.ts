import type { Action, TemplateStatus } from '@virgate/contract/generated/types';
import { refusedByStatus } from '@virgate/contract/status-rules';
import { blankTemplateId } from '../installation/fixed-ids.ts';
import { conflict, refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import type { Operation } from '../rest/operation.ts';
import { checkDisksWell } from '../snapshots/chain.ts';
import { noId } from '../images/host-tasks.ts';
import { packed } from '../vms/export-begin.ts';
import { archiveOf, exportDomain } from '../vms/export-target.ts';
import { templateDisks } from './disks.ts';
import { readableTemplates } from './read.ts';

const frame = { VAR_ACTION: 'export', VAR_TYPE: 'Template' };

/** `POST templates/{template}/export`: as that of a VM. */
export const exportTemplate: Operation = {
  permit: 'import_export_vm',
  subjects: (context) => [{ type: 'template', id: context.path['template'] ?? '' }],
  async run(context) {
    const template = await one(context, readableTemplates, context.path['template']);
    const id = template.id ?? '';
    const body = context.body as Action;
    const archive = await archiveOf(context, body, String(template['name']));
    const domain = archive === null ? await exportDomain(context, body) : null;
    if (id === blankTemplateId) throw refused('VMT_CANNOT_EXPORT_BLANK_TEMPLATE', frame);
    if (refusedByStatus('template', template['status'] as TemplateStatus, 'ExportVmTemplate'))
      throw conflict('VM_TEMPLATE_IMAGE_IS_LOCKED', frame);
    if (archive === null || domain) throw domain?.refusal(frame);
    const row = await context.db.selectFrom('vm').select('data_center_id').where('id', '=', id).executeTakeFirstOrThrow();
    archive.checkHost(row.data_center_id, frame);
    checkDisksWell(await templateDisks(context.db, id), frame);
    return packed(context, 'template', { id, name: String(template['name']) }, row.data_center_id ?? noId, archive);
  },
};
