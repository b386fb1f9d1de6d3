import type { Action } from '@virgate/contract/generated/types';
import { refused } from '../rest/fault.ts';
import type { Transaction } from 'kysely';
import { isUuid, one } from '../rest/listing.ts';
import { done, started, type Context, type Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { actor, write } from '../rest/write.ts';
import { acceptedHosts } from '../scheduling/schedule.ts';
import type { Tables } from '../tables/schema.ts';
import { affinityClosure, type Companion } from './affinity-closure.ts';
import { vmOnHost } from './host-call.ts';
import { hasFunctions } from '../nics/virtual-functions.ts';
import { stateOf, wrongState } from './lock.ts';
import { cancelJob, migrateJob, type CancelParams, type MigrateParams } from './migrate-saga.ts';
import { checkMovable, noDestination, placeMigration } from './migration-placement.ts';
import { readableVms } from './read.ts';
import { checkStatus } from './status-rules.ts';

const frame = { VAR_ACTION: 'migrate', VAR_TYPE: 'VM' };
const vmSubject = (context: Context) => [{ type: 'vm' as const, id: context.path['vm'] ?? '' }];

/** The hosts that the request allows. @throws {Fault} 404; 409 for the VM's own host or one of another cluster */
async function targets(context: Context, hostId: string, clusterId: string | null): Promise<string[] | null> {
  const { host, cluster } = context.body as Action;
  if (cluster !== undefined) {
    const wanted = await resolve(context.db, 'Cluster', 'cluster', cluster);
    if (wanted.id !== clusterId) throw refused('ACTION_TYPE_FAILED_MIGRATE_BETWEEN_TWO_CLUSTERS', frame);
  }
  if (host === undefined) return null;
  const { id } = await resolve(context.db, 'Host', 'host', host);
  if (id === hostId) throw refused('ACTION_TYPE_FAILED_MIGRATION_TO_SAME_HOST', frame);
  const { cluster_id } = await context.db.selectFrom('host').select('cluster_id').where('id', '=', id).executeTakeFirstOrThrow();
  if (cluster_id !== clusterId) throw refused('ACTION_TYPE_FAILED_MIGRATE_BETWEEN_TWO_CLUSTERS', frame);
  return [id];
}

/** What is to be moved, and where to. */
interface Move {
  vmId: string;
  vmName: string;
  sourceId: string;
  sourceName: string;
  onlyHosts: string[] | null;
  together: string[];
}

/** Begins to move a VM, in a transaction that may begin more. */
async function beginMove(trx: Transaction<Tables>, context: Context, move: Move): Promise<string> {
  const { vmId, vmName, sourceId, together, ...place } = move;
  return context.engine.jobs.beginIn<MigrateParams>(trx, context, migrateJob, {
    params: {
      vmId,
      vmName,
      sourceId,
      ...place,
      user: actor(context),
      correlationId: context.correlationId,
      cause: 'request',
      hasFunctions: await hasFunctions(trx, vmId),
      ...(together.length === 0 ? {} : { together }),
    },
    description: `Migrating VM ${vmName}`,
    subjects: [
      { type: 'vm', id: vmId },
      { type: 'host', id: sourceId },
    ],
    async check(inside) {
      const state = await stateOf(inside, vmId);
      checkStatus('MigrateVm', state.status);
      // Somebody else stopped or moved it since this request looked.
      if (state.hostId !== sourceId) throw wrongState('migrate', state.status);
      // From here on it is shown as migrating: whoever looks after the answer sees that.
      await inside.updateTable('vm_state').set({ status: 'migrating', commanded_at: new Date() }).where('vm_id', '=', vmId).execute();
    },
  });
}

/** VMs that the request wants to go along. */
const companionsOf = (context: Context, vmId: string): Promise<Companion[]> =>
  (context.body as Action).migrate_vms_in_affinity_closure === true && isUuid(vmId)
    ? affinityClosure(context.db, vmId)
    : Promise.resolve([]);

/** The hosts that all of the VMs can go to, best first for the first of them. @throws {Fault} 409 when there is none */
async function destinations(context: Context, vmIds: readonly string[], sourceId: string, onlyHosts: string[] | null): Promise<string[]> {
  let common: readonly string[] | null = null;
  for (const vmId of vmIds) {
    const wanted = { vmId, sourceId, onlyHosts: common === null ? onlyHosts : [...common], mustLeave: false, together: vmIds };
    const { result } = await placeMigration(context.db, wanted);
    if (result.messageKey !== null) throw noDestination(result);
    const possible = acceptedHosts(result);
    common = common === null ? possible : common.filter((id) => possible.includes(id));
  }
  return [...(common ?? [])];
}

/**
 * `POST vms/{vm}/migrate`: moves a running VM to a host of the request's choice, or of the scheduler's; with
 * `migrate_vms_in_affinity_closure` also those of its host that hard rules bind to it. Answers when the VM is on its way.
 */
export const migrateVm: Operation = {
  permit: 'migrate_vm',
  async subjects(context) {
    const companions = await companionsOf(context, context.path['vm'] ?? '');
    return [...vmSubject(context), ...companions.map(({ id }) => ({ type: 'vm' as const, id }))];
  },
  async run(context) {
    const { id: vmId = '' } = await one(context, readableVms, context.path['vm']);
    const vm = await vmOnHost(context, vmId);
    checkStatus('MigrateVm', vm?.status ?? 'down');
    const hostId = vm?.host_id;
    if (!vm || !hostId) throw wrongState('migrate', vm?.status ?? 'down');
    const moved = [{ id: vmId, name: vm.name }, ...(await companionsOf(context, vmId))];
    for (const { id } of moved) await checkMovable(context.db, id, (context.body as Action).force ?? false);
    const { cluster_id: clusterId } = await context.db
      .selectFrom('vm')
      .select('cluster_id')
      .where('id', '=', vmId)
      .executeTakeFirstOrThrow();
    const onlyHosts = await targets(context, hostId, clusterId);
    const isOne = moved.length === 1;
    const ids = moved.map((one) => one.id);
    const [best = ''] = await destinations(context, ids, hostId, onlyHosts);
    const move = { sourceId: hostId, sourceName: vm.host_name ?? '', onlyHosts: isOne ? onlyHosts : [best], together: isOne ? [] : ids };
    const [job = ''] = await write(context, async (trx) => {
      const begun: string[] = [];
      for (const { id, name } of moved) begun.push(await beginMove(trx, context, { vmId: id, vmName: name, ...move }));
      return begun;
    });
    return context.asynchronous ? started(job) : done(job);
  },
};

/** `POST vms/{vm}/cancelmigration`: the VM stays where it is. */
export const cancelMigration: Operation = {
  permit: 'migrate_vm',
  subjects: vmSubject,
  async run(context) {
    const { id: vmId = '' } = await one(context, readableVms, context.path['vm']);
    const vm = await vmOnHost(context, vmId);
    const values = { VAR_ACTION: 'cancel the migration of', VAR_TYPE: 'VM' };
    if (vm?.status !== 'migrating' || !vm.host_id) throw refused('VM_CANNOT_CANCEL_MIGRATION_WHEN_VM_IS_NOT_MIGRATING', values);
    const hostId = vm.host_id;
    const job = await write(context, (trx) =>
      context.engine.jobs.beginIn<CancelParams>(trx, context, cancelJob, {
        params: {
          vmId,
          vmName: vm.name,
          sourceId: hostId,
          sourceName: vm.host_name ?? '',
          user: actor(context),
          correlationId: context.correlationId,
        },
        description: `Cancelling the migration of VM ${vm.name}`,
        subjects: [{ type: 'vm', id: vmId }],
        async check(inside) {
          const state = await stateOf(inside, vmId);
          if (state.status !== 'migrating') throw refused('VM_CANNOT_CANCEL_MIGRATION_WHEN_VM_IS_NOT_MIGRATING', values);
        },
      }),
    );
    const ended = context.asynchronous ? false : await context.engine.jobs.settle(job);
    return ended ? done(job) : started(job);
  },
};
