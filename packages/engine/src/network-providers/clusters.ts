import type { Cluster } from '@virgate/contract/generated/types';
import { sql, type Kysely } from 'kysely';
import { clusterOfPath } from '../clusters/of-path.ts';
import { invalidValue } from '../rest/fault.ts';
import type { Context, Entity } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import type { Tables } from '../tables/schema.ts';
import { providerEntities } from './providers.ts';

/** The provider of the networks of a cluster, whose hosts are made its chassis. */
export async function providersOfCluster(context: Context): Promise<Entity[]> {
  const { id } = await clusterOfPath(context);
  return providerEntities(context, sql<boolean>`p.id = (select c.network_provider_id from cluster c where c.id = ${id}::uuid)`);
}

/**
 * The provider that a request gives a cluster; null for an empty list, undefined where it says nothing.
 * @throws {Fault} 400, 404
 */
export async function clusterProviderOf(db: Kysely<Tables>, body: Cluster): Promise<string | null | undefined> {
  const wanted = body.external_network_providers;
  if (wanted === undefined) return undefined;
  const [provider, ...more] = wanted;
  if (more.length > 0) throw invalidValue('external_network_providers', 'a cluster has one provider');
  return provider === undefined ? null : (await resolve(db, 'ExternalProvider', 'network_provider', provider)).id;
}
