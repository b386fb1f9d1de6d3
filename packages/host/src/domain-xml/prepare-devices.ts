import { child, childrenNamed, element, ensureChild, removeChildren, setText } from './element.ts';
import type { XmlElement } from './element.ts';
import type { DomainEnvironment, NetworkBridge, NetworkLun, PreparedDisks, PreparedVolume } from './environment.ts';
import { isUuid } from '../uuid.ts';
import { ovnPortOf } from './ovn-port.ts';
import { DomainRequestError } from './request.ts';
import type { DiskRequest } from './request.ts';

/** The contract's name of the bridge for a NIC without network. */
export const unpluggedNetwork = ';vdsmdummy;';
/** Prefix of the libvirt networks that stand for display networks. */
const displayNetworkPrefix = 'vdsm-';
/** Longest path of a unix socket, in bytes (sun_path without its NUL). */
const socketPathBytes = 107;

/** A LUN with which QEMU speaks itself: neither the kernel's filter of commands nor its queue is between them. */
function setNetworkSource(disk: XmlElement, { host, port, name, login }: NetworkLun): void {
  const source = ensureChild(disk, 'source');
  source.attributes = new Map([
    ['protocol', 'iscsi'],
    ['name', name],
  ]);
  source.children = [
    element('host', { name: host, port: String(port) }),
    ...(login ? [element('auth', { username: login.user }, [element('secret', { type: 'iscsi', uuid: login.secretId })])] : []),
  ];
  disk.attributes.set('type', 'network');
  for (const name of ['sgio', 'rawio']) disk.attributes.delete(name);
  const driver = ensureChild(disk, 'driver');
  driver.attributes.set('name', 'qemu');
  driver.attributes.set('type', 'raw');
  driver.attributes.delete('io');
}

function setSource(disk: XmlElement, { path, format, isBlockDevice = false, network }: PreparedVolume): void {
  if (network) return setNetworkSource(disk, network);
  const source = ensureChild(disk, 'source');
  removeChildren(source, (part) => part.name === 'host' || part.name === 'auth');
  source.attributes = new Map([[isBlockDevice ? 'dev' : 'file', path]]);
  disk.attributes.set('type', isBlockDevice ? 'block' : 'file');
  const driver = ensureChild(disk, 'driver');
  driver.attributes.set('name', 'qemu');
  driver.attributes.set('type', format);
  // QEMU's floppy drives know no policies of errors, and do not start with one.
  if (disk.attributes.get('device') === 'floppy') for (const name of ['error_policy', 'rerror_policy']) driver.attributes.delete(name);
}

/** Points every disk at what was made ready for it. */
export function prepareDisks(disks: DiskRequest[], prepared: PreparedDisks): void {
  for (const { target, source, node } of disks) {
    if (source.kind === 'empty') {
      removeChildren(node, (part) => part.name === 'source');
      node.attributes.set('type', 'file');
      continue;
    }
    const ready =
      source.kind === 'payload' ? { path: prepared.payloads.get(target) ?? '', format: 'raw' as const } : prepared.volumes.get(target);
    if (!ready || (ready.path === '' && !ready.network)) throw new DomainRequestError(`Disk ${target} was not prepared`);
    setSource(node, ready);
  }
}

/** The network filter of a NIC: on Open vSwitch it is the profile of the port. */
function takeFilter(nic: XmlElement): XmlElement | undefined {
  const [filter] = removeChildren(nic, (part) => part.name === 'filterref');
  const [port] = removeChildren(nic, (part) => part.name === 'virtualport');
  removeChildren(nic, (part) => part.name === 'vlan');
  const profile = port && child(port, 'parameters')?.attributes.get('profileid');
  return filter ?? (profile ? element('filterref', { filter: profile }) : undefined);
}

/**
 * Connects a NIC to a bridge of this host, whatever kind of bridge it was made for.
 *
 * @throws DomainRequestError when this host can't give it its network filter there
 */
