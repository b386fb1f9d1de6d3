import { DomainState } from '@virgate/libvirt';
import { errorCode, readUuid } from '../verb.ts';
import type { VerbHandler } from '../verb.ts';
import { afterwards, runVmHook } from './hooks.ts';
import { readMemoryHandle } from './memory-volumes.ts';
import type { MemoryVolumes } from './memory-volumes.ts';
import { asFault } from './registry.ts';
import type { VmRegistry } from './registry.ts';
import { writeSavedState } from './saved-state.ts';
import type { Vm } from './vm.ts';

async function save(vms: VmRegistry, vm: Vm, memory: MemoryVolumes): Promise<void> {
  const { images, hypervisor, clock, log } = vms.dependencies;
  try {
    const dump = await images.prepare(memory.dump);
    const configuration = await images.prepare(memory.configuration);
    await writeSavedState(configuration.path, { vmId: vm.vmId, name: vm.name, savedAt: clock.nowMs() / 1000 });
    await hypervisor.runLong((connection) => connection.domainSave(vm.vmId, dump.path, {}, { timeoutMs: 0 }));
    vms.apply(vm, { type: 'stopped', detail: 'saved' });
    afterwards(vms, vm, () => runVmHook(vms, vm, 'after_vm_hibernate', vm.documentXml ?? ''));
  } catch (error) {
    log.warn({ vmId: vm.vmId, error: String(error) }, 'The state of a VM could not be saved');
    const state = await vms.call(vm, 'query', (connection) => connection.domainState(vm.vmId)).catch(() => undefined);
    vms.apply(vm, { type: 'savingFailed', paused: state?.state === DomainState.PAUSED });
  }
}

/**
 * The verb VM.hibernate: saves the memory of a VM and ends it (VDSM schema, VM.hibernate). Answers
 * when the saving begins; the VM is down with reason 5 when it is done, or runs on when it fails.
 */
export function hibernateVm(vms: VmRegistry): VerbHandler {
  return async (params) => {
    const vm = vms.running(readUuid(params, 'vmID'));
    const memory = readMemoryHandle(params, 'hibernationVolHandle');
    await vms.inTurn(vm, async () => {
      vms.running(vm.vmId);
      await runVmHook(vms, vm, 'before_vm_hibernate');
      const volumes = [...vm.volumes, memory.dump, memory.configuration];
      vm.volumes = volumes;
      vms.apply(vm, { type: 'saving' });
    });
    save(vms, vm, memory).catch((error: unknown) =>
      vms.dependencies.log.error({ vmId: vm.vmId, error: String(asFault(error, errorCode.general)) }, 'Saving a VM ended badly'),
    );
    return true;
  };
}
