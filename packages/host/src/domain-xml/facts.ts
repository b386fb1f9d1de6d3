import { createHash } from 'node:crypto';
import { child, childrenNamed, descend, textOf } from './element.ts';
import type { XmlElement } from './element.ts';
import { findDevice, readVmMetadata } from './metadata.ts';
import type { VmMetadata } from './metadata.ts';
import { parseXml } from './parse.ts';
import { writeXml } from './write.ts';

export interface DiskFacts {
  target: string;
  device: string;
  path: string;
  imageId: string | undefined;
  /** The name of the LUN that the disk is. */
  lunGuid: string | undefined;
  serial: string;
  /** An I/O thread works on it. */
  onIoThread: boolean;
}
export interface NicFacts {
  macAddress: string;
  /** The host's end of the guest's NIC. */
  hostDevice: string;
  model: string;
}
export interface GraphicsFacts {
  type: 'vnc' | 'spice';
  port: string;
  tlsPort: string;
  address: string;
}

/** What a running domain's document says that statistics and events need. */
export interface DomainFacts {
  name: string;
  uuid: string;
  memoryKib: number;
  vcpus: number;
  acpi: boolean;
  machine: string;
  architecture: string;
  cpuModel: string;
  clockOffsetSeconds: string;
  hasBalloon: boolean;
  hasAgentChannel: boolean;
  hasLease: boolean;
  /** Where oVirt's own agent in the guest is spoken to. */
  ovirtAgentSocket: string | undefined;
  /** What of the VM lies in files of the host beside its disks. */
  externalData: ('tpm' | 'nvram')[];
  disks: DiskFacts[];
  nics: NicFacts[];
  graphics: GraphicsFacts[];
  /** The guest's serial port that can be looked at: at a unix socket, or (null) only through libvirt. */
  serialConsole: { socketPath: string | null } | undefined;
  metadata: VmMetadata;
  /** Changes when a device does: hexadecimal digits. */
  devicesHash: string;
}

const kibibytesPerUnit: Record<string, number> = {
  b: 1 / 1024,
  bytes: 1 / 1024,
  k: 1,
  kib: 1,
  m: 1024,
  mib: 1024,
  g: 1024 ** 2,
  gib: 1024 ** 2,
};

function memoryKib(node: XmlElement | undefined): number {
  const unit = node?.attributes.get('unit')?.toLowerCase() ?? 'kib';
  return Math.floor(Number(textOf(node)) * (kibibytesPerUnit[unit] ?? 1)) || 0;
}

const isOnIoThread = (device: XmlElement): boolean => child(device, 'driver')?.attributes.has('iothread') === true;

function diskFacts(disk: XmlElement, controllers: readonly XmlElement[], metadata: VmMetadata): DiskFacts {
  const target = child(disk, 'target')?.attributes.get('dev') ?? '';
  const source = child(disk, 'source');
  const { imageID: imageId, GUID: lunGuid } = findDevice(metadata, { devtype: 'disk', name: target })?.values ?? {};
  return {
    target,
    device: disk.attributes.get('device') ?? 'disk',
    path: source?.attributes.get('file') ?? source?.attributes.get('dev') ?? '',
    imageId: typeof imageId === 'string' ? imageId : undefined,
    lunGuid: typeof lunGuid === 'string' ? lunGuid : undefined,
    serial: textOf(child(disk, 'serial')),
    onIoThread:
      isOnIoThread(disk) ||
      (child(disk, 'target')?.attributes.get('bus') === 'scsi' &&
        controllers.some((controller) => controller.attributes.get('type') === 'scsi' && isOnIoThread(controller))),
  };
}

function graphicsFacts(node: XmlElement): GraphicsFacts[] {
  const type = node.attributes.get('type');
  if (type !== 'vnc' && type !== 'spice') return [];
  return [
    {
      type,
      port: node.attributes.get('port') ?? '-1',
      tlsPort: node.attributes.get('tlsPort') ?? '-1',
      address: child(node, 'listen')?.attributes.get('address') ?? node.attributes.get('listen') ?? '',
    },
  ];
}

function serialConsoleFacts(node: XmlElement): { socketPath: string | null } {
  const path = child(node, 'source')?.attributes.get('path');
  return { socketPath: node.attributes.get('type') === 'unix' && path !== undefined ? path : null };
}

/** The newer of the two names that the channel may have counts. */
function ovirtAgentSocket(channels: readonly XmlElement[]): string | undefined {
  for (const name of ['ovirt-guest-agent.0', 'com.redhat.rhevm.vdsm']) {
    const found = channels.find((channel) => child(channel, 'target')?.attributes.get('name') === name);
    const path = found && child(found, 'source')?.attributes.get('path');
    if (path !== undefined) return path;
  }
  return undefined;
}

/** Reads the document of a running domain. @throws XmlError */
export function readDomainFacts(xml: string): DomainFacts {
  const domain = parseXml(xml);
  const devices = child(domain, 'devices');
  const metadata = readVmMetadata(domain);
  const vcpu = child(domain, 'vcpu');
  const type = descend(domain, 'os', 'type');
  const list = (name: string): XmlElement[] => (devices ? childrenNamed(devices, name) : []);
  const balloon = list('memballoon')[0];
  return {
    name: textOf(child(domain, 'name')),
    uuid: textOf(child(domain, 'uuid')),
    memoryKib: memoryKib(child(domain, 'memory')),
    vcpus: Number(vcpu?.attributes.get('current') ?? textOf(vcpu)) || 1,
    acpi: descend(domain, 'features', 'acpi') !== undefined,
    machine: type?.attributes.get('machine') ?? '',
    architecture: type?.attributes.get('arch') ?? '',
    cpuModel: textOf(descend(domain, 'cpu', 'model')),
    clockOffsetSeconds: child(domain, 'clock')?.attributes.get('adjustment') ?? '0',
    hasBalloon: balloon !== undefined && balloon.attributes.get('model') !== 'none',
    hasAgentChannel: list('channel').some((channel) => child(channel, 'target')?.attributes.get('name') === 'org.qemu.guest_agent.0'),
    hasLease: list('lease').length > 0,
    ovirtAgentSocket: ovirtAgentSocket(list('channel')),
    externalData: [
      ...(list('tpm').some((tpm) => child(tpm, 'backend')?.attributes.get('type') === 'emulator') ? (['tpm'] as const) : []),
      ...(descend(domain, 'os', 'nvram') ? (['nvram'] as const) : []),
    ],
    disks: list('disk').map((disk) => diskFacts(disk, list('controller'), metadata)),
    nics: list('interface').map((nic) => ({
      macAddress: child(nic, 'mac')?.attributes.get('address') ?? '',
      hostDevice: child(nic, 'target')?.attributes.get('dev') ?? '',
      model: child(nic, 'model')?.attributes.get('type') ?? '',
    })),
    graphics: list('graphics').flatMap(graphicsFacts),
    serialConsole: list('console').map(serialConsoleFacts)[0],
    metadata,
    devicesHash: createHash('sha1')
      .update(devices ? writeXml(devices) : '')
      .digest('hex'),
  };
}
