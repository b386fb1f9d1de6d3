import { notFound, refused } from '../rest/fault.ts';
import type { Loaders, LoadChildren } from '../rest/follow.ts';
import { collection, entity, type Entity, type Operation, type Services } from '../rest/operation.ts';
import { shownUnits } from '../scheduling/units.ts';
import { loadPolicies } from './load.ts';
import { partsOf, policyOf, policyOfPath, unitOf, type PartKind } from './read.ts';
import { addPolicy, policyParts, removePolicy, updatePolicy } from './write.ts';

const filters = policyParts('filter');
const weights = policyParts('weight');
const balances = policyParts('balance');

/** `DELETE schedulingpolicyunits/{unit}`: units that came with the engine stay; there are no others. */
const removeUnit: Operation = {
  permit: 'edit_storage_pool_configuration',
  run(context) {
    const unit = shownUnits.find((one) => one.id === context.path['unit']);
    if (!unit) throw notFound();
    throw refused('INTERNAL_POLICY_UNIT_STAYS', { name: unit.name });
  },
};

export const schedulingPolicyServices: Services = {
  SchedulingPoliciesService: {
    list: {
      permit: null,
      async run(context) {
        const policies = await loadPolicies(context.db);
        return collection(
          'SchedulingPolicy',
          policies.slice(0, context.parameters.max() ?? policies.length).map((one) => policyOf(one) as Entity),
        );
      },
    },
    add: addPolicy,
  },
  SchedulingPolicyService: {
    get: { permit: null, run: async (context) => entity('SchedulingPolicy', policyOf(await policyOfPath(context)) as Entity) },
    update: updatePolicy,
    remove: removePolicy,
  },
  FiltersService: filters.list,
  FilterService: filters.item,
  WeightsService: weights.list,
  WeightService: weights.item,
  BalancesService: balances.list,
  BalanceService: balances.item,
  SchedulingPolicyUnitsService: {
    list: {
      permit: null,
      run: async (context) =>
        collection(
          'SchedulingPolicyUnit',
          shownUnits.slice(0, context.parameters.max() ?? shownUnits.length).map((one) => unitOf(one) as Entity),
        ),
    },
  },
  SchedulingPolicyUnitService: {
    get: {
      permit: null,
      async run(context) {
        const unit = shownUnits.find((one) => one.id === context.path['unit']);
        if (!unit) throw notFound();
        return entity('SchedulingPolicyUnit', unitOf(unit) as Entity);
      },
    },
    remove: removeUnit,
  },
};

const parts =
  (kind: PartKind): LoadChildren =>
  async (context, ids) =>
    new Map(
      (await loadPolicies(context.db)).filter((policy) => ids.includes(policy.id)).map((policy) => [policy.id, partsOf(kind, policy)]),
    );

export const schedulingPolicyLoaders: Partial<Loaders> = {
  entities: {
    SchedulingPolicy: async (context, ids) =>
      (await loadPolicies(context.db)).filter((policy) => ids.includes(policy.id)).map((policy) => policyOf(policy) as Entity),
    SchedulingPolicyUnit: async (_context, ids) => shownUnits.filter((unit) => ids.includes(unit.id)).map((unit) => unitOf(unit) as Entity),
  },
  children: {
    'SchedulingPolicy.filters': parts('filter'),
    'SchedulingPolicy.weight': parts('weight'),
    'SchedulingPolicy.balances': parts('balance'),
  },
};
