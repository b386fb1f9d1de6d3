import { customProperties } from './custom-devices.ts';
import type { XmlElement } from './element.ts';

/** What engines say of NICs on networks of OVN. Source: engine behaviour, runtime custom properties of external networks. */
const providerType = 'EXTERNAL_NETWORK';
const pluginType = 'OVIRT_PROVIDER_OVN';

/** The port of OVN that a NIC is to be, by the metadata of a document; undefined for a NIC on another network. Pure. */
export function ovnPortOf(document: XmlElement, nic: XmlElement): string | undefined {
  const said = customProperties(document, nic);
  return said['provider_type'] === providerType && said['plugin_type'] === pluginType ? said['vnic_id'] : undefined;
}
