import { enumValues } from '@virgate/contract/generated/enums';
import type { StorageDomain } from '@virgate/contract/generated/types';
import { eventsTab } from '../events/parts.ts';
import type {
  ActionDescription,
  Entity,
  FieldDescription,
  FormDescription,
  Kind,
  PartsDescription,
  Reference,
  TabDescription,
} from '../kinds/kind.ts';
import { levels } from '../kinds/level.ts';
import { networks, storageDomains } from '../kinds/references.ts';
import { valueAt } from '../kinds/value.ts';
import { addNetwork, editNetwork, newNetwork } from '../networks/form.ts';
import { guidingDataCenter } from '../guide/action.ts';
import { permissionsTab } from '../permissions/parts.ts';
import { qosTab } from '../qos/forms.ts';
import { copyForm, copyQuota } from '../quotas/copy.ts';
import { addQuota, editQuota, newQuota } from '../quotas/form.ts';
import { reportsOf } from '../reports/menu.ts';

const fields: readonly FieldDescription[] = [
  { label: 'label.name', path: 'name', control: { kind: 'text' }, need: true },
  { label: 'label.description', path: 'description', control: { kind: 'text' } },
  {
    label: 'label.storageType',
    path: 'local',
    control: { kind: 'choice', options: ['shared', 'local'], label: { shared: 'dataCenter.shared', local: 'dataCenter.local' } },
    need: true,
    fixed: true,
    read: (center) => (valueAt(center, 'local') === true ? 'local' : 'shared'),
    write: (body, value) => Object.assign(body, { local: value === 'local' }),
  },
  { label: 'label.compatibilityVersion', path: 'version', control: { kind: 'version', options: levels }, need: true },
  { label: 'label.quotaMode', path: 'quota_mode', control: { kind: 'choice', options: enumValues.QuotaModeType }, need: true },
  { label: 'label.comment', path: 'comment', control: { kind: 'text' } },
];

const newCenter: FormDescription = {
  title: 'dataCenter.new',
  dialog: 'DataCenterPopupView',
  tabs: [{ label: 'form.tab.general', fields }],
};
const editCenter: FormDescription = { ...newCenter, title: 'dataCenter.edit', edits: true };

/** Domains that can be attached: those that no data center has. */
const attachable: Reference = { ...storageDomains, only: (option) => (option as StorageDomain).status === 'unattached' };

const attachData: ActionDescription = {
  key: 'attach-data',
  label: 'action.attachData',
  form: {
    title: 'domain.attach.title',
    dialog: 'AbstractFindStoragePopupView',
    tabs: [
      {
        label: 'form.tab.general',
        fields: [
          {
            label: 'label.storageDomain',
            path: 'id',
            covers: 'table',
            control: { kind: 'reference', of: attachable },
            need: true,
            read: (domain) => domain.id ?? '',
            write: (body, value) => Object.assign(body, { id: value }),
          },
        ],
      },
    ],
  },
  run: (client, target, body) => client.dataCenters.dataCenter(target.ownerId).storageDomains.add(body),
};

const storage: PartsDescription = {
  types: ['storage_domain'],
  list: (client, owner, signal) => client.dataCenters.dataCenter(owner.id).storageDomains.list({}, { signal }),
  canType: 'storage_domain',
  opens: '/storage',
  columns: [
    { label: 'label.domainName', path: 'name' },
    { label: 'label.domainType', path: (row) => domainType(row), as: 'words' },
    { label: 'label.status', path: 'status', as: 'status', covers: ['(icon) Status Icon'] },
    { label: 'label.externalStatus', path: 'external_status', as: 'status', covers: ['(icon) Additional Status'] },
    { label: 'label.freeSpace', path: 'available', as: 'bytes' },
    { label: 'label.usedSpace', path: 'used', as: 'bytes' },
    { label: 'label.totalSpace', path: (row) => totalSpace(row), as: 'bytes' },
    { label: 'label.description', path: 'description' },
  ],
  empty: 'domains.empty.body',
  adds: [attachData],
  actions: [
    {
      key: 'activate',
      label: 'action.activate',
      run: (client, target) => client.dataCenters.dataCenter(target.ownerId).storageDomains.storageDomain(target.id).activate(),
    },
    {
      key: 'deactivate',
      label: 'action.maintenance',
      confirm: { title: 'domain.maintenance.title', body: 'domain.maintenance.body' },
      run: (client, target) => client.dataCenters.dataCenter(target.ownerId).storageDomains.storageDomain(target.id).deactivate(),
    },
    {
      key: 'detach',
      label: 'action.detach',
      confirm: { title: 'domain.detach.title', body: 'domain.detach.body' },
      run: (client, target) => client.dataCenters.dataCenter(target.ownerId).storageDomains.storageDomain(target.id).remove(),
    },
  ],
};

