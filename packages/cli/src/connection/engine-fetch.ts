import { Agent, request } from 'node:https';
import { request as plainRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

export interface Trust {
  /** Authority of the engine, as PEM; without it those of the system. */
  readonly ca?: string | undefined;
  readonly insecure?: boolean | undefined;
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
  const agent = new Agent({
    keepAlive: true,
    rejectUnauthorized: trust.insecure !== true,
    ...(trust.ca === undefined ? {} : { ca: trust.ca }),
  });
  const send = (input: string | URL | Request, init: RequestInit = {}): Promise<Response> =>
    new Promise((resolve, reject) => {
      const url = new URL(input instanceof Request ? input.url : input);
      const { signal } = init;
      const body = typeof init.body === 'string' ? init.body : undefined;
      const headers = {
        ...(init.headers as Record<string, string> | undefined),
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      };
      const options = { method: init.method ?? 'GET', headers, ...(signal ? { signal } : {}) };
      const sent =
        url.protocol === 'http:'
          ? plainRequest(url, options, answered)
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
  let body: ReadableStream | undefined;
  return {
    ok: status >= 200 && status < 300,
    status,
    headers,
    get body() {
      return (body ??= Readable.toWeb(message) as ReadableStream);
    },
  } as unknown as Response;
}
