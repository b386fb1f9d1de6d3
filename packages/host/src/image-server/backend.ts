import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { runCommand } from '../command.ts';
import type { NbdAddress } from '../nbd/address.ts';
import { NbdClient } from '../nbd/client.ts';
import { allocationFlags, contexts, dirtyFlag } from '../nbd/protocol.ts';

/** Where the bytes of an image are. */
export type ImageSource = { kind: 'file'; path: string } | ({ kind: 'nbd' } & NbdAddress);

/** A stretch of an image. `hole`: the volume that is served has nothing there, and what is below it shows. */
export interface Extent {
  start: number;
  length: number;
  zero: boolean;
  hole: boolean;
  dirty: boolean;
}

/** What extents are asked about: which read as zeros, or which changed since the backup before. Source: imageio protocol, `context`. */
export type ExtentContext = 'zero' | 'dirty';

/** An open image. Requests may run side by side. */
export interface ImageBackend {
  /** @param into room for the bytes, which the answer is a part of; new room without it */
  read(at: number, length: number, into?: Buffer): Promise<Buffer>;
  write(at: number, data: Buffer): Promise<void>;
  zero(at: number, length: number): Promise<void>;
  flush(): Promise<void>;
  /** In order and without gaps; undefined when the image does not tell of that. */
  extents(context: ExtentContext): AsyncIterable<Extent> | undefined;
  /** Whether it can be used for another request. */
  readonly usable: boolean;
  close(): Promise<void>;
}

export interface OpenOptions {
  write: boolean;
  /** Zeros need no space. */
  sparse: boolean;
  sizeBytes: number;
}

const zerosBytes = 1024 * 1024;

/** @throws Error when it is not there, or is smaller than it should be */
export function openBackend(source: ImageSource, options: OpenOptions): Promise<ImageBackend> {
  return source.kind === 'file' ? openFile(source.path, options) : openNbd(source, options);
}

async function writeAll(handle: FileHandle, buffer: Buffer, at: number): Promise<void> {
  for (let written = 0; written < buffer.length;)
    written += (await handle.write(buffer, written, buffer.length - written, at + written)).bytesWritten;
}

/** A stretch that reads as zeros: a hole where the file may have such, else written. */
async function zeroFile(handle: FileHandle, path: string, at: number, length: number, sparse: boolean): Promise<void> {
  if (length === 0) return;
  const status = await handle.stat();
  if (status.isFile() && status.size < at + length) await handle.truncate(at + length);
  try {
    await runCommand(['fallocate', sparse ? '--punch-hole' : '--zero-range', '-o', String(at), '-l', String(length), path], {
      timeoutMs: 0,
    });
  } catch {
    const zeros = Buffer.alloc(Math.min(zerosBytes, length));
    for (let done = 0; done < length; done += zeros.length)
      await writeAll(handle, zeros.subarray(0, Math.min(zeros.length, length - done)), at + done);
  }
}

async function openFile(path: string, { write, sparse, sizeBytes }: OpenOptions): Promise<ImageBackend> {
  const handle = await open(path, (write ? constants.O_RDWR : constants.O_RDONLY) | constants.O_NOFOLLOW);
  return {
    async read(at, length, into) {
      const buffer = into?.subarray(0, length) ?? Buffer.allocUnsafe(length);
      let done = 0;
      while (done < length) {
        const { bytesRead } = await handle.read(buffer, done, length - done, at + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      // a file that is shorter than its image reads as zeros
      return buffer.fill(0, done);
    },
    write: (at, data) => writeAll(handle, data, at),
    zero: (at, length) => zeroFile(handle, path, at, length, sparse),
    flush: () => handle.sync(),
    extents: (context) => (context === 'dirty' ? undefined : one({ start: 0, length: sizeBytes, zero: false, hole: false, dirty: false })),
    usable: true,
    close: () => handle.close(),
  };
}

// oxlint-disable-next-line require-await -- an iterable of one
async function* one(extent: Extent): AsyncGenerator<Extent> {
  yield extent;
}

async function openNbd(address: NbdAddress, { sparse, sizeBytes }: OpenOptions): Promise<ImageBackend> {
  const client = await NbdClient.connect({ ...address, contexts: [contexts.allocation, contexts.depth, contexts.dirtyPrefix] });
  if (client.sizeBytes < sizeBytes) {
    client.close();
    throw new Error(`The NBD server has ${client.sizeBytes} bytes of ${sizeBytes}`);
  }
  const dirtyContext = client.contexts.find((name) => name.startsWith(contexts.dirtyPrefix));
  return {
    read: (at, length, into) => client.read(at, length, into),
    write: (at, data) => client.write(at, data),
    zero: (at, length) => client.zero(at, length, !sparse),
    flush: () => client.flush(),
    extents(context) {
      if (context === 'dirty' && dirtyContext === undefined) return undefined;
      return joined(nbdExtents(client, sizeBytes, context === 'dirty' ? dirtyContext : undefined));
    },
    get usable() {
      return !client.closed;
    },
    // oxlint-disable-next-line require-await -- closing tells nothing
    async close() {
      client.close();
    },
  };
}

async function* nbdExtents(client: NbdClient, sizeBytes: number, dirtyContext: string | undefined): AsyncGenerator<Extent> {
  for (let at = 0; at < sizeBytes;) {
    const status = await client.blockStatus(at, sizeBytes - at);
    const told = [...status].filter(([name]) => name === contexts.allocation || name === contexts.depth || name === dirtyContext);
    const cursors = told.map(([name, extents]) => ({ name, extents, index: 0, used: 0 }));
    const before = at;
    while (cursors.length > 0 && at < sizeBytes) {
      const parts = cursors.map((cursor) => cursor.extents[cursor.index]);
      if (parts.includes(undefined)) break;
      const step = Math.min(sizeBytes - at, ...cursors.map((cursor, index) => (parts[index]?.length ?? 0) - cursor.used));
      const flags = (name: string | undefined): number | undefined => parts[cursors.findIndex((cursor) => cursor.name === name)]?.flags;
      yield {
        start: at,
        length: step,
        zero: ((flags(contexts.allocation) ?? 0) & allocationFlags.zero) !== 0,
        hole: flags(contexts.depth) === 0,
        dirty: ((flags(dirtyContext) ?? 0) & dirtyFlag) !== 0,
      };
      at += step;
      for (const cursor of cursors) {
        cursor.used += step;
        if (cursor.used < (cursor.extents[cursor.index]?.length ?? 0)) continue;
        cursor.index += 1;
        cursor.used = 0;
      }
    }
    if (at === before) throw new Error('The NBD server tells nothing of its image');
  }
}

/** Neighbours that are alike are told as one. */
async function* joined(extents: AsyncIterable<Extent>): AsyncGenerator<Extent> {
  let last: Extent | undefined;
  for await (const extent of extents) {
    if (last?.zero === extent.zero && last.hole === extent.hole && last.dirty === extent.dirty) last.length += extent.length;
    else {
      if (last !== undefined) yield last;
      last = { ...extent };
    }
  }
  if (last !== undefined) yield last;
}
