import { archiveVerbs } from './archives.ts';
import { addBitmap, carryBitmaps, removeBitmap } from './bitmaps.ts';
import { failure, readInteger, readList, readObject, readOptionalText, readText } from './parameters.ts';
import type { Parameters, SimulatedVerb } from './parameters.ts';
import { nbdVerbs } from './nbd-verbs.ts';
import { NO_ID } from './storage.ts';
import type { SimulatedDomain, SimulatedStorage, SimulatedVolume } from './storage.ts';
import { requireStorageManager } from './storage-verbs.ts';
import type { StorageSession } from './storage-verbs.ts';
import type { SimulatedTasks } from './tasks.ts';

interface VolumeParts {
  readonly storage: SimulatedStorage;
  readonly tasks: SimulatedTasks;
  readonly session: StorageSession;
}

/** Numbers of formats, allocations and roles on the wire. Source: VDSM, volume. */
const FORMATS: Readonly<Record<string, 'COW' | 'RAW'>> = { 4: 'COW', 5: 'RAW', COW: 'COW', RAW: 'RAW' };
const ALLOCATIONS: Readonly<Record<string, 'PREALLOCATED' | 'SPARSE'>> = {
  1: 'PREALLOCATED',
  2: 'SPARSE',
  PREALLOCATED: 'PREALLOCATED',
  SPARSE: 'SPARSE',
};
const ROLES: Readonly<Record<string, 'SHARED' | 'LEAF' | 'INTERNAL'>> = {
  6: 'SHARED',
  7: 'INTERNAL',
  8: 'LEAF',
  SHARED: 'SHARED',
  LEAF: 'LEAF',
  INTERNAL: 'INTERNAL',
};
const MAXIMUM_GENERATION = 999;

function target(params: Parameters): { poolId: string; domainId: string; imageId: string; volumeId: string } {
  return {
    poolId: readText(params, 'storagepoolID'),
    domainId: readText(params, 'storagedomainID'),
    imageId: readText(params, 'imageID'),
    volumeId: readText(params, 'volumeID'),
  };
}

function newVolume(params: Parameters): SimulatedVolume {
  return {
    volumeId: readText(params, 'volumeID'),
    imageId: readText(params, 'imageID'),
    capacityBytes: readInteger(params, 'size'),
    format: FORMATS[readText(params, 'volFormat')] ?? 'RAW',
    allocation: ALLOCATIONS[readText(params, 'preallocate')] ?? 'SPARSE',
    parentId: readOptionalText(params, 'srcVolUUID') ?? NO_ID,
    role: 'LEAF',
    legality: params['legal'] === false ? 'ILLEGAL' : 'LEGAL',
    description: readOptionalText(params, 'desc') ?? '',
    diskType: readOptionalText(params, 'diskType') ?? 'DATA',
    generation: 0,
    sequence: Number(params['sequence'] ?? 1),
    createdAtSeconds: Math.trunc(Date.now() / 1000),
  };
}

function volumeInfo(domainId: string, volume: SimulatedVolume): object {
  return {
    uuid: volume.volumeId,
    image: volume.imageId,
    domain: domainId,
    pool: '',
    capacity: String(volume.capacityBytes),
    apparentsize: String(volume.allocation === 'PREALLOCATED' ? volume.capacityBytes : 1_048_576),
    truesize: String(volume.allocation === 'PREALLOCATED' ? volume.capacityBytes : 1_048_576),
    format: volume.format,
    type: volume.allocation,
    allocType: volume.allocation,
    voltype: volume.role,
    parent: volume.parentId,
    legality: volume.legality,
    status: volume.legality === 'ILLEGAL' ? 'ILLEGAL' : 'OK',
    description: volume.description,
    disktype: volume.diskType,
    generation: volume.generation,
    sequence: volume.sequence,
    ctime: String(volume.createdAtSeconds),
    mtime: '0',
    children: [],
    lease: {
      path: `/rhev/data-center/mnt/${domainId}/images/${volume.imageId}/${volume.volumeId}.lease`,
      offset: 0,
      owners: [],
      version: 1,
    },
  };
}

function imageVolumes(parts: VolumeParts, domainId: string, imageId: string): string[] {
  return Object.values(parts.storage.domain(domainId).volumes)
    .filter((volume) => volume.imageId === imageId)
    .map((volume) => volume.volumeId);
}

function checkParent(parts: VolumeParts, domainId: string, parentId: string): void {
  if (parentId !== NO_ID && parts.storage.domain(domainId).volumes[parentId] === undefined)
    throw failure('VolumeDoesNotExist', `Volume does not exist: ${parentId}`);
}