export function connectToBridge(nic: XmlElement, bridge: NetworkBridge, environment: DomainEnvironment): void {
  ensureChild(nic, 'source').attributes.set('bridge', bridge.name);
  const filter = takeFilter(nic);
  const name = filter?.attributes.get('filter') ?? '';
  if (!bridge.openVSwitch) {
    if (!filter) return;
    if (!environment.networkFilters.has(name))
      throw new DomainRequestError(`This host has no network filter '${name}': its ebtables tool is missing`);
    nic.children.push(filter);
    return;
  }
  const { tag } = bridge.openVSwitch;
  if (filter && !environment.switchFilters.has(name))
    throw new DomainRequestError(`This host has no network filter '${name}' on Open vSwitch`);
  if (child(nic, 'port')?.attributes.get('isolated') === 'yes')
    throw new DomainRequestError('Ports of Open vSwitch are not isolated from each other');
  nic.children.push(element('virtualport', { type: 'openvswitch' }, filter ? [element('parameters', { profileid: name })] : []));
  if (tag !== undefined) nic.children.push(element('vlan', {}, [element('tag', { id: String(tag) })]));
}

/**
 * Connects a NIC to a port of OVN, which keeps from its guest, and the guest from, what the port's rules forbid.
 *
 * @throws DomainRequestError when this host is no chassis of OVN
 */
export function connectToPort(nic: XmlElement, portId: string, environment: DomainEnvironment): void {
  if (environment.integrationBridge === undefined)
    throw new DomainRequestError('This host is no chassis of OVN: its network provider has not been set up here');
  if (!isUuid(portId)) throw new DomainRequestError('A port of OVN is named by a UUID (vnic_id)');
  if (takeFilter(nic)) throw new DomainRequestError('Ports of OVN have no network filters of the host');
  ensureChild(nic, 'source').attributes.set('bridge', environment.integrationBridge);
  nic.children.push(element('virtualport', { type: 'openvswitch' }, [element('parameters', { interfaceid: portId })]));
}

/** Disks that shall be backed up while QEMU cannot serve them from an I/O thread are worked on by its main thread. */
export function leaveIoThreads(devices: XmlElement): void {
  for (const device of [...childrenNamed(devices, 'disk'), ...childrenNamed(devices, 'controller')])
    child(device, 'driver')?.attributes.delete('iothread');
}

function prepareInterface(nic: XmlElement, environment: DomainEnvironment, document: XmlElement): void {
  if (nic.attributes.get('type') !== 'bridge') return;
  const source = ensureChild(nic, 'source');
  const network = source.attributes.get('bridge') ?? '';
  if (network === unpluggedNetwork) {
    source.attributes.set('bridge', environment.unpluggedBridge);
    removeChildren(nic, (part) => ['filterref', 'bandwidth', 'port', 'mtu'].includes(part.name));
    return;
  }
  const port = ovnPortOf(document, nic);
  if (port !== undefined) return connectToPort(nic, port, environment);
  const bridge = environment.bridges.get(network);
  if (bridge === undefined) throw new DomainRequestError(`This host has no network '${network}'`);
  connectToBridge(nic, bridge, environment);
}

/** Whether NICs of a domain are on ports that have rules: its guest may run only when these hold. */
export function hasRuledPorts(domain: XmlElement): boolean {
  const devices = child(domain, 'devices');
  return devices !== undefined && childrenNamed(devices, 'interface').some(isSwitched);
}

/** Whether a NIC is on Open vSwitch. */
export const isSwitched = (nic: XmlElement): boolean => child(nic, 'virtualport')?.attributes.get('type') === 'openvswitch';

/** Connects NICs to the bridges of this host. @param document with the metadata that speaks of them */
export function prepareInterfaces(devices: XmlElement, environment: DomainEnvironment, document: XmlElement): void {
  for (const nic of childrenNamed(devices, 'interface')) prepareInterface(nic, environment, document);
}

function prepareGraphic(graphics: XmlElement, environment: DomainEnvironment): void {
  const listen = child(graphics, 'listen');
  const network = listen?.attributes.get('network') ?? '';
  const name = network.startsWith(displayNetworkPrefix) ? network.slice(displayNetworkPrefix.length) : network;
  const address = name === '' ? environment.displayAddresses.values().next().value : environment.displayAddresses.get(name);
  if (address === undefined) throw new DomainRequestError(`This host has no display network '${name}'`);
  // Nobody gets in before a ticket, also where an engine counts on users of VNC (FIPS), of which this host knows none.
  if (!graphics.attributes.has('passwd')) {
    graphics.attributes.set('passwd', '*****');
    graphics.attributes.set('passwdValidTo', '1970-01-01T00:00:01');
  }
  removeChildren(graphics, (part) => part.name === 'listen');
  graphics.children.unshift(element('listen', { type: 'address', address }));
  for (const attribute of ['listen', 'websocket', 'socket']) graphics.attributes.delete(attribute);
}

