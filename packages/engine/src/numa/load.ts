import type { Vm } from '@virgate/contract/generated/types';
import type { Kysely, Transaction } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import type { VirtualNumaCell } from '../vms/domain-xml/numa.ts';

/** The virtual NUMA nodes of a VM, in the order of their indexes. */
export async function loadNumaNodes(db: Kysely<Tables>, vmId: string): Promise<VirtualNumaCell[]> {
  const rows = await db.selectFrom('vm_numa_node').selectAll().where('vm_id', '=', vmId).orderBy('index').execute();
  return rows.map((row) => ({
    index: row.index,
    memoryBytes: row.memory_bytes,
    cpus: row.cpus,
    pins: row.pins,
    tuneMode: row.tune_mode as VirtualNumaCell['tuneMode'],
  }));
}

/** The columns of a node. */
export const nodeColumns = (node: VirtualNumaCell) => ({
  index: node.index,
  memory_bytes: node.memoryBytes,
  cpus: [...node.cpus],
  pins: [...node.pins],
  tune_mode: node.tuneMode,
});

/** Gives all nodes of a VM the mode that the VM itself is said to have. Source: REST contract, `numa_tune_mode` of VMs. */
export async function setTuneMode(trx: Transaction<Tables>, vmId: string, before: Vm, after: Vm): Promise<void> {
  if (after.numa_tune_mode === undefined || after.numa_tune_mode === before.numa_tune_mode) return;
  await trx.updateTable('vm_numa_node').set({ tune_mode: after.numa_tune_mode }).where('vm_id', '=', vmId).execute();
}
