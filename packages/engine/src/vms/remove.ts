import { defineSaga } from '@virgate/saga';
import type { Transaction } from 'kysely';
import { revokeAllOn } from '../access/grant.ts';
import { noteChange } from '../changes/outbox.ts';
import { placesOf, type DiskPlace } from '../disks/read.ts';
import { deleteImage } from '../disks/volumes.ts';
import { recordEvent } from '../events/record.ts';
import type { TaskState } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { conflict } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, started, type Operation } from '../rest/operation.ts';
import { actor, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { stateOf, vmLock } from './lock.ts';
import { readableVms } from './read.ts';
import type { SagaServices } from './start.ts';
import { checkStatus } from './status-rules.ts';

interface Params {
  vmId: string;
  vmName: string;
  disks: DiskPlace[];
  user: { id: string; name: string };
  correlationId: string;
}

/** Removes a VM and its disks. Once the first disk is being removed there is no way back: the job goes on until all is gone. */
export const removeVmSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, TaskState, Transaction<Tables>>({
    name: 'RemoveVm',
    version: 1,
    title: (params) => `Removing VM ${params.vmName}`,
    cancellable: false,
    locks: (params) => [
      vmLock(params.vmId),
      ...params.disks.map((disk) => ({
        group: 'DISK',
        objectId: disk.diskId,
        mode: 'exclusive' as const,
        messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED',
      })),
    ],
    initialState: () => ({ tasks: {} }),
    steps: (params) => [
      ...params.disks.map((disk) => ({
        name: `delete ${disk.diskId}`,
        title: `Removing disk ${disk.name}`,
        retry: { attempts: 5, delayMs: 2_000 },
        run: async (ctx: Parameters<typeof deleteImage<TaskState>>[0]) => deleteImage(ctx, hosts, disk),
        async record(_ctx: unknown, trx: Transaction<Tables>) {
          await trx.deleteFrom('disk').where('id', '=', disk.diskId).execute();
          await revokeAllOn(trx, [disk.diskId]);
          await noteChange(trx, 'disk', disk.diskId, 'remove');
        },
      })),
      {
        name: 'definition',
        title: 'Removing the VM',
        async record(ctx, trx) {
          const { vmId, vmName, user, correlationId } = ctx.params;
          await trx.deleteFrom('vm').where('id', '=', vmId).execute();
          await trx.deleteFrom('vm_statistics').where('vm_id', '=', vmId).execute();
          await revokeAllOn(trx, [vmId]);
          await recordEvent(trx, { name: 'USER_REMOVE_VM_FINISHED', vm: { id: vmId, name: vmName }, user, correlationId, jobId: ctx.id });
          await noteChange(trx, 'vm', vmId, 'remove');
        },
      },
    ],
    async ended(end, trx) {
      if (end.status === 'succeeded') return;
      await trx
        .updateTable('vm_state')
        .set({ status: 'down' })
        .where('vm_id', '=', end.params.vmId)
        .where('status', '=', 'image_locked')
        .execute();
      await noteChange(trx, 'vm', end.params.vmId, 'update');
    },
  }) as unknown as EngineSaga;

/** `DELETE vms/{vm}`: removes a VM that is down, with its disks unless `detach_only`. */
export const removeVm: Operation = {
  permit: 'delete_vm',
  subjects: (context) => [{ type: 'vm', id: context.path['vm'] ?? '' }],
  async run(context) {
    const vm = await one(context, readableVms, context.path['vm']);
    const vmId = vm.id ?? '';
    const vmName = String(vm['name']);
    const job = await write(context, async (trx) => {
      const { status } = await stateOf(trx, vmId);
      const attached = await trx
        .selectFrom('disk_attachment')
        .select('disk_id')
        .where('vm_id', '=', vmId)
        .where((or) =>
          or.not(
            or.exists(
              or
                .selectFrom('disk_attachment as other')
                .select('other.vm_id')
                .whereRef('other.disk_id', '=', 'disk_attachment.disk_id')
                .where('other.vm_id', '<>', vmId),
            ),
          ),
        )
        .execute();
      const disks = context.parameters.flag('detach_only')
        ? []
        : await placesOf(
            trx,
            attached.map((row) => row.disk_id),
          );
      const id = await context.engine.jobs.beginIn<Params>(trx, context, 'RemoveVm', {
        params: { vmId, vmName, disks, user: actor(context), correlationId: context.correlationId },
        description: `Removing VM ${vmName} from system`,
        subjects: [{ type: 'vm', id: vmId }, ...disks.map((disk) => ({ type: 'disk', id: disk.diskId }))],
      });
      checkStatus('RemoveVm', status);
      if (vm['delete_protected'] === true)
        throw conflict('ACTION_TYPE_FAILED_DELETE_PROTECTION_ENABLED', { VAR_ACTION: 'remove', VAR_TYPE: 'VM' });
      const locked = disks.find((disk) => disk.status === 'locked');
      if (locked) throw conflict('ACTION_TYPE_FAILED_DISKS_LOCKED', { VAR_ACTION: 'remove', VAR_TYPE: 'VM', diskAliases: locked.name });
      await trx.updateTable('vm_state').set({ status: 'image_locked' }).where('vm_id', '=', vmId).execute();
      await noteChange(trx, 'vm', vmId, 'update');
      return id;
    });
    if (context.asynchronous) return started(job);
    return (await context.engine.jobs.settle(job)) ? done(job) : started(job);
  },
};
