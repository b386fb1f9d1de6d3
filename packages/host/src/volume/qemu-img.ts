import { CommandError, runCommand } from '../command.ts';
import { storageError, toStorageError } from '../storage-error.ts';
import type { Volume } from './volumes.ts';

/** QEMU's name of a volume format. */
export function qemuFormat(format: 'RAW' | 'COW'): 'raw' | 'qcow2' {
  return format === 'COW' ? 'qcow2' : 'raw';
}

/** Limits for programs that look into an image which a stranger may have written. */
export const untrustedLimits = { addressSpaceBytes: 1024 ** 3, cpuSeconds: 30 };

/** Names of an image file that tell QEMU every layer and its format, so that it never believes what a header says. */
export interface ImageReference {
  json: string;
}

interface Layer {
  path: string;
  /** Whether the path is that of a block device. */
  block?: boolean;
  format: 'raw' | 'qcow2';
}

function layerOptions(layers: readonly Layer[]): object | null {
  const top = layers.at(-1);
  if (top === undefined) return null;
  const file = { driver: top.block === true ? 'host_device' : 'file', filename: top.path };
  return top.format === 'raw' ? { driver: 'raw', file } : { driver: 'qcow2', file, backing: layerOptions(layers.slice(0, -1)) };
}

/** @param layers base first */
export function imageReference(layers: readonly Layer[]): ImageReference {
  return { json: `json:${JSON.stringify(layerOptions(layers))}` };
}

/** A chain of volumes, base first, as one image. */
export function chainReference(chain: readonly Volume[]): ImageReference {
  return imageReference(
    chain.map((volume) => ({ path: volume.path, format: qemuFormat(volume.metadata.format), block: volume.domain.store.kind === 'block' })),
  );
}

/** Runs qemu-img. @throws 203 VolumeIsBusy, 100 when it is not installed, CommandError */
export async function runQemuImg(argv: string[], doing: string, options: Parameters<typeof runCommand>[1] = {}): Promise<string> {
  try {
    return (await runCommand(['qemu-img', ...argv], options)).stdout;
  } catch (error) {
    if (error instanceof CommandError) {
      if (error.reason === 'missing')
        throw storageError(
          'GeneralException',
          'The program qemu-img is not installed: install the package "qemu-utils" on this host, then repeat',
          error,
        );
      if (/Failed to get .*lock|Is another process using the image/.test(error.stderr))
        throw storageError('VolumeIsBusy', `Volume is in use by another process: ${doing}`, error);
    }
    throw error;
  }
}

/** Makes an empty image at a path. @throws 205 VolumeCreationError, 397 */
export async function createImage(
  path: string,
  image: { format: 'raw' | 'qcow2'; sizeBytes: number; backing?: { name: string; format: 'raw' | 'qcow2' } },
  signal?: AbortSignal,
): Promise<void> {
  const options: string[] = [];
  if (image.format === 'qcow2') options.push('compat=1.1');
  // the parent is not opened (-u): its size is known, and nothing in it should be looked at here
  if (image.backing !== undefined) options.push(`backing_file=${image.backing.name}`, `backing_fmt=${image.backing.format}`);
  const argv = [
    'create',
    '-q',
    '-f',
    image.format,
    ...(image.backing === undefined ? [] : ['-u']),
    ...(options.length === 0 ? [] : ['-o', options.join(',')]),
    path,
    String(image.sizeBytes),
  ];
  try {
    await runQemuImg(argv, `create ${path}`, signalOption(signal));
  } catch (error) {
    throw toStorageError(error, 'VolumeCreationError', `create ${path}`);
  }
}

