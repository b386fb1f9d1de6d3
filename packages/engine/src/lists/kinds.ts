import type { SearchEntityName } from '@virgate/contract/generated/search';
import type { ListKind } from '@virgate/contract/generated/virgate';
import { sql, type RawBuilder } from 'kysely';
import type { ObjectType } from '../access/objects.ts';
import { visibleTo } from '../access/permissions.ts';
import { readableDisks } from '../disks/read.ts';
import { reportedDevicesOf } from '../nics/read.ts';
import type { Readable } from '../rest/listing.ts';
import type { Context, Entity } from '../rest/operation.ts';
import { orderOf } from '../search/compile.ts';
import { readableVms } from '../vms/read.ts';

/** An order that a list may be asked for in. */
export interface ListOrder {
  /** What rows `t` are ordered by. */
  readonly by: RawBuilder<unknown>;
  /** Attributes of the object that decide it, as the change feed names them; null when something beside the object does. */
  readonly fields: readonly string[] | null;
}

/** A kind whose lists are read in parts. */
export interface Listed {
  readonly readable: Readable & { table: string };
  readonly search: SearchEntityName;
  /** Types of the change feed that name the objects, beside the kind itself: a change of a disk's attachment has the disk's id. */
  readonly followed: readonly string[];
  /** Types of the change feed whose names are in the rows. */
  readonly named: readonly string[];
  /** Attributes that lists show: nobody waits for more than is seen. */
  readonly shown: readonly string[];
  readonly orders: Readonly<Record<string, ListOrder>>;
  /** What rows have beside the object's own attributes, by its id. */
  readonly more: (context: Context, ids: readonly string[]) => Promise<Map<string, Entity>>;
}

/** SQL of names in the order in which people read them. */
const natural = (column: string): RawBuilder<unknown> => sql`${sql.ref(`t.${column}`)} collate natural_order`;

/** Orders by fields of the search language, each with the attributes that decide it. */
function ordersOf(
  entity: SearchEntityName,
  fields: Readonly<Record<string, readonly string[] | null>>,
): Readonly<Record<string, ListOrder>> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, decisive]) => {
      const by = orderOf(entity, name);
      if (by === undefined) throw new Error(`${entity} cannot be ordered by ${name}`);
      return [name, { by, fields: decisive }];
    }),
  );
}

/** An order by something of the LUN that a disk is. */
const ofLun = (value: RawBuilder<unknown>): ListOrder => ({
  by: sql`(select ${value} from disk_lun l where l.disk_id = t.id)`,
  fields: ['lun_storage'],
});

/** SQL that holds for rows by an alias that a request may show: a name is told only to who may see what has it. */
const seen = (context: Context, type: Exclude<ObjectType, 'system'>, alias: string): RawBuilder<boolean> =>
  context.filtered ? visibleTo(context.user, type, alias) : sql<boolean>`true`;

/** Addresses that guests report, and the names of what VMs refer to: a list shows no more of these. */
async function besideVms(context: Context, ids: readonly string[]): Promise<Map<string, Entity>> {
  const [devices, named] = await Promise.all([
    reportedDevicesOf(context, ids),
    sql<{ id: string; cluster: Entity | null; host: Entity | null; data_center: Entity | null }>`
      select t.id::text as id, case when c.id is not null then jsonb_build_object('id', c.id, 'name', c.name) end as cluster,
        case when h.id is not null then jsonb_build_object('id', h.id, 'name', h.name) end as host,
        case when d.id is not null then jsonb_build_object('name', d.name) end as data_center
      from vm t join vm_state s on s.vm_id = t.id left join cluster c on c.id = t.cluster_id and ${seen(context, 'cluster', 'c')}
        left join data_center d on d.id = t.data_center_id and ${seen(context, 'data_center', 'd')}
        left join host h on h.id = s.host_id
      where t.id = any(${ids}::uuid[])`.execute(context.db),
  ]);
  return new Map(
    named.rows.map(({ id, cluster, host, data_center }) => [
      id,
      {
        ...(cluster === null ? {} : { cluster }),
        ...(host === null || context.filtered ? {} : { host }),
        ...(data_center === null ? {} : { data_center }),
        reported_devices: (devices.get(id) ?? []).map(({ ips }) => ({ ips })),
      },
    ]),
  );
}

