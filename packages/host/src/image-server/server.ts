import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import type { ExtentContext, ImageBackend } from './backend.ts';
import { chunkBytes, ChunkPool } from './chunks.ts';
import { createBackendPool } from './backend-pool.ts';
import type { BackendPool } from './backend-pool.ts';
import { RequestError, readContentRange, readPatch, readRange } from './requests.ts';
import type { ByteRange } from './requests.ts';
import { maximumRequests } from './tickets.ts';
import type { Tickets, Use } from './tickets.ts';

/** Bounds of what clients may do; the images themselves may be of any size. */
const limits = { connections: 512, headersTimeoutMs: 20_000, idleTimeoutMs: 60_000, patchBytes: 64 * 1024, closeMs: 2_000 } as const;
/** Reads and writes of one request that run at once. */
const chunksAtOnce = 4;

export interface ImageServerOptions {
  host: string;
  port: number;
  tls: { key: string; cert: string; ca: string };
  tickets: Tickets;
  /** Takes connections that are to become something else than HTTP. */
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  log: { warn(fields: object, text: string): void };
}

/** An HTTPS server for images: who has a ticket reads or writes its image. Source: imageio protocol, `/images/<ticket>`. */
export interface ImageServer {
  /** @returns the port */
  listen(): Promise<number>;
  /** New key and certificate for connections from now on. */
  setTls(tls: ImageServerOptions['tls']): void;
  close(): Promise<void>;
}

const features = { features: ['extents', 'zero', 'flush'], max_readers: maximumRequests, max_writers: maximumRequests };

function answer(response: ServerResponse, status: number, body?: object): void {
  const text = body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

/** A request that is served: its ticket, and its image. */
interface Served {
  pool: ChunkPool;
  use: Use;
  backend: ImageBackend;
}

/** Writes bytes into an answer; resolves when they are handed on and their room can be used again. */
const send = (response: ServerResponse, bytes: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    const gone = (): void => reject(new Error('The client has gone'));
    response.once('close', gone);
    response.write(bytes, (error) => {
      response.off('close', gone);
      if (error) reject(error);
      else resolve();
    });
  });

/** Sends a part of an image: some chunks are read ahead of the one that is sent. */
async function sendRange({ pool, backend, use }: Served, { start, end }: ByteRange, response: ServerResponse): Promise<void> {
  const ahead: { chunk: Buffer; at: number; data: Promise<Buffer> }[] = [];
  let at = start;
  try {
    for (;;) {
      while (at < end && ahead.length < chunksAtOnce) {
        const chunk = pool.take();
        const data = backend.read(at, Math.min(chunkBytes, end - at), chunk);
        data.catch(() => undefined);
        ahead.push({ chunk, at, data });
        at += chunkBytes;
      }
      const next = ahead[0];
      if (next === undefined) return;
      const data = await next.data;
      if (use.signal.aborted || response.destroyed) throw new RequestError(403, 'The ticket was removed');
      await send(response, data);
      use.done(next.at, data.length);
      ahead.shift();
      pool.give(next.chunk);
    }
  } finally {
    // Room that something may still be read into is not used again.
    await Promise.allSettled(ahead.map(({ data }) => data));
  }
}

