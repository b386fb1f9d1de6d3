import type { Loaders } from '../rest/follow.ts';
import { byIds, listing, one } from '../rest/listing.ts';
import { membersOf, type Membership } from '../rest/members.ts';
import { collection, entity, type Operation, type Services } from '../rest/operation.ts';
import { readableStorageDomains } from '../storage-domains/read.ts';
import { readableVms } from '../vms/read.ts';
import { readableTemplates } from '../templates/read.ts';
import { addDisk } from './add.ts';
import { convertDisk } from './convert.ts';
import { copyDisk } from './copy.ts';
import { moveDisk } from './move.ts';
import { sparsifyDisk } from './sparsify.ts';
import { refreshDiskLun } from './refresh-lun.ts';
import { exportDisk } from './unsupported.ts';
import { reduceDisk } from './reduce.ts';
import { addAttachment, attachment, removeAttachment, updateAttachment } from './attachments.ts';
import { attachmentsOf, readableDisks } from './read.ts';
import { removeDisk, removeTemplateDisk } from './remove.ts';
import { updateDisk } from './update.ts';

/** Actions of disks, under whichever path the disk stands. */
export const diskActions: Record<string, Operation> = {
  copy: copyDisk,
  move: moveDisk,
  convert: convertDisk,
  sparsify: sparsifyDisk,
  reduce: reduceDisk,
  export: exportDisk,
  refresh_lun: refreshDiskLun,
};

export const diskServices: Services = {
  DisksService: { list: { permit: null, run: (context) => listing(context, 'Disk', readableDisks) }, add: addDisk },
  DiskService: {
    get: { permit: null, run: async (context) => entity('Disk', await one(context, readableDisks, context.path['disk'])) },
    update: updateDisk,
    remove: removeDisk,
    ...diskActions,
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
    remove: removeTemplateDisk,
    get: {
      permit: null,
      run: async (context) =>
        entity('DiskAttachment', await attachment(context, 'template', context.path['template'] ?? '', context.path['attachment'] ?? '')),
    },
  },
};

/** Where a disk's images lie. */
const storageDomainsOfDisks: Membership = {
  table: 'image',
  owner: 'disk_id',
  member: 'storage_domain_id',
  type: 'StorageDomain',
  kind: readableStorageDomains,
};

export const diskLoaders: Partial<Loaders> = {
  entities: { Disk: (context, ids) => byIds(context, readableDisks, ids) },
  children: {
    'Vm.disk_attachments': (context, ids) => attachmentsOf(context, ids, 'vm'),
    'Template.disk_attachments': (context, ids) => attachmentsOf(context, ids, 'template'),
    'Disk.storage_domains': (context, ids) => membersOf(context, storageDomainsOfDisks, ids),
  },
};
