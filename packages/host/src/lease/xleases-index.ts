import { storageError } from '../storage-error.ts';

/**
 * Index of the volume `xleases`: which slot of it holds the lease of which name. Slot 0 is reserved
 * for a lockspace, 1 is the index, 2 is reserved, user leases follow (VDSM, external leases).
 */
const magic = 0x12152016;
const indexVersion = 1;
const reservedSlots = 3;
const metadataBytes = 512;
const recordBytes = 64;
const nameBytes = 48;

/** Size of the index itself. */
export const xleasesIndexBytes = 62 * 4096;

/** Leases that one domain can hold. */
export const maximumLeases = (xleasesIndexBytes - metadataBytes) / recordBytes;

/** Where the index begins in the volume. */
export function xleasesIndexOffset(alignmentBytes: number): number {
  return alignmentBytes;
}

/** Where the lease with that number of record begins in the volume. */
export function leaseOffset(record: number, alignmentBytes: number): number {
  return (reservedSlots + record) * alignmentBytes;
}

function writeRecord(index: Buffer, record: number, name: string, offset: number): void {
  const at = metadataBytes + record * recordBytes;
  index.fill(0, at, at + recordBytes);
  index.write(name, at, nameBytes, 'latin1');
  index.write(String(offset).padStart(11, '0'), at + nameBytes + 1, 'latin1');
  index.write('--\n', at + 61, 'latin1');
}

function writeMetadata(index: Buffer, lockspace: string, timeSeconds: number): void {
  index.fill(0, 0, metadataBytes);
  index.writeInt32BE(magic, 0);
  index.write(String(indexVersion).padStart(4, '0'), 5, 'latin1');
  index.write(lockspace, 10, nameBytes, 'latin1');
  index.write(String(timeSeconds).padStart(10, '0'), 59, 'latin1');
  index.write('-', 70, 'latin1');
  index.write('\n', 511, 'latin1');
}

/** An index without leases. */
export function formatXleasesIndex(lockspace: string, timeSeconds: number): Buffer {
  const index = Buffer.alloc(xleasesIndexBytes);
  writeMetadata(index, lockspace, timeSeconds);
  for (let record = 0; record < maximumLeases; record++) writeRecord(index, record, '', 0);
  return index;
}

/** Checks that the bytes are an index of this lockspace. @throws 751 */
export function checkXleasesIndex(index: Buffer, lockspace: string): void {
  const valid =
    index.length === xleasesIndexBytes &&
    index.readInt32BE(0) === magic &&
    index.toString('latin1', 5, 9) === String(indexVersion).padStart(4, '0') &&
    text(index, 10, nameBytes) === lockspace;
  if (!valid) throw storageError('InvalidMetadata', `The index of leases of domain ${lockspace} is damaged; it has to be rebuilt`);
}

function text(index: Buffer, at: number, length: number): string {
  const end = index.indexOf(0, at);
  return index.toString('latin1', at, end === -1 || end > at + length ? at + length : end);
}

/** Number of the record that holds a name, or `undefined`. */
export function findLease(index: Buffer, name: string): number | undefined {
  for (let record = 0; record < maximumLeases; record++) {
    if (text(index, metadataBytes + record * recordBytes, nameBytes) === name) return record;
  }
  return undefined;
}

/** First record that is free, or `undefined` when the index is full. */
export function freeLease(index: Buffer): number | undefined {
  return findLease(index, '');
}

/** Names and records of all leases. */
export function listLeases(index: Buffer): { name: string; record: number }[] {
  const leases: { name: string; record: number }[] = [];
  for (let record = 0; record < maximumLeases; record++) {
    const name = text(index, metadataBytes + record * recordBytes, nameBytes);
    if (name !== '') leases.push({ name, record });
  }
  return leases;
}

/** Enters a lease into a record, or clears the record when `name` is empty; `index` is changed in place. */
export function setLease(index: Buffer, record: number, name: string, alignmentBytes: number): void {
  writeRecord(index, record, name, name === '' ? 0 : leaseOffset(record, alignmentBytes));
}
