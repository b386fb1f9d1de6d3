import type { Disk, ImageTransfer } from '@virgate/contract/generated/types';
import { ApiFault, OpenTransfer } from '@virgate/sdk';
import type { TransferLimits } from '@virgate/sdk';
import { useSyncExternalStore } from 'react';
import { client } from '../app/client.ts';
import { RefusedHere } from '../faults/advice.ts';

/** An image on its way between this browser and the storage. */
export interface Transfer {
  /** Of the API's image transfer. */
  readonly id: string;
  readonly diskId: string;
  readonly name: string;
  readonly direction: 'upload' | 'download';
  readonly sizeBytes: number;
  readonly doneBytes: number;
  /** `fileless`: an upload of a page that was left: it goes on when its file is chosen again. */
  readonly state: 'moving' | 'pausing' | 'paused' | 'fileless' | 'ending' | 'done' | 'cancelled' | 'failed';
  readonly error?: unknown;
}

/** What is kept over a reload: enough to know the file again and where to go on. */
interface Kept {
  readonly id: string;
  readonly diskId: string;
  readonly name: string;
  readonly file: { readonly name: string; readonly size: number; readonly lastModified: number };
  readonly doneBytes: number;
}

/** Bytes of one request: small enough to be sent again, large enough to be quick. */
const pieceBytes = 4 * 1024 * 1024;
/** How long a transfer may take to begin, and to end after its last byte. */
const timeoutMs = 600_000;
const storageKey = 'virgate.uploads';

let transfers: readonly Transfer[] = [];
const listeners = new Set<() => void>();
const files = new Map<string, File>();
const parts = new Map<string, Blob[]>();
/** What moves now. */
const running = new Map<string, Course>();

interface Course {
  readonly image: OpenTransfer;
  readonly ending: AbortController;
}

function put(change: Transfer): void {
  transfers = transfers.some((one) => one.id === change.id)
    ? transfers.map((one) => (one.id === change.id ? change : one))
    : [...transfers, change];
  for (const listener of listeners) listener();
}

function patch(id: string, change: Partial<Transfer>): void {
  const known = transfers.find((one) => one.id === id);
  if (known !== undefined) put({ ...known, ...change });
}

const keptOnes = (): Kept[] => {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]');
    return Array.isArray(read) ? (read as Kept[]) : [];
  } catch {
    return [];
  }
};

function keep(id: string, kept: Kept | undefined): void {
  const others = keptOnes().filter((one) => one.id !== id);
  localStorage.setItem(storageKey, JSON.stringify(kept === undefined ? others : [...others, kept]));
}

/** All transfers of this page. */
export function useTransfers(): readonly Transfer[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => transfers,
  );
}

const service = (id: string) => client.imageTransfers.imageTransfer(id);

/** Opens a transfer, or goes on with one. Bytes go where this page came from, so that no other address need be reached. */
async function course(open: (limits: TransferLimits) => Promise<OpenTransfer>): Promise<Course> {
  const ending = new AbortController();
  return { image: await open({ signal: ending.signal, timeoutMs, via: 'engine' }), ending };
}

/** @throws ApiFault, WaitTimeout, TransferOver */
const begin = (what: ImageTransfer): Promise<Course> =>
  course((limits) => OpenTransfer.open(client, { ...what, timeout_policy: 'pause' }, limits));

/**
 * Makes a disk and sends a file into it; returns when the file is on its way.
 * @param host that takes the image; any that can when left out
 * @throws ApiFault, WaitTimeout, TransferOver
 */
export async function startUpload(file: File, disk: Disk, host: string | undefined): Promise<void> {
  const made = await client.disks.add(disk, { wait: 'ok' });
  const diskId = made.id ?? '';
  let begun: Course;
  try {
    begun = await begin({
      disk: { id: diskId },
      direction: 'upload',
      format: disk.format ?? 'raw',
      ...(host === undefined ? {} : { host: { id: host } }),
    });
  } catch (error) {
    // Nothing half-done is left: without its image the disk is of no use.
    await client.disks
      .disk(diskId)
      .remove()
      .catch(() => undefined);
    throw error;
  }
  const { id } = begun.image;
  const name = disk.alias ?? file.name;
  files.set(id, file);
  put({ id, diskId, name, direction: 'upload', sizeBytes: file.size, doneBytes: 0, state: 'moving' });
  void move(begun);
}

/** Reads a disk's image into a file of the browser's; returns when it is on its way. @throws ApiFault, WaitTimeout, TransferOver */
export async function startDownload(diskId: string, name: string): Promise<void> {
  const disk = await client.disks.disk(diskId).get();
  const begun = await begin({ disk: { id: diskId }, direction: 'download' });
  const { id } = begun.image;
  const format = (await service(id).get()).format ?? disk.format;
  const sizeBytes = format === 'cow' ? (disk.actual_size ?? 0) : (disk.provisioned_size ?? 0);
  parts.set(id, []);
  put({
    id,
    diskId,
    name: `${name}.${format === 'cow' ? 'qcow2' : 'raw'}`,
    direction: 'download',
    sizeBytes,
    doneBytes: 0,
    state: 'moving',
  });
  void move(begun);
}

