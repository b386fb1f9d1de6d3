import { createHash } from 'node:crypto';

function uuidOf(hash: Buffer, version: number): string {
  const bytes = Buffer.from(hash.subarray(0, 16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A stable id for what has none of its own, from what makes it unique. */
export const derivedId = (...parts: readonly string[]): string => uuidOf(createHash('sha256').update(parts.join('\0')).digest(), 8);

/** The id that the contract gives by name alone, such as a statistic's: the name's MD5 as a UUID of version 3. */
export const nameId = (name: string): string => uuidOf(createHash('md5').update(name).digest(), 3);
