import type { SagaStep } from '@virgate/saga';
import type { Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import { refused } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';
import { checkCanStandOn, insertLeaves, newLeafSteps, setDiskStatus, snapshotDisks, switchLeaf, type ChainDisk } from './chain.ts';
import { insertLockedSnapshot } from './configuration.ts';
import { liveSnapshotStep, type LiveMerge } from './live-steps.ts';
import { markBegunMerges, mergeSteps, type MergeState } from './remove.ts';
import { isStatelessRun } from './stateless.ts';

/**
 * A snapshot of a running VM that a job needs for its own ends: what is below it does not change while the job works on it, and afterwards it
 * is merged away, also when the job fails in between (`mergeBackStep`). Source: engine behaviour, live storage migration.
 */

type Trx = Transaction<Tables>;

export interface PassingSnapshot {
  vmId: string;
  snapshotId: string;
  description: string;
  disks: ChainDisk[];
}

/**
 * Thinks out such a snapshot, under the locks of the job that will take it.
 * @param of its disks; all of the VM's when missing
 * @throws {Fault} 409 for a VM in preview, a stateless one, disks that are not well
 */
export async function planPassingSnapshot(
  trx: Trx,
  request: { vmId: string; of?: readonly string[]; description: string; uuid: () => string },
  values: Record<string, string>,
): Promise<PassingSnapshot> {
  const { vmId, of, description, uuid } = request;
  const chosen = (await snapshotDisks(trx, vmId)).filter((disk) => of?.includes(disk.diskId) ?? true);
  if (await isStatelessRun(trx, vmId)) throw refused('ACTION_TYPE_FAILED_VM_RUNNING_STATELESS', values);
  await checkCanStandOn(trx, vmId, chosen, values);
  const disks = chosen.map((disk): ChainDisk => ({ ...disk, parentId: disk.activeId, newId: uuid() }));
  return { vmId, snapshotId: uuid(), description, disks };
}

/** Its rows, and its disks as locked; in the transaction that begins the job. */
export async function insertPassingSnapshot(trx: Trx, passing: PassingSnapshot): Promise<void> {
  const { vmId, snapshotId, description, disks } = passing;
  await insertLockedSnapshot(trx, { id: snapshotId, vmId, type: 'regular', description });
  await insertLeaves(trx, disks);
  await noteChange(trx, 'vm', vmId, 'update');
}

/** Steps that take it; when they are through, what the disks had before is below. */
export const takePassingSteps = <P extends object, S extends MergeState>(
  hosts: HostSessions,
  passing: PassingSnapshot,
): SagaStep<P, S, Trx>[] => [
  ...newLeafSteps<P, S>(hosts, passing.disks, passing.vmId),
  // Between the host's snapshot and its being noted there is no way back.
  { ...liveSnapshotStep<P, S>(hosts, { ...passing, memory: null }), unbroken: true },
  {
    name: 'passing-switch',
    title: 'Putting the new volumes to use',
    unbroken: true,
    async record(_ctx, trx) {
      const { disks, snapshotId } = passing;
      for (const disk of disks) await switchLeaf(trx, disk, { id: disk.activeId, snapshotId }, disk.newId);
    },
  },
];

/** The step whose undo merges it away, for jobs that shall leave no snapshot when they fail or are cancelled either. It follows those that take it. */
export const mergeBackStep = <P extends object, S extends MergeState & { mergedBack?: number }>(
  hosts: HostSessions,
  passing: PassingSnapshot,
): SagaStep<P, S, Trx> => ({
  name: 'passing-back',
  title: 'Keeping the snapshot as long as it is needed',
  unbroken: true,
  undoRetry: { attempts: 12, delayMs: 1_000, maxDelayMs: 30_000 },
  async undo(ctx) {
    const steps = dropPassingSteps<P, S>(hosts, passing);
    for (let at = ctx.state.mergedBack ?? 0; at < steps.length; at += 1) {
      const wait = await steps[at]?.run?.(ctx);
      if (wait) return wait;
      await ctx.tx(async (trx) => {
        await steps[at]?.record?.(ctx, trx);
        await ctx.save({ mergedBack: at + 1 } as Partial<S>, trx);
      });
    }
    return undefined;
  },
});

/** What was made of it stays, whatever becomes of the merge that follows. */
export const keepFromHere = <P extends object, S extends MergeState>(): SagaStep<P, S, Trx> => ({
  name: 'passing-made',
  title: 'Keeping what was made',
  pivot: true,
  record: async () => undefined,
});

/**
 * Steps that merge it away.
 * @param storageDomainId where the disks are by then, when elsewhere
 */
export const dropPassingSteps = <P extends object, S extends MergeState>(
  hosts: HostSessions,
  { vmId, snapshotId, disks }: PassingSnapshot,
  storageDomainId?: string,
): SagaStep<P, S, Trx>[] => [
  ...disks.flatMap((disk, index) => {
    const { diskId, name, dataCenterId } = disk;
    const domain = storageDomainId ?? disk.storageDomainId;
    const merge: LiveMerge = { diskId, name, dataCenterId, storageDomainId: domain, baseId: disk.activeId, topId: disk.newId };
    return mergeSteps<P, S>(hosts, vmId, merge, index, true);
  }),
  {
    name: 'passing-forget',
    title: 'Forgetting the snapshot',
    record: async (_ctx, trx) => void (await trx.deleteFrom('snapshot').where('id', '=', snapshotId).execute()),
  },
];

/**
 * To be called when the job has ended: disks are usable, and of a snapshot that was never taken nothing is left.
 * @returns whether it is still there
 */
export async function endPassingSnapshot(trx: Trx, passing: PassingSnapshot, state: Readonly<MergeState>): Promise<boolean> {
  const { vmId, snapshotId, disks } = passing;
  const taken = await trx.selectFrom('image').select('id').where('snapshot_id', '=', snapshotId).executeTakeFirst();
  if (taken) {
    await trx.updateTable('snapshot').set({ status: 'ok' }).where('id', '=', snapshotId).execute();
    await markBegunMerges(
      trx,
      disks.map(({ diskId, activeId, newId }) => ({ diskId, baseId: activeId, topId: newId })),
      state,
    );
  } else {
    const unused = disks.map((disk) => disk.newId);
    if (unused.length > 0) await trx.deleteFrom('image').where('id', 'in', unused).where('active', '=', false).execute();
    await trx.deleteFrom('snapshot').where('id', '=', snapshotId).execute();
  }
  await setDiskStatus(trx, disks, 'ok');
  await noteChange(trx, 'vm', vmId, 'update');
  return taken !== undefined;
}
