import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../command.ts';
import { initialiseLease } from '../storage-domain/sanlock.ts';
import type { StorageDomain, VolumeSite } from '../storage-domain/store.ts';
import { storageError } from '../storage-error.ts';
import { isUuid } from '../uuid.ts';
import type { NewVolume } from '../volume/create-volume.ts';
import { garbageAgeMs, type VolumeStore } from '../volume/file-volumes.ts';
import { blankUuid, maximumVolumeMetadataBytes, parseVolumeMetadata } from '../volume/volume-metadata.ts';
import type { VolumeMetadata } from '../volume/volume-metadata.ts';
import type { Activation } from './activation.ts';
import { firstSlot, isArea, leaseOffset, maximumSlot, metadataOffset, type Areas } from './areas.ts';
import { readDirect, writeDirect, zeroDirect } from './direct.ts';
import { imageTag, initializingTag, parentTag, parseVolumeTags, slotTag, type VolumeTags } from './lvm-tags.ts';
import { allocationBytes, chunkBytes, extentBytes, maximumBytes } from './sizes.ts';
import type { VolumeUse } from './use.ts';
import type { LogicalVolume, VolumeGroup, VolumeGroups } from './volume-groups.ts';

/** What lies at the begin of a new volume must not be taken for what was there before. */
const clearedBytes = 4096;

/** What this host keeps of a domain between two calls. */
export interface BlockState {
  areas: Areas;
  use: VolumeUse;
  /** Slots that volumes in the making will have. */
  slots: Map<string, number>;
}

interface Entry extends LogicalVolume {
  volume: VolumeTags;
}

