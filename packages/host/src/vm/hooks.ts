import { customDevices } from '../domain-xml/custom-devices.ts';
import { child } from '../domain-xml/element.ts';
import type { XmlElement } from '../domain-xml/element.ts';
import { parseXml } from '../domain-xml/parse.ts';
import { writeXml } from '../domain-xml/write.ts';
import type { DocumentHookPoint } from '../hooks/index.ts';
import { exitReason } from './exit.ts';
import type { VmRegistry } from './registry.ts';
import type { Vm } from './vm.ts';

/**
 * Runs the hooks of a point about a VM, with its custom properties.
 *
 * @param document what they get; the document of the running domain when missing
 * @param params custom properties of the device that it is about, or what else the point tells
 * @returns the document as they left it
 * @throws VdsmError 1500 where a failing hook ends what it belongs to
 */
export function runVmHook(
  vms: VmRegistry,
  vm: Vm,
  point: DocumentHookPoint,
  document?: string | XmlElement,
  params: Record<string, string> = {},
): Promise<string> {
  const { hooks } = vms.dependencies;
  const live = (): Promise<string> => vms.call(vm, 'query', (connection) => connection.domainGetXMLDesc(vm.vmId));
  const text = document === undefined ? live : typeof document === 'string' ? document : writeXml(document);
  return hooks.onDocument(point, text, { vmId: vm.vmId, custom: vm.custom, params });
}

/** As {@link runVmHook} for one device: gives the device as the hooks left it. */
export async function runDeviceHook(
  vms: VmRegistry,
  vm: Vm,
  point: DocumentHookPoint,
  device: XmlElement,
  params: Record<string, string>,
): Promise<XmlElement> {
  const before = writeXml(device);
  const after = await runVmHook(vms, vm, point, before, params);
  return after === before ? device : parseXml(after);
}

/** Runs a point for each device of a VM that has custom properties. */
export async function runCustomDeviceHooks(
  vms: VmRegistry,
  vm: Vm,
  point: DocumentHookPoint,
  documentXml: string | undefined = vm.documentXml,
): Promise<void> {
  if (documentXml === undefined) return;
  for (const { device, custom } of customDevices(parseXml(documentXml))) await runVmHook(vms, vm, point, device, custom);
}

/** Before a domain is made: hooks may put something in the place of each device with custom properties that is no disk. */
export async function replaceCustomDevices(vms: VmRegistry, vm: Vm, domain: XmlElement): Promise<void> {
  const devices = child(domain, 'devices');
  if (!devices) return;
  for (const { device, custom } of customDevices(domain)) {
    if (device.name === 'disk') continue;
    const replaced = await runDeviceHook(vms, vm, 'before_device_create', device, custom);
    devices.children = devices.children.map((part) => (part === device ? replaced : part));
  }
}

/** Runs hooks of something that has happened already: after those before them, and nobody waits. */
export function afterwards(vms: VmRegistry, vm: Vm, work: () => Promise<unknown>): void {
  vm.hookTurn = vm.hookTurn.then(work).then(
    () => undefined,
    (error: unknown) => vms.dependencies.log.warn({ vmId: vm.vmId, error: String(error) }, 'Hooks of a VM could not be run'),
  );
}

/** Hooks that follow the end of a VM; they run once in its life here. */
export async function runDestroyedHooks(vms: VmRegistry, vm: Vm): Promise<void> {
  if (vm.destroyedHooksRan) return;
  vm.destroyedHooksRan = true;
  await runVmHook(vms, vm, 'after_vm_destroy', vm.documentXml ?? '');
  await runCustomDeviceHooks(vms, vm, 'after_device_destroy');
}

/** Ends that are none of the VM: it goes on elsewhere, or later, or never began. */
const otherEnds = new Set<number>([exitReason.saved, exitReason.migrated, exitReason.startFailed]);

/** Runs the hooks that follow the end of a VM, also of one that ends by itself. */
export function watchEnds(vms: VmRegistry): void {
  vms.onChange((vm) => {
    if (vm.state.phase !== 'down' || vm.destroyedHooksRan || vms.isClosing) return;
    if (vm.state.exit === undefined || otherEnds.has(vm.state.exit.reason)) return;
    afterwards(vms, vm, () => runDestroyedHooks(vms, vm));
  });
}
