import { sql, type Transaction } from 'kysely';
import { refused } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';

/** Longest name of a label. Source: engine behaviour, names of affinity labels. */
const maxNameLength = 50;

/** A label's name. @throws {Fault} 400 */
export function checkLabelName(name: string | undefined): string {
  if (name === undefined || name.trim() === '' || name.length > maxNameLength) throw refused('AFFINITY_LABEL_NAME_SIZE_INVALID');
  if (!/^[\p{L}\p{N}._+-]+$/u.test(name)) throw refused('AFFINITY_LABEL_BAD_NAME');
  return name;
}

/**
 * A label that is an affinity group by itself has VMs and hosts only of clusters below level 4.4: later ones have explicit
 * groups. Source: engine behaviour, affinity labels.
 * @throws {Fault} 400
 */
export async function checkImplicitGroup(trx: Transaction<Tables>, labelId: string): Promise<void> {
  const found = await sql`
    select 1 from affinity_label l where l.id = ${labelId} and l.implicit_affinity_group and exists (
      select 1 from cluster c where (c.compatibility_major, c.compatibility_minor) >= (4, 4) and c.id in (
        select v.cluster_id from affinity_label_vm a join vm v on v.id = a.vm_id where a.label_id = l.id
        union select h.cluster_id from affinity_label_host a join host h on h.id = a.host_id where a.label_id = l.id))`.execute(trx);
  if (found.rows.length > 0) throw refused('CLUSTER_IMPLICIT_AFFINITY_GROUP_IS_NOT_SUPPORTED');
}
