import { defineSaga } from '@virgate/saga';
import { sql, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import type { TaskState } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, started, type Operation } from '../rest/operation.ts';
import { actor, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { stateOf, wrongState } from '../vms/lock.ts';
import { readableVms } from '../vms/read.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import type { MemoryPlace } from '../vms/memory-volumes.ts';
import { dropUnusedMemorySteps, laterMemories } from './memory-steps.ts';
import {
  branchesBeside,
  checkDisksWell,
  setDiskStatus,
  snapshotLocks,
  switchLeaf,
  type DroppedVolume,
  type SnapshotParams,
} from './chain.ts';
import { dropSteps } from './leftovers.ts';
import { applyConfiguration, type VmConfiguration } from './configuration.ts';

type Trx = Transaction<Tables>;

interface Params extends SnapshotParams {
  dropped: DroppedVolume[];
  /** Memory of snapshots that may go. */
  memories?: MemoryPlace[];
}

async function setAside(trx: Trx, dropped: readonly DroppedVolume[]): Promise<void> {
  for (const { volumeId } of dropped)
    await trx.updateTable('image').set({ active: false, snapshot_id: null, status: 'illegal' }).where('id', '=', volumeId).execute();
}

/** The preview becomes what the VM is: what it was before goes, and so do the later snapshots that nothing is left of. */
export async function commitPreview(trx: Trx, vmId: string, dropped: readonly DroppedVolume[]): Promise<void> {
  await setAside(trx, dropped);
  await sql`delete from snapshot s using snapshot t where s.vm_id = ${vmId} and t.vm_id = s.vm_id and t.status = 'in_preview'
    and (s.type = 'preview' or (s.type = 'regular' and s.created_at > t.created_at))
    and not exists (select 1 from image i where i.snapshot_id = s.id)`.execute(trx);
  // with disks that did not go back, the state before stays as the snapshot that it is
  await trx.updateTable('snapshot').set({ type: 'regular' }).where('vm_id', '=', vmId).where('type', '=', 'preview').execute();
  await trx.updateTable('snapshot').set({ status: 'ok' }).where('vm_id', '=', vmId).where('status', '=', 'in_preview').execute();
}

/** The VM is again what it was before the preview. */
async function undoPreview(trx: Trx, params: Params): Promise<void> {
  const { vmId } = params;
  const before = await trx
    .selectFrom('snapshot')
    .selectAll()
    .where('vm_id', '=', vmId)
    .where('type', '=', 'preview')
    .executeTakeFirstOrThrow();
  await setAside(trx, params.dropped);
  const kept = await trx.selectFrom('image').select(['id', 'disk_id']).where('snapshot_id', '=', before.id).execute();
  for (const image of kept) await switchLeaf(trx, { diskId: image.disk_id }, null, image.id);
  await trx.deleteFrom('snapshot').where('vm_id', '=', vmId).where('type', '=', 'active').execute();
  await trx
    .updateTable('snapshot')
    .set({ type: 'active', description: 'Active VM', configuration: null })
    .where('id', '=', before.id)
    .execute();
  await trx.updateTable('snapshot').set({ status: 'ok' }).where('vm_id', '=', vmId).where('status', '=', 'in_preview').execute();
  if (before.configuration !== null) await applyConfiguration(trx, vmId, before.configuration as unknown as VmConfiguration);
}

const ends = {
  commit: {
    job: 'CommitSnapshot',
    title: 'Committing the preview of VM',
    start: 'USER_COMMIT_RESTORE_FROM_SNAPSHOT_START',
    succeeded: 'USER_COMMIT_RESTORE_FROM_SNAPSHOT_FINISH_SUCCESS',
    failed: 'USER_COMMIT_RESTORE_FROM_SNAPSHOT_FINISH_FAILURE',
  },
  undo: {
    job: 'UndoSnapshot',
    title: 'Undoing the preview of VM',
    start: 'USER_UNDO_RESTORE_FROM_SNAPSHOT_START',
    succeeded: 'USER_UNDO_RESTORE_FROM_SNAPSHOT_FINISH_SUCCESS',
    failed: 'USER_UNDO_RESTORE_FROM_SNAPSHOT_FINISH_FAILURE',
  },
} as const;
type Kind = keyof typeof ends;

/** Jobs that end a preview: for good, or back. The rows change first; then the volumes that nothing needs any more are deleted. */
export const endPreviewSagas = ({ hosts }: SagaServices): EngineSaga[] =>
  (['commit', 'undo'] as const).map(
    (kind) =>
      defineSaga<Params, TaskState, Trx>({
        name: ends[kind].job,
        version: 1,
        title: (params) => `${ends[kind].title} ${params.vmName}`,
        locks: (params) =>
          snapshotLocks(
            params.vmId,
            params.dropped.map((volume) => volume.diskId),
          ),
        initialState: () => ({ tasks: {} }),
        steps: (params) => [
          {
            name: 'switch',
            title: 'Putting the volumes to use',
            pivot: true,
            record: async (ctx, trx) =>
              kind === 'commit' ? commitPreview(trx, ctx.params.vmId, ctx.params.dropped) : undoPreview(trx, ctx.params),
          },
          ...dropSteps<Params, TaskState>(hosts, params.dropped),
          ...dropUnusedMemorySteps<Params, TaskState>(hosts, params.memories ?? []),
        ],
        async ended(end, trx) {
          const { params } = end;
          await setDiskStatus(trx, params.dropped, 'ok');
          await noteChange(trx, 'vm', params.vmId, 'update');
          await recordEvent(trx, {
            name: end.status === 'succeeded' ? ends[kind].succeeded : ends[kind].failed,
            vm: { id: params.vmId, name: params.vmName },
            user: params.user,
            correlationId: params.correlationId,
            jobId: end.id,
            values: { snapshot: params.description, ...(end.error ? { reason: end.error.message } : {}) },
          });
        },
      }) as unknown as EngineSaga,
  );

/** `POST vms/{vm}/commitsnapshot` and `undosnapshot`. */
export const endPreview = (kind: Kind): Operation => ({
  permit: 'manipulate_vm_snapshots',
  subjects: (context) => [{ type: 'vm', id: context.path['vm'] ?? '' }],
  async run(context) {
    const vm = await one(context, readableVms, context.path['vm']);
    const vmId = vm.id ?? '';
    const vmName = String(vm['name']);
    const values = { VAR_ACTION: kind === 'commit' ? 'commit' : 'undo', VAR_TYPE: 'Snapshot' };
    const job = await write(context, async (trx) => {
      const { status } = await stateOf(trx, vmId);
      const target = await trx
        .selectFrom('snapshot')
        .select(['id', 'description'])
        .where('vm_id', '=', vmId)
        .where('status', '=', 'in_preview')
        .executeTakeFirst();
      if (!target) throw refused('ACTION_TYPE_FAILED_VM_SNAPSHOT_NOT_IN_PREVIEW', values);
      const before = await sql<{ diskId: string; name: string; status: string; volumeId: string; activeId: string }>`
        select d.id as "diskId", d.name, d.status, i.id as "volumeId", a.id as "activeId"
        from snapshot s join image i on i.snapshot_id = s.id join disk d on d.id = i.disk_id join image a on a.disk_id = d.id and a.active
        where s.vm_id = ${vmId} and s.type = 'preview'`.execute(trx);
      const dropped =
        kind === 'commit'
          ? await branchesBeside(
              trx,
              before.rows.map((row) => ({ diskId: row.diskId, volumeId: row.activeId })),
            )
          : await leavesOf(
              trx,
              before.rows.map((row) => row.activeId),
            );
      const id = await context.engine.jobs.beginIn<Params>(trx, context, ends[kind].job, {
        params: {
          vmId,
          vmName,
          snapshotId: target.id,
          description: target.description,
          dropped,
          memories: kind === 'commit' ? await laterMemories(trx, vmId, target.id) : [],
          user: actor(context),
          correlationId: context.correlationId,
        },
        description: `${ends[kind].title} ${vmName}`,
        subjects: [{ type: 'vm', id: vmId }],
      });
      if (status !== 'down') throw wrongState(`${values.VAR_ACTION} a snapshot of`, status);
      checkDisksWell(before.rows, values);
      await setDiskStatus(trx, dropped, 'locked');
      await recordEvent(trx, {
        name: ends[kind].start,
        vm: { id: vmId, name: vmName },
        user: actor(context),
        correlationId: context.correlationId,
        jobId: id,
        values: { snapshot: target.description },
      });
      return id;
    });
    if (context.asynchronous) return started(job);
    return (await context.engine.jobs.settle(job)) ? done(job) : started(job);
  },
});

const leavesOf = async (trx: Trx, volumeIds: readonly string[]): Promise<DroppedVolume[]> =>
  (
    await sql<DroppedVolume>`select i.id as "volumeId", i.disk_id as "diskId", d.name, x.data_center_id as "dataCenterId", i.storage_domain_id as "storageDomainId"
      from image i join disk d on d.id = i.disk_id join data_center_storage_domain x on x.storage_domain_id = i.storage_domain_id
      where i.id = any(${volumeIds}::uuid[]) order by i.id`.execute(trx)
  ).rows;
