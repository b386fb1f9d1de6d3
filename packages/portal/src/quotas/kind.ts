import type { Disk, Quota, QuotaClusterLimit, QuotaStorageLimit, Vm } from '@virgate/contract/generated/types';
import type { Client } from '@virgate/sdk';
import { adding, editing, removing } from '../kinds/actions.ts';
import { number, reference } from '../kinds/fields.ts';
import type { Entity, Kind, PartsDescription, Reference, ValueDescription } from '../kinds/kind.ts';
import { clusters, dataCenters, quoted, storageDomains } from '../kinds/references.ts';
import { valueAt } from '../kinds/value.ts';
import { consumers, permissions, serviceOf } from './consumers.ts';
import { copyForm, copyQuota } from './copy.ts';
import { addQuota, editQuota, newQuota } from './form.ts';

const templatesByName: Reference = { type: 'template', list: (client, _, signal) => client.templates.list({}, { signal }) };
const follow = 'quota_cluster_limits,quota_storage_limits';

/** Quotas belong to data centers; the page shows those of all. */
async function all(client: Client, signal: AbortSignal): Promise<Quota[]> {
  const centers = await client.dataCenters.list({}, { signal });
  const lists = await Promise.all(
    centers.map(async ({ id = '', name = '', status }) => {
      const own = await client.dataCenters.dataCenter(id).quotas.list({ follow }, { signal });
      return own.map((quota) => ({ ...quota, data_center: { id, name, ...(status === undefined ? {} : { status }) } }));
    }),
  );
  return lists.flat();
}

const centerOf = (quota: Entity | undefined): string => String(valueAt(quota, 'data_center.id') ?? '');

/** `1 of 4`, `1 of unlimited`. A limit of -1 is none. */
function share(used: number | undefined, limit: number | undefined): string | undefined {
  return limit === undefined ? undefined : `${Math.round((used ?? 0) * 100) / 100} of ${limit < 0 ? 'unlimited' : limit}`;
}
const sum = <T>(list: readonly T[] | undefined, of: (one: T) => number | undefined): number | undefined =>
  list === undefined || list.length === 0
    ? undefined
    : list.some((one) => (of(one) ?? 0) < 0)
      ? -1
      : list.reduce((total, one) => total + (of(one) ?? 0), 0);

/** What is left of limits together, in their unit; `unlimited` when one is. */
function free<Name extends string>(
  limits: readonly Partial<Record<Name, number>>[] | undefined,
  limit: Name,
  usage: Name,
): string | undefined {
  const all = sum(limits, (one) => one[limit]);
  if (all === undefined) return undefined;
  return all < 0 ? 'unlimited' : String(Math.max(0, all - (sum(limits, (one) => one[usage]) ?? 0)));
}

const memory = (quota: Entity): string | undefined => {
  const limits = (quota as Quota).quota_cluster_limits;
  return share(
    sum(limits, (one) => one.memory_usage),
    sum(limits, (one) => one.memory_limit),
  );
};
const vcpus = (quota: Entity): string | undefined => {
  const limits = (quota as Quota).quota_cluster_limits;
  return share(
    sum(limits, (one) => one.vcpu_usage),
    sum(limits, (one) => one.vcpu_limit),
  );
};
const storage = (quota: Entity): string | undefined => {
  const limits = (quota as Quota).quota_storage_limits;
  return share(
    sum(limits, (one) => one.usage),
    sum(limits, (one) => one.limit),
  );
};

