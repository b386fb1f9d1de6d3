import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { randomUUID } from 'node:crypto';
import { testDatabase } from '@virgate/database/testing';
import type { Kysely } from 'kysely';
import pino from 'pino';
import { createEngine } from '../composition.ts';
import type { Engine } from '../engine.ts';
import { hashPassword } from '../access/passwords.ts';
import { apiScope, issueToken } from '../access/tokens.ts';
import { engineMigrations } from '../tables/migrations.ts';
import type { Tables } from '../tables/schema.ts';

/** Password of `admin@internal` in engines of tests. */
export const adminPassword = 'correct-horse-battery';
const requestTimeoutMs = 60_000;

/** Hashing takes long on purpose: users of tests share one. */
let hashed: Promise<string> | undefined;
const secretHash = (): Promise<string> => (hashed ??= hashPassword('secret'));

/** An answer, with its body as JSON where it is some. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests say themselves what they expect of a body
export interface Answer<T = Record<string, any>> {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  body: T;
}

/** What a request of a test says. */
export interface Call {
  body?: unknown;
  headers?: Record<string, string>;
}

/** A client that signs its requests with one user's token. */
export interface Client {
  token: string;
  /** `path` is one below `/ovirt-engine/api`, or one that begins with `/virgate` or `/ovirt-engine`. */
  call: (method: string, path: string, options?: Call) => Promise<Answer>;
  get: (path: string, headers?: Record<string, string>) => Promise<Answer>;
  post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Answer>;
  put: (path: string, body: unknown) => Promise<Answer>;
  delete: (path: string) => Promise<Answer>;
}

/** An engine with a database of its own, listening on loopback; gone after the test. */
export interface TestEngine extends Client {
  engine: Engine;
  url: string;
  caPem: string;
  /** A client for another user: made in the internal directory, with roles on objects. */
  user: (name: string, roles?: { role: string; object: { type: string; id: string } }[]) => Promise<Client & { id: string }>;
  /** A client with another token, or none. */
  client: (token: string | null) => Client;
}

function clientOf(url: string, caPem: string, token: string | null, agent: Agent): Client {
  const call = (method: string, path: string, options: Call = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const body = options.body === undefined ? undefined : typeof options.body === 'string' ? options.body : JSON.stringify(options.body);
      const target = new URL(path.startsWith('/virgate') || path.startsWith('/ovirt-engine') ? path : `/ovirt-engine/api${path}`, url);
      const sent = request(
        target,
        {
          method,
          ca: caPem,
          timeout: requestTimeoutMs,
          agent,
          headers: {
            accept: 'application/json',
            ...(token === null ? {} : { authorization: `Bearer ${token}` }),
            ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
            ...options.headers,
          },
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(parts).toString('utf8');
            const json =
              (response.headers['content-type'] ?? '').startsWith('application/json') &&
              text !== '' &&
              !response.headers['content-encoding'];
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: json ? JSON.parse(text) : {} });
          });
        },
      );
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${path} took too long`)));
      sent.on('error', reject);
      sent.end(body);
    });
  return {
    token: token ?? '',
    call,
    get: (path, headers) => call('GET', path, headers ? { headers } : {}),
    post: (path, body, headers) => call('POST', path, { body, ...(headers ? { headers } : {}) }),
    put: (path, body) => call('PUT', path, { body }),
    delete: (path) => call('DELETE', path),
  };
}

/**
 * Starts an engine for a test, signed in as `admin@internal`. It ends with the test.
 *
 * @param prepare changes the database before the engine runs
 * @param more `samples: false` leaves the history to the test
 */
export async function startTestEngine(
  t: TestContext,
  prepare?: (db: Kysely<Tables>) => Promise<unknown>,
  more: { samples?: false } = {},
): Promise<TestEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'virgate-engine-'));
  // Hooks run in the order in which they were given: the engine ends before its database is dropped.
  let stop = async (): Promise<void> => undefined;
  const agent = new Agent({ keepAlive: true });
  t.after(async () => {
    agent.destroy();
    await stop();
    await rm(folder, { recursive: true, force: true });
  });
  const database = await testDatabase<Tables>(t, { migrations: engineMigrations });
  await prepare?.(database.db);
  const log = pino({ level: process.env['VIRGATE_TEST_LOG'] ?? 'silent' });
  const running = await createEngine({
    engineId: randomUUID(),
    databaseUrl: database.url,
    pkiFolder: folder,
    names: ['localhost', '127.0.0.1'],
    portalFolder: null,
    adminPassword,
    log,
    ...more,
  });
  stop = () => running.stop();
  await running.app.listen({ host: '127.0.0.1', port: 0 });
  await running.start();
  const { engine } = running;
  const url = `https://127.0.0.1:${(running.app.server.address() as AddressInfo).port}`;
  const admin = await engine.db.selectFrom('app_user').select('id').where('principal', '=', 'admin').executeTakeFirstOrThrow();
  const tokenOf = (userId: string) => issueToken(engine.db, { kind: 'sso', userId, scope: apiScope });
  const client = (token: string | null) => clientOf(url, engine.authority.caPem, token, agent);
  return {
    ...client(await tokenOf(admin.id)),
    engine,
    url,
    caPem: engine.authority.caPem,
    client,
    async user(name, roles = []) {
      const id = randomUUID();
      await engine.db
        .insertInto('app_user')
        .values({ id, principal: name, domain: 'internal-authz', external_id: id, password_hash: await secretHash() })
        .execute();
      for (const { role, object } of roles) {
        const found = await engine.db.selectFrom('role').select('id').where('name', '=', role).executeTakeFirstOrThrow();
        await engine.db
          .insertInto('permission')
          .values({
            id: randomUUID(),
            role_id: found.id,
            principal_id: id,
            principal_kind: 'user',
            object_type: object.type,
            object_id: object.id,
          })
          .execute();
      }
      return { ...client(await tokenOf(id)), id };
    },
  };
}
