import { DomainMetadataType, DomainModificationImpact } from '@virgate/libvirt';
import { walk } from '../domain-xml/element.ts';
import type { XmlElement } from '../domain-xml/element.ts';
import { findVmMetadata, localName, metadataNamespace, setVmMetadata } from '../domain-xml/metadata.ts';
import type { MetadataValue } from '../domain-xml/metadata.ts';
import { parseXml } from '../domain-xml/parse.ts';
import { writeXml } from '../domain-xml/write.ts';
import type { VmRegistry } from './registry.ts';
import type { Vm } from './vm.ts';

/**
 * Writes values into the metadata of a running domain and of its definition, so that they outlive the
 * agent and travel with the VM. Everything else in the metadata stays.
 */
export const saveMetadata = (vms: VmRegistry, vm: Vm, values: Record<string, MetadataValue | undefined>): Promise<void> =>
  change(vms, vm, (domain) => void setVmMetadata(domain, values));

/** Changes the VM's element in the metadata of a running domain and of its definition, or of the one that runs alone. */
export const editMetadata = (vms: VmRegistry, vm: Vm, edit: (metadata: XmlElement) => void, impact = everywhere): Promise<void> =>
  change(vms, vm, (domain) => edit(setVmMetadata(domain, {})), impact);

const everywhere: number = DomainModificationImpact.LIVE | DomainModificationImpact.CONFIG;

async function change(vms: VmRegistry, vm: Vm, edit: (domain: XmlElement) => void, impact = everywhere): Promise<void> {
  await vms.call(vm, 'control', async (connection) => {
    const domain = parseXml(await connection.domainGetXMLDesc(vm.vmId));
    edit(domain);
    const element = findVmMetadata(domain);
    if (!element) throw new Error('Metadata that was just set is there');
    // libvirt puts the namespace back on by itself, and takes no prefixes that the text does not declare.
    for (const node of walk(element)) {
      node.name = localName(node);
      for (const name of node.attributes.keys()) if (name.startsWith('xmlns')) node.attributes.delete(name);
    }
    await connection.domainSetMetadata(
      vm.vmId,
      DomainMetadataType.ELEMENT,
      writeXml(element),
      { prefix: 'ovirt-vm', uri: metadataNamespace.vm },
      impact,
    );
  });
}
