import { child, elements, textOf } from './element.ts';
import type { XmlElement } from './element.ts';
import { localName, readVmMetadata } from './metadata.ts';
import type { DeviceMetadata } from './metadata.ts';

/** A device with custom properties. */
export interface CustomDevice {
  device: XmlElement;
  custom: Record<string, string>;
}

const attributeOf = (device: XmlElement, part: string, attribute: string): string => child(device, part)?.attributes.get(attribute) ?? '';

/** Whether metadata speaks of a device: of a NIC by its address, of a disk by its target, of another by its alias. */
function isOf({ identity }: DeviceMetadata, device: XmlElement): boolean {
  const { mac_address: mac, devtype, name, alias } = identity;
  if (mac !== undefined) return device.name === 'interface' && attributeOf(device, 'mac', 'address').toLowerCase() === mac.toLowerCase();
  if (devtype === 'disk' && name !== undefined) return device.name === 'disk' && attributeOf(device, 'target', 'dev') === name;
  return alias !== undefined && alias !== '' && attributeOf(device, 'alias', 'name') === alias;
}

function customOf({ node }: DeviceMetadata): Record<string, string> {
  const custom = elements(node).find((part) => localName(part) === 'custom');
  return Object.fromEntries((custom ? elements(custom) : []).map((part) => [localName(part), textOf(part)]));
}

/** Custom properties of one device, by the metadata of the document that it stands in. */
export function customProperties(document: XmlElement, device: XmlElement): Record<string, string> {
  const found = readVmMetadata(document).devices.find((metadata) => isOf(metadata, device));
  return found ? customOf(found) : {};
}

/** The devices of a domain that have custom properties, in the order of the domain. */
export function customDevices(domain: XmlElement): CustomDevice[] {
  const devices = child(domain, 'devices');
  const metadata = readVmMetadata(domain).devices.filter((entry) => Object.keys(customOf(entry)).length > 0);
  if (!devices || metadata.length === 0) return [];
  return elements(devices).flatMap((device) => {
    const found = metadata.find((entry) => isOf(entry, device));
    return found ? [{ device, custom: customOf(found) }] : [];
  });
}
