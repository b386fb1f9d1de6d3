import { basename } from 'node:path';
import { storageError } from '../storage-error.ts';
import type { StorageErrorName } from '../storage-error.ts';
import type { BlockDevices } from './devices.ts';
import type { Lvm, LvmRow } from './lvm.ts';
import { splitTags, unreadyTag } from './lvm-tags.ts';
import { extentBytes } from './sizes.ts';

const mebibyte = 1024 * 1024;

/** Devices in a volume group (oVirt's limit). */
export const maximumPhysicalVolumes = 10;

/** Room for LVM's own metadata on each device (VDSM, VG_METADATASIZE). */
const lvmMetadataMebibytes = 128;

export interface PhysicalVolume {
  path: string;
  guid: string;
  /** LVM's id, which is no UUID in the usual form. */
  uuid: string;
  sizeBytes: number;
  deviceBytes: number;
  extentCount: number;
  /** Begin of the first extent. */
  startBytes: number;
  /** Whether LVM keeps the group's metadata there. */
  holdsMetadata: boolean;
}

export interface VolumeGroup {
  name: string;
  uuid: string;
  attributes: string;
  sizeBytes: number;
  freeBytes: number;
  extentBytes: number;
  tags: string[];
  metadataSizeBytes: number;
  metadataFreeBytes: number;
  logicalVolumes: number;
  physicalVolumes: PhysicalVolume[];
}

/** One segment of a logical volume: a run of extents on one device. */
export interface Segment {
  device: string;
  firstExtent: number;
  extents: number;
}

export interface LogicalVolume {
  name: string;
  sizeBytes: number;
  tags: string[];
  /** Seconds since 1970. */
  madeSeconds: number;
  segments: Segment[];
}

/** Volume groups on the LUNs of this host. */
export interface VolumeGroups {
  list(): Promise<VolumeGroup[]>;
  /** @param known devices that it was last seen on: when it still is there, no other is looked at */
  find(name: string, known?: readonly string[]): Promise<VolumeGroup | undefined>;
  /** @throws 506 VolumeGroupDoesNotExist */
  findByUuid(uuid: string): Promise<VolumeGroup>;
  logicalVolumes(group: Pick<VolumeGroup, 'name' | 'physicalVolumes'>): Promise<LogicalVolume[]>;
  /** Runs a command on one group. */
  run(group: Pick<VolumeGroup, 'physicalVolumes'>, argv: readonly string[], error: StorageErrorName): Promise<void>;
  /** @returns LVM's id. @throws 502, 505, 606, 607, 389 */
  create(name: string, names: readonly string[], force: boolean): Promise<string>;
  extend(group: VolumeGroup, names: readonly string[], force: boolean): Promise<void>;
  /** Takes a device that holds no data out of the group. */
  reduce(group: VolumeGroup, guid: string): Promise<void>;
  /** Takes in what a LUN has grown by. @returns the size of the physical volume */
  resize(group: VolumeGroup, guid: string): Promise<number>;
  remove(group: VolumeGroup): Promise<void>;
}

const groupColumns = [
  'vg_name',
  'vg_uuid',
  'vg_attr',
  'vg_size',
  'vg_free',
  'vg_extent_size',
  'vg_tags',
  'vg_mda_size',
  'vg_mda_free',
  'lv_count',
  'pv_name',
  'pv_uuid',
  'pv_size',
  'dev_size',
  'pv_pe_count',
  'pe_start',
  'pv_mda_used_count',
];

const volumeColumns = ['lv_name', 'lv_size', 'lv_tags', 'lv_time', 'seg_pe_ranges', 'vg_extent_size'];

function physicalVolume(row: LvmRow): PhysicalVolume {
  const path = row['pv_name'] ?? '';
  return {
    path,
    guid: basename(path),
    uuid: row['pv_uuid'] ?? '',
    sizeBytes: Number(row['pv_size']),
    deviceBytes: Number(row['dev_size']),
    extentCount: Number(row['pv_pe_count']),
    startBytes: Number(row['pe_start']),
    holdsMetadata: Number(row['pv_mda_used_count']) > 0,
  };
}

