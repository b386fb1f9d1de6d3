import type { Balance, Filter, SchedulingPolicy, SchedulingPolicyUnit, Weight } from '@virgate/contract/generated/types';
import { notFound } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import type { Context, Entity } from '../rest/operation.ts';
import type { SchedulingPolicyRules } from '../scheduling/policies.ts';
import { defaultPolicy } from '../scheduling/policies.ts';
import { policyUnits, type PolicyUnit } from '../scheduling/units.ts';
import { loadPolicy } from './load.ts';

/** Parts of a policy, each by the id of its unit. */
export type PartKind = 'filter' | 'weight' | 'balance';

export const policyOf = (policy: SchedulingPolicyRules): SchedulingPolicy => ({
  id: policy.id,
  name: policy.name,
  description: policy.description,
  default_policy: policy.id === defaultPolicy.id,
  locked: policy.locked,
  properties: Object.entries(policy.properties).map(([name, value]) => ({ name, value })),
});

export const unitOf = (unit: PolicyUnit): SchedulingPolicyUnit => ({
  id: unit.id,
  name: unit.name,
  description: '',
  enabled: true,
  internal: true,
  properties: unit.properties.map((name) => ({ name, value: '' })),
  ...(unit.kind === 'selector' ? {} : { type: unit.kind === 'balance' ? 'load_balancing' : unit.kind }),
});

/** The policy of the path. @throws {Fault} 404 */
export async function policyOfPath(context: Context): Promise<SchedulingPolicyRules> {
  const id = context.path['policy'] ?? '';
  const policy = isUuid(id) ? await loadPolicy(context.db, id) : undefined;
  if (!policy) throw notFound();
  return policy;
}

const nameOf = (unitId: string): string => policyUnits.find((unit) => unit.id === unitId)?.name ?? '';

/** Filters, weights or the balance of a policy. */
export function partsOf(kind: PartKind, policy: SchedulingPolicyRules): Entity[] {
  const about = (unitId: string) => ({ id: unitId, name: nameOf(unitId), scheduling_policy_unit: { id: unitId } });
  switch (kind) {
    case 'filter':
      return policy.filters.map(({ unitId, position }): Filter => ({ ...about(unitId), position })) as Entity[];
    case 'weight':
      return policy.weights.map(({ unitId, factor }): Weight => ({
        ...about(unitId),
        factor,
        scheduling_policy: { id: policy.id },
      })) as Entity[];
    case 'balance':
      return policy.balance === null ? [] : [{ ...about(policy.balance), scheduling_policy: { id: policy.id } } satisfies Balance];
  }
}