function changingVerbs(parts: VolumeParts): Record<string, SimulatedVerb> {
  const { storage, tasks } = parts;
  return {
    'Volume.create': (params) => {
      const { poolId, domainId } = target(params);
      requireStorageManager(parts, poolId);
      const volume = newVolume(params);
      checkParent(parts, domainId, volume.parentId);
      return tasks.start('createVolume', () => {
        if (params['addBitmaps'] === true) carryBitmaps(storage, storage.domain(domainId).volumes[volume.parentId], volume);
        storage.addVolume(domainId, volume);
      });
    },
    'Volume.copy': (params) => {
      const { poolId, domainId, volumeId } = target(params);
      requireStorageManager(parts, poolId);
      const source = storage.volume(domainId, volumeId);
      return tasks.start('copyImage', () =>
        storage.addVolume(readText(params, 'dstSdUUID'), {
          ...source,
          volumeId: readText(params, 'dstVolUUID'),
          imageId: readText(params, 'dstImgUUID'),
          parentId: NO_ID,
          role: ROLES[readText(params, 'volType')] ?? 'LEAF',
          format: FORMATS[readText(params, 'volFormat')] ?? source.format,
          allocation: ALLOCATIONS[readText(params, 'preallocate')] ?? source.allocation,
          description: readOptionalText(params, 'desc') ?? source.description,
          generation: 0,
        }),
      );
    },
    'Volume.extendSize': (params) => {
      const { poolId, domainId, volumeId } = target(params);
      requireStorageManager(parts, poolId);
      const newBytes = readInteger(params, 'newSize');
      const volume = storage.volume(domainId, volumeId);
      if (newBytes < volume.capacityBytes)
        throw failure('VolumeResizeValueError', `Volume cannot shrink to ${newBytes} bytes: ${volumeId}`);
      return tasks.start('extendVolumeSize', () => {
        volume.capacityBytes = newBytes;
        storage.onChange();
      });
    },
    'StoragePool.reduceVolume': (params) => {
      const { poolId, domainId, volumeId } = target(params);
      requireStorageManager(parts, poolId);
      const { format } = storage.volume(domainId, volumeId);
      if (format !== 'COW') throw failure('IncorrectFormat', `Volume ${volumeId} is not sparse`);
      return tasks.start('reduceVolume', () => undefined);
    },
    'Volume.setLegality': (params) => {
      const { domainId, volumeId } = target(params);
      storage.volume(domainId, volumeId).legality = readText(params, 'legality') === 'ILLEGAL' ? 'ILLEGAL' : 'LEGAL';
      storage.onChange();
      return true;
    },
    'Volume.setDescription': (params) => {
      const { domainId, volumeId } = target(params);
      storage.volume(domainId, volumeId).description = readText(params, 'description');
      storage.onChange();
      return true;
    },
    'Image.delete': (params) => {
      const poolId = readText(params, 'storagepoolID');
      const domainId = readText(params, 'storagedomainID');
      const imageId = readText(params, 'imageID');
      requireStorageManager(parts, poolId);
      const volumes = imageVolumes(parts, domainId, imageId);
      if (volumes.length === 0) throw failure('ImageDoesNotExistInSD', `Image does not exist in domain: ${imageId}`);
      return tasks.start('deleteImage', () => storage.removeVolumes(domainId, volumes));
    },
    'Image.deleteVolumes': (params) => {
      requireStorageManager(parts, readText(params, 'storagepoolID'));
      const domainId = readText(params, 'storagedomainID');
      const volumes = readList(params, 'volumeList').map(String);
      for (const id of volumes) storage.volume(domainId, id);
      for (const volume of Object.values(storage.domain(domainId).volumes)) {
        if (volumes.includes(volume.parentId) && !volumes.includes(volume.volumeId))
          throw failure('VolumeImageHasChildren', `Volume ${volume.parentId} has a child: ${volume.volumeId}`);
      }
      return tasks.start('deleteVolume', () => storage.removeVolumes(domainId, volumes));
    },
  };
}

const bitmapList = (volume: SimulatedVolume): object[] =>
  Object.entries(volume.bitmaps ?? {}).map(([name, { broken }]) => ({ name, granularity: 65_536, flags: broken ? ['in-use'] : ['auto'] }));

