import { readableDataCenters } from '../data-centers/read.ts';
import type { Loaders } from '../rest/follow.ts';
import { byIds, listing, one } from '../rest/listing.ts';
import { entity, type Services } from '../rest/operation.ts';
import { isAttached } from './actions.ts';
import { reduceLuns, refreshLuns } from './block-units.ts';
import { addStorageDomain } from './add.ts';
import { attachStorageDomain } from './attach.ts';
import { domainCommand, removeStorageDomain } from './maintenance.ts';
import { readableAttachedDomains, readableStorageDomains } from './read.ts';
import { updateStorageDomain } from './update.ts';
import { updateOvfStore } from '../ovf-stores/update.ts';

export const storageDomainServices: Services = {
  StorageDomainsService: {
    list: { permit: null, run: (context) => listing(context, 'StorageDomain', readableStorageDomains) },
    add: addStorageDomain,
  },
  StorageDomainService: {
    get: {
      permit: null,
      run: async (context) => entity('StorageDomain', await one(context, readableStorageDomains, context.path['storage_domain'])),
    },
    remove: removeStorageDomain,
    update: updateStorageDomain,
    is_attached: isAttached,
    refresh_luns: refreshLuns,
    reduce_luns: reduceLuns,
    update_ovf_store: updateOvfStore,
  },
  AttachedStorageDomainsService: {
    list: {
      permit: null,
      async run(context) {
        const { id } = await one(context, readableDataCenters, context.path['data_center']);
        return listing(context, 'StorageDomain', readableAttachedDomains(id ?? ''));
      },
    },
    add: attachStorageDomain,
  },
  AttachedStorageDomainService: {
    get: {
      permit: null,
      run: async (context) =>
        entity(
          'StorageDomain',
          await one(context, readableAttachedDomains(context.path['data_center'] ?? ''), context.path['storage_domain']),
        ),
    },
    activate: domainCommand('activate'),
    deactivate: domainCommand('deactivate'),
    remove: domainCommand('detach'),
  },
};

export const storageDomainLoaders: Partial<Loaders> = {
  entities: { StorageDomain: (context, ids) => byIds(context, readableStorageDomains, ids) },
};
