import type { Permission } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import { SYSTEM_ID, objectKinds, type ObjectRef, type ObjectType } from '../access/objects.ts';
import { visibleTo } from '../access/permissions.ts';
import { networkOfPath } from '../networks/of-path.ts';
import { entityNotFound, notFound } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import type { Context } from '../rest/operation.ts';
import { oneGroup, oneUser } from '../users/read.ts';

type Kind = Exclude<ObjectType, 'system'>;

/** Collections whose members have permissions, by the segment of the path. */
const kindsBySegment: Record<string, Kind> = {
  vms: 'vm',
  vmpools: 'vm_pool',
  templates: 'template',
  disks: 'disk',
  clusters: 'cluster',
  hosts: 'host',
  datacenters: 'data_center',
  storagedomains: 'storage_domain',
  networks: 'network',
  vnicprofiles: 'vnic_profile',
  macpools: 'mac_pool',
  quotas: 'quota',
  cpuprofiles: 'cpu_profile',
  diskprofiles: 'disk_profile',
};

/** Attributes of a permission that name its object, by the object's type; objects of other types show by the path only. */
export const attributeOf: Partial<Record<ObjectType, keyof Permission>> = {
  vm: 'vm',
  vm_pool: 'vm_pool',
  template: 'template',
  disk: 'disk',
  cluster: 'cluster',
  host: 'host',
  data_center: 'data_center',
  storage_domain: 'storage_domain',
};

/** What the path of a permission is about: an object, or whoever has permissions. */
export type PathSubject = { kind: 'object'; object: ObjectRef } | { kind: 'principal'; principal: 'user' | 'group'; id: string };

/** Whether an object exists below others, and whether the caller may see it. */
async function exists(
  context: Context,
  { type, id }: { type: Kind; id: string },
  filtered: boolean,
  above: readonly string[] = [],
): Promise<boolean> {
  if (!isUuid(id) || !above.every(isUuid)) return false;
  const only = type === 'vm' ? sql`t.entity_type = 'vm'` : type === 'template' ? sql`t.entity_type <> 'vm'` : sql`true`;
  const visible = filtered ? visibleTo(context.user, type, 't') : sql`true`;
  const found = await sql`select 1 from ${sql.table(objectKinds[type].table)} t
    where t.id = ${id}::uuid and ${only} and ${objectKinds[type].parents('t')} @> ${above}::uuid[] and ${visible}`.execute(context.db);
  return found.rows.length > 0;
}

/** What the request's path is about. @throws {Fault} 404 when that does not exist or may not be seen */
export async function subjectOfPath(context: Context): Promise<PathSubject> {
  const segments = context.location.split('/').slice(1);
  const at = segments.lastIndexOf('permissions');
  if (at === 0) return { kind: 'object', object: { type: 'system', id: SYSTEM_ID } };
  const collection = segments[at - 2] ?? '';
  const id = segments[at - 1] ?? '';
  if (collection === 'users') return { kind: 'principal', principal: 'user', id: (await oneUser(context, id)).id ?? '' };
  if (collection === 'groups') return { kind: 'principal', principal: 'group', id: (await oneGroup(context, id)).id ?? '' };
  const type = kindsBySegment[collection];
  if (type === undefined) throw notFound();
  // A network is below an iSCSI bond as long as the bond has it; its parents are those that it has anyway.
  const bond = context.path['iscsi_bond'];
  if (bond !== undefined) await networkOfPath(context);
  const above = segments.slice(0, at - 2).filter((segment, index) => index % 2 === 1 && segment !== bond);
  if (!(await exists(context, { type, id }, context.filtered, above))) throw notFound();
  return { kind: 'object', object: { type, id } };
}

/** The object that a body names; the whole system when it names none. @throws {Fault} 404 for one that does not exist */
export async function objectOfBody(context: Context, body: Permission): Promise<ObjectRef> {
  for (const [type, attribute] of Object.entries(attributeOf) as [Kind, keyof Permission][]) {
    const reference = body[attribute] as { id?: string } | undefined;
    if (reference === undefined) continue;
    const id = reference.id ?? '';
    if (!(await exists(context, { type, id }, false))) throw entityNotFound(attribute, `id=${id}`);
    return { type, id };
  }
  return { type: 'system', id: SYSTEM_ID };
}
