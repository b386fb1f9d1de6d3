import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, escapeIdentifier } from 'pg';
import { sqlState } from '../connection/errors.ts';
import { copiedBinaries, packagedBinaries, type PostgresBinaries } from './binaries.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { ensureCluster, serverEnvironment, superuser } from './initialise.ts';
import { embeddedLimits } from './limits.ts';
import { endOrphans, isServerOf, readPostmasterFile, waitForExit } from './postmaster.ts';
import { chooseRunAs, giveTo, wrap, type RunAs } from './run-as.ts';
import { serverSettings, settingArguments, type Durability } from './settings.ts';
import { chooseSocketDirectory, makeSocketDirectory } from './socket-directory.ts';
import { withStartLock } from './start-lock.ts';
import { stopCluster, type StopMode } from './stop.ts';

/** What to start, and where. */
export interface EmbeddedPostgresOptions {
  /** Folder of the server: made when missing, mode 0700; holds the cluster, the socket and the log. */
  dataDir: string;
  /** Name of the database that the URL leads to; made when missing. Default `virgate`. */
  database?: string;
  /** Other programs than the packaged ones. */
  binaries?: PostgresBinaries;
  /** Default `durable`. */
  durability?: Durability;
  /** End the server together with this process, however that ends. For tests; default false: the server survives and the next start finds it. */
  dieWithParent?: boolean;
  /** Told what is being done, one short line each. */
  log?: (line: string) => void;
}

/** A running embedded server. */
export interface EmbeddedPostgres {
  /** URL of the database, over the unix socket. */
  url: string;
  /** Process id of the server. */
  pid: number;
  /** Major version, such as 18. */
  version: number;
  /** True when the server was already running before. */
  found: boolean;
  /** Path of the server's log. */
  logFile: string;
  /** URL of another database of this server. */
  urlOf(database: string): string;
  /** Stops the server, also when it was found running. Default mode `fast`. */
  stop(mode?: StopMode): Promise<void>;
}

interface Place {
  dataDir: string;
  clusterDir: string;
  socketDir: string;
  logFile: string;
}

/**
 * Starts PostgreSQL in a folder of its own, or finds it running there.
 *
 * It listens on a unix socket only, in a folder with mode 0700, and trusts whoever may enter. It outlives this process: after a crash the
 * next start takes it over. A server that was killed recovers from its write-ahead log.
 *
 * @throws EmbeddedPostgresError with a code and what to do.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined);
  const place = await makePlace(options.dataDir);
  return await withStartLock(place.dataDir, async () => {
    const running = await runningServer(place);
    const server = running ?? (await launch(place, options, log));
    if (running !== undefined) log(`PostgreSQL is already running (process ${running.pid})`);
    const urlOf = (name: string) => socketUrl(server.socketDir, name);
    const database = options.database ?? superuser;
    const version = await ensureDatabase(urlOf, database);
    return {
      url: urlOf(database),
      urlOf,
      pid: server.pid,
      version,
      found: running !== undefined,
      logFile: place.logFile,
      stop: (mode = 'fast') => withStartLock(place.dataDir, () => stopCluster(place.clusterDir, mode)),
    };
  });
}

/** Stops the server of a data folder; true when one was running. */
export async function stopEmbeddedPostgres(dataDir: string, mode: StopMode = 'fast'): Promise<boolean> {
  const real = await realpath(dataDir).catch(() => undefined);
  if (real === undefined) return false;
  const clusterDir = join(real, 'cluster');
  return await withStartLock(real, async () => {
    const file = await readPostmasterFile(clusterDir);
    if (file === undefined || !(await isServerOf(file.pid, clusterDir))) return false;
    await stopCluster(clusterDir, mode);
    return true;
  });
}

async function makePlace(folder: string): Promise<Place> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const dataDir = await realpath(folder);
  return {
    dataDir,
    clusterDir: join(dataDir, 'cluster'),
    socketDir: chooseSocketDirectory(dataDir, process.getuid?.() ?? 0),
    logFile: join(dataDir, 'server.log'),
  };
}

/** URL of a database over a unix socket, as `pg`, `psql` and libpq read it. */
export function socketUrl(socketDir: string, database: string): string {
  return `postgres://${superuser}@localhost/${encodeURIComponent(database)}?host=${encodeURIComponent(socketDir)}`;
}

/** The server that runs already, when it is (or is about to be) ready; one that is stopping is waited for. */
async function runningServer(place: Place): Promise<{ pid: number; socketDir: string } | undefined> {
  const file = await readPostmasterFile(place.clusterDir);
  if (file === undefined) return undefined;
  if (!(await isServerOf(file.pid, place.clusterDir))) {
    await endOrphans(place.clusterDir);
    // PostgreSQL itself refuses to start when the process id in the file now belongs to somebody else, as after a reboot.
    await rm(join(place.clusterDir, 'postmaster.pid'), { force: true });
    return undefined;
  }
  if (file.status === 'stopping') {
    await waitForExit(file.pid, embeddedLimits.stopTimeoutMs);
    return undefined;
  }
  const ready = await waitUntilReady(place, file.pid);
  return ready === undefined ? undefined : { pid: file.pid, socketDir: ready };
}

