import type { VmPool } from '@virgate/contract/generated/types';
import { sql, type Selectable } from 'kysely';
import { tail, type Readable } from '../rest/listing.ts';
import type { Entity } from '../rest/operation.ts';
import type { VmPoolTable } from '../tables/schema.ts';

/** What a pool carries for its VMs beside what has a column. */
export type PoolSettings = Pick<VmPool, 'display' | 'rng_device' | 'soundcard_enabled' | 'tpm_enabled'> & {
  /** What the request said of the VMs themselves, such as their initialization. */
  vm?: NonNullable<VmPool['vm']>;
};

interface Row extends Selectable<VmPoolTable> {
  members: number;
  first_vm: string | null;
}

function poolOf(row: Row): VmPool {
  const { vm: _vm, ...shown } = row.settings as PoolSettings;
  return {
    ...shown,
    id: row.id,
    name: row.name,
    description: row.description,
    comment: row.comment,
    type: row.type as VmPool['type'],
    size: row.members,
    stateful: row.stateful,
    prestarted_vms: row.prestarted_vms,
    max_user_vms: row.max_user_vms,
    auto_storage_select: row.auto_storage_select,
    use_latest_template_version: row.use_latest_template_version,
    cluster: { id: row.cluster_id },
    template: { id: row.template_id },
    ...(row.instance_type_id === null ? {} : { instance_type: { id: row.instance_type_id } }),
    ...(row.first_vm === null ? {} : { vm: { id: row.first_vm } }),
  };
}

/** VM pools: one statement, whatever their number. The `vm` of a pool is one of its VMs. Source: REST contract, VmPool. */
export const readableVmPools: Readable = {
  objectType: 'vm_pool',
  order: sql`t.name, t.id`,
  search: 'pool',
  async read(context, selection) {
    const found = await sql<Row>`
      select t.*, (select count(*) from vm_pool_member m where m.vm_pool_id = t.id) as members,
        (select m.vm_id from vm_pool_member m join vm v on v.id = m.vm_id where m.vm_pool_id = t.id order by v.created_at, v.name limit 1) as first_vm
      from vm_pool t where ${selection.condition} ${tail(selection)}`.execute(context.db);
    return found.rows.map((row) => poolOf(row) as Entity);
  },
};
