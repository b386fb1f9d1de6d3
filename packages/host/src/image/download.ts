import { createWriteStream } from 'node:fs';
import { realpath, rm } from 'node:fs/promises';
import { isAbsolute, sep } from 'node:path';
import { Transform } from 'node:stream';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Readable as ReadableStream } from 'node:stream';
import type { ReadableStream as WebReadableStream } from 'node:stream/web';
import { fileURLToPath } from 'node:url';
import { invalidParameter, readObject, readOptionalText, readText } from '../verb.ts';
import { storageError, toStorageError } from '../storage-error.ts';
import type { StorageContext } from '../storage-context.ts';
import { domainFileMode, openRegular, readStart } from '../storage-domain/beneath.ts';
import { copyInto, fillVolume } from '../volume/fill.ts';
import type { DataOperation } from '../volume/fill.ts';
import { imageReference } from '../volume/qemu-img.ts';
import { checkForeignImage, imageHeaderBytes } from '../volume/qcow2-header.ts';
import { blankUuid } from '../volume/volume-metadata.ts';
import type { Volume } from '../volume/volumes.ts';

/** Where an image comes from. */
export interface ImageSource {
  url: URL;
  headers: Record<string, string>;
}

/** Longest silence of a server that sends an image. */
const idleTimeoutMs = 60_000;

/** Bytes that a file may have beyond the disk it holds: tables of qcow2 and bitmaps. */
const overheadBytes = 64 * 1024 * 1024;
const overheadFactor = 1.1;

const maximumUrlLength = 8192;
const maximumHeaders = 32;
const headerName = /^[A-Za-z0-9-]{1,64}$/;

/**
 * Reads `methodArgs` of `Image.download` (VDSM schema, ImageSharingMethodArgs); `methodInfo`, as
 * older callers name it, serves as well.
 *
 * @throws 11, 91
 */
export function readImageSource(params: Record<string, unknown>): ImageSource {
  const args = readObject(params, params['methodArgs'] === undefined ? 'methodInfo' : 'methodArgs');
  const method = readOptionalText(args, 'method', 16) ?? 'http';
  const text = readText(args, 'url', maximumUrlLength);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const schemes = { http: ['http:', 'https:'], file: ['file:'] }[method];
  if (schemes === undefined) throw invalidParameter('methodArgs.method', 'http or file is needed');
  if (url === undefined || !schemes.includes(url.protocol))
    throw invalidParameter('methodArgs.url', `an address that begins with ${schemes.join(' or ')} is needed`);
  const given = args['headers'] === undefined || args['headers'] === null ? {} : readObject(args, 'headers');
  const entries = Object.entries(given);
  if (entries.length > maximumHeaders) throw invalidParameter('methodArgs.headers', `at most ${maximumHeaders} entries`);
  for (const [name, value] of entries) {
    // oxlint-disable-next-line no-control-regex
    if (!headerName.test(name) || typeof value !== 'string' || /[\u0000-\u001f\u007f]/.test(value))
      throw invalidParameter('methodArgs.headers', 'names and values of HTTP headers are needed');
  }
  return withoutCredentials({ url, headers: Object.fromEntries(entries) as Record<string, string> });
}

/** A user and password in the address become a header: an address gets into messages, a header never. */
function withoutCredentials({ url, headers }: ImageSource): ImageSource {
  if (url.username === '' && url.password === '') return { url, headers };
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { url: plain, headers: { ...headers, authorization: `Basic ${Buffer.from(credentials).toString('base64')}` } };
}

/**
 * Fetches an image into a volume: kept beside the volume, checked by our own reader, then
 * converted into the volume's format.
 *
 * @throws 79 DestinationVolumeTooSmall, 484 ImageVerificationError, 17, 261 CopyImageError, 397 …
 */
export async function downloadImage(context: StorageContext, volume: Volume, source: ImageSource, operation: DataOperation): Promise<void> {
  if (volume.metadata.parentId !== blankUuid)
    throw storageError('IncorrectType', `Volume ${volume.id} has a parent; an image can be fetched only into a volume of its own`);
  const path = await volume.domain.store.importPath(volume);
  await fillVolume(context, volume, undefined, async () => {
    try {
      await fetchTo(path, await open(context, source, operation.signal), source, maximumFileBytes(volume), operation);
      const layer = await examineImage(path, volume);
      await copyInto(volume, imageReference([layer]), operation);
    } finally {
      await rm(path, { force: true });
    }
  });
}

