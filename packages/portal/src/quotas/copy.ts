import type { Quota } from '@virgate/contract/generated/types';
import type { Client } from '@virgate/sdk';
import { check, description, name } from '../kinds/fields.ts';
import type { FormDescription, Target } from '../kinds/kind.ts';
import { serviceOf } from './consumers.ts';

export const copyForm: FormDescription = {
  title: 'quota.copy',
  dialog: 'QuotaPopupView',
  tabs: [{ label: 'form.tab.general', fields: [name, description, check('label.copyConsumers', 'copy_permissions', { initial: true })] }],
};

/** What of a quota its copy has as well. */
export function copied(quota: Quota): Quota {
  const { description: said, cluster_soft_limit_pct, cluster_hard_limit_pct, storage_soft_limit_pct, storage_hard_limit_pct } = quota;
  return Object.fromEntries(
    Object.entries({
      description: said,
      cluster_soft_limit_pct,
      cluster_hard_limit_pct,
      storage_soft_limit_pct,
      storage_hard_limit_pct,
    }).filter(([, value]) => value !== undefined),
  );
}

/** Makes a quota with the limits of another, and with its consumers where that is wanted; what the form says goes before what the other has. */
export async function copyQuota(client: Client, { entity, id }: Target, body: object): Promise<unknown> {
  const quota = entity as Quota;
  const { copy_permissions: withPermissions = false, ...own } = body as Quota & { copy_permissions?: boolean };
  const { quotas } = client.dataCenters.dataCenter(quota.data_center?.id ?? '');
  const [clusterLimits, storageLimits, permissions] = await Promise.all([
    serviceOf(client, quota, id).quotaClusterLimits.list(),
    serviceOf(client, quota, id).quotaStorageLimits.list(),
    withPermissions ? serviceOf(client, quota, id).permissions.list() : [],
  ]);
  const added = await quotas.add({ ...copied(quota), ...own });
  const copy = quotas.quota(added.id ?? '');
  for (const { cluster, memory_limit, vcpu_limit } of clusterLimits)
    await copy.quotaClusterLimits.add({
      ...(cluster === undefined ? {} : { cluster: { id: cluster.id ?? '' } }),
      memory_limit,
      vcpu_limit,
    });
  for (const { storage_domain: domain, limit } of storageLimits)
    await copy.quotaStorageLimits.add({ ...(domain === undefined ? {} : { storage_domain: { id: domain.id ?? '' } }), limit });
  const there = new Set((await copy.permissions.list()).map(same));
  for (const permission of permissions) {
    // What a quota has from the objects above it the copy has already.
    if (there.has(same(permission))) continue;
    const { user, group, role } = permission;
    await copy.permissions.add({
      role: { id: role?.id ?? '' },
      ...(user === undefined ? { group: { id: group?.id ?? '' } } : { user: { id: user.id ?? '' } }),
    });
  }
  return added;
}

const same = ({ user, group, role }: { user?: { id?: string }; group?: { id?: string }; role?: { id?: string } }): string =>
  `${user?.id ?? group?.id} ${role?.id}`;
