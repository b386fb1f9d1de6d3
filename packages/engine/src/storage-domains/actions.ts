import { VdsmError } from '@virgate/vdsm';
import type { Action } from '@virgate/contract/generated/types';
import { storageFault } from '../images/host-tasks.ts';
import { one } from '../rest/listing.ts';
import { done, type Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { readableStorageDomains } from './read.ts';

const timeoutMs = 60_000;
const subjects: Operation['subjects'] = (context) => [{ type: 'storage_domain', id: context.path['storage_domain'] ?? '' }];

/** `POST storagedomains/{id}/isattached {host}`: whether the domain's own metadata names a data center, this one's or another's. */
export const isAttached: Operation = {
  permit: 'manipulate_storage_domain',
  subjects,
  async run(context) {
    const domain = await one(context, readableStorageDomains, context.path['storage_domain']);
    const host = await resolve(context.db, 'Host', 'host', (context.body as Action).host);
    const { client, fence } = await context.engine.hosts.access(host.id);
    try {
      const info = (await client.call('StorageDomain.getInfo', { storagedomainID: domain.id }, { timeoutMs, fence })) as {
        pool?: string[];
      };
      return done(undefined, { is_attached: (info.pool ?? []).length > 0 });
    } catch (error) {
      if (error instanceof VdsmError) throw storageFault('Cannot look at the storage domain', error);
      throw error;
    }
  },
};
