import type { DeviceState, DeviceStates } from './device-state.ts';

/** One command: arguments of `ip`, or of `ovs-vsctl` when that is the first of them. */
export type NetworkCommand = readonly string[];

/** First word of a transaction of Open vSwitch. */
export const switchCommand = 'ovs-vsctl';

type States = ReadonlyMap<string, DeviceState>;

const family = (address: string): string => (address.includes(':') ? '-6' : '-4');
const kernelMade: readonly DeviceState['kind'][] = ['bridge', 'vlan', 'bond'];
const virtual: readonly DeviceState['kind'][] = [...kernelMade, 'openvswitch'];

function isNew(device: DeviceState, current: States): boolean {
  const known = current.get(device.name);
  return (
    known === undefined ||
    known.kind !== device.kind ||
    (device.kind === 'openvswitch' && known.parent !== device.parent) ||
    (device.kind === 'vlan' && (known.parent !== device.parent || known.vlanId !== device.vlanId)) ||
    (device.kind === 'bond' && !sameOptions(known, device))
  );
}

/** Most options can't be changed while a bond has members, and the mode never: such a bond is made anew. */
const sameOptions = (known: DeviceState, wanted: DeviceState): boolean => {
  const has = new Map(known.bondOptions.map((option) => option.split('=', 2) as [string, string]));
  return wanted.bondOptions.every((option) => {
    const [name = '', value = ''] = option.split('=', 2);
    const there = has.get(name);
    return there === value || (name === 'mode' && there !== undefined && bondModes.indexOf(there) === Number(value));
  });
};

/** Modes of bonds by their number. */
export const bondModes = ['balance-rr', 'active-backup', 'balance-xor', 'broadcast', '802.3ad', 'balance-tlb', 'balance-alb'];

function takeDown(current: States, wanted: States, made: ReadonlySet<string>): NetworkCommand[] {
  const commands: NetworkCommand[] = [];
  for (const device of current.values()) {
    const next = wanted.get(device.name);
    if (!next || made.has(device.name)) continue;
    for (const address of device.addresses)
      if (!next.addresses.includes(address)) commands.push([family(address), 'address', 'delete', address, 'dev', device.name]);
    if (device.master !== undefined && (device.master !== next.master || made.has(device.master)))
      commands.push(['link', 'set', 'dev', device.name, 'nomaster']);
  }
  for (const kind of kernelMade)
    for (const device of current.values())
      if (device.kind === kind && (!wanted.has(device.name) || made.has(device.name)))
        commands.push(['link', 'delete', 'dev', device.name, 'type', kind]);
  return commands;
}

function make(device: DeviceState): NetworkCommand {
  const address = device.hardwareAddress === undefined ? [] : ['address', device.hardwareAddress];
  switch (device.kind) {
    case 'bond':
      return [
        'link',
        'add',
        'name',
        device.name,
        ...address,
        'type',
        'bond',
        ...device.bondOptions.flatMap((option) => option.split('=', 2)),
      ];
    case 'vlan':
      return ['link', 'add', 'link', device.parent ?? '', 'name', device.name, 'type', 'vlan', 'id', String(device.vlanId)];
    default:
      return ['link', 'add', 'name', device.name, 'type', 'bridge', 'forward_delay', '0', 'stp_state', device.stp ? '1' : '0'];
  }
}

function connect(current: States, wanted: States, made: ReadonlySet<string>): NetworkCommand[] {
  const commands: NetworkCommand[] = [];
  for (const device of wanted.values()) {
    const known = current.get(device.name);
    const stays = known?.master === device.master && !made.has(device.name) && !(device.master !== undefined && made.has(device.master));
    if (device.master === undefined || stays) continue;
    // A bond takes a NIC only when that is down.
    if (wanted.get(device.master)?.kind === 'bond') commands.push(['link', 'set', 'dev', device.name, 'down']);
    commands.push(['link', 'set', 'dev', device.name, 'master', device.master]);
  }
  return commands;
}