/** Function of a domain; the data center's first is its master. */
export function domainType(domain: StorageDomain): string | undefined {
  return domain.master === true ? `${domain.type} (master)` : domain.type;
}

/** Sizes of a domain that is not active are not known. */
export function totalSpace(domain: StorageDomain): number | undefined {
  return domain.used === undefined || domain.available === undefined ? undefined : domain.used + domain.available;
}

const logicalNetworks: PartsDescription = {
  types: ['network'],
  list: (client, owner, signal) => client.dataCenters.dataCenter(owner.id).networks.list({}, { signal }),
  canType: 'network',
  opens: '/networks',
  columns: [
    { label: 'label.name', path: 'name' },
    { label: 'label.description', path: 'description' },
  ],
  empty: 'networks.empty',
  adds: [
    { key: 'add', label: 'action.new', form: newNetwork(true), run: (client, target, body) => addNetwork(client, target.ownerId, body) },
  ],
  actions: [
    {
      key: 'edit',
      label: 'action.edit',
      can: 'update',
      form: editNetwork,
      run: (client, target, body) => client.networks.network(target.id).update(body),
    },
    {
      key: 'remove',
      label: 'action.remove',
      danger: true,
      confirm: { title: 'remove.title', body: 'network.remove.body' },
      run: (client, target) => client.networks.network(target.id).remove(),
    },
  ],
};

const bondFields: readonly FieldDescription[] = [
  { label: 'label.name', path: 'name', control: { kind: 'text' }, need: true },
  { label: 'label.description', path: 'description', control: { kind: 'text' } },
  {
    label: 'label.logicalNetworks',
    path: 'networks',
    control: { kind: 'references', of: { ...networks, only: (option, around) => valueAt(option, 'data_center.id') === around.ownerId } },
  },
  {
    label: 'label.storageTargets',
    path: 'storage_connections',
    control: {
      kind: 'references',
      of: {
        type: 'storage_connection',
        list: async (client, _, signal) => (await client.storageConnections.list({}, { signal })).filter((one) => one.type === 'iscsi'),
        label: (option) => `${String(valueAt(option, 'address'))} ${String(valueAt(option, 'target'))}`,
      },
    },
  },
];
const newBond: FormDescription = {
  title: 'iscsiBond.new',
  dialog: 'IscsiBondPopupWidget',
  tabs: [{ label: 'form.tab.general', fields: bondFields }],
};

const iscsiBonds: PartsDescription = {
  types: [],
  list: (client, owner, signal) => client.dataCenters.dataCenter(owner.id).iscsiBonds.list({ follow: 'networks' }, { signal }),
  columns: [
    { label: 'label.name', path: 'name' },
    { label: 'label.description', path: 'description' },
  ],
  empty: 'iscsiBond.empty',
  adds: [
    {
      key: 'add',
      label: 'action.add',
      form: newBond,
      run: (client, target, body) => client.dataCenters.dataCenter(target.ownerId).iscsiBonds.add(body),
    },
  ],
  actions: [
    {
      key: 'edit',
      label: 'action.edit',
      can: null,
      form: { ...newBond, title: 'iscsiBond.edit', edits: true, tabs: [{ label: 'form.tab.general', fields: bondFields.slice(0, 2) }] },
      run: (client, target, body) => client.dataCenters.dataCenter(target.ownerId).iscsiBonds.iscsiBond(target.id).update(body),
    },
    {
      key: 'remove',
      label: 'action.remove',
      can: null,
      danger: true,
      confirm: { title: 'remove.title', body: 'iscsiBond.remove.body' },
      run: (client, target) => client.dataCenters.dataCenter(target.ownerId).iscsiBonds.iscsiBond(target.id).remove(),
    },
  ],
};

const clustersOfCenter: PartsDescription = {
  types: ['cluster'],
  list: (client, owner, signal) => client.dataCenters.dataCenter(owner.id).clusters.list({}, { signal }),
  opens: '/clusters',
  columns: [
    { label: 'label.name', path: 'name' },
    { label: 'label.compatibilityVersion', path: 'version', as: 'version' },
    { label: 'label.description', path: 'description' },
  ],
  empty: 'clusters.empty',
};

