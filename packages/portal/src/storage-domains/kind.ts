import type { Disk, DiskSnapshot, StorageDomain, Vm } from '@virgate/contract/generated/types';
import type { Client } from '@virgate/sdk';
import { domainType, totalSpace } from '../data-centers/kind.ts';
import { eventsTab } from '../events/parts.ts';
import { adding, editing, removing } from '../kinds/actions.ts';
import { check, choice, comment, description, name, number, reference, text } from '../kinds/fields.ts';
import type {
  ActionDescription,
  Around,
  Entity,
  FieldDescription,
  FormDescription,
  Kind,
  PartsDescription,
  Reference,
} from '../kinds/kind.ts';
import { clusters, dataCenters, quoted, textAt, upHosts } from '../kinds/references.ts';
import { valueAt } from '../kinds/value.ts';
import { attachedDisks, diskActions, uploading } from '../disks/kind.ts';
import { blockTypes, foundDomainField, lunsField } from '../luns/fields.ts';
import { permissionsTab } from '../permissions/parts.ts';
import { isOfType } from '../qos/forms.ts';
import { reportsOf } from '../reports/menu.ts';

const typeIs =
  (...types: string[]) =>
  (around: Around): boolean =>
    types.includes(textAt(around, 'storage.type'));

const space: readonly FieldDescription[] = [
  number('label.warningLowSpace', 'warning_low_space_indicator', { min: 0, max: 100 }, { initial: '10' }),
  number('label.criticalSpace', 'critical_space_action_blocker', { min: 0 }, { initial: '5' }),
  check('label.wipeAfterDelete', 'wipe_after_delete'),
  check('label.backup', 'backup'),
  check('label.discardAfterDelete', 'discard_after_delete'),
];
const luns = lunsField(
  'storage',
  { takes: 'domain', host: 'host', overwrite: 'storage.override_luns' },
  { covers: 'targetsToLunsPanel lunsListPanel contentPanel', dialog: 'IscsiStorageView FcpStorageView' },
);
const overwriting = check('label.overrideLuns', 'storage.override_luns', { hint: 'domain.override.hint', when: typeIs(...blockTypes) });

const newDomain: FormDescription = {
  title: 'domain.new',
  dialog: 'StoragePopupView',
  tabs: [
    {
      label: 'form.tab.general',
      fields: [
        reference('label.dataCenter', 'attach_to', dataCenters, {
          covers: 'datacenterListEditor',
          control: { kind: 'reference', of: dataCenters, none: 'option.none' },
        }),
        name,
        description,
        comment,
        choice('label.storageType', 'storage.type', ['nfs', 'posixfs', 'localfs', ...blockTypes], { need: true }),
        choice('label.format', 'storage_format', ['v5'], { covers: 'formatListEditor' }),
        reference('label.host', 'host', upHosts, { need: true, covers: 'hostListEditor' }),
        text('label.server', 'storage.address', { need: true, when: typeIs('nfs') }),
        text('label.exportPath', 'storage.path', {
          covers: 'pathEditor localPathEditor',
          dialog: 'NfsStorageView PosixStorageView LocalStorageView',
          need: true,
          when: typeIs('nfs', 'posixfs', 'localfs'),
        }),
        choice('label.nfsVersion', 'storage.nfs_version', ['auto', 'v3', 'v4', 'v4_0', 'v4_1', 'v4_2'], {
          dialog: 'NfsStorageView',
          covers: 'versionListEditor',
          when: typeIs('nfs'),
        }),
        number('label.retransmissions', 'storage.nfs_retrans', { min: 0, max: 32_767 }, { dialog: 'NfsStorageView', when: typeIs('nfs') }),
        number('label.timeout', 'storage.nfs_timeo', { min: 0, max: 6000 }, { dialog: 'NfsStorageView', when: typeIs('nfs') }),
        text('label.vfsType', 'storage.vfs_type', { dialog: 'PosixStorageView', need: true, when: typeIs('posixfs') }),
        text('label.mountOptions', 'storage.mount_options', {
          covers: 'mountOptionsEditor',
          dialog: 'PosixStorageView NfsStorageView',
          when: typeIs('nfs', 'posixfs'),
        }),
        overwriting,
        luns,
      ],
    },
    { label: 'form.tab.advanced', fields: space },
  ],
};
/** A domain that is there: its format and what is on it are read. */
const importDomain: FormDescription = {
  title: 'domain.import',
  dialog: 'StoragePopupView',
  tabs: newDomain.tabs
    .slice(0, 1)
    .map((tab) => ({
      ...tab,
      fields: tab.fields
        .filter((field) => field !== overwriting && field.path !== 'storage_format')
        .map((field) => (field === luns ? foundDomainField('host') : field)),
    })),
};
const editDomain: FormDescription = {
  title: 'domain.edit',
  dialog: 'StoragePopupView',
  edits: true,
  tabs: [{ label: 'form.tab.general', fields: [name, description, comment, ...space] }],
};

