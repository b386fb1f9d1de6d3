import { sql } from 'kysely';
import { entityNotFound, invalidValue, say } from '../rest/fault.ts';
import { byIds, isUuid, listing } from '../rest/listing.ts';
import type { Context, Reply } from '../rest/operation.ts';
import { affinityClosure } from '../vms/affinity-closure.ts';
import { acceptedHosts } from '../scheduling/schedule.ts';
import { placeMigration } from '../vms/migration-placement.ts';
import { readableVms } from '../vms/read.ts';
import { readableHosts } from './read.ts';

/** VMs of one request at most. */
const maxVms = 100;

/** The VMs that a request names. @throws {Fault} 400, 404 */
async function named(context: Context, text: string): Promise<string[]> {
  const ids = [...new Set(text.split(',').map((id) => id.trim()))];
  const wrong = ids.find((id) => !isUuid(id));
  if (wrong !== undefined || ids.length > maxVms) throw invalidValue('migration_target_of', say`must be ids of at most ${maxVms} VMs`);
  const found = new Set((await byIds(context, readableVms, ids)).map((vm) => vm.id));
  const missing = ids.find((id) => !found.has(id.toLowerCase()));
  if (missing !== undefined) throw entityNotFound('Vm', `id=${missing}`);
  return ids;
}

/** Hosts to which all of some VMs can go from where they run. */
async function targets(context: Context, vmIds: readonly string[]): Promise<string[]> {
  const rows = await context.db
    .selectFrom('vm_state')
    .select(['vm_id', 'host_id'])
    .where('vm_id', 'in', [...vmIds])
    .execute();
  let common: string[] | null = null;
  for (const { vm_id: vmId, host_id: sourceId } of rows) {
    const { result } = await placeMigration(context.db, { vmId, sourceId, onlyHosts: null, mustLeave: false, together: vmIds });
    const possible = acceptedHosts(result);
    common = common === null ? possible : common.filter((id) => possible.includes(id));
  }
  return common ?? [];
}

/**
 * `GET hosts`; with `migration_target_of` those to which all the VMs that it names could be moved, and with
 * `check_vms_in_affinity_closure` also those that hard rules bind to them.
 */
export async function listHosts(context: Context): Promise<Reply> {
  const text = context.parameters.text('migration_target_of');
  if (text === undefined || text === '') return listing(context, 'Host', readableHosts);
  const vms = await named(context, text);
  const closure = context.parameters.flag('check_vms_in_affinity_closure')
    ? (await Promise.all(vms.map((id) => affinityClosure(context.db, id)))).flat().map((vm) => vm.id)
    : [];
  const ids = await targets(context, [...new Set([...vms, ...closure])]);
  return listing(context, 'Host', readableHosts, sql<boolean>`t.id = any(${ids}::uuid[])`);
}
