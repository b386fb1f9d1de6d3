import { DomainDeviceModifyFlags } from '@virgate/libvirt';
import { VdsmError } from '@virgate/vdsm';
import { setTimeout as delay } from 'node:timers/promises';
import { customProperties } from '../domain-xml/custom-devices.ts';
import { child, clone, elements, ensureChild, textOf } from '../domain-xml/element.ts';
import type { XmlElement } from '../domain-xml/element.ts';
import type { PreparedVolume } from '../domain-xml/environment.ts';
import { localName, readVmMetadata } from '../domain-xml/metadata.ts';
import { parseXml, xmlLimits } from '../domain-xml/parse.ts';
import { isSwitched, leaveIoThreads, prepareDisks, prepareInterfaces, unpluggedNetwork } from '../domain-xml/prepare-devices.ts';
import { readDiskRequests, refuseHostAccess } from '../domain-xml/request.ts';
import type { DiskRequest, VolumeIds } from '../domain-xml/request.ts';
import { writeXml } from '../domain-xml/write.ts';
import { errorCode, invalidParameter, notImplemented, readObject, readText, readUuid } from '../verb.ts';
import type { VerbHandler } from '../verb.ts';
import type { DocumentHookPoint } from '../hooks/index.ts';
import { runDeviceHook, runVmHook } from './hooks.ts';
import { editMetadata } from './metadata-state.ts';
import { prepareLun } from './prepare-lun.ts';
import { asFault } from './registry.ts';
import type { VmRegistry } from './registry.ts';
import type { Vm } from './vm.ts';

/** How long a guest may take to let a device go. Source: VDSM, hotunplug_timeout. */
const unplugTimeoutMs = 30_000;
const unplugPollMs = 200;

type DeviceName = 'interface' | 'disk' | 'memory';

/** The document of a hot plug: one device, and what the VM's metadata says of it. */
export interface HotPlug {
  root: XmlElement;
  devices: XmlElement;
  device: XmlElement;
}

/** @throws VdsmError 11, 91; DomainRequestError when it is no device that this host gives to guests */
function readHotPlug(params: Record<string, unknown>, vmId: string, name: DeviceName): HotPlug {
  const spec = readObject(params, 'params');
  if (spec['vmId'] !== undefined && readUuid(spec, 'vmId') !== vmId)
    throw invalidParameter('params.vmId', 'the same UUID as vmID is needed');
  if (spec['xml'] === undefined) throw notImplemented('hot plug', 'a device that is not given as XML is not taken by this host agent');
  const root = parseXml(readText(spec, 'xml', xmlLimits.characters));
  const devices = child(root, 'devices');
  const [device, ...more] = devices ? elements(devices) : [];
  if (root.name !== 'hotplug' || !devices || !device || device.name !== name || more.length > 0)
    throw invalidParameter('params.xml', `a hotplug document with one ${name} is needed`);
  refuseHostAccess(root, devices);
  return { root, devices, device };
}

const aliasOf = (device: XmlElement): string => child(device, 'alias')?.attributes.get('name') ?? '';
const macOf = (nic: XmlElement): string => (child(nic, 'mac')?.attributes.get('address') ?? '').toLowerCase();

/** The same device in a running domain: by its alias, else a NIC by its address and a disk by its serial number. */
function sameDevice(live: XmlElement, wanted: XmlElement): boolean {
  if (live.name !== wanted.name) return false;
  const alias = aliasOf(wanted);
  if (alias.startsWith('ua-') && aliasOf(live) === alias) return true;
  if (wanted.name === 'interface') return macOf(wanted) !== '' && macOf(live) === macOf(wanted);
  const serial = textOf(child(wanted, 'serial'));
  return serial !== '' && textOf(child(live, 'serial')) === serial;
}

/** The device as the running domain has it now. */
export async function liveDevice(vms: VmRegistry, vm: Vm, wanted: XmlElement): Promise<XmlElement | undefined> {
  const xml = await vms.call(vm, 'query', (connection) => connection.domainGetXMLDesc(vm.vmId));
  const devices = child(parseXml(xml), 'devices');
  return devices && elements(devices).find((device) => sameDevice(device, wanted));
}

/** By what the metadata of a device is known: a NIC by its address, a disk by its target; of memory it says nothing. */
function metadataKey(device: XmlElement): [attribute: string, value: string] {
  return device.name === 'interface' ? ['mac_address', macOf(device)] : ['name', child(device, 'target')?.attributes.get('dev') ?? ''];
}

