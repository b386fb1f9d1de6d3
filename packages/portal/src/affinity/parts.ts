import type { AffinityGroup, AffinityLabel } from '@virgate/contract/generated/types';
import type { Client } from '@virgate/sdk';
import type {
  ActionDescription,
  Entity,
  FieldDescription,
  FormDescription,
  PartsDescription,
  Reference,
  TabDescription,
} from '../kinds/kind.ts';
import { hosts, vms } from '../kinds/references.ts';
import { valueAt } from '../kinds/value.ts';

/** The cluster of the object whose page it is: the object itself, or the one that it is in. */
export type ClusterOf = (owner: Entity | undefined, ownerId: string) => string;

const inCluster = (reference: Reference, clusterOf: ClusterOf): Reference => ({
  ...reference,
  only: (option, around) => valueAt(option, 'cluster.id') === clusterOf(around.owner, around.ownerId),
});

const affinityLabels: Reference = { type: 'affinity_label', list: (client, _, signal) => client.affinityLabels.list({}, { signal }) };

/** A rule as one choice; whether it must be kept is a field of its own. */
const rule = (label: FieldDescription['label'], of: 'vms_rule' | 'hosts_rule', covers: string): FieldDescription => ({
  label,
  path: of,
  covers,
  control: { kind: 'choice', options: ['positive', 'negative', 'disabled'] },
  need: true,
  read: (group) =>
    valueAt(group, `${of}.enabled`) === true ? (valueAt(group, `${of}.positive`) === true ? 'positive' : 'negative') : 'disabled',
  write: (body, value) => {
    const rules = body as Record<string, object>;
    rules[of] = { ...rules[of], enabled: value !== 'disabled', ...(value === 'disabled' ? {} : { positive: value === 'positive' }) };
  },
});
const enforcing = (label: FieldDescription['label'], of: 'vms_rule' | 'hosts_rule', covers: string): FieldDescription => ({
  label,
  path: `${of}.enforcing`,
  covers,
  control: { kind: 'check' },
  when: (around) => around.value(of) !== 'disabled',
  with: [of],
});

function groupForm(clusterOf: ClusterOf): FormDescription {
  const fields: FieldDescription[] = [
    { label: 'label.name', path: 'name', control: { kind: 'text' }, need: true },
    { label: 'label.description', path: 'description', control: { kind: 'text' } },
    { label: 'label.priority', path: 'priority', control: { kind: 'number', min: 1 } },
    rule('label.vmAffinityRule', 'vms_rule', 'vmAffinityRuleEditor'),
    enforcing('label.vmEnforcing', 'vms_rule', 'vmAffinityEnforcingEditor'),
    rule('label.hostAffinityRule', 'hosts_rule', 'hostAffinityRuleEditor'),
    enforcing('label.hostEnforcing', 'hosts_rule', 'hostAffinityEnforcingEditor'),
    {
      label: 'label.virtualMachines',
      path: 'vms',
      covers: 'addRemoveVmWidget',
      control: { kind: 'references', of: inCluster(vms, clusterOf) },
    },
    {
      label: 'label.hosts',
      path: 'hosts',
      covers: 'addRemoveHostWidget',
      control: { kind: 'references', of: inCluster(hosts, clusterOf) },
    },
    { label: 'label.vmLabels', path: 'vm_labels', control: { kind: 'references', of: affinityLabels } },
    { label: 'label.hostLabels', path: 'host_labels', control: { kind: 'references', of: affinityLabels } },
  ];
  return { title: 'affinityGroup.new', dialog: 'AffinityGroupPopupView', tabs: [{ label: 'form.tab.general', fields }] };
}

const names = (list: readonly Entity[] | undefined): string[] | undefined => list?.map((one) => one.name ?? '');

/** Affinity groups of a cluster; on a virtual machine's page those that it is in. */
export function affinityGroupsTab(clusterOf: ClusterOf, memberOnly = false): TabDescription {
  const groups = (client: Client, owner: Entity | undefined, ownerId: string) =>
    client.clusters.cluster(clusterOf(owner, ownerId)).affinityGroups;
  const form = groupForm(clusterOf);
  const parts: PartsDescription = {
    types: ['affinity_group'],
    list: async (client, owner, signal) => {
      const all = await groups(client, owner, owner.id).list({ follow: 'vms,hosts,vm_labels,host_labels' }, { signal });
      return memberOnly ? all.filter((group) => group.vms?.some((vm) => vm.id === owner.id) === true) : all;
    },
    columns: [
      { label: 'label.status', path: (row) => ((row as AffinityGroup).broken === true ? 'broken' : 'ok'), as: 'status' },
      { label: 'label.name', path: 'name' },
      { label: 'label.description', path: 'description' },
      { label: 'label.priority', path: 'priority', as: 'number' },
      { label: 'label.vmPolarity', path: (row) => polarity((row as AffinityGroup).vms_rule), as: 'words' },
      { label: 'label.vmEnforcing', path: 'vms_rule.enforcing', as: 'yesno' },
      { label: 'label.hostPolarity', path: (row) => polarity((row as AffinityGroup).hosts_rule), as: 'words' },
      { label: 'label.hostEnforcing', path: 'hosts_rule.enforcing', as: 'yesno' },
      { label: 'label.vmMembers', path: (row) => names((row as AffinityGroup).vms) },
      { label: 'label.vmLabels', path: (row) => names((row as AffinityGroup).vm_labels) },
      { label: 'label.hostMembers', path: (row) => names((row as AffinityGroup).hosts) },
      { label: 'label.hostLabels', path: (row) => names((row as AffinityGroup).host_labels) },
    ],
    empty: 'affinityGroup.empty',
    adds: [
      { key: 'add', label: 'action.new', form, run: (client, target, body) => groups(client, target.owner, target.ownerId).add(body) },
    ],
    actions: [
      {
        key: 'edit',
        label: 'action.edit',
        can: null,
        form: { ...form, title: 'affinityGroup.edit', edits: true },
        run: (client, target, body) => groups(client, target.owner, target.ownerId).group(target.id).update(body),
      },
      {
        key: 'remove',
        label: 'action.remove',
        can: null,
        danger: true,
        confirm: { title: 'remove.title', body: 'affinityGroup.remove.body' },
        run: (client, target) => groups(client, target.owner, target.ownerId).group(target.id).remove(),
      },
    ],
  };
  return { key: 'affinity_groups', label: 'tab.affinityGroups', parts: [parts] };
}