const clusterLimits: PartsDescription = {
  types: ['quota'],
  list: (client, owner, signal) => serviceOf(client, owner, owner.id).quotaClusterLimits.list({}, { signal }),
  name: (row) => String(valueAt(row, 'cluster.id') ?? row.id),
  columns: [
    { label: 'label.name', path: 'cluster.id', of: clusters },
    { label: 'label.usedMemory', path: (row) => share((row as QuotaClusterLimit).memory_usage, (row as QuotaClusterLimit).memory_limit) },
    { label: 'label.runningCpu', path: (row) => share((row as QuotaClusterLimit).vcpu_usage, (row as QuotaClusterLimit).vcpu_limit) },
  ],
  empty: 'quota.limits.empty',
  adds: [
    {
      key: 'add',
      label: 'action.addLimit',
      form: {
        title: 'quota.limit.cluster',
        dialog: 'EditQuotaClusterPopupView',
        tabs: [
          {
            label: 'form.tab.general',
            fields: [
              reference(
                'label.cluster',
                'cluster',
                { ...clusters, only: (option, around) => valueAt(option, 'data_center.id') === centerOf(around.owner) },
                { need: true },
              ),
              number(
                'label.memoryGib',
                'memory_limit',
                { min: 0, none: -1 },
                { hint: 'quota.unlimited', covers: 'unlimitedMemRadioButtonEditor specificMemRadioButtonEditor memValueEditor' },
              ),
              number(
                'label.vcpus',
                'vcpu_limit',
                { min: 0, none: -1 },
                { hint: 'quota.unlimited', covers: 'unlimitedCpuRadioButtonEditor specificCpuRadioButtonEditor cpuValueEditor' },
              ),
            ],
          },
        ],
      },
      run: (client, target, body) =>
        serviceOf(client, target.owner, target.ownerId).quotaClusterLimits.add({ memory_limit: -1, vcpu_limit: -1, ...body }),
    },
  ],
  actions: [
    removing(
      'quota.limit.remove.body',
      (client, target) => serviceOf(client, target.owner, target.ownerId).quotaClusterLimits.limit(target.id).remove(),
      null,
    ),
  ],
};

const storageLimits: PartsDescription = {
  types: ['quota'],
  list: (client, owner, signal) => serviceOf(client, owner, owner.id).quotaStorageLimits.list({}, { signal }),
  name: (row) => String(valueAt(row, 'storage_domain.id') ?? row.id),
  columns: [
    { label: 'label.name', path: 'storage_domain.id', of: storageDomains },
    { label: 'label.usedStorage', path: (row) => share((row as QuotaStorageLimit).usage, (row as QuotaStorageLimit).limit) },
  ],
  empty: 'quota.limits.empty',
  adds: [
    {
      key: 'add',
      label: 'action.addLimit',
      form: {
        title: 'quota.limit.storage',
        dialog: 'EditQuotaStoragePopupView',
        tabs: [
          {
            label: 'form.tab.general',
            fields: [
              reference(
                'label.storageDomain',
                'storage_domain',
                { ...storageDomains, only: (option) => valueAt(option, 'status') !== 'unattached' },
                { need: true },
              ),
              number(
                'label.spaceGib',
                'limit',
                { min: 0, none: -1 },
                {
                  hint: 'quota.unlimited',
                  covers: 'unlimitedStorageRadioButtonEditor specificStorageRadioButtonEditor storageValueEditor',
                },
              ),
            ],
          },
        ],
      },
      run: (client, target, body) => serviceOf(client, target.owner, target.ownerId).quotaStorageLimits.add({ limit: -1, ...body }),
    },
  ],
  actions: [
    removing(
      'quota.limit.remove.body',
      (client, target) => serviceOf(client, target.owner, target.ownerId).quotaStorageLimits.limit(target.id).remove(),
      null,
    ),
  ],
};

/** Rows of a quota's virtual machines and templates. */
const consuming: readonly ValueDescription[] = [
  { label: 'label.alias', path: 'name' },
  { label: 'label.disks', path: (row) => disksOf(row).length, as: 'number' },
  { label: 'label.actualSize', path: (row) => bytes(row, 'actual_size'), as: 'bytes' },
  { label: 'label.creationDate', path: 'creation_time', as: 'date' },
];
const disksOf = (row: Entity): Disk[] =>
  ((row as Vm).disk_attachments ?? []).flatMap((attachment) => (attachment.disk === undefined ? [] : [attachment.disk]));
