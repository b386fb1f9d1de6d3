import { basename, dirname } from 'node:path';
import { VdsmError } from '@virgate/vdsm';
import { child, childrenNamed, element, elements, removeChildren, setText, walk } from '../domain-xml/element.ts';
import type { XmlElement } from '../domain-xml/element.ts';
import { localName, readVmMetadata } from '../domain-xml/metadata.ts';
import { parseXml } from '../domain-xml/parse.ts';
import type { PreparedVolume } from '../domain-xml/environment.ts';
import type { VolumeIds } from '../domain-xml/request.ts';
import { isUuid, readUuid } from '../verb.ts';
import { editMetadata } from './metadata-state.ts';
import type { VmRegistry } from './registry.ts';
import type { Vm } from './vm.ts';

/** Most layers of one disk that are followed. */
const maximumLayers = 256;

/** One file of a disk's chain as QEMU has it open. */
export interface Layer {
  volumeId: string;
  path: string;
  /** How libvirt names the layer, such as `vda[2]`. */
  name: string;
}

/** What a block job does with a disk at the moment. */
export interface Mirror {
  /** libvirt's word: `copy`, `active-commit`. */
  job: string;
  path: string;
  /** How libvirt names it, as {@link Layer.name}; undefined where libvirt gives it no number. */
  name: string | undefined;
  format: string;
  /** It is a device: a volume of a block domain. */
  isBlockDevice: boolean;
  /** What is written to, where it is a volume of a known storage domain. */
  volume: { domainId: string; imageId: string; volumeId: string } | undefined;
  /** Both sides are alike: the disk can go over. */
  ready: boolean;
}

/** A disk with an image of the storage repository, as a running VM has it. */
export interface Drive {
  target: string;
  /** The volume that QEMU writes to, which the file itself tells. */
  ids: VolumeIds;
  path: string;
  format: string;
  /** The chain, the volume that is written to first. */
  layers: Layer[];
  mirror: Mirror | undefined;
  shared: boolean;
  readOnly: boolean;
  /** It is a device: the volume is of a block domain. */
  isBlockDevice: boolean;
}

/** How a document of libvirt names a volume that is ready: the disk's type and its source. */
export const sourceOf = (volume: PreparedVolume): { type: 'file' | 'block'; source: XmlElement } =>
  volume.isBlockDevice === true
    ? { type: 'block', source: element('source', { dev: volume.path }) }
    : { type: 'file', source: element('source', { file: volume.path }) };

/** The volume of a path: the repository names files by their volumes, folders by images and storage domains. */
const volumeOf = (path: string): { domainId: string | undefined; imageId: string; volumeId: string } | undefined => {
  const image = dirname(path);
  const [imageId, volumeId, domainId] = [basename(image), basename(path), basename(dirname(dirname(image)))].map((id) => id.toLowerCase());
  if (!isUuid(imageId) || !isUuid(volumeId)) return undefined;
  return { domainId: isUuid(domainId) ? domainId : undefined, imageId, volumeId };
};

const sourcePath = (node: XmlElement): string => {
  const source = child(node, 'source');
  return source?.attributes.get('file') ?? source?.attributes.get('dev') ?? '';
};

function layersOf(disk: XmlElement, target: string): Layer[] {
  const layers: Layer[] = [];
  let node: XmlElement | undefined = disk;
  while (node && layers.length < maximumLayers) {
    const path = sourcePath(node);
    if (path === '') break;
    const index: string | undefined = node === disk ? child(disk, 'source')?.attributes.get('index') : node.attributes.get('index');
    layers.push({ path, volumeId: volumeOf(path)?.volumeId ?? '', name: index === undefined ? target : `${target}[${index}]` });
    node = child(node, 'backingStore');
  }
  return layers;
}

