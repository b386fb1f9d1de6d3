import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DomainCatalog } from '../storage-domain/catalog.ts';

/** sanlock renews a host's lease every 20 s; this is a little longer. */
const watchMs = 26_000;
const pollMs = 1_000;
const recordBytes = 512;
/** First bytes of a host's lease in a lockspace (sanlock, delta lease). */
const magic = 0x12212010;

/** When a host last renewed its lease, on a clock of its own; 0 when it has none. */
export function renewalOf(record: Buffer, lockspace: string): number {
  const name = record.toString('latin1', 56, 104).replace(/\0.*$/s, '');
  if (record.length < recordBytes || record.readUInt32LE(0) !== magic || name !== lockspace) return 0;
  return Number(record.readBigUInt64LE(152));
}

/** Tells whether a host renews its lease on storage, by watching the lease: that needs no word from the host. */
export function createStorageActivity(
  catalog: Pick<DomainCatalog, 'find'>,
  times: { watchMs: number; pollMs: number } = { watchMs, pollMs },
): (hostIds: Readonly<Record<string, number>>) => Promise<boolean> {
  const renewal = async (domainId: string, hostId: number): Promise<number> => {
    const domain = await catalog.find(domainId).catch(() => undefined);
    if (domain === undefined) return 0;
    const file = await open(join(domain.path, 'dom_md', 'ids'), 'r').catch(() => undefined);
    if (file === undefined) return 0;
    try {
      const sector = domain.metadata.blockSizeBytes;
      const { buffer } = await file.read(Buffer.alloc(recordBytes), 0, recordBytes, (hostId - 1) * sector);
      return renewalOf(buffer, domainId);
    } finally {
      await file.close();
    }
  };
  return async (hostIds) => {
    const leases = Object.entries(hostIds);
    const read = (): Promise<number[]> => Promise.all(leases.map(([domainId, hostId]) => renewal(domainId, hostId)));
    const before = await read();
    if (before.every((at) => at === 0)) return false;
    for (let waited = 0; waited < times.watchMs; waited += times.pollMs) {
      await delay(times.pollMs);
      const now = await read();
      if (now.some((at, index) => at !== 0 && at !== before[index])) return true;
    }
    return false;
  };
}
