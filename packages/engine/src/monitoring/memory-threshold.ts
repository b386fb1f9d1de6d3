import type { Cluster } from '@virgate/contract/generated/types';
import type { HostSample } from './statistics.ts';

/** How often one host is warned of. Source: contract, events VDS_LOW_MEM and VDS_HIGH_MEM_USE. */
export const memoryWarningEveryMs = 1800 * 1000;

const mebibyte = 1024 ** 2;
/** Source: engine configuration, LogMaxPhysicalMemoryUsedThresholdInPercentage. */
const defaultPercent = 95;

/** When the engine warns of a host's memory: from a percentage in use on, or below so much that is free. */
export type MemoryThreshold = { usedPercent: number } | { freeBytes: number };

/** The threshold of a cluster. */
export function memoryThresholdOf(cluster: Partial<Cluster>): MemoryThreshold {
  const value = cluster.log_max_memory_used_threshold ?? defaultPercent;
  return cluster.log_max_memory_used_threshold_type === 'absolute_value_in_mb' ? { freeBytes: value * mebibyte } : { usedPercent: value };
}

/** The event that warns of a host's memory; null while there is enough, and while it is not known. Pure. */
export function memoryWarning(
  threshold: MemoryThreshold,
  { memoryUsedPercent: used, memoryFreeBytes: free }: Pick<HostSample, 'memoryUsedPercent' | 'memoryFreeBytes'>,
): { event: 'VDS_HIGH_MEM_USE' | 'VDS_LOW_MEM'; values: Record<string, string> } | null {
  if ('usedPercent' in threshold)
    return used === undefined || used <= threshold.usedPercent
      ? null
      : { event: 'VDS_HIGH_MEM_USE', values: { used: String(Math.round(used)), threshold: String(threshold.usedPercent) } };
  if (free === undefined || free >= threshold.freeBytes) return null;
  const mebibytes = (bytes: number): string => String(Math.floor(bytes / mebibyte));
  return { event: 'VDS_LOW_MEM', values: { free: mebibytes(free), threshold: mebibytes(threshold.freeBytes) } };
}
