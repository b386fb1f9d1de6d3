import { element, type Element } from './element.ts';

/** A CD with files that the guest is to read; its host makes it. Contents as text. */
export interface PayloadDevice {
  /** Label of the volume. */
  label: string;
  files: Readonly<Record<string, string>>;
}

/** The drive's place, behind the CD drive. */
const target = (bus: 'sata' | 'ide'): string => (bus === 'sata' ? 'sdd' : 'hdd');

/** `<disk device="cdrom">` of a payload; the host puts the image in the place of `PAYLOAD:`. */
export const payloadElement = (bus: 'sata' | 'ide'): Element =>
  element('disk', { type: 'file', device: 'cdrom', snapshot: 'no' }, [
    element('driver', { name: 'qemu', type: 'raw', error_policy: 'report' }),
    element('source', { file: 'PAYLOAD:', startupPolicy: 'optional' }, [
      element('seclabel', { model: 'dac', type: 'none', relabel: 'no' }),
    ]),
    element('target', { dev: target(bus), bus }),
    element('readonly'),
  ]);

/** Its files, which travel in the metadata. Source: VDSM, metadata schema, payload. */
export const payloadMetadata = (payload: PayloadDevice, bus: 'sata' | 'ide'): Element =>
  element('ovirt-vm:device', { devtype: 'disk', name: target(bus) }, [
    element('ovirt-vm:payload', {}, [
      element('ovirt-vm:volId', {}, payload.label),
      ...Object.entries(payload.files).map(([path, text]) => element('ovirt-vm:file', { path }, Buffer.from(text).toString('base64'))),
    ]),
  ]);
