import { apiRoot } from '../rest/represent.ts';

/** A quota as VMs and disks refer to it: its place is below its data center. */
export const quotaReference = (id: string, dataCenterId: string | null): { id: string; href?: string } => ({
  id,
  ...(dataCenterId === null ? {} : { href: `${apiRoot}/datacenters/${dataCenterId}/quotas/${id}` }),
});
