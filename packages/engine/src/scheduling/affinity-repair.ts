/** Which running VMs break rules of affinity, and where they would break fewer. Pure. */
import { tell } from '../rest/sentence.ts';
import { againstHost, type AffinityGroupRules, type Placements } from './affinity.ts';
import { schedule, explain } from './schedule.ts';
import type { SchedulingCluster, SchedulingRequest, SchedulingSnapshot } from './snapshot.ts';

/** A kind of rule as it is enforced: the more important kinds come first, within one kind the higher priorities. */
interface Rule {
  group: AffinityGroupRules;
  of: 'hosts' | 'vms';
  rank: readonly number[];
}

const compare = (a: readonly number[], b: readonly number[]): number => {
  const at = a.findIndex((value, place) => value !== b[place]);
  return at === -1 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
};

/** Rules by importance. Source: engine behaviour, enforcement: hard ones of hosts, hard ones of VMs, soft ones of hosts, soft ones of VMs. */
const rulesOf = (groups: readonly AffinityGroupRules[]): Rule[] =>
  groups
    .flatMap((group) =>
      (['hosts', 'vms'] as const).map((of): Rule => {
        const { enforcing } = group[of];
        const kind = (enforcing ? 0 : 2) + (of === 'hosts' ? 0 : 1);
        return { group, of, rank: [kind, enforcing ? 0 : -group.priority] };
      }),
    )
    .filter(({ group, of }) => group[of].rule !== 'disabled')
    .toSorted((a, b) => compare(a.rank, b.rank) || a.group.name.localeCompare(b.group.name));

const homesOf = (group: AffinityGroupRules, placements: Placements): { vmId: string; hostId: string }[] =>
  group.vmIds.flatMap((vmId) => {
    const hostId = placements.get(vmId);
    return hostId === undefined ? [] : [{ vmId, hostId }];
  });

/** VMs that break a rule, with how often: against a host once, among VMs for each other one that is apart, or too near. */
function breakersOf({ group, of }: Rule, placements: Placements): Map<string, number> {
  const homes = homesOf(group, placements);
  const times = ({ vmId, hostId }: (typeof homes)[number]): number =>
    of === 'hosts'
      ? Number(againstHost(group, hostId))
      : homes.filter((other) => other.vmId !== vmId && (other.hostId === hostId) === (group.vms.rule === 'negative')).length;
  return new Map(homes.map((home): [string, number] => [home.vmId, times(home)]).filter(([, count]) => count > 0));
}

/** How much is broken, the most important first: rules of one rank are one number. */
function breaches(groups: readonly AffinityGroupRules[], placements: Placements): number[] {
  const byRank = Map.groupBy(rulesOf(groups), (rule) => rule.rank.join());
  return [...byRank.values()].map((rules) =>
    rules.flatMap((rule) => [...breakersOf(rule, placements).values()]).reduce((sum, one) => sum + one, 0),
  );
}

/** Whether no more rules of affinity are broken when a VM goes to a host. */
export const breaksNoMore = ({ affinityGroups, placements }: SchedulingCluster, vmId: string, hostId: string): boolean =>
  compare(breaches(affinityGroups, new Map([...placements, [vmId, hostId]])), breaches(affinityGroups, placements)) <= 0;

/** VMs that break rules, those first whose move would mend the most important rule by the most. */
export function rulebreakers(groups: readonly AffinityGroupRules[], placements: Placements): string[] {
  const found = rulesOf(groups).flatMap((rule) =>
    [...breakersOf(rule, placements)].toSorted(([a, often], [b, more]) => more - often || a.localeCompare(b)).map(([vmId]) => vmId),
  );
  return [...new Set(found)];
}

/** Where a VM is to go, best first; none with the reason. */
export interface MoveDecision {
  hosts: string[];
  because: string | null;
}

/**
 * Hosts on which a running VM would break fewer rules than where it is. Each such move lessens what is broken in the order of importance,
 * so that moves come to an end. A VM that must not stay on its host goes also without those that it is bound to: they follow it.
 * @param request with `currentHost`: where it runs
 */
export function repairFor(snapshot: SchedulingSnapshot, request: SchedulingRequest): MoveDecision {
  const { affinityGroups: groups, placements } = snapshot.cluster;
  const now = breaches(groups, placements);
  const after = (hostId: string): number[] => breaches(groups, new Map([...placements, [request.vmId, hostId]]));
  // Hosts that it would rather be on would hide the others.
  const asked = { ...request, pinnedHosts: [], exceptHosts: [request.currentHost ?? ''] };
  const better = (ignoresVmAffinity: boolean): string[] =>
    schedule(snapshot, { ...asked, ignoresVmAffinity })
      .ranked.map((hostId) => ({ hostId, breaches: after(hostId) }))
      .filter((one) => compare(one.breaches, now) < 0)
      .toSorted((a, b) => compare(a.breaches, b.breaches))
      .map(({ hostId }) => hostId);
  const kept = better(false);
  const hosts = kept.length > 0 ? kept : better(true);
  return { hosts, because: hosts.length > 0 ? null : tell(explain(schedule(snapshot, asked))) };
}
