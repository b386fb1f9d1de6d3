import type { ImageTransfer } from '@virgate/contract/generated/types';
import type { Client } from '../client.ts';
import { ApiFault, EngineUnreachable, faultOf } from '../fault.ts';
import { waitUntil } from '../waiting/until.ts';

/** Bytes of one request: small enough to be repeated, large enough to be quick. */
const defaultChunkBytes = 8 * 1024 * 1024;
const attempts = 4;
const firstPauseMs = 250;
const defaultTimeoutMs = 300_000;
/** How long a host may take to answer before it counts as one that cannot be reached from here. */
const reachTimeoutMs = 5_000;

export interface TransferOptions {
  signal?: AbortSignal | undefined;
  /** Bytes of one request; default 8 MiB. */
  chunkBytes?: number | undefined;
  /** Told after each request: bytes that are over, and all. */
  onProgress?: ((doneBytes: number, sizeBytes: number) => void) | undefined;
  /** Milliseconds until the transfer may begin, and until it has ended after its last byte; default 300,000. */
  timeoutMs?: number | undefined;
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
  await transferring(client, { disk: { id: diskId }, direction: 'upload' }, options, async (url) => {
    let at = 0;
    for await (const chunk of chunksOf(source, options.chunkBytes ?? defaultChunkBytes)) {
      const end = at + chunk.byteLength;
      if (end > sizeBytes) throw new RangeError(`The source has more than ${sizeBytes} bytes.`);
      const last = end === sizeBytes;
      await send(client, `${url}${last ? '' : '?flush=n'}`, options.signal, {
        method: 'PUT',
        headers: { 'Content-Range': `bytes ${at}-${end - 1}/*`, 'Content-Type': 'application/octet-stream' },
        body: chunk as BodyInit,
      });
      at = end;
      options.onProgress?.(at, sizeBytes);
    }
    if (at !== sizeBytes) throw new RangeError(`The source has ${at} bytes instead of ${sizeBytes}.`);
  });
}

/**
 * Downloads a disk's image, or a part of it, piece by piece.
 *
 * @example
 * for await (const piece of downloadImage(client, diskId)) await file.write(piece);
 * @throws ApiFault, EngineUnreachable, WaitTimeout
 */
export async function* downloadImage(client: Client, diskId: string, options: DownloadOptions = {}): AsyncGenerator<Uint8Array> {
  const transfer = await begin(client, { disk: { id: diskId }, direction: 'download' }, options);
  let whole = false;
  try {
    const { start = 0 } = options;
    const disk = await client.disks.disk(diskId).get();
    const end = options.end ?? (disk.format === 'cow' ? (disk.actual_size ?? 0) : (disk.provisioned_size ?? 0));
    const chunkBytes = options.chunkBytes ?? defaultChunkBytes;
    for (let at = start; at < end; at += chunkBytes) {
      const behind = Math.min(at + chunkBytes, end);
      const response = await send(client, transfer.url, options.signal, { headers: { Range: `bytes=${at}-${behind - 1}` } });
      const piece = new Uint8Array(await response.arrayBuffer());
      if (piece.byteLength !== behind - at) throw new RangeError(`${behind - at} bytes were asked for, ${piece.byteLength} came.`);
      yield piece;
      options.onProgress?.(behind - start, end - start);
    }
    whole = true;
  } finally {
    // Also when the reader stops half-way.
    if (whole) await finish(client, transfer.id, options);
    else await cancel(client, transfer.id);
  }
}

async function transferring(
  client: Client,
  what: ImageTransfer,
  options: TransferOptions,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const { id, url } = await begin(client, what, options);
  try {
    await work(url);
  } catch (error) {
    await cancel(client, id);
    throw error;
  }
  await finish(client, id, options);
}

async function begin(client: Client, what: ImageTransfer, options: TransferOptions): Promise<{ id: string; url: string }> {
  const { id = '' } = await client.imageTransfers.add(what, {}, options.signal ? { signal: options.signal } : {});
  const waits = { timeoutMs: options.timeoutMs ?? defaultTimeoutMs, signal: options.signal };
  const service = client.imageTransfers.imageTransfer(id);
  const ready = await waitUntil(service, (one) => one === undefined || one.phase !== 'initializing', waits).catch(
    async (error: unknown) => {
      await cancel(client, id);
      throw error;
    },
  );
  const url = ready?.phase === 'transferring' ? await addressOf(client, ready, options.signal) : undefined;
  if (ready?.phase !== 'transferring' || url === undefined) throw new Error(`The transfer ${id} did not begin: ${ready?.phase ?? 'gone'}.`);
  return { id, url };
}

/** The host's own address where it can be reached from here, else the one by which the engine passes the image on. */
export async function addressOf(
  client: Pick<Client, 'transport'>,
  { transfer_url: direct, proxy_url: proxy }: ImageTransfer,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (direct === undefined || proxy === undefined) return direct ?? proxy;
  const limit = AbortSignal.timeout(reachTimeoutMs);
  try {
    const response = await client.transport.send(direct, {
      method: 'OPTIONS',
      credentials: 'omit',
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    await response.body?.cancel();
    return direct;
  } catch {
    // a browser also comes here where the host does not let pages of other origins in
    signal?.throwIfAborted();
    return proxy;
  }
}

async function finish(client: Client, id: string, options: TransferOptions): Promise<void> {
  const service = client.imageTransfers.imageTransfer(id);
  await service.finalize();
  const waits = { timeoutMs: options.timeoutMs ?? defaultTimeoutMs, signal: options.signal };
  const ended = await waitUntil(service, (one) => one === undefined || (one.phase ?? '').startsWith('finished_'), waits);
  if (ended !== undefined && ended.phase !== 'finished_success') throw new Error(`The transfer ${id} ended as ${ended.phase}.`);
}

/** What failed is told already; that it cannot be cancelled either adds nothing. */
async function cancel(client: Client, id: string): Promise<void> {
  await client.imageTransfers
    .imageTransfer(id)
    .cancel()
    .catch(() => undefined);
}

async function send(client: Client, url: string, signal: AbortSignal | undefined, init: RequestInit): Promise<Response> {
  const operation = `${init.method ?? 'GET'} ${new URL(url).origin}/images`;
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      const response = await client.transport.send(url, { ...init, credentials: 'omit', redirect: 'error', ...(signal ? { signal } : {}) });
      if (response.ok) return response;
      const fault = faultOf(response.status, await response.text(), operation, undefined);
      if (attempt === attempts || (fault.status < 500 && fault.status !== 429)) throw fault;
    } catch (error) {
      if (error instanceof ApiFault || signal?.aborted === true) throw error;
      if (attempt === attempts) throw new EngineUnreachable(operation, error);
    }
    await new Promise((resolve) => setTimeout(resolve, firstPauseMs * 2 ** attempt));
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
