import { Watch } from '../housekeeping/watch.ts';
import { transaction } from '@virgate/database';
import { LockConflictError, defineSaga, type SagaStep } from '@virgate/saga';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Logger } from 'pino';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent, type EventRecord } from '../events/record.ts';
import { activeDataCenterOf, checkSpace, noId, type TaskState } from '../images/host-tasks.ts';
import type { EngineSaga, Jobs } from '../jobs/jobs.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import { Fault, refused } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';
import { stateOf } from '../vms/lock.ts';
import { applyNextRun } from '../vms/next-run.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import {
  branchesBeside,
  checkDisksWell,
  insertLeaves,
  isInPreview,
  newLeafSteps,
  setDiskStatus,
  snapshotDisks,
  snapshotLocks,
  switchLeaf,
  type ChainDisk,
  type DroppedVolume,
} from './chain.ts';
import { dropSteps } from './leftovers.ts';
import { applyConfiguration, insertLockedSnapshot, type VmConfiguration } from './configuration.ts';

/**
 * Stateless VMs: a start puts a volume on top of each disk, and what was below is the snapshot to which the VM returns when it goes
 * down. The rows tell all: a VM with such a snapshot that no host runs is to be returned, whoever notices. Source: engine behaviour,
 * run VM (stateless images).
 */

type Trx = Transaction<Tables>;

/** How often ended stateless VMs are looked for; they are found at once by the transaction that sees their end. */
const checkMs = 1_000;

/** The snapshot that a stateless run begins with. */
export interface StatelessRun {
  snapshotId: string;
  disks: ChainDisk[];
}

/** The volumes that a stateless run of a VM needs. */
export async function planStatelessRun(trx: Trx, vmId: string, uuid: () => string): Promise<StatelessRun> {
  const disks = await snapshotDisks(trx, vmId);
  return { snapshotId: uuid(), disks: disks.map((disk): ChainDisk => ({ ...disk, parentId: disk.activeId, newId: uuid() })) };
}

/**
 * Notes that a stateless run begins: the VM and its disks are locked until the volumes are there. Under the VM's lock.
 * @throws {Fault} 409 for a highly available VM, one in preview, and disks that are not well
 */
export async function beginStatelessRun(trx: Trx, vm: { id: string; highlyAvailable: boolean }, run: StatelessRun): Promise<void> {
  const values = { VAR_ACTION: 'run', VAR_TYPE: 'VM' };
  if (vm.highlyAvailable) throw refused('VM_CANNOT_RUN_STATELESS_HA', values);
  if (await isInPreview(trx, vm.id)) throw refused('VM_CANNOT_RUN_STATELESS_WHILE_IN_PREVIEW', values);
  checkDisksWell(await snapshotDisks(trx, vm.id), values);
  for (const domainId of new Set(run.disks.map((disk) => disk.storageDomainId))) {
    await activeDataCenterOf(trx, domainId);
    await checkSpace(trx, domainId, 0);
  }
  await insertLockedSnapshot(trx, { id: run.snapshotId, vmId: vm.id, type: 'stateless', description: 'stateless snapshot' });
  await insertLeaves(trx, run.disks);
  await trx.updateTable('vm_state').set({ status: 'image_locked' }).where('vm_id', '=', vm.id).execute();
  await noteChange(trx, 'vm', vm.id, 'update');
}

/** Events of a stateless start; disks of which no snapshot can be made keep what is written to them. */
export async function tellStateless(
  trx: Trx,
  vm: { id: string; name: string },
  who: Pick<EventRecord, 'user' | 'correlationId' | 'jobId'>,
  run: StatelessRun,
): Promise<void> {
  await recordEvent(trx, { name: who.user ? 'USER_RUN_VM_AS_STATELESS' : 'VDS_INITIATED_RUN_VM_AS_STATELESS', vm, ...who });
  const others = await trx
    .selectFrom('disk_attachment')
    .innerJoin('disk', 'disk.id', 'disk_attachment.disk_id')
    .select('disk.name')
    .where('disk_attachment.vm_id', '=', vm.id)
    .where('disk_attachment.disk_id', 'not in', [noId, ...run.disks.map((disk) => disk.diskId)])
    .orderBy('disk.name')
    .execute();
  if (others.length > 0)
    await recordEvent(trx, {
      name: 'USER_RUN_VM_AS_STATELESS_WITH_DISKS_NOT_ALLOWING_SNAPSHOT',
      vm,
      ...who,
      values: { disks: others.map((disk) => disk.name).join(', ') },
    });
}

