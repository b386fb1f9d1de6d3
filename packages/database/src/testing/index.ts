import { createHash, randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Client } from 'pg';
import { openDatabase, type Database, type DatabaseOptions } from '../connection/open.ts';
import { installedBinaries } from '../embedded/binaries.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../embedded/start.ts';
import { checksum, migrate, type Migration } from '../migrations/migrate.ts';

/** What a test's database is like. */
export interface TestDatabaseOptions extends Partial<Omit<DatabaseOptions, 'url'>> {
  /** Applied once for each server; every test then gets a copy of the result. */
  migrations?: readonly Migration[];
  /** Major version of the server; default 18, the packaged one. */
  server?: TestServerVersion;
}

/** 18 is the packaged server, 15 is Debian 12's own. */
export type TestServerVersion = 15 | 18;

/** A database that is gone after the test. */
export interface TestDatabase<DB> extends Database<DB> {
  url: string;
}

const installedFolders: Record<TestServerVersion, string | undefined> = { 15: '/usr/lib/postgresql/15/bin', 18: undefined };

const servers = new Map<TestServerVersion, Promise<EmbeddedPostgres>>();
const templates = new Map<string, Promise<string>>();

/** Why a server of this version can't be had here; undefined when it can. For `test(name, { skip })`. */
export async function whyNoServer(version: TestServerVersion): Promise<string | undefined> {
  const folder = installedFolders[version];
  if (folder === undefined || (await installedBinaries(folder, version)) !== undefined) return undefined;
  return `PostgreSQL ${version} is not installed in ${folder}`;
}

/** A fresh database for one test; it is dropped when the test ends. */
export async function testDatabase<DB>(t: TestContext, options: TestDatabaseOptions = {}): Promise<TestDatabase<DB>> {
  const { database, drop } = await createTestDatabase<DB>(options);
  t.after(drop);
  return database;
}

/** Runs `fn` on a fresh database and drops it. */
export async function withTestDatabase<DB, T>(
  fn: (database: TestDatabase<DB>) => Promise<T>,
  options: TestDatabaseOptions = {},
): Promise<T> {
  const { database, drop } = await createTestDatabase<DB>(options);
  try {
    return await fn(database);
  } finally {
    await drop();
  }
}

/** The server of this test process: one of each version, in a temporary folder, ended together with the process. */
export async function testServer(version: TestServerVersion = 18): Promise<EmbeddedPostgres> {
  let server = servers.get(version);
  if (server === undefined) {
    server = startTestServer(version);
    servers.set(version, server);
  }
  return await server;
}

async function startTestServer(version: TestServerVersion): Promise<EmbeddedPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), 'virgate-pg-'));
  // The server dies with this process; what is left to do then is synchronous.
  let pid = 0;
  process.once('exit', () => {
    try {
      if (pid !== 0) process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });
  const folder = installedFolders[version];
  const binaries = folder === undefined ? undefined : await installedBinaries(folder, version);
  if (folder !== undefined && binaries === undefined) throw new Error(`PostgreSQL ${version} is not installed in ${folder}.`);
  const server = await startEmbeddedPostgres({
    dataDir,
    durability: 'fast',
    dieWithParent: true,
    ...(binaries === undefined ? {} : { binaries }),
  });
  pid = server.pid;
  return server;
}

async function createTestDatabase<DB>(options: TestDatabaseOptions): Promise<{ database: TestDatabase<DB>; drop: () => Promise<void> }> {
  const { migrations = [], server: version = 18, ...rest } = options;
  const server = await testServer(version);
  const template = await templateDatabase(version, server, migrations);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(server, `create database ${name} template ${template}`);
  const url = server.urlOf(name);
  const opened = await openDatabase<DB>({ maxConnections: 10, ...rest, url });
  const drop = async (): Promise<void> => {
    await opened.close();
    await administer(server, `drop database if exists ${name} with (force)`);
  };
  return { database: { ...opened, url }, drop };
}

async function templateDatabase(version: TestServerVersion, server: EmbeddedPostgres, migrations: readonly Migration[]): Promise<string> {
  if (migrations.length === 0) return 'template1';
  const hash = createHash('sha256')
    .update(migrations.map((each) => `${each.name} ${checksum(each)}`).join('\n'))
    .digest('hex');
  const name = `template_${hash.slice(0, 24)}`;
  const key = `${version} ${name}`;
  let made = templates.get(key);
  if (made === undefined) {
    made = makeTemplate(server, name, migrations);
    templates.set(key, made);
  }
  return await made;
}

async function makeTemplate(server: EmbeddedPostgres, name: string, migrations: readonly Migration[]): Promise<string> {
  await administer(server, `create database ${name}`);
  const database = await openDatabase<unknown>({ url: server.urlOf(name), maxConnections: 2 });
  try {
    await migrate(database.db, migrations);
  } finally {
    await database.close();
  }
  return name;
}

/** Creating a database copies a template that nobody else may use meanwhile: one after the other. */
let administration: Promise<unknown> = Promise.resolve();

async function administer(server: EmbeddedPostgres, statement: string): Promise<void> {
  const turn = administration.then(async () => {
    const client = new Client({ connectionString: server.urlOf('postgres') });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  });
  administration = turn.catch(() => undefined);
  await turn;
}
