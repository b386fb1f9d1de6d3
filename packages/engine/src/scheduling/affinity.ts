/** Rules of affinity groups: where the scheduler may run a VM, and where it would rather. Pure. */

export type AffinityPolarity = 'disabled' | 'positive' | 'negative';

/** An affinity group with its labels resolved: plain ids of VMs and hosts. */
export interface AffinityGroupRules {
  id: string;
  name: string;
  /** Soft rules of groups with a higher priority are broken last. */
  priority: number;
  vms: { rule: AffinityPolarity; enforcing: boolean };
  hosts: { rule: AffinityPolarity; enforcing: boolean };
  vmIds: readonly string[];
  hostIds: readonly string[];
}

/** Hosts of VMs that run or are about to run, by VM. */
export type Placements = ReadonlyMap<string, string>;

const groupsOf = (groups: readonly AffinityGroupRules[], vmId: string): AffinityGroupRules[] =>
  groups.filter((group) => group.vmIds.includes(vmId));

/** VMs that hard positive groups bind together, through VMs that are in several of them, without the VM itself. */
export function boundVms(groups: readonly AffinityGroupRules[], vmId: string): string[] {
  const hard = groups.filter((group) => group.vms.rule === 'positive' && group.vms.enforcing);
  const bound = new Set([vmId]);
  for (let size = 0; size !== bound.size;) {
    size = bound.size;
    for (const group of hard) if (group.vmIds.some((one) => bound.has(one))) for (const one of group.vmIds) bound.add(one);
  }
  bound.delete(vmId);
  return [...bound];
}

/**
 * Whether the hard rules among VMs forbid a host. VMs that are bound together run where one of them runs already; with none
 * running any host will do.
 */
export function vmAffinityRefusal(
  groups: readonly AffinityGroupRules[],
  placements: Placements,
  vmId: string,
  hostId: string,
): 'positive' | 'negative' | null {
  const homes = boundVms(groups, vmId).flatMap((one) => placements.get(one) ?? []);
  if (homes.length > 0 && !homes.includes(hostId)) return 'positive';
  const repelled = groupsOf(groups, vmId).some(
    (group) =>
      group.vms.rule === 'negative' && group.vms.enforcing && group.vmIds.some((one) => one !== vmId && placements.get(one) === hostId),
  );
  return repelled ? 'negative' : null;
}

/** Whether a group's rule between VMs and hosts is against a host; a group without hosts has no such rule. */
export const againstHost = (group: AffinityGroupRules, hostId: string): boolean =>
  group.hostIds.length > 0 &&
  ((group.hosts.rule === 'positive' && !group.hostIds.includes(hostId)) ||
    (group.hosts.rule === 'negative' && group.hostIds.includes(hostId)));

/** Whether the hard rules between a VM and hosts forbid a host, and in which group. */
export function hostAffinityRefusal(groups: readonly AffinityGroupRules[], vmId: string, hostId: string): AffinityGroupRules | null {
  return groupsOf(groups, vmId).find((group) => group.hosts.enforcing && againstHost(group, hostId)) ?? null;
}

/** What a host breaks: the priorities of the groups, highest first, and how many VMs are concerned. */
interface Breach {
  priorities: number[];
  vms: number;
}

/** First by the highest priority that is broken, then by the next; where all agree, by the number of VMs. */
function compareBreaches(a: Breach, b: Breach): number {
  for (let at = 0; at < Math.max(a.priorities.length, b.priorities.length); at++) {
    const difference = (a.priorities[at] ?? -Infinity) - (b.priorities[at] ?? -Infinity);
    if (Number.isFinite(difference) ? difference !== 0 : a.priorities[at] !== b.priorities[at]) return difference;
  }
  return a.vms - b.vms;
}

/** The place of a breach among those of all hosts, from 0: those that break the same have the same place. */
function placeOf(breach: Breach, all: readonly Breach[]): number {
  return all.filter((other) => compareBreaches(other, breach) < 0).length;
}

function vmBreach(groups: readonly AffinityGroupRules[], placements: Placements, vmId: string, hostId: string): Breach {
  const concerned = groupsOf(groups, vmId)
    .filter((group) => !group.vms.enforcing && group.vms.rule !== 'disabled')
    .map((group) => {
      const homes = group.vmIds.flatMap((one) => (one === vmId ? [] : (placements.get(one) ?? [])));
      const broken = homes.filter((home) => (group.vms.rule === 'positive' ? home !== hostId : home === hostId)).length;
      return { priority: group.priority, broken };
    })
    .filter(({ broken }) => broken > 0);
  return {
    priorities: concerned.map(({ priority }) => priority).toSorted((a, b) => b - a),
    vms: concerned.reduce((sum, { broken }) => sum + broken, 0),
  };
}

function hostBreach(groups: readonly AffinityGroupRules[], vmId: string, hostId: string): Breach {
  const broken = groupsOf(groups, vmId).filter((group) => !group.hosts.enforcing && againstHost(group, hostId));
  return { priorities: broken.map((group) => group.priority).toSorted((a, b) => b - a), vms: 0 };
}

/** How much a host breaks soft rules among VMs: 0 for the best of the hosts. Source: scheduler, VmAffinityGroups. */
export const vmAffinityScore = (
  groups: readonly AffinityGroupRules[],
  placements: Placements,
  vmId: string,
  hostId: string,
  hostIds: readonly string[],
): number =>
  placeOf(
    vmBreach(groups, placements, vmId, hostId),
    hostIds.map((one) => vmBreach(groups, placements, vmId, one)),
  );

/** How much a host breaks soft rules between VMs and hosts: 0 for the best. Source: scheduler, VmToHostsAffinityGroups. */
export const hostAffinityScore = (
  groups: readonly AffinityGroupRules[],
  vmId: string,
  hostId: string,
  hostIds: readonly string[],
): number =>
  placeOf(
    hostBreach(groups, vmId, hostId),
    hostIds.map((one) => hostBreach(groups, vmId, one)),
  );

/** Whether where VMs run now breaks one of a group's rules, hard or soft. */
export function isBroken(group: AffinityGroupRules, placements: Placements): boolean {
  const homes = group.vmIds.flatMap((vmId) => placements.get(vmId) ?? []);
  if (homes.some((hostId) => againstHost(group, hostId))) return true;
  const distinct = new Set(homes).size;
  return (group.vms.rule === 'positive' && distinct > 1) || (group.vms.rule === 'negative' && distinct < homes.length);
}
