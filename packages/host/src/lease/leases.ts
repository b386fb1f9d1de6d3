import { storageError, toStorageError } from '../storage-error.ts';
import type { StorageDomain } from '../storage-domain/store.ts';
import { initialiseLease, readLease } from '../storage-domain/sanlock.ts';
import { checkXleasesIndex, findLease, freeLease, leaseOffset, setLease, xleasesIndexBytes, xleasesIndexOffset } from './xleases-index.ts';

/** Where a lease of a machine or job lies. */
export interface ExternalLease {
  sd_id: string;
  lease_id: string;
  path: string;
  offset: number;
}

async function withIndex<T>(domain: StorageDomain, run: (index: Buffer, save: () => Promise<void>) => Promise<T>): Promise<T> {
  const at = xleasesIndexOffset(domain.metadata.alignmentBytes);
  try {
    const index = await domain.store.readLeaseArea(at, xleasesIndexBytes);
    checkXleasesIndex(index, domain.id);
    return await run(index, () => domain.store.writeLeaseArea(at, index));
  } catch (error) {
    throw toStorageError(error, 'StorageException', `leases of storage domain ${domain.id}`);
  }
}

function place(domain: StorageDomain, leaseId: string, record: number): ExternalLease {
  return {
    sd_id: domain.id,
    lease_id: leaseId,
    path: `${domain.path}/dom_md/xleases`,
    offset: leaseOffset(record, domain.metadata.alignmentBytes),
  };
}

function area(lease: ExternalLease): { lockspace: string; resource: string; path: string; offsetBytes: number } {
  return { lockspace: lease.sd_id, resource: lease.lease_id, path: lease.path, offsetBytes: lease.offset };
}

/** @throws 936 NoSuchLease */
export function findExternalLease(domain: StorageDomain, leaseId: string): Promise<ExternalLease> {
  return withIndex(domain, async (index) => {
    const record = findLease(index, leaseId);
    if (record === undefined) throw storageError('NoSuchLease', `No such lease ${leaseId} in storage domain ${domain.id}`);
    return place(domain, leaseId, record);
  });
}

/**
 * Makes a lease: sanlock's area first, the index after, so that a crash leaves a free record. One
 * that is there already is left as it is: somebody may hold it.
 *
 * @throws 397 NoSpaceLeftOnDomain when the index is full, 701
 */
export function createExternalLease(domain: StorageDomain, leaseId: string): Promise<ExternalLease> {
  return withIndex(domain, async (index, save) => {
    const found = findLease(index, leaseId);
    if (found !== undefined) return place(domain, leaseId, found);
    const record = freeLease(index);
    if (record === undefined) throw storageError('NoSpaceLeftOnDomain', `Storage domain ${domain.id} has no room for another lease`);
    const lease = place(domain, leaseId, record);
    await initialiseLease(area(lease), domain.metadata);
    setLease(index, record, leaseId, domain.metadata.alignmentBytes);
    await save();
    return lease;
  });
}

/** @throws 936 NoSuchLease */
export function deleteExternalLease(domain: StorageDomain, leaseId: string): Promise<void> {
  return withIndex(domain, async (index, save) => {
    const record = findLease(index, leaseId);
    if (record === undefined) throw storageError('NoSuchLease', `No such lease ${leaseId} in storage domain ${domain.id}`);
    setLease(index, record, '', domain.metadata.alignmentBytes);
    await save();
    // a free area without a name, so that nobody takes the old one for a lease
    await initialiseLease({ ...area(place(domain, leaseId, record)), resource: 'free' }, domain.metadata).catch(() => undefined);
  });
}

/** `Lease.status`: host ids that hold it, and how often it was taken. @throws 936, 702 */
export async function externalLeaseStatus(domain: StorageDomain, leaseId: string): Promise<{ owners: number[]; version: number }> {
  const state = await readLease(area(await findExternalLease(domain, leaseId)), domain.metadata);
  return { owners: state.timestamp === 0 ? [] : [state.ownerHostId], version: state.version };
}
