import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';

/** Where an engine is, and who may administer it. */
export interface Endpoint {
  url: string;
  caFile: string;
  username: string;
  passwordFile: string;
}

/** What came of a GET, in milliseconds and bytes. */
export interface Timed {
  firstByteMs: number;
  totalMs: number;
  bytes: number;
  text: string;
}

/** Requests with JSON over connections that are kept. */
export class Client {
  readonly #agent: Agent;
  readonly #endpoint: Endpoint;
  readonly #authorization: string;
  constructor(endpoint: Endpoint, token: string, sockets: number) {
    this.#endpoint = endpoint;
    this.#authorization = `Bearer ${token}`;
    this.#agent = new Agent({ keepAlive: true, maxSockets: sockets, ca: readFileSync(endpoint.caFile) });
  }

  send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    return new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const sent = request(
        new URL(`/ovirt-engine/api${path}`, this.#endpoint.url),
        {
          method,
          agent: this.#agent,
          headers: {
            authorization: this.#authorization,
            accept: 'application/json',
            ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
            ...headers,
          },
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.once('end', () => {
            const whole = Buffer.concat(parts).toString();
            resolve({
              status: response.statusCode ?? 0,
              body: whole.startsWith('{') ? (JSON.parse(whole) as Record<string, unknown>) : {},
            });
          });
        },
      );
      sent.once('error', reject);
      sent.end(text);
    });
  }

  /** A GET, with its times from the request's last byte and the size of what came. The body is kept only when it is asked for. */
  timed(path: string, headers: Record<string, string> = {}, keep = false): Promise<Timed> {
    return new Promise((resolve, reject) => {
      const begun = performance.now();
      const sent = request(
        new URL(`/ovirt-engine/api${path}`, this.#endpoint.url),
        { agent: this.#agent, headers: { authorization: this.#authorization, accept: 'application/json', ...headers } },
        (response) => {
          let firstByteMs = 0;
          let bytes = 0;
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => {
            if (bytes === 0) firstByteMs = performance.now() - begun;
            bytes += part.length;
            if (keep) parts.push(part);
          });
          response.once('error', reject);
          response.once('end', () => {
            const timed = { firstByteMs, totalMs: performance.now() - begun, bytes, text: keep ? Buffer.concat(parts).toString() : '' };
            if (response.statusCode === 200) resolve(timed);
            else reject(new Error(`GET ${path} answered ${response.statusCode}`));
          });
        },
      );
      sent.once('error', reject);
      sent.end();
    });
  }

  /** A GET that must find what it asks for: a refusal would be quick, and no figure. */
  async read(path: string): Promise<void> {
    const { status } = await this.send('GET', path);
    if (status !== 200) throw new Error(`GET ${path} answered ${status}`);
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** A token of the administrator, or of another user. */
export async function tokenOf(
  endpoint: Endpoint,
  user = { name: endpoint.username, password: readFileSync(endpoint.passwordFile, 'utf8').trim() },
): Promise<string> {
  const form = new URLSearchParams({
    grant_type: 'password',
    username: user.name,
    password: user.password,
    scope: 'ovirt-app-api',
  }).toString();
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL('/ovirt-engine/sso/oauth/token', endpoint.url),
      {
        method: 'POST',
        ca: readFileSync(endpoint.caFile),
        headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      },
      (response) => {
        let text = '';
        response.on('data', (part: Buffer) => (text += part.toString()));
        response.once('end', () => resolve((JSON.parse(text) as { access_token: string }).access_token));
      },
    );
    sent.once('error', reject);
    sent.end(form);
  });
}
