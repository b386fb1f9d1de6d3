import type { Action } from '@virgate/contract/generated/types';
import { incomplete, notBuilt, refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import type { Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { readableDisks } from './read.ts';

const subjects: Operation['subjects'] = (context) => [{ type: 'disk', id: context.path['disk'] ?? '' }];

/** `POST disks/{disk}/reduce`: gives the unused end of a volume back, which only block storage has. Source: engine behaviour, ReduceImage. */
export const reduceDisk: Operation = {
  permit: 'reduce_disk',
  subjects,
  async run(context) {
    await one(context, readableDisks, context.path['disk']);
    throw refused('ACTION_TYPE_FAILED_REDUCE_IMAGE_NOT_SUPPORTED_FOR_FILE_DOMAINS', { VAR_ACTION: 'reduce', VAR_TYPE: 'Virtual Disk' });
  },
};

/** `POST disks/{disk}/refreshlun`: a disk on a file has no LUN. */
export const refreshDiskLun: Operation = {
  permit: 'edit_disk_properties',
  subjects,
  async run(context) {
    await one(context, readableDisks, context.path['disk']);
    await resolve(context.db, 'Host', 'host', (context.body as Action).host);
    throw refused('ACTION_TYPE_FAILED_UNSUPPORTED_DISK_STORAGE_TYPE', { VAR_ACTION: 'refresh', VAR_TYPE: 'LUNs' });
  },
};

/** `POST disks/{disk}/export`: to an image repository of a provider, of which there are none. */
export const exportDisk: Operation = {
  permit: 'create_disk',
  subjects,
  async run(context) {
    await one(context, readableDisks, context.path['disk']);
    const target = (context.body as Action).storage_domain;
    if (!target) throw incomplete('action.storage_domain.id|name');
    await resolve(context.db, 'StorageDomain', 'storage_domain', target);
    throw notBuilt('Exporting a disk to an image provider');
  },
};
