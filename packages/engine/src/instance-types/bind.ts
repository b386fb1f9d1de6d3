import type { Vm } from '@virgate/contract/generated/types';
import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { resolve, type Reference } from '../rest/reference.ts';
import type { Tables } from '../tables/schema.ts';
import { definitionOf } from '../vms/definition.ts';

/** What of a bound VM's `settings` is its instance type's. */
const boundSettings = ['memory_policy', 'migration', 'migration_downtime', 'io', 'console', 'rng_device'];

/** The instance type that a body names, with what it says. @throws {Fault} 404 */
export async function instanceTypeOf(db: Kysely<Tables>, reference: Reference): Promise<Vm & { id: string }> {
  const { id } = await resolve(db, 'InstanceType', 'vm', reference, sql<boolean>`t.entity_type = 'instance_type'`);
  const row = await db.selectFrom('vm').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  return { ...definitionOf(row), id };
}

/**
 * Gives VMs that are bound to an instance type what it decides: memory, processors, high availability, migration, I/O threads,
 * console and random numbers. A VM that runs gets it when it is started next. Source: engine behaviour, instance types.
 * @param which condition on the VM's row `v`
 */
export async function takeFromInstanceType(trx: Transaction<Tables>, which: RawBuilder<boolean>): Promise<void> {
  const changed = await sql<{ id: string }>`
    update vm v set memory_bytes = i.memory_bytes, memory_guaranteed_bytes = i.memory_guaranteed_bytes, memory_max_bytes = i.memory_max_bytes,
      cpu_sockets = i.cpu_sockets, cpu_cores = i.cpu_cores, cpu_threads = i.cpu_threads,
      high_availability = i.high_availability, high_availability_priority = i.high_availability_priority,
      settings = v.settings || coalesce((select jsonb_object_agg(s.key, s.value) from jsonb_each(i.settings) s where s.key = any(${boundSettings})), '{}')
    from vm i, vm_state s
    where i.id = v.instance_type_id and s.vm_id = v.id and s.status = 'down' and v.entity_type = 'vm' and ${which}
      and (v.memory_bytes, v.memory_guaranteed_bytes, v.memory_max_bytes, v.cpu_sockets, v.cpu_cores, v.cpu_threads, v.high_availability,
          v.high_availability_priority, (select jsonb_object_agg(s.key, s.value) from jsonb_each(v.settings) s where s.key = any(${boundSettings})))
        is distinct from (i.memory_bytes, i.memory_guaranteed_bytes, i.memory_max_bytes, i.cpu_sockets, i.cpu_cores, i.cpu_threads, i.high_availability,
          i.high_availability_priority, (select jsonb_object_agg(s.key, s.value) from jsonb_each(i.settings) s where s.key = any(${boundSettings})))
    returning v.id`.execute(trx);
  await noteChange(
    trx,
    'vm',
    changed.rows.map((row) => row.id),
    'update',
  );
}

/** One VM, where it is bound. */
export const followInstanceType = (trx: Transaction<Tables>, vmId: string): Promise<void> =>
  takeFromInstanceType(trx, sql<boolean>`v.id = ${vmId}::uuid`);
