import { storageError } from '../storage-error.ts';
import { maximumVirtualSizeBytes } from './qcow2-header.ts';

/** What a VMDK image says of itself, as far as it decides whether QEMU may be given it. */
export interface VmdkHeader {
  format: 'vmdk';
  virtualSizeBytes: number;
}

const sectorBytes = 512;
const magic = Buffer.from('KDMV');
/** The descriptor within an image, in bytes; those of real images have twenty lines. */
const maximumDescriptorBytes = 64 * 1024;
const noParent = 'ffffffff';
const compressedGrains = 1 << 16;

function refuse(reason: string): Error {
  return storageError('ImageVerificationError', `The image is refused: ${reason}`);
}

/** Whether a file begins as an image of this kind that is one file. */
export const isVmdk = (start: Buffer): boolean => start.subarray(0, 4).equals(magic);

function checkDescriptor(text: string): void {
  const value = (name: string): string => new RegExp(`^\\s*${name}\\s*=\\s*"?([^"\\r\\n]*)"?\\s*$`, 'im').exec(text)?.[1]?.trim() ?? '';
  if (!text.startsWith('# Disk DescriptorFile')) throw refuse('it has no descriptor');
  if (!['streamOptimized', 'monolithicSparse'].includes(value('createType'))) throw refuse('it is no VMDK of one file');
  if (value('parentCID').toLowerCase() !== noParent || value('parentFileNameHint') !== '') throw refuse('it stands on another image');
  const extents = text.split(/\r?\n/).filter((line) => /^\s*(?:RW|RDONLY|NOACCESS)\s/i.test(line));
  if (extents.length !== 1 || !/\sSPARSE\s/i.test(extents[0] ?? '')) throw refuse('it has its data in other files');
}

/**
 * Reads the header of a VMDK image that may come from a stranger: one file that names no other, of a size that can be.
 *
 * @param start the first bytes of the file, at least 128 KiB or all of it
 * @throws 484 ImageVerificationError
 */
export function readVmdkHeader(start: Buffer): VmdkHeader {
  if (start.length < sectorBytes) throw refuse('the VMDK header is cut off');
  const version = start.readUInt32LE(4);
  if (version < 1 || version > 3) throw refuse(`VMDK version ${version} is not known`);
  const flags = start.readUInt32LE(8);
  const capacity = start.readBigUInt64LE(12) * BigInt(sectorBytes);
  if (capacity === 0n || capacity > BigInt(maximumVirtualSizeBytes)) throw refuse(`virtual size ${capacity} is out of range`);
  const grainSectors = start.readBigUInt64LE(20);
  if (grainSectors < 8n || grainSectors > 128n * 1024n || (grainSectors & (grainSectors - 1n)) !== 0n)
    throw refuse('its grains have a size that cannot be');
  if (start.readUInt32LE(44) !== 512) throw refuse('its grain tables have a size that cannot be');
  const compression = start.readUInt16LE(77);
  if (compression > 1 || (compression === 1) !== ((flags & compressedGrains) !== 0))
    throw refuse('it is compressed in a way that is not known');
  const from = start.readBigUInt64LE(28) * BigInt(sectorBytes);
  const length = start.readBigUInt64LE(36) * BigInt(sectorBytes);
  if (from < BigInt(sectorBytes) || length === 0n || length > BigInt(maximumDescriptorBytes) || from + length > BigInt(start.length))
    throw refuse('it has no descriptor');
  const descriptor = start.subarray(Number(from), Number(from + length));
  const end = descriptor.indexOf(0);
  checkDescriptor(descriptor.subarray(0, end === -1 ? descriptor.length : end).toString('latin1'));
  return { format: 'vmdk', virtualSizeBytes: Number(capacity) };
}