/** Makes the domain, and attaches it where the form says so: the API has a call for each. */
async function addDomain(client: Client, body: object): Promise<Entity> {
  const { attach_to: center, ...domain } = body as StorageDomain & { attach_to?: Entity };
  const added = await client.storageDomains.add({ ...domain, type: 'data' });
  if (center?.id !== undefined) await client.dataCenters.dataCenter(center.id).storageDomains.add({ id: added.id ?? '' });
  return added;
}

const centers: PartsDescription = {
  types: ['data_center', 'storage_domain'],
  list: async (client, owner, signal) => {
    const own = (owner as StorageDomain).data_centers ?? [];
    return await Promise.all(
      own.map(async ({ id = '' }) => {
        const [center, attached] = await Promise.all([
          client.dataCenters.dataCenter(id).get({}, { signal }),
          client.dataCenters.dataCenter(id).storageDomains.storageDomain(owner.id).get({}, { signal }),
        ]);
        return { ...center, domain_status: attached.status };
      }),
    );
  },
  columns: [
    { label: 'label.name', path: 'name' },
    { label: 'label.status', path: 'status', as: 'status' },
    { label: 'label.domainStatus', path: 'domain_status', as: 'status' },
  ],
  opens: '/data-centers',
  empty: 'domain.centers.empty',
  adds: [
    {
      key: 'attach',
      label: 'action.attach',
      form: {
        title: 'domain.attachTo.title',
        dialog: 'AbstractFindDcPopupView',
        tabs: [
          {
            label: 'form.tab.general',
            fields: [
              reference('label.dataCenter', 'center', dataCenters, { need: true, covers: 'table', read: (center) => center.id ?? '' }),
            ],
          },
        ],
      },
      run: (client, target, body) =>
        client.dataCenters.dataCenter(String(valueAt(body, 'center.id'))).storageDomains.add({ id: target.ownerId }),
    },
  ],
  actions: [
    centerAction('activate', 'action.activate', (client, center, domain) =>
      client.dataCenters.dataCenter(center).storageDomains.storageDomain(domain).activate(),
    ),
    {
      ...centerAction('deactivate', 'action.maintenance', (client, center, domain) =>
        client.dataCenters.dataCenter(center).storageDomains.storageDomain(domain).deactivate(),
      ),
      confirm: { title: 'domain.maintenance.title', body: 'domain.maintenance.body' },
    },
    {
      ...centerAction('detach', 'action.detach', (client, center, domain) =>
        client.dataCenters.dataCenter(center).storageDomains.storageDomain(domain).remove(),
      ),
      confirm: { title: 'domain.detach.title', body: 'domain.detach.body' },
    },
  ],
};

function centerAction(
  key: string,
  label: ActionDescription['label'],
  run: (client: Client, center: string, domain: string) => Promise<unknown>,
): ActionDescription {
  return { key, label, can: null, run: (client, target) => run(client, target.id, target.ownerId) };
}

const clusterField = reference('label.cluster', 'cluster', clusters, { need: true, covers: 'entityTable' });

