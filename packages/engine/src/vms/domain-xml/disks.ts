import { element, type Element } from './element.ts';

/** Limits of a storage QoS by the contract's names. */
export type DiskQos = Partial<
  Record<'max_throughput' | 'max_read_throughput' | 'max_write_throughput' | 'max_iops' | 'max_read_iops' | 'max_write_iops', number>
>;

/** A LUN that is a disk of a VM. */
export interface LunSource {
  /** The name that hosts know it by. */
  guid: string;
  /** Which SCSI commands the guest may send to it; null: none, it is an ordinary disk. */
  sgio: 'filtered' | 'unfiltered' | null;
  /** The guest makes SCSI reservations. */
  reserves: boolean;
}

/** A disk of a VM as its domain needs it. */
export interface DiskDevice {
  diskId: string;
  /** The active volume; empty for a LUN. */
  volumeId: string;
  /** Empty for a LUN. */
  storageDomainId: string;
  /** The data center, which hosts call the pool. */
  poolId: string;
  storage: 'file' | 'block';
  interface: 'virtio' | 'virtio_scsi' | 'sata' | 'ide';
  format: 'raw' | 'cow';
  readOnly: boolean;
  shareable: boolean;
  passDiscard: boolean;
  propagateErrors: boolean;
  bootOrder: number | null;
  /** What its storage QoS allows: MB and operations a second; none without one. */
  qos: DiskQos | null;
  /** How the host caches what is written; missing: not at all. */
  cache?: 'none' | 'writeback' | 'writethrough';
  /** The disk is this LUN. */
  lun?: LunSource;
  /** Position among the disks whose targets begin alike, from 0. */
  index: number;
}

/** A CD in the drive: an ISO disk of a data domain. */
export interface CdromDevice {
  diskId: string;
  volumeId: string;
  storageDomainId: string;
  poolId: string;
  bootOrder: number | null;
}

/** Alias of a device of ours: libvirt keeps aliases with this prefix as they are. */
export const alias = (id: string): string => `ua-${id}`;

const buses = {
  virtio: { bus: 'virtio', prefix: 'vd' },
  virtio_scsi: { bus: 'scsi', prefix: 'sd' },
  sata: { bus: 'sata', prefix: 'sd' },
  ide: { bus: 'ide', prefix: 'hd' },
} as const;
/** The places of the CD drive and the payload behind it, which disks with names of the same kind step over. */
const driveIndex = 2;
const drives = { sd: 2, hd: 1, vd: 0 } as const;

/** Device name within the guest: vda, vdb … vdz, vdaa … */
function letters(index: number): string {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last;
}

/** Target device of a disk, such as `vda`; disks that could be named like the CD drives leave room for them. */
export function targetOf(disk: Pick<DiskDevice, 'interface' | 'index'>): string {
  const { prefix } = buses[disk.interface];
  return prefix + letters(disk.index >= driveIndex ? disk.index + drives[prefix] : disk.index);
}

/** Disks whose targets begin alike: SCSI and SATA disks are named in one row. */
export const rowOf = (disk: Pick<DiskDevice, 'interface'>): string => buses[disk.interface].prefix;

/** The first place in a disk's row whose target is not taken. */
export function freeIndex(disk: Pick<DiskDevice, 'interface'>, taken: ReadonlySet<string>): number {
  let index = 0;
  while (taken.has(targetOf({ ...disk, index }))) index += 1;
  return index;
}

/** Where hosts find a volume. Source: VDSM, storage repository. */
export const repositoryPath = (disk: { poolId: string; storageDomainId: string; diskId: string; volumeId: string }): string =>
  `/rhev/data-center/${disk.poolId}/${disk.storageDomainId}/images/${disk.diskId}/${disk.volumeId}`;

const megabyte = 1024 * 1024;
/** Limits as libvirt wants them, in its order. */
const tuning: readonly [name: string, limit: keyof DiskQos, factor: number][] = [
  ['total_bytes_sec', 'max_throughput', megabyte],
  ['read_bytes_sec', 'max_read_throughput', megabyte],
  ['write_bytes_sec', 'max_write_throughput', megabyte],
  ['total_iops_sec', 'max_iops', 1],
  ['read_iops_sec', 'max_read_iops', 1],
  ['write_iops_sec', 'max_write_iops', 1],
];

/** All limits as libvirt names them; 0 is none. */
export const tuningOf = (qos: DiskQos | null): Record<string, number> =>
  Object.fromEntries(tuning.map(([name, limit, factor]) => [name, (qos?.[limit] ?? 0) * factor]));

function tuneElement(qos: DiskQos | null): Element | null {
  const limits = tuning.flatMap(([name, limit, factor]) => {
    const value = qos?.[limit];
    return value === undefined ? [] : [element(name, {}, value * factor)];
  });
  return limits.length === 0 ? null : element('iotune', {}, limits);
}

