import { sql, type RawBuilder } from 'kysely';
import { readableDataCenters } from '../data-centers/read.ts';
import { readableDisks } from '../disks/read.ts';
import type { LoadChildren, Loaders } from '../rest/follow.ts';
import { membersOf, type Membership } from '../rest/members.ts';
import { snapshotVolumesOf } from '../snapshots/disk-snapshots.ts';
import { connectionsOfDomains } from '../storage-connections/resource.ts';
import { readableTemplates } from '../templates/read.ts';
import { readableVms } from '../vms/read.ts';
import { filesOfDomains } from './files.ts';
import { attachedDomainsOf } from './read.ts';

/** Which VMs and templates have disks on which domains. */
const users: RawBuilder<unknown> = sql`(
  select i.storage_domain_id, a.vm_id from disk_attachment a join image i on i.disk_id = a.disk_id) u`;

const through =
  (membership: Omit<Membership, 'owner'>): LoadChildren =>
  (context, ids) =>
    membersOf(context, { ...membership, owner: 'storage_domain_id' }, ids);

/** What lies on storage domains, and what they belong to, where they are followed. */
export const storageContentLoaders: Partial<Loaders> = {
  children: {
    'DataCenter.storage_domains': attachedDomainsOf,
    'StorageDomain.data_centers': through({
      table: 'data_center_storage_domain',
      member: 'data_center_id',
      type: 'DataCenter',
      kind: readableDataCenters,
    }),
    'StorageDomain.disks': through({ table: 'image', member: 'disk_id', type: 'Disk', kind: readableDisks }),
    'StorageDomain.vms': through({ table: users, member: 'vm_id', type: 'Vm', kind: readableVms }),
    'StorageDomain.templates': through({ table: users, member: 'vm_id', type: 'Template', kind: readableTemplates }),
    'StorageDomain.files': filesOfDomains,
    // Images of OpenStack lie on domains of type `image` alone, of which there are none.
    'StorageDomain.images': () => Promise.resolve(new Map()),
    'StorageDomain.storage_connections': connectionsOfDomains,
    'StorageDomain.disk_snapshots': (context, ids) => snapshotVolumesOf(context, 'storage_domain_id', ids),
    'Disk.disk_snapshots': (context, ids) => snapshotVolumesOf(context, 'disk_id', ids),
    'Disk.vms': (context, ids) =>
      membersOf(context, { table: 'disk_attachment', owner: 'disk_id', member: 'vm_id', type: 'Vm', kind: readableVms }, ids),
  },
};
