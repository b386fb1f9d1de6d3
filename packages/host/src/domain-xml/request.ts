import { isUuid } from '../uuid.ts';
import { bootVolumes, readBootFiles } from './boot-files.ts';
import { child, childrenNamed, elements, textOf, walk } from './element.ts';
import type { XmlElement } from './element.ts';
import { findDevice, readVmMetadata } from './metadata.ts';
import type { VmMetadata } from './metadata.ts';
import { parseXml } from './parse.ts';
import { DomainRequestError } from './request-error.ts';

export { DomainRequestError };

/** The four names of one volume. */
export interface VolumeIds {
  poolId: string;
  domainId: string;
  imageId: string;
  volumeId: string;
}

/** Where the content of a disk comes from. */
export type DiskSource =
  | { kind: 'volume'; ids: VolumeIds }
  /** A LUN that is the disk, by the name that engines know it by. */
  | { kind: 'lun'; guid: string }
  /** Files that the metadata carries, to be shown to the guest as a small image. */
  | { kind: 'payload' }
  /** A drive without a medium. */
  | { kind: 'empty' };

/** One disk of a domain that shall start. */
export interface DiskRequest {
  /** Target device name; unique in a domain. */
  target: string;
  device: string;
  source: DiskSource;
  node: XmlElement;
}

/** A domain as the engine wants it, checked, before anything of the host is known. */
export interface DomainRequest {
  vmId: string;
  name: string;
  domain: XmlElement;
  metadata: VmMetadata;
  disks: DiskRequest[];
  /** The volumes that it boots a kernel from. */
  bootVolumes: VolumeIds[];
  /** The guest's reboot ends the VM ("run once" configurations). */
  destroyOnReboot: boolean;
  launchPaused: boolean;
}

/** Counts beyond what the contract's hypervisors can attach. */
export const domainLimits = { disks: 256, devices: 2000, nameCharacters: 255 } as const;

/** What the source of a drive without a medium may still say. */
const emptySourceAttributes = new Set(['file', 'dev', 'startupPolicy', 'index']);

/** Names of LUNs: of multipath devices, or targets with numbers. */
const guidPattern = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,255}$/;

const repositoryPath = /\/([^/]+)\/([^/]+)\/images\/([^/]+)\/([^/]+)$/;

/** Kinds of character devices whose other end is no file of the host. */
const characterDeviceTypes = ['pty', 'unix', 'spicevmc'];

/** The devices that are accepted, with the attribute that is checked and what it may be. */
const acceptedDevices: Record<string, { attribute: string; values: string[]; absent: string } | null> = {
  disk: { attribute: 'type', values: ['file', 'block', 'network'], absent: 'file' },
  interface: { attribute: 'type', values: ['bridge', 'hostdev'], absent: '' },
  serial: { attribute: 'type', values: characterDeviceTypes, absent: 'pty' },
  console: { attribute: 'type', values: characterDeviceTypes, absent: 'pty' },
  channel: { attribute: 'type', values: characterDeviceTypes, absent: 'pty' },
  redirdev: { attribute: 'type', values: characterDeviceTypes, absent: 'pty' },
  smartcard: { attribute: 'mode', values: ['passthrough'], absent: '' },
  graphics: { attribute: 'type', values: ['vnc', 'spice'], absent: '' },
  audio: { attribute: 'type', values: ['none', 'spice'], absent: '' },
  tpm: null,
  controller: null,
  emulator: null,
  hostdev: null,
  hub: null,
  input: null,
  iommu: null,
  lease: null,
  memballoon: null,
  memory: null,
  panic: null,
  rng: null,
  sound: null,
  video: null,
  watchdog: null,
};

/** Where random numbers for a guest may come from. */
const randomSources = new Set(['', '/dev/random', '/dev/urandom', '/dev/hwrng']);

function volumeIds(parts: { poolId: unknown; domainId: unknown; imageId: unknown; volumeId: unknown }): VolumeIds | undefined {
  const { poolId, domainId, imageId, volumeId } = parts;
  if (!isUuid(poolId) || !isUuid(domainId) || !isUuid(imageId) || !isUuid(volumeId)) return undefined;
  return { poolId, domainId, imageId, volumeId };
}

function readDiskSource(disk: XmlElement, target: string, metadata: VmMetadata, foreign: 'refuse' | 'empty'): DiskSource {
  const source = child(disk, 'source');
  const path = source?.attributes.get('file') ?? source?.attributes.get('dev') ?? '';
  if (path === 'PAYLOAD:') return { kind: 'payload' };
  const values = findDevice(metadata, { devtype: 'disk', name: target })?.values ?? {};
  const guid = values['GUID'];
  if (guid !== undefined) {
    if (typeof guid !== 'string' || !guidPattern.test(guid)) throw new DomainRequestError(`Disk ${target} is a LUN without a usable name`);
    return { kind: 'lun', guid };
  }
  if (disk.attributes.get('type') === 'network')
    throw new DomainRequestError(`Disk ${target} is a network disk, which this host agent attaches only when it is a LUN`);
  if (path === '') {
    if ([...(source?.attributes.keys() ?? [])].some((name) => !emptySourceAttributes.has(name)))
      throw new DomainRequestError(`Disk ${target} has a source of a kind that is not known`);
    return { kind: 'empty' };
  }
  const stated = volumeIds({
    poolId: values['poolID'],
    domainId: values['domainID'],
    imageId: values['imageID'],
    volumeId: values['volumeID'],
  });
  if (stated) return { kind: 'volume', ids: stated };
  const match = repositoryPath.exec(path);
  const derived = match && volumeIds({ poolId: match[1], domainId: match[2], imageId: match[3], volumeId: match[4] });
  if (!derived && foreign === 'empty') return { kind: 'empty' };
  if (!derived) throw new DomainRequestError(`Disk ${target} has a source outside of the storage repository`);
  return { kind: 'volume', ids: derived };
}

