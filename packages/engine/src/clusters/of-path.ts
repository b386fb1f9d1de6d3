import { notFound } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import type { Context, Entity } from '../rest/operation.ts';
import { readableClusters } from './read.ts';

/** The cluster of a path below it, which must be of the path's data center too where it has one. @throws {Fault} 404 */
export async function clusterOfPath(context: Context): Promise<{ id: string; name: string }> {
  const cluster = await one(context, readableClusters, context.path['cluster']);
  const dataCenter = context.path['data_center'];
  if (dataCenter !== undefined && (cluster['data_center'] as Entity | undefined)?.id !== dataCenter) throw notFound();
  return { id: cluster.id ?? '', name: String(cluster['name']) };
}
