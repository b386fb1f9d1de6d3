import type { Property } from '@virgate/contract/generated/types';
import { refused } from '../rest/fault.ts';
import { policyProperties } from '../scheduling/units.ts';

/** Properties of a policy or a cluster, by name. @throws {Fault} 400 for unknown ones and values that they cannot have */
export function checkPolicyProperties(given: readonly Property[]): Record<string, string> {
  return Object.fromEntries(
    given.map(({ name = '', value = '' }) => {
      const check = Object.hasOwn(policyProperties, name) ? policyProperties[name] : undefined;
      if (!check?.(value)) throw refused('ACTION_TYPE_FAILED_CLUSTER_POLICY_PARAMETERS_INVALID', { parameters: name });
      return [name, value];
    }),
  );
}
