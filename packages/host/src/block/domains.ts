import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { domainMetadataLines, parseDomainMetadata } from '../storage-domain/domain-metadata.ts';
import type { DomainMetadata } from '../storage-domain/domain-metadata.ts';
import type { Repository } from '../storage-domain/repository.ts';
import type { DomainStore, StorageDomain } from '../storage-domain/store.ts';
import { storageError } from '../storage-error.ts';
import { isUuid } from '../uuid.ts';
import type { VolumeStore } from '../volume/file-volumes.ts';
import type { Activation } from './activation.ts';
import { createAreas } from './areas.ts';
import { createBlockVolumes } from './block-volumes.ts';
import type { BlockState } from './block-volumes.ts';
import { readDirect, writeDirect } from './direct.ts';
import { domainTag, metadataTags, metadataText, unreadyTag } from './lvm-tags.ts';
import { createVolumeUse } from './use.ts';
import type { LogicalVolume, VolumeGroup, VolumeGroups } from './volume-groups.ts';

/** Below this part of free room for LVM's metadata a domain is near its end (VDSM, VG_MDA_MIN_THRESHOLD). */
const metadataThreshold = 0.2;
const minimumMetadataBytes = 64 * 1024 * 1024;
const probedBytes = 4096;

/** Block domains on the LUNs of this host. */
export interface BlockDomains {
  /** @returns `undefined` when no volume group of that name is a domain. @throws 752… when its metadata is damaged */
  find(domainId: string): Promise<StorageDomain | undefined>;
  list(): Promise<StorageDomain[]>;
}

/** Path of a block domain. */
export const blockDomainPath = (repository: Repository, domainId: string): string => join(repository.mountsDirectory, 'blockSD', domainId);

export function createBlockDomains(repository: Repository, groups: VolumeGroups, activation: Activation): BlockDomains {
  // as last seen: where its devices are changes only when LUNs are added or taken out
  const known = new Map<string, VolumeGroup>();
  const states = new Map<string, BlockState>();

  function stateOf(domainId: string): BlockState {
    const before = states.get(domainId);
    if (before !== undefined) return before;
    const read = async (): Promise<{ group: VolumeGroup; volumes: LogicalVolume[] }> => {
      const group = known.get(domainId) ?? (await groups.find(domainId));
      if (group === undefined) throw storageError('StorageDomainDoesNotExist', `Storage domain does not exist: ${domainId}`);
      return { group, volumes: await groups.logicalVolumes(group) };
    };
    const path = blockDomainPath(repository, domainId);
    const state: BlockState = {
      areas: createAreas(join(path, 'dom_md'), activation, read),
      use: createVolumeUse(join(repository.imagesRunDirectory, domainId), join(path, 'images'), {
        async activate(volumeId) {
          const { group, volumes } = await read();
          const [device] = await activation.activate(
            group,
            volumes.filter((volume) => volume.name === volumeId),
          );
          if (device === undefined)
            throw storageError('VolumeDoesNotExist', `Volume does not exist: ${volumeId} (storage domain ${domainId})`);
          return device;
        },
        async deactivate(volumeId) {
          const { group, volumes } = await read();
          await activation.deactivate(
            group,
            volumes.filter((volume) => volume.name === volumeId),
          );
        },
      }),
      slots: new Map(),
    };
    states.set(domainId, state);
    return state;
  }

  function load(group: VolumeGroup): StorageDomain {
    const metadata = parseDomainMetadata(metadataText(group.tags));
    if (metadata.domainId !== group.name)
      throw storageError('InvalidMetadata', `Volume group ${group.name} has the metadata of another storage domain (${metadata.domainId})`);
    if (group.attributes.includes('p'))
      throw storageError(
        'StorageDomainAccessError',
        `A LUN of storage domain ${group.name} is not there; connect all of them to this host`,
      );
    known.set(group.name, group);
    const path = blockDomainPath(repository, group.name);
    const domain = { id: group.name, path, realPath: path, metadata };
    const state = stateOf(group.name);
    return {
      ...domain,
      store: {
        kind: 'block',
        ...createBlockVolumes(domain, group, groups, activation, state, join(repository.root, 'imports')),
        ...domainStore(group, domain, state),
      },
    };
  }

  function domainStore(
    group: VolumeGroup,
    domain: { id: string; path: string; metadata: DomainMetadata },
    { areas }: BlockState,
  ): Omit<DomainStore, 'kind' | keyof VolumeStore> {
    return {
      space: async () => ({ freeBytes: group.freeBytes, totalBytes: group.sizeBytes }),
      metadataArea: async () => ({
        mdavalid: group.metadataSizeBytes >= minimumMetadataBytes,
        mdathreshold: group.metadataFreeBytes >= group.metadataSizeBytes * metadataThreshold,
        mdasize: group.metadataSizeBytes,
        mdafree: group.metadataFreeBytes,
      }),
      async probe(signal) {
        await readDirect(await areas.path('metadata'), 0, probedBytes, signal);
        return domain.metadata;
      },
      async save(metadata) {
        const wanted = new Set(metadataTags(domainMetadataLines(metadata)));
        const had = group.tags.filter((tag) => tag.startsWith('MDT_'));
        const argv = [
          ...had.filter((tag) => !wanted.has(tag)).flatMap((tag) => ['--deltag', tag]),
          ...[...wanted].filter((tag) => !had.includes(tag)).flatMap((tag) => ['--addtag', tag]),
        ];
        if (argv.length > 0) await groups.run(group, ['vgchange', ...argv, group.name], 'VolumeGroupReplaceTagError');
      },
      readLeaseArea: async (offset, bytes) => readDirect(await areas.path('xleases'), offset, bytes),
      writeLeaseArea: async (offset, bytes) => writeDirect(await areas.path('xleases'), offset, bytes),
      readMail: async (area, offset, bytes) => readDirect(await areas.path(area), offset, bytes),
      writeMail: async (area, offset, bytes) => writeDirect(await areas.path(area), offset, bytes),
      acquire: () => areas.acquire(),
      release: () => areas.release(),
      // what other managers keep in its file system is theirs to make
      prepareMaster: async () => undefined,
      async destroy() {
        await areas.release();
        await groups.run(group, ['vgchange', '--deltag', domainTag, '--addtag', unreadyTag, group.name], 'StorageDomainFormatError');
        states.delete(domain.id);
        known.delete(domain.id);
        await activation.deactivate(group, await groups.logicalVolumes(group));
        await groups.remove(group);
        await rm(domain.path, { recursive: true, force: true });
      },
    };
  }

  const isDomain = (group: VolumeGroup): boolean => isUuid(group.name) && group.tags.includes(domainTag);

  return {
    async find(domainId) {
      const group = await groups.find(
        domainId,
        known.get(domainId)?.physicalVolumes.map(({ path }) => path),
      );
      return group === undefined || !isDomain(group) ? undefined : load(group);
    },
    async list() {
      return (await groups.list()).filter(isDomain).flatMap((group) => {
        try {
          return [load(group)];
        } catch {
          // what can't be read is left out, as on file storage
          return [];
        }
      });
    },
  };
}
