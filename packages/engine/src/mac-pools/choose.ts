import { holdsPermit } from '../access/permissions.ts';
import { forbidden } from '../rest/fault.ts';
import type { Context } from '../rest/operation.ts';
import { resolve, type Reference } from '../rest/reference.ts';

/**
 * The MAC pool that a request names for a cluster or a data center; undefined when it names none. One that it has not by itself
 * needs the permit `configure_mac_pool` on that pool. Source: REST contract, permits.
 * @param own the pool that it has, or would have, without being told
 * @throws {Fault} 404 for a pool that is not there, 403
 */
export async function chooseMacPool(context: Context, reference: Reference | undefined, own: string | null): Promise<string | undefined> {
  if (reference === undefined) return undefined;
  const { id } = await resolve(context.db, 'MacPool', 'mac_pool', reference);
  if (id !== own && !(await holdsPermit(context.db, context.user, 'configure_mac_pool', { type: 'mac_pool', id })))
    throw forbidden('configure_mac_pool (MAC pool)');
  return id;
}
