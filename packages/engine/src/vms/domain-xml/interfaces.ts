import { ovnPluginType } from '../../ovn/names.ts';
import { alias } from './disks.ts';
import { element, type Element } from './element.ts';
import { pciAddress } from './host-devices.ts';

/** What one direction of a NIC's traffic may take. Source: libvirt, bandwidth: kilobytes a second, and kibibytes in a burst. */
export interface Bandwidth {
  averageKilobytes: number;
  peakKilobytes: number;
  burstKibibytes: number;
}

/** A plugged NIC of a VM. */
export interface NicDevice {
  id: string;
  mac: string;
  model: 'virtio' | 'e1000' | 'e1000e' | 'rtl8139' | 'pci_passthrough';
  /** Name of the network on hosts; null without a network. */
  network: string | null;
  linked: boolean;
  mtu: number | null;
  /** The network filter's name on hosts, and the values of its variables; a variable may have several. */
  filter: { name: string; parameters: readonly { name: string; value: string }[] } | null;
  /** Limits of what comes in and goes out; null where there is none. */
  inbound: Bandwidth | null;
  outbound: Bandwidth | null;
  portIsolation: boolean;
  /** The port of OVN that the NIC is, on a network of OVN. */
  ovnPort: string | null;
  portMirroring: boolean;
  bootOrder: number | null;
  /** The virtual function of the host that the NIC is, with the VLAN of its network; null for one that the host makes up. */
  virtualFunction: { address: Readonly<Record<string, string>>; vlanId: number | null } | null;
  customProperties: Record<string, string>;
  /** Queues over which several virtual CPUs send and receive; 1 for all over one. */
  queues: number;
  /** Whether the kernel moves its packets, or QEMU; missing: as the host does by itself. */
  driver?: 'vhost' | 'qemu';
  sendBufferBytes?: number;
}

/** A graphics console. */
export interface GraphicsDevice {
  type: 'vnc' | 'spice';
  keymap: string;
  displayNetwork: string;
}

/** Bridge that a NIC without a network hangs on. Source: VDSM, what is built. */
const dummyBridge = ';vdsmdummy;';

const direction = (name: 'inbound' | 'outbound', limits: Bandwidth | null): Element | null =>
  limits && element(name, { average: limits.averageKilobytes, peak: limits.peakKilobytes, burst: limits.burstKibibytes });

/** `<interface>` of a NIC that is a virtual function. Source: VDSM, domain document, network interfaces. */
const functionElement = (nic: NicDevice, { address, vlanId }: NonNullable<NicDevice['virtualFunction']>): Element =>
  element('interface', { type: 'hostdev', managed: 'no' }, [
    element('driver', { name: 'vfio' }),
    element('source', {}, [element('address', { type: 'pci', ...pciAddress(address) })]),
    vlanId !== null && element('vlan', {}, [element('tag', { id: vlanId })]),
    element('alias', { name: alias(nic.id) }),
    nic.bootOrder !== null && element('boot', { order: nic.bootOrder }),
    element('mac', { address: nic.mac }),
  ]);

/** `<interface>` of a NIC. */
export const nicElement = (nic: NicDevice): Element =>
  nic.virtualFunction === null ? bridgeElement(nic) : functionElement(nic, nic.virtualFunction);

const bridgeElement = (nic: NicDevice): Element =>
  element('interface', { type: 'bridge' }, [
    element('model', { type: nic.model }),
    (nic.queues > 1 || nic.driver !== undefined) &&
      element('driver', { name: nic.driver ?? 'vhost', queues: nic.queues > 1 ? nic.queues : undefined }),
    element('link', { state: nic.linked && nic.network !== null ? 'up' : 'down' }),
    element('source', { bridge: nic.network ?? dummyBridge }),
    nic.mtu !== null && element('mtu', { size: nic.mtu }),
    element('alias', { name: alias(nic.id) }),
    nic.bootOrder !== null && element('boot', { order: nic.bootOrder }),
    element('mac', { address: nic.mac }),
    nic.filter &&
      element(
        'filterref',
        { filter: nic.filter.name },
        nic.filter.parameters.map(({ name, value }) => element('parameter', { name, value })),
      ),
    (nic.inbound !== null || nic.outbound !== null) &&
      element('bandwidth', {}, [direction('inbound', nic.inbound), direction('outbound', nic.outbound)]),
    nic.sendBufferBytes !== undefined && element('tune', {}, [element('sndbuf', {}, nic.sendBufferBytes)]),
    nic.portIsolation && element('port', { isolated: 'yes' }),
    nic.ovnPort !== null && element('virtualport', { type: 'openvswitch' }, [element('parameters', { interfaceid: nic.ovnPort })]),
  ]);

/** What tells hosts that a NIC is a port of OVN. Source: engine behaviour, runtime custom properties of external networks. */
const ovnProperties = (port: string): Record<string, string> => ({
  provider_type: 'EXTERNAL_NETWORK',
  plugin_type: ovnPluginType,
  vnic_id: port,
});

/** Metadata of a NIC, where it has any. */
export function nicMetadata(nic: NicDevice): Element[] {
  const properties = Object.entries({ ...nic.customProperties, ...(nic.ovnPort === null ? {} : ovnProperties(nic.ovnPort)) });
  if (properties.length === 0 && !nic.portMirroring) return [];
  return [
    element('ovirt-vm:device', { mac_address: nic.mac }, [
      properties.length > 0 &&
        element(
          'ovirt-vm:custom',
          {},
          properties.map(([name, value]) => element(`ovirt-vm:${name}`, {}, value)),
        ),
      nic.portMirroring && element('ovirt-vm:portMirroring', {}, [element('ovirt-vm:network', {}, nic.network ?? '')]),
    ]),
  ];
}
