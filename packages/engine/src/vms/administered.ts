import type { Vm } from '@virgate/contract/generated/types';
import type { ObjectRef } from '../access/objects.ts';
import { holdsPermit } from '../access/permissions.ts';
import { forbidden } from '../rest/fault.ts';
import type { Context } from '../rest/operation.ts';

const same = (left: unknown, right: unknown): boolean => JSON.stringify(left ?? null) === JSON.stringify(right ?? null);

/**
 * What of a VM not everybody may decide who may edit it: on which hosts and processors it runs, and its custom properties, which reach
 * into the host. Source: REST contract, permits `edit_admin_vm_properties` and `change_vm_custom_properties`.
 * @param before what it is, or what its template is
 * @param object on which the permits are asked: the VM, or the cluster of a new one
 * @throws {Fault} 403
 */
export async function checkAdministered(context: Context, wanted: Vm, before: Vm, object: ObjectRef): Promise<void> {
  const ask = async (permit: string): Promise<void> => {
    if (!(await holdsPermit(context.db, context.user, permit, object))) throw forbidden(permit);
  };
  const hostsOf = (vm: Vm): unknown => vm.placement_policy?.hosts?.map((host) => host.id ?? host.name);
  if (!same(hostsOf(wanted), hostsOf(before)) || !same(wanted.cpu?.cpu_tune, before.cpu?.cpu_tune)) await ask('edit_admin_vm_properties');
  if (!same(wanted.custom_properties, before.custom_properties)) await ask('change_vm_custom_properties');
}
