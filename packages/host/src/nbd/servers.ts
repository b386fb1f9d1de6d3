import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { boundToAgent } from '../command.ts';
import { checkHeaders } from '../image/prepare.ts';
import { storageError, toStorageError } from '../storage-error.ts';
import { findDomain } from '../storage-context.ts';
import type { StorageContext } from '../storage-context.ts';
import { layersWithBitmap } from '../volume/bitmaps.ts';
import { makeRoomForWriter } from '../volume/live-volumes.ts';
import { createImage, imageReference, qemuFormat, runQemuImg } from '../volume/qemu-img.ts';
import { readChain, readVolume, useVolumes } from '../volume/volumes.ts';
import type { Volume } from '../volume/volumes.ts';
import { formatNbdAddress, maximumSocketPathBytes } from './address.ts';
import { NbdClient } from './client.ts';

/** What one server serves. Source: VDSM schema, NBDServerConfig. */
export interface NbdServerConfig {
  domainId: string;
  imageId: string;
  volumeId: string;
  readOnly: boolean;
  /** Zeros that are written are given back to the storage. */
  discard: boolean;
  /** Zeros are looked for in what is written. */
  detectZeroes: boolean;
  /** The volume with all that it stands on; else the volume alone, where what is below shows as a hole. */
  backingChain: boolean;
  /** Tells what changed since this bitmap was begun. */
  bitmap: string | undefined;
}

/** The volumes that this host serves by NBD, on sockets of its own; they end with the agent. */
export interface NbdServers {
  /** @returns `nbd:unix:…`; a server that runs already with that config answers again */
  start(id: string, config: NbdServerConfig): Promise<string>;
  /** Repeatable; one that is not there is stopped already. */
  stop(id: string): Promise<void>;
  /** Removes what the agent before left. */
  recover(): Promise<void>;
  close(): Promise<void>;
}

interface Server {
  config: string;
  child: ChildProcess;
  /** Lets its volumes go. */
  release: () => Promise<void>;
}

/** Servers that run at once. */
const maximumServers = 128;
/** Connections to one server; requests of a ticket at once. */
const connections = 16;
const startTimeoutMs = 15_000;
const pollMs = 20;
const stopTimeoutMs = 30_000;
const keptErrorBytes = 4096;

export function createNbdServers(context: StorageContext, directory: string): NbdServers {
  const servers = new Map<string, Server>();
  const starting = new Map<string, Promise<string>>();
  const socketOf = (id: string): string => join(directory, `${id}.sock`);
  const overlayOf = (id: string): string => join(directory, `${id}.qcow2`);

  async function begin(id: string, config: NbdServerConfig): Promise<string> {
    const socketPath = socketOf(id);
    const address = formatNbdAddress({ socketPath, exportName: '' });
    const text = JSON.stringify(config);
    const known = servers.get(id);
    if (known !== undefined && known.child.exitCode === null && known.child.signalCode === null) {
      if (known.config !== text) throw storageError('GeneralException', `NBD server ${id} runs already and serves something else`);
      return address;
    }
    if (servers.size >= maximumServers)
      throw storageError('ResourceExhausted', `This host runs ${servers.size} NBD servers already; stop some of them first`);
    if (Buffer.byteLength(socketPath) > maximumSocketPathBytes)
      throw storageError('GeneralException', `The path of the socket ${socketPath} is too long; give the agent a shorter runDir`);
    const chain = await chainOf(context, config);
    if (!config.readOnly) await makeRoomForWriter(context, config);
    const release = await holdVolumes(chain);
    try {
      const child = await serve(chain, id, config, socketPath);
      servers.set(id, { config: text, child, release });
      child.once('exit', (code, signal) => {
        context.log.info({ server: id, code, signal }, 'NBD server ended');
      });
    } catch (error) {
      await release();
      throw error;
    }
    return address;
  }

  async function serve(chain: readonly Volume[], id: string, config: NbdServerConfig, socketPath: string): Promise<ChildProcess> {
    const { layers, bitmap } = await layersOf(chain, config, overlayOf(id));
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const run = async (cache: string): Promise<ChildProcess> =>
      startProgram(argumentsOf(config, imageReference(layers).json, bitmap, socketPath, cache), socketPath);
    return run('none').catch((error: unknown) => {
      // file systems without direct input and output
      if (error instanceof Error && error.message.includes('O_DIRECT')) return run('writeback');
      throw error;
    });
  }

  async function stop(id: string): Promise<void> {
    await starting.get(id)?.catch(() => undefined);
    const server = servers.get(id);
    servers.delete(id);
    if (server !== undefined) {
      await endProgram(server.child);
      await server.release();
    }
    await rm(socketOf(id), { force: true });
    await rm(overlayOf(id), { force: true });
  }

  return {
    async start(id, config) {
      await starting.get(id)?.catch(() => undefined);
      const work = begin(id, config).catch(async (error: unknown) => {
        if (!servers.has(id)) for (const path of [socketOf(id), overlayOf(id)]) await rm(path, { force: true });
        throw toStorageError(error, 'GeneralException', `start NBD server ${id}`);
      });
      starting.set(id, work);
      try {
        return await work;
      } finally {
        if (starting.get(id) === work) starting.delete(id);
      }
    },
    stop,
    async recover() {
      const left = await readdir(directory).catch(() => []);
      for (const name of left) await rm(join(directory, name), { force: true });
    },
    async close() {
      await Promise.all([...servers.keys()].map(stop));
    },
  };
}

