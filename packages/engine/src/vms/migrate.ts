import type { Action } from '@virgate/contract/generated/types';
import { refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, started, type Context, type Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { actor, write } from '../rest/write.ts';
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

/** `POST vms/{vm}/migrate`: moves a running VM to a host of the request's choice, or of the scheduler's. Answers when the VM is on its way. */
export const migrateVm: Operation = {
  permit: 'migrate_vm',
  subjects: vmSubject,
  async run(context) {
    const { id: vmId = '' } = await one(context, readableVms, context.path['vm']);
    const vm = await vmOnHost(context, vmId);
    checkStatus('MigrateVm', vm?.status ?? 'down');
    const hostId = vm?.host_id;
    if (!vm || !hostId) throw wrongState('migrate', vm?.status ?? 'down');
    await checkMovable(context.db, vmId, (context.body as Action).force ?? false);
    const { cluster_id: clusterId } = await context.db
      .selectFrom('vm')
      .select('cluster_id')
      .where('id', '=', vmId)
      .executeTakeFirstOrThrow();
    const onlyHosts = await targets(context, hostId, clusterId);
    const { result } = await placeMigration(context.db, { vmId, sourceId: hostId, onlyHosts, mustLeave: false });
    if (result.messageKey !== null) throw noDestination(result);
    const job = await context.engine.jobs.begin<MigrateParams>(context, migrateJob, {
      params: {
        vmId,
        vmName: vm.name,
        sourceId: hostId,
        sourceName: vm.host_name ?? '',
        onlyHosts,
        user: actor(context),
        correlationId: context.correlationId,
        cause: 'request',
        hasFunctions: await hasFunctions(context.db, vmId),
      },
      description: `Migrating VM ${vm.name}`,
      subjects: [
        { type: 'vm', id: vmId },
        { type: 'host', id: hostId },
      ],
      async check(trx) {
        const state = await stateOf(trx, vmId);
        checkStatus('MigrateVm', state.status);
        // Somebody else stopped or moved it since this request looked.
        if (state.hostId !== hostId) throw wrongState('migrate', state.status);
        // From here on it is shown as migrating: whoever looks after the answer sees that.
        await trx.updateTable('vm_state').set({ status: 'migrating', commanded_at: new Date() }).where('vm_id', '=', vmId).execute();
      },
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
