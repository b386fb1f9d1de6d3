import { sql, type Transaction } from 'kysely';
import { badRequest, conflict } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';
import { macText } from './ranges.ts';

/** Lets one transaction at a time take addresses of a pool: others wait until it commits or rolls back. */
async function lockPool(trx: Transaction<Tables>, poolId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('mac pool ' || ${poolId}::text, 0))`.execute(trx);
}

/** SQL: the number of an address that is stored as text. */
const numberOf = (column: string) => sql`('x' || lpad(replace(${sql.ref(column)}, ':', ''), 16, '0'))::bit(64)::bigint`;

/**
 * The lowest address of a pool that no NIC has. The pool stays locked until the transaction ends, so that no two transactions
 * get the same one; a transaction that needs several inserts each NIC before it asks for the next address.
 * @throws {Fault} 409 `MAC_POOL_NOT_ENOUGH_MAC_ADDRESSES` when none is left; 409 when there is no such pool
 */
export async function allocateMac(trx: Transaction<Tables>, poolId: string): Promise<string> {
  await lockPool(trx, poolId);
  const found = await sql<{ pools: number; free: number | null }>`
    with range as (
      select ${numberOf('r.from')} as low, ${numberOf('r.to')} as high
      from mac_pool p, jsonb_to_recordset(p.ranges) as r ("from" text, "to" text) where p.id::text = ${poolId}
    ), used as (
      select distinct ${numberOf('nic.mac')} as address from nic where nic.mac is not null
    ), candidate as (
      select low as address, high from range
      union all select used.address + 1, high from range join used on used.address between low and high
    )
    select (select count(*) from mac_pool where id::text = ${poolId}) as pools,
      (select min(address) from candidate where address <= high and not exists (select 1 from used where used.address = candidate.address)) as free`.execute(
    trx,
  );
  const row = found.rows[0];
  if (!row || row.pools === 0) throw badRequest('ACTION_TYPE_FAILED_MAC_POOL_DOES_NOT_EXIST');
  if (row.free === null) throw conflict('MAC_POOL_NOT_ENOUGH_MAC_ADDRESSES');
  return macText(row.free);
}

/**
 * Reserves an address that the user has chosen, whether it lies in the pool's ranges or not. As with {@link allocateMac} the pool
 * stays locked until the transaction ends.
 * @param nicId a NIC that may have the address already: the one that is being changed
 * @returns the address as it is stored
 * @throws {Fault} 409 `NETWORK_MAC_ADDRESS_IN_USE` unless the pool allows duplicates
 */
export async function claimMac(trx: Transaction<Tables>, poolId: string, mac: string, nicId: string | null = null): Promise<string> {
  await lockPool(trx, poolId);
  const address = mac.toLowerCase();
  const pool = await trx.selectFrom('mac_pool').select('allow_duplicates').where('id', '=', poolId).executeTakeFirst();
  if (!pool) throw badRequest('ACTION_TYPE_FAILED_MAC_POOL_DOES_NOT_EXIST');
  if (pool.allow_duplicates) return address;
  const used = await sql`select 1 from nic where lower(nic.mac) = ${address} and nic.id is distinct from ${nicId}::uuid limit 1`.execute(
    trx,
  );
  if (used.rows.length > 0) throw conflict('NETWORK_MAC_ADDRESS_IN_USE', { mac: address });
  return address;
}
