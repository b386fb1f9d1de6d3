import { DomainXMLFlags } from '@virgate/libvirt';
import { exitReason } from '../vm/exit.ts';
import { afterwards, runCustomDeviceHooks, runVmHook } from '../vm/hooks.ts';
import type { VmRegistry } from '../vm/registry.ts';
import type { Vm } from '../vm/vm.ts';

/**
 * Runs the hooks of the host that a VM is about to leave.
 *
 * @returns the document that the other host gets: as the last hook left it
 * @throws VdsmError 1500 when one refuses
 */
export async function runLeavingHooks(vms: VmRegistry, vm: Vm): Promise<string> {
  await vms.refreshFacts(vm);
  await runCustomDeviceHooks(vms, vm, 'before_device_migrate_source');
  const document = await vms.call(vm, 'query', (connection) =>
    connection.domainGetXMLDesc(vm.vmId, DomainXMLFlags.SECURE | DomainXMLFlags.MIGRATABLE),
  );
  return await runVmHook(vms, vm, 'before_vm_migrate_source', document);
}

/** Runs the hooks that follow when a VM has gone to another host, whoever finds that out. */
export function watchDepartures(vms: VmRegistry): void {
  vms.onChange((vm) => {
    if (vm.state.phase !== 'down' || vm.state.exit?.reason !== exitReason.migrated || vms.isClosing) return;
    afterwards(vms, vm, async () => {
      await runVmHook(vms, vm, 'after_vm_migrate_source', vm.documentXml ?? '');
      await runCustomDeviceHooks(vms, vm, 'after_device_migrate_source');
    });
  });
}

/**
 * Runs the hooks of the host that a VM is about to come to.
 *
 * @param document as the other host sent it
 * @returns the document as the last hook left it
 * @throws VdsmError 1500 when one refuses
 */
export async function runComingHooks(vms: VmRegistry, vm: Vm, document: string): Promise<string> {
  await runCustomDeviceHooks(vms, vm, 'before_device_migrate_destination', document);
  return await runVmHook(vms, vm, 'before_vm_migrate_destination', document);
}

/** Runs the hooks that follow when a VM has come from another host. */
export function runArrivedHooks(vms: VmRegistry, vm: Vm): void {
  afterwards(vms, vm, async () => {
    await runCustomDeviceHooks(vms, vm, 'after_device_migrate_destination');
    await runVmHook(vms, vm, 'after_vm_migrate_destination');
  });
}