async function launch(
  place: Place,
  options: EmbeddedPostgresOptions,
  log: (line: string) => void,
): Promise<{ pid: number; socketDir: string }> {
  const durability = options.durability ?? 'durable';
  const runAs = await chooseRunAs(place.clusterDir);
  const binaries = options.binaries ?? (await reachableBinaries(place.dataDir, runAs));
  await giveTo(runAs, place.dataDir);
  await makeSocketDirectory(place.socketDir, runAs);
  const isNew = !(await exists(place.clusterDir));
  if (isNew) log(`Initialising PostgreSQL ${binaries.major} in ${place.clusterDir}`);
  await ensureCluster(place.dataDir, place.clusterDir, binaries, runAs, durability);
  await setLogAside(place.logFile);
  const settings = serverSettings(binaries.major, place.socketDir, durability);
  const child = await spawnServer(place, binaries, runAs, settings, options.dieWithParent ?? false);
  return await waitForChild(place, child);
}

async function spawnServer(
  place: Place,
  binaries: PostgresBinaries,
  runAs: RunAs,
  settings: Record<string, string>,
  dieWithParent: boolean,
): Promise<ChildProcess> {
  const args = ['-D', place.clusterDir, ...settingArguments(settings)];
  const [command, wrapped] = wrap(runAs, join(binaries.binDir, 'postgres'), args, dieWithParent);
  const logHandle = await open(place.logFile, 'a', 0o600);
  try {
    // A session of its own: a Ctrl-C in the terminal, or the end of this process, is not the server's end.
    const child = spawn(command, wrapped, {
      detached: true,
      stdio: ['ignore', logHandle.fd, logHandle.fd],
      env: serverEnvironment(binaries),
      cwd: '/',
    });
    child.unref();
    return child;
  } finally {
    await logHandle.close();
  }
}

async function waitForChild(place: Place, child: ChildProcess): Promise<{ pid: number; socketDir: string }> {
  const end: { how?: string } = {};
  child.once('error', (error) => (end.how = error.message));
  child.once('exit', (code, signal) => (end.how = `it ended with ${signal ?? `code ${code}`}`));
  const deadline = performance.now() + embeddedLimits.startTimeoutMs;
  while (end.how === undefined && performance.now() < deadline) {
    const file = await readPostmasterFile(place.clusterDir);
    if (file !== undefined && file.pid === child.pid && file.status === 'ready') return { pid: file.pid, socketDir: file.socketDir };
    await delay(4);
  }
  const tail = await logTail(place.logFile);
  if (end.how === undefined) {
    throw new EmbeddedPostgresError(
      'start_timed_out',
      `PostgreSQL is not ready after ${embeddedLimits.startTimeoutMs} ms; its log ends: ${tail}`,
    );
  }
  throw new EmbeddedPostgresError('start_failed', `PostgreSQL did not start (${end.how}); its log ends: ${tail}`);
}

/** Waits for a server that somebody else started; its socket folder, or undefined when it went away. */
async function waitUntilReady(place: Place, pid: number): Promise<string | undefined> {
  const deadline = performance.now() + embeddedLimits.startTimeoutMs;
  while (await isServerOf(pid, place.clusterDir)) {
    const file = await readPostmasterFile(place.clusterDir);
    if (file?.pid === pid && file.status === 'ready') return file.socketDir;
    if (performance.now() >= deadline) {
      throw new EmbeddedPostgresError(
        'start_timed_out',
        `The PostgreSQL server ${pid} of ${place.clusterDir} is not ready: read ${place.logFile}.`,
      );
    }
    await delay(10);
  }
  return undefined;
}

/** Makes the database when missing; returns the server's major version. */
async function ensureDatabase(urlOf: (name: string) => string, database: string): Promise<number> {
  try {
    return await withClient(urlOf(database), serverVersion);
  } catch (error) {
    if (sqlState(error) !== '3D000') throw error;
  }
  return await withClient(urlOf('postgres'), async (client) => {
    await client.query(`create database ${escapeIdentifier(database)}`);
    return await serverVersion(client);
  });
}

async function serverVersion(client: Client): Promise<number> {
  const result = await client.query<{ server_version_num: string }>('show server_version_num');
  return Math.floor(Number(result.rows[0]?.server_version_num) / 10_000);
}

async function withClient<T>(url: string, fn: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await fn(client);
  } finally {
    await client.end();
  }
}

/** The packaged programs, or a copy of them where the service user may not enter the folder of the package. */
async function reachableBinaries(dataDir: string, runAs: RunAs): Promise<PostgresBinaries> {
  const packaged = await packagedBinaries(join(dataDir, 'lib'));
  if (runAs.kind !== 'user') return packaged;
  for (let folder = packaged.binDir; folder !== dirname(folder); folder = dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) return await copiedBinaries(dataDir);
  }
  return packaged;
}

async function exists(path: string): Promise<boolean> {
  return await access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}

async function setLogAside(logFile: string): Promise<void> {
  const found = await stat(logFile).catch(() => undefined);
  if (found !== undefined && found.size > embeddedLimits.logBytes) await rename(logFile, `${logFile}.1`);
}

async function logTail(logFile: string): Promise<string> {
  const handle = await open(logFile, 'r').catch(() => undefined);
  if (handle === undefined) return '(no log)';
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, embeddedLimits.quotedLogBytes);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8').trim();
  } finally {
    await handle.close();
  }
}