/** Writes what the document says of the device into the VM's metadata, or takes it out. */
async function keepMetadata(vms: VmRegistry, vm: Vm, device: XmlElement, root: XmlElement | undefined): Promise<void> {
  if (device.name === 'memory') return;
  const [attribute, value] = metadataKey(device);
  const isOfDevice = (node: XmlElement): boolean => localName(node) === 'device' && node.attributes.get(attribute)?.toLowerCase() === value;
  const told = root ? readVmMetadata(root).devices.map(({ node }) => node) : [];
  await editMetadata(vms, vm, (metadata) => {
    metadata.children = [...metadata.children.filter((node) => typeof node === 'string' || !isOfDevice(node)), ...told];
  });
}

/** The document of the running domain, as verbs that changed it answer with it (VDSM schema, VmDefinition). */
export async function documentOf(vms: VmRegistry, vm: Vm): Promise<{ xml: string; vmId: string }> {
  await vms.refreshFacts(vm);
  return { xml: await vms.call(vm, 'query', (connection) => connection.domainGetXMLDesc(vm.vmId)), vmId: vm.vmId };
}

/** Points of a hot plug by the kind of the device; no hook hears of a disk that could not be plugged, nor of memory that goes. */
const plugPoints: Record<
  DeviceName,
  Partial<Record<'beforePlug' | 'afterPlug' | 'plugFailed' | 'beforeUnplug' | 'afterUnplug' | 'unplugFailed', DocumentHookPoint>>
> = {
  interface: {
    beforePlug: 'before_nic_hotplug',
    afterPlug: 'after_nic_hotplug',
    plugFailed: 'after_nic_hotplug_fail',
    beforeUnplug: 'before_nic_hotunplug',
    afterUnplug: 'after_nic_hotunplug',
    unplugFailed: 'after_nic_hotunplug_fail',
  },
  disk: {
    beforePlug: 'before_disk_hotplug',
    afterPlug: 'after_disk_hotplug',
    beforeUnplug: 'before_disk_hotunplug',
    afterUnplug: 'after_disk_hotunplug',
  },
  memory: { beforePlug: 'before_memory_hotplug', afterPlug: 'after_memory_hotplug' },
};
const pointsOf = ({ name }: XmlElement) => plugPoints[name === 'interface' || name === 'memory' ? name : 'disk'];

/** Plugs a device in. One that is there already is fine. */
export async function attach(vms: VmRegistry, vm: Vm, { device: wanted, root }: HotPlug): Promise<void> {
  if (await liveDevice(vms, vm, wanted)) return;
  const points = pointsOf(wanted);
  const custom = customProperties(root, wanted);
  const device = points.beforePlug ? await runDeviceHook(vms, vm, points.beforePlug, wanted, custom) : wanted;
  try {
    await vms.call(vm, 'control', (connection) => connection.domainAttachDevice(vm.vmId, writeXml(device), DomainDeviceModifyFlags.LIVE));
  } catch (error) {
    if (points.plugFailed) await runVmHook(vms, vm, points.plugFailed, device, custom);
    throw error;
  }
  if (points.afterPlug) await runVmHook(vms, vm, points.afterPlug, device, custom);
  await keepMetadata(vms, vm, device, root);
}

/** A NIC on a port that has rules is plugged with its link down, which comes up when the rules hold. */
async function attachNic(vms: VmRegistry, vm: Vm, plug: HotPlug): Promise<void> {
  const link = child(plug.device, 'link');
  if (!isSwitched(plug.device)) return await attach(vms, vm, plug);
  const isUp = link?.attributes.get('state') !== 'down';
  const device = clone(plug.device);
  ensureChild(device, 'link').attributes.set('state', 'down');
  await attach(vms, vm, { ...plug, device });
  await vms.dependencies.settlePorts();
  const live = await liveDevice(vms, vm, plug.device);
  if (!live || !isUp) return;
  ensureChild(live, 'link').attributes.set('state', 'up');
  await vms.call(vm, 'control', (connection) => connection.domainUpdateDevice(vm.vmId, writeXml(live), DomainDeviceModifyFlags.LIVE));
}

/** Waits until the guest has let a device go. @throws Error when it refuses, ends or takes too long */
async function untilGone(vms: VmRegistry, vm: Vm, live: XmlElement): Promise<void> {
  const { clock } = vms.dependencies;
  const until = clock.monotonicMs() + unplugTimeoutMs;
  while (await liveDevice(vms, vm, live)) {
    if (vm.keptDevices.delete(aliasOf(live))) throw new Error('the guest refuses to let the device go');
    if (clock.monotonicMs() > until) throw new Error(`the guest did not let the device go within ${unplugTimeoutMs / 1000} seconds`);
    await delay(unplugPollMs);
  }
  // The definition of a VM that ended has nothing of what was plugged in.
  if (vm.state.phase === 'down') throw new Error('the VM ended before its guest let the device go');
}

