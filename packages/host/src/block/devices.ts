import { readFile, readdir } from 'node:fs/promises';
import { basename, join, matchesGlob } from 'node:path';
import { storageError } from '../storage-error.ts';

/** A LUN that this host sees. */
export interface BlockDevice {
  /** Name by which hosts and engines know it: that of its multipath device. */
  guid: string;
  path: string;
  capacityBytes: number;
  logicalBlockBytes: number;
  physicalBlockBytes: number;
}

/** The LUNs of this host. */
export interface BlockDevices {
  list(): Promise<BlockDevice[]>;
  /** Devices by their names or paths. @throws 606 InaccessiblePhysDev */
  find(names: readonly string[]): Promise<BlockDevice[]>;
}

const sectorBytes = 512;

/**
 * Multipath devices, as hosts of oVirt use them, and what the patterns name.
 * @param patterns paths of further block devices that count as LUNs, for machines without multipath
 */
export function createBlockDevices(patterns: readonly string[], system = '/sys/block'): BlockDevices {
  async function list(): Promise<BlockDevice[]> {
    const names = await readdir(system).catch(() => []);
    const devices = await Promise.all(names.map((name) => describe(system, name, patterns)));
    return devices.filter((device) => device !== undefined).sort((left, right) => left.guid.localeCompare(right.guid));
  }
  return {
    list,
    async find(names) {
      const devices = await list();
      return names.map((name) => {
        const device = devices.find(({ guid, path }) => guid === name || path === name || guid === basename(name));
        if (device === undefined)
          throw storageError('InaccessiblePhysDev', `This host sees no LUN ${JSON.stringify(name)}; connect its storage first`);
        return device;
      });
    },
  };
}

async function describe(system: string, name: string, patterns: readonly string[]): Promise<BlockDevice | undefined> {
  const read = async (...parts: string[]): Promise<string> => (await readFile(join(system, name, ...parts), 'utf8').catch(() => '')).trim();
  const capacityBytes = Number(await read('size')) * sectorBytes;
  if (!(capacityBytes > 0)) return undefined;
  const multipath = (await read('dm', 'uuid')).startsWith('mpath-') ? await read('dm', 'name') : '';
  const path = multipath === '' ? `/dev/${name}` : `/dev/mapper/${multipath}`;
  if (multipath === '' && !patterns.some((pattern) => matchesGlob(path, pattern))) return undefined;
  // a loop device over a part of another device is a volume that the stand-in activated, and no LUN
  if ((await read('loop', 'backing_file')).startsWith('/dev/')) return undefined;
  return {
    guid: multipath === '' ? name : multipath,
    path,
    capacityBytes,
    logicalBlockBytes: Number(await read('queue', 'logical_block_size')) || sectorBytes,
    physicalBlockBytes: Number(await read('queue', 'physical_block_size')) || sectorBytes,
  };
}
