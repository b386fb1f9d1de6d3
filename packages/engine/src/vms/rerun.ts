import { sql, type Transaction } from 'kysely';
import { recordEvent } from '../events/record.ts';
import type { Tables } from '../tables/schema.ts';

/** On how many hosts the engine tries to start a VM. Source: engine configuration, MaxRerunVmOnVdsCount. */
export const maxHostsOfRun = 3;

/**
 * A host took a VM and its QEMU did not come up: notes that it is to be started on another host of its cluster, or that there is none. To be
 * called in the transaction that notes its end. Source: engine behaviour, rerun of VMs.
 * @param host where it failed
 */
export async function queueRerun(
  trx: Transaction<Tables>,
  vm: { id: string; name: string },
  host: { id: string; name: string },
  reason: string,
): Promise<void> {
  const found = await sql<{ failed: number; others: boolean }>`
    update vm_state s set failed_hosts = array_append(array_remove(s.failed_hosts, ${host.id}::uuid), ${host.id}::uuid) from vm t
    where s.vm_id = ${vm.id} and t.id = s.vm_id
    returning cardinality(s.failed_hosts) as failed, exists (
      select 1 from host h join host_state hs on hs.host_id = h.id
      where h.cluster_id = t.cluster_id and hs.status = 'up' and not h.id = any(s.failed_hosts)) as others`.execute(trx);
  const { failed = 0, others = false } = found.rows[0] ?? {};
  if (!others || failed >= maxHostsOfRun) {
    const why = others ? `it was tried on ${failed} hosts` : 'no other host of its cluster is up';
    await recordEvent(trx, { name: 'USER_FAILED_RUN_VM', vm, host, values: { reason: `${reason} (${host.name}); ${why}` } });
    return;
  }
  await trx
    .insertInto('vm_restart')
    .values({ vm_id: vm.id, reason: 'rerun' })
    .onConflict((there) => there.column('vm_id').doNothing())
    .execute();
  await recordEvent(trx, { name: 'USER_INITIATED_RUN_VM_FAILED', vm, host, values: { reason } });
}
