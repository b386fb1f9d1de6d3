import type { Disk } from '@virgate/contract/generated/types';

/** What the first bytes of a file say of the image in it. */
export interface ImageHeader {
  readonly format: 'raw' | 'cow';
  readonly content: 'data' | 'iso';
  /** Bytes that the disk has for its guest. */
  readonly virtualBytes: number;
}

/** Why an image cannot be uploaded: nothing in it, a format that hosts don't take, no whole header, or content that lies in another file. */
export type ImageProblem = 'empty' | 'foreign' | 'broken' | 'backing';

/** How much of a file is looked at: an ISO 9660 file system tells itself at 32 KiB. */
export const headerBytes = 34 * 1024;
const sectorBytes = 512;
const isoAt = 32_769;

/** Images that hosts don't take, by their first bytes. Source: QEMU, block drivers' magic numbers. */
const foreign: readonly (readonly [magic: string, at: number])[] = [
  ['KDMV', 0],
  ['# Disk DescriptorFile', 0],
  ['vhdxfile', 0],
  ['conectix', 0],
  ['<<< ', 0],
  ['QED\0', 0],
  ['\x1f\x8b', 0],
  ['\xfd7zXZ', 0],
  ['PK\x03\x04', 0],
];

/**
 * Reads the begin of an image's file, by the rules that the engine and hosts have for it.
 * @param begin the first {@link headerBytes}, or all of a smaller file
 * @returns what it is, or why it can't be uploaded
 */
export function readImageHeader(begin: Uint8Array, fileBytes: number): ImageHeader | ImageProblem {
  if (fileBytes === 0) return 'empty';
  const has = (magic: string, at: number): boolean => [...magic].every((letter, index) => begin[at + index] === letter.charCodeAt(0));
  if (has('QFI\xfb', 0)) return readQcow(new DataView(begin.buffer, begin.byteOffset, begin.byteLength));
  if (foreign.some(([magic, at]) => has(magic, at))) return 'foreign';
  const content = has('CD001', isoAt) ? 'iso' : 'data';
  return { format: 'raw', content, virtualBytes: Math.ceil(fileBytes / sectorBytes) * sectorBytes };
}

/** Source: QEMU, docs/interop/qcow2: version at 4, place of the backing file's name at 8, size at 24, incompatible features at 72. */
function readQcow(view: DataView): ImageHeader | ImageProblem {
  if (view.byteLength < 104) return 'broken';
  const version = view.getUint32(4);
  if (version !== 2 && version !== 3) return 'broken';
  if (view.getBigUint64(8) !== 0n) return 'backing';
  const dataFile = 4n;
  if (version === 3 && (view.getBigUint64(72) & dataFile) !== 0n) return 'backing';
  const virtualBytes = Number(view.getBigUint64(24));
  if (virtualBytes === 0 || virtualBytes > 2 ** 50) return 'broken';
  return { format: 'cow', content: 'data', virtualBytes: Math.ceil(virtualBytes / sectorBytes) * sectorBytes };
}

/**
 * The disk that an image wants.
 * @param fileBytes of the image's file
 * @param onBlocks the disk will lie on block storage, where a raw image has its place from the begin; everywhere else it grows
 */
export const diskOfImage = ({ format, content, virtualBytes }: ImageHeader, fileBytes: number, onBlocks: boolean): Disk => ({
  format,
  content_type: content,
  provisioned_size: virtualBytes,
  sparse: format === 'cow' || !onBlocks,
  ...(format === 'cow' ? { initial_size: fileBytes } : {}),
});
