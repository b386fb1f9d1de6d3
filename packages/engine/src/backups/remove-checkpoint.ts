import { defineSaga, type SagaStep } from '@virgate/saga';
import { VdsmError } from '@virgate/vdsm';
import type { VmStatus } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import type { ObjectRef } from '../access/objects.ts';
import { noteChange } from '../changes/outbox.ts';
import { ofJob, recordEvent } from '../events/record.ts';
import { storageManagerOf } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { conflict, refused } from '../rest/fault.ts';
import { done, started, type Context, type Operation } from '../rest/operation.ts';
import { actor } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { stateOf, vmLock } from '../vms/lock.ts';
import { changeBitmaps, type BitmapDisk, type BitmapState } from './bitmaps.ts';
import { backupFault, deleteCheckpoints, lineUpCheckpoints } from './host-calls.ts';
import { checkpointOfPath } from './read.ts';
import { activeBackup, chainOf, invalidateChain } from './rows.ts';
import { connectionLost } from '../monitoring/connection-lost.ts';

type Trx = Transaction<Tables>;

interface Params {
  checkpointId: string;
  vmId: string;
  vmName: string;
  /** The host that runs the VM, or that manages the storage of its disks; null when nobody has to be asked. */
  hostId: string | null;
  live: boolean;
  disks: BitmapDisk[];
  user: { id: string; name: string };
  correlationId: string;
}

const frame = { VAR_ACTION: 'remove', VAR_TYPE: 'Checkpoint' };

/** Forgets a checkpoint: the disks record no more since then, and what stood on it stands on the one before. */
export const removeCheckpointSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, BitmapState, Trx>({
    name: 'DeleteVmCheckpoint',
    version: 1,
    title: (params) => `Removing a checkpoint of VM ${params.vmName}`,
    locks: (params) => [vmLock(params.vmId)],
    initialState: () => ({ tasks: {}, generations: {} }),
    steps: (params) => [
      ...(params.hostId === null ? [] : params.live ? [onHost(hosts, params.hostId)] : onVolumes(hosts, params.hostId, params.disks)),
      {
        name: 'forget',
        title: 'Forgetting the checkpoint',
        async record(ctx, trx) {
          const { checkpointId, vmId, vmName } = ctx.params;
          await sql`update vm_checkpoint set parent_id = (select c.parent_id from vm_checkpoint c where c.id = ${checkpointId}) where parent_id = ${checkpointId}`.execute(
            trx,
          );
          await trx.deleteFrom('vm_checkpoint').where('id', '=', checkpointId).execute();
          await noteChange(trx, 'vm', vmId, 'update');
          await recordEvent(trx, {
            name: 'VM_CHECKPOINT_DELETED',
            vm: { id: vmId, name: vmName },
            ...ofJob(ctx),
            values: { checkpoint: checkpointId },
          });
        },
      },
    ],
    async ended(end, trx) {
      if (end.status === 'succeeded') return;
      const { checkpointId, vmId, vmName } = end.params;
      await recordEvent(trx, {
        name: 'VM_CHECKPOINT_FAILED_TO_DELETE',
        vm: { id: vmId, name: vmName },
        ...ofJob(end),
        values: { checkpoint: checkpointId, reason: end.error?.message ?? '' },
      });
    },
  }) as unknown as EngineSaga;

type Step = SagaStep<Params, BitmapState, Trx>;

/** QEMU removes the bitmaps of a running VM; it has to know the checkpoint for that. */
const onHost = (hosts: SagaServices['hosts'], hostId: string): Step => ({
  name: 'host',
  title: 'Removing the checkpoint on the host of the VM',
  retry: { attempts: 4, delayMs: 500, when: (error) => error instanceof VdsmError && error.code === connectionLost },
  async run(ctx) {
    const { vmId, vmName, checkpointId } = ctx.params;
    const asker = { hosts, hostId, vmId, signal: ctx.signal };
    try {
      const lost = await lineUpCheckpoints(asker, await ctx.tx((trx) => chainOf(trx, vmId)));
      if (lost === undefined) await deleteCheckpoints(asker, [checkpointId]);
      // what the host cannot know any more is of no use to anybody: the checkpoint goes, the others are invalid
      else await ctx.tx((trx) => invalidateChain(trx, { id: vmId, name: vmName }, lost, ofJob(ctx)));
    } catch (error) {
      throw backupFault(error);
    }
  },
});