function polarity(rule: AffinityGroup['vms_rule']): string {
  return rule?.enabled === true ? (rule.positive === true ? 'positive' : 'negative') : 'disabled';
}

const labelForm: FormDescription = {
  title: 'affinityLabel.new',
  dialog: 'AffinityLabelPopupView',
  tabs: [
    {
      label: 'form.tab.general',
      fields: [
        { label: 'label.name', path: 'name', control: { kind: 'text' }, need: true },
        { label: 'label.implicitAffinityGroup', path: 'has_implicit_affinity_group', control: { kind: 'check' } },
        { label: 'label.virtualMachines', path: 'vms', covers: 'addRemoveVmWidget', control: { kind: 'references', of: vms } },
        { label: 'label.hosts', path: 'hosts', covers: 'addRemoveHostWidget', control: { kind: 'references', of: hosts } },
      ],
    },
  ],
};

const removeLabel: ActionDescription = {
  key: 'remove',
  label: 'action.delete',
  danger: true,
  confirm: { title: 'remove.title', body: 'affinityLabel.remove.body' },
  run: (client, target) => client.affinityLabels.label(target.id).remove(),
};

/** Affinity labels; on the page of a host or a virtual machine those that it has. */
export function affinityLabelsTab(member?: 'hosts' | 'vms'): TabDescription {
  const parts: PartsDescription = {
    types: ['affinity_label'],
    list: async (client, owner, signal) => {
      const all = await client.affinityLabels.list({ follow: 'vms,hosts' }, { signal });
      return member === undefined ? all : all.filter((label) => label[member]?.some((one) => one.id === owner.id) === true);
    },
    canType: 'affinity_label',
    columns: [
      { label: 'label.name', path: 'name' },
      { label: 'label.vmMembers', path: (row) => names((row as AffinityLabel).vms) },
      { label: 'label.hostMembers', path: (row) => names((row as AffinityLabel).hosts) },
    ],
    empty: 'affinityLabel.empty',
    adds: [{ key: 'add', label: 'action.new', form: labelForm, run: (client, _, body) => addLabel(client, body) }],
    actions: [
      {
        key: 'edit',
        label: 'action.edit',
        can: 'update',
        form: { ...labelForm, title: 'affinityLabel.edit', edits: true },
        run: (client, target, body) => editLabel(client, target.id, body, target.entity),
      },
      ...(member === undefined ? [removeLabel] : []),
    ],
  };
  return { key: 'affinity_labels', label: 'tab.affinityLabels', parts: [parts] };
}

/** Members of a label are collections of their own in the API. */
async function setMembers(client: Client, id: string, wanted: AffinityLabel, now: AffinityLabel): Promise<void> {
  for (const kind of ['vms', 'hosts'] as const) {
    const next = wanted[kind];
    if (next === undefined) continue;
    const label = client.affinityLabels.label(id);
    const before = now[kind] ?? [];
    for (const one of next) {
      if (before.some((other) => other.id === one.id)) continue;
      await (kind === 'vms' ? label.vms.add({ id: one.id ?? '' }) : label.hosts.add({ id: one.id ?? '' }));
    }
    for (const one of before) {
      if (next.some((other) => other.id === one.id)) continue;
      await (kind === 'vms' ? label.vms.vm(one.id ?? '').remove() : label.hosts.host(one.id ?? '').remove());
    }
  }
}

async function addLabel(client: Client, body: object): Promise<Entity> {
  const { vms: members, hosts: memberHosts, ...label } = body as AffinityLabel;
  const added = await client.affinityLabels.add(label);
  await setMembers(
    client,
    added.id ?? '',
    { ...(members === undefined ? {} : { vms: members }), ...(memberHosts === undefined ? {} : { hosts: memberHosts }) },
    {},
  );
  return added;
}

async function editLabel(client: Client, id: string, body: object, now: Entity | undefined): Promise<void> {
  const { vms: members, hosts: memberHosts, ...label } = body as AffinityLabel;
  if (Object.keys(label).length > 0) await client.affinityLabels.label(id).update(label);
  await setMembers(
    client,
    id,
    { ...(members === undefined ? {} : { vms: members }), ...(memberHosts === undefined ? {} : { hosts: memberHosts }) },
    now ?? {},
  );
}
