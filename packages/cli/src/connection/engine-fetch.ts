import type { IncomingMessage } from 'node:http';

export interface Trust {
  /** Authority of the engine, as PEM; without it those of the system. */
  readonly ca?: string | undefined;
  readonly insecure?: boolean | undefined;
}

/** By what an engine is reached, and a user known to it. */
export interface EngineAccess {
  /** Address of the engine, without a path. */
  readonly origin: string;
  readonly token: string;
  readonly trust: Trust;
}

export interface EngineFetch {
  readonly send: typeof fetch;
  /** Ends connections that are kept, so that the program can end. */
  close(): void;
}

/**
 * `fetch` over connections that trust one authority. The global one can't be told whom to trust, and loading it takes longer than a short
 * command does.
 */
export function engineFetch(trust: Trust): EngineFetch {
  // As an imported module `node:http` would load all that it names, the web's sockets and fetch among them: 30 ms of a short command.
  const { Agent, request } = process.getBuiltinModule('node:https');
  const agent = new Agent({
    keepAlive: true,
    rejectUnauthorized: trust.insecure !== true,
    ...(trust.ca === undefined ? {} : { ca: trust.ca }),
  });
  const send = (input: string | URL | Request, init: RequestInit = {}): Promise<Response> =>
    new Promise((resolve, reject) => {
      // Asking for the class `Request` would load the whole of the web's fetch.
      const url = new URL(typeof input === 'object' && 'url' in input ? input.url : input);
      const { signal } = init;
      const body = typeof init.body === 'string' || init.body instanceof Uint8Array ? init.body : undefined;
      const headers = {
        ...(init.headers as Record<string, string> | undefined),
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      };
      const options = { method: init.method ?? 'GET', headers, ...(signal ? { signal } : {}) };
      const sent =
        url.protocol === 'http:'
          ? process.getBuiltinModule('node:http').request(url, options, answered)
          : request(url, { ...options, agent, servername: serverName(url) }, answered);
      function answered(message: IncomingMessage): void {
        resolve(responseOf(message));
      }
      sent.on('error', reject);
      sent.end(body);
    });
  return { send, close: () => agent.destroy() };
}

/** Addresses are no names: TLS sends none for them. */
function serverName(url: URL): string {
  return /^[\d.]+$|:/.test(url.hostname) ? '' : url.hostname;
}

/** What the client uses of a response, without the web's own class for it. */
function responseOf(message: IncomingMessage): Response {
  const status = message.statusCode ?? 0;
  const headers = { get: (name: string) => [message.headers[name.toLowerCase()]].flat().join(', ') || null };
  const body = {
    getReader: () => readerOf(message),
    [Symbol.asyncIterator]: () => message[Symbol.asyncIterator](),
    cancel: async () => void message.destroy(),
  };
  const arrayBuffer = async (): Promise<Uint8Array> => bytesOf(message);
  const text = async (): Promise<string> => new TextDecoder().decode(await bytesOf(message));
  return { ok: status >= 200 && status < 300, status, headers, body, arrayBuffer, text } as unknown as Response;
}

async function bytesOf(message: IncomingMessage): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** Reads all that has come at once: the web's own streams take one chunk of TLS at a time, each with its promises. */
function readerOf(message: IncomingMessage): Pick<ReadableStreamDefaultReader<Uint8Array>, 'read' | 'cancel'> {
  return {
    async read() {
      for (;;) {
        const value = message.read() as Buffer<ArrayBuffer> | null;
        if (value !== null) return { done: false, value };
        if (message.readableEnded) return { done: true, value: undefined };
        if (message.errored !== null) throw message.errored;
        if (message.destroyed) throw new Error('The connection was closed in the middle of the answer.');
        await changeOf(message);
      }
    },
    async cancel() {
      message.destroy();
    },
  };
}

function changeOf(message: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const name of ['readable', 'end', 'error', 'close']) message.off(name, done);
      resolve();
    };
    for (const name of ['readable', 'end', 'error', 'close']) message.on(name, done);
  });
}
