import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand } from '../command.ts';
import { RequestError, readContentRange, readPatch, readRange } from './requests.ts';
import { maximumRequests } from './tickets.ts';
import type { Tickets, Use } from './tickets.ts';

/** Bounds of what clients may do; the images themselves may be of any size. */
const limits = { connections: 256, headersTimeoutMs: 20_000, idleTimeoutMs: 60_000, patchBytes: 64 * 1024, closeMs: 2_000 } as const;
const chunkBytes = 1024 * 1024;

export interface ImageServerOptions {
  host: string;
  port: number;
  tls: { key: string; cert: string; ca: string };
  tickets: Tickets;
  log: { warn(fields: object, text: string): void };
}

/** An HTTPS server for images: who has a ticket reads or writes its file. Source: imageio protocol, `/images/<ticket>`. */
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

const openFile = (path: string, write: boolean): Promise<FileHandle> =>
  open(path, (write ? constants.O_RDWR : constants.O_RDONLY) | constants.O_NOFOLLOW);

async function download(use: Use, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { ticket } = use;
  const { start, end } = readRange(request.headers.range, ticket.sizeBytes);
  const handle = await openFile(ticket.path, false);
  try {
    response.writeHead(request.headers.range === undefined ? 200 : 206, {
      'content-type': 'application/octet-stream',
      'content-length': end - start,
      'accept-ranges': 'bytes',
      'content-range': `bytes ${start}-${end - 1}/${ticket.sizeBytes}`,
      ...(ticket.filename === undefined
        ? {}
        : { 'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(ticket.filename)}` }),
    });
    const parts = async function* (): AsyncGenerator<Buffer> {
      for (let at = start; at < end;) {
        const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, end - at));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
        // a file that is shorter than its image reads as zeros
        if (bytesRead < buffer.length) buffer.fill(0, bytesRead);
        yield buffer;
        use.done(at, buffer.length);
        at += buffer.length;
      }
    };
    await pipeline(parts, response, { signal: use.signal });
  } finally {
    await handle.close();
  }
}

async function writeAll(handle: FileHandle, buffer: Buffer, at: number): Promise<void> {
  for (let written = 0; written < buffer.length;) {
    written += (await handle.write(buffer, written, buffer.length - written, at + written)).bytesWritten;
  }
}

async function upload(use: Use, request: IncomingMessage, response: ServerResponse, flush: boolean): Promise<void> {
  const length = Number(request.headers['content-length'] ?? Number.NaN);
  if (!Number.isSafeInteger(length) || length < 0) throw new RequestError(400, 'Content-Length is needed');
  const { start, end } = readContentRange(request.headers['content-range'], length, use.ticket.sizeBytes);
  const handle = await openFile(use.ticket.path, true);
  try {
    let at = start;
    for await (const chunk of request) {
      if (use.signal.aborted) throw new RequestError(403, 'The ticket was removed');
      const buffer = chunk as Buffer;
      await writeAll(handle, buffer, at);
      use.done(at, buffer.length);
      at += buffer.length;
    }
    if (at !== end) throw new RequestError(400, `The body ended after ${at - start} of ${length} bytes`);
    if (flush) await handle.sync();
    answer(response, 200);
  } finally {
    await handle.close();
  }
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

/** Makes a range read as zeros: by a hole where the file system has such, else by writing them. */
async function zero(handle: FileHandle, path: string, start: number, end: number): Promise<void> {
  if (start === end) return;
  if ((await handle.stat()).size < end) await handle.truncate(end);
  try {
    await runCommand(['fallocate', '--punch-hole', '-o', String(start), '-l', String(end - start), path], { timeoutMs: 0 });
  } catch {
    const zeros = Buffer.alloc(Math.min(chunkBytes, end - start));
    for (let at = start; at < end; at += zeros.length) await writeAll(handle, zeros.subarray(0, Math.min(zeros.length, end - at)), at);
  }
}

async function patch(use: Use, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const wanted = readPatch(await readBody(request), use.ticket.sizeBytes);
  const handle = await openFile(use.ticket.path, true);
  try {
    if (wanted.op === 'zero') {
      await zero(handle, use.ticket.path, wanted.start, wanted.end);
      use.done(wanted.start, wanted.end - wanted.start);
    }
    if (wanted.op === 'flush' || wanted.flush) await handle.sync();
    answer(response, 200);
  } finally {
    await handle.close();
  }
}

async function serve(tickets: Tickets, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://host');
  const match = /^\/images\/([0-9a-f-]{36}|\*)(\/extents)?$/i.exec(url.pathname);
  if (!match) throw new RequestError(404, 'Only /images/<ticket> is served here');
  const [, id = '', extents] = match;
  const { method } = request;
  if (method === 'OPTIONS' && id === '*') return answer(response, 200, features);
  if (!['GET', 'PUT', 'PATCH', 'OPTIONS'].includes(method ?? '')) throw new RequestError(405, `${method} is not allowed`);
  const reads = method === 'GET' || method === 'OPTIONS';
  const use = tickets.use(id, reads ? 'read' : 'write') ?? (method === 'OPTIONS' ? tickets.use(id, 'write') : undefined);
  if (use === undefined) throw new RequestError(403, 'There is no such ticket, it has expired, or it does not allow this');
  try {
    if (method === 'OPTIONS') {
      response.setHeader('allow', use.ticket.operations.has('write') ? 'OPTIONS,GET,PUT,PATCH' : 'OPTIONS,GET');
      answer(response, 200, features);
    } else if (extents !== undefined && method === 'GET')
      answer(response, 200, [{ start: 0, length: use.ticket.sizeBytes, zero: false, hole: false }]);
    else if (method === 'GET') await download(use, request, response);
    else if (method === 'PUT') await upload(use, request, response, url.searchParams.get('flush') !== 'n');
    else await patch(use, request, response);
  } finally {
    use.end();
  }
}

/** An image server that does not listen yet. */
export function createImageServer(options: ImageServerOptions): ImageServer {
  const { tickets, log } = options;
  const server: Server = createServer({ ...options.tls, minVersion: 'TLSv1.2' }, (request, response) => {
    response.on('error', () => undefined);
    serve(tickets, request, response).catch((error: unknown) => {
      const status = error instanceof RequestError ? error.status : 500;
      if (!(error instanceof RequestError) && !request.socket.destroyed)
        log.warn({ error: String(error) }, 'A request for an image failed');
      // a body that was not read leaves nothing to be said on this connection afterwards
      if (response.headersSent || request.socket.destroyed) response.destroy();
      else {
        response.setHeader('connection', 'close');
        answer(response, status, { message: error instanceof RequestError ? error.message : 'The image could not be read or written' });
      }
    });
  });
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
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await Promise.race([closed, delay(limits.closeMs, undefined, { ref: false })]);
      server.closeAllConnections();
    },
  };
}
