import type { HostStatus, PmProxyType } from '@virgate/contract/generated/types';

/** A host that might run the fence agent of another one. */
export interface ProxyCandidate {
  readonly id: string;
  readonly name: string;
  readonly status: HostStatus;
  readonly clusterId: string;
  readonly dataCenterId: string | null;
}

/** Where the host is that is to be fenced. */
export interface FenceTarget {
  readonly id: string;
  readonly clusterId: string;
  readonly dataCenterId: string | null;
}

/** Statuses in which a host does not serve, but answers. */
const reachable: readonly HostStatus[] = ['non_operational', 'preparing_for_maintenance', 'error'];

const isFrom = (source: PmProxyType, candidate: ProxyCandidate, target: FenceTarget): boolean => {
  const sameCluster = candidate.clusterId === target.clusterId;
  const sameDataCenter = candidate.dataCenterId !== null && candidate.dataCenterId === target.dataCenterId;
  if (source === 'cluster') return sameCluster;
  return source === 'dc' ? sameDataCenter && !sameCluster : !sameDataCenter && !sameCluster;
};

/**
 * The hosts that may fence another one, the best first: by where they are, in the order of the preferences; within one place those that
 * are up before those that merely answer. Never the host itself. Source: engine behaviour, choice of the fence proxy.
 */
export function orderProxies(
  target: FenceTarget,
  candidates: readonly ProxyCandidate[],
  preferences: readonly PmProxyType[],
): ProxyCandidate[] {
  const others = candidates.filter((one) => one.id !== target.id);
  const wellFirst = [others.filter((one) => one.status === 'up'), others.filter((one) => reachable.includes(one.status))];
  return preferences.flatMap((source) => wellFirst.flatMap((group) => group.filter((one) => isFrom(source, one, target))));
}

const sources: readonly PmProxyType[] = ['cluster', 'dc', 'other_dc'];

/** The preferences of a host, or of the configuration (`cluster,dc`) where it has none. */
export function preferencesOf(own: readonly { type?: PmProxyType }[] | undefined, configured: string): PmProxyType[] {
  const named = (own ?? []).flatMap(({ type }) => (type === undefined ? [] : [type]));
  if (named.length > 0) return [...new Set(named)];
  return configured
    .split(',')
    .map((one) => one.trim())
    .filter((one): one is PmProxyType => sources.some((source) => source === one));
}
