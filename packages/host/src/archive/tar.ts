import type { FileHandle } from 'node:fs/promises';
import { storageError } from '../storage-error.ts';

/** A file in an archive. */
export interface ArchiveEntry {
  name: string;
  /** Where its content begins. */
  offset: number;
  sizeBytes: number;
}

/** What an archive may have at most. */
export const archiveLimits = { entries: 1000, nameBytes: 255, descriptionBytes: 8 * 1024 * 1024 } as const;
export const tarBlockBytes = 512;

function refuse(reason: string): Error {
  return storageError('ImageVerificationError', `The archive is refused: ${reason}`);
}

function text(block: Buffer, start: number, length: number): string {
  const part = block.subarray(start, start + length);
  const end = part.indexOf(0);
  return part.subarray(0, end === -1 ? length : end).toString('utf8');
}

/** A number of a header: octal digits, or what GNU's tar writes for larger ones. */
function number(block: Buffer, start: number, length: number, what: string): number {
  const first = block[start] ?? 0;
  if ((first & 0x80) !== 0) {
    // The sign and what does not fit a number of ours have to be zero.
    const high = block.subarray(start + 1, start + length - 8);
    if (first !== 0x80 || high.some((byte) => byte !== 0)) throw refuse(`its ${what} is out of range`);
    const value = block.readBigUInt64BE(start + length - 8);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw refuse(`its ${what} is out of range`);
    return Number(value);
  }
  const digits = text(block, start, length).trim();
  if (!/^[0-7]*$/.test(digits)) throw refuse(`its ${what} is no number`);
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

function checkSum(block: Buffer): void {
  const told = number(block, 148, 8, 'checksum');
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  if (told !== sum) throw refuse('the checksum of a header is wrong; it is no tar archive, or damaged');
}

/** Kinds of entries that could reach beyond the archive, or that do not say how much they hold. */
const refusedKinds: Readonly<Record<string, string>> = {
  '1': 'a hard link',
  '2': 'a symbolic link',
  '3': 'a device',
  '4': 'a device',
  '5': 'a folder',
  '6': 'a pipe',
  S: 'a sparse file',
  x: 'an extended header',
  g: 'an extended header',
  L: 'a long name',
  K: 'a long link',
};

function checkName(name: string): void {
  if (name === '' || Buffer.byteLength(name) > archiveLimits.nameBytes) throw refuse('a file has no usable name');
  if (
    name.includes('/') ||
    name.includes('\\') ||
    name === '.' ||
    name === '..' ||
    [...name].some((sign) => sign < ' ' || sign === '\u007f')
  )
    throw refuse(`the name ${JSON.stringify(name.slice(0, 100))} is a path, or no plain name`);
}

function readEntry(block: Buffer, offset: number): ArchiveEntry {
  checkSum(block);
  const kind = String.fromCharCode(block[156] ?? 0);
  const prefix = text(block, 257, 5) === 'ustar' && block[262] === 0 ? text(block, 345, 155) : '';
  const name = (prefix === '' ? '' : `${prefix}/`) + text(block, 0, 100).replace(/^\.\//, '');
  if (kind !== '0' && kind !== '\0')
    throw refuse(`${JSON.stringify(name.slice(0, 100))} is ${refusedKinds[kind] ?? 'of a kind that is not taken'}`);
  checkName(name);
  return { name, offset: offset + tarBlockBytes, sizeBytes: number(block, 124, 12, 'size') };
}

/**
 * The files of an archive: plain files with plain names, all of them within it. Only headers are read.
 *
 * @throws 484 for anything else: paths, links, devices, sparse files, too many files, a wrong checksum, an end too early
 */
export async function readArchive(handle: FileHandle, sizeBytes: number): Promise<ArchiveEntry[]> {
  const entries: ArchiveEntry[] = [];
  const block = Buffer.alloc(tarBlockBytes);
  for (let at = 0; ;) {
    const { bytesRead } = await handle.read(block, 0, tarBlockBytes, at);
    if (bytesRead < tarBlockBytes) throw refuse('it ends too early');
    if (block.every((byte) => byte === 0)) break;
    if (entries.length >= archiveLimits.entries) throw refuse(`it has more than ${archiveLimits.entries} files`);
    const entry = readEntry(block, at);
    if (entries.some((other) => other.name === entry.name)) throw refuse(`it has two files ${JSON.stringify(entry.name)}`);
    if (entry.sizeBytes > sizeBytes - entry.offset) throw refuse(`it ends within ${JSON.stringify(entry.name)}`);
    entries.push(entry);
    at = entry.offset + Math.ceil(entry.sizeBytes / tarBlockBytes) * tarBlockBytes;
  }
  if (entries.length === 0) throw refuse('it is empty');
  return entries;
}

const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;

/** The header of a file. Sizes of 8 GiB and more are written as GNU's tar does. */
export function tarHeader(name: string, sizeBytes: number, modifiedSeconds: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new RangeError(`The name ${name} is too long for an archive`);
  const block = Buffer.alloc(tarBlockBytes);
  block.write(name, 0);
  block.write(octal(0o640, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  if (sizeBytes < 8 ** 11) block.write(octal(sizeBytes, 12), 124);
  else {
    block[124] = 0x80;
    block.writeBigUInt64BE(BigInt(sizeBytes), 128);
  }
  block.write(octal(modifiedSeconds, 12), 136);
  block.write('        ', 148);
  block.write('0', 156);
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