/** What a domain has and the engine doesn't know is taken in, or taken from the domain. */
function registration(of: 'vms' | 'templates' | 'disks'): readonly ActionDescription[] {
  const form: FormDescription = {
    title: 'domain.register.title',
    dialog: 'RegisterEntityPopupView',
    tabs: [
      {
        label: 'form.tab.general',
        fields: [clusterField, check('label.allowPartial', 'allowPartialImport'), check('label.reassignMacs', 'reassignBadMacs')],
      },
    ],
  };
  const removal = (run: ActionDescription['run']): ActionDescription => removing('domain.unregistered.remove.body', run, null);
  const domainOf = (client: Client, id: string): ReturnType<Client['storageDomains']['storageDomain']> =>
    client.storageDomains.storageDomain(id);
  if (of === 'vms')
    return [
      {
        key: 'import',
        label: 'action.import',
        can: null,
        form,
        run: (client, target, body) => domainOf(client, target.ownerId).vms.vm(target.id).register(body),
      },
      removal((client, target) => domainOf(client, target.ownerId).vms.vm(target.id).remove()),
    ];
  if (of === 'templates')
    return [
      {
        key: 'import',
        label: 'action.import',
        can: null,
        form: { ...form, tabs: [{ label: 'form.tab.general', fields: [clusterField] }] },
        run: (client, target, body) => domainOf(client, target.ownerId).templates.template(target.id).register(body),
      },
      removal((client, target) => domainOf(client, target.ownerId).templates.template(target.id).remove()),
    ];
  return [
    {
      key: 'import',
      label: 'action.import',
      can: null,
      run: (client, target) => domainOf(client, target.ownerId).disks.add({ id: target.id }, { unregistered: true }),
    },
    removal((client, target) => domainOf(client, target.ownerId).disks.disk(target.id).remove()),
  ];
}

const unregistered = (of: 'vms' | 'templates' | 'disks'): PartsDescription => ({
  types: ['storage_domain', 'vm', 'template', 'disk'],
  list: async (client, owner, signal) => {
    const domain = client.storageDomains.storageDomain(owner.id);
    if (of === 'vms') return await domain.vms.list({ unregistered: true }, { signal });
    if (of === 'templates') return await domain.templates.list({ unregistered: true }, { signal });
    return await domain.disks.list({ unregistered: true }, { signal });
  },
  name: (row) => (row as Disk).alias ?? row.name ?? row.id ?? '',
  columns:
    of === 'disks'
      ? [
          { label: 'label.alias', path: 'alias' },
          { label: 'label.actualSize', path: 'actual_size', as: 'bytes' },
          { label: 'label.virtualSize', path: 'provisioned_size', as: 'bytes' },
          { label: 'label.allocation', path: (row) => ((row as Disk).sparse === true ? 'thin' : 'preallocated'), as: 'words' },
          { label: 'label.creationDate', path: 'creation_time', as: 'date' },
          { label: 'label.description', path: 'description' },
        ]
      : [
          { label: 'label.name', path: 'name' },
          { label: 'label.origin', path: 'origin', as: 'words' },
          { label: 'label.memory', path: 'memory', as: 'bytes' },
          { label: 'label.cpus', path: 'cpu.topology.sockets', as: 'number' },
          { label: 'label.architecture', path: 'cpu.architecture', as: 'words' },
          { label: 'label.disks', path: (row) => (row as Vm).disk_attachments?.length, as: 'number' },
          { label: 'label.creationDate', path: 'creation_time', as: 'date' },
        ],
  empty: 'domain.unregistered.empty',
  actions: registration(of),
});

const templates: Reference = { type: 'template', list: (client, _, signal) => client.templates.list({}, { signal }) };

const storageQos: Reference = {
  type: 'qos',
  key: (around) => String(valueAt(around.owner, 'data_centers.id') ?? ''),
  list: async (client, around, signal) => {
    const domain: StorageDomain = around.owner ?? {};
    const [center] = domain.data_centers ?? [];
    return center?.id === undefined ? [] : await client.dataCenters.dataCenter(center.id).qoss.list({}, { signal });
  },
  only: isOfType('storage'),
};
const profileForm: FormDescription = {
  title: 'diskProfile.new',
  dialog: 'DiskProfilePopupView',
  tabs: [{ label: 'form.tab.general', fields: [name, description, reference('label.qos', 'qos', storageQos)] }],
};
const profiles: PartsDescription = {
  types: ['disk_profile'],
  list: (client, owner, signal) => client.storageDomains.storageDomain(owner.id).diskProfiles.list({ follow: 'qos' }, { signal }),
  canType: 'disk_profile',
  columns: [
    { label: 'label.name', path: 'name' },
    { label: 'label.description', path: 'description' },
    { label: 'label.qosName', path: 'qos.name' },
  ],
  empty: 'diskProfile.empty',
  adds: [adding(profileForm, (client, target, body) => client.storageDomains.storageDomain(target.ownerId).diskProfiles.add(body))],
  actions: [
    editing({ ...profileForm, title: 'diskProfile.edit', edits: true }, (client, target, body) =>
      client.diskProfiles.diskProfile(target.id).update(body),
    ),
    removing('diskProfile.remove.body', (client, target) => client.diskProfiles.diskProfile(target.id).remove()),
  ],
};

