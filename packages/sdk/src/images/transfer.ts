import type { Client } from '../client.ts';
import { defaultChunkBytes, OpenTransfer, type TransferLimits } from './open-transfer.ts';

export interface TransferOptions extends TransferLimits {
  /** Bytes of one request; default 8 MiB. */
  chunkBytes?: number | undefined;
  /** Told after each request: bytes that are over, and all. */
  onProgress?: ((doneBytes: number, sizeBytes: number) => void) | undefined;
}

export interface UploadOptions extends TransferOptions {
  /** Needed where the source does not know it. */
  sizeBytes?: number | undefined;
}

export interface DownloadOptions extends TransferOptions {
  /** First byte, and the one behind the last; the whole image by default. */
  start?: number | undefined;
  end?: number | undefined;
}

export type ImageSource = Blob | Uint8Array | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Uploads an image into a disk: opens a transfer, sends the bytes by ranges to the host or, where it cannot be reached, through the engine, and ends the transfer. A request
 * that fails on the way is repeated; when it all fails the transfer is cancelled and the disk is as the contract leaves it (illegal).
 * @throws ApiFault, EngineUnreachable, WaitTimeout, RangeError when source and size disagree
 */
export async function uploadImage(client: Client, diskId: string, source: ImageSource, options: UploadOptions = {}): Promise<void> {
  const sizeBytes = options.sizeBytes ?? sizeOf(source);
  if (sizeBytes === undefined) throw new TypeError('The size of the image is not known: give sizeBytes.');
  const transfer = await OpenTransfer.open(client, { disk: { id: diskId }, direction: 'upload' }, options);
  try {
    let at = 0;
    for await (const chunk of chunksOf(source, options.chunkBytes ?? defaultChunkBytes)) {
      const end = at + chunk.byteLength;
      if (end > sizeBytes) throw new RangeError(`The source has more than ${sizeBytes} bytes.`);
      await transfer.write(chunk, at, end === sizeBytes);
      at = end;
      options.onProgress?.(at, sizeBytes);
    }
    if (at !== sizeBytes) throw new RangeError(`The source has ${at} bytes instead of ${sizeBytes}.`);
  } catch (error) {
    await transfer.cancel();
    throw error;
  }
  await transfer.finalize();
}

/**
 * Downloads a disk's image, or a part of it, piece by piece.
 *
 * @example
 * for await (const piece of downloadImage(client, diskId)) await file.write(piece);
 * @throws ApiFault, EngineUnreachable, WaitTimeout
 */
export async function* downloadImage(client: Client, diskId: string, options: DownloadOptions = {}): AsyncGenerator<Uint8Array> {
  const transfer = await OpenTransfer.open(client, { disk: { id: diskId }, direction: 'download' }, options);
  let whole = false;
  try {
    const { start = 0 } = options;
    const disk = await client.disks.disk(diskId).get();
    const end = options.end ?? (disk.format === 'cow' ? (disk.actual_size ?? 0) : (disk.provisioned_size ?? 0));
    const chunkBytes = options.chunkBytes ?? defaultChunkBytes;
    for (let at = start; at < end; at += chunkBytes) {
      const behind = Math.min(at + chunkBytes, end);
      const piece = await transfer.read(at, behind);
      yield piece;
      options.onProgress?.(behind - start, end - start);
    }
    whole = true;
  } finally {
    // Also when the reader stops half-way.
    if (whole) await transfer.finalize();
    else await transfer.cancel();
  }
}

function sizeOf(source: ImageSource): number | undefined {
  if (source instanceof Blob) return source.size;
  return source instanceof Uint8Array ? source.byteLength : undefined;
}

/** The source in pieces of one size; the last may be smaller. */
async function* chunksOf(source: ImageSource, chunkBytes: number): AsyncGenerator<Uint8Array> {
  if (source instanceof Uint8Array) {
    for (let at = 0; at < source.byteLength; at += chunkBytes) yield source.subarray(at, at + chunkBytes);
    return;
  }
  let held = new Uint8Array(chunkBytes);
  let filled = 0;
  for await (const piece of source instanceof Blob
    ? streamed(source.stream())
    : Symbol.asyncIterator in source
      ? source
      : streamed(source)) {
    for (let at = 0; at < piece.byteLength;) {
      const taken = piece.subarray(at, at + chunkBytes - filled);
      held.set(taken, filled);
      filled += taken.byteLength;
      at += taken.byteLength;
      if (filled < chunkBytes) continue;
      yield held;
      held = new Uint8Array(chunkBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield held.subarray(0, filled);
}

/** A stream as something to iterate over: not every browser's can be. */
async function* streamed(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