/** Asks the guest to let a device go and waits until it has: what it does counts, not what libvirt answers. */
export async function detach(vms: VmRegistry, vm: Vm, wanted: XmlElement): Promise<void> {
  const live = await liveDevice(vms, vm, wanted);
  if (!live) return;
  const points = pointsOf(live);
  const custom = customProperties(parseXml(vm.documentXml ?? '<domain/>'), live);
  vm.keptDevices.delete(aliasOf(live));
  try {
    await vms.inTurn(vm, async () => {
      if (points.beforeUnplug) await runVmHook(vms, vm, points.beforeUnplug, live, custom);
      await vms.call(vm, 'control', (connection) => connection.domainDetachDevice(vm.vmId, writeXml(live), DomainDeviceModifyFlags.LIVE));
    });
    await untilGone(vms, vm, live);
  } catch (error) {
    if (points.unplugFailed) await runVmHook(vms, vm, points.unplugFailed, live, custom);
    throw error;
  }
  if (points.afterUnplug) await runVmHook(vms, vm, points.afterUnplug, live, custom);
  await vms.inTurn(vm, () => keepMetadata(vms, vm, live, undefined));
}

/** A verb that plugs or unplugs, with the contract's code for its failures. */
export const plugVerb = (
  vms: VmRegistry,
  name: DeviceName,
  code: number,
  work: (vm: Vm, plug: HotPlug, params: Record<string, unknown>) => Promise<void>,
): VerbHandler => {
  return async (params) => {
    const vm = vms.running(readUuid(params, 'vmID'));
    try {
      await work(vm, readHotPlug(params, vm.vmId, name), params);
      const answer = await documentOf(vms, vm);
      if (name === 'interface') await vms.dependencies.settlePorts();
      return answer;
    } catch (error) {
      throw error instanceof VdsmError ? error : asFault(error, code);
    }
  };
};

/** Connects the NIC of a document to this host. @param about the document with what the engine says of the NIC */
async function prepareNic(vms: VmRegistry, { device, devices }: Pick<HotPlug, 'device' | 'devices'>, about: XmlElement): Promise<void> {
  const { ensureUnpluggedBridge, environment } = vms.dependencies;
  if (child(device, 'source')?.attributes.get('bridge') === unpluggedNetwork) await ensureUnpluggedBridge();
  prepareInterfaces(devices, environment(), about);
}

/** The verb VM.hotplugNic (VDSM schema, HotplugNicParams). One that is there already is fine. */
export const hotplugNic = (vms: VmRegistry): VerbHandler =>
  plugVerb(vms, 'interface', errorCode.hotplugNicFailed, async (vm, plug) => {
    await prepareNic(vms, plug, plug.root);
    await vms.inTurn(vm, () => attachNic(vms, vm, plug));
  });

/** The verb VM.hotunplugNic. One that is not there is unplugged already. */
export const hotunplugNic = (vms: VmRegistry): VerbHandler =>
  plugVerb(vms, 'interface', errorCode.hotunplugNicFailed, (vm, { device }) => detach(vms, vm, device));

/** The disk of a document. @throws VdsmError when it shows neither a volume nor a LUN */
function diskOf(plug: HotPlug): DiskRequest & { source: { kind: 'volume'; ids: VolumeIds } | { kind: 'lun'; guid: string } } {
  const [disk] = readDiskRequests(plug.devices, readVmMetadata(plug.root));
  const source = disk?.source;
  if (!disk || (source?.kind !== 'volume' && source?.kind !== 'lun'))
    throw invalidParameter('params.xml', 'a disk of the storage repository or a LUN is needed');
  return { ...disk, source };
}

/** Plugs a disk in that is ready. */
async function attachDisk(vms: VmRegistry, vm: Vm, plug: HotPlug, disk: DiskRequest, ready: PreparedVolume): Promise<void> {
  if (!vms.dependencies.environment().ioThreadsServeNbd) leaveIoThreads(plug.devices);
  prepareDisks([disk], { volumes: new Map([[disk.target, ready]]), payloads: new Map() });
  await attach(vms, vm, plug);
}