/** Steps of a start that make the volumes of a stateless run and let the VM write to them; undone, all is as before. */
export function statelessSteps<P extends object, S extends TaskState>(
  hosts: HostSessions,
  run: StatelessRun | null,
): SagaStep<P, S, Trx>[] {
  if (run === null) return [];
  return [
    ...(newLeafSteps<{ disks: ChainDisk[] }, S>(hosts, run.disks) as unknown as SagaStep<P, S, Trx>[]),
    {
      name: 'stateless',
      title: 'Keeping the state to return to',
      async record(_ctx, trx) {
        for (const disk of run.disks) await switchLeaf(trx, disk, { id: disk.activeId, snapshotId: run.snapshotId }, disk.newId);
        await trx.updateTable('snapshot').set({ status: 'ok' }).where('id', '=', run.snapshotId).execute();
        await setDiskStatus(trx, run.disks, 'ok');
      },
      async unrecord(_ctx, trx) {
        for (const disk of run.disks) {
          await trx.updateTable('image').set({ active: false, status: 'locked' }).where('id', '=', disk.newId).execute();
          await switchLeaf(trx, disk, null, disk.activeId);
        }
        await setDiskStatus(trx, run.disks, 'locked');
      },
    },
  ];
}

/** A stateless run that did not come about leaves nothing: its volumes are deleted by then. */
export async function abandonStatelessRun(trx: Trx, vmId: string, run: StatelessRun): Promise<void> {
  for (const disk of run.disks) await trx.deleteFrom('image').where('id', '=', disk.newId).execute();
  await trx.deleteFrom('snapshot').where('id', '=', run.snapshotId).execute();
  await setDiskStatus(trx, run.disks, 'ok');
  await trx.updateTable('vm_state').set({ status: 'down' }).where('vm_id', '=', vmId).where('status', '=', 'image_locked').execute();
  await noteChange(trx, 'vm', vmId, 'update');
}

/** Whether a VM runs, or ran, on top of a stateless snapshot. */
export async function isStatelessRun(trx: Kysely<Tables>, vmId: string): Promise<boolean> {
  const found = await trx.selectFrom('snapshot').select('id').where('vm_id', '=', vmId).where('type', '=', 'stateless').executeTakeFirst();
  return found !== undefined;
}

/** VMs that have just gone down are shown as locked, not as down, while they have a state to return to. In the transaction of their end. */
export async function lockUntilReturned(trx: Trx, vmIds: readonly string[]): Promise<void> {
  await sql`update vm_state v set status = 'image_locked' from snapshot s
    where v.vm_id = any(${[...vmIds]}::uuid[]) and v.status = 'down' and s.vm_id = v.vm_id and s.type = 'stateless'`.execute(trx);
}

interface ReturnParams {
  vmId: string;
  vmName: string;
  snapshotId: string;
  dropped: DroppedVolume[];
}

/** The VM is again what it was before the stateless run. */
async function returnToSnapshot(trx: Trx, { vmId, snapshotId, dropped }: ReturnParams): Promise<void> {
  const before = await trx.selectFrom('snapshot').selectAll().where('id', '=', snapshotId).executeTakeFirstOrThrow();
  for (const { volumeId } of dropped)
    await trx.updateTable('image').set({ active: false, snapshot_id: null, status: 'illegal' }).where('id', '=', volumeId).execute();
  const kept = await trx.selectFrom('image').select(['id', 'disk_id']).where('snapshot_id', '=', snapshotId).execute();
  for (const image of kept) await switchLeaf(trx, { diskId: image.disk_id }, null, image.id);
  await trx.deleteFrom('snapshot').where('id', '=', snapshotId).execute();
  if (before.configuration !== null) await applyConfiguration(trx, vmId, before.configuration as unknown as VmConfiguration);
}

