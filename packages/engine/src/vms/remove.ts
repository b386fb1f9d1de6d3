import { defineSaga } from '@virgate/saga';
import type { Transaction } from 'kysely';
import { revokeAllOn } from '../access/grant.ts';
import { noteChange } from '../changes/outbox.ts';
import { placesOf, type DiskPlace } from '../disks/read.ts';
import { forgetLunDisk } from '../disks/remove-lun.ts';
import { deleteImage } from '../disks/volumes.ts';
import { ofJob, recordEvent } from '../events/record.ts';
import type { TaskState } from '../images/host-tasks.ts';
import type { EngineSaga, Jobs } from '../jobs/jobs.ts';
import { conflict } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, started, type Operation } from '../rest/operation.ts';
import { actor, write } from '../rest/write.ts';
import { dropMemorySteps, memoriesOf } from '../snapshots/memory-steps.ts';
import type { Tables } from '../tables/schema.ts';
import { checkLeaseDomain, leasesOf, leaseSteps, type LeaseChange } from './leases.ts';
import { stateOf, vmLock } from './lock.ts';
import type { MemoryPlace } from './memory-volumes.ts';
import { readableVms } from './read.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { checkStatus } from './status-rules.ts';

interface Params {
  vmId: string;
  vmName: string;
  disks: DiskPlace[];
  /** Disks of it alone that are LUNs. */
  luns?: string[];
  lease?: LeaseChange;
  /** Memory of its snapshots. */
  memories?: MemoryPlace[];
  user: { id: string; name: string };
  correlationId: string;
}

/** Removes a VM and its disks; of those that are LUNs what is on them stays. Once the first disk is being removed there is no way back: the job goes on until all is gone. */
export const removeVmSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, TaskState, Transaction<Tables>>({
    name: 'RemoveVm',
    version: 1,
    title: (params) => `Removing VM ${params.vmName}`,
    locks: (params) => [
      vmLock(params.vmId),
      ...[...params.disks.map((disk) => disk.diskId), ...(params.luns ?? [])].map((objectId) => ({
        group: 'DISK',
        objectId,
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
      ...(params.memories ?? []).flatMap((memory) => dropMemorySteps<Params, TaskState>(hosts, memory)),
      ...leaseSteps<Params, TaskState>(hosts, params.lease ?? null),
      {
        name: 'definition',
        title: 'Removing the VM',
        async record(ctx, trx) {
          const { vmId, vmName } = ctx.params;
          for (const diskId of ctx.params.luns ?? []) await forgetLunDisk(trx, diskId);
          await trx.deleteFrom('vm').where('id', '=', vmId).execute();
          await trx.deleteFrom('vm_statistics').where('vm_id', '=', vmId).execute();
          await revokeAllOn(trx, [vmId]);
          await recordEvent(trx, { name: 'USER_REMOVE_VM_FINISHED', vm: { id: vmId, name: vmName }, ...ofJob(ctx) });
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

/** The disks that go with a VM: those that no other VM has. */
export const ownDisks = async (trx: Transaction<Tables>, vmId: string): Promise<DiskPlace[]> =>
  placesOf(trx, await ownDiskIds(trx, vmId, 'image'));

async function ownDiskIds(trx: Transaction<Tables>, vmId: string, storageType: 'image' | 'lun'): Promise<string[]> {
  const attached = await trx
    .selectFrom('disk_attachment')
    .innerJoin('disk', 'disk.id', 'disk_attachment.disk_id')
    .select('disk_attachment.disk_id')
    .where('disk.storage_type', '=', storageType)
    .where('disk_attachment.vm_id', '=', vmId)
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
  return attached.map((row) => row.disk_id);
}

/**
 * Starts the job that removes a VM, in the caller's transaction.
 * @returns the job's id
 * @throws {Fault} 409 in the wrong state, under delete protection, for disks that are locked; LockConflictError
 */
export async function beginRemoval(
  trx: Transaction<Tables>,
  jobs: Jobs,
  { vmId, keepDisks }: { vmId: string; keepDisks: boolean },
  who: { user: { id: string; name: string }; correlationId: string },
): Promise<string> {
  const { status, name } = await stateOf(trx, vmId);
  const vm = await trx.selectFrom('vm').select(['delete_protected', 'data_center_id']).where('id', '=', vmId).executeTakeFirstOrThrow();
  const disks = keepDisks ? [] : await ownDisks(trx, vmId);
  const luns = keepDisks ? [] : await ownDiskIds(trx, vmId, 'lun');
  const leases = await leasesOf(trx, vmId);
  const memories = await memoriesOf(trx, vmId);
  const lease = { vmId, dataCenterId: vm.data_center_id ?? '', to: null, from: leases };
  const id = await jobs.beginFor<Params>(trx, who.user, 'RemoveVm', {
    params: {
      vmId,
      vmName: name,
      disks,
      luns,
      ...(leases.length > 0 ? { lease } : {}),
      ...(memories.length > 0 ? { memories } : {}),
      ...who,
    },
    description: `Removing VM ${name} from system`,
    subjects: [{ type: 'vm', id: vmId }, ...[...disks.map((disk) => disk.diskId), ...luns].map((id) => ({ type: 'disk', id }))],
    correlationId: who.correlationId,
  });
  checkStatus('RemoveVm', status);
  if (vm.delete_protected) throw conflict('ACTION_TYPE_FAILED_DELETE_PROTECTION_ENABLED', { VAR_ACTION: 'remove', VAR_TYPE: 'VM' });
  for (const domainId of leases) await checkLeaseDomain(trx, vm.data_center_id, domainId, { VAR_ACTION: 'remove', VAR_TYPE: 'VM' });
  const locked = disks.find((disk) => disk.status === 'locked');
  if (locked) throw conflict('ACTION_TYPE_FAILED_DISKS_LOCKED', { VAR_ACTION: 'remove', VAR_TYPE: 'VM', diskAliases: locked.name });
  await trx.updateTable('vm_state').set({ status: 'image_locked' }).where('vm_id', '=', vmId).execute();
  await noteChange(trx, 'vm', vmId, 'update');
  return id;
}

/** `DELETE vms/{vm}`: removes a VM that is down, with its disks unless `detach_only`. */
export const removeVm: Operation = {
  permit: 'delete_vm',
  subjects: (context) => [{ type: 'vm', id: context.path['vm'] ?? '' }],
  async run(context) {
    const vm = await one(context, readableVms, context.path['vm']);
    const vmId = vm.id ?? '';
    const job = await write(context, async (trx) => {
      const pooled = await trx.selectFrom('vm_pool_member').select('vm_id').where('vm_id', '=', vmId).executeTakeFirst();
      if (pooled) throw conflict('ACTION_TYPE_FAILED_VM_ATTACHED_TO_POOL', { VAR_ACTION: 'remove', VAR_TYPE: 'VM' });
      const id = await beginRemoval(
        trx,
        context.engine.jobs,
        { vmId, keepDisks: context.parameters.flag('detach_only') },
        { user: actor(context), correlationId: context.correlationId },
      );
      await context.engine.jobs.place(trx, context, id);
      return id;
    });
    if (context.asynchronous) return started(job);
    return (await context.engine.jobs.settle(job)) ? done(job) : started(job);
  },
};