function readingVerbs(parts: VolumeParts): Record<string, SimulatedVerb> {
  const { storage } = parts;
  const path = (params: Parameters): string => {
    const { poolId, domainId, imageId, volumeId } = target(params);
    storage.volume(domainId, volumeId);
    return `/rhev/data-center/${poolId}/${domainId}/images/${imageId}/${volumeId}`;
  };
  return {
    'Image.getVolumes': (params) => {
      const domainId = readText(params, 'storagedomainID');
      const volumes = imageVolumes(parts, domainId, readText(params, 'imageID'));
      if (volumes.length === 0) throw failure('ImageDoesNotExistInSD', 'Image does not exist in domain');
      return volumes;
    },
    'Volume.getInfo': (params) => {
      const { domainId, volumeId } = target(params);
      return volumeInfo(domainId, storage.volume(domainId, volumeId));
    },
    'Volume.getSize': (params) => {
      const { domainId, volumeId } = target(params);
      const { capacityBytes } = storage.volume(domainId, volumeId);
      return { apparentsize: String(capacityBytes), truesize: String(capacityBytes) };
    },
    'Volume.getQemuImageInfo': (params) => {
      const { domainId, volumeId } = target(params);
      const volume = storage.volume(domainId, volumeId);
      return {
        format: volume.format === 'COW' ? 'qcow2' : 'raw',
        virtualsize: volume.capacityBytes,
        ...(volume.format === 'COW' ? { clustersize: 65_536, compat: '1.1', bitmaps: bitmapList(volume) } : {}),
        ...(volume.parentId === NO_ID ? {} : { backingfile: volume.parentId }),
      };
    },
    'Volume.measure': (params) => {
      const { domainId, volumeId } = target(params);
      return { required: storage.volume(domainId, volumeId).capacityBytes, bitmaps: 0 };
    },
    'Volume.refresh': () => true,
    'Volume.verify_untrusted': () => true,
    'Image.prepare': (params) => ({ path: path(params) }),
    'Image.teardown': () => true,
    'Image.reconcileVolumeChain': (params) => {
      const domainId = readText(params, 'storagedomainID');
      const chain: string[] = [];
      let next = readText(params, 'leafVolID');
      while (next !== NO_ID && !chain.includes(next)) {
        chain.unshift(next);
        next = storage.volume(domainId, next).parentId;
      }
      // A leaf that is illegal was left while its VM went over to the volume below.
      if (storage.volume(domainId, chain.at(-1) ?? '').legality === 'ILLEGAL') chain.pop();
      return chain;
    },
  };
}

function jobVerbs(parts: VolumeParts): Record<string, SimulatedVerb> {
  const { storage, tasks } = parts;
  /** The volume of an endpoint, whose generation must be the expected one; a change raises it. */
  const endpoint = (value: Parameters): SimulatedVolume => {
    const volume = storage.volume(readText(value, 'sd_id'), readText(value, 'vol_id'));
    const expected = value['generation'];
    if (typeof expected === 'number' && expected !== volume.generation)
      throw failure('GenerationMismatch', `The volume's generation is ${volume.generation}, not ${expected}`);
    return volume;
  };
  const raise = (volume: SimulatedVolume): void => {
    volume.generation = (volume.generation + 1) % (MAXIMUM_GENERATION + 1);
    storage.onChange();
  };
  const changeBitmaps = (params: Parameters, description: string, change: (volume: SimulatedVolume) => void): true => {
    const volume = endpoint(readObject(params, 'vol_info'));
    return tasks.startJob(readText(params, 'job_id'), 'storage', description, () => {
      change(volume);
      raise(volume);
    });
  };
  return {
    'SDM.copy_data': (params) => {
      const source = readObject(params, 'source');
      const destination = readObject(params, 'destination');
      if (source['endpoint_type'] !== 'external') endpoint(source);
      const volume = endpoint(destination);
      return tasks.startJob(readText(params, 'job_id'), 'storage', 'copy_data', () => {
        volume.legality = 'LEGAL';
        raise(volume);
      });
    },
    'SDM.add_bitmap': (params) => changeBitmaps(params, 'add_bitmap', (volume) => addBitmap(storage, volume, readText(params, 'bitmap'))),
    'SDM.remove_bitmap': (params) =>
      changeBitmaps(params, 'remove_bitmap', (volume) => removeBitmap(storage, volume, readText(params, 'bitmap'))),
    'SDM.clear_bitmaps': (params) =>
      changeBitmaps(params, 'clear_bitmaps', (volume) => {
        delete volume.bitmaps;
      }),
    'SDM.sparsify_volume': (params) => {
      const volume = endpoint(readObject(params, 'vol_info'));
      return tasks.startJob(readText(params, 'job_id'), 'storage', 'sparsify_volume', () => raise(volume));
    },
    'VM.seal': (params) => {
      const sealed = readList(params, 'images').map((value) => endpoint(readObject({ value }, 'value')));
      const shared = sealed.find((volume) => volume.role !== 'LEAF');
      if (shared) throw failure('SharedVolumeNonWritable', `Volume ${shared.volumeId} is ${shared.role}; only a leaf can be sealed`);
      return tasks.startJob(readText(params, 'job_id'), 'virt', 'seal_vm', () => {
        for (const volume of sealed) volume.isSealed = true;
        storage.onChange();
      });
    },
    'SDM.update_volume': (params) => {
      const volume = endpoint(readObject(params, 'vol_info'));
      const attributes = readObject(params, 'vol_attr');
      return tasks.startJob(readText(params, 'job_id'), 'storage', 'update_volume', () => {
        const legality = attributes['legality'];
        const role = attributes['type'];
        if (legality === 'LEGAL' || legality === 'ILLEGAL') volume.legality = legality;
        if (role === 'SHARED' || role === 'LEAF' || role === 'INTERNAL') volume.role = role;
        if (typeof attributes['description'] === 'string') volume.description = attributes['description'];
        const generation = attributes['generation'];
        if (typeof generation === 'number') volume.generation = generation;
        else raise(volume);
        storage.onChange();
      });
    },
  };
}

