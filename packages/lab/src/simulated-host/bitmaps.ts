import { failure } from './parameters.ts';
import type { SimulatedStorage, SimulatedVolume } from './storage.ts';

/** Bytes by which a bitmap counts: QEMU's granularity of qcow2 bitmaps. */
const CLUSTER_BYTES = 65_536;

export interface Stretch {
  start: number;
  length: number;
  marked: boolean;
}

const contentOf = (volume: SimulatedVolume): Buffer => Buffer.from(volume.content ?? '', 'base64');

/** Begins to record what changes in a volume; one that is whole stays. */
export function addBitmap(storage: SimulatedStorage, volume: SimulatedVolume, name: string): void {
  if (volume.format !== 'COW') throw failure('IncorrectFormat', `Volume ${volume.volumeId} is raw; only qcow2 volumes keep bitmaps`);
  volume.bitmaps ??= {};
  if (volume.bitmaps[name]?.broken !== false) volume.bitmaps[name] = { since: volume.content ?? '', broken: false };
  storage.onChange();
}

export function removeBitmap(storage: SimulatedStorage, volume: SimulatedVolume, name: string): void {
  delete volume.bitmaps?.[name];
  storage.onChange();
}

/** @throws 947 when the volume has no such bitmap, or a broken one */
export function wholeBitmap(volume: SimulatedVolume, name: string): { since: string } {
  const found = volume.bitmaps?.[name];
  if (found === undefined || found.broken) throw failure('BitmapDoesNotExist', `Volume ${volume.volumeId} has no whole bitmap ${name}`);
  return found;
}

/** Has a volume record what another records: one that stands on it, or that it is merged into. */
export function carryBitmaps(storage: SimulatedStorage, from: SimulatedVolume | undefined, to: SimulatedVolume): void {
  if (to.format !== 'COW') return;
  for (const [name, bitmap] of Object.entries(from?.bitmaps ?? {}))
    if (!bitmap.broken && to.bitmaps?.[name] === undefined) to.bitmaps = { ...to.bitmaps, [name]: { ...bitmap } };
  storage.onChange();
}

/** A machine that wrote to a volume died: nobody can tell what changed. */
export function breakBitmaps(volume: SimulatedVolume): void {
  for (const bitmap of Object.values(volume.bitmaps ?? {})) bitmap.broken = true;
}

function stretches(sizeBytes: number, isMarked: (start: number, end: number) => boolean): Stretch[] {
  const found: Stretch[] = [];
  for (let start = 0; start < sizeBytes;) {
    const length = Math.min(CLUSTER_BYTES, sizeBytes - start);
    const marked = isMarked(start, start + length);
    const last = found.at(-1);
    if (last?.marked === marked) last.length += length;
    else found.push({ start, length, marked });
    start += length;
  }
  return found;
}

/** What differs between two contents of an image. */
export function changedStretches(now: Buffer, since: string, sizeBytes: number): Stretch[] {
  const before = Buffer.from(since, 'base64');
  const end = Math.max(now.length, before.length);
  const padded = (content: Buffer, from: number, to: number): Buffer => {
    const part = Buffer.alloc(to - from);
    content.copy(part, 0, Math.min(from, content.length), Math.min(to, content.length));
    return part;
  };
  const told = stretches(Math.min(sizeBytes, Math.ceil(end / CLUSTER_BYTES) * CLUSTER_BYTES), (from, to) => {
    return !padded(now, from, to).equals(padded(before, from, to));
  });
  return withRest(told, sizeBytes);
}

/** What of an image reads as zeros. */
export function zeroStretches(content: Buffer, sizeBytes: number): Stretch[] {
  const told = stretches(Math.min(sizeBytes, Math.ceil(content.length / CLUSTER_BYTES) * CLUSTER_BYTES), (from, to) =>
    content.subarray(from, to).every((byte) => byte === 0),
  );
  return withRest(told, sizeBytes, true);
}

function withRest(told: Stretch[], sizeBytes: number, marked = false): Stretch[] {
  const start = told.reduce((sum, one) => sum + one.length, 0);
  return start < sizeBytes ? [...told, { start, length: sizeBytes - start, marked }] : told;
}

/** The content of a volume with what it stands on, the lowest first. */
export function chainContent(storage: SimulatedStorage, domainId: string, volume: SimulatedVolume, alone = false): Buffer {
  const own = contentOf(volume);
  const parent = storage.domain(domainId).volumes[volume.parentId];
  return own.length > 0 || alone || parent === undefined ? own : chainContent(storage, domainId, parent);
}
