import type { Loaders } from '../rest/follow.ts';
import { byIds, list, one } from '../rest/listing.ts';
import { collection, entity, type Services } from '../rest/operation.ts';
import { isAttached, reduceLuns, refreshLuns } from './actions.ts';
import { addStorageDomain } from './add.ts';
import { attachStorageDomain } from './attach.ts';
import { domainCommand, removeStorageDomain } from './maintenance.ts';
import { readableAttachedDomains, readableStorageDomains } from './read.ts';
import { updateStorageDomain } from './update.ts';
import { updateOvfStore } from '../ovf-stores/update.ts';

export const storageDomainServices: Services = {
  StorageDomainsService: {
    list: { permit: null, run: async (context) => collection('StorageDomain', await list(context, readableStorageDomains)) },
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
      run: async (context) => collection('StorageDomain', await list(context, readableAttachedDomains(context.path['data_center'] ?? ''))),
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
