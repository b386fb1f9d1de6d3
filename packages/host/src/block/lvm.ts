import { CommandError, runCommand } from '../command.ts';
import { storageError, toStorageError } from '../storage-error.ts';
import type { StorageErrorName } from '../storage-error.ts';

/** Longest time for one command of LVM; it waits for the locks of others, and for devices that do not answer. */
const timeoutMs = 120_000;

/** Devices that a command may see at once. */
const maximumDevices = 500;

const devicePattern = /^\/dev\/[A-Za-z0-9._+:@-]+(\/[A-Za-z0-9._+:@-]+)*$/;

/** One row of a report, all values as text. */
export type LvmRow = Record<string, string>;

/** The one way to LVM's programs. */
export interface Lvm {
  /**
   * Runs a command that sees these devices and no other.
   * @param error what a failure means to the caller
   */
  run(argv: readonly string[], devices: readonly string[], error: StorageErrorName): Promise<void>;
  report(kind: 'pvs' | 'vgs' | 'lvs', columns: readonly string[], devices: readonly string[], target?: string): Promise<LvmRow[]>;
}

/**
 * Configuration that a command gets: it sees the named devices only, keeps no copies of metadata on this host, and asks no
 * daemon. @throws 606 InaccessiblePhysDev for what is no path of a device
 */
export function lvmConfiguration(devices: readonly string[]): string {
  if (devices.length > maximumDevices) throw storageError('InaccessiblePhysDev', `More than ${maximumDevices} devices at once`);
  for (const device of devices)
    if (!devicePattern.test(device) || device.includes('/../'))
      throw storageError('InaccessiblePhysDev', `No path of a block device: ${JSON.stringify(device)}`);
  const accepted = devices.map((device) => `"a|^${device.replace(/[.+]/g, String.raw`\$&`)}$|"`);
  return [
    `devices { preferred_names=["^/dev/mapper/"] ignore_suspended_devices=1 write_cache_state=0 disable_after_error_count=3`,
    `filter=[${[...accepted, '"r|.*|"'].join(',')}] hints="none" obtain_device_list_from_udev=0 use_devicesfile=0 }`,
    `global { prioritise_write_locks=1 wait_for_locks=1 use_lvmpolld=0 }`,
    `backup { backup=0 archive=0 retain_min=50 retain_days=0 }`,
  ].join(' ');
}

/** Regular expressions of LVM know `\.`, but its configuration takes a backslash for the begin of an escape. */
const quoted = (configuration: string): string => configuration.replaceAll('\\', '\\\\');

/**
 * @param deviceMapper `false` on a machine whose kernel has none: metadata only, volumes are activated by other means
 */
export function createLvm(deviceMapper: boolean, execute: typeof runCommand = runCommand): Lvm {
  const common = (devices: readonly string[]): string[] => [
    '--config',
    quoted(lvmConfiguration(devices)),
    ...(deviceMapper ? [] : ['--driverloaded', 'n']),
  ];
  async function lvm(argv: readonly string[], devices: readonly string[], error: StorageErrorName): Promise<string> {
    const [command = '', ...rest] = argv;
    try {
      return (await execute(['lvm', command, ...common(devices), ...rest], { timeoutMs })).stdout;
    } catch (cause) {
      if (cause instanceof CommandError && cause.reason === 'missing')
        throw storageError(
          'LVMSetupError',
          'The program lvm is not installed: install the package "lvm2" on this host, then repeat',
          cause,
        );
      if (
        cause instanceof CommandError &&
        /insufficient free space|Insufficient suitable (contiguous )?allocatable extents/i.test(cause.stderr)
      )
        throw storageError(
          'NoSpaceLeftOnDomain',
          `The volume group has no room for it: ${command}. Extend the storage domain, then repeat`,
          cause,
        );
      throw toStorageError(cause, error, `lvm ${command}`);
    }
  }
  return {
    async run(argv, devices, error) {
      await lvm(argv, devices, error);
    },
    async report(kind, columns, devices, target) {
      if (devices.length === 0) return [];
      const argv = [
        kind,
        '--reportformat',
        'json',
        '--units',
        'b',
        '--nosuffix',
        '-o',
        columns.join(','),
        ...(target === undefined ? [] : [target]),
      ];
      const text = await lvm(argv, devices, kind === 'lvs' ? 'LogicalVolumesListError' : 'VolumeGroupScanError');
      const key = kind.slice(0, 2);
      const parsed = JSON.parse(text) as { report: Record<string, LvmRow[]>[] };
      return parsed.report.flatMap((part) => part[key] ?? []);
    },
  };
}
