import { CollectionReader } from './collection-reader.ts';
import { EngineUnreachable, faultOf } from './fault.ts';
import type { RequestOptions } from './request.ts';

export interface TransportOptions {
  /** Address of the engine, for example `https://engine.example.com:8443`. In a browser: where the page came from. */
  url?: string | undefined;
  /** Bearer token of the single sign-on. Without it the browser's session cookie is sent. */
  token?: string | undefined;
  /** Instead of the global `fetch`: tests, or an own TLS set-up. */
  fetch?: typeof fetch | undefined;
  /** Milliseconds until a call is given up; default 60,000. */
  timeoutMs?: number | undefined;
  /** Language of fault texts, as in `Accept-Language`. */
  locale?: string | undefined;
}

export interface Call {
  method: string;
  /** Path from the origin on, query included. */
  path: string;
  body?: unknown;
}

/** One way to the engine, with credentials. Knows HTTP and faults, no services and no types. */
export interface Transport {
  readonly origin: string;
  /** The answer's JSON, `undefined` when it has no body. @throws ApiFault, EngineUnreachable */
  json(call: Call, options?: RequestOptions): Promise<unknown>;
  /**
   * The same of a collection: `take` gets its objects while they come, with all of their keys or those that are wanted.
   * @returns the answer, when it is no list of objects
   * @throws ApiFault, EngineUnreachable
   */
  collection(call: Call, take: (objects: unknown[]) => void, options?: RequestOptions, keys?: readonly string[]): Promise<unknown>;
  /** The client's own `fetch`, for addresses beside the engine's, such as those of image transfers. No credentials are added. */
  readonly send: typeof fetch;
  /** An answer whose body the caller reads as it comes. No time limit but `signal`. @throws ApiFault, EngineUnreachable */
  stream(call: Call, signal: AbortSignal, headers?: Record<string, string>): Promise<Response>;
}

const defaultTimeoutMs = 60_000;
/** Answers beyond this are refused; ten thousand VMs with all links are about 30 MB. */
const maxAnswerBytes = 256 * 1024 * 1024;
/** How much of a refusal's body is read. */
const maxFaultBytes = 1024 * 1024;

export function createTransport(options: TransportOptions): Transport {
  const origin = originOf(options.url);
  const send: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init));

  async function request(call: Call, init: RequestInit): Promise<Response> {
    const operation = operationOf(call);
    let response: Response;
    try {
      response = await send(`${origin}${call.path}`, { method: call.method, credentials: 'same-origin', redirect: 'error', ...init });
    } catch (cause) {
      init.signal?.throwIfAborted();
      throw new EngineUnreachable(operation, cause);
    }
    if (response.ok) return response;
    const text = await limitedText(response, maxFaultBytes).catch(() => '');
    throw faultOf(response.status, text, operation, response.headers.get('correlation-id') ?? undefined);
  }

  async function answered<Answer>(
    call: Call,
    requestOptions: RequestOptions,
    read: (response: Response) => Promise<Answer>,
  ): Promise<Answer> {
    const timeout = AbortSignal.timeout(requestOptions.timeoutMs ?? options.timeoutMs ?? defaultTimeoutMs);
    const signal = requestOptions.signal === undefined ? timeout : AbortSignal.any([requestOptions.signal, timeout]);
    try {
      return await read(await request(call, { ...contentOf(call), signal, headers: headersOf(options, call, requestOptions) }));
    } catch (error) {
      if (timeout.aborted && requestOptions.signal?.aborted !== true) throw new EngineUnreachable(operationOf(call), error);
      throw error;
    }
  }

  return {
    origin,
    send,
    async json(call, requestOptions = {}) {
      return answered(call, requestOptions, async (response) => {
        const text = await limitedText(response, maxAnswerBytes);
        return text === '' ? undefined : (JSON.parse(text) as unknown);
      });
    },
    async collection(call, take, requestOptions = {}, keys) {
      return answered(call, requestOptions, async (response) => {
        const reader = new CollectionReader(take, keys);
        await limitedBytes(response, maxAnswerBytes, (chunk) => reader.push(chunk));
        return reader.end();
      });
    },
    stream: (call, signal, headers = {}) =>
      request(call, { ...contentOf(call), signal, headers: { ...headersOf(options, call, {}), ...headers } }),
  };
}

const contentOf = ({ body }: Call): RequestInit => (body === undefined ? {} : { body: JSON.stringify(body) });

function operationOf(call: Call): string {
  return `${call.method} ${call.path.split('?')[0] ?? ''}`;
}

function originOf(url: string | undefined): string {
  if (url !== undefined) return new URL(url).origin;
  if (typeof location === 'undefined') throw new TypeError('createClient needs `url` outside a browser');
  return location.origin;
}

function headersOf(options: TransportOptions, call: Call, request: RequestOptions): Record<string, string> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (call.body !== undefined) headers['Content-Type'] = 'application/json';
  if (options.token !== undefined) headers['Authorization'] = `Bearer ${options.token}`;
  if (options.locale !== undefined) headers['Accept-Language'] = options.locale;
  if (request.ifMatch !== undefined) headers['If-Match'] = request.ifMatch;
  // Proxies take `Expect` away, so the second spelling is the one that arrives.
  if (request.waitForCreation === true) headers['X-Ovirt-Expect'] = '201-created';
  if (request.correlationId !== undefined) headers['Correlation-Id'] = request.correlationId;
  return headers;
}

async function limitedText(response: Response, limitBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  await limitedBytes(response, limitBytes, (chunk) => (text += decoder.decode(chunk, { stream: true })));
  return text + decoder.decode();
}

/** @throws RangeError for an answer that is larger than `limitBytes` */
async function limitedBytes(response: Response, limitBytes: number, take: (chunk: Uint8Array) => void): Promise<void> {
  if (Number(response.headers.get('content-length') ?? 0) > limitBytes) throw new RangeError(`answer larger than ${limitBytes} bytes`);
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  for (let bytes = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return;
    bytes += value.byteLength;
    if (bytes > limitBytes) {
      await reader.cancel();
      throw new RangeError(`answer larger than ${limitBytes} bytes`);
    }
    take(value);
  }
}
