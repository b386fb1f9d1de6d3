import { VdsmError } from '@virgate/vdsm';
import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CommandError, runCommand } from '../command.ts';
import { errorCode } from '../verb.ts';

/** What of a VM lies in files of its host and outlives a run only with the engine: the variables of UEFI and the state of a TPM. */
export const externalDataKinds = ['tpm', 'nvram'] as const;
export type ExternalDataKind = (typeof externalDataKinds)[number];

/** Most data of one kind, as text: a TPM's state takes some kilobytes, UEFI's variables half a megabyte. */
export const maximumExternalData = 8 * 1024 * 1024;
/** Begins data that was compressed by bzip2 before it became base64. Source: VDSM, external data. */
const compressedMark = '=0=';
/** For programs that unpack what came over the wire. */
const limits = { addressSpaceBytes: 512 * 1024 * 1024, cpuSeconds: 20 };

/** What the engine tells VMs apart by: a hash over the data as it travels. */
export const externalDataHash = (data: string): string => createHash('sha256').update(data).digest('hex');

function failure(kind: ExternalDataKind, reason: string, cause?: unknown): VdsmError {
  return new VdsmError(errorCode.externalDataFailed, `The ${kind === 'tpm' ? 'TPM' : 'NVRAM'} data of the VM: ${reason}`, { cause });
}

const changeOf = (path: string): Promise<number> =>
  stat(path).then(
    (found) => found.mtimeMs,
    () => 0,
  );

/** The files of VMs with such data. */
export class ExternalData {
  readonly #stateDirectory: string;
  readonly #workDirectory: string;

  /**
   * @param stateDirectory what libvirt itself sees as /var/lib/libvirt
   * @param workDirectory for what is packed and unpacked
   */
  constructor(stateDirectory: string, workDirectory: string) {
    this.#stateDirectory = stateDirectory;
    this.#workDirectory = workDirectory;
  }

  #path(kind: ExternalDataKind, vmId: string): string {
    return kind === 'tpm' ? join(this.#stateDirectory, 'swtpm', vmId) : join(this.#stateDirectory, 'qemu', 'nvram', `${vmId}.fd`);
  }

  /** When the data changed last, in ms since 1970; 0 when there is none. */
  async changedMs(kind: ExternalDataKind, vmId: string): Promise<number> {
    const path = this.#path(kind, vmId);
    if (kind === 'nvram') return changeOf(path);
    const names = await readdir(path, { recursive: true }).catch(() => []);
    // A lock says nothing of the state.
    const times = await Promise.all(names.filter((name) => !name.endsWith('.lock')).map((name) => changeOf(join(path, name))));
    return Math.max(0, ...times);
  }

  /** The data as it travels. @throws VdsmError 89 when there is none */
  async read(kind: ExternalDataKind, vmId: string): Promise<string> {
    const path = this.#path(kind, vmId);
    try {
      await access(path);
    } catch (error) {
      throw failure(kind, 'there is none', error);
    }
    try {
      return kind === 'tpm' ? await this.#pack(path) : await this.#compress(await readFile(path));
    } catch (error) {
      throw failure(kind, 'it could not be read', error);
    }
  }

  /** Puts data into the place where libvirt finds it at the VM's start; what was there goes. @throws VdsmError 89 for data that is none */
  async write(kind: ExternalDataKind, vmId: string, data: string): Promise<void> {
    const path = this.#path(kind, vmId);
    try {
      const content = await this.#decode(data);
      await this.remove(kind, vmId);
      await mkdir(kind === 'tpm' ? path : dirname(path), { recursive: true, mode: kind === 'tpm' ? 0o700 : 0o755 });
      if (kind === 'tpm') await this.#unpack(content, path);
      else await writeFile(path, content, { mode: 0o600 });
    } catch (error) {
      throw error instanceof VdsmError ? error : failure(kind, 'it could not be put into its place', error);
    }
  }

  async remove(kind: ExternalDataKind, vmId: string): Promise<void> {
    await rm(this.#path(kind, vmId), { recursive: true, force: true });
  }

  /** Runs work with the name of a file that is gone afterwards. */
  async #withFile<T>(work: (path: string) => Promise<T>): Promise<T> {
    await mkdir(this.#workDirectory, { recursive: true, mode: 0o700 });
    const path = join(this.#workDirectory, randomUUID());
    try {
      return await work(path);
    } finally {
      await rm(path, { force: true });
      await rm(`${path}.bz2`, { force: true });
    }
  }

  #pack(directory: string): Promise<string> {
    return this.#withFile(async (path) => {
      await runCommand(['tar', '--create', '--xz', '--sort=name', '--exclude=.lock', `--file=${path}`, `--directory=${directory}`, '.']);
      return (await readFile(path)).toString('base64');
    });
  }

  #unpack(content: Buffer, directory: string): Promise<void> {
    return this.#withFile(async (path) => {
      await writeFile(path, content, { mode: 0o600 });
      await runCommand(['tar', '--extract', '--xz', '--no-same-owner', `--file=${path}`, `--directory=${directory}`], { limits });
    });
  }

  /** Compressed where this host can, as base64. */
  #compress(content: Buffer): Promise<string> {
    return this.#withFile(async (path) => {
      await writeFile(path, content, { mode: 0o600 });
      try {
        await runCommand(['bzip2', '-9', path]);
      } catch (error) {
        if (error instanceof CommandError && error.reason === 'missing') return content.toString('base64');
        throw error;
      }
      return compressedMark + (await readFile(`${path}.bz2`)).toString('base64');
    });
  }

  async #decode(data: string): Promise<Buffer> {
    const text = data.replaceAll('\n', '');
    const compressed = text.startsWith(compressedMark);
    const base64 = compressed ? text.slice(compressedMark.length) : text;
    if (base64 === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw new Error('it is in no known format');
    const content = Buffer.from(base64, 'base64');
    if (!compressed) return content;
    return this.#withFile(async (path) => {
      await writeFile(`${path}.bz2`, content, { mode: 0o600 });
      await runCommand(['bzip2', '--decompress', `${path}.bz2`], { limits });
      return readFile(path);
    });
  }
}