/** The volumes of a server, base first; only what may be served. @throws 201, 227, 262 … */
async function chainOf(context: StorageContext, config: NbdServerConfig): Promise<Volume[]> {
  const domain = await findDomain(context, config.domainId);
  const leaf = await readVolume(domain, config.imageId, config.volumeId);
  const chain = await readChain(leaf);
  // an image that is being uploaded is illegal until it was looked at
  const illegal = chain.find((volume) => volume.metadata.legality === 'ILLEGAL' && (volume !== leaf || config.readOnly));
  if (illegal !== undefined)
    throw storageError(
      'prepareIllegalVolumeError',
      `Cannot serve illegal volume ${illegal.id}: an operation that fills it is running or has failed`,
    );
  return chain;
}

/** Keeps volumes at their paths until they are let go. @returns what lets them go */
async function holdVolumes(chain: readonly Volume[]): Promise<() => Promise<void>> {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let held: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve, reject) => {
    held = useVolumes(chain, () => {
      resolve();
      return ended;
    });
    held.catch(reject);
  });
  return async () => {
    end();
    await held;
  };
}

/** The layers to serve, base first, each header read by our own reader before QEMU sees it. */
async function layersOf(
  chain: readonly Volume[],
  config: NbdServerConfig,
  overlayPath: string,
): Promise<{ layers: Parameters<typeof imageReference>[0]; bitmap: string | undefined }> {
  await checkHeaders(chain);
  const leaf = chain.at(-1);
  if (leaf === undefined) throw new Error('A chain has a volume');
  const served = config.backingChain ? chain : [leaf];
  const layers = served.map((volume) => ({
    path: volume.path,
    format: qemuFormat(volume.metadata.format),
    block: volume.domain.store.kind === 'block',
  }));
  if (config.bitmap === undefined) return { layers, bitmap: undefined };
  const marked = await layersWithBitmap(served, config.bitmap);
  if (marked.length === 1) return { layers, bitmap: config.bitmap };
  await createOverlay(overlayPath, leaf, marked, config.bitmap);
  return { layers: [...layers, { path: overlayPath, format: 'qcow2' as const, block: false }], bitmap: config.bitmap };
}

/** An empty layer on top whose bitmap is the sum of those below: a server tells of one bitmap only. */
async function createOverlay(path: string, leaf: Volume, marked: readonly Volume[], bitmap: string): Promise<void> {
  await rm(path, { force: true });
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
  await createImage(path, { format: 'qcow2', sizeBytes: leaf.metadata.capacityBytes, backing: { name: leaf.path, format: 'qcow2' } });
  await runQemuImg(['bitmap', '--add', '--disable', '-f', 'qcow2', path, bitmap], `bitmap ${bitmap} of ${path}`);
  for (const volume of marked)
    await runQemuImg(
      ['bitmap', '--merge', bitmap, '-F', 'qcow2', '-b', volume.path, '-f', 'qcow2', path, bitmap],
      `merge bitmap ${bitmap} of ${volume.path}`,
    );
}

function argumentsOf(config: NbdServerConfig, reference: string, bitmap: string | undefined, socketPath: string, cache: string): string[] {
  return [
    'qemu-nbd',
    '--socket',
    socketPath,
    '--persistent',
    '--export-name',
    '',
    '--shared',
    String(connections),
    '--cache',
    cache,
    '--aio',
    'threads',
    '--discard',
    config.discard ? 'unmap' : 'ignore',
    ...(config.detectZeroes ? ['--detect-zeroes', config.discard ? 'unmap' : 'on'] : []),
    ...(config.readOnly ? ['--read-only'] : []),
    '--allocation-depth',
    ...(bitmap === undefined ? [] : ['--bitmap', bitmap]),
    reference,
  ];
}

/** Starts the server and waits until it answers. @throws Error with what it says */
async function startProgram(argv: string[], socketPath: string): Promise<ChildProcess> {
  await rm(socketPath, { force: true });
  const [file = '', ...rest] = boundToAgent(argv);
  const child = spawn(file, rest, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, LC_ALL: 'C.UTF-8' } });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    if (said.length < keptErrorBytes) said += chunk.toString('utf8');
  });
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  for (let waitedMs = 0; waitedMs < startTimeoutMs; waitedMs += pollMs) {
    if (failure !== undefined || child.exitCode !== null || child.signalCode !== null) break;
    const client = await NbdClient.connect({ socketPath, exportName: '', timeoutMs: startTimeoutMs }).catch(() => undefined);
    if (client !== undefined) {
      client.close();
      return child;
    }
    await delay(pollMs);
  }
  await endProgram(child);
  const detail = said.trim().slice(-1000);
  if (
    /failed to execute|No such file or directory.*qemu-nbd|ENOENT/.test(`${detail} ${failure?.message ?? ''}`) &&
    /qemu-nbd/.test(detail + (failure?.message ?? ''))
  )
    throw storageError(
      'GeneralException',
      'The program qemu-nbd is not installed: install the package "qemu-utils" on this host, then repeat',
    );
  if (/Failed to get .*lock|Is another process using the image/.test(detail))
    throw storageError('VolumeIsBusy', `Volume is in use by another process: ${detail}`);
  throw new Error(`qemu-nbd did not start: ${detail || (failure?.message ?? 'it does not answer')}`);
}

/** Ends a server so that all that was written is on the disk. */
async function endProgram(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await ended;
  clearTimeout(timer);
}
