import { storageError } from '../storage-error.ts';

/** What an image file says about itself, as far as it decides whether QEMU may be given it. */
export type ImageHeader = { format: 'raw' } | Qcow2Header;

export interface Qcow2Header {
  format: 'qcow2';
  version: 2 | 3;
  virtualSizeBytes: number;
  clusterSizeBytes: number;
  /** Name as it stands in the header, `undefined` when there is none. */
  backingFile: string | undefined;
  /** Format of the backing file from the header's extension, when it says. */
  backingFormat: string | undefined;
  encrypted: boolean;
  snapshotCount: number;
}

/** Bytes from the start of an image that {@link readImageHeader} wants to see: the largest cluster that holds a header. */
export const imageHeaderBytes = 128 * 1024;

/** Largest disk: what oVirt stores as capacity on file storage, 500 TiB. */
export const maximumVirtualSizeBytes = 500 * 1024 ** 4;

/** Longest backing file name the qcow2 format allows. */
const maximumBackingFileBytes = 1023;

/** A header's extensions end after this many at the latest; real images have three. */
const maximumExtensions = 64;

const incompatible = { dirty: 1n, corrupt: 2n, externalDataFile: 4n, compressionType: 8n, extendedL2: 16n };
const knownIncompatible = 31n;

const extensionBackingFormat = 0xe2792aca;
const extensionExternalDataFile = 0x44415441;

/** Containers that QEMU would open by probing and that this host does not take: first bytes → name. */
const refusedFormats: readonly { name: string; at: number; bytes: Buffer }[] = [
  { name: 'VMDK', at: 0, bytes: Buffer.from('KDMV') },
  { name: 'VMDK', at: 0, bytes: Buffer.from('# Disk DescriptorFile') },
  { name: 'VMDK', at: 0, bytes: Buffer.from('COWD') },
  { name: 'VHDX', at: 0, bytes: Buffer.from('vhdxfile') },
  { name: 'VHD', at: 0, bytes: Buffer.from('conectix') },
  { name: 'QED', at: 0, bytes: Buffer.from('QED\0') },
  { name: 'VDI', at: 64, bytes: Buffer.from([0x7f, 0x10, 0xda, 0xbe]) },
  { name: 'LUKS', at: 0, bytes: Buffer.from([0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe]) },
  { name: 'gzip', at: 0, bytes: Buffer.from([0x1f, 0x8b]) },
  { name: 'xz', at: 0, bytes: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) },
  { name: 'zstd', at: 0, bytes: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]) },
  { name: 'bzip2', at: 0, bytes: Buffer.from('BZh9') },
];

const qcowMagic = Buffer.from([0x51, 0x46, 0x49, 0xfb]);

function refuse(reason: string): Error {
  return storageError('ImageVerificationError', `The image is refused: ${reason}`);
}

/**
 * Name of a container or compression that this host does not take, or `undefined`.
 *
 * @param start the first {@link imageHeaderBytes} of the file, or all of it when it is smaller
 */
export function refusedFormat(start: Buffer): string | undefined {
  return refusedFormats.find(({ at, bytes }) => start.subarray(at, at + bytes.length).equals(bytes))?.name;
}

/**
 * Reads the header of an image that may come from a stranger, before any other program sees it. What
 * does not begin as qcow2 is raw: a raw disk may hold anything.
 *
 * @param start the first {@link imageHeaderBytes} of the file, or all of it when it is smaller
 * @throws 484 ImageVerificationError for a header that is damaged, or that asks QEMU to open another
 *   file (external data file) or to reserve unreasonable memory
 */
