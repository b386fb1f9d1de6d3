import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { Disk } from '@virgate/contract/generated/types';
import { diskOfImage, headerBytes, OpenTransfer, readImageHeader } from '@virgate/sdk';
import type { Client, ImageHeader, ImageProblem } from '@virgate/sdk';
import { CliError, textOf } from '../errors.ts';
import { interrupted, move, type Moving } from './moving.ts';
import type { KeptTransfer } from './kept-transfer.ts';
import { diskNamed, domainNamed } from './named.ts';

/** Where an image goes: into a new disk on a storage domain, or into one that there is. */
export interface UploadTarget {
  readonly name: string | undefined;
  readonly storageDomain: string | undefined;
  readonly disk: string | undefined;
}

const problems: Readonly<Record<ImageProblem, string>> = {
  empty: 'there is nothing in it',
  foreign: 'hosts take raw and qcow2 images only: qemu-img convert makes one of it',
  broken: 'it is no whole qcow2 image',
  backing: 'a part of the image is in another file: qemu-img convert makes one of both',
};

const blockTypes: ReadonlySet<string> = new Set(['iscsi', 'fcp']);

/** Sends a file into a disk. @returns the disk's id @throws CliError, and what the client throws */
export async function uploadFile(moving: Moving, target: UploadTarget): Promise<string> {
  const { client, file, terminal } = moving;
  const handle = await opened(file);
  try {
    const { size, mtimeMs } = await handle.stat();
    const header = await headerOf(handle, file, size);
    const modifiedMs = Math.floor(mtimeMs);
    const before = await interrupted(moving);
    if (before !== undefined && (before.sizeBytes !== size || before.modifiedMs !== modifiedMs))
      throw new CliError('command', 'file_changed', `${file} has changed since its upload was interrupted.`, {
        field: file,
        hint: `virgate image-transfer cancel ${before.transfer} gives the upload up`,
      });
    const begin = async (): Promise<{ transfer: OpenTransfer; kept: KeptTransfer }> => {
      const limits = { signal: terminal.signal };
      if (before !== undefined) return { transfer: await OpenTransfer.resume(client, before.transfer, limits), kept: before };
      const { transfer, disk } = await openedFor(moving, target, header, size);
      const kept = {
        engine: moving.engine,
        direction: 'upload' as const,
        transfer: transfer.id,
        disk,
        sizeBytes: size,
        modifiedMs,
        doneBytes: 0,
      };
      return { transfer, kept };
    };
    const { disk } = await move(moving, `upload ${file}`, begin, async (transfer, at, end, last) =>
      transfer.write(await bytesOf(handle, file, at, end), at, last),
    );
    return disk;
  } finally {
    await handle.close();
  }
}

async function opened(file: string): Promise<FileHandle> {
  try {
    const handle = await open(file, 'r');
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
    throw new Error('it is no file');
  } catch (error) {
    throw new CliError('command', 'file_unreadable', `${file} cannot be read.`, { field: file, cause: textOf(error) });
  }
}

async function headerOf(handle: FileHandle, file: string, size: number): Promise<ImageHeader> {
  const header = readImageHeader(await bytesOf(handle, file, 0, Math.min(headerBytes, size)), size);
  if (typeof header === 'string')
    throw new CliError('command', 'no_image', `${file} cannot be uploaded: ${problems[header]}.`, { field: file });
  return header;
}

async function bytesOf(handle: FileHandle, file: string, at: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - at);
  for (let filled = 0; filled < bytes.length;) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, at + filled);
    if (bytesRead === 0) throw new CliError('command', 'file_changed', `${file} became shorter while it was read.`, { field: file });
    filled += bytesRead;
  }
  return bytes;
}

/** Opens a transfer into the disk that is meant, which is made before where it has to be. */
async function openedFor(
  { client, terminal: { signal } }: Moving,
  target: UploadTarget,
  header: ImageHeader,
  size: number,
): Promise<{ transfer: OpenTransfer; disk: string }> {
  const into = (disk: string): Promise<OpenTransfer> =>
    OpenTransfer.open(client, { disk: { id: disk }, direction: 'upload', format: header.format, timeout_policy: 'pause' }, { signal });
  if (target.disk !== undefined) {
    const { id = '', provisioned_size: room = 0 } = await diskNamed(client, target.disk);
    if (room < header.virtualBytes)
      throw new CliError('command', 'disk_too_small', `The image has ${header.virtualBytes} bytes, the disk ${target.disk} only ${room}.`, {
        field: '--disk',
      });
    return { transfer: await into(id), disk: id };
  }
  const made = await client.disks.add(await newDisk(client, target, header, size), { wait: { for: 'ok', signal } });
  const id = made.id ?? '';
  try {
    return { transfer: await into(id), disk: id };
  } catch (error) {
    // Nothing half done is left: without its image the disk is of no use.
    await client.disks
      .disk(id)
      .remove()
      .catch(() => undefined);
    throw error;
  }
}

async function newDisk(client: Client, { name, storageDomain = '' }: UploadTarget, header: ImageHeader, size: number): Promise<Disk> {
  const { id, storage } = await domainNamed(client, storageDomain);
  const isOnBlocks = blockTypes.has(storage?.type ?? '');
  return { ...(name === undefined ? {} : { name }), storage_domains: [{ id }], ...diskOfImage(header, size, isOnBlocks) };
}
