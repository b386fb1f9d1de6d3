import { runCommand } from '../command.ts';
import { storageError, toStorageError } from '../storage-error.ts';
import type { Lvm } from './lvm.ts';
import type { LogicalVolume, VolumeGroup } from './volume-groups.ts';

/** How the data of logical volumes becomes reachable on this host. */
export interface Activation {
  /** Makes volumes reachable. @returns path of each one's device. @throws 558 CannotActivateLogicalVolume */
  activate(group: VolumeGroup, volumes: readonly LogicalVolume[]): Promise<string[]>;
  /** Takes that back; a volume that is not active is no error. @throws 552 */
  deactivate(group: VolumeGroup, volumes: readonly LogicalVolume[]): Promise<void>;
  /** Shows an active volume in the size that it has on storage. @returns path of its device. @throws 556 LogicalVolumeRefreshError */
  refresh(group: VolumeGroup, volume: LogicalVolume): Promise<string>;
  /** How LVM is to choose the extents of new volumes. */
  readonly allocation: 'inherit' | 'contiguous';
}

const paths = (group: VolumeGroup): string[] => group.physicalVolumes.map(({ path }) => path);

/** The kernel's device-mapper, as on every host of oVirt. */
export function createDeviceMapperActivation(lvm: Lvm): Activation {
  const names = (group: VolumeGroup, volumes: readonly LogicalVolume[]): string[] => volumes.map(({ name }) => `${group.name}/${name}`);
  return {
    async activate(group, volumes) {
      if (volumes.length > 0)
        await lvm.run(['lvchange', '--activate', 'y', ...names(group, volumes)], paths(group), 'CannotActivateLogicalVolume');
      return volumes.map(({ name }) => `/dev/${group.name}/${name}`);
    },
    async deactivate(group, volumes) {
      if (volumes.length > 0)
        await lvm.run(['lvchange', '--activate', 'n', ...names(group, volumes)], paths(group), 'CannotDeactivateLogicalVolume');
    },
    async refresh(group, volume) {
      await lvm.run(['lvchange', '--refresh', ...names(group, [volume])], paths(group), 'LogicalVolumeRefreshError');
      return `/dev/${group.name}/${volume.name}`;
    },
    allocation: 'inherit',
  };
}

const loopTimeoutMs = 30_000;

/** Times that a loop device is asked for: another program may take the same free one. */
const loopAttempts = 5;

/** A part of a device, in bytes. */
interface Extent {
  device: string;
  offset: number;
  bytes: number;
}

/** The part of a device that a volume of one segment is. @throws 558 for one of several, which a loop device can't join */
export function extentOf(group: VolumeGroup, volume: LogicalVolume): Extent {
  const [segment, ...others] = volume.segments;
  const start = group.physicalVolumes.find(({ path }) => path === segment?.device)?.startBytes;
  if (segment === undefined || start === undefined || others.length > 0)
    throw storageError(
      'CannotActivateLogicalVolume',
      `Volume ${volume.name} has ${volume.segments.length} segments; without device-mapper a host reaches volumes of one segment only`,
    );
  return { device: segment.device, offset: start + segment.firstExtent * group.extentBytes, bytes: volume.sizeBytes };
}

/**
 * Gives a loop device that is in use another size, which `losetup` can't: its `lo_sizelimit` is changed by LOOP_GET_STATUS64 and
 * LOOP_SET_STATUS64 (linux/loop.h). The kernel refuses it as long as it has pages that were not written.
 */
const resizeLoop = String.raw`
  my ($path, $bytes) = @ARGV;
  open(my $device, '+<', $path) or die "$path: $!\n";
  my $status = "\0" x 232;
  for my $attempt (1 .. 50) {
    ioctl($device, 0x4C05, $status) or die "$path: $!\n";
    substr($status, 32, 8) = pack('Q<', $bytes);
    exit 0 if ioctl($device, 0x4C04, $status);
    select(undef, undef, undef, 0.1);
  }
  die "$path: $!\n";
`;

/**
 * A stand-in for machines whose kernel has no device-mapper: a volume of one segment is a loop device over its part of the
 * LUN. It is no way to run a data center: volumes in several segments are not reachable, and each grows only into free room beside it.
 */
export function createLoopActivation(): Activation {
  async function attached(extent: Pick<Extent, 'device' | 'offset'>): Promise<{ path: string; bytes: number }[]> {
    const { stdout } = await runCommand(['losetup', '--list', '--noheadings', '--raw', '--output', 'NAME,OFFSET,SIZELIMIT,BACK-FILE'], {
      timeoutMs: loopTimeoutMs,
    });
    return stdout
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, offset, , backing]) => backing === extent.device && Number(offset) === extent.offset)
      .map(([path = '', , bytes]) => ({ path, bytes: Number(bytes) }))
      .filter(({ bytes }) => bytes > 0);
  }

  async function attach(extent: Extent): Promise<string> {
    const found = (await attached(extent)).find(({ bytes }) => bytes === extent.bytes);
    if (found !== undefined) return found.path;
    const argv = ['losetup', '--find', '--show', '--offset', String(extent.offset), '--sizelimit', String(extent.bytes), extent.device];
    for (let attempt = 1; ; attempt++) {
      try {
        return (await runCommand(argv, { timeoutMs: loopTimeoutMs })).stdout.trim();
      } catch (error) {
        if (attempt >= loopAttempts) throw toStorageError(error, 'CannotActivateLogicalVolume', `map ${extent.device} at ${extent.offset}`);
      }
    }
  }

  return {
    activate: (group, volumes) => sequentially(volumes, (volume) => attach(extentOf(group, volume))),
    async deactivate(group, volumes) {
      for (const volume of volumes) {
        if (volume.segments.length !== 1) continue;
        for (const { path } of await attached(extentOf(group, volume)))
          await runCommand(['losetup', '--detach', path], { timeoutMs: loopTimeoutMs }).catch((error: unknown) => {
            throw toStorageError(error, 'CannotDeactivateLogicalVolume', `unmap volume ${volume.name}`);
          });
      }
    },
    async refresh(group, volume) {
      const extent = extentOf(group, volume);
      for (const { path, bytes } of await attached(extent))
        if (bytes !== extent.bytes)
          await runCommand(['perl', '-e', resizeLoop, path, String(extent.bytes)], { timeoutMs: loopTimeoutMs }).catch((error: unknown) => {
            throw toStorageError(error, 'LogicalVolumeRefreshError', `show the new size of volume ${volume.name}`);
          });
      return attach(extent);
    },
    allocation: 'contiguous',
  };
}

async function sequentially<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await run(item));
  return results;
}