const bytes = (row: Entity, size: 'actual_size' | 'provisioned_size'): number =>
  disksOf(row).reduce((total, disk) => total + (disk[size] ?? 0), 0);

const vms: PartsDescription = {
  types: ['vm', 'disk'],
  list: async (client, owner, signal) =>
    (await client.vms.list({ search: `quota=${quoted(owner.name)}`, follow: 'disk_attachments.disk' }, { signal })).filter(
      (vm) => vm.quota?.id === owner.id,
    ),
  columns: [
    ...consuming.slice(0, 2),
    { label: 'label.template', path: 'template.id', of: templatesByName },
    { label: 'label.virtualSize', path: (row) => bytes(row, 'provisioned_size'), as: 'bytes' },
    ...consuming.slice(2),
  ],
  opens: '/vms',
  empty: 'quota.vms.empty',
};

const templates: PartsDescription = {
  types: ['template', 'disk'],
  list: async (client, owner, signal) =>
    (await client.templates.list({ follow: 'disk_attachments.disk' }, { signal })).filter((one) => one.quota?.id === owner.id),
  columns: consuming,
  opens: '/templates',
  empty: 'quota.templates.empty',
};

/** Quotas: how much of a data center's clusters and storage may be used. */
export const quotas: Kind = {
  page: 'quota',
  path: '/quotas',
  type: 'quota',
  title: 'quotas.title',
  empty: 'quotas.none',
  searchable: false,
  unasked: true,
  list: (client, _, signal) => all(client, signal),
  one: async (client, id, signal) => {
    const found = (await all(client, signal)).find((one) => one.id === id);
    // A quota of no data center: the engine says that it is not there.
    return found ?? (await client.dataCenters.dataCenter(id).get({}, { signal }));
  },
  columns: [
    { label: 'label.name', path: 'name', width: 160 },
    { label: 'label.dataCenter', path: 'data_center.id', of: dataCenters },
    { label: 'label.description', path: 'description' },
    { label: 'label.centerStatus', path: 'data_center.status', as: 'status', covers: ['(icon) Data Center Status'] },
    { label: 'label.memoryConsumption', path: memory, width: 170 },
    { label: 'label.freeMemory', path: (quota) => free((quota as Quota).quota_cluster_limits, 'memory_limit', 'memory_usage') },
    { label: 'label.vcpuConsumption', path: vcpus, width: 170 },
    { label: 'label.freeVcpu', path: (quota) => free((quota as Quota).quota_cluster_limits, 'vcpu_limit', 'vcpu_usage') },
    { label: 'label.storageConsumption', path: storage, width: 170 },
    { label: 'label.freeStorage', path: (quota) => free((quota as Quota).quota_storage_limits, 'limit', 'usage') },
  ],
  tabs: [
    { key: 'clusters', label: 'tab.clusters', parts: [clusterLimits] },
    { key: 'storage', label: 'tab.storage', parts: [storageLimits] },
    { key: 'vms', label: 'tab.virtualMachines', parts: [vms] },
    { key: 'templates', label: 'tab.templates', parts: [templates] },
    { key: 'users', label: 'tab.consumers', parts: [consumers] },
    { key: 'permissions', label: 'tab.permissions', parts: [permissions] },
  ],
  adds: [adding(newQuota(false), (client, _, body) => addQuota(client, '', body), 'action.add')],
  actions: [
    editing(editQuota, (client, target, body) => serviceOf(client, target.entity, target.id).update(body), null),
    { key: 'copy', label: 'action.copy', can: null, form: copyForm, run: (client, target, body) => copyQuota(client, target, body) },
    { ...removing('quota.remove.body', (client, target) => serviceOf(client, target.entity, target.id).remove(), null), bulk: true },
  ],
};
