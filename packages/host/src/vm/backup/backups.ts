import { commonErrors } from '@virgate/contract/generated/vdsm-errors';
import { DomainBackupBeginFlags, ErrorNumber, isLibvirtError } from '@virgate/libvirt';
import { VdsmError } from '@virgate/vdsm';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { maximumSocketPathBytes } from '../../nbd/address.ts';
import { readUuid } from '../../verb.ts';
import type { VerbTable } from '../../verb.ts';
import { sizesOf } from '../disk-sizes.ts';
import { asFault } from '../registry.ts';
import type { VmRegistry } from '../registry.ts';
import type { Vm } from '../vm.ts';
import { checkpointXml } from './checkpoints.ts';
import { readBackupConfig } from './config.ts';
import type { BackupConfig, BackupDisk } from './config.ts';
import { backupAddresses, backupDocument, checkpointDocument, readRunningBackup } from './documents.ts';
import type { BackupTarget, RunningBackup } from './documents.ts';
import type { BackupFiles } from './files.ts';

/** A guest writes out what it holds back before it freezes; beginning a backup opens scratch files. */
const deadlineMs = 60_000;

const noBackup = (backupId: string): VdsmError =>
  new VdsmError(commonErrors.NoSuchBackupError, `No such backup: ${backupId} is not under way for this virtual machine`);

/** The backup that a VM has under way. */
export async function runningBackup(vms: VmRegistry, vm: Vm): Promise<RunningBackup | undefined> {
  try {
    const { xml } = await vms.call(vm, 'query', (connection) =>
      connection.call('DOMAIN_BACKUP_GET_XML_DESC', { dom: { name: vm.name, uuid: vm.vmId, id: -1 } }),
    );
    return readRunningBackup(xml);
  } catch (error) {
    if (isLibvirtError(error, ErrorNumber.NO_DOMAIN_BACKUP) || isLibvirtError(error, ErrorNumber.OPERATION_INVALID)) return undefined;
    throw error;
  }
}

/** Verbs of backups of running VMs in pull mode (VDSM schema, VM.start_backup and its like). */
export function createBackupVerbs(vms: VmRegistry, files: BackupFiles): VerbTable {
  const answer = async (vm: Vm, running: RunningBackup, checkpointId: string | undefined): Promise<object> => ({
    disks: backupAddresses(running, vm.facts?.disks ?? []),
    ...(checkpointId === undefined ? {} : { checkpoint: await checkpointXml(vms, vm, checkpointId) }),
  });
  return {
    'VM.start_backup': async (params) => {
      const vm = vms.running(readUuid(params, 'vmID'));
      const config = readBackupConfig(params);
      try {
        return await vms.inTurn(vm, async () => {
          const running = await runningBackup(vms, vm);
          // the answer of a first attempt may have been lost
          if (running?.socketPath === files.socketOf(config.backupId)) return answer(vm, running, config.toCheckpointId);
          if (running !== undefined)
            throw new VdsmError(commonErrors.BackupError, 'Cannot start the backup: another one of this virtual machine is under way');
          return answer(vm, await begin(vms, vm, files, config), config.toCheckpointId);
        });
      } catch (error) {
        throw asFault(error, commonErrors.BackupError);
      }
    },
    'VM.stop_backup': async (params) => {
      const vm = vms.find(readUuid(params, 'vmID'));
      const backupId = readUuid(params, 'backup_id');
      if (vm === undefined || (vm.state.phase !== 'running' && vm.state.phase !== 'paused')) {
        // it ended with its VM
        await files.remove(backupId);
        return { code: 0, message: 'Done' };
      }
      try {
        await vms.inTurn(vm, () => end(vms, vm, files, backupId));
      } catch (error) {
        throw asFault(error, commonErrors.BackupError);
      }
      return { code: 0, message: 'Done' };
    },
    'VM.backup_info': async (params) => {
      const vm = vms.running(readUuid(params, 'vmID'));
      const backupId = readUuid(params, 'backup_id');
      const checkpointId = params['checkpoint_id'] == null ? undefined : readUuid(params, 'checkpoint_id');
      try {
        const running = await runningBackup(vms, vm);
        if (running?.socketPath !== files.socketOf(backupId)) throw noBackup(backupId);
        return await answer(vm, running, checkpointId);
      } catch (error) {
        throw asFault(error, commonErrors.BackupError);
      }
    },
  };
}

