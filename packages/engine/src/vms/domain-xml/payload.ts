import { element, type Element } from './element.ts';

/** A CD, or a floppy disk, with files that the guest is to read; its host makes it. Contents as text. */
export interface PayloadDevice {
  /** Label of the volume. */
  label: string;
  files: Readonly<Record<string, string>>;
  /** A floppy disk; missing: a CD. */
  device?: 'floppy';
}

/** Its drive: the CD's place is behind the CD drive. */
function driveOf({ device }: PayloadDevice, bus: 'sata' | 'ide'): { device: string; target: string; bus: string } {
  if (device === 'floppy') return { device, target: 'fda', bus: 'fdc' };
  return { device: 'cdrom', target: bus === 'sata' ? 'sdd' : 'hdd', bus };
}

/** `<disk>` of a payload; the host puts the image in the place of `PAYLOAD:`. */
export function payloadElement(payload: PayloadDevice, cdromBus: 'sata' | 'ide'): Element {
  const { device, target, bus } = driveOf(payload, cdromBus);
  // QEMU's floppy drives know no policy of errors.
  return element('disk', { type: 'file', device, snapshot: 'no' }, [
    element('driver', { name: 'qemu', type: 'raw', ...(device === 'floppy' ? {} : { error_policy: 'report' }) }),
    element('source', { file: 'PAYLOAD:', startupPolicy: 'optional' }, [
      element('seclabel', { model: 'dac', type: 'none', relabel: 'no' }),
    ]),
    element('target', { dev: target, bus }),
    element('readonly'),
  ]);
}

/** Its files, which travel in the metadata. Source: VDSM, metadata schema, payload. */
export const payloadMetadata = (payload: PayloadDevice, cdromBus: 'sata' | 'ide'): Element =>
  element('ovirt-vm:device', { devtype: 'disk', name: driveOf(payload, cdromBus).target }, [
    element('ovirt-vm:payload', {}, [
      element('ovirt-vm:volId', {}, payload.label),
      ...Object.entries(payload.files).map(([path, text]) => element('ovirt-vm:file', { path }, Buffer.from(text).toString('base64'))),
    ]),
  ]);
