import { storageError } from '../storage-error.ts';
import type { LeaseState } from '../storage-domain/sanlock.ts';

/** First bytes of a lease, where sanlock keeps who owns it (leader record, format 6). */
export const leaderRecordBytes = 512;

const magic = 0x06152010;
const majorVersion = 6;
const nameBytes = 48;

/**
 * Reads the leader record of a lease: little-endian, as sanlock writes it.
 *
 * @throws 702 InspectNotSupportedError when the bytes are no lease of that name
 */
export function parseLeaderRecord(record: Buffer, lockspace: string, resource: string): LeaseState {
  const valid =
    record.length >= leaderRecordBytes &&
    record.readUInt32LE(0) === magic &&
    record.readUInt32LE(4) >>> 16 === majorVersion &&
    name(record, 56) === lockspace &&
    name(record, 104) === resource;
  if (!valid) throw storageError('InspectNotSupportedError', `There is no lease ${resource} of lockspace ${lockspace}`);
  return {
    ownerHostId: Number(record.readBigUInt64LE(32)),
    version: Number(record.readBigUInt64LE(48)),
    timestamp: Number(record.readBigUInt64LE(152)),
  };
}

function name(record: Buffer, at: number): string {
  const end = record.indexOf(0, at);
  return record.toString('latin1', at, end === -1 || end > at + nameBytes ? at + nameBytes : end);
}
