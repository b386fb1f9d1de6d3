import { alias } from './disks.ts';
import { element, type Element } from './element.ts';

/** A device of the host that the guest is given. */
export interface HostDevice {
  name: string;
  capability: string;
  /** Parts of its address by the host's names: those of PCI devices in decimal. */
  address: Readonly<Record<string, string>>;
}

/** A part of a device of the host that the host makes for this guest, such as a virtual GPU. */
export interface MediatedDevice {
  id: string;
  type: string;
  hasDisplay: boolean;
  driverParameters: string | null;
}

const pad = (value: string | undefined, digits: number): string =>
  `0x${Number(value ?? 0)
    .toString(16)
    .padStart(digits, '0')}`;

/** Attributes of `<address>` of a PCI device, from the host's decimal parts. */
export const pciAddress = (address: Readonly<Record<string, string>>): Record<'domain' | 'bus' | 'slot' | 'function', string> => ({
  domain: pad(address['domain'], 4),
  bus: pad(address['bus'], 2),
  slot: pad(address['slot'], 2),
  function: pad(address['function'], 1),
});

/** `<hostdev>` of a PCI, USB or SCSI device; null for what cannot be given to guests. Source: VDSM, domain document, host devices. */
export function hostDeviceElement({ capability, address }: HostDevice): Element | null {
  switch (capability) {
    case 'pci':
      return element('hostdev', { mode: 'subsystem', type: 'pci', managed: 'no' }, [
        element('source', {}, [element('address', pciAddress(address))]),
        element('driver', { name: 'vfio' }),
      ]);
    case 'usb':
    case 'usb_device':
      return element('hostdev', { mode: 'subsystem', type: 'usb', managed: 'no' }, [
        element('source', {}, [element('address', { bus: Number(address['bus'] ?? 0), device: Number(address['device'] ?? 0) })]),
      ]);
    case 'scsi':
      return element('hostdev', { mode: 'subsystem', type: 'scsi', managed: 'no' }, [
        element('source', {}, [
          element('adapter', { name: `scsi_host${address['host'] ?? '0'}` }),
          element('address', { bus: address['bus'] ?? '0', target: address['target'] ?? '0', unit: address['lun'] ?? '0' }),
        ]),
      ]);
    default:
      return null;
  }
}

/** `<hostdev type="mdev">`; the host makes the device under the id that it gets here. */
export const mediatedDeviceElement = (device: MediatedDevice): Element =>
  element('hostdev', { mode: 'subsystem', type: 'mdev', model: 'vfio-pci', display: device.hasDisplay ? 'on' : 'off' }, [
    element('source', {}, [element('address', { uuid: device.id })]),
    element('alias', { name: alias(device.id) }),
  ]);

/** How a host puts virtual GPUs onto its cards, as the metadata spells it. */
const placements = { consolidated: 'compact', separated: 'separate' } as const;
export type VgpuPlacement = keyof typeof placements;

/** The metadata by which hosts know what to make. @param placement undefined for hosts that are not told (level 4.2). Source: VDSM, metadata schema. */
export const mediatedDeviceMetadata = (device: MediatedDevice, placement: VgpuPlacement | undefined): Element =>
  element('ovirt-vm:device', { devtype: 'hostdev', uuid: device.id }, [
    element('ovirt-vm:mdevType', {}, placement === undefined ? device.type : `${device.type}|${placements[placement]}`),
    device.driverParameters !== null && element('ovirt-vm:mdevDriverParameters', {}, device.driverParameters),
  ]);
