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

type BitmapFault = 'AddBitmapError' | 'RemoveBitmapError' | 'MergeBitmapError';

async function change({ id, path }: Pick<Volume, 'id' | 'path'>, argv: string[], name: string, code: BitmapFault): Promise<void> {
  try {
    await runQemuImg(['bitmap', ...argv, '-f', 'qcow2', path, name], `bitmap ${name} of ${path}`);
  } catch (error) {
    throw toStorageError(error, code, `bitmap ${name} of volume ${id}`);
  }
}

/** Makes an empty bitmap like one of another volume: as fine, and recording when that records. */
const addLike = (volume: Pick<Volume, 'id' | 'path'>, { name, granularity, flags }: Bitmap): Promise<void> =>
  change(volume, ['--add', flags.includes('auto') ? '--enable' : '--disable', '-g', String(granularity)], name, 'AddBitmapError');

/**
 * Goes on in a new volume with what its parent recorded (VDSM schema, Volume.create, `addBitmaps`). Bitmaps in use are left out: those of a
 * running machine, whose QEMU takes them over itself, and broken ones.
 *
 * @param made the new volume, empty still; both are to be in use
 * @throws 1620
 */
export async function inheritBitmaps(parent: Volume, made: Pick<Volume, 'id' | 'path'>): Promise<void> {
  if (parent.metadata.format !== 'COW') return;
  for (const bitmap of (await bitmapsOf(parent)).filter(isWhole)) await addLike(made, bitmap);
}

/** Begins to record in a new volume. @throws 1620 */
export const beginBitmap = (made: Pick<Volume, 'id' | 'path'>, name: string): Promise<void> =>
  change(made, ['--add', '--enable'], name, 'AddBitmapError');

/**
 * Adds what the top of a chain recorded to what the volume below it records, after its content was written there (VDSM schema, SDM.merge,
 * `merge_bitmaps`). A bitmap that volume lacks is made there, unless one further below has it: then it has a gap, and is to keep it.
 *
 * @param chain base first, in use
 * @throws 1621 MergeBitmapError, 1620
 */
export async function mergeBitmaps(chain: readonly Volume[]): Promise<void> {
  const [base, top] = chain.slice(-2);
  if (base === undefined || top === undefined || base.metadata.format !== 'COW') return;
  const below = await Promise.all(
    chain.slice(0, -2).map(async (volume) => (volume.metadata.format === 'COW' ? (await bitmapsOf(volume)).map(({ name }) => name) : [])),
  );
  const own = await bitmapsOf(base);
  for (const bitmap of (await bitmapsOf(top)).filter(isWhole)) {
    const known = own.find(({ name }) => name === bitmap.name);
    if (known === undefined ? below.flat().includes(bitmap.name) : !isWhole(known)) continue;
    if (known === undefined) await addLike(base, bitmap);
    await change(base, ['--merge', bitmap.name, '-F', 'qcow2', '-b', top.path], bitmap.name, 'MergeBitmapError');
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