/** Ends a backup; one that is not under way has ended already. */
async function end(vms: VmRegistry, vm: Vm, files: BackupFiles, backupId: string): Promise<void> {
  const running = await runningBackup(vms, vm);
  if (running?.socketPath === files.socketOf(backupId)) {
    await vms
      .call(vm, 'control', (connection) => connection.domainAbortJob(vm.vmId))
      .catch((error: unknown) => {
        if (!isLibvirtError(error, ErrorNumber.OPERATION_INVALID)) throw error;
      });
    // libvirt answers before the last block job has gone, and until then the disks are still served
    const { clock } = vms.dependencies;
    const giveUpMs = clock.monotonicMs() + deadlineMs;
    while ((await runningBackup(vms, vm)) !== undefined) {
      if (clock.monotonicMs() > giveUpMs) throw new VdsmError(commonErrors.BackupError, `Backup ${backupId} does not end`);
      await new Promise<void>((resolve) => void clock.after(50, resolve));
    }
  }
  await letGo(vms, files, backupId);
}

/** The disks of a config in the running domain, with their scratch files. */
async function targetsOf(vms: VmRegistry, vm: Vm, files: BackupFiles, config: BackupConfig): Promise<BackupTarget[]> {
  const targets: BackupTarget[] = [];
  for (const disk of config.disks) {
    const found = vm.facts?.disks.find((one) => one.imageId === disk.imageId);
    if (found === undefined)
      throw new VdsmError(commonErrors.BackupError, `Cannot start the backup: the virtual machine has no disk with image ${disk.imageId}`);
    if (targets.some((one) => one.name === found.target))
      throw new VdsmError(commonErrors.BackupError, `Cannot start the backup: image ${disk.imageId} is named twice`);
    if (found.onIoThread && !vms.dependencies.environment().ioThreadsServeNbd)
      throw new VdsmError(
        commonErrors.BackupError,
        `Cannot start the backup: an I/O thread works on disk ${found.target}, and the QEMU of this host would die of that. Stop the virtual machine and start it again: it then goes without`,
      );
    const { checkpoint, mode, imageId } = disk;
    const scratch = await scratchOf(vms, vm, files, config.backupId, found.target, disk);
    targets.push({ imageId, name: found.target, checkpoint, mode, scratch });
  }
  return targets;
}

async function scratchOf(
  vms: VmRegistry,
  vm: Vm,
  files: BackupFiles,
  backupId: string,
  target: string,
  disk: BackupDisk,
): Promise<BackupTarget['scratch']> {
  const { capacity } = await vms.call(vm, 'query', (connection) =>
    connection.call('DOMAIN_GET_BLOCK_INFO', { dom: { name: vm.name, uuid: vm.vmId, id: -1 }, path: target }),
  );
  if (disk.scratch !== undefined) return scratchVolume(vms, disk.scratch, target, Number(capacity));
  return { path: await files.makeScratch(vm.vmId, backupId, target, Number(capacity)), kind: 'file' };
}

/** What a qcow2 volume takes at most beyond what it holds: tables of 8 bytes a cluster of 64 KiB, counters of 2, and its header. */
const mostBytesOf = (contentBytes: number): number => contentBytes + Math.ceil(contentBytes / 1024) + 1024 * 1024;

/**
 * Makes the volume ready that the caller names. One on a block domain has to hold all that the guest can overwrite: nobody makes it larger
 * while the backup goes on, and where it is full the guest could not write any more.
 */
