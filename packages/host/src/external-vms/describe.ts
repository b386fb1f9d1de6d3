import { child, childrenNamed, descend, textOf } from '../domain-xml/element.ts';
import type { XmlElement } from '../domain-xml/element.ts';
import { parseXml } from '../domain-xml/parse.ts';

/** A disk of another manager's VM (VDSM schema, ExternalDiskInfo). */
export interface ExternalDisk {
  type: string;
  dev: string;
  /** Our own: `virtio`, `sata`… */
  bus?: string;
  /** Its path there, or pool and volume. */
  alias: string;
  format?: 'COW' | 'RAW';
  capacity?: string;
  allocation?: string;
}

/** Another manager's VM (VDSM schema, ExternalVmInfo). */
export interface ExternalVm {
  vmId: string;
  vmName: string;
  status: 'Up' | 'Down';
  arch: string;
  /** MiB. */
  memSize: number;
  smp: number;
  disks: ExternalDisk[];
  networks: { type: string; macAddr?: string; bridge?: string; dev?: string; model?: string }[];
  graphics?: string;
  video?: string;
  has_snapshots: boolean;
}

/** Where a disk's data is, for libvirt's client. */
export type DiskPlace = { path: string } | { pool: string; volume: string };

const kib = 1024;
const units: Readonly<Record<string, number>> = {
  b: 1,
  bytes: 1,
  k: kib,
  kib: kib,
  m: kib ** 2,
  mib: kib ** 2,
  g: kib ** 3,
  gib: kib ** 3,
  t: kib ** 4,
  tib: kib ** 4,
};
/** What a VM of elsewhere may have: what a stranger says goes no further. */
const maximum = { disks: 64, networks: 64, memoryMib: 64 * kib ** 2, processors: 1024 } as const;

const formats: Readonly<Record<string, 'COW' | 'RAW'>> = { qcow2: 'COW', raw: 'RAW' };

const attribute = (node: XmlElement | undefined, name: string): string => node?.attributes.get(name) ?? '';

function placeOf(disk: XmlElement): DiskPlace | undefined {
  const source = child(disk, 'source');
  const [path, pool, volume] = [
    attribute(source, 'file') || attribute(source, 'dev'),
    attribute(source, 'pool'),
    attribute(source, 'volume'),
  ];
  if (pool !== '' && volume !== '') return { pool, volume };
  return path === '' ? undefined : { path };
}

const aliasOf = (place: DiskPlace): string => ('path' in place ? place.path : `${place.pool}/${place.volume}`);

/** Disks with data, in the document's order; CDs and floppies are none. */
export const placesOf = (root: XmlElement): { disk: XmlElement; place: DiskPlace | undefined }[] =>
  childrenNamed(child(root, 'devices') ?? root, 'disk')
    .filter((disk) => ['', 'disk', 'lun'].includes(attribute(disk, 'device')))
    .slice(0, maximum.disks)
    .map((disk) => ({ disk, place: placeOf(disk) }));

/** Sizes as `virsh domblkinfo --all` tells them, by the disks' targets: bytes. */
export function readSizes(text: string): Map<string, { capacity: string; allocation: string }> {
  const sizes = new Map<string, { capacity: string; allocation: string }>();
  for (const line of text.split('\n')) {
    const [, target, capacity, allocation] = /^\s*(\S+)\s+(\d{1,16})\s+(\d{1,16})\s+\d+\s*$/.exec(line) ?? [];
    if (target !== undefined && capacity !== undefined && allocation !== undefined) sizes.set(target, { capacity, allocation });
  }
  return sizes;
}

function memoryMib(root: XmlElement): number {
  const node = child(root, 'currentMemory') ?? child(root, 'memory');
  const bytes = Number(textOf(node)) * (units[(attribute(node, 'unit') || 'KiB').toLowerCase()] ?? Number.NaN);
  const mib = Math.floor(bytes / kib ** 2);
  return Number.isSafeInteger(mib) && mib > 0 ? Math.min(mib, maximum.memoryMib) : 0;
}

/**
 * What a domain's document and its manager tell of a VM. Pure.
 * @throws XmlError for a document that is none
 */
export function describeVm(
  xml: string,
  { sizes, running, snapshots }: { sizes: ReturnType<typeof readSizes>; running: boolean; snapshots: boolean },
): ExternalVm {
  const root = parseXml(xml);
  const devices = child(root, 'devices') ?? root;
  const [graphics, video] = [attribute(child(devices, 'graphics'), 'type'), attribute(descend(devices, 'video', 'model'), 'type')];
  return {
    vmId: textOf(child(root, 'uuid')),
    vmName: textOf(child(root, 'name')),
    status: running ? 'Up' : 'Down',
    arch: attribute(descend(root, 'os', 'type'), 'arch'),
    memSize: memoryMib(root),
    smp: Math.min(maximum.processors, Math.max(1, Math.floor(Number(textOf(child(root, 'vcpu')))) || 1)),
    disks: placesOf(root).map(({ disk, place }) => {
      const dev = attribute(child(disk, 'target'), 'dev');
      const bus = attribute(child(disk, 'target'), 'bus');
      const format = formats[attribute(child(disk, 'driver'), 'type')];
      return {
        type: attribute(disk, 'device') || 'disk',
        dev,
        ...(bus === '' ? {} : { bus }),
        alias: place === undefined ? '' : aliasOf(place),
        ...(format === undefined ? {} : { format }),
        ...sizes.get(dev),
      };
    }),
    networks: childrenNamed(devices, 'interface')
      .slice(0, maximum.networks)
      .map((nic) => {
        const said = {
          macAddr: attribute(child(nic, 'mac'), 'address'),
          bridge: attribute(child(nic, 'source'), 'bridge'),
          dev: attribute(child(nic, 'target'), 'dev'),
          model: attribute(child(nic, 'model'), 'type'),
        };
        return { type: attribute(nic, 'type'), ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== '')) };
      }),
    ...(graphics === '' ? {} : { graphics }),
    ...(video === '' ? {} : { video }),
    has_snapshots: snapshots,
  };
}
