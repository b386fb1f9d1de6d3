import type { Cluster, SchedulingPolicy, SchedulingPolicyUnit } from '@virgate/contract/generated/types';
import type { Client } from '@virgate/sdk';
import { adding, editing, removing } from '../kinds/actions.ts';
import { description, name, number, reference } from '../kinds/fields.ts';
import type { Entity, FieldDescription, FormDescription, Kind, PartsDescription, Reference } from '../kinds/kind.ts';

const follow = 'balances';

const unitsOf = (type: NonNullable<SchedulingPolicyUnit['type']>): Reference => ({
  type: 'scheduling_policy_unit',
  list: async (client, _, signal) => (await client.schedulingPolicyUnits.list({}, { signal })).filter((unit) => unit.type === type),
});
const filterUnits = unitsOf('filter');
const weightUnits = unitsOf('weight');
const balancers = unitsOf('load_balancing');

/** The balancer of a policy: it has one, or none. */
const balancerOf = (policy: SchedulingPolicy | undefined): string => policy?.balances?.[0]?.scheduling_policy_unit?.id ?? '';

const balancer: FieldDescription = {
  label: 'label.loadBalancer',
  path: 'balancer',
  control: { kind: 'reference', of: balancers, none: 'option.none' },
  read: balancerOf,
  write: (body, value) => void Object.assign(body, { balancer: value }),
};
const form: FormDescription = {
  title: 'schedulingPolicy.new',
  dialog: 'ClusterPolicyPopupView',
  tabs: [
    {
      label: 'form.tab.general',
      fields: [name, description, balancer, { label: 'label.properties', path: 'properties', control: { kind: 'pairs' } }],
    },
  ],
};

/** What the dialog sends: the policy, and its balancer when it was chosen. */
type Said = SchedulingPolicy & { balancer?: string };

async function setBalancer(client: Client, id: string, now: string, wanted: string): Promise<void> {
  const { balances } = client.schedulingPolicies.policy(id);
  if (wanted === now) return;
  if (wanted === '') await balances.balance(now).remove();
  else await balances.add({ scheduling_policy_unit: { id: wanted } });
}

const locked = (policy: SchedulingPolicy | undefined): 'schedulingPolicy.reason.locked' | undefined =>
  policy?.locked === true ? 'schedulingPolicy.reason.locked' : undefined;
const lockedOwner = (_: Entity, owner: Entity | undefined): 'schedulingPolicy.reason.locked' | undefined => locked(owner);

const filters: PartsDescription = {
  types: ['scheduling_policy'],
  list: (client, owner, signal) => client.schedulingPolicies.policy(owner.id).filters.list({}, { signal }),
  columns: [
    { label: 'label.name', path: 'name' },
    { label: 'label.position', path: 'position', as: 'number' },
  ],
  empty: 'schedulingPolicy.filters.empty',
  adds: [
    {
      key: 'add',
      label: 'action.addFilter',
      reason: lockedOwner,
      form: {
        title: 'schedulingPolicy.filter.add',
        tabs: [
          {
            label: 'form.tab.general',
            fields: [
              reference('label.filterModule', 'scheduling_policy_unit', filterUnits, { need: true }),
              {
                label: 'label.position',
                path: 'position',
                control: {
                  kind: 'choice',
                  options: ['0', '-1', '1'],
                  label: { '0': 'option.anywhere', '-1': 'option.first', '1': 'option.last' },
                },
                need: true,
                write: (body, value) => void Object.assign(body, { position: Number(value) }),
              },
            ],
          },
        ],
      },
      run: (client, target, body) => client.schedulingPolicies.policy(target.ownerId).filters.add(body),
    },
  ],
  actions: [
    {
      ...removing(
        'schedulingPolicy.filter.remove.body',
        (client, target) => client.schedulingPolicies.policy(target.ownerId).filters.filter(target.id).remove(),
        null,
      ),
      reason: lockedOwner,
    },
  ],
};

