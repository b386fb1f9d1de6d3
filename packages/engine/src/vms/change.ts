import type { Vm } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import type { ObjectRef } from '../access/objects.ts';
import type { Context } from '../rest/operation.ts';
import { loadNumaNodes } from '../numa/load.ts';
import { checkNumaUnpinned, checkTuneMode } from '../numa/rules.ts';
import { resolve } from '../rest/reference.ts';
import { isExclusive } from '../scheduling/host-cpus.ts';
import { checkAdministered } from './administered.ts';
import { keptInitialization } from './initialization.ts';
import { iconsIn } from '../icons/store.ts';
import { checkDefinition } from './check-definition.ts';
import { withPinning } from './cpu-pinning.ts';
import { columnsOf, definitionOf, overlay, rowWith, type VmRow } from './definition.ts';
import { leaseDomainOf } from './leases.ts';
import { placedIn } from './placed.ts';
import { changedSla } from './sla.ts';

/** What a request makes of a VM or a template. */
export interface Change {
  before: Vm;
  definition: Vm;
  columns: ReturnType<typeof columnsOf>;
  /** The row as it is with the change. */
  next: VmRow;
}

/** An empty element takes a VM off its instance type. */
async function chosenInstanceType(context: Context, { id, name }: { id?: string; name?: string }): Promise<{ id?: string }> {
  if (id === undefined && name === undefined) return {};
  const only = sql<boolean>`t.entity_type = 'instance_type'`;
  const chosen = await resolve(context.db, 'InstanceType', 'vm', id === undefined ? { name: name ?? '' } : { id }, only);
  return { id: chosen.id };
}

/**
 * A definition with what the request says of it. Guaranteed and largest memory follow the memory where they would not fit it.
 * @param context whose `db` is the transaction of the change
 * @throws {Fault} for values that cannot be, and what the user may not decide
 */
export async function changeOf(context: Context, row: VmRow, body: Vm, object: ObjectRef): Promise<Change> {
  const before = definitionOf(row);
  const home = { clusterId: row.cluster_id, dataCenterId: row.data_center_id };
  const placed = await placedIn(context, home, body);
  const said = overlay(before, { ...body, ...placed, ...keptInitialization(body, context.engine.authority.secretKey) });
  const definition = withPinning(said, before, body);
  // An empty element takes the lease away.
  if (placed.lease && leaseDomainOf(placed) === null) delete definition.lease;
  await checkAdministered(context, definition, before, object);
  const sla = await changedSla(context, home, body, before);
  Object.assign(definition, { cpu_profile: sla.cpu_profile, quota: sla.quota });
  if (body.instance_type) definition.instance_type = await chosenInstanceType(context, body.instance_type);
  const policy =
    body.memory === undefined
      ? definition.memory_policy
      : {
          ...definition.memory_policy,
          guaranteed: Math.min(body.memory_policy?.guaranteed ?? before.memory_policy?.guaranteed ?? 0, body.memory),
          max: Math.max(body.memory_policy?.max ?? before.memory_policy?.max ?? 0, body.memory),
        };
  const whole: Vm = { ...definition, ...(policy ? { memory_policy: policy } : {}) };
  await checkDefinition(context, whole, row.cluster_id, before);
  const icons = await iconsIn(context.db, body);
  for (const one of [definition, whole]) Object.assign(one, icons);
  const nodes = object.type === 'vm' ? await loadNumaNodes(context.db, row.id) : [];
  if (isExclusive(whole.cpu_pinning_policy)) checkNumaUnpinned(nodes);
  if (body.numa_tune_mode) checkTuneMode(body.numa_tune_mode, nodes);
  return { before, definition, columns: columnsOf(whole), next: rowWith(row, whole) };
}
