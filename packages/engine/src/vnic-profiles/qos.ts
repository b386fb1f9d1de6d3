import type { Kysely } from 'kysely';
import { refused } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import type { Reference } from '../rest/reference.ts';
import type { Tables } from '../tables/schema.ts';

/** The network QoS that a profile is to have, of its network's data center; an empty reference means none. @throws {Fault} 400 */
export async function networkQosOf(db: Kysely<Tables>, networkId: string, { id, name }: Reference): Promise<string | null> {
  if (id === undefined && name === undefined) return null;
  if (id !== undefined && !isUuid(id)) throw refused('ACTION_TYPE_FAILED_NETWORK_QOS_NOT_EXISTS');
  const { data_center_id: home } = await db
    .selectFrom('network')
    .select('data_center_id')
    .where('id', '=', networkId)
    .executeTakeFirstOrThrow();
  let query = db.selectFrom('qos').select(['id', 'data_center_id']).where('type', '=', 'network');
  query = id === undefined ? query.where('name', '=', name ?? '').where('data_center_id', '=', home) : query.where('id', '=', id);
  const qos = await query.executeTakeFirst();
  if (!qos) throw refused('ACTION_TYPE_FAILED_NETWORK_QOS_NOT_EXISTS');
  if (qos.data_center_id !== home) throw refused('ACTION_TYPE_FAILED_NETWORK_QOS_INVALID_DC_ID');
  return qos.id;
}
