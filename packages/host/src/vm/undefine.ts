import { DomainDestroyFlags, DomainState, DomainUndefineFlags, ErrorNumber, isLibvirtError } from '@virgate/libvirt';
import type { LibvirtConnection } from '@virgate/libvirt';
import type { VmRegistry } from './registry.ts';
import type { Vm } from './vm.ts';

/** What libvirt shall not keep of a VM that is gone: the engine has what its firmware and its TPM are to know again. */
const undefineFlags =
  DomainUndefineFlags.MANAGED_SAVE |
  DomainUndefineFlags.SNAPSHOTS_METADATA |
  DomainUndefineFlags.CHECKPOINTS_METADATA |
  DomainUndefineFlags.NVRAM |
  DomainUndefineFlags.TPM;

/** Ending QEMU gently waits for it; libvirt itself gives up after half a minute. */
const destroyDeadlineMs = 60_000;

async function ignoringMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isLibvirtError(error, ErrorNumber.NO_DOMAIN)) return undefined;
    throw error;
  }
}

async function isActive(connection: LibvirtConnection, vmId: string): Promise<boolean> {
  const found = await ignoringMissing(connection.domainState(vmId));
  return found !== undefined && found.state !== DomainState.SHUTOFF && found.state !== DomainState.NOSTATE;
}

async function destroyActive(connection: LibvirtConnection, vmId: string, flags: number): Promise<boolean> {
  try {
    await connection.domainDestroy(vmId, flags);
    return true;
  } catch (error) {
    if (isLibvirtError(error, ErrorNumber.NO_DOMAIN)) return true;
    // It may have ended by itself in between.
    if (!(await isActive(connection, vmId))) return true;
    if (flags !== 0) return false;
    throw error;
  }
}

/**
 * Removes the domain of a VM from libvirt; one that is not there is removed already.
 *
 * @param mode `destroy` ends a running domain first, `keep` refuses to touch one
 * @param gracefulAttempts how often QEMU is asked to end before it is killed
 */
export async function undefineDomain(vms: VmRegistry, vm: Pick<Vm, 'vmId'>, mode: 'destroy' | 'keep', gracefulAttempts = 0): Promise<void> {
  const { hypervisor } = vms.dependencies;
  await hypervisor.run(
    'control',
    async (connection) => {
      if (await isActive(connection, vm.vmId)) {
        if (mode === 'keep') return;
        let ended = false;
        for (let attempt = 0; attempt < gracefulAttempts && !ended; attempt++)
          ended = await destroyActive(connection, vm.vmId, DomainDestroyFlags.GRACEFUL);
        if (!ended) await destroyActive(connection, vm.vmId, DomainDestroyFlags.DEFAULT);
      }
      await ignoringMissing(connection.domainUndefine(vm.vmId, undefineFlags));
    },
    destroyDeadlineMs,
  );
}