const disks: PartsDescription = {
  types: ['disk', 'disk_attachment'],
  list: (client, owner, signal) =>
    attachedDisks(client, client.storageDomains.storageDomain(owner.id).disks.list({}, { signal }), signal, { here: owner.name }),
  name: (row) => (row as Disk).alias ?? row.id ?? '',
  columns: [
    { label: 'label.alias', path: 'alias' },
    { label: 'label.shareable', path: 'shareable', as: 'yesno' },
    { label: 'label.virtualSize', path: 'provisioned_size', as: 'bytes' },
    { label: 'label.actualSize', path: 'actual_size', as: 'bytes' },
    { label: 'label.allocation', path: (row) => ((row as Disk).sparse === true ? 'thin' : 'preallocated'), as: 'words' },
    { label: 'label.status', path: 'status', as: 'status' },
    { label: 'label.type', path: 'storage_type', as: 'words' },
    { label: 'label.description', path: 'description' },
    { label: 'label.storageDomain', path: 'here' },
    { label: 'label.content', path: 'content_type', as: 'words', covers: ['(icon)'] },
    { label: 'label.attachedTo', path: 'vms' },
    { label: 'label.bootable', path: 'bootable', as: 'yesno' },
  ],
  opens: '/disks',
  empty: 'vm.disks.empty',
  canType: 'disk',
  adds: [uploading],
  actions: diskActions,
};

const snapshots: PartsDescription = {
  types: ['disk'],
  list: (client, owner, signal) => client.storageDomains.storageDomain(owner.id).diskSnapshots.list({}, { signal }),
  name: (row) => (row as DiskSnapshot).alias ?? row.id ?? '',
  columns: [
    { label: 'label.diskAlias', path: 'alias' },
    { label: 'label.size', path: 'actual_size', as: 'bytes' },
    { label: 'label.snapshotDescription', path: 'description' },
    { label: 'label.status', path: 'status', as: 'status' },
    { label: 'label.diskSnapshotId', path: 'id' },
    { label: 'label.attachedTo', path: 'vms' },
    { label: 'label.creationDate', path: 'snapshot_date', as: 'date', covers: ['Snapshot Creation Date'] },
  ],
  empty: 'vm.snapshots.empty',
  actions: [
    removing(
      'diskSnapshot.remove.body',
      (client, target) => client.storageDomains.storageDomain(target.ownerId).diskSnapshots.snapshot(target.id).remove(),
      null,
    ),
  ],
};

const withDomain = (of: 'vms' | 'templates'): PartsDescription => ({
  types: ['vm', 'template', 'disk'],
  list: async (client, owner, signal) => {
    const search = `storage.name=${quoted(owner.name)}`;
    const all: (Entity & { disk_attachments?: { disk?: Disk }[] })[] =
      of === 'vms'
        ? await client.vms.list({ search, follow: 'disk_attachments.disk' }, { signal })
        : await client.templates.list({ search, follow: 'disk_attachments.disk' }, { signal });
    return all.filter(
      (one) =>
        one.disk_attachments?.some((attachment) => attachment.disk?.storage_domains?.some((domain) => domain.id === owner.id) === true) ===
        true,
    );
  },
  columns: [
    { label: 'label.alias', path: 'name' },
    { label: 'label.disks', path: 'disk_attachments.disk.alias' },
    ...(of === 'vms' ? [{ label: 'label.template', path: 'template.id', of: templates } as const] : []),
    { label: 'label.virtualSize', path: (row) => sizes(row, 'provisioned_size'), as: 'bytes' },
    { label: 'label.actualSize', path: (row) => sizes(row, 'actual_size'), as: 'bytes' },
    { label: 'label.creationDate', path: 'creation_time', as: 'date' },
  ],
  opens: of === 'vms' ? '/vms' : '/templates',
  empty: of === 'vms' ? 'vms.none.here' : 'templates.none.here',
});

