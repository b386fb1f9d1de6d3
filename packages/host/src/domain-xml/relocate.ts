import { child, childrenNamed, removeChildren } from './element.ts';
import type { XmlElement } from './element.ts';
import type { DomainEnvironment, PreparedDisks } from './environment.ts';
import { findDevice, readVmMetadata, setVmMetadata } from './metadata.ts';
import type { MetadataValue, VmMetadata } from './metadata.ts';
import { prepareCharacterDevices, prepareDisks, prepareGraphics } from './prepare-devices.ts';
import { DomainRequestError, readDiskRequests } from './request.ts';

function relocateInterface(nic: XmlElement, metadata: VmMetadata, environment: DomainEnvironment): void {
  removeChildren(nic, (part) => part.name === 'target' && (part.attributes.get('dev') ?? '').startsWith('vnet'));
  const source = child(nic, 'source');
  const bridge = source?.attributes.get('bridge');
  if (!source || bridge === undefined) return;
  const macAddress = child(nic, 'mac')?.attributes.get('address') ?? '';
  const network = findDevice(metadata, { mac_address: macAddress })?.values['network'];
  const here = typeof network === 'string' ? environment.bridges.get(network) : undefined;
  const known = new Set([...environment.bridges.values(), environment.unpluggedBridge]);
  const chosen = here ?? (known.has(bridge) ? bridge : undefined);
  if (chosen === undefined) throw new DomainRequestError(`This host has no network for the NIC ${macAddress}`);
  source.attributes.set('bridge', chosen);
}

/**
 * Changes the document of a VM whose state was saved, maybe on another host, so that it goes on here:
 * paths, bridges, addresses and sockets; everything that the guest sees stays. Media of payloads are
 * gone by now, so their drives are empty.
 *
 * @param domain the document that was saved with the state; it is changed
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
  const disks = readDiskRequests(devices, metadata, 'empty').map((disk) =>
    prepared.volumes.has(disk.target) ? disk : { ...disk, source: { kind: 'empty' as const } },
  );
  removeChildren(devices, (node) => node.name === 'emulator');
  prepareDisks(disks, prepared);
  for (const nic of childrenNamed(devices, 'interface')) relocateInterface(nic, metadata, environment);
  for (const graphics of childrenNamed(devices, 'graphics')) {
    graphics.attributes.set('port', '-1');
    graphics.attributes.set('autoport', 'yes');
    removeChildren(graphics, (part) => part.name === 'listen');
  }
  prepareGraphics(devices, environment);
  prepareCharacterDevices(devices, environment, child(domain, 'uuid')?.children.join('').trim() ?? '');
  setVmMetadata(domain, state);
}