/** Cold merge in its three steps, and moving whole chains. */
function chainVerbs(parts: VolumeParts): Record<string, SimulatedVerb> {
  const { storage, tasks } = parts;
  const subchain = (value: Parameters) => ({
    domainId: readText(value, 'sd_id'),
    base: storage.volume(readText(value, 'sd_id'), readText(value, 'base_id')),
    topId: readText(value, 'top_id'),
    generation: value['base_generation'],
  });
  const children = (domainId: string, volumeId: string): SimulatedVolume[] =>
    Object.values(storage.domain(domainId).volumes).filter((volume) => volume.parentId === volumeId);
  const pair = (value: Parameters): { base: SimulatedVolume; top: SimulatedVolume } => {
    const { domainId, base, topId, generation } = subchain(value);
    const top = storage.volume(domainId, topId);
    if (top.parentId !== base.volumeId) throw failure('VolumeIsNotInChain', `Volume ${base.volumeId} is not the parent of volume ${topId}`);
    if (base.imageId !== top.imageId) throw failure('CannotShareVolume', `Volume ${base.volumeId} is a template's`);
    if (typeof generation === 'number' && generation !== base.generation)
      throw failure('GenerationMismatch', `The volume's generation is ${base.generation}, not ${generation}`);
    return { base, top };
  };
  return {
    'StoragePool.prepareMerge': (params) => {
      requireStorageManager(parts, readText(params, 'storagepoolID'));
      const value = readObject(params, 'subchainInfo');
      return tasks.start('prepareMerge', () => {
        const { base, top } = pair(value);
        base.capacityBytes = Math.max(base.capacityBytes, top.capacityBytes);
        storage.onChange();
      });
    },
    'SDM.merge': (params) => {
      const value = readObject(params, 'subchain_info');
      pair(value);
      return tasks.startJob(readText(params, 'job_id'), 'storage', 'merge_subchain', () => {
        const { base, top } = pair(value);
        if (children(readText(value, 'sd_id'), base.volumeId).some((child) => child !== top))
          throw failure('VolumeImageHasChildren', `Volume ${base.volumeId} has another child`);
        base.generation = (base.generation + 1) % (MAXIMUM_GENERATION + 1);
        if (params['merge_bitmaps'] === true) carryBitmaps(storage, top, base);
        storage.onChange();
      });
    },
    'StoragePool.finalizeMerge': (params) => {
      requireStorageManager(parts, readText(params, 'storagepoolID'));
      const { domainId, base, topId } = subchain(readObject(params, 'subchainInfo'));
      return tasks.start('finalizeMerge', () => {
        const top = storage.domain(domainId).volumes[topId];
        if (top === undefined) return;
        for (const child of children(domainId, topId)) child.parentId = base.volumeId;
        top.legality = 'ILLEGAL';
        storage.onChange();
      });
    },
    'Image.cloneStructure': (params) => {
      requireStorageManager(parts, readText(params, 'storagepoolID'));
      const [source, destination, imageId] = ['storagedomainID', 'dstSdUUID', 'imageID'].map((name) => readText(params, name)) as [
        string,
        string,
        string,
      ];
      if (imageVolumes(parts, destination, imageId).length > 0) throw failure('OverwriteImageError', 'Image exists in domain already');
      const volumes = imageVolumes(parts, source, imageId);
      if (volumes.length === 0) throw failure('ImageDoesNotExistInSD', 'Image does not exist in domain');
      return tasks.start('cloneImageStructure', () => {
        for (const id of volumes) storage.addVolume(destination, { ...storage.volume(source, id), isEmpty: true });
      });
    },
    'Image.syncData': (params) => {
      requireStorageManager(parts, readText(params, 'storagepoolID'));
      const [destination, imageId, type] = ['dstSdUUID', 'imageID', 'syncType'].map((name) => readText(params, name)) as [
        string,
        string,
        string,
      ];
      return tasks.start('syncImageData', () => {
        for (const id of imageVolumes(parts, destination, imageId)) {
          const volume = storage.volume(destination, id);
          const isLeaf = children(destination, id).length === 0;
          if (type === 'ALL' || isLeaf === (type === 'LEAF')) delete volume.isEmpty;
        }
        storage.onChange();
      });
    },
    'Image.move': (params) => {
      requireStorageManager(parts, readText(params, 'storagepoolID'));
      const source = readText(params, 'storagedomainID');
      const destination = readText(params, 'dstSdUUID');
      const volumes = imageVolumes(parts, source, readText(params, 'imageID'));
      if (volumes.length === 0) throw failure('ImageDoesNotExistInSD', 'Image does not exist in domain');
      return tasks.start('moveImage', () => {
        for (const id of volumes) storage.addVolume(destination, { ...storage.volume(source, id) });
        if (Number(params['operation']) === 2) storage.removeVolumes(source, [...volumes].reverse());
      });
    },
  };
}

