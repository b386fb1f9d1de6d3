import { imageKey } from '../image/locks.ts';
import { basename } from 'node:path';
import { findDomain } from '../storage-context.ts';
import type { StorageContext } from '../storage-context.ts';
import { storageError } from '../storage-error.ts';
import { isUuid } from '../uuid.ts';
import { imageHeaderBytes, readImageHeader } from './qcow2-header.ts';
import { blankUuid } from './volume-metadata.ts';
import { maximumChainLength, readVolume, updateVolume } from './volumes.ts';
import type { Volume } from './volumes.ts';

/** The parent that a volume's own header names. */
async function headerParent(volume: Volume): Promise<string | undefined> {
  if (volume.metadata.format === 'RAW') return undefined;
  const header = readImageHeader(await volume.domain.store.readStart(volume, imageHeaderBytes));
  if (header.format !== 'qcow2') throw storageError('IncorrectFormat', `Volume ${volume.id} is COW by its metadata but no qcow2 image`);
  if (header.backingFile === undefined) return undefined;
  const parentId = basename(header.backingFile);
  if (!isUuid(parentId)) throw storageError('ImageIsNotLegalChain', `Volume ${volume.id} has a backing file that is no volume`);
  return parentId;
}

/**
 * Finds out what a chain really is, of an image whose VM is down: the headers say so, and the metadata is brought into line with them. A leaf
 * that is illegal was left while its VM went over to the volume below it, which is the end of the chain then.
 *
 * @returns the ids, base first
 * @throws 201, 202, 262
 */
export async function reconcileChain(context: StorageContext, domainId: string, imageId: string, leafId: string): Promise<string[]> {
  return context.locks.exclusive(imageKey(domainId, imageId), async () => {
    const domain = await findDomain(context, domainId);
    const chain: Volume[] = [];
    for (let id: string | undefined = leafId; id !== undefined;) {
      if (chain.length >= maximumChainLength || chain.some((member) => member.id === id))
        throw storageError('ImageIsNotLegalChain', `Image ${imageId} is not a legal chain: it has a ring or is too long`);
      const volume = await readVolume(domain, imageId, id);
      chain.unshift(volume);
      id = await headerParent(volume);
    }
    if (chain.at(-1)?.metadata.legality === 'ILLEGAL') chain.pop();
    for (const [index, volume] of chain.entries()) {
      const parentId = chain[index - 1]?.id ?? blankUuid;
      if (volume.metadata.imageId === imageId && volume.metadata.parentId !== parentId) await updateVolume(volume, { parentId });
    }
    return chain.map((volume) => volume.id);
  });
}
