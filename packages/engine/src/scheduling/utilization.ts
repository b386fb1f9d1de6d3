import { keptSamples, type ScheduledHost, type SchedulingCluster } from './snapshot.ts';

/** Seconds between two samples of a host. */
const sampleSeconds = 15;
/** How long a load must last to count, in minutes. Source: engine configuration, scheduling. */
const overcommitMinutes = 2;

/** A property of the policy as a number; the fallback where it has none. */
export const policyNumber = <Fallback extends number | null>(
  cluster: SchedulingCluster,
  name: string,
  fallback: Fallback,
): number | Fallback => {
  const value = cluster.policy.properties[name];
  return value === undefined ? fallback : Number(value);
};

/** Whether the load of a host's CPUs has been such as long as the policy's duration says; one of which too little is known has not. */
export function sustained(host: ScheduledHost, cluster: SchedulingCluster, such: (loadPercent: number) => boolean): boolean {
  const needed = Math.ceil((policyNumber(cluster, 'CpuOverCommitDurationMinutes', overcommitMinutes) * 60) / sampleSeconds);
  const window = host.cpuLoadsPercent.slice(0, Math.min(needed, keptSamples));
  return window.length >= Math.min(needed, keptSamples) && window.every(such);
}