function adjust(current: States, wanted: States, made: ReadonlySet<string>): NetworkCommand[] {
  const commands: NetworkCommand[] = [];
  const layers: DeviceState['kind'][][] = [['nic', 'veth', 'other'], ['bond'], ['vlan'], ['bridge', 'openvswitch']];
  for (const kinds of layers) {
    for (const device of wanted.values()) {
      if (!kinds.includes(device.kind)) continue;
      const known = made.has(device.name) ? undefined : current.get(device.name);
      const rejoins =
        known !== undefined &&
        device.master !== undefined &&
        wanted.get(device.master)?.kind === 'bond' &&
        (known.master !== device.master || made.has(device.master));
      // Open vSwitch sets the size of its own devices, and sets it again whenever it likes.
      if (known?.mtuBytes !== device.mtuBytes && device.kind !== 'openvswitch')
        commands.push(['link', 'set', 'dev', device.name, 'mtu', String(device.mtuBytes)]);
      if (known && device.kind === 'bridge' && known.stp !== device.stp)
        commands.push(['link', 'set', 'dev', device.name, 'type', 'bridge', 'stp_state', device.stp ? '1' : '0']);
      if (known?.up !== device.up || rejoins) commands.push(['link', 'set', 'dev', device.name, device.up ? 'up' : 'down']);
    }
  }
  return commands;
}

function address(current: States, wanted: States, made: ReadonlySet<string>): NetworkCommand[] {
  const commands: NetworkCommand[] = [];
  for (const device of wanted.values()) {
    const known = made.has(device.name) ? undefined : current.get(device.name);
    for (const one of device.addresses)
      if (!known?.addresses.includes(one))
        commands.push([family(one), 'address', 'add', one, ...(family(one) === '-4' ? ['broadcast', '+'] : ['nodad']), 'dev', device.name]);
    for (const [flag, gateway, before] of [
      ['-4', device.ipv4Gateway, known?.ipv4Gateway ?? ''],
      ['-6', device.ipv6Gateway, known?.ipv6Gateway ?? ''],
    ] as const) {
      // A device that lost an address has lost the routes that went by it.
      const lost = known !== undefined && known.addresses.some((one) => !device.addresses.includes(one));
      if (gateway !== '' && (gateway !== before || lost || !known))
        commands.push([flag, 'route', 'replace', 'default', 'via', gateway, 'dev', device.name]);
    }
  }
  return commands;
}

/** Default routes of devices that go on without one; with its last address a device loses them by itself. */
function forgetRoutes(current: States, wanted: States, made: ReadonlySet<string>): NetworkCommand[] {
  return [...current.values()].flatMap((device) => {
    const next = wanted.get(device.name);
    if (!next || made.has(device.name)) return [];
    const commands: NetworkCommand[] = [];
    if (device.ipv4Gateway !== '' && next.ipv4Gateway === '')
      commands.push(['-4', 'route', 'delete', 'default', 'via', device.ipv4Gateway, 'dev', device.name]);
    if (device.ipv6Gateway !== '' && next.ipv6Gateway === '')
      commands.push(['-6', 'route', 'delete', 'default', 'via', device.ipv6Gateway, 'dev', device.name]);
    return commands;
  });
}

/**
 * The commands that turn the devices of a host into those that are wanted, in an order in which each can succeed: routes and
 * addresses go, devices go, Open vSwitch gets its devices, bonds, VLANs and bridges come, ports join, then sizes, links, addresses,
 * routes. Pure.
 *
 * @param switching what Open vSwitch is to do, as one transaction
 */
export function planChanges(current: DeviceStates, wanted: DeviceStates, switching: readonly string[] = []): NetworkCommand[] {
  const made = new Set(
    [...wanted.values()].filter((device) => virtual.includes(device.kind) && isNew(device, current)).map((device) => device.name),
  );
  // A VLAN goes and comes with the device below it.
  for (const device of wanted.values())
    if (device.kind === 'vlan' && device.parent !== undefined && made.has(device.parent)) made.add(device.name);
  const order = (['bond', 'vlan', 'bridge'] as const).flatMap((kind) =>
    [...wanted.values()].filter((device) => device.kind === kind && made.has(device.name)),
  );
  const bonds = order.filter((device) => device.kind === 'bond');
  const members = connect(current, wanted, made);
  const toBonds = members.filter((command) => bonds.some((bond) => command.includes(bond.name)) || command.includes('down'));
  return [
    ...forgetRoutes(current, wanted, made),
    ...takeDown(current, wanted, made),
    ...(switching.length === 0 ? [] : [[switchCommand, ...switching]]),
    ...bonds.map(make),
    ...toBonds,
    ...order.filter((device) => device.kind !== 'bond').map(make),
    ...members.filter((command) => !toBonds.includes(command)),
    ...adjust(current, wanted, made),
    ...address(current, wanted, made),
  ];
}
