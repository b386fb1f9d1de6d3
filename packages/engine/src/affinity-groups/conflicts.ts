import type { EventName } from '@virgate/contract/generated/events';
import type { AffinityGroupRules } from '../scheduling/affinity.ts';

/** Rules that cannot all be kept: what refuses a change, and what is only warned of. Source: engine behaviour, affinity conflicts. */
export interface AffinityConflicts {
  refusal: 'ACTION_TYPE_FAILED_AFFINITY_RULES_COLLISION' | 'ACTION_TYPE_FAILED_AFFINITY_HOSTS_RULES_COLLISION' | null;
  warnings: EventName[];
}

const shared = <T>(a: readonly T[], b: readonly T[]): T[] => a.filter((one) => b.includes(one));

/** VMs bound together by positive groups, hard ones only or all: each set once. */
function unions(groups: readonly AffinityGroupRules[], hardOnly: boolean): Set<string>[] {
  const sets: Set<string>[] = [];
  for (const group of groups) {
    if (group.vms.rule !== 'positive' || (hardOnly && !group.vms.enforcing)) continue;
    const merged = new Set(group.vmIds);
    for (const touching of sets.filter((set) => group.vmIds.some((vmId) => set.has(vmId)))) {
      for (const vmId of touching) merged.add(vmId);
      sets.splice(sets.indexOf(touching), 1);
    }
    sets.push(merged);
  }
  return sets;
}

/** Two VMs that are bound together by one group and kept apart by another. */
const vmsCollide = (groups: readonly AffinityGroupRules[], hardOnly: boolean): boolean =>
  unions(groups, hardOnly).some((set) =>
    groups.some(
      (group) =>
        group.vms.rule === 'negative' && (group.vms.enforcing || !hardOnly) && group.vmIds.filter((vmId) => set.has(vmId)).length > 1,
    ),
  );

/** A VM that one group binds to a host from which another keeps it away. */
const hostsCollide = (groups: readonly AffinityGroupRules[], hardOnly: boolean): boolean =>
  groups.some(
    (positive) =>
      positive.hosts.rule === 'positive' &&
      (positive.hosts.enforcing || !hardOnly) &&
      groups.some(
        (negative) =>
          negative.hosts.rule === 'negative' &&
          (negative.hosts.enforcing || !hardOnly) &&
          shared(positive.vmIds, negative.vmIds).length > 0 &&
          shared(positive.hostIds, negative.hostIds).length > 0,
      ),
  );

/** Hosts to which positive groups bind a VM; null when none does. */
function homesOf(groups: readonly AffinityGroupRules[], vmId: string): string[] | null {
  const bound = groups.filter((group) => group.hosts.rule === 'positive' && group.hostIds.length > 0 && group.vmIds.includes(vmId));
  return bound.length === 0 ? null : bound.map((group) => [...group.hostIds]).reduce((all, next) => shared(all, next));
}

function warningsOf(groups: readonly AffinityGroupRules[]): EventName[] {
  const warnings: EventName[] = [];
  if (hostsCollide(groups, false)) warnings.push('VM_TO_HOST_CONFLICT_IN_POSITIVE_AND_NEGATIVE_AFFINITY');
  if (vmsCollide(groups, false)) warnings.push('VM_TO_VM_AFFINITY_CONFLICTS');
  const vmIds = [...new Set(groups.flatMap((group) => group.vmIds))];
  if (vmIds.some((vmId) => homesOf(groups, vmId)?.length === 0)) warnings.push('NON_INTERSECTING_POSITIVE_HOSTS_AFFINITY_CONFLICTS');
  const apart = (set: Iterable<string>): boolean => {
    const homes = [...set].flatMap((vmId) => [homesOf(groups, vmId)]).filter((one) => one !== null && one.length > 0) as string[][];
    return homes.length > 1 && homes.reduce((all, next) => shared(all, next)).length === 0;
  };
  if (unions(groups, false).some(apart)) warnings.push('VM_TO_HOST_CONFLICTS_POSITIVE_VM_TO_VM_AFFINITY');
  const crowded = (group: AffinityGroupRules): boolean => {
    const homes = group.vmIds.map((vmId) => homesOf(groups, vmId));
    return homes.length > 1 && homes.every((one) => one !== null && one.length > 0) && new Set(homes.flat()).size < homes.length;
  };
  if (groups.some((group) => group.vms.rule === 'negative' && crowded(group)))
    warnings.push('VM_TO_HOST_CONFLICTS_NEGATIVE_VM_TO_VM_AFFINITY');
  return warnings;
}

/** What the groups of one cluster contradict each other in. Pure. */
export function affinityConflicts(groups: readonly AffinityGroupRules[]): AffinityConflicts {
  const refusal = hostsCollide(groups, true)
    ? 'ACTION_TYPE_FAILED_AFFINITY_HOSTS_RULES_COLLISION'
    : vmsCollide(groups, true)
      ? 'ACTION_TYPE_FAILED_AFFINITY_RULES_COLLISION'
      : null;
  return { refusal, warnings: refusal === null ? warningsOf(groups) : [] };
}