/**
 * The disks of a domain, with the volumes that they show.
 *
 * @param foreign what a file outside of the repository is: a reason to refuse, or a medium that is gone
 * @throws DomainRequestError
 */
export function readDiskRequests(devices: XmlElement, metadata: VmMetadata, foreign: 'refuse' | 'empty' = 'refuse'): DiskRequest[] {
  const disks = childrenNamed(devices, 'disk');
  if (disks.length > domainLimits.disks) throw new DomainRequestError(`More than ${domainLimits.disks} disks`);
  const seen = new Set<string>();
  return disks.map((node) => {
    const target = child(node, 'target')?.attributes.get('dev') ?? '';
    if (!/^[a-z]{1,8}$/.test(target)) throw new DomainRequestError('A disk has no usable target device');
    if (seen.has(target)) throw new DomainRequestError(`Two disks have the target ${target}`);
    seen.add(target);
    return { target, device: node.attributes.get('device') ?? 'disk', source: readDiskSource(node, target, metadata, foreign), node };
  });
}

/**
 * A domain reaches nothing of the host but what this agent prepares for it.
 *
 * @param domain the whole document, `devices` the part of it that lists devices
 * @throws DomainRequestError
 */
export function refuseHostAccess(domain: XmlElement, devices: XmlElement): void {
  for (const node of walk(domain)) {
    if (node.name === 'qemu:commandline') throw new DomainRequestError('Command line arguments for QEMU are not accepted');
  }
  readBootFiles(domain);
  for (const node of elements(devices)) {
    const rule = acceptedDevices[node.name];
    if (rule === undefined) throw new DomainRequestError(`A device ${node.name} is not accepted`);
    const value = rule ? (node.attributes.get(rule.attribute) ?? rule.absent) : '';
    if (rule && !rule.values.includes(value))
      throw new DomainRequestError(`A device ${node.name} with ${rule.attribute} '${value}' is not accepted`);
    if (child(node, 'log') ?? child(node, 'mirror'))
      throw new DomainRequestError(`A device ${node.name} with a log or a mirror is not accepted`);
    const backing = child(node, 'backingStore');
    if (backing && elements(backing).length > 0)
      throw new DomainRequestError('The backing chain of a disk is found by the host, it is not accepted from outside');
    if (node.name === 'rng' && !randomSources.has(textOf(child(node, 'backend'))))
      throw new DomainRequestError('A source of random numbers is not accepted');
  }
}

/**
 * Reads a domain document of a VM, from an engine or from another host, and checks what both have in common.
 *
 * @throws XmlError when it is no XML, DomainRequestError
 */
export function readDomainDocument(vmId: string, xml: string): { domain: XmlElement; devices: XmlElement; name: string } {
  const domain = parseXml(xml);
  if (domain.name !== 'domain') throw new DomainRequestError('The document is no libvirt domain');
  const uuid = textOf(child(domain, 'uuid'));
  if (uuid.toLowerCase() !== vmId) throw new DomainRequestError('The UUID of the domain is not that of the VM');
  const name = textOf(child(domain, 'name'));
  if (name === '' || name.length > domainLimits.nameCharacters || name.includes('/'))
    throw new DomainRequestError('The domain has no usable name');
  const devices = child(domain, 'devices');
  if (!devices) throw new DomainRequestError('The domain has no devices');
  if (elements(devices).length > domainLimits.devices) throw new DomainRequestError(`More than ${domainLimits.devices} devices`);
  return { domain, devices, name };
}

/**
 * Reads the domain document of `VM.create` (VDSM schema, VmParameters.xml) and checks it.
 *
 * @throws XmlError when it is no XML, DomainRequestError when it can't be started
 */
export function readDomainRequest(vmId: string, xml: string): DomainRequest {
  const { domain, devices, name } = readDomainDocument(vmId, xml);
  refuseHostAccess(domain, devices);
  const metadata = readVmMetadata(domain);
  return {
    vmId,
    name,
    domain,
    metadata,
    disks: readDiskRequests(devices, metadata),
    bootVolumes: bootVolumes(domain),
    destroyOnReboot: textOf(child(domain, 'on_reboot')) === 'destroy' || metadata.values['destroy_on_reboot'] === true,
    launchPaused: metadata.values['launchPaused'] === true || metadata.values['launchPaused'] === 'true',
  };
}
