import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';

/** The engine answered with a fault. */
export class EngineFault extends Error {
  readonly status: number;

  constructor(operation: string, status: number, text: string) {
    super(`${operation} was answered ${status}: ${faultText(text)}`);
    this.name = 'EngineFault';
    this.status = status;
  }
}

/** Any object of the API; read with care. */
export type ApiObject = Readonly<Record<string, unknown>>;

const CALL_TIMEOUT_MS = 180_000;
const MAXIMUM_ANSWER_BYTES = 8 * 1024 * 1024;
const FAULT_CHARACTERS = 500;

function faultText(text: string): string {
  try {
    const fault = JSON.parse(text) as { detail?: unknown; reason?: unknown; error?: unknown; message?: unknown };
    const words = [fault.reason, fault.detail, fault.error, fault.message].filter((word) => typeof word === 'string');
    if (words.length > 0) return words.join(' ').slice(0, FAULT_CHARACTERS);
  } catch {
    // not JSON: the text itself is all there is
  }
  return text.slice(0, FAULT_CHARACTERS);
}

/** The launcher as a client of the engine: the REST API over TLS that trusts the engine's own authority only. */
export class EngineClient {
  readonly #url: URL;
  readonly #agent: Agent;
  readonly #credentials: { readonly username: string; readonly password: string };
  #token: string | undefined;

  constructor(url: string, caFile: string, credentials: { readonly username: string; readonly password: string }) {
    this.#url = new URL(url);
    this.#agent = new Agent({ ca: readFileSync(caFile), keepAlive: true, maxSockets: 4 });
    this.#credentials = credentials;
  }

  /** Whether the engine and its database answer. */
  async isHealthy(): Promise<boolean> {
    return (await this.#send('GET', '/ovirt-engine/services/health', {}, undefined, 5_000)).status === 200;
  }

  /** An object or a list of the API. @throws {EngineFault} */
  async get(path: string): Promise<ApiObject> {
    return this.#call('GET', path, undefined);
  }

  /** Adds an object or runs an action; waits until what was added exists. @throws {EngineFault} */
  async post(path: string, body: object): Promise<ApiObject> {
    return this.#call('POST', path, body);
  }

  /** @throws {EngineFault} */
  async remove(path: string): Promise<ApiObject> {
    return this.#call('DELETE', path, undefined);
  }

  close(): void {
    this.#agent.destroy();
  }

  async #call(method: string, path: string, body: object | undefined): Promise<ApiObject> {
    this.#token ??= await this.#signIn();
    const headers = {
      authorization: `Bearer ${this.#token}`,
      accept: 'application/json',
      'x-ovirt-expect': '201-created',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const answer = await this.#send(method, path, headers, body === undefined ? undefined : JSON.stringify(body), CALL_TIMEOUT_MS);
    if (answer.status === 401) this.#token = undefined;
    if (answer.status >= 400) throw new EngineFault(`${method} ${path}`, answer.status, answer.text);
    return answer.text === '' ? {} : (JSON.parse(answer.text) as ApiObject);
  }

  async #signIn(): Promise<string> {
    const form = new URLSearchParams({ grant_type: 'password', scope: 'ovirt-app-api', ...this.#credentials });
    const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await this.#send('POST', '/ovirt-engine/sso/oauth/token', headers, form.toString(), CALL_TIMEOUT_MS);
    const token = answer.status === 200 ? (JSON.parse(answer.text) as { access_token?: unknown }).access_token : undefined;
    if (typeof token !== 'string') throw new EngineFault('sign-in', answer.status, answer.text);
    return token;
  }

  async #send(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: string | undefined,
    timeoutMs: number,
  ): Promise<{ status: number; text: string }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
    const call = request(
      new URL(path, this.#url),
      { method, headers, agent: this.#agent, signal: AbortSignal.timeout(timeoutMs) },
      (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          chunks.push(chunk);
          if (bytes > MAXIMUM_ANSWER_BYTES)
            response.destroy(new Error(`${method} ${path}: the answer is larger than ${MAXIMUM_ANSWER_BYTES} bytes`));
        });
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      },
    );
    call.on('error', reject);
    call.end(body);
    return promise;
  }
}

/** A text field of an object. @throws Error when it is not there */
export function textField(object: ApiObject, name: string): string {
  const value = object[name];
  if (typeof value !== 'string') throw new Error(`the engine's answer has no ${name}`);
  return value;
}

/** The members of a list answer, such as `host` of `{ host: [...] }`. */
export function members(list: ApiObject, name: string): ApiObject[] {
  const value = list[name];
  return Array.isArray(value) ? (value as ApiObject[]) : [];
}

/** A text field, or undefined. */
export function optionalText(object: ApiObject | undefined, name: string): string | undefined {
  const value = object?.[name];
  return typeof value === 'string' ? value : undefined;
}