async function download({ pool, use, backend }: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { ticket } = use;
  const { start, end } = readRange(request.headers.range, ticket.sizeBytes);
  response.writeHead(request.headers.range === undefined ? 200 : 206, {
    'content-type': 'application/octet-stream',
    'content-length': end - start,
    'accept-ranges': 'bytes',
    'content-range': `bytes ${start}-${end - 1}/${ticket.sizeBytes}`,
    ...(ticket.filename === undefined
      ? {}
      : { 'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(ticket.filename)}` }),
  });
  const abort = (): void => void response.destroy();
  use.signal.addEventListener('abort', abort, { once: true });
  try {
    await sendRange({ pool, backend, use }, { start, end }, response);
    response.end();
  } finally {
    use.signal.removeEventListener('abort', abort);
  }
}

/** Gathers the small pieces of a request's body in chunks of the pool, which are handed on one after the other. */
async function gather(pool: ChunkPool, request: IncomingMessage, take: (chunk: Buffer, bytes: number) => Promise<void>): Promise<void> {
  let chunk = pool.take();
  let filled = 0;
  for await (const piece of request) {
    for (let at = 0; at < (piece as Buffer).length;) {
      const copied = (piece as Buffer).copy(chunk, filled, at);
      at += copied;
      filled += copied;
      if (filled < chunkBytes) continue;
      await take(chunk, filled);
      [chunk, filled] = [pool.take(), 0];
    }
  }
  if (filled > 0) await take(chunk, filled);
  else pool.give(chunk);
}

async function upload({ pool, use, backend }: Served, request: IncomingMessage, response: ServerResponse, flush: boolean): Promise<void> {
  const length = Number(request.headers['content-length'] ?? Number.NaN);
  if (!Number.isSafeInteger(length) || length < 0) throw new RequestError(400, 'Content-Length is needed');
  const { start, end } = readContentRange(request.headers['content-range'], length, use.ticket.sizeBytes);
  let at = start;
  const writing = new Set<Promise<void>>();
  try {
    await gather(pool, request, async (chunk, bytes) => {
      if (use.signal.aborted) throw new RequestError(403, 'The ticket was removed');
      const from = at;
      at += bytes;
      const write = backend.write(from, chunk.subarray(0, bytes)).then(() => {
        writing.delete(write);
        pool.give(chunk);
        use.done(from, bytes);
      });
      write.catch(() => undefined);
      writing.add(write);
      if (writing.size >= chunksAtOnce) await Promise.race(writing);
    });
    await Promise.all(writing);
  } finally {
    await Promise.allSettled(writing);
  }
  if (at !== end) throw new RequestError(400, `The body ended after ${at - start} of ${length} bytes`);
  if (flush) await backend.flush();
  answer(response, 200);
}

async function readBody(request: IncomingMessage): Promise<string> {
  // the length is known before anything is read: a body that is left half-read would cost the answer
  const length = Number(request.headers['content-length'] ?? Number.NaN);
  if (!Number.isSafeInteger(length) || length < 0) throw new RequestError(411, 'Content-Length is needed');
  if (length > limits.patchBytes) throw new RequestError(413, `The body has more than ${limits.patchBytes} bytes`);
  const parts: Buffer[] = [];
  for await (const chunk of request) parts.push(chunk as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

async function patch(use: Use, backend: ImageBackend, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const wanted = readPatch(await readBody(request), use.ticket.sizeBytes);
  if (wanted.op === 'zero') {
    await backend.zero(wanted.start, wanted.end - wanted.start);
    use.done(wanted.start, wanted.end - wanted.start);
  }
  if (wanted.op === 'flush' || wanted.flush) await backend.flush();
  answer(response, 200);
}

/** `GET images/{ticket}/extents`: which stretches read as zeros, or which changed. As long as the image is fragmented, so it is streamed. */
async function tellExtents(use: Use, backend: ImageBackend, context: string, response: ServerResponse): Promise<void> {
  if (context !== 'zero' && context !== 'dirty') throw new RequestError(400, 'context must be zero or dirty');
  const extents = context === 'dirty' && !use.ticket.dirty ? undefined : backend.extents(context satisfies ExtentContext);
  if (extents === undefined) throw new RequestError(404, 'The image does not tell what changed in it');
  response.writeHead(200, { 'content-type': 'application/json' });
  const texts = async function* (): AsyncGenerator<string> {
    let text = '[';
    let isFirst = true;
    for await (const { start, length, zero, hole, dirty } of extents) {
      text += `${isFirst ? '' : ', '}${JSON.stringify(context === 'dirty' ? { start, length, dirty, zero } : { start, length, zero, hole })}`;
      isFirst = false;
      if (text.length < 64 * 1024) continue;
      yield text;
      text = '';
    }
    yield `${text}]`;
  };
  await pipeline(texts, response, { signal: use.signal });
}

interface Parts {
  tickets: Tickets;
  backends: BackendPool;
  chunks: ChunkPool;
}

async function serve({ tickets, backends, chunks }: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://host');
  const match = /^\/images\/([0-9a-f-]{36}|\*)(\/extents)?$/i.exec(url.pathname);
  if (!match) throw new RequestError(404, 'Only /images/<ticket> is served here');
  const [, id = '', extents] = match;
  const { method } = request;
  if (method === 'OPTIONS' && id === '*') return answer(response, 200, features);
  if (!['GET', 'PUT', 'PATCH', 'OPTIONS'].includes(method ?? '')) throw new RequestError(405, `${method} is not allowed`);
  if (extents !== undefined && method !== 'GET') throw new RequestError(405, `${method} is not allowed`);
  const reads = method === 'GET' || method === 'OPTIONS';
  const use = tickets.use(id, reads ? 'read' : 'write') ?? (method === 'OPTIONS' ? tickets.use(id, 'write') : undefined);
  if (use === undefined) throw new RequestError(403, 'There is no such ticket, it has expired, or it does not allow this');
  try {
    if (method === 'OPTIONS') {
      response.setHeader('allow', use.ticket.operations.has('write') ? 'OPTIONS,GET,PUT,PATCH' : 'OPTIONS,GET');
      return answer(response, 200, features);
    }
    const write = !reads;
    const backend = await backends.take(use, write);
    const served = { pool: chunks, use, backend };
    let isWell = false;
    try {
      if (extents !== undefined) await tellExtents(use, backend, url.searchParams.get('context') ?? 'zero', response);
      else if (method === 'GET') await download(served, request, response);
      else if (method === 'PUT') await upload(served, request, response, url.searchParams.get('flush') !== 'n');
      else await patch(use, backend, request, response);
      isWell = true;
    } finally {
      backends.give(use, write, backend, isWell);
    }
  } finally {
    use.end();
  }
}

/** An image server that does not listen yet. */
export function createImageServer(options: ImageServerOptions): ImageServer {
  // What passes through lies outside of the heap. Without this V8 collects the whole heap for each 32 MiB of it.
  setFlagsFromString('--external-memory-accounted-in-global-limit');
  const { tickets, log } = options;
  const backends = createBackendPool(log);
  const chunks = new ChunkPool();
  const server: Server = createServer({ ...options.tls, minVersion: 'TLSv1.2' }, (request, response) => {
    response.on('error', () => undefined);
    serve({ tickets, backends, chunks }, request, response).catch((error: unknown) => {
      const status = error instanceof RequestError ? error.status : 500;
      // a request whose body was given up has no socket any more, so it is the answer that tells whether somebody listens
      if (!(error instanceof RequestError) && !response.destroyed) log.warn({ error: String(error) }, 'A request for an image failed');
      // a body that was not read leaves nothing to be said on this connection afterwards
      if (response.headersSent || response.destroyed) response.destroy();
      else {
        response.setHeader('connection', 'close');
        answer(response, status, { message: error instanceof RequestError ? error.message : 'The image could not be read or written' });
      }
    });
  });
  server.on('upgrade', options.upgrade);
  server.requestTimeout = 0;
  server.headersTimeout = limits.headersTimeoutMs;
  server.maxConnections = limits.connections;
  server.setTimeout(limits.idleTimeoutMs);
  return {
    listen: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(options.port, options.host, () => {
          server.off('error', reject);
          server.on('error', (error) => log.warn({ error: String(error) }, 'The image server met an error'));
          resolve((server.address() as { port: number }).port);
        });
      }),
    setTls: (tls) => server.setSecureContext({ ...tls, minVersion: 'TLSv1.2' }),
    async close() {
      tickets.close();
      backends.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await Promise.race([closed, delay(limits.closeMs, undefined, { ref: false })]);
      server.closeAllConnections();
    },
  };
}
