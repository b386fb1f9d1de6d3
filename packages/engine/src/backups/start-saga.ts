import { defineSaga, type RetryPolicy, type SagaStep } from '@virgate/saga';
import { VdsmError } from '@virgate/vdsm';
import { sql, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { ofJob, recordEvent } from '../events/record.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { refused } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';
import { vmLock } from '../vms/lock.ts';
import { bitmapsOfVolume, changeBitmaps, type BitmapState } from './bitmaps.ts';
import { backupFault, isChainLost, lineUpCheckpoints, startOnHost, stopOnHost, type BackupAsker } from './host-calls.ts';
import { chainOf, endBackup, failBackupsOf, invalidateChain, servedNoMore, type BackupDisk } from './rows.ts';
import { connectionLost } from '../monitoring/connection-lost.ts';

type Trx = Transaction<Tables>;

/** What is backed up, and how. */
export interface StartParams {
  backupId: string;
  vmId: string;
  vmName: string;
  /** A running VM's host serves its disks; the disks of one that is down are served when they are transferred. */
  live: boolean;
  hostId: string;
  disks: BackupDisk[];
  from: string | null;
  /** The checkpoint that the backup makes; null when no disk's changes are recorded. */
  to: string | null;
  description: string;
  requireConsistency: boolean;
  user: { id: string; name: string };
  correlationId: string;
}

interface State extends BitmapState {
  /** The checkpoint that stands before the new one. */
  parentId: string | null;
  /** Where a host serves the disks of a running VM. */
  urls: Record<string, string>;
  /** Disks whose bitmaps belong to no checkpoint any more. */
  leftovers: string[];
}

type Step = SagaStep<StartParams, State, Trx>;

const values = { VAR_ACTION: 'back up', VAR_TYPE: 'VM' };
const retry: RetryPolicy = { attempts: 4, delayMs: 500, when: (error) => error instanceof VdsmError && error.code === connectionLost };

/** How often a host is asked to end what was begun. */
const lastUndo = 4;
const undoRetry: RetryPolicy = { attempts: lastUndo, delayMs: 1_000, when: () => true };

const askerOf = (hosts: SagaServices['hosts'], ctx: { params: Readonly<StartParams>; signal: AbortSignal }): BackupAsker => ({
  hosts,
  hostId: ctx.params.hostId,
  vmId: ctx.params.vmId,
  signal: ctx.signal,
});

/** Nobody can tell any more what changed: checkpoints are invalid from now on, and a backup that stands on one fails. */
async function loseChain(ctx: Parameters<NonNullable<Step['run']>>[0], reason: string): Promise<void> {
  const { vmId, vmName, from } = ctx.params;
  await ctx.tx((trx) => invalidateChain(trx, { id: vmId, name: vmName }, reason, ofJob(ctx)));
  if (from !== null) throw refused('ACTION_TYPE_FAILED_CHECKPOINT_INVALID', { ...values, checkpointId: from });
}

const starting = async (ctx: { params: Readonly<StartParams> }, trx: Trx): Promise<void> => {
  // from here on the host may serve the disks, whatever becomes of this job
  if (ctx.params.live) await trx.updateTable('vm_backup_disk').set({ url: '' }).where('backup_id', '=', ctx.params.backupId).execute();
  await trx
    .updateTable('vm_backup')
    .set({ phase: 'starting', updated_at: new Date() })
    .where('id', '=', ctx.params.backupId)
    .where('phase', '=', 'initializing')
    .execute();
};

async function recordReady({ params, state }: { params: Readonly<StartParams>; state: State }, trx: Trx): Promise<void> {
  const { backupId, vmId, to, disks, description } = params;
  if (to !== null) {
    await trx.insertInto('vm_checkpoint').values({ id: to, vm_id: vmId, parent_id: state.parentId, description }).execute();
    const recorded = disks.filter((disk) => disk.checkpoint);
    await trx
      .insertInto('vm_checkpoint_disk')
      .values(recorded.map((disk) => ({ checkpoint_id: to, disk_id: disk.diskId })))
      .execute();
  }
  for (const disk of disks)
    await trx
      .updateTable('vm_backup_disk')
      .set({ url: state.urls[disk.diskId] ?? null })
      .where('backup_id', '=', backupId)
      .where('disk_id', '=', disk.diskId)
      .execute();
  await trx.updateTable('vm_backup').set({ phase: 'ready', updated_at: new Date() }).where('id', '=', backupId).execute();
  await noteChange(trx, 'vm', vmId, 'update');
}

/** Steps of the backup of a running VM: the host is told of the checkpoints, and then serves the disks as they are in that moment. */
const liveSteps = (hosts: SagaServices['hosts']): Step[] => [
  {
    name: 'checkpoints',
    title: 'Telling the host of the checkpoints',
    retry,
    async run(ctx) {
      const { vmId, backupId } = ctx.params;
      const asker = askerOf(hosts, ctx);
      try {
        // what an earlier backup left on the host stands in the way of this one
        const over = await ctx.tx((trx) =>
          trx
            .selectFrom('vm_backup_disk')
            .innerJoin('vm_backup', 'vm_backup.id', 'vm_backup_disk.backup_id')
            .select('vm_backup.id')
            .distinct()
            .where('vm_backup.vm_id', '=', vmId)
            .where('vm_backup.host_id', '=', ctx.params.hostId)
            .where('vm_backup.phase', '=', 'failed')
            .where('vm_backup_disk.url', 'is not', null)
            .where('vm_backup.id', '<>', backupId)
            .execute(),
        );
        for (const { id } of over) await stopOnHost(asker, id);
        const chain = await ctx.tx((trx) => chainOf(trx, vmId));
        const lost = await lineUpCheckpoints(asker, chain);
        if (lost !== undefined) await loseChain(ctx, lost);
        ctx.state.parentId = lost === undefined ? (chain.at(-1)?.id ?? null) : null;
      } catch (error) {
        throw backupFault(error);
      }
    },
    record: starting,
  },
  {
    name: 'begin',
    title: 'Beginning the backup on the host of the VM',
    retry,
    async run(ctx) {
      const { backupId, disks, from, to, requireConsistency } = ctx.params;
      try {
        ctx.state.urls = await startOnHost(askerOf(hosts, ctx), {
          id: backupId,
          disks,
          from,
          to,
          parent: ctx.state.parentId,
          requireConsistency,
        });
      } catch (error) {
        if (from !== null && isChainLost(error)) await loseChain(ctx, error.message);
        throw backupFault(error);
      }
    },
    record: recordReady,
    undoRetry,
    async undo(ctx) {
      try {
        await stopOnHost(askerOf(hosts, ctx), ctx.params.backupId);
        await ctx.tx((trx) => servedNoMore(trx, ctx.params.backupId));
      } catch (error) {
        // a host that stays away keeps no disk locked: the watch over the backups ends what is left there
        if (ctx.attempt < lastUndo) throw error;
      }
    },
  },
];

/** Steps of the backup of a VM that is down: bitmaps are begun; the disks are served when they are transferred. */
const coldSteps = (hosts: SagaServices['hosts'], params: Readonly<StartParams>): Step[] => [
  {
    name: 'checkpoints',
    title: 'Looking for what changed since the checkpoint',
    retry,
    async run(ctx) {
      const { vmId, from, disks } = ctx.params;
      const chain = await ctx.tx((trx) => chainOf(trx, vmId));
      ctx.state.parentId = chain.at(-1)?.id ?? null;
      for (const disk of disks) {
        if (!disk.checkpoint && disk.mode === 'full') continue;
        const bitmaps = await bitmapsOfVolume({ hosts, hostId: ctx.params.hostId, signal: ctx.signal }, disk).catch((error: unknown) => {
          throw backupFault(error);
        });
        if (disk.mode === 'incremental' && !bitmaps.some((bitmap) => bitmap.name === from && bitmap.whole))
          await loseChain(ctx, `disk ${disk.name} has no whole record since checkpoint ${from ?? ''}`);
        const isKnown = chain.some((checkpoint) => checkpoint.disks.some((one) => one.diskId === disk.diskId));
        if (bitmaps.length > 0 && !isKnown) ctx.state.leftovers = [...new Set([...ctx.state.leftovers, disk.diskId])];
      }
    },
    record: starting,
  },
  ...params.disks
    .filter((disk) => disk.checkpoint && params.to !== null)
    .flatMap((disk, index): Step[] => [
      {
        name: `clear-${index}`,
        title: `Removing old records of disk ${disk.name}`,
        async run(ctx) {
          if (!ctx.state.leftovers.includes(disk.diskId)) return;
          return changeBitmaps(ctx as never, hosts, ctx.params.hostId, { verb: 'SDM.clear_bitmaps', disk });
        },
      },
      {
        name: `record-${index}`,
        title: `Recording what changes on disk ${disk.name}`,
        run: (ctx) => changeBitmaps(ctx as never, hosts, ctx.params.hostId, { verb: 'SDM.add_bitmap', disk, bitmap: ctx.params.to ?? '' }),
        undoRetry,
        undo: (ctx) =>
          changeBitmaps(ctx as never, hosts, ctx.params.hostId, { verb: 'SDM.remove_bitmap', disk, bitmap: ctx.params.to ?? '' }),
      },
    ]),
  { name: 'ready', title: 'Making the backup ready', record: recordReady },
];

/** Begins a backup. The job ends when the disks can be read; the backup stays, with its disks locked, until it is finalized. */
export const startBackupSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<StartParams, State, Trx>({
    name: 'StartVmBackup',
    version: 1,
    title: (params) => `Starting a backup of VM ${params.vmName}`,
    locks: (params) => [
      vmLock(params.vmId),
      ...params.disks.map((disk) => ({
        group: 'DISK',
        objectId: disk.diskId,
        mode: 'exclusive' as const,
        messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED',
      })),
    ],
    initialState: () => ({ tasks: {}, generations: {}, parentId: null, urls: {}, leftovers: [] }),
    steps: (params) => (params.live ? liveSteps(hosts) : coldSteps(hosts, params)),
    async ended(end, trx) {
      const { backupId, vmId, vmName } = end.params;
      if (end.status === 'succeeded') {
        await failWhatEnded(trx, end.params);
        return;
      }
      await endBackup(trx, backupId, 'failed');
      await recordEvent(trx, {
        name: 'VM_BACKUP_FAILED',
        vm: { id: vmId, name: vmName },
        ...ofJob(end),
        values: { backup: backupId, reason: end.error?.message ?? '' },
      });
    },
  }) as unknown as EngineSaga;

/** The VM went down while its backup began: what was begun has ended with it. */
async function failWhatEnded(trx: Trx, params: Readonly<StartParams>): Promise<void> {
  if (!params.live) return;
  const { rows } = await sql<{
    here: boolean;
  }>`select host_id is not distinct from ${params.hostId}::uuid and status not in ('down', 'suspended', 'image_locked') as here
    from vm_state where vm_id = ${params.vmId} for update`.execute(trx);
  if (rows[0]?.here === true) return;
  await failBackupsOf(trx, [params.vmId], 'the VM does not run any more');
}
