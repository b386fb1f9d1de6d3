import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Most devices in one answer. */
const maximumDevices = 4096;

export interface HostDevice {
  params: Record<string, unknown>;
}

async function text(path: string): Promise<string> {
  return (await readFile(path, 'utf8').catch(() => '')).trim();
}

async function linkName(path: string): Promise<string> {
  return basename(await readlink(path).catch(() => ''));
}

const pciName = (address: string): string => `pci_${address.replace(/[:.]/g, '_')}`;

async function pciDevice(name: string): Promise<[string, HostDevice] | undefined> {
  const match = /^([0-9a-f]{4}):([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])$/.exec(name);
  if (!match) return undefined;
  const path = join('/sys/bus/pci/devices', name);
  const [vendor, product, group, driver, node, physical, most] = await Promise.all([
    text(join(path, 'vendor')),
    text(join(path, 'device')),
    linkName(join(path, 'iommu_group')),
    linkName(join(path, 'driver')),
    text(join(path, 'numa_node')),
    linkName(join(path, 'physfn')),
    text(join(path, 'sriov_totalvfs')),
  ]);
  const number = (part: string | undefined): string => String(Number.parseInt(part ?? '0', 16));
  return [
    pciName(name),
    {
      params: {
        capability: 'pci',
        parent: 'computer',
        vendor_id: vendor,
        vendor: vendor,
        product_id: product,
        product: product,
        ...(driver === '' ? {} : { driver }),
        ...(group === '' ? {} : { iommu_group: group }),
        ...(physical === '' ? {} : { physfn: pciName(physical) }),
        ...(most === '' || most === '0' ? {} : { totalvfs: most }),
        numa_node: node === '' ? '-1' : node,
        is_assignable: String(group !== ''),
        address: { domain: number(match[1]), bus: number(match[2]), slot: number(match[3]), function: number(match[4]) },
      },
    },
  ];
}

/** A NIC that a PCI device is behind: so its virtual functions are found. */
async function netDevice(name: string): Promise<[string, HostDevice] | undefined> {
  const parent = await linkName(join('/sys/class/net', name, 'device'));
  if (!/^[0-9a-f]{4}(?::[0-9a-f]{2}){2}\.[0-7]$/.test(parent)) return undefined;
  const address = (await text(join('/sys/class/net', name, 'address'))).replaceAll(':', '_');
  return [`net_${name}_${address}`, { params: { capability: 'net', parent: pciName(parent), interface: name, is_assignable: 'false' } }];
}

async function usbDevice(name: string): Promise<[string, HostDevice] | undefined> {
  if (name.includes(':')) return undefined;
  const path = join('/sys/bus/usb/devices', name);
  const [vendor, product, bus, device, vendorName, productName] = await Promise.all(
    ['idVendor', 'idProduct', 'busnum', 'devnum', 'manufacturer', 'product'].map((file) => text(join(path, file))),
  );
  if (vendor === undefined || vendor === '' || bus === undefined || device === undefined) return undefined;
  return [
    `usb_${name.replace(/[.-]/g, '_')}`,
    {
      params: {
        capability: 'usb',
        parent: 'computer',
        vendor_id: `0x${vendor}`,
        vendor: vendorName ?? '',
        product_id: `0x${product ?? ''}`,
        product: productName ?? '',
        is_assignable: 'true',
        address: { bus, device },
      },
    },
  ];
}

/** The devices of the host that guests may be given (VDSM schema, HostDevices), by the capabilities asked for. */
export async function listHostDevices(capabilities: readonly string[] | undefined): Promise<Record<string, HostDevice>> {
  const wanted = (name: string): boolean => capabilities === undefined || capabilities.length === 0 || capabilities.includes(name);
  const names = async (bus: string): Promise<string[]> =>
    (await readdir(`/sys/bus/${bus}/devices`).catch((): string[] => [])).slice(0, maximumDevices);
  const devices: [string, HostDevice][] = [];
  if (wanted('system')) devices.push(['computer', { params: { capability: 'system', is_assignable: 'false' } }]);
  if (wanted('pci')) devices.push(...(await Promise.all((await names('pci')).map(pciDevice))).filter((device) => device !== undefined));
  if (wanted('usb') || wanted('usb_device'))
    devices.push(...(await Promise.all((await names('usb')).map(usbDevice))).filter((device) => device !== undefined));
  if (wanted('net')) {
    const nics = (await readdir('/sys/class/net').catch((): string[] => [])).slice(0, maximumDevices);
    devices.push(...(await Promise.all(nics.map(netDevice))).filter((device) => device !== undefined));
  }
  return Object.fromEntries(devices);
}