const quotas: PartsDescription = {
  types: ['quota'],
  list: async (client, owner, signal) =>
    (await client.dataCenters.dataCenter(owner.id).quotas.list({}, { signal })).map((quota) => ({
      ...quota,
      center_status: valueAt(owner, 'status'),
    })),
  opens: '/quotas',
  columns: [
    { label: 'label.name', path: 'name' },
    { label: 'label.description', path: 'description' },
    { label: 'label.centerStatus', path: 'center_status', as: 'status', covers: ['(icon) Data Center Status'] },
  ],
  empty: 'quotas.empty',
  adds: [{ key: 'add', label: 'action.add', form: newQuota(true), run: (client, target, body) => addQuota(client, target.ownerId, body) }],
  actions: [
    {
      key: 'edit',
      label: 'action.edit',
      can: null,
      form: editQuota,
      run: (client, target, body) => client.dataCenters.dataCenter(target.ownerId).quotas.quota(target.id).update(body),
    },
    {
      key: 'copy',
      label: 'action.copy',
      can: null,
      form: copyForm,
      run: (client, target, body) =>
        copyQuota(
          client,
          { ...target, entity: { ...target.entity, data_center: { id: target.ownerId } } as Entity, ownerId: '', owner: undefined },
          body,
        ),
    },
    {
      key: 'remove',
      label: 'action.remove',
      can: null,
      danger: true,
      confirm: { title: 'remove.title', body: 'quota.remove.body' },
      run: (client, target) => client.dataCenters.dataCenter(target.ownerId).quotas.quota(target.id).remove(),
    },
  ],
};

const tabs: readonly TabDescription[] = [
  { key: 'storage', label: 'tab.storage', parts: [storage] },
  { key: 'logical_networks', label: 'tab.logicalNetworks', parts: [logicalNetworks] },
  { key: 'iscsi_bond', label: 'tab.iscsiBond', parts: [iscsiBonds] },
  { key: 'clusters', label: 'tab.clusters', parts: [clustersOfCenter] },
  qosTab,
  { key: 'quota', label: 'tab.quota', parts: [quotas] },
  permissionsTab((client, id) => client.dataCenters.dataCenter(id).permissions),
  eventsTab('event_datacenter', 'data_center'),
];

/** Data centers: clusters with the storage and networks that they share. */
export const dataCenters: Kind = {
  page: 'dataCenters',
  path: '/data-centers',
  type: 'data_center',
  title: 'dataCenters.title',
  empty: 'dataCenters.empty',
  searchable: true,
  list: (client, search, signal) => client.dataCenters.list(search === '' ? {} : { search }, { signal }),
  one: (client, id, signal) => client.dataCenters.dataCenter(id).get({}, { signal }),
  status: 'status',
  columns: [
    { label: 'label.name', path: 'name', width: 160 },
    { label: 'label.comment', path: 'comment' },
    { label: 'label.storageType', path: (center) => (valueAt(center, 'local') === true ? 'local' : 'shared'), as: 'words' },
    { label: 'label.status', path: 'status', as: 'status', covers: ['(icon) Status Icon'] },
    { label: 'label.compatibilityVersion', path: 'version', as: 'version', width: 150 },
    { label: 'label.description', path: 'description' },
  ],
  tabs,
  adds: [{ key: 'add', label: 'action.new', form: newCenter, run: (client, _, body) => client.dataCenters.add(body) }],
  actions: [
    guidingDataCenter,
    {
      key: 'edit',
      label: 'action.edit',
      can: 'update',
      form: editCenter,
      run: (client, target, body) => client.dataCenters.dataCenter(target.id).update(body),
    },
    {
      key: 'clean',
      bulk: true,
      label: 'action.cleanFinishedTasks',
      can: null,
      run: (client, target) => client.dataCenters.dataCenter(target.id).cleanFinishedTasks(),
    },
    reportsOf('data_center'),
    {
      key: 'remove',
      label: 'action.remove',
      danger: true,
      bulk: true,
      confirm: { title: 'remove.title', body: 'dataCenter.remove.body' },
      run: (client, target) => client.dataCenters.dataCenter(target.id).remove(),
    },
    {
      key: 'force-remove',
      label: 'action.forceRemove',
      can: 'remove',
      danger: true,
      confirm: { title: 'dataCenter.force.title', body: 'dataCenter.force.body' },
      run: (client, target) => client.dataCenters.dataCenter(target.id).remove({ force: true }),
    },
  ],
};
