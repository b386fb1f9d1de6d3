import type { Client } from '@virgate/sdk';
import { dataCenters } from '../kinds/references.ts';
import type { FieldDescription, FormDescription } from '../kinds/kind.ts';

const percent = (label: FieldDescription['label'], path: string, initial: string, covers: string): FieldDescription => ({
  label,
  covers,
  path,
  control: { kind: 'number', min: 0, max: 100 },
  initial,
});

const general: readonly FieldDescription[] = [
  { label: 'label.name', path: 'name', control: { kind: 'text' }, need: true },
  { label: 'label.description', path: 'description', control: { kind: 'text' } },
];
const thresholds: readonly FieldDescription[] = [
  percent('label.clusterThreshold', 'cluster_soft_limit_pct', '80', 'clusterThresholdSlider'),
  percent('label.clusterGrace', 'cluster_hard_limit_pct', '20', 'clusterGraceSlider'),
  percent('label.storageThreshold', 'storage_soft_limit_pct', '80', 'storageThresholdSlider'),
  percent('label.storageGrace', 'storage_hard_limit_pct', '20', 'storageGraceSlider'),
];
/** Limits for all clusters and all storage domains; those of single ones are set on the quota's own page. */
const limits: readonly FieldDescription[] = [
  {
    label: 'label.limitMemory',
    covers: 'globalClusterQuotaRadioButtonEditor',
    path: 'limits.memory_limit',
    control: { kind: 'number', min: 0 },
    hint: 'quota.unlimited',
  },
  { label: 'label.limitVcpu', path: 'limits.vcpu_limit', control: { kind: 'number', min: 0 }, hint: 'quota.unlimited' },
  {
    label: 'label.limitStorage',
    covers: 'globalStorageQuotaRadioButtonEditor',
    path: 'limits.limit',
    control: { kind: 'number', min: 0 },
    hint: 'quota.unlimited',
  },
];

/** A new quota; on a data center's page that one is meant. */
export function newQuota(inDataCenter: boolean): FormDescription {
  const center: FieldDescription = {
    label: 'label.dataCenter',
    path: 'data_center',
    control: { kind: 'reference', of: dataCenters },
    need: true,
  };
  return {
    title: 'quota.new',
    dialog: 'QuotaPopupView',
    tabs: [{ label: 'form.tab.general', fields: [...general, ...(inDataCenter ? [] : [center]), ...thresholds, ...limits] }],
  };
}

export const editQuota: FormDescription = {
  title: 'quota.edit',
  dialog: 'QuotaPopupView',
  edits: true,
  tabs: [{ label: 'form.tab.general', fields: [...general, ...thresholds] }],
};

interface NewQuota {
  data_center?: { id?: string };
  limits?: { memory_limit?: number; vcpu_limit?: number; limit?: number };
}

/** Adds the quota and then its limits for everything; without any the quota limits nothing. */
export async function addQuota(client: Client, dataCenterId: string, body: object): Promise<{ id?: string }> {
  const { limits: wanted = {}, data_center: center, ...quota } = body as NewQuota;
  const { quotas } = client.dataCenters.dataCenter(center?.id ?? dataCenterId);
  const added = await quotas.add(quota);
  const of = quotas.quota(added.id ?? '');
  const { memory_limit: memory, vcpu_limit: vcpu, limit } = wanted;
  const unlimited = -1;
  if (memory !== undefined || vcpu !== undefined)
    await of.quotaClusterLimits.add({ memory_limit: memory ?? unlimited, vcpu_limit: vcpu ?? unlimited });
  if (limit !== undefined) await of.quotaStorageLimits.add({ limit });
  return added;
}
