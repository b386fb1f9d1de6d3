import { storageError, toStorageError } from '../storage-error.ts';
import { describeImage, runQemuImg } from './qemu-img.ts';
import type { ImageDescription } from './qemu-img.ts';
import { imageHeaderBytes, readImageHeader } from './qcow2-header.ts';
import type { Volume } from './volumes.ts';

type Bitmap = NonNullable<NonNullable<NonNullable<ImageDescription['format-specific']>['data']>['bitmaps']>[number];

/** A qcow2 volume, its header read by our own reader. @throws 202 IncorrectFormat, 484 */
async function checkedQcow2(volume: Volume): Promise<void> {
  if (volume.metadata.format !== 'COW')
    throw storageError('IncorrectFormat', `Volume ${volume.id} is raw; only qcow2 volumes keep bitmaps of what changed`);
  const header = readImageHeader(await volume.domain.store.readStart(volume, imageHeaderBytes));
  if (header.format !== 'qcow2') throw storageError('IncorrectFormat', `Volume ${volume.id} is COW by its metadata but no qcow2 image`);
}

/** The bitmaps that a volume keeps, also while a machine writes to it. */
export async function bitmapsOf(volume: Volume): Promise<Bitmap[]> {
  await checkedQcow2(volume);
  return (await describeImage(volume.path, 'qcow2'))['format-specific']?.data?.bitmaps ?? [];
}

/** Whether a bitmap tells of all changes: one that was in use when QEMU died does not. */
export const isWhole = (bitmap: Bitmap): boolean => !bitmap.flags.includes('in-use');

async function change(volume: Volume, argv: string[], name: string, code: 'AddBitmapError' | 'RemoveBitmapError'): Promise<void> {
  try {
    await runQemuImg(['bitmap', ...argv, '-f', 'qcow2', volume.path, name], `bitmap ${name} of ${volume.path}`);
  } catch (error) {
    throw toStorageError(error, code, `bitmap ${name} of volume ${volume.id}`);
  }
}

/** Begins to record what changes in a volume. One that is there already stays: this is a repeat. @throws 1620 AddBitmapError, 202 */
export async function addBitmap(volume: Volume, name: string): Promise<void> {
  const found = (await bitmapsOf(volume)).find((bitmap) => bitmap.name === name);
  if (found !== undefined && isWhole(found)) return;
  if (found !== undefined) await change(volume, ['--remove'], name, 'RemoveBitmapError');
  await change(volume, ['--add', '--enable'], name, 'AddBitmapError');
}

/** Forgets what changed since the bitmap was begun. One that is not there is forgotten already. @throws 1622 RemoveBitmapError, 202 */
export async function removeBitmap(volume: Volume, name: string): Promise<void> {
  if (!(await bitmapsOf(volume)).some((bitmap) => bitmap.name === name)) return;
  await change(volume, ['--remove'], name, 'RemoveBitmapError');
}

/** Removes all bitmaps of a volume. @throws 1622, 202 */
export async function clearBitmaps(volume: Volume): Promise<void> {
  for (const { name } of await bitmapsOf(volume)) await change(volume, ['--remove'], name, 'RemoveBitmapError');
}

/**
 * The layers of a chain whose bitmaps together tell what changed since one was begun: the top, and those right below it that have it.
 * @param chain base first
 * @throws 947 BitmapDoesNotExist when the top has none or a broken one, 946 InvalidBitmapChain when one above the lowest lacks it
 */
export async function layersWithBitmap(chain: readonly Volume[], name: string): Promise<Volume[]> {
  const found: Volume[] = [];
  let isMissing = false;
  for (const volume of chain.toReversed()) {
    const bitmap = volume.metadata.format === 'COW' ? (await bitmapsOf(volume)).find((one) => one.name === name) : undefined;
    if (bitmap !== undefined && !isWhole(bitmap))
      throw storageError('BitmapDoesNotExist', `Bitmap ${name} of volume ${volume.id} is broken: its machine died; make a full backup`);
    if (bitmap === undefined) {
      if (found.length === 0) throw storageError('BitmapDoesNotExist', `Volume ${volume.id} has no bitmap ${name}; make a full backup`);
      isMissing = true;
    } else if (isMissing)
      throw storageError('InvalidBitmapChain', `Bitmap ${name} has gaps below volume ${found.at(-1)?.id ?? ''}; make a full backup`);
    else found.push(volume);
  }
  return found;
}
