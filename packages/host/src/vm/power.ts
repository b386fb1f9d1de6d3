import { readUuid, errorCode } from '../verb.ts';
import type { VerbHandler } from '../verb.ts';
import { runVmHook } from './hooks.ts';
import { saveMetadata } from './metadata-state.ts';
import { asFault } from './registry.ts';
import type { VmRegistry } from './registry.ts';
import type { Vm } from './vm.ts';

/** The verb VM.pause (VDSM schema, VM.pause). */
export function pauseVm(vms: VmRegistry): VerbHandler {
  return async (params) => {
    const vm = vms.running(readUuid(params, 'vmID'));
    try {
      await vms.inTurn(vm, async () => {
        await runVmHook(vms, vm, 'before_vm_pause');
        await vms.call(vm, 'control', (connection) => connection.domainSuspend(vm.vmId));
      });
    } catch (error) {
      throw asFault(error, errorCode.general);
    }
    vms.apply(vm, { type: 'paused', pauseCode: 'NOERR' });
    return { vmList: {} };
  };
}

/** Lets a paused domain go on, after the host's hooks. */
export async function resumeDomain(vms: VmRegistry, vm: Vm): Promise<void> {
  await runVmHook(vms, vm, 'before_vm_cont');
  await vms.call(vm, 'control', (connection) => connection.domainResume(vm.vmId));
}

/** The verb VM.cont: lets a paused VM go on (VDSM schema, VM.cont). One that runs already is fine. */
export function continueVm(vms: VmRegistry): VerbHandler {
  return async (params) => {
    const vm = vms.running(readUuid(params, 'vmID'));
    try {
      if (vm.state.phase === 'paused') await vms.inTurn(vm, () => resumeDomain(vms, vm));
    } catch (error) {
      throw asFault(error, errorCode.general);
    }
    vms.apply(vm, { type: 'resumed' });
    return { vmList: {} };
  };
}

/** The verb VM.reset: the reset button (VDSM schema, VM.reset). */
export function resetVm(vms: VmRegistry): VerbHandler {
  return async (params) => {
    const vm = vms.running(readUuid(params, 'vmID'));
    try {
      await vms.inTurn(vm, () => vms.call(vm, 'control', (connection) => connection.domainReset(vm.vmId)));
    } catch (error) {
      throw asFault(error, errorCode.resetFailed);
    }
    return true;
  };
}

/** The verb VM.setDestroyOnReboot: the next reboot of the guest ends the VM (VDSM schema, VM.setDestroyOnReboot). */
export function setDestroyOnReboot(vms: VmRegistry): VerbHandler {
  return async (params) => {
    const vm = vms.running(readUuid(params, 'vmID'));
    try {
      await vms.inTurn(vm, () => saveMetadata(vms, vm, { destroy_on_reboot: true }));
    } catch (error) {
      throw asFault(error, errorCode.general);
    }
    vm.destroyOnReboot = true;
    return true;
  };
}
