import { addBitmap, chainContent, removeBitmap, wholeBitmap } from './bitmaps.ts';
import { failure, readList, readObject, readOptionalText, readText } from './parameters.ts';
import type { Parameters, SimulatedVerb } from './parameters.ts';
import type { SimulatedStorage, SimulatedVolume } from './storage.ts';
import { factsOf } from './virtual-machine.ts';
import type { VirtualMachine } from './virtual-machine.ts';
import type { VirtualMachines } from './virtual-machines.ts';
import { VdsmError } from '@virgate/vdsm';

interface BackupParts {
  readonly vms: VirtualMachines;
  readonly storage: SimulatedStorage;
}

interface DiskOfBackup {
  readonly imageId: string;
  readonly volume: SimulatedVolume;
  readonly domainId: string;
  readonly target: string;
  readonly checkpoint: boolean;
  readonly mode: string;
}

function disksOf(parts: BackupParts, vm: VirtualMachine, config: Parameters): DiskOfBackup[] {
  return readList(config, 'disks').map((entry) => {
    const disk = entry as Parameters;
    const imageId = readText(disk, 'img_id');
    const found = factsOf(vm).disks.find((one) => one.imageId === imageId);
    if (found === undefined) throw failure('BackupError', `The virtual machine has no disk with image ${imageId}`);
    return {
      imageId,
      volume: parts.storage.volume(found.domainId, found.volumeId),
      domainId: found.domainId,
      target: found.target,
      checkpoint: disk['checkpoint'] === true,
      mode: readOptionalText(disk, 'backup_mode') ?? 'full',
    };
  });
}

/** What was done of a row, and what stopped it. */
function each(ids: readonly string[], work: (index: number) => void): object {
  const done: string[] = [];
  for (const [index, id] of ids.entries()) {
    try {
      work(index);
    } catch (error) {
      if (!(error instanceof VdsmError)) throw error;
      return { checkpoint_ids: done, error: { code: error.code, message: error.message } };
    }
    done.push(id);
  }
  return { checkpoint_ids: done };
}

function begin(parts: BackupParts, vm: VirtualMachine, config: Parameters): void {
  const id = readText(config, 'backup_id');
  if (vm.backup?.id === id) return;
  if (vm.backup !== undefined) throw failure('BackupError', 'Another backup of this virtual machine is under way');
  const from = readOptionalText(config, 'from_checkpoint_id');
  const to = readOptionalText(config, 'to_checkpoint_id');
  const disks = disksOf(parts, vm, config);
  const isIncremental = disks.some((disk) => disk.mode === 'incremental');
  if (isIncremental && vm.checkpoints?.includes(from ?? '') !== true)
    throw failure('NoSuchCheckpointError', `No such checkpoint: ${from ?? ''}`);
  for (const disk of disks) if (disk.mode === 'incremental') wholeBitmap(disk.volume, from ?? '');
  vm.backup = {
    id,
    disks: Object.fromEntries(disks.map((disk) => [disk.imageId, `nbd:unix:/run/vdsm/backup/${id}:exportname=${disk.target}`])),
    // as they are in this moment, whatever is written afterwards
    contents: Object.fromEntries(
      disks.map((disk) => [
        disk.target,
        {
          content: chainContent(parts.storage, disk.domainId, disk.volume).toString('base64'),
          since: disk.mode === 'incremental' ? wholeBitmap(disk.volume, from ?? '').since : null,
        },
      ]),
    ),
  };
  if (to === undefined) return;
  for (const disk of disks) if (disk.checkpoint) addBitmap(parts.storage, disk.volume, to);
  vm.checkpoints = [...(vm.checkpoints ?? []), to];
}

/** Verbs of backups of running VMs and of their checkpoints. */
export function backupVerbs(parts: BackupParts): Record<string, SimulatedVerb> {
  const { vms, storage } = parts;
  const running = (params: Parameters): VirtualMachine => vms.running(readText(params, 'vmID'));
  const answer = (vm: VirtualMachine): object => ({ disks: vm.backup?.disks ?? {}, checkpoint: '<domaincheckpoint/>' });
  return {
    'VM.start_backup': (params) => {
      const vm = running(params);
      begin(parts, vm, readObject(params, 'config'));
      storage.onChange();
      return answer(vm);
    },
    'VM.stop_backup': (params) => {
      const vm = running(params);
      if (vm.backup?.id === readText(params, 'backup_id')) vm.backup = undefined;
      return { code: 0, message: 'Done' };
    },
    'VM.backup_info': (params) => {
      const vm = running(params);
      const id = readText(params, 'backup_id');
      if (vm.backup?.id !== id) throw failure('NoSuchBackupError', `No such backup: ${id}`);
      return answer(vm);
    },
    'VM.list_checkpoints': (params) => running(params).checkpoints ?? [],
    'VM.redefine_checkpoints': (params) => {
      const vm = running(params);
      const list = readList(params, 'checkpoints').map((entry) => entry as Parameters);
      const ids = list.map((one) => readText(one, 'id'));
      return each(ids, (index) => {
        const id = ids[index] ?? '';
        for (const disk of disksOf(parts, vm, readObject(list[index] ?? {}, 'config'))) {
          if (disk.volume.bitmaps?.[id]?.broken !== false)
            throw failure('InconsistentCheckpointError', `Disk ${disk.target} has no whole bitmap ${id}`);
        }
        vm.checkpoints = [...(vm.checkpoints ?? []).filter((known) => known !== id), id];
      });
    },
    'VM.delete_checkpoints': (params) => {
      const vm = running(params);
      const ids = readList(params, 'checkpoint_ids').map(String);
      return each(ids, (index) => {
        const id = ids[index] ?? '';
        if (vm.checkpoints?.includes(id) !== true) return;
        for (const disk of factsOf(vm).disks) removeBitmap(storage, storage.volume(disk.domainId, disk.volumeId), id);
        vm.checkpoints = vm.checkpoints.filter((known) => known !== id);
      });
    },
  };
}
