import { Agent, request } from 'node:https';

/** A JSON document; tests look into it as they need. */
// oxlint-disable-next-line typescript/no-explicit-any -- answers are looked into by tests that check what they find
export type Json = any;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body where it is JSON, else an empty object. */
  readonly body: Json;
}

export interface Call {
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

const requestTimeoutMs = 60_000;
/** The request waits until what it adds is wholly made. Source: REST contract, `Expect: 201-created`. */
export const whole = { expect: '201-created' } as const;

/** A JSON client of an engine, signed in as one user by basic authentication. */
export class RestClient {
  readonly url: string;
  readonly #caPem: string;
  readonly #authorization: string | null;
  readonly #agent: Agent;

  constructor(options: { url: string; caPem: string; user: string | null; password?: string }) {
    this.url = options.url;
    this.#caPem = options.caPem;
    this.#authorization =
      options.user === null ? null : `Basic ${Buffer.from(`${options.user}:${options.password ?? ''}`).toString('base64')}`;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 16 });
  }

  /** The same engine as another user; null asks without a name. */
  as(user: string | null, password = ''): RestClient {
    return new RestClient({ url: this.url, caPem: this.#caPem, user, password });
  }

  /** `path` is one below `/ovirt-engine/api`, or begins with `/virgate`, `/ovirt-engine`, or an older root of the API. */
  call(method: string, path: string, call: Call = {}): Promise<Answer> {
    const target = new URL(/^\/(virgate|ovirt-engine|api|rhev-api)\b/.test(path) ? path : `/ovirt-engine/api${path}`, this.url);
    const body = call.body === undefined ? undefined : typeof call.body === 'string' ? call.body : JSON.stringify(call.body);
    const headers = {
      accept: 'application/json',
      // What tests change they want to see again, also what is costly.
      'all-content': 'true',
      ...(this.#authorization === null ? {} : { authorization: this.#authorization }),
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
      ...call.headers,
    };
    return new Promise((resolve, reject) => {
      const sent = request(
        target,
        { method, headers, ca: this.#caPem, agent: this.#agent, timeout: call.timeoutMs ?? requestTimeoutMs },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(parts).toString('utf8');
            const isJson = (response.headers['content-type'] ?? '').startsWith('application/json') && text !== '';
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} });
          });
        },
      );
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${path} took too long`)));
      sent.on('error', reject);
      sent.end(body);
    });
  }

  get(path: string, headers?: Record<string, string>): Promise<Answer> {
    return this.call('GET', path, headers === undefined ? {} : { headers });
  }

  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer> {
    return this.call('POST', path, { body, ...(headers === undefined ? {} : { headers }) });
  }

  put(path: string, body: unknown): Promise<Answer> {
    return this.call('PUT', path, { body });
  }

  delete(path: string): Promise<Answer> {
    return this.call('DELETE', path);
  }

  close(): void {
    this.#agent.destroy();
  }
}
