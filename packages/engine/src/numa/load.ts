import type { Kysely } from 'kysely';
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
