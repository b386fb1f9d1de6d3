import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { whyNoServer } from '../testing/index.ts';
import { installedBinaries } from './binaries.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { isAlive, isServerOf, readPostmasterFile, serverProcesses, waitForExit } from './postmaster.ts';
import { startEmbeddedPostgres, stopEmbeddedPostgres, type EmbeddedPostgresOptions } from './start.ts';

const run = promisify(execFile);

async function folder(t: TestContext, name = 'data'): Promise<string> {
  const base = await mkdtemp(join(tmpdir(), 'virgate-embedded-'));
  const dataDir = join(base, name);
  t.after(async () => {
    await stopEmbeddedPostgres(dataDir, 'immediate');
    await rm(base, { recursive: true, force: true });
  });
  return dataDir;
}

async function start(dataDir: string, options: Partial<EmbeddedPostgresOptions> = {}) {
  return await startEmbeddedPostgres({ dataDir, dieWithParent: true, ...options });
}

async function query<Row extends object>(url: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

test('a fresh start, a second start that finds the server, a stop, a start again', async (t) => {
  const dataDir = await folder(t);
  const lines: string[] = [];
  const first = await start(dataDir, { log: (line) => void lines.push(line) });
  assert.equal(first.version, 18);
  assert.equal(first.found, false);
  assert.match(lines[0] ?? '', /^Initialising PostgreSQL 18/);
  await query(first.url, 'create table kept as select 42 as answer');
  const second = await start(dataDir);
  assert.deepEqual([second.found, second.pid, second.url], [true, first.pid, first.url]);
  assert.deepEqual(await query(second.urlOf('postgres'), 'select current_user::text as name'), [{ name: 'virgate' }]);
  await second.stop();
  assert.equal(await isAlive(first.pid), false);
  await second.stop();
  const third = await start(dataDir);
  assert.notEqual(third.pid, first.pid);
  assert.deepEqual(await query(third.url, 'select answer from kept'), [{ answer: 42 }]);
});

test('nobody else gets in: no TCP, folders closed to others, sensible settings', async (t) => {
  const dataDir = await folder(t);
  const server = await start(dataDir);
  const settings = await query<{ name: string; setting: string }>(
    server.url,
    `select name, setting from pg_settings where name in ('listen_addresses', 'fsync', 'full_page_writes', 'data_checksums', 'TimeZone', 'server_encoding') order by name`,
  );
  assert.deepEqual(Object.fromEntries(settings.map((each) => [each.name, each.setting])), {
    TimeZone: 'UTC',
    data_checksums: 'on',
    fsync: 'on',
    full_page_writes: 'on',
    listen_addresses: '',
    server_encoding: 'UTF8',
  });
  for (const each of [dataDir, join(dataDir, 'cluster'), join(dataDir, 'socket')])
    assert.equal((await stat(each)).mode & 0o777, 0o700, each);
  assert.equal((await stat(server.logFile)).mode & 0o077, 0);
});

test('the contrib modules that the package brings can be loaded', async (t) => {
  const server = await start(await folder(t), { durability: 'fast' });
  await query(server.url, 'create extension pg_trgm; create extension btree_gin; create extension citext');
  assert.deepEqual(await query(server.url, `select 'A'::citext = 'a' as same, similarity('virgate', 'virgate') as alike`), [
    { same: true, alike: 1 },
  ]);
});

test('a killed server recovers, and what was committed is there', async (t) => {
  const dataDir = await folder(t);
  let server = await start(dataDir);
  await query(server.url, 'create table kept (round int)');
  for (let round = 1; round <= 3; round += 1) {
    await query(server.url, `insert into kept values (${round})`);
    process.kill(server.pid, 'SIGKILL');
    assert.ok(await waitForExit(server.pid, 5_000));
    server = await start(dataDir);
    assert.equal(server.found, false);
    assert.equal((await query(server.url, 'select * from kept')).length, round);
  }
});

test('a backend that outlives its killed server is ended first', async (t) => {
  const dataDir = await folder(t);
  const server = await start(dataDir);
  const client = new Client({ connectionString: server.url });
  client.on('error', () => undefined);
  await client.connect();
  const endless = client.query(`do $$ begin loop perform 1; end loop; end $$`).catch(() => undefined);
  for (let tries = 0; tries < 300; tries += 1) {
    const busy = await query(server.url, `select 1 from pg_stat_activity where query like 'do %' and state = 'active'`);
    if (busy.length > 0) break;
  }
  process.kill(server.pid, 'SIGKILL');
  await waitForExit(server.pid, 5_000);
  assert.ok((await serverProcesses(join(dataDir, 'cluster'))).length > 0, 'one goes on computing');
  const again = await start(dataDir);
  await query(again.url, 'select 1');
  await endless;
  await client.end().catch(() => undefined);
});

test('a process id in the file that now belongs to somebody else is no obstacle, and that somebody is left alone', async (t) => {
  const dataDir = await folder(t);
  const server = await start(dataDir);
  const file = join(dataDir, 'cluster', 'postmaster.pid');
  const text = await readFile(file, 'utf8');
  process.kill(server.pid, 'SIGKILL');
  await waitForExit(server.pid, 5_000);
  const other = spawn('sleep', ['60'], { stdio: 'ignore' });
  t.after(() => void other.kill());
  await writeFile(file, text.replace(/^\d+/, String(other.pid)));
  const again = await start(dataDir);
  assert.notEqual(again.pid, other.pid);
  assert.equal(await isAlive(other.pid as number), true);
});

test('starts at the same moment agree on one server', async (t) => {
  const dataDir = await folder(t);
  const code = `
    import { startEmbeddedPostgres } from ${JSON.stringify(new URL('./start.ts', import.meta.url).href)};
    const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, durability: 'fast' });
    console.log(server.pid);
    process.exit(0);`;
  const started = await Promise.all([1, 2, 3].map(async () => await run(process.execPath, ['--input-type=module', '-e', code])));
  const pids = new Set(started.map(({ stdout }) => stdout.trim()));
  assert.equal(pids.size, 1);
  const pid = Number([...pids][0]);
  assert.ok(await isServerOf(pid, join(dataDir, 'cluster')), 'it outlives those who started it');
  assert.equal(await stopEmbeddedPostgres(dataDir), true);
  assert.equal(await stopEmbeddedPostgres(dataDir), false);
});

test('the server survives kill -9 of its starter, unless it is to die with it', async (t) => {
  for (const dieWithParent of [false, true]) {
    const dataDir = await folder(t);
    const code = `
      import { startEmbeddedPostgres } from ${JSON.stringify(new URL('./start.ts', import.meta.url).href)};
      await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, durability: 'fast', dieWithParent: ${dieWithParent} });
      console.log('up');
      setInterval(() => undefined, 1_000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    const pid = (await readPostmasterFile(join(dataDir, 'cluster')))?.pid as number;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    if (dieWithParent) assert.ok(await waitForExit(pid, 10_000));
    else assert.equal((await start(dataDir)).pid, pid);
  }
});

test('an initialisation that was cut off is begun again', async (t) => {
  const dataDir = await folder(t);
  await mkdir(join(dataDir, 'cluster.new-99999', 'base'), { recursive: true });
  await start(dataDir, { durability: 'fast' });
  assert.ok(!(await readdir(dataDir)).some((name) => name.startsWith('cluster.new-')));
});

test('a path too long for a socket gets a short folder, closed to others', async (t) => {
  const dataDir = await folder(t, `${'long-'.repeat(20)}folder, with "odd" signs`);
  const server = await start(dataDir, { durability: 'fast' });
  const socketDir = new URL(server.url).searchParams.get('host') as string;
  t.after(async () => await rm(socketDir, { recursive: true, force: true }));
  assert.ok(Buffer.byteLength(`${socketDir}/.s.PGSQL.5432`) <= 107);
  assert.equal((await stat(socketDir)).mode & 0o777, 0o700);
  await query(server.url, 'select 1');
});

test('odd signs in a path that is short enough are no obstacle', async (t) => {
  const server = await start(await folder(t, 'a, "b" ü %20'), { durability: 'fast' });
  await query(server.url, 'select 1');
});

test('a cluster of another major version is refused, with what to do', async (t) => {
  const dataDir = await folder(t);
  await mkdir(join(dataDir, 'cluster'), { recursive: true });
  await writeFile(join(dataDir, 'cluster', 'PG_VERSION'), '14\n');
  await assert.rejects(
    start(dataDir),
    (error) => error instanceof EmbeddedPostgresError && error.code === 'major_version_differs' && /export/.test(error.message),
  );
});

test('a server that cannot start says why, with the end of its log', async (t) => {
  const dataDir = await folder(t);
  await (await start(dataDir, { durability: 'fast' })).stop('immediate');
  await writeFile(join(dataDir, 'cluster', 'postgresql.conf'), 'no_such_setting = 1\n');
  await assert.rejects(
    start(dataDir),
    (error) => error instanceof EmbeddedPostgresError && error.code === 'start_failed' && error.message.includes('no_such_setting'),
  );
});

test(
  'root without user namespaces uses a service user, from a copy when it may not enter the package',
  { skip: process.getuid?.() === 0 ? false : 'needs root' },
  async (t) => {
    // A namespace in which user namespaces are used up is what a container without them looks like.
    const dataDir = await folder(t);
    await mkdir(dataDir, { recursive: true });
    await chmod(join(dataDir, '..'), 0o755);
    const code = `
    import { startEmbeddedPostgres } from ${JSON.stringify(new URL('./start.ts', import.meta.url).href)};
    const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, durability: 'fast' });
    console.log(server.pid);
    process.exit(0);`;
    const bin = await mkdtemp(join(tmpdir(), 'virgate-bin-'));
    t.after(async () => await rm(bin, { recursive: true, force: true }));
    await writeFile(join(bin, 'unshare'), '#!/bin/sh\necho "unshare failed: Operation not permitted" >&2\nexit 1\n', { mode: 0o755 });
    const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}` };
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], { env });
    const owner = (await stat(`/proc/${Number(stdout)}`)).uid;
    assert.notEqual(owner, 0);
    const again = await start(dataDir);
    assert.equal(again.found, true);
    await query(again.url, 'select 1');
    await again.stop();
    const later = await start(dataDir, { durability: 'fast' });
    assert.equal((await stat(`/proc/${later.pid}`)).uid, owner, 'the owner of the files runs it from then on');
  },
);

test('the same launcher starts another release', { skip: (await whyNoServer(15)) ?? false }, async (t) => {
  const binaries = await installedBinaries('/usr/lib/postgresql/15/bin', 15);
  assert.ok(binaries !== undefined);
  const server = await start(await folder(t), { binaries, durability: 'fast' });
  assert.equal(server.version, 15);
});

test('a large log is set aside at a start', async (t) => {
  const dataDir = await folder(t);
  await mkdir(dataDir, { recursive: true });
  await writeFile(join(dataDir, 'server.log'), Buffer.alloc(10 * 1024 * 1024 + 1, 'x'));
  await start(dataDir, { durability: 'fast' });
  assert.ok((await stat(join(dataDir, 'server.log'))).size < 100_000);
  assert.ok((await stat(join(dataDir, 'server.log.1'))).size > 10_000_000);
});