/** Volume groups out of a report with a row for each physical volume. */
export function groupsOf(rows: readonly LvmRow[]): VolumeGroup[] {
  const groups = new Map<string, VolumeGroup>();
  for (const row of rows) {
    const uuid = row['vg_uuid'] ?? '';
    if (uuid === '') continue;
    const group = groups.get(uuid);
    if (group !== undefined) group.physicalVolumes.push(physicalVolume(row));
    else
      groups.set(uuid, {
        name: row['vg_name'] ?? '',
        uuid,
        attributes: row['vg_attr'] ?? '',
        sizeBytes: Number(row['vg_size']),
        freeBytes: Number(row['vg_free']),
        extentBytes: Number(row['vg_extent_size']),
        tags: splitTags(row['vg_tags'] ?? ''),
        metadataSizeBytes: Number(row['vg_mda_size']),
        metadataFreeBytes: Number(row['vg_mda_free']),
        logicalVolumes: Number(row['lv_count']),
        physicalVolumes: [physicalVolume(row)],
      });
  }
  return [...groups.values()];
}

/** Reads `seg_pe_ranges`: `/dev/a:0-3 /dev/b:7-7`. */
export function segmentsOf(text: string): Segment[] {
  return text
    .split(' ')
    .filter((part) => part !== '')
    .map((part) => {
      const [, device = '', first = '', last = ''] = /^(.*):(\d+)-(\d+)$/.exec(part) ?? [];
      return { device, firstExtent: Number(first), extents: Number(last) - Number(first) + 1 };
    });
}

/** Logical volumes out of a report with a row for each segment. */
export function volumesOf(rows: readonly LvmRow[]): LogicalVolume[] {
  const volumes = new Map<string, LogicalVolume>();
  for (const row of rows) {
    const name = row['lv_name'] ?? '';
    const segments = segmentsOf(row['seg_pe_ranges'] ?? '');
    const volume = volumes.get(name);
    if (volume !== undefined) volume.segments.push(...segments);
    else
      volumes.set(name, {
        name,
        sizeBytes: Number(row['lv_size']),
        tags: splitTags(row['lv_tags'] ?? ''),
        madeSeconds: Date.parse(row['lv_time'] ?? '') / 1000,
        segments,
      });
  }
  return [...volumes.values()];
}

