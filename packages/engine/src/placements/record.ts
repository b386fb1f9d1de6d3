import { json } from '@virgate/database';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { SchedulingResult } from '../scheduling/schedule.ts';
import type { SchedulingSnapshot } from '../scheduling/snapshot.ts';
import { weights } from '../scheduling/weights.ts';
import type { Tables } from '../tables/schema.ts';

/** Placements of one VM that are kept, and for how long. */
const keptOfVm = 20;
const keptDays = 30;

/**
 * Notes what the scheduler thought of every host when a job placed a VM. Repeated by the same job it is written anew. The oldest of the VM's
 * placements go when there are too many.
 */
export async function recordPlacement(
  trx: Transaction<Tables>,
  { jobId, vmId, clusterId }: { jobId: string; vmId: string; clusterId: string | null },
  snapshot: SchedulingSnapshot,
  result: SchedulingResult,
): Promise<void> {
  const ranked = new Map(result.ranked.map((id, index) => [id, index + 1]));
  const values = {
    vm_id: vmId,
    cluster_id: clusterId,
    weights: json(
      snapshot.cluster.policy.weights.flatMap(({ unitId, factor }) => {
        const unit = weights.find((one) => one.id === unitId);
        return unit === undefined ? [] : [{ unit: unit.name, factor }];
      }),
    ),
    message_key: result.messageKey,
    hosts: json(
      result.hosts.map(({ hostId, hostName, accepted, reasons, weights: scores, rank }) => ({
        id: hostId,
        name: hostName,
        accepted,
        reasons: reasons.map(({ unit, messageKey, values: told }) => ({ unit, code: messageKey, values: told })),
        scores: Object.entries(scores).map(([unit, score]) => ({ unit, score })),
        rank,
        place: ranked.get(hostId) ?? null,
      })),
    ),
  };
  await trx
    .insertInto('placement')
    .values({ job_id: jobId, ...values })
    .onConflict((clash) => clash.column('job_id').doUpdateSet(values))
    .execute();
  await sql`delete from placement where vm_id = ${vmId} and job_id in (
    select job_id from placement where vm_id = ${vmId} order by at desc, job_id offset ${keptOfVm})`.execute(trx);
}

/** Notes which host took the VM at last, and what the others said that were asked before. */
export async function recordPlaced(
  trx: Transaction<Tables>,
  jobId: string,
  hostId: string | null,
  refusals: readonly string[],
): Promise<void> {
  await trx
    .updateTable('placement')
    .set({ host_id: hostId, refusals: json([...refusals]) })
    .where('job_id', '=', jobId)
    .execute();
}

/** Removes placements that nobody asks about any more. */
export async function removeOldPlacements(db: Kysely<Tables>): Promise<void> {
  await sql`delete from placement where at < now() - ${keptDays} * interval '1 day'`.execute(db);
}
