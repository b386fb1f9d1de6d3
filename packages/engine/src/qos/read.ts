import type { Qos } from '@virgate/contract/generated/types';
import { sql, type Selectable } from 'kysely';
import { readableDataCenters } from '../data-centers/read.ts';
import { notFound } from '../rest/fault.ts';
import { one, tail, type Readable } from '../rest/listing.ts';
import type { Context, Entity } from '../rest/operation.ts';
import { apiRoot } from '../rest/represent.ts';
import type { QosTable } from '../tables/schema.ts';

type Row = Selectable<QosTable>;

const qosOf = (row: Row): Qos => ({
  ...row.limits,
  id: row.id,
  name: row.name,
  description: row.description,
  type: row.type as NonNullable<Qos['type']>,
  data_center: { id: row.data_center_id },
  href: `${apiRoot}/datacenters/${row.data_center_id}/qoss/${row.id}`,
});

/** QoS of all kinds. */
export const readableQos: Readable = {
  objectType: 'qos',
  order: sql`t.name, t.id`,
  async read(context, selection) {
    const found = await sql<Row>`select t.* from qos t where ${selection.condition} ${tail(selection)}`.execute(context.db);
    return found.rows.map((row) => qosOf(row) as Entity);
  },
};

/** The data center of the path. @throws {Fault} 404 */
export async function dataCenterOfPath(context: Context): Promise<{ id: string; name: string }> {
  const found = await one(context, readableDataCenters, context.path['data_center']);
  return { id: found.id ?? '', name: String(found['name']) };
}

/** The QoS of the path, which must be of the path's data center. @throws {Fault} 404 */
export async function qosOfPath(context: Context): Promise<Entity> {
  const { id } = await dataCenterOfPath(context);
  const qos = await one(context, readableQos, context.path['qos']);
  if ((qos['data_center'] as Entity).id !== id) throw notFound();
  return qos;
}
