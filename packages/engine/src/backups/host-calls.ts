import { commonErrors } from '@virgate/contract/generated/vdsm-errors';
import { VdsmError } from '@virgate/vdsm';
import type { HostSessions } from '../monitoring/sessions.ts';
import { Fault, hostFailed } from '../rest/fault.ts';
import type { BackupDisk, CheckpointOfChain } from './rows.ts';
import { connectionLost } from '../monitoring/connection-lost.ts';

/** A backup begins when the guest's file systems are frozen, which may take a minute. */
const timeoutMs = 180_000;
/** A host that knows nothing of the VM, or has it down, has nothing of its backup. */
const goneCodes: readonly number[] = [commonErrors.NoSuchVM, commonErrors.VMIsDown, commonErrors.NoSuchBackupError];

/** Who asks a host about the backup of one of its VMs. */
export interface BackupAsker {
  hosts: HostSessions;
  hostId: string;
  vmId: string;
  signal?: AbortSignal;
}

/** @throws VdsmError */
export async function askHost<T>({ hosts, hostId, vmId, signal }: BackupAsker, method: string, parameters: object): Promise<T> {
  const { client, fence } = await hosts.access(hostId);
  return (await client.call(method, { vmID: vmId, ...parameters }, { timeoutMs, fence, ...(signal ? { signal } : {}) })) as T;
}

/** A host's answer that means that nobody can tell any more what changed. */
export const isChainLost = (error: unknown): error is VdsmError =>
  error instanceof VdsmError &&
  ([commonErrors.CheckpointError, commonErrors.NoSuchCheckpointError, commonErrors.InconsistentCheckpointError] as number[]).includes(
    error.code,
  );

/** A host's refusal as a fault; what a retry may mend is passed on. */
export function backupFault(error: unknown): Error {
  if (error instanceof Fault || !(error instanceof VdsmError) || error.code === connectionLost)
    return error instanceof Error ? error : new Error(String(error));
  return hostFailed('Cannot back up VM', error.message, error);
}

const diskOf = (disk: Pick<BackupDisk, 'diskId' | 'volumeId' | 'storageDomainId'>) => ({
  sd_id: disk.storageDomainId,
  img_id: disk.diskId,
  vol_id: disk.volumeId,
});

/** Begins a backup of a running VM. Repeatable. @returns where each disk is served. Source: VDSM schema, VM.start_backup. */
export async function startOnHost(
  asker: BackupAsker,
  backup: {
    id: string;
    disks: readonly BackupDisk[];
    from: string | null;
    to: string | null;
    parent: string | null;
    requireConsistency: boolean;
  },
): Promise<Record<string, string>> {
  const answer = await askHost<{ disks?: Record<string, string> }>(asker, 'VM.start_backup', {
    config: {
      backup_id: backup.id,
      disks: backup.disks.map((disk) => ({ ...diskOf(disk), checkpoint: disk.checkpoint, backup_mode: disk.mode })),
      from_checkpoint_id: backup.from,
      to_checkpoint_id: backup.to,
      parent_checkpoint_id: backup.parent,
      require_consistency: backup.requireConsistency,
    },
  });
  return answer.disks ?? {};
}

/** Ends a backup on its host. Repeatable; a VM that is gone has none. @throws VdsmError */
export async function stopOnHost(asker: BackupAsker, backupId: string): Promise<void> {
  await askHost(asker, 'VM.stop_backup', { backup_id: backupId }).catch((error: unknown) => {
    if (!(error instanceof VdsmError) || !goneCodes.includes(error.code)) throw error;
  });
}

interface RowAnswer {
  checkpoint_ids?: string[];
  error?: { code?: number; message?: string };
}

/**
 * Makes the host know the checkpoints that the engine knows, and no others: hosts forget them at the end of a VM's run.
 * Source: VDSM schema, VM.list_checkpoints, VM.redefine_checkpoints.
 * @returns why it cannot know them; undefined when it does
 * @throws VdsmError
 */
export async function lineUpCheckpoints(asker: BackupAsker, chain: readonly CheckpointOfChain[]): Promise<string | undefined> {
  const known = await askHost<string[]>(asker, 'VM.list_checkpoints', {});
  const strange = known.filter((id) => chain.every((checkpoint) => checkpoint.id !== id));
  if (strange.length > 0) await deleteCheckpoints(asker, strange);
  const missing = chain.filter((checkpoint) => !known.includes(checkpoint.id));
  if (missing.length === 0) return undefined;
  if (missing.some((checkpoint) => checkpoint.disks.length === 0)) return 'a checkpoint has none of the disks that the VM has';
  const checkpoints = missing.map((checkpoint) => {
    const parent = chain[chain.indexOf(checkpoint) - 1];
    return {
      id: checkpoint.id,
      config: {
        backup_id: checkpoint.id,
        disks: checkpoint.disks.map((disk) => ({ ...diskOf(disk), checkpoint: true })),
        from_checkpoint_id: null,
        to_checkpoint_id: checkpoint.id,
        parent_checkpoint_id: parent?.id ?? null,
        creation_time: checkpoint.createdSeconds,
      },
    };
  });
  const answer = await askHost<RowAnswer>(asker, 'VM.redefine_checkpoints', { checkpoints });
  if (answer.error === undefined || answer.error === null) return undefined;
  if ((answer.checkpoint_ids ?? []).length > 0) await deleteCheckpoints(asker, answer.checkpoint_ids ?? []);
  return answer.error.message ?? 'the host does not say why';
}

/** Makes the host forget checkpoints, and the disks their bitmaps. Unknown ones are no error. @throws VdsmError, Fault */
export async function deleteCheckpoints(asker: BackupAsker, ids: readonly string[]): Promise<void> {
  const answer = await askHost<RowAnswer>(asker, 'VM.delete_checkpoints', { checkpoint_ids: ids });
  if (answer.error) throw hostFailed('Cannot remove the checkpoint', answer.error.message ?? 'the host does not say why');
}