const weights: PartsDescription = {
  types: ['scheduling_policy'],
  list: (client, owner, signal) => client.schedulingPolicies.policy(owner.id).weights.list({}, { signal }),
  columns: [
    { label: 'label.name', path: 'name' },
    { label: 'label.factor', path: 'factor', as: 'number' },
  ],
  empty: 'schedulingPolicy.weights.empty',
  adds: [
    {
      key: 'add',
      label: 'action.addWeight',
      reason: lockedOwner,
      form: {
        title: 'schedulingPolicy.weight.add',
        tabs: [
          {
            label: 'form.tab.general',
            fields: [
              reference('label.weightModule', 'scheduling_policy_unit', weightUnits, { need: true }),
              number('label.factor', 'factor', { min: 1 }, { initial: '1' }),
            ],
          },
        ],
      },
      run: (client, target, body) => client.schedulingPolicies.policy(target.ownerId).weights.add(body),
    },
  ],
  actions: [
    {
      ...removing(
        'schedulingPolicy.weight.remove.body',
        (client, target) => client.schedulingPolicies.policy(target.ownerId).weights.weight(target.id).remove(),
        null,
      ),
      reason: lockedOwner,
    },
  ],
};

const clusters: PartsDescription = {
  types: ['cluster', 'scheduling_policy'],
  list: async (client, owner, signal) =>
    (await client.clusters.list({}, { signal })).filter((cluster: Cluster) => cluster.scheduling_policy?.id === owner.id),
  columns: [
    { label: 'label.name', path: 'name' },
    { label: 'label.description', path: 'description' },
  ],
  empty: 'schedulingPolicy.clusters.empty',
  opens: '/clusters',
};

/** Scheduling policies: where clusters let their virtual machines run, and when they are moved. */
export const schedulingPolicies: Kind = {
  page: 'schedulingPolicies',
  path: '/scheduling-policies',
  type: 'scheduling_policy',
  title: 'schedulingPolicies.title',
  empty: 'schedulingPolicies.empty',
  searchable: false,
  unasked: true,
  list: (client, _, signal) => client.schedulingPolicies.list({ follow }, { signal }),
  one: (client, id, signal) => client.schedulingPolicies.policy(id).get({ follow }, { signal }),
  columns: [
    { label: 'label.name', path: 'name', width: 200 },
    { label: 'label.description', path: 'description', width: 320 },
    { label: 'label.loadBalancer', path: balancerOf, of: balancers },
    { label: 'label.locked', path: 'locked', as: 'yesno' },
  ],
  tabs: [
    {
      key: 'general',
      label: 'tab.general',
      facts: [
        { label: 'label.name', path: 'name' },
        { label: 'label.id', path: 'id' },
        { label: 'label.description', path: 'description' },
        { label: 'label.loadBalancer', path: balancerOf, of: balancers },
        { label: 'label.properties', path: (policy) => (policy as SchedulingPolicy).properties?.map((one) => `${one.name}: ${one.value}`) },
      ],
    },
    { key: 'filters', label: 'tab.filters', parts: [filters] },
    { key: 'weights', label: 'tab.weights', parts: [weights] },
    { key: 'clusters', label: 'tab.clusters', parts: [clusters] },
  ],
  adds: [
    adding(form, async (client, _, body) => {
      const { balancer: wanted = '', ...policy } = body as Said;
      const added = await client.schedulingPolicies.add(policy);
      await setBalancer(client, added.id ?? '', '', wanted);
      return added;
    }),
  ],
  actions: [
    {
      ...editing(
        { ...form, title: 'schedulingPolicy.edit', edits: true },
        async (client, target, body) => {
          const { balancer: wanted, ...policy } = body as Said;
          if (Object.keys(policy).length > 0) await client.schedulingPolicies.policy(target.id).update(policy);
          if (wanted !== undefined) await setBalancer(client, target.id, balancerOf(target.entity), wanted);
        },
        null,
      ),
      reason: locked,
    },
    {
      ...removing('schedulingPolicy.remove.body', (client, target) => client.schedulingPolicies.policy(target.id).remove(), null),
      reason: locked,
    },
  ],
};
