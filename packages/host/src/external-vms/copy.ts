import { rm, stat } from 'node:fs/promises';
import { parseXml } from '../domain-xml/parse.ts';
import { CommandError } from '../command.ts';
import { examineImage, maximumFileBytes } from '../image/download.ts';
import { imageKey } from '../image/locks.ts';
import { findDomain } from '../storage-context.ts';
import type { StorageContext } from '../storage-context.ts';
import { storageError, toStorageError } from '../storage-error.ts';
import { copyInto, fillVolume } from '../volume/fill.ts';
import type { DataOperation } from '../volume/fill.ts';
import { imageReference } from '../volume/qemu-img.ts';
import { readVolume } from '../volume/volumes.ts';
import type { Volume } from '../volume/volumes.ts';
import { placesOf } from './describe.ts';
import type { DiskPlace } from './describe.ts';
import type { ImportRequest } from './request.ts';
import { findDown } from './list.ts';
import type { Virsh } from './virsh.ts';

const lookMs = 500;

/** The data of a disk as a file here; libvirt sends it as a stream, which the other manager's libvirtd reads out of a storage pool of its own. */
async function fetchVolume(virsh: Virsh, place: DiskPlace, path: string, limitBytes: number, operation: DataOperation): Promise<void> {
  const volume = 'path' in place ? ['--vol', place.path] : ['--vol', place.volume, '--pool', place.pool];
  const tooLarge = new AbortController();
  const signal = AbortSignal.any([operation.signal, tooLarge.signal]);
  const watch = setInterval(() => {
    void stat(path).then(
      ({ size, blocks }) => {
        if (Math.min(size, blocks * 512) > limitBytes) tooLarge.abort();
        operation.progress(Math.min(99, ((blocks * 512) / limitBytes) * 100));
      },
      () => undefined,
    );
  }, lookMs);
  const fetch = (...how: string[]): Promise<string> => virsh(['vol-download', ...how, ...volume, '--file', path], { signal, timeoutMs: 0 });
  try {
    await fetch('--sparse').catch((error: unknown) => {
      // Older ones send no holes.
      if (error instanceof CommandError && /sparse|not supported/i.test(error.stderr)) return fetch();
      throw error;
    });
  } catch (error) {
    if (tooLarge.signal.aborted)
      throw storageError('DestinationVolumeTooSmall', `The other manager sends more than ${limitBytes} bytes`, error);
    if (error instanceof CommandError && /no storage vol|Storage volume not found|storage pool/i.test(error.stderr))
      throw storageError(
        'CopyImageError',
        `The disk lies in no storage pool of the other manager; define one for its folder there (virsh pool-define-as), then repeat: ${error.stderr.trim().slice(-500)}`,
        error,
      );
    throw toStorageError(error, 'CopyImageError', 'fetch the disk');
  } finally {
    clearInterval(watch);
  }
}

async function fetchDisk(context: StorageContext, virsh: Virsh, place: DiskPlace, volume: Volume, operation: DataOperation): Promise<void> {
  const path = await volume.domain.store.importPath(volume);
  await fillVolume(context, volume, undefined, async () => {
    try {
      const half = (from: number) => (percent: number) => operation.progress(from + percent / 2);
      await fetchVolume(virsh, place, path, maximumFileBytes(volume), { signal: operation.signal, progress: half(0) });
      const layer = await examineImage(path, volume);
      await copyInto(volume, imageReference([layer]), { signal: operation.signal, progress: half(50) });
    } finally {
      await rm(path, { force: true });
    }
  });
}

/**
 * Copies the disks of a VM of another libvirt into volumes: fetched beside each, checked by our own reader, then converted. Nothing in the guest
 * is changed. Doing it twice does no harm.
 *
 * @throws 65, 79, 100, 261, 397, 484
 */
export async function copyVm(context: StorageContext, virsh: Virsh, request: ImportRequest, operation: DataOperation): Promise<void> {
  const id = await findDown(virsh, request.vmName);
  const places = placesOf(parseXml(await virsh(['dumpxml', '--domain', id]))).map(({ place }) => place);
  if (places.length !== request.disks.length)
    throw storageError('GeneralException', `The VM has ${places.length} disks now, ${request.disks.length} were asked for`);
  for (const [at, disk] of request.disks.entries()) {
    const place = places[at];
    if (place === undefined) throw storageError('CopyImageError', `Disk ${at + 1} of the VM is neither a file nor a block device there`);
    const progress = (percent: number): void => operation.progress((at * 100 + percent) / request.disks.length);
    await context.locks.exclusive(imageKey(request.domainId, disk.imageId), async () => {
      const volume = await readVolume(await findDomain(context, request.domainId), disk.imageId, disk.volumeId);
      await fetchDisk(context, virsh, place, volume, { signal: operation.signal, progress });
    });
  }
}