/** Whether the guest speaks SCSI with the LUN itself. */
const isPassedOn = ({ lun, interface: bus }: DiskDevice): boolean => lun?.sgio != null && bus === 'virtio_scsi';

function sourceElement(disk: DiskDevice): Element {
  const label = element('seclabel', { model: 'dac', type: 'none', relabel: 'no' });
  if (disk.lun)
    return element('source', { dev: `/dev/mapper/${disk.lun.guid}` }, [
      label,
      isPassedOn(disk) && disk.lun.reserves && element('reservations', { managed: 'yes' }),
    ]);
  const path = repositoryPath(disk);
  return element('source', disk.storage === 'file' ? { file: path } : { dev: path.replace(disk.poolId, 'mnt/blockSD') }, [label]);
}

/** `<disk>` of an image, or of a LUN. */
export function diskElement(disk: DiskDevice, plan: { ioThreads: number }): Element {
  const onThread = plan.ioThreads > 0 && disk.interface === 'virtio';
  const scsi = disk.interface === 'virtio_scsi';
  const cache = disk.cache ?? 'none';
  const passedOn = isPassedOn(disk);
  const kind = {
    snapshot: 'no',
    type: disk.storage,
    device: passedOn ? 'lun' : 'disk',
    ...(passedOn ? { sgio: disk.lun?.sgio ?? '' } : {}),
  };
  return element('disk', kind, [
    element('target', { dev: targetOf(disk), bus: buses[disk.interface].bus }),
    sourceElement(disk),
    element('driver', {
      name: 'qemu',
      ...(onThread ? { iothread: 1 } : {}),
      // The kernel's own queue of requests goes past every cache.
      io: disk.storage === 'file' || cache !== 'none' ? 'threads' : 'native',
      type: disk.format === 'cow' ? 'qcow2' : 'raw',
      error_policy: disk.propagateErrors ? 'report' : 'stop',
      cache,
      ...(disk.passDiscard ? { discard: 'unmap' } : {}),
    }),
    tuneElement(disk.qos),
    element('alias', { name: alias(disk.diskId) }),
    scsi && element('address', { type: 'drive', controller: 0, bus: 0, target: 0, unit: disk.index }),
    disk.bootOrder !== null && element('boot', { order: disk.bootOrder }),
    // A LUN that the guest speaks with tells its own.
    !passedOn && element('serial', {}, disk.diskId),
    disk.readOnly && element('readonly'),
    disk.shareable && element('shareable'),
  ]);
}

/** Target device of the CD drive. */
export const cdromTarget = (bus: 'sata' | 'ide'): string => `${buses[bus].prefix}c`;

/** `<disk device="cdrom">`: every VM has the drive, with or without a disc in it. */
export function cdromElement(cdrom: CdromDevice | null, bus: 'sata' | 'ide'): Element {
  return element('disk', { type: 'file', device: 'cdrom', snapshot: 'no' }, [
    element('driver', { name: 'qemu', type: 'raw', error_policy: 'report' }),
    element('source', { file: cdrom ? repositoryPath(cdrom) : '', startupPolicy: 'optional' }, [
      element('seclabel', { model: 'dac', type: 'none', relabel: 'no' }),
    ]),
    element('target', { dev: cdromTarget(bus), bus }),
    element('readonly'),
    cdrom?.bootOrder != null && element('boot', { order: cdrom.bootOrder }),
  ]);
}

/** The metadata by which hosts find the volumes of a disk. Source: VDSM, metadata schema. */
export const diskMetadata = (disk: DiskDevice): Element =>
  disk.lun
    ? element('ovirt-vm:device', { devtype: 'disk', name: targetOf(disk) }, [element('ovirt-vm:GUID', {}, disk.lun.guid)])
    : volumeMetadata(targetOf(disk), disk, disk.shareable);

/** The same of a CD. */
export const cdromMetadata = (cdrom: CdromDevice, bus: 'sata' | 'ide'): Element => volumeMetadata(cdromTarget(bus), cdrom, false);

const volumeMetadata = (target: string, disk: Omit<CdromDevice, 'bootOrder'>, shareable: boolean): Element =>
  element('ovirt-vm:device', { devtype: 'disk', name: target }, [
    element('ovirt-vm:poolID', {}, disk.poolId),
    element('ovirt-vm:volumeID', {}, disk.volumeId),
    element('ovirt-vm:imageID', {}, disk.diskId),
    element('ovirt-vm:domainID', {}, disk.storageDomainId),
    shareable && element('ovirt-vm:shared', {}, 'shared'),
  ]);
