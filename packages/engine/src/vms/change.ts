import type { Vm } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import type { ObjectRef } from '../access/objects.ts';
import type { Context } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { checkAdministered } from './administered.ts';
import { columnsOf, definitionOf, overlay, type VmRow } from './definition.ts';
import { changedSla } from './sla.ts';

/** What a request makes of a VM or a template. */
export interface Change {
  before: Vm;
  definition: Vm;
  columns: ReturnType<typeof columnsOf>;
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
  const definition: Vm = overlay(before, body);
  await checkAdministered(context, definition, before, object);
  const sla = await changedSla(context, { clusterId: row.cluster_id, dataCenterId: row.data_center_id }, body, before);
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
  return { before, definition, columns: columnsOf({ ...definition, ...(policy ? { memory_policy: policy } : {}) }) };
}
