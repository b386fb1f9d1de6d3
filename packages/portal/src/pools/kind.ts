import { enumValues } from '@virgate/contract/generated/enums';
import { adding, editing, removing } from '../kinds/actions.ts';
import { check, choice, comment, description, name, number, reference } from '../kinds/fields.ts';
import type { Vm } from '@virgate/contract/generated/types';
import type { Client } from '@virgate/sdk';
import type { Entity, FieldDescription, FormDescription, Kind, Reference } from '../kinds/kind.ts';
import { quotasOfAll } from '../disks/kind.ts';
import { countsBy } from '../kinds/counts.ts';
import { clusters, quoted } from '../kinds/references.ts';
import { valueAt } from '../kinds/value.ts';
import { cpuCount, listVms, vmColumn } from '../vms/summary.ts';
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

/** Pools with how many of their virtual machines somebody has, and how many run. */
async function withCounts(client: Client, search: string, signal: AbortSignal): Promise<Entity[]> {
  const [all, vms] = await Promise.all([
    client.vmPools.list(search === '' ? {} : { search }, { signal }),
    countsBy(client, { kind: 'vm', by: 'pool' }, signal),
  ]);
  return all.map((pool) => ({ ...pool, assigned_vms: vms(pool.id).count, running_vms: vms(pool.id).running }));
}

/** Whether they may run anywhere, or which hosts are chosen. */
function runOn(vm: Vm | undefined): string | undefined {
  if (vm === undefined) return undefined;
  return (vm.placement_policy?.hosts ?? []).length === 0 ? 'any host in cluster' : 'chosen hosts';
}

/** What the virtual machines of a pool are: those that are alike tell it by one of them, an empty pool by its template. */
async function likeness(client: Client, owner: Entity & { id: string }, signal: AbortSignal): Promise<Entity> {
  const [vm] = await client.vms.list({ search: `pool=${quoted(owner.name)}`, max: 1 }, { signal });
  const template = valueAt(owner, 'template.id');
  const like = vm ?? (typeof template === 'string' ? await client.templates.template(template).get({}, { signal }) : undefined);
  return { like } as Entity;
}

/** Pools: virtual machines that are alike, of which users take one. */
export const pools: Kind = {
  page: 'pools',
  path: '/pools',
  type: 'vm_pool',
  title: 'pools.title',
  empty: 'pools.empty',
  searchable: true,
  unasked: true,
  list: (client, search, signal) => withCounts(client, search, signal),
  one: (client, id, signal) => client.vmPools.pool(id).get({}, { signal }),
  columns: [
    { label: 'label.name', path: 'name', width: 160 },
    { label: 'label.comment', path: 'comment' },
    { label: 'label.cluster', path: 'cluster.id', of: clusters },
    { label: 'label.template', path: 'template.id', of: templates },
    { label: 'label.numberOfVms', path: 'size', as: 'number' },
    { label: 'label.assignedVms', path: 'assigned_vms', as: 'number' },
    { label: 'label.runningVms', path: 'running_vms', as: 'number' },
    { label: 'label.prestartedVms', path: 'prestarted_vms', as: 'number' },
    { label: 'label.type', path: 'type', as: 'words' },
    { label: 'label.description', path: 'description' },
  ],
  tabs: [
    {
      key: 'general',
      label: 'tab.general',
      more: { types: ['vm'], read: likeness },
      facts: [
        { label: 'label.name', path: 'name' },
        { label: 'label.description', path: 'description' },
        { label: 'label.template', path: 'template.id', of: templates },
        { label: 'label.cluster', path: 'cluster.id', of: clusters },
        { label: 'label.poolStateful', path: 'stateful', as: 'yesno' },
        { label: 'label.maxUserVms', path: 'max_user_vms', as: 'number' },
        { label: 'label.os', path: 'like.os.type', as: 'words' },
        { label: 'label.chipset', path: 'like.bios.type', as: 'words' },
        { label: 'label.graphics', path: 'like.display.type', as: 'words' },
        { label: 'label.videoType', path: 'like.display.video_type', as: 'words' },
        { label: 'label.quota', path: 'like.quota.id', of: quotasOfAll },
        { label: 'label.optimizedFor', path: 'like.type', as: 'words' },
        { label: 'label.definedMemory', path: 'like.memory', as: 'bytes' },
        { label: 'label.guaranteed', path: 'like.memory_policy.guaranteed', as: 'bytes' },
        { label: 'label.cpuCores', path: (pool) => cpuCount((pool as { like?: Vm }).like ?? {}), as: 'number' },
        { label: 'label.monitors', path: 'like.display.monitors', as: 'number', covers: ['Number of Monitors'] },
        { label: 'label.usb', path: 'like.usb.enabled', as: 'yesno' },
        { label: 'label.origin', path: 'like.origin', as: 'words' },
        { label: 'label.isStateless', path: 'like.stateless', as: 'yesno' },
        { label: 'label.runOn', path: (pool) => runOn((pool as { like?: Vm }).like), as: 'words' },
        { label: 'label.domain', path: 'like.initialization.domain' },
        { label: 'label.timeZone', path: 'like.time_zone.name' },
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
            (await listVms(client, signal, `pool=${quoted(owner.name)}`)).filter((vm) => vm.vm_pool?.id === owner.id),
          columns: [
            vmColumn.name,
            vmColumn.status,
            vmColumn.type,
            vmColumn.host,
            vmColumn.addresses,
            vmColumn.fqdn,
            vmColumn.uptime,
            vmColumn.consoleUser,
            vmColumn.loggedInUser,
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
    { bulk: true, ...removing('pool.remove.body', (client, target) => client.vmPools.pool(target.id).remove(), null) },
  ],
};