export function readImageHeader(start: Buffer): ImageHeader {
  if (!start.subarray(0, 4).equals(qcowMagic)) return { format: 'raw' };
  if (start.length < 72) throw refuse('the qcow2 header is cut off');
  const version = start.readUInt32BE(4);
  if (version !== 2 && version !== 3) throw refuse(`qcow version ${version} is not supported; convert it to qcow2`);
  if (version === 3 && start.length < 104) throw refuse('the qcow2 header is cut off');
  const clusterBits = start.readUInt32BE(20);
  if (clusterBits < 9 || clusterBits > 21) throw refuse(`cluster size 2^${clusterBits} is out of range`);
  const virtualSize = start.readBigUInt64BE(24);
  if (virtualSize > BigInt(maximumVirtualSizeBytes)) throw refuse(`virtual size ${virtualSize} is above ${maximumVirtualSizeBytes} bytes`);
  checkTables(start, clusterBits, virtualSize);
  const features = version === 3 ? start.readBigUInt64BE(72) : 0n;
  if ((features & incompatible.externalDataFile) !== 0n) throw refuse('it keeps its data in another file');
  if ((features & incompatible.corrupt) !== 0n) throw refuse('it is marked corrupt');
  if ((features & ~knownIncompatible) !== 0n) throw refuse('it needs features of a newer QEMU');
  const headerLength = version === 3 ? start.readUInt32BE(100) : 72;
  if (headerLength < 72 || headerLength > 2 ** clusterBits || headerLength % 8 !== 0)
    throw refuse(`header length ${headerLength} is out of range`);
  const extensions = readExtensions(start, headerLength, 2 ** clusterBits);
  if (extensions.has(extensionExternalDataFile)) throw refuse('it names an external data file');
  return {
    format: 'qcow2',
    version,
    virtualSizeBytes: Number(virtualSize),
    clusterSizeBytes: 2 ** clusterBits,
    backingFile: readBackingFile(start, 2 ** clusterBits),
    backingFormat: extensions.get(extensionBackingFormat)?.toString('latin1'),
    encrypted: start.readUInt32BE(32) !== 0,
    snapshotCount: start.readUInt32BE(60),
  };
}

/** The first level table must fit the size: QEMU reads it whole into memory. */
function checkTables(start: Buffer, clusterBits: number, virtualSize: bigint): void {
  const l1Entries = start.readUInt32BE(36);
  const bytesPerL1Entry = 1n << BigInt(clusterBits + clusterBits - 3);
  const needed = (virtualSize + bytesPerL1Entry - 1n) / bytesPerL1Entry;
  if (BigInt(l1Entries) < needed) throw refuse('its first level table is too small for its size');
  if (l1Entries * 8 > 32 * 1024 * 1024) throw refuse('its first level table is larger than 32 MiB');
  if (start.readUInt32BE(56) * 2 ** clusterBits > 8 * 1024 * 1024) throw refuse('its reference count table is larger than 8 MiB');
  if (start.readUInt32BE(60) > 65_536) throw refuse('it has more than 65536 internal snapshots');
}

function readExtensions(start: Buffer, from: number, clusterSize: number): Map<number, Buffer> {
  const extensions = new Map<number, Buffer>();
  const limit = Math.min(clusterSize, start.length);
  let offset = from;
  for (let count = 0; count < maximumExtensions; count++) {
    if (offset + 8 > limit) return extensions;
    const type = start.readUInt32BE(offset);
    const length = start.readUInt32BE(offset + 4);
    if (type === 0) return extensions;
    if (length > limit - offset - 8) throw refuse('a header extension is longer than the header');
    extensions.set(type, start.subarray(offset + 8, offset + 8 + length));
    offset += 8 + Math.ceil(length / 8) * 8;
  }
  throw refuse('it has too many header extensions');
}

function readBackingFile(start: Buffer, clusterSize: number): string | undefined {
  const offset = start.readBigUInt64BE(8);
  const length = start.readUInt32BE(16);
  if (offset === 0n) return undefined;
  if (length === 0 || length > maximumBackingFileBytes) throw refuse('its backing file name has an impossible length');
  const limit = BigInt(Math.min(clusterSize, start.length));
  if (offset < 72n || offset + BigInt(length) > limit) throw refuse('its backing file name lies outside of the header');
  return start.toString('utf8', Number(offset), Number(offset) + length);
}

/**
 * Refuses an image from outside that is anything but a disk of its own.
 *
 * @throws 17 UnsupportedImageFormat for a container that is not taken, 484 ImageVerificationError for
 *   a backing file (whatever it names: a path, `json:`, an address), encryption or internal snapshots
 */
export function checkForeignImage(start: Buffer): ImageHeader {
  const refused = refusedFormat(start);
  if (refused !== undefined)
    throw storageError(
      'UnsupportedImageFormat',
      `The image is ${refused}; convert it to qcow2 or raw first (qemu-img convert, or unpack it)`,
    );
  const header = readImageHeader(start);
  if (header.format === 'raw') return header;
  if (header.backingFile !== undefined) throw refuse('it has a backing file; flatten it first (qemu-img convert)');
  if (header.encrypted) throw refuse('it is encrypted');
  if (header.snapshotCount > 0) throw refuse('it has internal snapshots; flatten it first (qemu-img convert)');
  return header;
}