/** Moves pieces until the last, and ends the transfer. What goes wrong is told in the transfer. */
async function move(begun: Course): Promise<void> {
  const { image, ending } = begun;
  const { id } = image;
  running.set(id, begun);
  try {
    for (let one = known(id); one.doneBytes < one.sizeBytes; one = known(id)) {
      const end = Math.min(one.doneBytes + pieceBytes, one.sizeBytes);
      await (one.direction === 'upload' ? send(image, one, end) : receive(image, one, end));
      ending.signal.throwIfAborted();
      patch(id, { doneBytes: end });
      remember(id);
    }
    patch(id, { state: 'ending' });
    await image.finalize();
    if (known(id).direction === 'download') save(known(id));
    forget(id, { state: 'done' });
  } catch (error) {
    if (ending.signal.aborted) return;
    // What was sent stays: it can go on from there.
    patch(id, { state: 'failed', error });
  } finally {
    if (running.get(id) === begun) running.delete(id);
  }
}

function known(id: string): Transfer {
  const found = transfers.find((one) => one.id === id);
  if (found === undefined) throw new Error('gone');
  return found;
}

async function send(image: OpenTransfer, one: Transfer, end: number): Promise<void> {
  const file = files.get(one.id);
  if (file === undefined) throw new Error('no file');
  const piece = await file.slice(one.doneBytes, end).arrayBuffer();
  await image.write(new Uint8Array(piece), one.doneBytes, end === one.sizeBytes);
}

async function receive(image: OpenTransfer, one: Transfer, end: number): Promise<void> {
  const piece = await image.read(one.doneBytes, end);
  // A blob can lie on the browser's disk; an image need not fit into its memory.
  parts.get(one.id)?.push(new Blob([piece as BlobPart]));
}

function remember(id: string): void {
  const one = known(id);
  const file = files.get(id);
  if (file === undefined) return;
  const { name, size, lastModified } = file;
  keep(id, { id, diskId: one.diskId, name: one.name, file: { name, size, lastModified }, doneBytes: one.doneBytes });
}

function forget(id: string, change: Partial<Transfer>): void {
  keep(id, undefined);
  files.delete(id);
  parts.delete(id);
  patch(id, change);
}

/** Hands what was read to the browser's downloads. */
function save(one: Transfer): void {
  const url = URL.createObjectURL(new Blob(parts.get(one.id)));
  const link = document.createElement('a');
  link.href = url;
  link.download = one.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Stops a transfer where it is. @throws ApiFault */
export async function pauseTransfer(id: string): Promise<void> {
  running.get(id)?.ending.abort();
  patch(id, { state: 'pausing' });
  remember(id);
  await halting(id, service(id).pause());
  patch(id, { state: 'paused' });
}

/**
 * Goes on from the last piece that was taken.
 * @param file for an upload whose page was left; has to be the same as before
 * @throws RefusedHere with `otherFile` for another one; ApiFault, WaitTimeout, TransferOver
 */
export async function resumeTransfer(id: string, otherFile: string, file?: File): Promise<void> {
  if (file !== undefined) {
    const before = keptOnes().find((one) => one.id === id)?.file;
    if (before === undefined || before.size !== file.size || before.name !== file.name || before.lastModified !== file.lastModified)
      throw new RefusedHere(otherFile);
    files.set(id, file);
  }
  const begun = await course((limits) => OpenTransfer.resume(client, id, limits));
  const one = known(id);
  const { error: _error, ...rest } = one;
  put({ ...rest, state: 'moving' });
  void move(begun);
}

/** Ends a transfer for good; of an upload the disk goes too. @throws ApiFault */
export async function cancelTransfer(id: string): Promise<void> {
  running.get(id)?.ending.abort();
  await halting(id, service(id).cancel());
  forget(id, { state: 'cancelled' });
}

/** What was stopped here and not at the engine can go on, or be cancelled again. */
async function halting(id: string, asked: Promise<unknown>): Promise<void> {
  try {
    await asked;
  } catch (error) {
    patch(id, { state: 'failed', error });
    throw error;
  }
}

/** Takes what has ended off the list. */
export function dismissTransfer(id: string): void {
  transfers = transfers.filter((one) => one.id !== id);
  for (const listener of listeners) listener();
}

/** Brings back uploads of this browser that a page was left in, as far as the engine still has them open. */
export async function recallUploads(): Promise<void> {
  for (const kept of keptOnes()) {
    if (transfers.some((one) => one.id === kept.id)) continue;
    let phase: string | undefined;
    try {
      phase = (await service(kept.id).get()).phase;
    } catch (error) {
      // The engine may only be away: then the file is still known at the next visit.
      if (!(error instanceof ApiFault) || error.status !== 404) continue;
    }
    if (!/^(?:transferring|paused_)/.test(phase ?? '')) keep(kept.id, undefined);
    else
      put({
        id: kept.id,
        diskId: kept.diskId,
        name: kept.name,
        direction: 'upload',
        sizeBytes: kept.file.size,
        doneBytes: kept.doneBytes,
        state: 'fileless',
      });
  }
}
