import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startEmbeddedPostgres } from '@virgate/database';
import { heapOptions } from '@virgate/engine/heap-options';
import { Client, type Endpoint } from './client.ts';

const root = join(import.meta.dirname, '../..');
const readyMs = 120_000;

/** What an engine's gauge tells since it was last asked. */
export interface Gauge {
  /** Longest time for which the event loop stood still. */
  stallMs: number;
  residentBytes: number;
  /** Time that the process has computed so far, and that the system has worked for it. */
  cpuMs: number;
  systemMs: number;
}

/** A database and an engine of their own, seeded, without hosts. */
export interface Installation {
  endpoint: Endpoint;
  databaseUrl: string;
  gauge(): Promise<Gauge>;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(endpoint: Endpoint): Promise<boolean> {
  if (!existsSync(endpoint.caFile) || !existsSync(endpoint.passwordFile)) return false;
  const client = new Client(endpoint, '', 1);
  try {
    return (await client.send('GET', '')).status === 401;
  } catch {
    return false;
  } finally {
    client.close();
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** Starts an installation in a temporary folder and seeds it by the command that ships, with its defaults. */
export async function startInstallation(more: { portalDir?: string } = {}): Promise<Installation> {
  const work = mkdtempSync(join(tmpdir(), 'vgb-'));
  const database = await startEmbeddedPostgres({ dataDir: join(work, 'database'), dieWithParent: true });
  const port = await freePort();
  const config = join(work, 'engine.json');
  const passwordFile = join(work, 'password');
  const listen = { host: '127.0.0.1', port };
  writeFileSync(
    config,
    JSON.stringify({
      pkiDir: join(work, 'pki'),
      databaseUrl: database.url,
      listen,
      adminPasswordFile: passwordFile,
      engineId: randomUUID(),
      logLevel: 'warn',
      ...more,
    }),
  );
  const engine = spawn(
    process.execPath,
    [...heapOptions, '--import', join(import.meta.dirname, 'gauge.ts'), join(root, 'packages/engine/src/main.ts'), '--config', config],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  const endpoint: Endpoint = {
    url: `https://127.0.0.1:${port}`,
    caFile: join(work, 'pki', 'ca.pem'),
    username: 'admin@internal',
    passwordFile,
  };
  const begun = performance.now();
  while (!(await answers(endpoint))) {
    if (engine.exitCode !== null || performance.now() - begun > readyMs) throw new Error('the engine did not start');
    await delay(200);
  }
  const seeding = join(root, 'packages/engine/src/seeding/main.ts');
  execFileSync(process.execPath, [seeding, '--database', database.url], { stdio: ['ignore', 'inherit', 'inherit'] });
  return {
    endpoint,
    databaseUrl: database.url,
    async gauge() {
      const told = once(engine, 'message');
      engine.send('read');
      return ((await told) as [Gauge])[0];
    },
    async stop() {
      engine.kill('SIGTERM');
      await ended(engine);
      await database.stop();
      rmSync(work, { recursive: true, force: true });
    },
  };
}
