import { element, serialize, type Element } from './element.ts';

/** The document by which a host plugs a device into a running VM, or takes it out. Source: VDSM, VM.hotplugNic, VM.hotplugDisk. */
export const hotPlugXml = (device: Element, metadata: Element[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>${serialize(
    element('hotplug', { 'xmlns:ovirt-vm': 'http://ovirt.org/vm/1.0' }, [
      element('devices', {}, [device]),
      element('metadata', {}, [element('ovirt-vm:vm', {}, metadata)]),
    ]),
  )}`;
