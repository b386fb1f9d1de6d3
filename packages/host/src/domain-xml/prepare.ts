import { child, childrenNamed, clone, element, removeChildren, setText, textOf, walk } from './element.ts';
import type { XmlElement } from './element.ts';
import type { DomainEnvironment, PreparedDisks } from './environment.ts';
import { localName, readVmMetadata, setVmMetadata } from './metadata.ts';
import type { MetadataValue } from './metadata.ts';
import { nvramPath } from './nvram-path.ts';
import {
  fillSystemInformation,
  prepareCharacterDevices,
  leaveIoThreads,
  prepareDisks,
  prepareGraphics,
  prepareInterfaces,
} from './prepare-devices.ts';
import type { DomainRequest } from './request.ts';
import { adjustForSoftwareEmulation } from './software-emulation.ts';

/** Tuning that libvirt can apply only through control groups. */
const controlGroupTuning = new Set([
  'shares',
  'period',
  'quota',
  'global_period',
  'global_quota',
  'emulator_period',
  'emulator_quota',
  'iothread_period',
  'iothread_quota',
]);

function dropControlGroupTuning(domain: XmlElement): void {
  removeChildren(domain, (node) => ['memtune', 'blkiotune', 'resource'].includes(node.name));
  const cputune = child(domain, 'cputune');
  if (cputune) removeChildren(cputune, (node) => controlGroupTuning.has(node.name));
}

/** Firmware at a path that this host has not: libvirt chooses one of the same kind. Its variables lie where the agent finds them too. */
function prepareFirmware(domain: XmlElement, environment: DomainEnvironment, vmId: string): void {
  const os = child(domain, 'os');
  const loader = os && child(os, 'loader');
  const nvram = os && child(os, 'nvram');
  if (nvram) {
    setText(nvram, nvramPath(vmId));
    if (!environment.firmwareExists(nvram.attributes.get('template') ?? '')) nvram.attributes.delete('template');
  }
  if (!loader || environment.firmwareExists(textOf(loader))) return;
  const secure = loader.attributes.get('secure') === 'yes';
  nvram?.attributes.delete('template');
  removeChildren(os, (node) => node.name === 'loader');
  if (loader.attributes.get('type') !== 'pflash') return;
  os.attributes.set('firmware', 'efi');
  const answer = secure ? 'yes' : 'no';
  os.children.push(
    element('firmware', {}, [
      element('feature', { enabled: answer, name: 'secure-boot' }),
      element('feature', { enabled: answer, name: 'enrolled-keys' }),
    ]),
  );
}

/** The emulator is the host's own, and memory comes from the host's RAM unless it is an NVDIMM. */
function dropUnknownHostPaths(devices: XmlElement): void {
  removeChildren(devices, (node) => node.name === 'emulator');
  for (const memory of childrenNamed(devices, 'memory')) {
    if (memory.attributes.get('model') !== 'nvdimm')
      removeChildren(memory, (node) => node.name === 'source' && child(node, 'path') !== undefined);
  }
}

/** The guest reads the payload from its drive; the domain shall not carry its secrets to whoever dumps it. */
function emptyPayloads(domain: XmlElement): void {
  for (const { node } of readVmMetadata(domain).devices) {
    for (const part of walk(node)) if (localName(part) === 'file') part.children = [];
  }
}

/**
 * Turns a checked domain into the document that this host's libvirt starts: placeholders filled,
 * disks, NICs, consoles and channels pointed at what this host has, reboot handling moved into
 * the metadata (the agent ends the VM itself and can so report why). The request stays as it is.
 *
 * @param state run-time values that the agent keeps in the domain's metadata
 * @throws DomainRequestError when this host lacks something that the domain needs
 */
export function prepareDomain(
  request: DomainRequest,
  environment: DomainEnvironment,
  prepared: PreparedDisks,
  state: Record<string, MetadataValue>,
): XmlElement {
  const domain = clone(request.domain);
  const devices = child(domain, 'devices');
  if (!devices) throw new Error('A checked domain has devices');
  const disks = childrenNamed(devices, 'disk').map((node, index) => {
    const disk = request.disks[index];
    if (!disk) throw new Error('A checked domain lists all of its disks');
    return { ...disk, node };
  });
  removeChildren(domain, (node) => node.name === 'on_reboot');
  dropUnknownHostPaths(devices);
  const sysinfo = child(domain, 'sysinfo');
  if (sysinfo) fillSystemInformation(sysinfo, environment.host);
  prepareDisks(disks, prepared);
  prepareInterfaces(devices, environment, domain);
  prepareGraphics(devices, environment);
  prepareCharacterDevices(devices, environment, request.vmId);
  prepareFirmware(domain, environment, request.vmId);
  if (!environment.ioThreadsServeNbd) leaveIoThreads(devices);
  if (!environment.controlGroups) dropControlGroupTuning(domain);
  if (environment.acceleration === 'tcg') adjustForSoftwareEmulation(domain, environment.cpu);
  emptyPayloads(domain);
  setVmMetadata(domain, { ...state, destroy_on_reboot: request.destroyOnReboot });
  return domain;
}
