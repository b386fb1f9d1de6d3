import { child, childrenNamed, removeChildren } from './element.ts';
import type { XmlElement } from './element.ts';
import type { DomainEnvironment, PreparedDisks } from './environment.ts';
import { findDevice, readVmMetadata, setVmMetadata } from './metadata.ts';
import type { MetadataValue } from './metadata.ts';
import { ovnPortOf } from './ovn-port.ts';
import { connectToBridge, connectToPort, prepareCharacterDevices, prepareDisks, prepareGraphics } from './prepare-devices.ts';
import { DomainRequestError, readDiskRequests } from './request.ts';

function relocateInterface(nic: XmlElement, domain: XmlElement, environment: DomainEnvironment): void {
  removeChildren(nic, (part) => part.name === 'target' && (part.attributes.get('dev') ?? '').startsWith('vnet'));
  const source = child(nic, 'source');
  const bridge = source?.attributes.get('bridge');
  if (!source || bridge === undefined) return;
  const macAddress = child(nic, 'mac')?.attributes.get('address') ?? '';
  const port = ovnPortOf(domain, nic);
  if (port !== undefined) return connectToPort(nic, port, environment);
  const network = findDevice(readVmMetadata(domain), { mac_address: macAddress })?.values['network'];
  const here = typeof network === 'string' ? environment.bridges.get(network) : undefined;
  const tag = child(child(nic, 'vlan') ?? nic, 'tag')?.attributes.get('id');
  const known = [...environment.bridges.values(), { name: environment.unpluggedBridge }];
  const chosen = here ?? known.find((one) => one.name === bridge && one.openVSwitch?.tag?.toString() === tag);
  if (chosen === undefined) throw new DomainRequestError(`This host has no network for the NIC ${macAddress}`);
  connectToBridge(nic, chosen, environment);
}

/**
 * Changes the document of a VM that ran before, maybe on another host, so that it goes on here: paths, bridges, addresses and sockets;
 * everything that the guest sees stays. Drives with nothing prepared for them are empty.
 *
 * @param domain the document with which it ran; it is changed
 * @throws DomainRequestError when this host lacks something
 */
export function relocateDomain(
  domain: XmlElement,
  environment: DomainEnvironment,
  prepared: PreparedDisks,
  state: Record<string, MetadataValue>,
): void {
  const devices = child(domain, 'devices');
  if (!devices) throw new DomainRequestError('The saved domain has no devices');
  const metadata = readVmMetadata(domain);
  const disks = readDiskRequests(devices, metadata, 'empty').map((disk) => {
    if (prepared.payloads.has(disk.target)) return { ...disk, source: { kind: 'payload' as const } };
    return prepared.volumes.has(disk.target) ? disk : { ...disk, source: { kind: 'empty' as const } };
  });
  removeChildren(devices, (node) => node.name === 'emulator');
  // The chain below a disk may be elsewhere by now: the host finds it by the headers.
  for (const { node } of disks) removeChildren(node, (part) => part.name === 'backingStore' || part.name === 'mirror');
  prepareDisks(disks, prepared);
  for (const nic of childrenNamed(devices, 'interface')) relocateInterface(nic, domain, environment);
  for (const graphics of childrenNamed(devices, 'graphics')) {
    graphics.attributes.set('port', '-1');
    graphics.attributes.set('autoport', 'yes');
    removeChildren(graphics, (part) => part.name === 'listen');
  }
  prepareGraphics(devices, environment);
  prepareCharacterDevices(devices, environment, child(domain, 'uuid')?.children.join('').trim() ?? '');
  setVmMetadata(domain, state);
}
