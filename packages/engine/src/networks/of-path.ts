import { sql, type RawBuilder } from 'kysely';
import { readableDataCenters } from '../data-centers/read.ts';
import { bondOfPath } from '../iscsi-bonds/resource.ts';
import { notFound } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import type { Context, Entity } from '../rest/operation.ts';
import { readableNetworks } from './read.ts';

/** Below `/datacenters/{id}` only that data center's networks exist. */
export async function networksOfPath(context: Context): Promise<RawBuilder<boolean> | undefined> {
  if (context.path['iscsi_bond'] !== undefined) {
    const { id } = await bondOfPath(context);
    return sql<boolean>`t.id in (select network_id from iscsi_bond_network where iscsi_bond_id = ${id}::uuid)`;
  }
  const dataCenter = context.path['data_center'];
  if (dataCenter === undefined) return undefined;
  await one(context, readableDataCenters, dataCenter);
  return sql<boolean>`t.data_center_id = ${dataCenter}::uuid`;
}

/** The network of the path. @throws {Fault} 404 */
export async function networkOfPath(context: Context): Promise<Entity> {
  const within = await networksOfPath(context);
  const found = await one(context, readableNetworks, context.path['network']);
  if (context.path['iscsi_bond'] !== undefined && within !== undefined) {
    const member = await sql`select 1 from network t where t.id = ${found.id}::uuid and ${within}`.execute(context.db);
    if (member.rows.length === 0) throw notFound();
  }
  const dataCenter = context.path['data_center'];
  if (dataCenter !== undefined && (found['data_center'] as Entity).id !== dataCenter) throw notFound();
  return found;
}