const onVolumes = (hosts: SagaServices['hosts'], hostId: string, disks: readonly BitmapDisk[]): Step[] =>
  disks.map((disk, index) => ({
    name: `volume-${index}`,
    title: 'Removing what was recorded of a disk',
    run: (ctx) => changeBitmaps(ctx as never, hosts, hostId, { verb: 'SDM.remove_bitmap', disk, bitmap: ctx.params.checkpointId }),
  }));

/** What was recorded of a disk lies in the volumes below its newest one as well. */
async function withLowerVolumes({ db }: Context, disks: readonly BitmapDisk[]): Promise<BitmapDisk[]> {
  if (disks.length === 0) return [];
  const volumes = await db
    .selectFrom('image')
    .select(['id', 'disk_id'])
    .where('format', '=', 'cow')
    .where(
      'disk_id',
      'in',
      disks.map(({ diskId }) => diskId),
    )
    .orderBy('id')
    .execute();
  return disks.flatMap((disk) => volumes.filter((volume) => volume.disk_id === disk.diskId).map(({ id }) => ({ ...disk, volumeId: id })));
}

async function subjects(context: Context): Promise<ObjectRef[]> {
  const { rows } = await sql<{
    id: string;
  }>`select disk_id as id from vm_checkpoint_disk where checkpoint_id::text = ${context.path['checkpoint'] ?? ''}`.execute(context.db);
  return rows.length === 0 ? [{ type: 'vm', id: context.path['vm'] ?? '' }] : rows.map(({ id }) => ({ type: 'disk', id }));
}

const removable: ReadonlySet<VmStatus> = new Set<VmStatus>(['up', 'down']);

/** `DELETE vms/{vm}/checkpoints/{checkpoint}`: of a VM that is up or down and not being backed up. */
export const removeCheckpoint: Operation = {
  permit: 'backup_disk',
  subjects,
  async run(context) {
    const { id: checkpointId = '' } = await checkpointOfPath(context);
    const vmId = context.path['vm'] ?? '';
    const plan = await context.db
      .selectFrom('vm')
      .innerJoin('vm_state', 'vm_state.vm_id', 'vm.id')
      .select(['vm.name', 'vm_state.status', 'vm_state.host_id'])
      .where('vm.id', '=', vmId)
      .executeTakeFirstOrThrow();
    const live = plan.status === 'up';
    const own = (await chainOf(context.db, vmId)).find((checkpoint) => checkpoint.id === checkpointId);
    // the records of an invalid one went with what made it so, or are removed by the next full backup
    const disks = await withLowerVolumes(context, own?.disks ?? []);
    const hostId =
      own === undefined || disks.length === 0
        ? null
        : live
          ? plan.host_id
          : await storageManagerOf(context.db, disks[0]?.dataCenterId ?? '');
    const { job, ended } = await context.engine.jobs.run<Params>(context, 'DeleteVmCheckpoint', {
      params: { checkpointId, vmId, vmName: plan.name, hostId, live, disks, user: actor(context), correlationId: context.correlationId },
      description: `Removing a checkpoint of VM ${plan.name}`,
      subjects: [{ type: 'vm', id: vmId }],
      check: async (trx) => {
        const state = await stateOf(trx, vmId);
        if (!removable.has(state.status) || state.status !== plan.status || (live && state.hostId !== plan.host_id))
          throw conflict('CANNOT_DELETE_CHECKPOINT_VM_SHOULD_BE_IN_UP_STATUS', frame);
        if ((await activeBackup(trx, vmId)) !== undefined)
          throw refused('ACTION_TYPE_FAILED_VM_IS_DURING_A_BACKUP_CHECKPOINT_REMOVAL', frame);
      },
    });
    return ended ? done(job) : started(job);
  },
};