async function scratchVolume(
  vms: VmRegistry,
  { volume, kind }: NonNullable<BackupDisk['scratch']>,
  target: string,
  diskBytes: number,
): Promise<BackupTarget['scratch']> {
  const refuse = (why: string): VdsmError =>
    new VdsmError(commonErrors.BackupError, `Cannot start the backup: the scratch disk of ${target} ${why}`);
  if (volume === undefined) throw refuse('has to be a volume, named by domainID, imageID and volumeID');
  const { path, format, isBlockDevice = false } = await vms.dependencies.images.prepare({ poolId: '', ...volume });
  if (format !== 'qcow2') throw refuse('has to be qcow2');
  if (isBlockDevice !== (kind === 'block'))
    throw refuse(`is said to be of type ${kind}, and lies on a ${isBlockDevice ? 'block' : 'file'} domain`);
  if (!isBlockDevice) return { path, kind };
  const { apparentBytes } = await sizesOf(path);
  const needed = mostBytesOf(diskBytes);
  if (apparentBytes < needed)
    throw refuse(`has ${apparentBytes} bytes of room, and a disk of ${diskBytes} bytes needs ${needed}: make it larger`);
  return { path, kind };
}

/** Notes the volumes that a config names for what the guest overwrites: they are let go with the backup, or with the VM. */
async function holdScratch(vms: VmRegistry, vm: Vm, files: BackupFiles, config: BackupConfig): Promise<void> {
  const volumes = config.disks.flatMap(({ scratch }) => (scratch?.volume === undefined ? [] : [{ poolId: '', ...scratch.volume }]));
  if (volumes.length === 0) return;
  for (const { imageId, volumeId } of volumes)
    if (vm.volumes.some((one) => one.imageId === imageId))
      throw new VdsmError(
        commonErrors.BackupError,
        `Cannot start the backup: the virtual machine uses the scratch disk ${volumeId} itself`,
      );
  await files.noteVolumes(vm.vmId, config.backupId, volumes);
  vm.volumes = [...vm.volumes, ...volumes];
  await vms.save(vm);
}

/** Lets the volumes of a backup that is over go, and removes its files. */
async function letGo(vms: VmRegistry, files: BackupFiles, backupId: string): Promise<void> {
  const noted = await files.volumesOf(backupId);
  const vm = noted && vms.find(noted.vmId);
  if (vm && noted) {
    const { images, log } = vms.dependencies;
    vm.volumes = vm.volumes.filter((one) => noted.volumes.every((other) => other.imageId !== one.imageId));
    await vms.save(vm);
    for (const volume of noted.volumes)
      await images
        .teardown(volume)
        .catch((error: unknown) => log.warn({ vmId: vm.vmId, ...volume, error: String(error) }, 'A volume could not be let go'));
  }
  await files.remove(backupId);
}

