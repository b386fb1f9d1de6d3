import { readUuid, errorCode } from '../verb.ts';
import type { VerbHandler } from '../verb.ts';
import { saveMetadata } from './metadata-state.ts';
import { asFault } from './registry.ts';
import type { VmRegistry } from './registry.ts';

/** The verb VM.pause (VDSM schema, VM.pause). */
export function pauseVm(vms: VmRegistry): VerbHandler {
  return async (params) => {
    const vm = vms.running(readUuid(params, 'vmID'));
    try {
      await vms.inTurn(vm, () => vms.call(vm, 'control', (connection) => connection.domainSuspend(vm.vmId)));
    } catch (error) {
      throw asFault(error, errorCode.general);
    }
    vms.apply(vm, { type: 'paused', pauseCode: 'NOERR' });
    return { vmList: {} };
  };
}

/** The verb VM.cont: lets a paused VM go on (VDSM schema, VM.cont). One that runs already is fine. */
export function continueVm(vms: VmRegistry): VerbHandler {
  return async (params) => {
    const vm = vms.running(readUuid(params, 'vmID'));
    try {
      if (vm.state.phase === 'paused')
        await vms.inTurn(vm, () => vms.call(vm, 'control', (connection) => connection.domainResume(vm.vmId)));
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
