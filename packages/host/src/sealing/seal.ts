import { CommandError, runCommand } from '../command.ts';
import { imageKey } from '../image/locks.ts';
import { findDomain } from '../storage-context.ts';
import type { StorageContext } from '../storage-context.ts';
import { storageError } from '../storage-error.ts';
import { qemuFormat } from '../volume/qemu-img.ts';
import { readChain, readVolume, useVolumes } from '../volume/volumes.ts';
import type { Volume } from '../volume/volumes.ts';

/** A volume that is to be sealed. */
export interface SealedVolume {
  domainId: string;
  imageId: string;
  volumeId: string;
}

/** A guest is changed by a small machine of libguestfs; where processors are emulated that takes its time. */
const timeoutMs = 2 * 3_600_000;

/**
 * The command that takes out of a guest's disks what only one machine may have: keys of SSH, the machine's id, logs, users' histories. All
 * disks go together, since file systems may refer to one another. Formats are said: in a raw volume the guest may have written another header.
 * Source: VDSM, seal_vm.
 */
export const sealCommand = (volumes: readonly Pick<Volume, 'path' | 'metadata'>[]): string[] => [
  'virt-sysprep',
  '--quiet',
  '--no-network',
  '--hostname',
  'localhost',
  // Newer ones give the machine a new id at the end, which all VMs of the template would share: an empty file has each get its own.
  '--write',
  '/etc/machine-id:',
  ...volumes.flatMap(({ path, metadata }) => ['--format', qemuFormat(metadata.format), '-a', path]),
];

/** Where libguestfs runs its machine: started by itself, not by a libvirtd; without KVM when this host's guests have none either. */
export const sealEnvironment = (acceleration: 'kvm' | 'tcg'): Record<string, string> => ({
  LIBGUESTFS_BACKEND: 'direct',
  ...(acceleration === 'tcg' ? { LIBGUESTFS_BACKEND_SETTINGS: 'force_tcg' } : {}),
});

async function run(volumes: readonly Volume[], acceleration: 'kvm' | 'tcg', signal: AbortSignal): Promise<void> {
  try {
    await runCommand(sealCommand(volumes), { signal, timeoutMs, environment: sealEnvironment(acceleration) });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw storageError(
      'GeneralException',
      error.reason === 'missing'
        ? 'The program virt-sysprep is not installed: install the package "guestfs-tools" on this host, then repeat'
        : `The disks could not be sealed: ${error.message}`,
      error,
    );
  }
}

/**
 * Seals the disks of a new template. Doing it twice does no harm.
 *
 * @throws 219 SharedVolumeNonWritable for a volume on which others may stand, 100 when virt-sysprep is missing or fails, 201, 262, 358
 */
export async function sealVolumes(
  context: StorageContext,
  sealed: readonly SealedVolume[],
  acceleration: 'kvm' | 'tcg',
  signal: AbortSignal,
): Promise<void> {
  // In the order of their names, so that two jobs can't wait for each other.
  const keys = [...new Set(sealed.map(({ domainId, imageId }) => imageKey(domainId, imageId)))].toSorted();
  const locked = (rest: readonly string[], work: () => Promise<void>): Promise<void> => {
    const [first, ...others] = rest;
    return first === undefined ? work() : context.locks.exclusive(first, () => locked(others, work));
  };
  await locked(keys, async () => {
    const volumes: Volume[] = [];
    const used: Volume[] = [];
    for (const { domainId, imageId, volumeId } of sealed) {
      const volume = await readVolume(await findDomain(context, domainId), imageId, volumeId);
      if (volume.metadata.role !== 'LEAF')
        throw storageError('SharedVolumeNonWritable', `Volume ${volumeId} is ${volume.metadata.role}; only a leaf can be sealed`);
      volumes.push(volume);
      used.push(...(await readChain(volume)));
    }
    await useVolumes(used, () => run(volumes, acceleration, signal));
  });
}
