import { enumValues } from '@virgate/contract/generated/enums';
import { adding, editing, removing } from '../kinds/actions.ts';
import { check, choice, comment, description, name, number, reference } from '../kinds/fields.ts';
import type { FieldDescription, FormDescription, Kind, Reference } from '../kinds/kind.ts';
import { clusters, hosts } from '../kinds/references.ts';
import { permissionsTab } from '../permissions/parts.ts';

const templates: Reference = { type: 'template', list: (client, _, signal) => client.templates.list({}, { signal }) };

const general: readonly FieldDescription[] = [
  reference('label.cluster', 'cluster', clusters, { need: true, fixed: true, covers: 'dataCenterWithClusterEditor' }),
  reference('label.template', 'template', templates, { need: true, fixed: true }),
  name,
  description,
  comment,
];
const prestarted = number('label.prestartedVms', 'prestarted_vms', { min: 0 });
const perUser = number('label.maxUserVms', 'max_user_vms', { min: 1 });

const newPool: FormDescription = {
  title: 'pool.new',
  dialog: 'AbstractVmPopupWidget',
  tabs: [
    {
      label: 'form.tab.general',
      fields: [...general, number('label.numberOfVms', 'size', { min: 1, max: 1000 }, { need: true, initial: '1' }), prestarted, perUser],
    },
    {
      label: 'form.tab.type',
      fields: [
        choice('label.poolType', 'type', enumValues.VmPoolType, { fixed: true }),
        check('label.poolStateful', 'stateful', { fixed: true }),
      ],
    },
  ],
};
const editPool: FormDescription = {
  title: 'pool.edit',
  dialog: 'AbstractVmPopupWidget',
  edits: true,
  tabs: [
    {
      label: 'form.tab.general',
      fields: [
        ...general,
        number('label.poolSize', 'size', { min: 1, max: 1000 }, { covers: 'increaseNumOfVmsEditor' }),
        prestarted,
        perUser,
      ],
    },
  ],
};

/** Pools: virtual machines that are alike, of which users take one. */
export const pools: Kind = {
  page: 'pools',
  path: '/pools',
  type: 'vm_pool',
  title: 'pools.title',
  empty: 'pools.empty',
  searchable: true,
  unasked: true,
  list: (client, search, signal) => client.vmPools.list(search === '' ? {} : { search }, { signal }),
  one: (client, id, signal) => client.vmPools.pool(id).get({}, { signal }),
  columns: [
    { label: 'label.name', path: 'name', width: 160 },
    { label: 'label.comment', path: 'comment' },
    { label: 'label.cluster', path: 'cluster.id', of: clusters },
    { label: 'label.template', path: 'template.id', of: templates },
    { label: 'label.numberOfVms', path: 'size', as: 'number' },
    { label: 'label.prestartedVms', path: 'prestarted_vms', as: 'number' },
    { label: 'label.type', path: 'type', as: 'words' },
    { label: 'label.description', path: 'description' },
  ],
  tabs: [
    {
      key: 'general',
      label: 'tab.general',
      facts: [
        { label: 'label.name', path: 'name' },
        { label: 'label.description', path: 'description' },
        { label: 'label.template', path: 'template.id', of: templates },
        { label: 'label.cluster', path: 'cluster.id', of: clusters },
        { label: 'label.poolStateful', path: 'stateful', as: 'yesno' },
        { label: 'label.maxUserVms', path: 'max_user_vms', as: 'number' },
        { label: 'label.id', path: 'id' },
      ],
    },
    {
      key: 'virtual_machines',
      label: 'tab.virtualMachines',
      parts: [
        {
          types: ['vm'],
          list: async (client, owner, signal) =>
            (await client.vms.list({ follow: 'reported_devices' }, { signal })).filter((vm) => vm.vm_pool?.id === owner.id),
          columns: [
            { label: 'label.name', path: 'name' },
            { label: 'label.host', path: 'host.id', of: hosts },
            { label: 'label.ipAddresses', path: 'reported_devices.ips.address' },
            { label: 'label.fqdn', path: 'fqdn' },
            { label: 'label.status', path: 'status', as: 'status' },
          ],
          opens: '/vms',
          canType: 'vm',
          empty: 'vms.none.here',
          actions: [
            {
              key: 'detach',
              label: 'action.detach',
              confirm: { title: 'pool.detach.title', body: 'pool.detach.body' },
              run: (client, target) => client.vms.vm(target.id).detach(),
            },
          ],
        },
      ],
    },
    permissionsTab((client, id) => client.vmPools.pool(id).permissions),
  ],
  adds: [adding(newPool, (client, _, body) => client.vmPools.add(body))],
  actions: [
    editing(editPool, (client, target, body) => client.vmPools.pool(target.id).update(body), null),
    removing('pool.remove.body', (client, target) => client.vmPools.pool(target.id).remove(), null),
  ],
};
