import { commonErrors } from '@virgate/contract/generated/vdsm-errors';
import { VdsmError } from '@virgate/vdsm';
import { readOptionalUuid } from '../../storage-parameters.ts';
import { invalidParameter, readObject, readOptionalBoolean, readOptionalInteger, readText, readUuid } from '../../verb.ts';

/** A disk of a backup. Source: VDSM schema, BackupDisk. */
export interface BackupDisk {
  imageId: string;
  /** Its changes are recorded from now on. */
  checkpoint: boolean;
  mode: 'full' | 'incremental';
  /** Where QEMU keeps what the guest overwrites meanwhile; undefined = a file of the agent's own. */
  scratch:
    { path: string; kind: 'file' | 'block'; volume: { domainId: string; imageId: string; volumeId: string } | undefined } | undefined;
}

/** What is backed up, or what a checkpoint stands for. Source: VDSM schema, BackupConfig. */
export interface BackupConfig {
  backupId: string;
  disks: BackupDisk[];
  fromCheckpointId: string | undefined;
  toCheckpointId: string | undefined;
  parentCheckpointId: string | undefined;
  requireConsistency: boolean;
  creationSeconds: number | undefined;
}

/** Disks of one backup. */
const maximumDisks = 256;
const maximumPath = 4096;

function readScratch(value: Record<string, unknown>): BackupDisk['scratch'] {
  if (value['scratch_disk'] === undefined || value['scratch_disk'] === null) return undefined;
  const scratch = readObject(value, 'scratch_disk');
  const kind = readText(scratch, 'type', 16);
  if (kind !== 'file' && kind !== 'block') throw invalidParameter('scratch_disk.type', 'file or block is needed');
  const volumeId = readOptionalUuid(scratch, 'volumeID');
  return {
    path: readText(scratch, 'path', maximumPath),
    kind,
    volume:
      volumeId === undefined ? undefined : { domainId: readUuid(scratch, 'domainID'), imageId: readUuid(scratch, 'imageID'), volumeId },
  };
}

function readDisk(value: unknown, fromCheckpointId: string | undefined): BackupDisk {
  if (typeof value !== 'object' || value === null) throw invalidParameter('config.disks', 'a list of objects is needed');
  const disk = value as Record<string, unknown>;
  const mode = disk['backup_mode'] ?? (fromCheckpointId === undefined ? 'full' : 'incremental');
  if (mode !== 'full' && mode !== 'incremental') throw invalidParameter('config.disks.backup_mode', 'full or incremental is needed');
  if (mode === 'incremental' && fromCheckpointId === undefined)
    throw new VdsmError(commonErrors.BackupError, 'Cannot start an incremental backup without from_checkpoint_id');
  return {
    imageId: readUuid(disk, 'img_id'),
    checkpoint: readOptionalBoolean(disk, 'checkpoint') ?? false,
    mode,
    scratch: readScratch(disk),
  };
}

/** @throws 11, 91, 1600 */
export function readBackupConfig(params: Record<string, unknown>, name = 'config'): BackupConfig {
  const config = readObject(params, name);
  const { disks } = config;
  if (!Array.isArray(disks) || disks.length > maximumDisks)
    throw invalidParameter('config.disks', `a list of at most ${maximumDisks} disks`);
  const fromCheckpointId = readOptionalUuid(config, 'from_checkpoint_id');
  return {
    backupId: readUuid(config, 'backup_id'),
    disks: disks.map((disk) => readDisk(disk, fromCheckpointId)),
    fromCheckpointId,
    toCheckpointId: readOptionalUuid(config, 'to_checkpoint_id'),
    parentCheckpointId: readOptionalUuid(config, 'parent_checkpoint_id'),
    requireConsistency: readOptionalBoolean(config, 'require_consistency') ?? false,
    creationSeconds: readOptionalInteger(config, 'creation_time', { minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  };
}
