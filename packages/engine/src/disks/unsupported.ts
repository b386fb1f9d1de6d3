import type { Action } from '@virgate/contract/generated/types';
import { incomplete, notBuilt, refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import type { Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { refuseLun } from './luns.ts';
import { readableDisks } from './read.ts';

const subjects: Operation['subjects'] = (context) => [{ type: 'disk', id: context.path['disk'] ?? '' }];

/** `POST disks/{disk}/reduce`: gives the unused end of a volume back, which only block storage has. Source: engine behaviour, ReduceImage. */
export const reduceDisk: Operation = {
  permit: 'reduce_disk',
  subjects,
  async run(context) {
    const { id = '' } = await one(context, readableDisks, context.path['disk']);
    await refuseLun(context.db, id, 'reduce');
    throw refused('ACTION_TYPE_FAILED_REDUCE_IMAGE_NOT_SUPPORTED_FOR_FILE_DOMAINS', { VAR_ACTION: 'reduce', VAR_TYPE: 'Virtual Disk' });
  },
};

/** `POST disks/{disk}/export`: to an image repository of a provider, of which there are none. */
export const exportDisk: Operation = {
  permit: 'create_disk',
  subjects,
  async run(context) {
    const { id = '' } = await one(context, readableDisks, context.path['disk']);
    await refuseLun(context.db, id, 'export');
    const target = (context.body as Action).storage_domain;
    if (!target) throw incomplete('action.storage_domain.id|name');
    await resolve(context.db, 'StorageDomain', 'storage_domain', target);
    throw notBuilt('Exporting a disk to an image provider');
  },
};
