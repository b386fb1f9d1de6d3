/** A range of bytes; `end` is the first that does not belong to it. */
export interface ByteRange {
  start: number;
  end: number;
}

/** A request that cannot be: its HTTP status and why. */
export class RequestError extends Error {
  override name = 'RequestError';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The part of the file that a GET asks for. @throws RequestError 416, 400 */
export function readRange(header: string | undefined, sizeBytes: number): ByteRange {
  if (header === undefined) return { start: 0, end: sizeBytes };
  const match = /^bytes=(\d{1,15})?-(\d{1,15})?$/.exec(header.trim());
  if (!match || (match[1] === undefined && match[2] === undefined))
    throw new RequestError(400, `The range ${header.slice(0, 100)} is not understood`);
  const [, from, to] = match;
  const start = from === undefined ? Math.max(0, sizeBytes - Number(to)) : Number(from);
  const end = from === undefined || to === undefined ? sizeBytes : Number(to) + 1;
  if (start >= end || end > sizeBytes)
    throw new RequestError(416, `The range ${header.slice(0, 100)} is not in the ${sizeBytes} bytes of the image`);
  return { start, end };
}

/** Where a PUT begins to write: `Content-Range: bytes 0-99/*`. @throws RequestError 400, 416 */
export function readContentRange(header: string | undefined, lengthBytes: number, sizeBytes: number): ByteRange {
  let start = 0;
  if (header !== undefined) {
    const match = /^bytes (\d{1,15})-(?:(\d{1,15}))?\/(?:\*|\d{1,15})$/.exec(header.trim());
    if (!match) throw new RequestError(400, `The content range ${header.slice(0, 100)} is not understood`);
    start = Number(match[1]);
    if (match[2] !== undefined && Number(match[2]) + 1 - start !== lengthBytes)
      throw new RequestError(400, `The content range ${header.slice(0, 100)} does not fit the ${lengthBytes} bytes of the body`);
  }
  if (start + lengthBytes > sizeBytes)
    throw new RequestError(416, `${start + lengthBytes} bytes are more than the ${sizeBytes} of the image`);
  return { start, end: start + lengthBytes };
}

/** What a PATCH asks for. */
export type Patch = { op: 'flush' } | { op: 'zero'; start: number; end: number; flush: boolean };

/** @throws RequestError 400, 416 */
export function readPatch(text: string, sizeBytes: number): Patch {
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new RequestError(400, 'The body is no JSON');
  }
  if (value['op'] === 'flush') return { op: 'flush' };
  if (value['op'] !== 'zero') throw new RequestError(400, 'op must be zero or flush');
  const number = (name: string, fallback?: number): number => {
    const found = value[name] ?? fallback;
    if (typeof found !== 'number' || !Number.isSafeInteger(found) || found < 0)
      throw new RequestError(400, `${name} must be a whole number`);
    return found;
  };
  const start = number('offset', 0);
  const end = start + number('size');
  if (end > sizeBytes) throw new RequestError(416, `${end} bytes are more than the ${sizeBytes} of the image`);
  return { op: 'zero', start, end, flush: value['flush'] === true };
}
