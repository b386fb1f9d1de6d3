import type { Vm } from '@virgate/contract/generated/types';
import type { ObjectRef } from '../access/objects.ts';
import type { Context } from '../rest/operation.ts';
import { checkAdministered } from './administered.ts';
import { columnsOf, definitionOf, overlay, type VmRow } from './definition.ts';
import { changedSla } from './sla.ts';

/** What a request makes of a VM or a template. */
export interface Change {
  before: Vm;
  definition: Vm;
  columns: ReturnType<typeof columnsOf>;
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
