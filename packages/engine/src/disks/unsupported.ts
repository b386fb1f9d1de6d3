import type { Action } from '@virgate/contract/generated/types';
import { incomplete, notBuilt } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import type { Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { refuseLun } from './luns.ts';
import { readableDisks } from './read.ts';

const subjects: Operation['subjects'] = (context) => [{ type: 'disk', id: context.path['disk'] ?? '' }];

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