/** Largest file that is taken for the image of a volume. */
export function maximumFileBytes(volume: Volume): number {
  return Math.ceil(volume.metadata.capacityBytes * overheadFactor) + overheadBytes;
}

/** Checks a foreign image that was fetched for a volume. @throws 79 DestinationVolumeTooSmall, 484 ImageVerificationError, 17 */
export async function examineImage(path: string, volume: Volume): Promise<{ path: string; format: 'raw' | 'qcow2' }> {
  const header = checkForeignImage(await readStart(path, imageHeaderBytes));
  const handle = await openRegular(path);
  const { size } = await handle.stat().finally(() => handle.close());
  if (size === 0) throw storageError('ImageVerificationError', 'The image is refused: it is empty');
  const virtualSizeBytes = header.format === 'qcow2' ? header.virtualSizeBytes : size;
  if (virtualSizeBytes > volume.metadata.capacityBytes) {
    throw storageError(
      'DestinationVolumeTooSmall',
      `The image has ${virtualSizeBytes} bytes, volume ${volume.id} only ${volume.metadata.capacityBytes}; make a larger disk`,
    );
  }
  return { path, format: header.format };
}

/** Opens the source. The address stays out of messages as far as it may hold a secret (query, user). */
async function open(
  context: StorageContext,
  source: ImageSource,
  signal: AbortSignal,
): Promise<{ stream: Readable; sizeBytes: number | undefined }> {
  if (source.url.protocol === 'file:') return openFile(context, source.url);
  const place = `${source.url.origin}${source.url.pathname}`;
  const response = await fetch(source.url, { headers: source.headers, signal, redirect: 'follow' }).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw storageError('CopyImageError', `Fetch ${place}: ${cause}`, error);
  });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw storageError('CopyImageError', `Fetch ${place}: the server answered ${response.status} ${response.statusText}`);
  }
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  const plain = response.headers.get('content-encoding') === null;
  return {
    stream: ReadableStream.fromWeb(response.body as WebReadableStream),
    sizeBytes: plain && Number.isSafeInteger(length) ? length : undefined,
  };
}

/** Only files beneath the directories that the agent's settings name. */
async function openFile(context: StorageContext, url: URL): Promise<{ stream: Readable; sizeBytes: number | undefined }> {
  const refused = storageError(
    'ImageVerificationError',
    'The file is refused: it does not lie in a directory from which this host may import images',
  );
  let path: string;
  try {
    path = await realpath(fileURLToPath(url));
  } catch {
    throw refused;
  }
  const roots = await Promise.all(context.importDirectories.map((root) => realpath(root).catch(() => undefined)));
  if (!isAbsolute(path) || !roots.some((root) => root !== undefined && path.startsWith(root.endsWith(sep) ? root : `${root}${sep}`)))
    throw refused;
  const handle = await openRegular(path);
  const { size } = await handle.stat();
  return { stream: handle.createReadStream(), sizeBytes: size };
}

/** Writes the stream into a file: bounded in size and in silence; told short when the server promised more. */
async function fetchTo(
  path: string,
  from: { stream: Readable; sizeBytes: number | undefined },
  source: ImageSource,
  maximumBytes: number,
  operation: DataOperation,
): Promise<void> {
  const tooLarge = (): Error =>
    storageError(
      'DestinationVolumeTooSmall',
      `The image file is larger than ${maximumBytes} bytes, the most that the volume can take; make a larger disk`,
    );
  if (from.sizeBytes !== undefined && from.sizeBytes > maximumBytes) {
    from.stream.destroy();
    throw tooLarge();
  }
  let received = 0;
  const idle = setTimeout(
    () => from.stream.destroy(storageError('CopyImageError', `Fetch ${source.url.origin}: nothing was sent for ${idleTimeoutMs / 1000} s`)),
    idleTimeoutMs,
  );
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      idle.refresh();
      if (from.sizeBytes !== undefined && from.sizeBytes > 0) operation.progress((received / from.sizeBytes) * 50);
      if (received > maximumBytes) done(tooLarge());
      else done(null, chunk);
    },
  });
  try {
    await pipeline(from.stream, meter, createWriteStream(path, { flags: 'w', mode: domainFileMode }), { signal: operation.signal });
  } catch (error) {
    throw toStorageError(error, 'CopyImageError', 'fetch the image');
  } finally {
    clearTimeout(idle);
  }
  if (from.sizeBytes !== undefined && received !== from.sizeBytes)
    throw storageError('CopyImageError', `The image ended after ${received} of ${from.sizeBytes} bytes`);
}