/** Leases of VMs, by their ids alone. */
function leaseVerbs(parts: VolumeParts): Record<string, SimulatedVerb> {
  const { storage, tasks } = parts;
  const find = (params: Parameters): { domain: SimulatedDomain; id: string } => {
    const lease = readObject(params, 'lease');
    return { domain: storage.domain(readText(lease, 'sd_id')), id: readText(lease, 'lease_id') };
  };
  const change = (params: Parameters, verb: string, action: (leases: string[], id: string) => string[]): string => {
    const { domain, id } = find(params);
    requireStorageManager(parts, domain.poolId ?? NO_ID);
    return tasks.start(verb, () => {
      domain.leases = action(domain.leases ?? [], id);
      storage.onChange();
    });
  };
  return {
    'Lease.create': (params) => change(params, 'create_lease', (leases, id) => [...new Set([...leases, id])]),
    'Lease.delete': (params) =>
      change(params, 'delete_lease', (leases, id) => {
        if (!leases.includes(id)) throw failure('NoSuchLease', `No such lease ${id}`);
        return leases.filter((one) => one !== id);
      }),
    'Lease.info': (params) => {
      const { domain, id } = find(params);
      const at = (domain.leases ?? []).indexOf(id);
      if (at < 0) throw failure('NoSuchLease', `No such lease ${id}`);
      return {
        sd_id: domain.domainId,
        lease_id: id,
        path: `${domain.path}/${domain.domainId}/dom_md/xleases`,
        offset: (3 + at) * 1_048_576,
      };
    },
  };
}

/** Tickets for images: kept, but nothing is served. */
function ticketVerbs(parts: VolumeParts): Record<string, SimulatedVerb> {
  const { tickets } = parts.session;
  const known = (params: Parameters): { ticket: Parameters; addedAtMs: number } => {
    const found = tickets.get(readText(params, 'uuid'));
    if (found === undefined) throw failure('GeneralException', 'There is no such image ticket');
    return found;
  };
  return {
    'Host.add_image_ticket': (params) => {
      const ticket = readObject(params, 'ticket');
      tickets.set(readText(ticket, 'uuid'), { ticket, addedAtMs: performance.now() });
      return true;
    },
    'Host.extend_image_ticket': (params) => {
      known(params);
      return true;
    },
    'Host.get_image_ticket': (params) => {
      const { ticket, addedAtMs } = known(params);
      return { ...ticket, active: false, transferred: 0, idle_time: Math.floor((performance.now() - addedAtMs) / 1000) };
    },
    'Host.remove_image_ticket': (params) => {
      tickets.delete(readText(params, 'uuid'));
      return true;
    },
  };
}

/** Verbs of images and volumes. */
export function volumeVerbs(parts: VolumeParts): Record<string, SimulatedVerb> {
  return {
    ...changingVerbs(parts),
    ...readingVerbs(parts),
    ...jobVerbs(parts),
    ...chainVerbs(parts),
    ...leaseVerbs(parts),
    ...archiveVerbs(parts),
    ...ticketVerbs(parts),
    ...nbdVerbs(parts),
  };
}