function sizes(row: Entity, of: 'provisioned_size' | 'actual_size'): number | undefined {
  const all = valueAt(row, `disk_attachments.disk.${of}`);
  return Array.isArray(all) ? all.reduce((sum: number, one) => sum + Number(one), 0) : undefined;
}

/** Virtual machines that hold a lease on the domain. */
const leases: PartsDescription = {
  types: ['vm'],
  list: async (client, owner, signal) =>
    (await client.vms.list({}, { signal, fields: ['name', 'status', 'lease'] })).filter((vm) => vm.lease?.storage_domain?.id === owner.id),
  columns: [
    { label: 'label.vmName', path: 'name' },
    { label: 'label.status', path: 'status', as: 'status', covers: ['(icon) status'] },
  ],
  opens: '/vms',
  empty: 'domain.leases.empty',
};

/** Space that stays free when everything that is promised is used. */
function guaranteedFree(domain: StorageDomain): number | undefined {
  const total = totalSpace(domain);
  return total === undefined || domain.committed === undefined ? undefined : Math.max(0, total - domain.committed);
}

/** How much more is promised than there is, in percent. */
function overAllocation(domain: StorageDomain): number | undefined {
  const total = totalSpace(domain);
  return total === undefined || total === 0 || domain.committed === undefined ? undefined : (100 * domain.committed) / total;
}

/** A domain that a data center has is to leave it first. */
const attached = (domain: Entity): 'domain.reason.attached' | undefined =>
  (domain as StorageDomain).status === 'unattached' ? undefined : 'domain.reason.attached';

/** The top collection tells a status only of domains that are attached nowhere; attached and told nothing is active. */
export function domainStatus(domain: Entity): string {
  return (domain as StorageDomain).status ?? 'active';
}

