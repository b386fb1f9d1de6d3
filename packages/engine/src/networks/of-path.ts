import { sql, type RawBuilder } from 'kysely';
import { readableDataCenters } from '../data-centers/read.ts';
import { notBuilt, notFound } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import type { Context, Entity } from '../rest/operation.ts';
import { readableNetworks } from './read.ts';

/** Below `/datacenters/{id}` only that data center's networks exist. */
export async function networksOfPath(context: Context): Promise<RawBuilder<boolean> | undefined> {
  if (context.path['iscsi_bond'] !== undefined) throw notBuilt('Networks of iSCSI bonds');
  const dataCenter = context.path['data_center'];
  if (dataCenter === undefined) return undefined;
  await one(context, readableDataCenters, dataCenter);
  return sql<boolean>`t.data_center_id = ${dataCenter}::uuid`;
}

/** The network of the path. @throws {Fault} 404 */
export async function networkOfPath(context: Context): Promise<Entity> {
  await networksOfPath(context);
  const found = await one(context, readableNetworks, context.path['network']);
  const dataCenter = context.path['data_center'];
  if (dataCenter !== undefined && (found['data_center'] as Entity).id !== dataCenter) throw notFound();
  return found;
}