/** Brings a VM that went down back to what it was before its stateless run: first the rows, then the volumes that nothing needs. */
export const restoreStatelessSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<ReturnParams, TaskState, Trx>({
    name: 'RestoreStatelessVm',
    version: 1,
    title: (params) => `Restoring the stateless VM ${params.vmName}`,
    locks: (params) =>
      snapshotLocks(
        params.vmId,
        params.dropped.map((volume) => volume.diskId),
      ),
    initialState: () => ({ tasks: {} }),
    steps: (params) => [
      {
        name: 'return',
        title: 'Returning to the state before',
        pivot: true,
        record: async (ctx, trx) => returnToSnapshot(trx, ctx.params),
      },
      ...dropSteps<ReturnParams, TaskState>(hosts, params.dropped),
    ],
    async ended(end, trx) {
      const { vmId, dropped } = end.params;
      await setDiskStatus(trx, dropped, 'ok');
      await trx.updateTable('vm_state').set({ status: 'down' }).where('vm_id', '=', vmId).where('status', '=', 'image_locked').execute();
      await applyNextRun(trx, [vmId]);
      await noteChange(trx, 'vm', vmId, 'update');
      if (end.status !== 'succeeded')
        await recordEvent(trx, {
          name: 'USER_RESTORE_FROM_SNAPSHOT_FINISH_FAILURE',
          vm: { id: vmId, name: end.params.vmName },
          jobId: end.id,
          values: { snapshot: 'stateless snapshot', reason: end.error?.message ?? '' },
        });
    },
  }) as unknown as EngineSaga;

/** Starts the return of one VM, unless it runs again or somebody else has it in hand. */
async function beginReturn(trx: Trx, jobs: Jobs, vmId: string, snapshotId: string): Promise<void> {
  const { status, name } = await stateOf(trx, vmId);
  if (status !== 'down' && status !== 'image_locked') return;
  const snapshot = await trx.selectFrom('snapshot').select('id').where('id', '=', snapshotId).executeTakeFirst();
  if (!snapshot) return;
  const kept = await trx.selectFrom('image').select(['id', 'disk_id']).where('snapshot_id', '=', snapshotId).execute();
  const dropped = await branchesBeside(
    trx,
    kept.map((image) => ({ diskId: image.disk_id, volumeId: image.id })),
  );
  await jobs.beginFor<ReturnParams>(trx, null, 'RestoreStatelessVm', {
    params: { vmId, vmName: name, snapshotId, dropped },
    description: `Restoring the stateless VM ${name}`,
    subjects: [{ type: 'vm', id: vmId }],
  });
  await setDiskStatus(trx, dropped, 'locked');
  await trx.updateTable('vm_state').set({ status: 'image_locked' }).where('vm_id', '=', vmId).execute();
  await noteChange(trx, 'vm', vmId, 'update');
}

/** Looks for VMs whose stateless run has ended, and starts their return. Any engine may do it, at any time. */
export class StatelessVms extends Watch {
  readonly #db: Kysely<Tables>;
  readonly #jobs: Jobs;

  constructor(options: { db: Kysely<Tables>; jobs: Jobs; log: Logger }) {
    super({ what: 'stateless VMs', everyMs: checkMs, log: options.log });
    this.#db = options.db;
    this.#jobs = options.jobs;
  }

  protected async look(): Promise<void> {
    const found = await sql<{ vm_id: string; id: string }>`
      select s.vm_id, s.id from snapshot s join vm_state v on v.vm_id = s.vm_id
      where s.type = 'stateless' and v.status in ('down', 'image_locked')
        and not exists (select 1 from object_lock l where l.lock_group = 'VM' and l.object_id = s.vm_id::text)
      limit 100`.execute(this.#db);
    for (const row of found.rows) {
      await transaction(this.#db, (trx) => beginReturn(trx, this.#jobs, row.vm_id, row.id)).catch((error: unknown) => {
        // Another job was faster, or the VM is gone by now.
        if (!(error instanceof LockConflictError || error instanceof Fault)) throw error;
      });
    }
  }
}
