import { spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { boundToAgent, CommandError, runCommand } from '../command.ts';
import { imageKey } from '../image/locks.ts';
import { findDomain } from '../storage-context.ts';
import type { StorageContext } from '../storage-context.ts';
import { storageError } from '../storage-error.ts';
import { fillVolume } from '../volume/fill.ts';
import type { DataOperation } from '../volume/fill.ts';
import { checkFormat } from '../volume/info.ts';
import { readVolume, useVolumes } from '../volume/volumes.ts';
import type { Volume } from '../volume/volumes.ts';
import type { ImportRequest } from './request.ts';
import { withSecretFile } from './virsh.ts';
import type { ExternalManager } from './virsh.ts';

/** The description that virt-v2v writes of what it made; it stays until the job is forgotten. */
export const descriptionFile = (folder: string, jobId: string): string => join(folder, `${jobId}.ovf`);

/**
 * The command that fetches a VM of VMware or Xen and makes it fit for KVM.
 * @param place folder of the storage domain, folder for the description, and file with the password; Xen is spoken to by SSH with the host's keys
 */
export function v2vCommand(
  { uri, address }: Pick<ExternalManager, 'uri' | 'address'>,
  request: ImportRequest,
  place: { domain: string; folder: string; passwordFile: string | undefined },
): string[] {
  return [
    'virt-v2v',
    '--machine-readable',
    '-ic',
    uri,
    ...(address.provider === 'xen' || place.passwordFile === undefined ? [] : ['-ip', place.passwordFile]),
    '-o',
    'vdsm',
    '-os',
    place.domain,
    '-of',
    request.format,
    '-oa',
    request.allocation,
    ...request.disks.flatMap(({ imageId, volumeId }) => ['-oo', `vdsm-image-uuid=${imageId}`, '-oo', `vdsm-vol-uuid=${volumeId}`]),
    '-oo',
    `vdsm-vm-uuid=${request.jobId}`,
    '-oo',
    `vdsm-ovf-output=${place.folder}`,
    '-oo',
    'vdsm-compat=1.1',
    '--',
    request.vmName,
  ];
}

/** How far a conversion is, in percent of all disks, as it prints it: which disk it copies, and how much of that. */
export class V2vProgress {
  #disk = 1;
  #disks = 1;
  #percent = 0;

  /** @returns percent, or undefined when the text says nothing of it */
  read(text: string): number | undefined {
    let said = false;
    for (const [, disk, disks, percent] of text.matchAll(/Copying disk (\d{1,3})\/(\d{1,3})|\((\d{1,3})(?:\.\d+)?\/100%\)/g)) {
      said = true;
      if (percent !== undefined) this.#percent = Math.min(100, Number(percent));
      else [this.#disk, this.#disks, this.#percent] = [Number(disk), Math.max(1, Number(disks)), 0];
    }
    return said ? Math.min(100, ((this.#disk - 1) * 100 + this.#percent) / this.#disks) : undefined;
  }
}

/** An agent of SSH with the keys of this host, as virt-v2v wants one to copy the disks of a VM of Xen. */
async function withKeys<T>(folder: string, jobId: string, work: (environment: Record<string, string>) => Promise<T>): Promise<T> {
  const socket = join(folder, `${jobId}.ssh`);
  await rm(socket, { force: true });
  const [file = '', ...args] = boundToAgent(['ssh-agent', '-D', '-a', socket]);
  const agent = spawn(file, args, { stdio: 'ignore' });
  agent.on('error', () => undefined);
  const environment = { SSH_AUTH_SOCK: socket };
  try {
    let failure: unknown;
    for (let attempt = 0; attempt < 20; attempt++) {
      try {
        await runCommand(['ssh-add'], { environment, timeoutMs: 10_000 });
        return await work(environment);
      } catch (error) {
        if (!(error instanceof CommandError) || error.reason === 'missing' || error.exitCode !== 2) throw error;
        failure = error;
        await delay(100);
      }
    }
    throw failure;
  } finally {
    agent.kill();
    await rm(socket, { force: true });
  }
}

async function run(argv: readonly string[], environment: Record<string, string>, operation: DataOperation): Promise<void> {
  const progress = new V2vProgress();
  const onOutput = (text: string): void => {
    const percent = progress.read(text);
    if (percent !== undefined) operation.progress(percent);
  };
  await runCommand(argv, { signal: operation.signal, timeoutMs: 0, environment, onOutput });
}

const asFault = (error: unknown): unknown => {
  if (!(error instanceof CommandError)) return error;
  if (error.reason !== 'missing') return storageError('GeneralException', `The VM could not be converted: ${error.message}`, error);
  const [program = ''] = error.message.split(' ');
  const wanted = program === 'virt-v2v' ? 'virt-v2v' : 'openssh-client';
  return storageError(
    'GeneralException',
    `The program ${program} is not installed: install the package "${wanted}" on this host, then repeat`,
    error,
  );
};

/** Runs work on all the volumes that a conversion fills: illegal until it has. */
function filling(context: StorageContext, volumes: readonly Volume[], work: () => Promise<void>): Promise<void> {
  const [first, ...others] = volumes;
  return first === undefined
    ? work()
    : context.locks.exclusive(imageKey(first.domain.id, first.imageId), () =>
        fillVolume(context, first, undefined, () => filling(context, others, work)),
      );
}

/**
 * Converts a VM of VMware or Xen into volumes. Doing it twice does no harm.
 *
 * @param folders for files with secrets, and for the description of what was made
 * @throws 100 when virt-v2v is missing or fails, 484, 201
 */
export async function convertVm(
  context: StorageContext,
  manager: ExternalManager,
  request: ImportRequest,
  folder: string,
  { acceleration, ...operation }: DataOperation & { acceleration: 'kvm' | 'tcg' },
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const environment = {
    LIBGUESTFS_BACKEND: 'direct',
    ...(acceleration === 'tcg' ? { LIBGUESTFS_BACKEND_SETTINGS: 'force_tcg' } : {}),
    ...(request.driversIso === undefined ? {} : { VIRTIO_WIN: request.driversIso }),
  };
  const domain = await findDomain(context, request.domainId);
  const volumes: Volume[] = [];
  for (const { imageId, volumeId } of request.disks) volumes.push(await readVolume(domain, imageId, volumeId));
  const path = dirname(dirname(dirname(volumes[0]?.path ?? '')));
  const convert = (passwordFile?: string, keys: Record<string, string> = {}): Promise<void> =>
    run(v2vCommand(manager, request, { domain: path, folder, passwordFile }), { ...environment, ...keys }, operation);
  try {
    await filling(context, volumes, () =>
      useVolumes(volumes, async () => {
        if (manager.address.provider === 'xen') await withKeys(folder, request.jobId, (keys) => convert(undefined, keys));
        else await withSecretFile(folder, manager.password, convert);
        for (const volume of volumes) await checkFormat(volume);
      }),
    );
  } catch (error) {
    throw asFault(error);
  }
}
