import type { Loaders } from '../rest/follow.ts';
import { byIds, list, one } from '../rest/listing.ts';
import { collection, entity, type Services } from '../rest/operation.ts';
import { readableVms } from '../vms/read.ts';
import { readableTemplates } from '../templates/read.ts';
import { addDisk } from './add.ts';
import { addAttachment, attachment, removeAttachment, updateAttachment } from './attachments.ts';
import { attachmentsOf, readableDisks } from './read.ts';
import { removeDisk } from './remove.ts';
import { updateDisk } from './update.ts';

export const diskServices: Services = {
  DisksService: { list: { permit: null, run: async (context) => collection('Disk', await list(context, readableDisks)) }, add: addDisk },
  DiskService: {
    get: { permit: null, run: async (context) => entity('Disk', await one(context, readableDisks, context.path['disk'])) },
    update: updateDisk,
    remove: removeDisk,
  },
  DiskAttachmentsService: {
    list: {
      permit: null,
      async run(context) {
        const { id = '' } = await one(context, readableVms, context.path['vm']);
        return collection('DiskAttachment', (await attachmentsOf(context, [id], 'vm')).get(id) ?? []);
      },
    },
    add: addAttachment,
  },
  DiskAttachmentService: {
    get: {
      permit: null,
      run: async (context) =>
        entity('DiskAttachment', await attachment(context, 'vm', context.path['vm'] ?? '', context.path['attachment'] ?? '')),
    },
    update: updateAttachment,
    remove: removeAttachment,
  },
  TemplateDiskAttachmentsService: {
    list: {
      permit: null,
      async run(context) {
        const { id = '' } = await one(context, readableTemplates, context.path['template']);
        return collection('DiskAttachment', (await attachmentsOf(context, [id], 'template')).get(id) ?? []);
      },
    },
  },
  TemplateDiskAttachmentService: {
    get: {
      permit: null,
      run: async (context) =>
        entity('DiskAttachment', await attachment(context, 'template', context.path['template'] ?? '', context.path['attachment'] ?? '')),
    },
  },
};

export const diskLoaders: Partial<Loaders> = {
  entities: { Disk: (context, ids) => byIds(context, readableDisks, ids) },
  children: {
    'Vm.disk_attachments': (context, ids) => attachmentsOf(context, ids, 'vm'),
    'Template.disk_attachments': (context, ids) => attachmentsOf(context, ids, 'template'),
  },
};
