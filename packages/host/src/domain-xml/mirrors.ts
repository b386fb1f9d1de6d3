import { child, childrenNamed, elements, textOf } from './element.ts';
import { localName, readVmMetadata } from './metadata.ts';
import { parseXml } from './parse.ts';

/** A NIC that gets copies of all frames of a network. */
export interface Mirror {
  network: string;
  /** The device of the host behind the NIC. */
  device: string;
}

/** The NICs of a running domain that watch networks, by its metadata (`portMirroring`). Pure. */
export function mirrorsOf(documentXml: string): Mirror[] {
  if (!documentXml.includes('portMirroring')) return [];
  const domain = parseXml(documentXml);
  const nics = childrenNamed(child(domain, 'devices') ?? domain, 'interface');
  return readVmMetadata(domain).devices.flatMap(({ identity, node }) => {
    const mirroring = elements(node).find((part) => localName(part) === 'portMirroring');
    const nic = nics.find((one) => child(one, 'mac')?.attributes.get('address')?.toLowerCase() === identity['mac_address']?.toLowerCase());
    const device = nic && child(nic, 'target')?.attributes.get('dev');
    if (!mirroring || device === undefined || identity['mac_address'] === undefined) return [];
    return elements(mirroring)
      .filter((part) => localName(part) === 'network' && textOf(part) !== '')
      .map((part) => ({ network: textOf(part), device }));
  });
}