export function createVolumeGroups(lvm: Lvm, devices: BlockDevices): VolumeGroups {
  const paths = ({ physicalVolumes }: Pick<VolumeGroup, 'physicalVolumes'>): string[] => physicalVolumes.map(({ path }) => path);
  const visible = async (): Promise<string[]> => (await devices.list()).map(({ path }) => path);
  const groups = async (seen: readonly string[]): Promise<VolumeGroup[]> => groupsOf(await lvm.report('pvs', groupColumns, seen));

  /** Marks devices as physical volumes; one that holds something else is refused, unless forced. */
  async function initialise(names: readonly string[], force: boolean): Promise<string[]> {
    const found = await devices.find(names);
    const wanted = found.map(({ path }) => path);
    const used = (await groups(wanted))[0];
    if (used !== undefined && !force)
      throw storageError(
        'PhysDevInitializationError',
        `A LUN belongs to volume group ${used.name} already: ${names.join(', ')}; force it to lose what is there`,
      );
    const blockBytes = found.find(({ logicalBlockBytes }) => logicalBlockBytes !== 512)?.logicalBlockBytes;
    if (blockBytes !== undefined) throw storageError('DeviceBlockSizeError', `LUNs with blocks of ${blockBytes} bytes are not supported`);
    if (used !== undefined) await lvm.run(['vgremove', '-f', used.name], await visible(), 'VolumeGroupRemoveError');
    const argv = ['pvcreate', '--metadatasize', `${lvmMetadataMebibytes}m`, '--metadatacopies', '2', '--metadataignore', 'y'];
    await lvm.run([...argv, ...(force ? ['-y', '-ff'] : []), ...wanted], wanted, 'PhysDevInitializationError');
    return wanted;
  }

  async function find(name: string, known: readonly string[] = []): Promise<VolumeGroup | undefined> {
    const there = known.length === 0 ? undefined : (await groups(known).catch(() => [])).find((group) => group.name === name);
    if (there !== undefined && !there.attributes.includes('p')) return there;
    return (await groups(await visible())).find((group) => group.name === name);
  }

  return {
    list: async () => groups(await visible()),
    find,
    async findByUuid(uuid) {
      const found = (await groups(await visible())).find((group) => group.uuid === uuid);
      if (found === undefined)
        throw storageError('VolumeGroupDoesNotExist', `Volume Group does not exist: ${JSON.stringify(uuid.slice(0, 64))}`);
      return found;
    },
    logicalVolumes: async (group) => volumesOf(await lvm.report('lvs', volumeColumns, paths(group), group.name)),
    run: (group, argv, error) => lvm.run(argv, paths(group), error),
    async create(name, names, force) {
      if (names.length === 0) throw storageError('VolumeGroupCreateError', 'A volume group needs a device');
      if (names.length > maximumPhysicalVolumes)
        throw storageError('TooManyPVsInVG', `A storage domain has at most ${maximumPhysicalVolumes} LUNs`);
      if ((await find(name)) !== undefined) throw storageError('VolumeGroupAlreadyExistsError', `Volume Group already exists: ${name}`);
      const wanted = await initialise(names, force);
      // one device holds the metadata of all: the first one, on which the domain's own begins as well
      await lvm.run(['pvchange', '--metadataignore', 'n', wanted[0] ?? ''], wanted, 'PhysDevInitializationError');
      const argv = ['vgcreate', '--physicalextentsize', `${extentBytes / mebibyte}m`, '--setautoactivation', 'n', '--addtag', unreadyTag];
      await lvm.run([...argv, name, ...wanted], wanted, 'VolumeGroupCreateError');
      const made = await find(name, wanted);
      if (made === undefined) throw storageError('VolumeGroupCreateError', `Volume group ${name} was made but is not found`);
      return made.uuid;
    },
    async extend(group, names, force) {
      const known = new Set(group.physicalVolumes.map(({ path }) => path));
      const added = (await devices.find(names)).filter(({ path }) => !known.has(path)).map(({ path }) => path);
      if (added.length === 0) return;
      if (known.size + added.length > maximumPhysicalVolumes)
        throw storageError('TooManyPVsInVG', `A storage domain has at most ${maximumPhysicalVolumes} LUNs`);
      await initialise(added, force);
      await lvm.run(['vgextend', group.name, ...added], [...known, ...added], 'VolumeGroupExtendError');
    },
    async reduce(group, guid) {
      const volume = memberOf(group, guid);
      if (volume.holdsMetadata)
        throw storageError(
          'ForbiddenPhysicalVolumeOperation',
          `LUN ${guid} holds the metadata of the volume group and can't be taken out of it`,
        );
      await lvm.run(['vgreduce', group.name, volume.path], paths(group), 'VolumeGroupReduceError');
    },
    async resize(group, guid) {
      const volume = memberOf(group, guid);
      await lvm.run(['pvresize', volume.path], paths(group), 'CouldNotResizePhysicalVolume');
      const now = await find(group.name, paths(group));
      return now === undefined ? volume.sizeBytes : memberOf(now, guid).sizeBytes;
    },
    remove: (group) => lvm.run(['vgremove', '-f', group.name], paths(group), 'VolumeGroupRemoveError'),
  };
}

/** @throws 619 NoSuchPhysicalVolume */
function memberOf(group: VolumeGroup, guid: string): PhysicalVolume {
  const volume = group.physicalVolumes.find((one) => one.guid === guid || one.path === guid);
  if (volume === undefined) throw storageError('NoSuchPhysicalVolume', `LUN ${guid} is not in volume group ${group.name}`);
  return volume;
}