/** SPICE without certificates serves its plain port only. */
function dropSpiceTls(graphics: XmlElement): void {
  for (const attribute of ['tlsPort', 'defaultMode']) graphics.attributes.delete(attribute);
  for (const channel of childrenNamed(graphics, 'channel')) channel.attributes.set('mode', 'any');
}

function replaceSpice(devices: XmlElement, graphics: XmlElement): void {
  const hasVnc = childrenNamed(devices, 'graphics').some((node) => node.attributes.get('type') === 'vnc');
  if (hasVnc) removeChildren(devices, (node) => node === graphics);
  else {
    graphics.attributes.set('type', 'vnc');
    dropSpiceTls(graphics);
    removeChildren(graphics, (part) => part.name !== 'listen');
  }
  removeChildren(
    devices,
    (node) => node.attributes.get('type') === 'spicevmc' || (node.name === 'audio' && node.attributes.get('type') === 'spice'),
  );
}

/** Makes consoles listen on this host's addresses, and replaces what its QEMU can't serve. */
export function prepareGraphics(devices: XmlElement, environment: DomainEnvironment): void {
  for (const graphics of childrenNamed(devices, 'graphics')) {
    if (graphics.attributes.get('type') === 'spice') {
      if (!environment.graphicsTypes.has('spice')) replaceSpice(devices, graphics);
      else if (!environment.spiceTls) dropSpiceTls(graphics);
    }
  }
  for (const graphics of childrenNamed(devices, 'graphics')) prepareGraphic(graphics, environment);
  for (const video of childrenNamed(devices, 'video')) {
    const model = child(video, 'model');
    if (!model || environment.videoModels.has(model.attributes.get('type') ?? '')) continue;
    const heads = model.attributes.get('heads');
    model.attributes.clear();
    model.attributes.set('type', 'vga');
    if (heads !== undefined) model.attributes.set('heads', '1');
  }
}

function fitsSocket(path: string): boolean {
  return Buffer.byteLength(path) <= socketPathBytes;
}

function prepareChannel(channel: XmlElement, directory: string, vmId: string): void {
  if (channel.attributes.get('type') !== 'unix') return;
  const name = child(channel, 'target')?.attributes.get('name') ?? '';
  if (!/^[\w.-]{1,64}$/.test(name)) throw new DomainRequestError('A channel has no usable name');
  const path = `${directory}/${vmId}.${name}`;
  removeChildren(channel, (part) => part.name === 'source');
  // Without a source libvirt chooses a path of its own, which always fits.
  if (fitsSocket(path)) channel.children.unshift(element('source', { mode: 'bind', path }));
}

function prepareConsole(console: XmlElement, directory: string, vmId: string): void {
  removeChildren(console, (part) => part.name === 'source');
  const path = `${directory}/${vmId}.sock`;
  if (console.attributes.get('type') === 'unix' && fitsSocket(path)) {
    console.children.unshift(element('source', { mode: 'bind', path }));
  } else console.attributes.set('type', 'pty');
}

/** Gives channels and serial consoles their sockets in the agent's own folders. */
export function prepareCharacterDevices(devices: XmlElement, environment: DomainEnvironment, vmId: string): void {
  for (const channel of childrenNamed(devices, 'channel')) prepareChannel(channel, environment.channelsDirectory, vmId);
  // A console and a serial port of one number are the same device to libvirt: only one may name a socket.
  const consoles = [...childrenNamed(devices, 'console'), ...childrenNamed(devices, 'serial'), ...childrenNamed(devices, 'parallel')];
  for (const [index, console] of consoles.entries()) {
    if (index > 0) console.attributes.set('type', 'pty');
    prepareConsole(console, environment.consolesDirectory, vmId);
  }
}

/** Fills in what the guest's SMBIOS tables say of the host (VDSM placeholders OS-NAME, OS-VERSION, HOST-SERIAL). */
export function fillSystemInformation(sysinfo: XmlElement, host: DomainEnvironment['host']): void {
  const values: Record<string, string> = { 'OS-NAME:': host.osName, 'OS-VERSION:': host.osVersion, 'HOST-SERIAL:': host.serial };
  for (const group of sysinfo.children) {
    if (typeof group === 'string') continue;
    for (const entry of childrenNamed(group, 'entry')) {
      const text = entry.children
        .filter((part) => typeof part === 'string')
        .join('')
        .trim();
      const value = values[text];
      if (value !== undefined) setText(entry, value);
    }
  }
}
