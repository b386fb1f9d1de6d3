import type { ScheduledHost, SchedulingCluster, SchedulingRequest } from './snapshot.ts';

const mib = 1024 ** 2;

/** What QEMU needs beside the guest's memory: a part that is sure, and a part that is possible. Source: memory and CPU math. */
export function overheadBytes(
  request: Pick<SchedulingRequest, 'memoryBytes' | 'videoRamBytes' | 'sockets' | 'cores' | 'threads' | 'ioThreads'>,
): { sure: number; possible: number } {
  const vcpus = request.sockets * request.cores * request.threads;
  return { sure: request.memoryBytes / 512 + 64 * mib, possible: request.videoRamBytes + 8 * mib * vcpus + 8 * mib * request.ioThreads };
}

/** The pages of a size that hold a VM's memory. */
export const hugePagesFor = (memoryBytes: number, sizeKib: number): { sizeKib: number; count: number } => ({
  sizeKib,
  count: Math.ceil(memoryBytes / 1024 / sizeKib),
});

/** Whether a host has the memory for a VM, physically and within the cluster's overcommit. @returns the key of what is short, or null */
export function memoryShort(
  host: ScheduledHost,
  request: SchedulingRequest,
  cluster: SchedulingCluster,
): { needed: number; free: number } | null {
  const overhead = overheadBytes(request);
  const physical = (host.memoryFreeBytes ?? 0) - host.memoryPendingBytes;
  // What lies in pages of their own takes nothing of the rest.
  const memoryBytes = request.hugePages === null ? request.memoryBytes : 0;
  const needed = memoryBytes + overhead.sure;
  if (physical < 0 || needed > physical + host.swapFreeBytes) return { needed, free: Math.max(0, physical) };
  const allowed = Math.max(
    0,
    (cluster.memoryOvercommitPercent / 100) * host.memoryBytes - host.memoryCommittedBytes - host.memoryPendingBytes,
  );
  const full = memoryBytes + overhead.sure + overhead.possible;
  return full > allowed ? { needed: full, free: allowed } : null;
}

/** How much more memory the guests of a host may have, physically and within the cluster's overcommit. */
export const memoryLeft = (host: ScheduledHost, cluster: SchedulingCluster): number =>
  Math.max(
    0,
    Math.min(
      (host.memoryFreeBytes ?? 0) - host.memoryPendingBytes + host.swapFreeBytes,
      (cluster.memoryOvercommitPercent / 100) * host.memoryBytes - host.memoryCommittedBytes - host.memoryPendingBytes,
    ),
  );