/** The verb VM.hotplugDisk (VDSM schema, HotplugDiskParams). One that is there already is fine. */
export const hotplugDisk = (vms: VmRegistry): VerbHandler =>
  plugVerb(vms, 'disk', errorCode.hotplugDiskFailed, async (vm, plug) => {
    const { images } = vms.dependencies;
    const disk = diskOf(plug);
    const { source } = disk;
    if (source.kind === 'lun') {
      await vms.inTurn(vm, async () => attachDisk(vms, vm, plug, disk, await prepareLun(vms, source.guid)));
      return;
    }
    const { ids } = source;
    await vms.inTurn(vm, async () => {
      const ready: PreparedVolume = await images.prepare(ids);
      const known = vm.volumes.some((volume) => volume.imageId === ids.imageId);
      // Noted before it is used: an agent that comes after this one lets it go at the end.
      if (!known) vm.volumes = [...vm.volumes, ids];
      if (!known) await vms.save(vm);
      try {
        await attachDisk(vms, vm, plug, disk, ready);
      } catch (error) {
        if (!known) await letGo(vms, vm, ids);
        throw error;
      }
    });
  });

/** A disk that no VM of the host uses any more is let go. */
async function letGo(vms: VmRegistry, vm: Vm, ids: VolumeIds): Promise<void> {
  const { images, log } = vms.dependencies;
  vm.volumes = vm.volumes.filter((volume) => volume.imageId !== ids.imageId);
  await vms.save(vm);
  if (vms.list().some((other) => other.volumes.some((volume) => volume.imageId === ids.imageId))) return;
  await images
    .teardown(ids)
    .catch((error: unknown) => log.warn({ vmId: vm.vmId, ...ids, error: String(error) }, 'A volume could not be let go'));
}

/** The verb VM.hotunplugDisk. One that is not there is unplugged already. */
export const hotunplugDisk = (vms: VmRegistry): VerbHandler =>
  plugVerb(vms, 'disk', errorCode.hotunplugDiskFailed, async (vm, plug) => {
    const { source } = diskOf(plug);
    await detach(vms, vm, plug.device);
    if (source.kind === 'volume') await vms.inTurn(vm, () => letGo(vms, vm, source.ids));
  });

/** What of a running NIC may change: the rest of it stays as it is. */
const changeable = new Set(['link', 'source', 'filterref', 'port', 'virtualport', 'vlan', 'bandwidth']);

/** A port of Open vSwitch stays the one that it is: libvirt does not change it for a port of another identity. */
function keepPort(live: XmlElement, wanted: XmlElement): void {
  const [before, after] = [child(live, 'virtualport'), child(wanted, 'virtualport')];
  const identity = before && child(before, 'parameters')?.attributes.get('interfaceid');
  if (after && identity !== undefined) ensureChild(after, 'parameters').attributes.set('interfaceid', identity);
}

/** Changes a NIC of a running VM: its network, its link, its filter (VDSM schema, VM.updateDevice with `deviceType: interface`). */
export async function updateNic(vms: VmRegistry, vm: Vm, device: Record<string, unknown>): Promise<void> {
  if (device['xml'] === undefined)
    throw notImplemented('VM.updateDevice', 'a change of a network interface that is not given as XML is not taken by this host agent');
  const document = parseXml(readText(device, 'xml', xmlLimits.characters));
  const wanted = document.name === 'interface' ? document : (elements(child(document, 'devices') ?? document)[0] ?? document);
  if (wanted.name !== 'interface') throw invalidParameter('params.xml', 'an interface is needed');
  const devices: XmlElement = { name: 'devices', namespace: '', attributes: new Map(), children: [wanted] };
  refuseHostAccess(devices, devices);
  await prepareNic(vms, { device: wanted, devices }, parseXml(vm.documentXml ?? '<domain/>'));
  await vms.inTurn(vm, async () => {
    const live = await liveDevice(vms, vm, wanted);
    if (!live) throw new VdsmError(errorCode.updateDeviceFailed, 'The VM has no such network interface');
    keepPort(live, wanted);
    live.children = [
      ...live.children.filter((node) => typeof node === 'string' || !changeable.has(node.name)),
      ...elements(wanted).filter((node) => changeable.has(node.name)),
    ];
    const custom = customProperties(parseXml(vm.documentXml ?? '<domain/>'), live);
    let changed = live;
    try {
      changed = await runDeviceHook(vms, vm, 'before_update_device', live, custom);
      await vms.call(vm, 'control', (connection) =>
        connection.domainUpdateDevice(vm.vmId, writeXml(changed), DomainDeviceModifyFlags.LIVE),
      );
    } catch (error) {
      await runVmHook(vms, vm, 'after_update_device_fail', changed, custom);
      throw error;
    }
    await runVmHook(vms, vm, 'after_update_device', changed, custom);
  });
  await vms.refreshFacts(vm);
  await vms.dependencies.settlePorts();
}
