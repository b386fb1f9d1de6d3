import type { Vm } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import type { Context } from '../rest/operation.ts';
import { resolve, type Reference } from '../rest/reference.ts';

/** Where a VM or a template lives; null for what lives in no cluster. */
export interface Home {
  readonly clusterId: string | null;
  readonly dataCenterId: string | null;
}

/**
 * What a definition says of hosts and storage, with ids: the hosts that it is pinned to are of its cluster (a template's of its data center),
 * its lease lies on a storage domain of its data center. What it said before stays, wherever it points.
 * @param body what the request says
 * @throws {Fault} 404 for a host or a storage domain that is not there, or is another's
 */
export async function placedIn(
  context: Context,
  { clusterId, dataCenterId }: Home,
  body: Vm,
): Promise<Pick<Vm, 'placement_policy' | 'lease'>> {
  const { placement_policy: placement, lease } = body;
  const hostHome =
    clusterId === null
      ? sql<boolean>`exists (select 1 from cluster c where c.id = t.cluster_id and c.data_center_id = ${dataCenterId}::uuid)`
      : sql<boolean>`t.cluster_id = ${clusterId}::uuid`;
  const host = async (reference: Reference) => ({ id: (await resolve(context.db, 'Host', 'host', reference, hostHome)).id });
  const domainHome = sql<boolean>`exists (select 1 from data_center_storage_domain d
    where d.storage_domain_id = t.id and d.data_center_id = ${dataCenterId}::uuid)`;
  const domain = lease?.storage_domain;
  const names = (reference: Reference | undefined): reference is Reference => reference?.id !== undefined || reference?.name !== undefined;
  return {
    ...(placement === undefined
      ? {}
      : { placement_policy: { ...placement, ...(placement.hosts ? { hosts: await Promise.all(placement.hosts.map(host)) } : {}) } }),
    ...(lease === undefined
      ? {}
      : {
          lease: names(domain)
            ? { storage_domain: { id: (await resolve(context.db, 'StorageDomain', 'storage_domain', domain, domainHome)).id } }
            : {},
        }),
  };
}
