import type { Placement } from '@virgate/contract/generated/virgate';
import { sql } from 'kysely';
import { visibleTo } from '../access/permissions.ts';
import type { Context } from '../rest/operation.ts';
import type { VirgateOperations } from '../virgate/operation.ts';

/** The placements of a VM, the latest first. Of hosts that the caller may not see nothing is told. */
async function placementsOf(context: Context, vmId: string): Promise<Placement[]> {
  const rows = await context.db
    .selectFrom('placement')
    .selectAll()
    .where('vm_id', '=', vmId)
    .orderBy('at', 'desc')
    .orderBy('job_id')
    .execute();
  const visible = context.filtered
    ? new Set(
        (await sql<{ id: string }>`select t.id from host t where ${visibleTo(context.user, 'host', 't')}`.execute(context.db)).rows.map(
          ({ id }) => id,
        ),
      )
    : null;
  const seen = (id: string): boolean => visible === null || visible.has(id);
  return rows.map((row) => ({
    job: row.job_id,
    at: row.at,
    cluster: row.cluster_id,
    host: row.host_id !== null && seen(row.host_id) ? row.host_id : null,
    ...(row.message_key === null ? {} : { code: row.message_key }),
    refusals: visible === null ? row.refusals : [],
    weights: row.weights,
    hosts: row.hosts.filter((host) => seen(host.id)),
  }));
}

/** `GET /virgate/api/vms/{id}/placements`: for each start of the VM every host with the reasons against it, or its scores and place. */
export const placementOperations: VirgateOperations = {
  VmPlacementsService: { list: { run: ({ rest, path }) => placementsOf(rest, path.vm) } },
};
