import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VolumeIds } from '../../domain-xml/request.ts';
import { createImage } from '../../volume/qemu-img.ts';

/** Marks that a VM's file systems are held back. */
const frozenSuffix = '.frozen';
/** Names the volumes into which a backup moves what the guest overwrites. */
const volumesSuffix = '.volumes';

/** The files of backups on this host: sockets, and scratch files into which QEMU moves what the guest overwrites meanwhile. */
export interface BackupFiles {
  socketOf(backupId: string): string;
  /** Makes an empty scratch file. @returns its path */
  makeScratch(vmId: string, backupId: string, name: string, sizeBytes: number): Promise<string>;
  /** Notes, before they are made ready, on which volumes a backup stands, so that they are let go in any case. */
  noteVolumes(vmId: string, backupId: string, volumes: readonly VolumeIds[]): Promise<void>;
  /** The volumes that a backup stands on, and whose it is; undefined when it needs none. */
  volumesOf(backupId: string): Promise<{ vmId: string; volumes: VolumeIds[] } | undefined>;
  /** Removes what a backup left. */
  remove(backupId: string): Promise<void>;
  /** Removes what all backups of a VM left. */
  removeOf(vmId: string): Promise<void>;
  /** Ids of the backups that have files. */
  list(): Promise<string[]>;
  /** Notes on the disk that a VM is frozen, so that an agent that comes after this one lets it go. */
  markFrozen(vmId: string): Promise<void>;
  unmarkFrozen(vmId: string): Promise<void>;
  frozen(): Promise<string[]>;
}

export function createBackupFiles(socketDirectory: string, scratchDirectory: string): BackupFiles {
  const removeWhere = async (isGone: (vmId: string, backupId: string) => boolean): Promise<void> => {
    const sockets = new Set<string>();
    for (const name of await names(scratchDirectory)) {
      const [vmId = '', backupId = ''] = name.split('.');
      if (name.endsWith(frozenSuffix) || !isGone(vmId, backupId)) continue;
      sockets.add(backupId);
      await rm(join(scratchDirectory, name), { force: true });
    }
    for (const backupId of sockets) await rm(join(socketDirectory, backupId), { force: true });
  };
  return {
    socketOf: (backupId) => join(socketDirectory, backupId),
    async makeScratch(vmId, backupId, name, sizeBytes) {
      await mkdir(socketDirectory, { recursive: true, mode: 0o700 });
      await mkdir(scratchDirectory, { recursive: true, mode: 0o700 });
      const path = join(scratchDirectory, `${vmId}.${backupId}.${name}.qcow2`);
      await rm(path, { force: true });
      await createImage(path, { format: 'qcow2', sizeBytes });
      return path;
    },
    async noteVolumes(vmId, backupId, volumes) {
      await mkdir(scratchDirectory, { recursive: true, mode: 0o700 });
      await writeFile(join(scratchDirectory, `${vmId}.${backupId}${volumesSuffix}`), JSON.stringify(volumes));
    },
    async volumesOf(backupId) {
      const name = (await names(scratchDirectory)).find((one) => one.endsWith(`.${backupId}${volumesSuffix}`));
      if (name === undefined) return undefined;
      const volumes = JSON.parse(await readFile(join(scratchDirectory, name), 'utf8')) as VolumeIds[];
      return { vmId: name.split('.')[0] ?? '', volumes };
    },
    remove: (backupId) => removeWhere((_vmId, id) => id === backupId),
    removeOf: (vmId) => removeWhere((id) => id === vmId),
    async list() {
      const scratch = (await names(scratchDirectory)).filter((name) => !name.endsWith(frozenSuffix));
      return [...new Set(scratch.map((name) => name.split('.')[1] ?? ''))];
    },
    async markFrozen(vmId) {
      await mkdir(scratchDirectory, { recursive: true, mode: 0o700 });
      await writeFile(join(scratchDirectory, `${vmId}${frozenSuffix}`), '');
    },
    unmarkFrozen: (vmId) => rm(join(scratchDirectory, `${vmId}${frozenSuffix}`), { force: true }),
    async frozen() {
      return (await names(scratchDirectory))
        .filter((name) => name.endsWith(frozenSuffix))
        .map((name) => name.slice(0, -frozenSuffix.length));
    },
  };
}

/** Names in a directory, which need not be there. */
async function names(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}