function mirrorOf(disk: XmlElement, target: string, layers: readonly Layer[]): Mirror | undefined {
  const mirror = child(disk, 'mirror');
  if (!mirror) return undefined;
  const path = sourcePath(mirror) || (mirror.attributes.get('file') ?? '');
  const volume = volumeOf(path);
  const index = child(mirror, 'source')?.attributes.get('index');
  return {
    // the target of a merge is a layer of the disk
    name: layers.find((layer) => layer.path === path)?.name ?? (index === undefined ? undefined : `${target}[${index}]`),
    format: child(mirror, 'format')?.attributes.get('type') ?? 'raw',
    isBlockDevice: mirror.attributes.get('type') === 'block',
    job: mirror.attributes.get('job') ?? '',
    path,
    volume: volume?.domainId === undefined ? undefined : { ...volume, domainId: volume.domainId },
    ready: mirror.attributes.get('ready') === 'yes',
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value.toLowerCase() : '');

/** The disks of a running domain's document; pure. */
export function drivesOf(xml: string): Drive[] {
  const domain = parseXml(xml);
  const devices = child(domain, 'devices');
  const { devices: told } = readVmMetadata(domain);
  return (devices ? childrenNamed(devices, 'disk') : []).flatMap((disk): Drive[] => {
    const target = child(disk, 'target')?.attributes.get('dev') ?? '';
    const path = sourcePath(disk);
    const volume = volumeOf(path);
    if (!volume || (disk.attributes.get('device') ?? 'disk') !== 'disk') return [];
    const values = told.find((one) => one.identity['devtype'] === 'disk' && one.identity['name'] === target)?.values ?? {};
    const layers = layersOf(disk, target);
    return [
      {
        target,
        ids: { ...volume, poolId: textOf(values['poolID']), domainId: volume.domainId ?? textOf(values['domainID']) },
        path,
        format: child(disk, 'driver')?.attributes.get('type') ?? 'raw',
        layers,
        mirror: mirrorOf(disk, target, layers),
        shared: child(disk, 'shareable') !== undefined || values['shared'] === 'transient' || values['shared'] === 'shared',
        readOnly: child(disk, 'readonly') !== undefined,
        isBlockDevice: disk.attributes.get('type') === 'block',
      },
    ];
  });
}

/** The disks of a running VM as libvirt has them now. */
export const readDrives = async (vms: VmRegistry, vm: Vm): Promise<Drive[]> =>
  drivesOf(await vms.call(vm, 'query', (connection) => connection.domainGetXMLDesc(vm.vmId)));

/** The disk with an image. @throws VdsmError with the verb's own code when the VM has no such disk */
export async function findDrive(vms: VmRegistry, vm: Vm, imageId: string, code: number): Promise<Drive> {
  const drive = (await readDrives(vms, vm)).find((one) => one.ids.imageId === imageId);
  if (!drive) throw new VdsmError(code, `Virtual machine ${vm.vmId} has no disk with image ${imageId}`);
  return drive;
}

/** The four names of a volume as verbs carry them. @throws VdsmError 11, 91 */
export const readDriveSpec = (spec: Record<string, unknown>): VolumeIds => ({
  poolId: readUuid(spec, 'poolID'),
  domainId: readUuid(spec, 'domainID'),
  imageId: readUuid(spec, 'imageID'),
  volumeId: readUuid(spec, 'volumeID'),
});

/** As {@link readDriveSpec}, of a disk that some verbs name without its pool. */
export const readImageSpec = (spec: Record<string, unknown>): Omit<VolumeIds, 'poolId'> => ({
  domainId: readUuid(spec, 'domainID'),
  imageId: readUuid(spec, 'imageID'),
  volumeId: readUuid(spec, 'volumeID'),
});

function leaf(name: string, text: string): XmlElement {
  const made = element(name);
  setText(made, text);
  return made;
}

const chainElement = (drive: Drive): XmlElement =>
  element(
    'volumeChain',
    {},
    [...drive.layers]
      .reverse()
      .map((layer) =>
        element('volumeChainNode', {}, [
          leaf('domainID', drive.ids.domainId),
          leaf('imageID', drive.ids.imageId),
          leaf('volumeID', layer.volumeId),
          leaf('path', layer.path),
          leaf('leasePath', `${layer.path}.lease`),
          leaf('leaseOffset', '0'),
        ]),
      ),
  );

function deviceOf(metadata: XmlElement, target: string): XmlElement {
  const found = elements(metadata).find(
    (node) => localName(node) === 'device' && node.attributes.get('devtype') === 'disk' && node.attributes.get('name') === target,
  );
  if (found) return found;
  const made = element(`${metadata.name.slice(0, metadata.name.indexOf(':') + 1)}device`, { devtype: 'disk', name: target });
  metadata.children.push(made);
  return made;
}

/** Replaces children of a disk's metadata; `undefined` takes one out. */
export const setDeviceChildren = (metadata: XmlElement, target: string, values: Record<string, XmlElement | string | undefined>): void => {
  const prefix = metadata.name.slice(0, metadata.name.indexOf(':') + 1);
  const device = deviceOf(metadata, target);
  for (const [name, value] of Object.entries(values)) {
    removeChildren(device, (node) => localName(node) === name);
    if (value === undefined) continue;
    const made = typeof value === 'string' ? leaf(name, value) : value;
    for (const node of walk(made)) node.name = prefix + localName(node);
    device.children.push(made);
  }
};

/**
 * Writes down what disks are now, after a change: volume, place and chain in the domain's metadata, and the volumes that are let go at the
 * VM's end. What else there is to write down goes in the same turn, so that no crash can part them.
 */
export async function keepDrives(
  vms: VmRegistry,
  vm: Vm,
  places: ReadonlyMap<string, Pick<VolumeIds, 'poolId' | 'domainId'>>,
  also: (metadata: XmlElement, drives: readonly Drive[]) => void = () => undefined,
): Promise<Drive[]> {
  const drives = (await readDrives(vms, vm)).map((drive) => ({ ...drive, ids: { ...drive.ids, ...places.get(drive.ids.imageId) } }));
  await editMetadata(vms, vm, (metadata) => {
    for (const drive of drives) {
      if (!places.has(drive.ids.imageId)) continue;
      const { poolId, domainId, imageId, volumeId } = drive.ids;
      setDeviceChildren(metadata, drive.target, {
        poolID: poolId,
        domainID: domainId,
        imageID: imageId,
        volumeID: volumeId,
        volumeChain: chainElement(drive),
      });
    }
    also(metadata, drives);
  });
  vm.volumes = vm.volumes.map((volume) => {
    const drive = places.has(volume.imageId) ? drives.find((one) => one.ids.imageId === volume.imageId) : undefined;
    return drive ? drive.ids : volume;
  });
  await vms.save(vm);
  await vms.refreshFacts(vm);
  return drives;
}