/** Names of the VMs and templates that have disks, whether one of them boots from it, and the names of what disks refer to. */
async function besideDisks(context: Context, ids: readonly string[]): Promise<Map<string, Entity>> {
  const { rows } = await sql<{
    id: string;
    vms: string[] | null;
    bootable: boolean | null;
    storage_domains: Entity[] | null;
    quota: Entity | null;
  }>`
    select t.id::text as id, o.vms, o.bootable,
      (select jsonb_agg(distinct jsonb_build_object('id', s.id, 'name', s.name)) from image i join storage_domain s on s.id = i.storage_domain_id where i.disk_id = t.id and ${seen(context, 'storage_domain', 's')}) as storage_domains,
      (select jsonb_build_object('id', q.id, 'name', q.name) from quota q where q.id = t.quota_id and ${seen(context, 'quota', 'q')}) as quota
    from disk t left join lateral (
      select array_agg(v.name order by v.name) as vms, bool_or(a.bootable) as bootable from disk_attachment a join vm v on v.id = a.vm_id
      where a.disk_id = t.id and case when v.entity_type = 'vm' then ${seen(context, 'vm', 'v')} else ${seen(context, 'template', 'v')} end
    ) o on true where t.id = any(${ids}::uuid[])`.execute(context.db);
  return new Map(
    rows.map(({ id, vms, bootable, storage_domains, quota }) => [
      id,
      {
        ...(vms === null ? {} : { vms }),
        bootable: bootable === true,
        ...(storage_domains === null ? {} : { storage_domains }),
        ...(quota === null ? {} : { quota }),
      },
    ]),
  );
}

/** The kinds whose lists are read in parts: those of which an installation has thousands. */
export const listed: Readonly<Record<ListKind, Listed>> = {
  vm: {
    readable: { ...readableVms, table: 'vm' },
    search: 'vm',
    followed: ['vm'],
    named: ['host', 'cluster', 'data_center'],
    shown: [
      'id',
      'name',
      'status',
      'status_detail',
      'host',
      'fqdn',
      'cluster',
      'memory',
      'cpu',
      'start_time',
      'type',
      'stateless',
      'vm_pool',
      'display',
      'description',
      'comment',
      'delete_protected',
      'instance_type',
    ],
    orders: {
      ...ordersOf('vm', {
        comment: ['comment'],
        description: ['description'],
        status: ['status'],
        on_host: ['host'],
        ip: null,
        fqdn: ['fqdn'],
        cluster: ['cluster'],
        datacenter: ['cluster'],
        memory: ['memory'],
        vcpus: ['cpu'],
        uptime: ['host', 'start_time'],
        network_usage: null,
        type: ['type'],
      }),
      name: { by: natural('name'), fields: ['name'] },
      graphics: { by: sql`t.graphics::text`, fields: ['display'] },
    },
    more: besideVms,
  },
  disk: {
    readable: { ...readableDisks, table: 'disk' },
    search: 'disk',
    followed: ['disk', 'disk_attachment'],
    named: ['storage_domain', 'quota', 'vm', 'template'],
    shown: [
      'id',
      'name',
      'alias',
      'status',
      'provisioned_size',
      'actual_size',
      'storage_domains',
      'sparse',
      'storage_type',
      'content_type',
      'shareable',
      'quota',
      'lun_storage',
      'description',
    ],
    orders: {
      ...ordersOf('disk', {
        id: [],
        description: ['description'],
        status: ['status'],
        provisioned_size: ['provisioned_size'],
        disk_type: ['storage_type'],
        disk_content_type: ['content_type'],
        shareable: ['shareable'],
        allocation_policy: ['sparse'],
        quota: ['quota'],
        vm_names: null,
      }),
      name: { by: natural('name'), fields: ['alias', 'name'] },
      storage_domain: {
        by: sql`(select min(s.name) from image i join storage_domain s on s.id = i.storage_domain_id where i.disk_id = t.id)`,
        fields: ['storage_domains'],
      },
      lun_id: ofLun(sql`l.lun_id`),
      lun_serial: ofLun(sql`l.settings ->> 'serial'`),
      lun_vendor: ofLun(sql`l.settings ->> 'vendor_id'`),
      lun_product: ofLun(sql`l.settings ->> 'product_id'`),
    },
    more: besideDisks,
  },
};