/** Storage domains: where disks, templates and images lie. */
export const storageDomains: Kind = {
  page: 'storage',
  path: '/storage',
  type: 'storage_domain',
  title: 'domains.title',
  none: 'domains.empty',
  empty: 'domains.empty.body',
  searchable: true,
  list: (client, search, signal) => client.storageDomains.list(search === '' ? {} : { search }, { signal }),
  one: (client, id, signal) => client.storageDomains.storageDomain(id).get({}, { signal }),
  status: domainStatus,
  columns: [
    { label: 'label.domainName', path: 'name', width: 160 },
    { label: 'label.status', path: domainStatus, as: 'status', width: 140, covers: ['Cross Data Center Status'] },
    { label: 'label.externalStatus', path: 'external_status', as: 'status', covers: ['(icon) Additional Status'], hidden: true },
    { label: 'label.freeSpace', path: 'available', as: 'bytes' },
    { label: 'label.domainType', path: (domain) => domainType(domain), as: 'words' },
    { label: 'label.storageType', path: 'storage.type', as: 'words' },
    { label: 'label.usedSpace', path: 'used', as: 'bytes' },
    { label: 'label.totalSpace', path: (domain) => totalSpace(domain), as: 'bytes' },
    { label: 'label.format', path: 'storage_format', as: 'words' },
    { label: 'label.allocatedSpace', path: 'committed', as: 'bytes' },
    { label: 'label.guaranteedFree', path: (domain) => guaranteedFree(domain), as: 'bytes', covers: ['Guaranteed Free Space (GB)'] },
    { label: 'label.comment', path: 'comment' },
    { label: 'label.description', path: 'description' },
  ],
  tabs: [
    {
      key: 'general',
      label: 'tab.general',
      more: {
        types: ['disk'],
        read: async (client, owner, signal) =>
          ({ image_count: (await client.storageDomains.storageDomain(owner.id).disks.list({}, { signal })).length }) as Entity,
      },
      facts: [
        { label: 'label.id', path: 'id' },
        { label: 'label.size', path: (domain) => totalSpace(domain), as: 'bytes' },
        { label: 'label.available', path: 'available', as: 'bytes' },
        { label: 'label.used', path: 'used', as: 'bytes' },
        { label: 'label.allocated', path: 'committed', as: 'bytes' },
        {
          label: 'label.path',
          path: (domain) => [valueAt(domain, 'storage.address'), valueAt(domain, 'storage.path')].filter(Boolean).join(':') || undefined,
        },
        { label: 'label.vfsType', path: 'storage.vfs_type' },
        { label: 'label.mountOptions', path: 'storage.mount_options' },
        { label: 'label.nfsVersion', path: 'storage.nfs_version' },
        { label: 'label.overAllocation', path: (domain) => overAllocation(domain), as: 'percent', covers: ['Over Allocation Ratio'] },
        { label: 'label.images', path: 'image_count', as: 'number' },
        { label: 'label.retransmissions', path: 'storage.nfs_retrans', as: 'number' },
        { label: 'label.timeout', path: 'storage.nfs_timeo', as: 'number' },
        { label: 'label.warningIndicator', path: 'warning_low_space_indicator', as: 'number' },
        { label: 'label.criticalBlocker', path: 'critical_space_action_blocker', as: 'number' },
        { label: 'label.description', path: 'description' },
      ],
    },
    { key: 'data_center', label: 'tab.dataCenter', parts: [centers] },
    { key: 'vm_register', label: 'tab.vmImport', parts: [unregistered('vms')] },
    { key: 'template_register', label: 'tab.templateImport', parts: [unregistered('templates')] },
    { key: 'disk_image_register', label: 'tab.diskImport', parts: [unregistered('disks')] },
    { key: 'virtual_machines', label: 'tab.virtualMachines', parts: [withDomain('vms')] },
    { key: 'templates', label: 'tab.templates', parts: [withDomain('templates')] },
    { key: 'disks', label: 'tab.disks', parts: [disks] },
    { key: 'snapshots', label: 'tab.diskSnapshots', parts: [snapshots] },
    { key: 'leases', label: 'tab.leases', parts: [leases] },
    { key: 'disk_profiles', label: 'tab.diskProfiles', parts: [profiles] },
    permissionsTab((client, id) => client.storageDomains.storageDomain(id).permissions),
    eventsTab('event_storage', 'storage_domain'),
  ],
  adds: [
    adding(newDomain, (client, _, body) => addDomain(client, body), 'action.newDomain'),
    {
      key: 'import',
      label: 'action.importDomain',
      can: null,
      form: importDomain,
      run: (client, _, body) => addDomain(client, { ...body, import: true }),
    },
  ],
  actions: [
    {
      ...editing(editDomain, (client, target, body) => client.storageDomains.storageDomain(target.id).update(body)),
      label: 'action.manageDomain',
    },
    {
      key: 'master',
      label: 'action.selectMaster',
      can: null,
      covers: ['Select as master storage domain'],
      reason: (domain) => ((domain as StorageDomain).master === true ? 'domain.reason.master' : undefined),
      run: (client, target) => {
        const [center] = (target.entity as StorageDomain).data_centers ?? [];
        return client.dataCenters.dataCenter(center?.id ?? '').setMaster({ storageDomain: { id: target.id } });
      },
    },
    {
      key: 'scan',
      label: 'action.scanDisks',
      can: null,
      reason: (domain) => ((domain as StorageDomain).status === 'unattached' ? 'domain.reason.unattached' : undefined),
      run: (client, target) => client.storageDomains.storageDomain(target.id).disks.list({ unregistered: true }),
    },
    {
      key: 'ovf',
      label: 'action.updateOvfs',
      can: 'update_ovf_store',
      run: (client, target) => client.storageDomains.storageDomain(target.id).updateOvfStore(),
    },
    reportsOf('storage_domain'),
    {
      key: 'remove',
      label: 'action.remove',
      danger: true,
      reason: attached,
      form: {
        title: 'remove.title',
        dialog: 'StorageRemovePopupView',
        tabs: [
          {
            label: 'form.tab.general',
            fields: [
              reference('label.removeWith', 'host', upHosts, { need: true, covers: 'hostListEditor' }),
              check('label.formatDomain', 'format', { covers: 'formatEditor', hint: 'domain.format.hint' }),
            ],
          },
        ],
      },
      run: (client, target, body) => {
        const { host, format } = body as { host: { id: string }; format: boolean };
        return client.storageDomains.storageDomain(target.id).remove({ host: host.id, format });
      },
    },
    {
      key: 'destroy',
      label: 'action.destroy',
      can: 'remove',
      danger: true,
      confirm: { title: 'domain.destroy.title', body: 'domain.destroy.body' },
      run: (client, target) => client.storageDomains.storageDomain(target.id).remove({ destroy: true }),
    },
  ],
};
