import { say, type Detail } from '../rest/sentence.ts';
import { filters } from './filters.ts';
import type { Reason, ScheduledHost, SchedulingRequest, SchedulingSnapshot } from './snapshot.ts';
import { weights } from './weights.ts';

/** What became of one host. */
export interface HostVerdict {
  hostId: string;
  hostName: string;
  accepted: boolean;
  /** Why it was refused: all filters are asked, so that nothing is learned one by one. */
  reasons: Reason[];
  /** Scores (1 best, 1000 worst) by weight unit; only of accepted hosts. */
  weights: Record<string, number>;
  rank: number;
}

export interface SchedulingResult {
  /** Accepted hosts, best first. */
  ranked: string[];
  /** Every host of the cluster, with its reasons. */
  hosts: HostVerdict[];
  /** Why there is no host at all; null when there is one. */
  messageKey: 'SCHEDULING_NO_HOSTS' | 'SCHEDULING_ALL_HOSTS_FILTERED_OUT' | null;
}

const notUp = (host: ScheduledHost): Reason => ({ unit: 'Status', unitId: '', messageKey: 'HOST_NOT_UP', values: { status: host.status } });
const excluded: Reason = { unit: 'Request', unitId: '', messageKey: 'HOST_EXCLUDED', values: {} };

function reasonsAgainst(host: ScheduledHost, request: SchedulingRequest, snapshot: SchedulingSnapshot): Reason[] {
  if (host.status !== 'up') return [notUp(host)];
  if (request.exceptHosts.includes(host.id) || (request.onlyHosts !== null && !request.onlyHosts.includes(host.id))) return [excluded];
  const chosen = new Set(snapshot.cluster.policy.filters.map((filter) => filter.unitId));
  const asked = filters.filter((filter) => filter.mandatory || chosen.has(filter.id));
  const source = snapshot.hosts.find((one) => one.id === request.currentHost) ?? null;
  return asked.flatMap((filter) => {
    const refusal = filter.check(host, request, snapshot.cluster, source);
    return refusal ? [{ unit: filter.name, unitId: filter.id, messageKey: refusal.messageKey, values: refusal.values ?? {} }] : [];
  });
}

/** Stretches raw scores to 1…1000; all equal means all 1. Lower is better. */
function stretch(raw: readonly number[]): number[] {
  const least = Math.min(...raw);
  const most = Math.max(...raw);
  return raw.map((score) => (most === least ? 1 : Math.round(1 + ((score - least) / (most - least)) * 999)));
}

/**
 * Chooses hosts for a VM. Pure. Mandatory filters and those of the cluster's policy refuse, its weights rank: each unit orders the accepted hosts, a host's place times the
 * unit's factor is summed, and the highest sum wins; equal sums go by name, so that one input has one answer.
 * Source: scheduler, rank selector.
 */
export function schedule(snapshot: SchedulingSnapshot, request: SchedulingRequest): SchedulingResult {
  const verdicts: HostVerdict[] = snapshot.hosts.map((host) => {
    const reasons = reasonsAgainst(host, request, snapshot);
    return { hostId: host.id, hostName: host.name, accepted: reasons.length === 0, reasons, weights: {}, rank: 0 };
  });
  const accepted = verdicts.filter((verdict) => verdict.accepted);
  const preferred = accepted.filter((verdict) => request.pinnedHosts.includes(verdict.hostId));
  const candidates = preferred.length > 0 ? preferred : accepted;
  if (candidates.length === 0) {
    const anyUp = snapshot.hosts.some((host) => host.status === 'up');
    return { ranked: [], hosts: verdicts, messageKey: anyUp ? 'SCHEDULING_ALL_HOSTS_FILTERED_OUT' : 'SCHEDULING_NO_HOSTS' };
  }
  const source = snapshot.hosts.find((one) => one.id === request.currentHost) ?? null;
  const hosts = candidates.map((verdict) => snapshot.hosts.find((host) => host.id === verdict.hostId) as ScheduledHost);
  for (const { unitId, factor } of snapshot.cluster.policy.weights) {
    const weight = weights.find((one) => one.id === unitId);
    if (!weight) continue;
    const scores = stretch(hosts.map((host) => weight.score(host, request, snapshot.cluster, hosts, source)));
    for (const [at, verdict] of candidates.entries()) {
      const score = scores[at] ?? 1000;
      verdict.weights[weight.name] = score;
      // Equal scores share a place: as many points as there are hosts that are worse.
      verdict.rank += factor * scores.filter((other) => other > score).length;
    }
  }
  const ranked = candidates.toSorted((a, b) => b.rank - a.rank || a.hostName.localeCompare(b.hostName)).map((verdict) => verdict.hostId);
  return { ranked, hosts: verdicts, messageKey: null };
}

/** Hosts that can take the VM: those that are ranked first, best first, then such as its owner would rather not have. */
export const acceptedHosts = ({ ranked, hosts }: SchedulingResult): string[] => [
  ...new Set([...ranked, ...hosts.filter((host) => host.accepted).map((host) => host.hostId)]),
];

const between = (parts: readonly Detail[], separator: string): Detail =>
  parts.flatMap((part, index) => (index === 0 ? part : [separator, ...part]));

/** The reasons of a refusal, host by host, as the fault of a start tells them. */
export const explain = (result: SchedulingResult): Detail =>
  between(
    result.hosts.map(({ hostName, reasons }) => [
      `${hostName}: `,
      ...(reasons.length === 0
        ? [say`fits`]
        : between(
            reasons.map(({ unit, messageKey, values }) => [`${unit}: `, { reason: messageKey, values }]),
            '; ',
          )),
    ]),
    '. ',
  );
