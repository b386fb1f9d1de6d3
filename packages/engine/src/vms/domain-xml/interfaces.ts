import { alias } from './disks.ts';
import { element, type Element } from './element.ts';

/** A plugged NIC of a VM. */
export interface NicDevice {
  id: string;
  mac: string;
  model: 'virtio' | 'e1000' | 'e1000e' | 'rtl8139';
  /** Name of the network on hosts; null without a network. */
  network: string | null;
  linked: boolean;
  mtu: number | null;
  /** The network filter's name on hosts, and the values of its variables; a variable may have several. */
  filter: { name: string; parameters: readonly { name: string; value: string }[] } | null;
  portIsolation: boolean;
  portMirroring: boolean;
  bootOrder: number | null;
  customProperties: Record<string, string>;
}

/** A graphics console. */
export interface GraphicsDevice {
  type: 'vnc' | 'spice';
  keymap: string;
  displayNetwork: string;
}

/** Bridge that a NIC without a network hangs on. Source: VDSM, what is built. */
const dummyBridge = ';vdsmdummy;';

/** `<interface>` of a NIC. */
export const nicElement = (nic: NicDevice): Element =>
  element('interface', { type: 'bridge' }, [
    element('model', { type: nic.model }),
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
    nic.portIsolation && element('port', { isolated: 'yes' }),
  ]);

/** Metadata of a NIC, where it has any. */
export function nicMetadata(nic: NicDevice): Element[] {
  const properties = Object.entries(nic.customProperties);
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

/** `<graphics>`: the password is a placeholder that is expired from the start; consoles get tickets. */
export const graphicsElement = (graphics: GraphicsDevice): Element =>
  element(
    'graphics',
    {
      type: graphics.type,
      port: -1,
      autoport: 'yes',
      passwd: '*****',
      passwdValidTo: '1970-01-01T00:00:01',
      ...(graphics.type === 'vnc' ? { keymap: graphics.keymap } : { tlsPort: -1 }),
    },
    [element('listen', { type: 'network', network: `vdsm-${graphics.displayNetwork}` })],
  );
