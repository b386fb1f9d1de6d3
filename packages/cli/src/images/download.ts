import { existsSync, renameSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { OpenTransfer } from '@virgate/sdk';
import { CliError, textOf } from '../errors.ts';
import type { KeptTransfer } from './kept-transfer.ts';
import { interrupted, move, type Moving } from './moving.ts';
import { diskNamed } from './named.ts';

/** What is read is put here until it is whole. */
const partOf = (file: string): string => `${file}.part`;

/** The file that a disk's image goes to when none is named. */
export async function fileOfDisk({ client }: Pick<Moving, 'client'>, word: string): Promise<string> {
  const { name, id, format } = await diskNamed(client, word);
  return `${(name ?? id ?? word).replace(/^\.+|[/\0]/g, '_')}.${format === 'cow' ? 'qcow2' : 'raw'}`;
}

/** Reads a disk's image into a file. @param force another file of that name is replaced @throws CliError, and what the client throws */
export async function downloadFile(moving: Moving, word: string, force: boolean): Promise<void> {
  const { client, file, terminal } = moving;
  if (existsSync(file) && !force)
    throw new CliError('command', 'file_exists', `There is a file ${file} already.`, { field: file, hint: '--force replaces it' });
  const before = await interrupted(moving);
  const disk = await diskNamed(client, before?.disk ?? word);
  const sizeBytes = (disk.format === 'cow' ? disk.actual_size : disk.provisioned_size) ?? 0;
  const handle = await opened(partOf(file), before !== undefined);
  try {
    const begin = async (): Promise<{ transfer: OpenTransfer; kept: KeptTransfer }> => {
      const limits = { signal: terminal.signal };
      if (before !== undefined) return { transfer: await OpenTransfer.resume(client, before.transfer, limits), kept: before };
      const id = disk.id ?? '';
      const transfer = await OpenTransfer.open(client, { disk: { id }, direction: 'download', timeout_policy: 'pause' }, limits);
      const kept = { engine: moving.engine, direction: 'download' as const, transfer: transfer.id, disk: id, sizeBytes, modifiedMs: 0 };
      return { transfer, kept: { ...kept, doneBytes: 0 } };
    };
    await move(moving, `download ${file}`, begin, async (transfer, at, end) => {
      const bytes = await transfer.read(at, end);
      for (let written = 0; written < bytes.length;)
        written += (await handle.write(bytes, written, bytes.length - written, at + written)).bytesWritten;
    });
    await handle.sync();
  } finally {
    await handle.close();
  }
  renameSync(partOf(file), file);
}

async function opened(part: string, goesOn: boolean): Promise<FileHandle> {
  try {
    return await open(part, goesOn ? 'r+' : 'w', 0o600);
  } catch (error) {
    throw new CliError('command', 'file_unwritable', `${part} cannot be written.`, { field: part, cause: textOf(error) });
  }
}