/** Volumes as logical volumes: what they are stands in tags, their metadata and leases in slots of areas of the domain. */
export function createBlockVolumes(
  domain: Pick<StorageDomain, 'id' | 'path' | 'metadata'>,
  group: VolumeGroup,
  groups: VolumeGroups,
  activation: Activation,
  state: BlockState,
  importDirectory: string,
): VolumeStore {
  const { areas, use } = state;
  const name = (volumeId: string): string => `${group.name}/${volumeId}`;

  async function entries(): Promise<Entry[]> {
    return (await groups.logicalVolumes(group))
      .filter((volume) => !isArea(volume.name) && isUuid(volume.name))
      .map((volume) => ({ ...volume, volume: parseVolumeTags(volume.tags) }));
  }

  const exists = ({ volume }: Entry): boolean =>
    !volume.initializing && volume.removed === false && volume.imageId !== undefined && volume.slot !== undefined;

  /** Volumes of an image: its own, and the template's that one of them stands on. */
  function inImage(all: readonly Entry[], imageId: string): Entry[] {
    const own = all.filter((entry) => exists(entry) && entry.volume.imageId === imageId);
    const parents = new Set(own.map(({ volume }) => volume.parentId));
    return [...own, ...all.filter((entry) => exists(entry) && entry.volume.imageId !== imageId && parents.has(entry.name))];
  }

  async function entryOf(volumeId: string): Promise<Entry> {
    const found = (await entries()).find((entry) => entry.name === volumeId);
    if (found === undefined) throw storageError('VolumeDoesNotExist', `Volume does not exist: ${volumeId} (storage domain ${domain.id})`);
    return found;
  }

  async function slotOf(volumeId: string): Promise<number> {
    const slot = state.slots.get(volumeId) ?? (await entryOf(volumeId)).volume.slot;
    if (slot === undefined) throw storageError('MissingTagOnLogicalVolume', `Volume ${volumeId} has no metadata slot`);
    return slot;
  }

  async function takeSlot(volumeId: string): Promise<number> {
    const taken = new Set((await entries()).map(({ volume }) => volume.slot));
    const reserved = new Set(state.slots.values());
    for (let slot = firstSlot; slot <= maximumSlot; slot++) {
      if (taken.has(slot) || reserved.has(slot)) continue;
      state.slots.set(volumeId, slot);
      return slot;
    }
    throw storageError('NoSpaceLeftOnDomain', `Storage domain ${domain.id} has no free slot for the metadata of another volume`);
  }

  async function textOf(slot: number): Promise<string> {
    return slotText(await readDirect(await areas.path('metadata'), metadataOffset(slot), maximumVolumeMetadataBytes));
  }

  const metadataOf = (found: readonly Entry[]): Promise<VolumeMetadata[]> =>
    Promise.all(found.map(async ({ volume }) => parseVolumeMetadata(await textOf(volume.slot ?? 0))));

  async function resize(volumeId: string, bytes: number): Promise<void> {
    const wanted = Math.ceil(bytes / extentBytes) * extentBytes;
    const current = await entryOf(volumeId);
    if (current.sizeBytes >= wanted) return;
    await groups.run(group, ['lvextend', '--autobackup', 'n', '--size', `${wanted}b`, name(volumeId)], 'LogicalVolumeExtendError');
    const extended = await entryOf(volumeId);
    await use.relink(volumeId, () => activation.refresh(group, extended));
  }

  async function remove(volumeIds: readonly string[]): Promise<void> {
    for (const volumeId of volumeIds) await use.drop(volumeId);
    if (volumeIds.length > 0)
      await groups.run(group, ['lvremove', '-f', '--autobackup', 'n', ...volumeIds.map(name)], 'CannotRemoveLogicalVolume');
    for (const volumeId of volumeIds) state.slots.delete(volumeId);
  }

  async function purge(doomed: readonly Entry[]): Promise<void> {
    for (const { name: volumeId, volume } of doomed) {
      if (volume.removed !== 'zero' || volume.imageId === undefined) continue;
      await use.hold(volume.imageId, volumeId);
      await zeroDirect(use.path(volume.imageId, volumeId)).finally(() => use.release(volume.imageId ?? '', volumeId));
    }
    await remove(doomed.map((entry) => entry.name));
  }

  async function beginVolume(request: NewVolume, _parent: unknown, text: string): Promise<VolumeSite> {
    const { imageId, volumeId } = request;
    const left = (await entries()).find((entry) => entry.name === volumeId);
    if (left !== undefined && !exists(left)) await remove([volumeId]);
    const argv = [
      'lvcreate',
      '--autobackup',
      'n',
      '--activate',
      'n',
      '--zero',
      'n',
      '--wipesignatures',
      'n',
      '--alloc',
      activation.allocation,
    ];
    const size = ['--size', `${allocationBytes(request)}b`, '--addtag', initializingTag, '--name', volumeId, group.name];
    await groups.run(group, [...argv, ...size], 'CannotCreateLogicalVolume');
    await use.hold(imageId, volumeId);
    const path = use.path(imageId, volumeId);
    await zeroDirect(path, clearedBytes);
    const slot = await takeSlot(volumeId);
    return {
      path,
      async makeLease() {
        const lease = { lockspace: domain.id, resource: volumeId, path: await areas.path('leases') };
        await initialiseLease({ ...lease, offsetBytes: leaseOffset(slot, domain.metadata.alignmentBytes) }, domain.metadata);
      },
      makeRoom: (dataBytes) => resize(volumeId, Math.min(dataBytes, maximumBytes(request.capacityBytes, request.format))),
      async settle() {
        await runCommand(['blockdev', '--flushbufs', path]);
      },
      async finish() {
        await writeDirect(await areas.path('metadata'), metadataOffset(slot), slotBytes(text));
        const tags = [slotTag(slot), parentTag(request.parent?.volumeId ?? blankUuid), imageTag(imageId)];
        await changeTags([volumeId], [initializingTag], tags);
        state.slots.delete(volumeId);
        await use.release(imageId, volumeId);
      },
    };
  }

  async function changeTags(volumeIds: readonly string[], remove: readonly string[], add: readonly string[]): Promise<void> {
    if (volumeIds.length === 0) return;
    const argv = [...remove.flatMap((tag) => ['--deltag', tag]), ...add.flatMap((tag) => ['--addtag', tag])];
    await groups.run(group, ['lvchange', '--autobackup', 'n', ...argv, ...volumeIds.map(name)], 'LogicalVolumeReplaceTagError');
  }

  return {
    beginVolume,
    async listImages() {
      return [...new Set((await entries()).filter(exists).map(({ volume }) => volume.imageId ?? ''))];
    },
    async listVolumes(imageId) {
      const found = inImage(await entries(), imageId);
      return found.length === 0 ? undefined : found.map((entry) => entry.name);
    },
    async findVolume(imageId, volumeId) {
      const entry = inImage(await entries(), imageId).find((one) => one.name === volumeId);
      if (entry?.volume.slot === undefined) return undefined;
      return { directory: use.directory(imageId), path: use.path(imageId, volumeId), text: await textOf(entry.volume.slot) };
    },
    /** The parent stands in a tag as well, so that chains are seen without reading slots. */
    async writeVolume(volume, text, parentId) {
      const { volume: tags } = await entryOf(volume.id);
      const slot = tags.slot ?? (await slotOf(volume.id));
      await writeDirect(await areas.path('metadata'), metadataOffset(slot), slotBytes(text));
      if (tags.parentId !== undefined && tags.parentId !== parentId)
        await changeTags([volume.id], [parentTag(tags.parentId)], [parentTag(parentId)]);
    },
    async isStoodOnElsewhere(volume) {
      return (await entries()).some(
        (entry) => exists(entry) && entry.volume.parentId === volume.id && entry.volume.imageId !== volume.imageId,
      );
    },
    async sizes(volume) {
      const { sizeBytes } = await entryOf(volume.id);
      return { apparentBytes: sizeBytes, trueBytes: sizeBytes };
    },
    leasePlace: async (volume) => ({
      path: join(domain.path, 'dom_md', 'leases'),
      offset: leaseOffset(await slotOf(volume.id), domain.metadata.alignmentBytes),
    }),
    readLease: async (volume, bytes) =>
      readDirect(await areas.path('leases'), leaseOffset(await slotOf(volume.id), domain.metadata.alignmentBytes), bytes),
    async readStart(volume, bytes) {
      await use.hold(volume.imageId, volume.id);
      return readDirect(volume.path, 0, bytes).finally(() => use.release(volume.imageId, volume.id));
    },
    async use(volume, run) {
      await use.hold(volume.imageId, volume.id);
      try {
        return await run();
      } finally {
        await use.release(volume.imageId, volume.id);
      }
    },
    async prepare(chain) {
      const [first] = chain;
      if (first === undefined) return;
      await use.prepare(
        first.imageId,
        chain.map((volume) => volume.id),
      );
    },
    teardown: (imageId) => use.teardown(imageId),
    async reserve(volume, capacityBytes) {
      const { format, allocation } = volume.metadata;
      if (format === 'RAW' || allocation === 'PREALLOCATED') await resize(volume.id, capacityBytes);
    },
    async makeRoom(volume, dataBytes) {
      const { capacityBytes, format } = volume.metadata;
      if (format !== 'COW') return;
      const most = maximumBytes(capacityBytes, format);
      if ((await entryOf(volume.id)).sizeBytes >= Math.min(dataBytes, most)) return;
      // a leaf gets room for what its machine writes first
      await resize(volume.id, Math.min(dataBytes + chunkBytes, most));
    },
    async growVolume(volumeId, bytes) {
      const all = await entries();
      const entry = all.find((one) => one.name === volumeId);
      if (entry === undefined || !exists(entry))
        throw storageError('VolumeDoesNotExist', `Volume does not exist: ${volumeId} (storage domain ${domain.id})`);
      const { imageId } = entry.volume;
      const most = (await metadataOf(all.filter((one) => exists(one) && one.volume.imageId === imageId))).map((metadata) =>
        maximumBytes(metadata.capacityBytes, metadata.format),
      );
      await resize(volumeId, Math.min(bytes, Math.max(...most)));
      return (await entryOf(volumeId)).sizeBytes;
    },
    async shrink(volume, bytes) {
      const wanted = Math.ceil(bytes / extentBytes) * extentBytes;
      if ((await entryOf(volume.id)).sizeBytes <= wanted) return;
      // an active volume would be cut under whoever uses it
      if (await use.isUsed(volume.id)) throw storageError('VolumeIsBusy', `Volume ${volume.id} is in use; it can't be made smaller`);
      await groups.run(group, ['lvreduce', '-f', '--autobackup', 'n', '--size', `${wanted}b`, name(volume.id)], 'LogicalVolumeExtendError');
    },
    async refresh(volume) {
      const entry = await entryOf(volume.id);
      await use.relink(volume.id, () => activation.refresh(group, entry));
    },
    letGo: (volumeId) => use.drop(volumeId),
    removeVolume: (volume) => remove([volume.id]),
    async removeTraces(imageId, volumeId) {
      const entry = (await entries()).find((one) => one.name === volumeId);
      if (entry !== undefined && (!exists(entry) || entry.volume.imageId === imageId)) await remove([volumeId]);
      state.slots.delete(volumeId);
    },
    async importPath({ id }) {
      await mkdir(importDirectory, { recursive: true, mode: 0o700 });
      return join(importDirectory, `${domain.id}.${id}`);
    },
    async discardImage(imageId, zero) {
      const own = (await entries()).filter((entry) => exists(entry) && entry.volume.imageId === imageId);
      await changeTags(
        own.map((entry) => entry.name),
        [imageTag(imageId)],
        [imageTag(imageId, zero ? 'zero' : 'plain')],
      );
    },
    async purgeImage(imageId) {
      await purge((await entries()).filter(({ volume }) => volume.removed !== false && volume.imageId === imageId));
    },
    async collectGarbage(nowMs, isBuilding) {
      const isOld = (entry: Entry): boolean => nowMs - entry.madeSeconds * 1000 > garbageAgeMs;
      const doomed = (await entries()).filter(
        (entry) => !isBuilding(entry.name) && (entry.volume.removed !== false || (entry.volume.initializing && isOld(entry))),
      );
      await purge(doomed);
      return doomed.map((entry) => entry.name);
    },
  };
}

function slotBytes(text: string): Buffer {
  const bytes = Buffer.alloc(maximumVolumeMetadataBytes);
  bytes.write(text);
  return bytes;
}

function slotText(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end === -1 ? bytes.length : end);
}
