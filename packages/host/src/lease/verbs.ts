import { VdsmError } from '@virgate/vdsm';
import { errorCode, readObject, readUuid } from '../verb.ts';
import type { VerbTable } from '../verb.ts';
import { findDomain } from '../storage-context.ts';
import type { StorageContext } from '../storage-context.ts';
import { createExternalLease, deleteExternalLease, externalLeaseStatus, findExternalLease } from './leases.ts';

/** Verbs over leases that machines hold. Leases with metadata of jobs are not kept by this host. */
export function createLeaseVerbs(context: StorageContext): VerbTable {
  const read = (params: Record<string, unknown>): { domainId: string; leaseId: string } => {
    const lease = readObject(params, 'lease');
    return { domainId: readUuid(lease, 'sd_id'), leaseId: readUuid(lease, 'lease_id') };
  };
  const lockKey = (domainId: string): string => `${domainId}/xleases`;
  return {
    'Lease.create': async (params) => {
      const { domainId, leaseId } = read(params);
      if (params['metadata'] !== undefined && params['metadata'] !== null)
        throw new VdsmError(errorCode.unsupportedOperation, 'Leases with metadata are not supported by this host');
      const pool = context.pools.managedByDomain(domainId);
      const domain = await findDomain(context, domainId);
      return context.tasks.start({ verb: 'create_lease', poolId: pool.id, undo: { kind: 'none' } }, async () => {
        await context.locks.exclusive(lockKey(domainId), () => createExternalLease(domain, leaseId));
      });
    },
    'Lease.delete': async (params) => {
      const { domainId, leaseId } = read(params);
      const pool = context.pools.managedByDomain(domainId);
      const domain = await findDomain(context, domainId);
      return context.tasks.start({ verb: 'delete_lease', poolId: pool.id, undo: { kind: 'none' } }, () =>
        context.locks.exclusive(lockKey(domainId), () => deleteExternalLease(domain, leaseId)),
      );
    },
    'Lease.info': async (params) => {
      const { domainId, leaseId } = read(params);
      return findExternalLease(await findDomain(context, domainId), leaseId);
    },
    'Lease.status': async (params) => {
      const { domainId, leaseId } = read(params);
      return externalLeaseStatus(await findDomain(context, domainId), leaseId);
    },
  };
}
