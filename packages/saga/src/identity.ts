import { createHash } from 'node:crypto';

/**
 * A UUID (version 5 form) that depends on nothing but its arguments: the same saga asks the host with the same id however often it is
 * repeated, so the host can tell a repeat from a new request.
 */
export function derivedUuid(space: string, name: string): string {
  const hash = createHash('sha1').update(space).update('\0').update(name).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Whether the text has the form of a UUID. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
