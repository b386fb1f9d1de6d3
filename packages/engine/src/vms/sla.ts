import type { Vm } from '@virgate/contract/generated/types';
import { chooseProfile } from '../profiles/choose.ts';
import { cpuProfiles } from '../profiles/kinds.ts';
import { chooseQuota } from '../quotas/consume.ts';
import type { Context } from '../rest/operation.ts';

type Sla = Pick<Vm, 'cpu_profile' | 'quota'>;

/**
 * CPU profile and quota that a new VM or template gets, by id. What a VM is made from counts where it fits.
 * @throws {Fault} for one that is unknown, belongs elsewhere, or may not be used
 */
export async function slaOf(
  context: Context,
  place: { clusterId: string | null; dataCenterId: string | null },
  body: Sla,
  before: Sla = {},
): Promise<{ cpu_profile?: { id: string }; quota?: { id: string } }> {
  const profile =
    place.clusterId === null ? null : await chooseProfile(context, cpuProfiles, place.clusterId, body.cpu_profile, before.cpu_profile?.id);
  const quota = place.dataCenterId === null ? null : await chooseQuota(context, place.dataCenterId, body.quota, before.quota?.id);
  return { ...(profile === null ? {} : { cpu_profile: { id: profile } }), ...(quota === null ? {} : { quota: { id: quota } }) };
}

/** As {@link slaOf}, for a change: what the request does not name stays as it is. */
export async function changedSla(
  context: Context,
  place: { clusterId: string | null; dataCenterId: string | null },
  body: Sla,
  before: Sla,
): Promise<Sla> {
  const chosen = body.cpu_profile || body.quota ? await slaOf(context, place, body, before) : {};
  return {
    ...before,
    ...(body.cpu_profile && chosen.cpu_profile ? { cpu_profile: chosen.cpu_profile } : {}),
    ...(body.quota && chosen.quota ? { quota: chosen.quota } : {}),
  };
}