function signalOption(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

export interface Conversion {
  source: ImageReference;
  targetPath: string;
  targetFormat: 'raw' | 'qcow2';
  /** Copy only what the top layer of the source holds, as the target has this parent already. */
  backing?: { name: string; format: 'raw' | 'qcow2' };
  /** Carry the top layer's dirty bitmaps over, but broken ones; both sides must be qcow2. */
  bitmaps?: boolean;
  signal?: AbortSignal;
  progress?: (percent: number) => void;
}

/** A part of a file that is an image by itself, such as one in an archive. */
export interface ImageSlot {
  path: string;
  offset: number;
  sizeBytes: number;
}

/** An image that is a part of a file; beyond its end the file has no more than zeros up to the next 512 bytes. */
export function slotReference({ path, offset, sizeBytes }: ImageSlot, format: 'raw' | 'qcow2' | 'vmdk'): ImageReference {
  const slot = { driver: 'raw', offset, size: Math.ceil(sizeBytes / 512) * 512, file: { driver: 'file', filename: path } };
  return { json: `json:${JSON.stringify(format === 'raw' ? slot : { driver: format, file: slot })}` };
}

/** Fills an empty qcow2 image that is a part of a file with the content of another image. @throws 261 CopyImageError, 203, 397 */
export async function convertIntoSlot(conversion: {
  source: ImageReference;
  target: ImageSlot;
  signal?: AbortSignal;
  progress?: (percent: number) => void;
}): Promise<void> {
  const { path, offset, sizeBytes } = conversion.target;
  // In these options a comma is written twice.
  const target = `driver=qcow2,file.driver=raw,file.offset=${offset},file.size=${sizeBytes},file.file.driver=file,file.file.filename=${path.replaceAll(',', ',,')}`;
  const argv = ['convert', '-p', '-n', '--target-is-zero', '--target-image-opts', conversion.source.json, target];
  try {
    await runQemuImg(argv, `pack into ${path}`, {
      ...signalOption(conversion.signal),
      timeoutMs: 0,
      onOutput: (text) => reportProgress(text, conversion.progress),
    });
  } catch (error) {
    throw toStorageError(error, 'CopyImageError', `pack into ${path}`);
  }
}

/** Fills an image that exists already with the content of another. @throws 261 CopyImageError, 203 VolumeIsBusy, 397 */
export async function convertImage(conversion: Conversion): Promise<void> {
  const convert = (cache: string): Promise<string> => {
    const argv = ['convert', '-p', '-n', '-t', cache, '-T', cache];
    if (conversion.bitmaps === true) argv.push('--bitmaps', '--skip-broken-bitmaps');
    if (conversion.backing !== undefined) argv.push('-B', conversion.backing.name, '-F', conversion.backing.format);
    argv.push('-O', conversion.targetFormat, conversion.source.json, conversion.targetPath);
    return runQemuImg(argv, `copy to ${conversion.targetPath}`, {
      ...signalOption(conversion.signal),
      timeoutMs: 0,
      onOutput: (text) => reportProgress(text, conversion.progress),
    });
  };
  try {
    await convert('none').catch((error: unknown) => {
      // file systems without direct input and output
      if (error instanceof CommandError && error.stderr.includes('O_DIRECT')) return convert('writeback');
      throw error;
    });
  } catch (error) {
    throw toStorageError(error, 'CopyImageError', `copy to ${conversion.targetPath}`);
  }
}

/**
 * Writes the top layer of a chain into the layer below it, which grows when it is smaller. Every layer and its format is
 * named, so that nothing that stands in a header decides what is written to. The top keeps its content.
 *
 * @throws 261 CopyImageError, 203 VolumeIsBusy, 397
 */
export async function commitImage(commit: {
  source: ImageReference;
  signal?: AbortSignal;
  progress?: (percent: number) => void;
}): Promise<void> {
  const run = (cache: string): Promise<string> =>
    runQemuImg(['commit', '-p', '-d', '-t', cache, commit.source.json], 'merge volumes', {
      ...signalOption(commit.signal),
      timeoutMs: 0,
      onOutput: (text) => reportProgress(text, commit.progress),
    });
  try {
    await run('none').catch((error: unknown) => {
      // file systems without direct input and output
      if (error instanceof CommandError && error.stderr.includes('O_DIRECT')) return run('writeback');
      throw error;
    });
  } catch (error) {
    throw toStorageError(error, 'CopyImageError', 'merge volumes');
  }
}

/** Gives a layer another parent that reads the same: only its header is written. */
export async function rebaseHeader(path: string, backing: { name: string; format: 'raw' | 'qcow2' }): Promise<void> {
  await runQemuImg(['rebase', '-u', '-f', 'qcow2', '-b', backing.name, '-F', backing.format, path], `rebase ${path}`, {});
}

/** Gives back to the storage the blocks of a raw file that hold nothing but zeros. @throws 261 CopyImageError, 203 */
export async function punchZeros(path: string): Promise<void> {
  try {
    await runCommand(['fallocate', '--dig-holes', path], { timeoutMs: 0 });
  } catch (error) {
    throw toStorageError(error, 'CopyImageError', `sparsify ${path}`);
  }
}

function reportProgress(text: string, progress: ((percent: number) => void) | undefined): void {
  const found = [...text.matchAll(/\((\d+(?:\.\d+)?)\/100%\)/g)].at(-1)?.[1];
  if (found !== undefined) progress?.(Number(found));
}

/** Gives an image a new size. @throws 206 VolumeExtendingError */
export async function resizeImage(path: string, format: 'raw' | 'qcow2', sizeBytes: number): Promise<void> {
  try {
    await runQemuImg(['resize', '-q', '-f', format, path, String(sizeBytes)], `extend ${path}`, {});
  } catch (error) {
    throw toStorageError(error, 'VolumeExtendingError', `extend ${path}`);
  }
}

/** Bytes of a qcow2 layer that are used, counted from its begin, after clusters that nothing points to were given back. @throws 200, 203 */
export async function usedBytes(layer: ImageReference): Promise<number> {
  try {
    const text = await runQemuImg(['check', '-r', 'leaks', '--output', 'json', layer.json], 'look at a volume', { timeoutMs: 0 });
    return (JSON.parse(text) as { 'image-end-offset': number })['image-end-offset'];
  } catch (error) {
    throw toStorageError(error, 'StorageException', 'look at a volume');
  }
}

export interface Measurement {
  required: number;
  'fully-allocated': number;
  bitmaps?: number;
}

/** Bytes that a copy in another format needs. @param how `isWritten`: a machine writes to it meanwhile @throws 200 */
export async function measureImage(
  source: ImageReference,
  targetFormat: 'raw' | 'qcow2',
  how: { isWritten?: boolean } = {},
): Promise<Measurement> {
  try {
    const argv = ['measure', ...(how.isWritten === true ? ['-U'] : []), '--output', 'json', '-O', targetFormat, source.json];
    const text = await runQemuImg(argv, 'measure', { limits: untrustedLimits });
    return JSON.parse(text) as Measurement;
  } catch (error) {
    throw toStorageError(error, 'StorageException', 'measure volume');
  }
}

export interface ImageDescription {
  'virtual-size': number;
  'cluster-size'?: number;
  'backing-filename'?: string;
  'format-specific'?: { data?: { compat?: string; bitmaps?: { name: string; granularity: number; flags: string[] }[] } };
}

/** What qemu-img says about one layer, also while a machine writes to it. @throws 200 */
export async function describeImage(path: string, format: 'raw' | 'qcow2'): Promise<ImageDescription> {
  try {
    return JSON.parse(
      await runQemuImg(['info', '-U', '--output', 'json', '-f', format, path], `read ${path}`, { limits: untrustedLimits }),
    ) as ImageDescription;
  } catch (error) {
    throw toStorageError(error, 'StorageException', `read ${path}`);
  }
}

/**
 * Reserves the space of an empty file. Where the file system can't reserve (NFS 3), zeros are written.
 *
 * @throws 397, 205
 */
export async function reserveSpace(path: string, sizeBytes: number, signal?: AbortSignal): Promise<void> {
  if (await fallocate(path, sizeBytes, signal)) return;
  const options = { ...signalOption(signal), timeoutMs: 0 };
  await runQemuImg(
    ['create', '-q', '-f', 'raw', '-o', 'preallocation=full', path, String(sizeBytes)],
    `reserve space for ${path}`,
    options,
  ).catch((error: unknown) => {
    throw toStorageError(error, 'VolumeCreationError', `reserve space for ${path}`);
  });
}

/**
 * Reserves what is not reserved of a file that holds data, which stays. Where the file system can't
 * reserve it can't make holes either, so that nothing has to be done.
 *
 * @throws 397, 205
 */
export async function reserveHoles(path: string, sizeBytes: number, signal?: AbortSignal): Promise<void> {
  await fallocate(path, sizeBytes, signal);
}

/** @returns `false` when the file system has no such call */
async function fallocate(path: string, sizeBytes: number, signal: AbortSignal | undefined): Promise<boolean> {
  if (sizeBytes === 0) return true;
  try {
    await runCommand(['fallocate', '-l', String(sizeBytes), path], { ...signalOption(signal), timeoutMs: 0 });
    return true;
  } catch (error) {
    if (error instanceof CommandError && /not supported/i.test(error.stderr)) return false;
    throw toStorageError(error, 'VolumeCreationError', `reserve space for ${path}`);
  }
}