async function begin(vms: VmRegistry, vm: Vm, files: BackupFiles, config: BackupConfig): Promise<RunningBackup> {
  const socketPath = files.socketOf(config.backupId);
  if (Buffer.byteLength(socketPath) > maximumSocketPathBytes)
    throw new VdsmError(commonErrors.BackupError, `The path of the socket ${socketPath} is too long; give the agent a shorter runDir`);
  try {
    await mkdir(dirname(socketPath), { recursive: true, mode: 0o700 });
    await vms.refreshFacts(vm);
    await holdScratch(vms, vm, files, config);
    const targets = await targetsOf(vms, vm, files, config);
    const disks = vm.facts?.disks ?? [];
    const without = (names: readonly string[]): string[] => disks.map((disk) => disk.target).filter((name) => !names.includes(name));
    const { fromCheckpointId, toCheckpointId, parentCheckpointId } = config;
    const backup = backupDocument({ socketPath, fromCheckpointId, targets }, without(targets.map((one) => one.name)));
    const recorded = targets.filter((one) => one.checkpoint).map((one) => one.name);
    const checkpoint =
      toCheckpointId === undefined || recorded.length === 0
        ? undefined
        : checkpointDocument(
            { id: toCheckpointId, parentId: parentCheckpointId, creationSeconds: undefined, names: recorded },
            without(recorded),
          );
    const thaw = await freeze(vms, vm, files, config.requireConsistency);
    try {
      await vms.call(
        vm,
        'control',
        (connection) => connection.domainBackupBegin(vm.vmId, backup, checkpoint, DomainBackupBeginFlags.REUSE_EXTERNAL),
        deadlineMs,
      );
    } finally {
      await thaw();
    }
    return { socketPath, disks: targets.map((one) => one.name) };
  } catch (error) {
    if ((await runningBackup(vms, vm).catch(() => undefined))?.socketPath !== socketPath) await letGo(vms, files, config.backupId);
    if (isLibvirtError(error, ErrorNumber.CHECKPOINT_INCONSISTENT))
      throw new VdsmError(commonErrors.InconsistentCheckpointError, `The checkpoint is broken: ${error.message}`, { cause: error });
    if (isLibvirtError(error, ErrorNumber.NO_DOMAIN_CHECKPOINT))
      throw new VdsmError(commonErrors.NoSuchCheckpointError, `No such checkpoint: ${error.message}`, { cause: error });
    throw error;
  }
}

/**
 * Holds the guest's writes back, so that its file systems are whole. A guest that cannot is backed up as if its power had failed, unless
 * the caller insists.
 *
 * @returns what lets it go again
 */
async function freeze(vms: VmRegistry, vm: Vm, files: BackupFiles, insist: boolean): Promise<() => Promise<void>> {
  const { log } = vms.dependencies;
  if (vm.state.phase !== 'running') return () => Promise.resolve();
  await files.markFrozen(vm.vmId);
  try {
    await vms.call(vm, 'control', (connection) => connection.domainFreeze(vm.vmId), deadlineMs);
  } catch (error) {
    // it may have frozen although nobody heard so
    await thawVm(vms, vm, files);
    if (insist)
      throw new VdsmError(
        commonErrors.BackupError,
        `Cannot start the backup: the guest's file systems cannot be frozen: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    log.warn({ vmId: vm.vmId, error: String(error) }, "The guest's file systems are not frozen for its backup");
  }
  return () => thawVm(vms, vm, files);
}

async function thawVm(vms: VmRegistry, vm: Vm, files: BackupFiles): Promise<void> {
  try {
    await vms.call(vm, 'control', (connection) => connection.domainThaw(vm.vmId), deadlineMs);
  } catch (error) {
    vms.dependencies.log.debug({ vmId: vm.vmId, error: String(error) }, "The guest's file systems could not be thawed");
  }
  await files.unmarkFrozen(vm.vmId);
}

/** Lets go what an agent before this one held back, and removes the files of backups that are over. */
export async function recoverBackups(vms: VmRegistry, files: BackupFiles): Promise<void> {
  const { log } = vms.dependencies;
  for (const vmId of await files.frozen()) {
    const vm = vms.find(vmId);
    if (vm?.state.phase === 'running') await thawVm(vms, vm, files);
    else await files.unmarkFrozen(vmId);
  }
  const left = new Set(await files.list());
  if (left.size === 0) return;
  for (const vm of vms.list()) {
    if (vm.state.phase !== 'running' && vm.state.phase !== 'paused') continue;
    const running = await runningBackup(vms, vm).catch((error: unknown) => {
      log.warn({ vmId: vm.vmId, error: String(error) }, 'The backup of a VM could not be looked at; its files stay');
      return 'unknown' as const;
    });
    if (running === 'unknown') return;
    for (const id of left) if (running?.socketPath === files.socketOf(id)) left.delete(id);
  }
  for (const id of left) await letGo(vms, files, id);
}
