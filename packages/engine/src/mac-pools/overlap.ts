import { sql, type Transaction } from 'kysely';
import { conflict } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';
import { overlap, type MacRange } from './ranges.ts';

/**
 * Refuses ranges that another pool has addresses of: allocation locks one pool, so that two pools with a common address could
 * give it away twice. Changes of pools wait for one another, so that two at once cannot bring about an overlap.
 * @throws {Fault} 409
 */
export async function refuseOverlap(trx: Transaction<Tables>, poolId: string, ranges: readonly MacRange[]): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('mac pools', 0))`.execute(trx);
  const others = await trx.selectFrom('mac_pool').select(['name', 'ranges']).where('id', '!=', poolId).execute();
  const other = others.find((pool) => (pool.ranges as MacRange[]).some((theirs) => ranges.some((ours) => overlap(ours, theirs))));
  if (other) throw conflict('ACTION_TYPE_FAILED_MAC_POOL_OVERLAPS_WITH_OTHER_POOLS', { name: other.name });
}
