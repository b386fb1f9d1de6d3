import { VdsmError } from '@virgate/vdsm';
import { errorCode, readOptionalInteger, readUuid } from '../verb.ts';
import type { VerbHandler } from '../verb.ts';
import { runCustomDeviceHooks, runDestroyedHooks, runVmHook } from './hooks.ts';
import { removePayloads } from './payload.ts';
import type { VmRegistry } from './registry.ts';
import { undefineDomain } from './undefine.ts';

/** Most times that QEMU is asked before it is killed. */
const maximumGracefulAttempts = 10;

/**
 * The verb VM.destroy: ends a VM at once and forgets it (VDSM schema, VM.destroy). A VM that just
 * starts is not started any more. One that can't be ended stays known.
 */
export function destroyVm(vms: VmRegistry): VerbHandler {
  return async (params) => {
    const vm = vms.get(readUuid(params, 'vmID'));
    const gracefulAttempts = readOptionalInteger(params, 'gracefulAttempts', { minimum: 0, maximum: 1000 }) ?? 1;
    vm.destroyed = true;
    vms.apply(vm, { type: 'endRequested', request: 'destroy' });
    await vms.inTurn(vm, async () => {
      if (vms.find(vm.vmId) !== vm) return;
      try {
        await runCustomDeviceHooks(vms, vm, 'before_device_destroy');
        await runVmHook(vms, vm, 'before_vm_destroy', '');
        await undefineDomain(vms, vm, 'destroy', Math.min(gracefulAttempts, maximumGracefulAttempts));
      } catch (error) {
        vm.destroyed = false;
        if (error instanceof VdsmError) throw error;
        throw new VdsmError(
          errorCode.vmDestroyFailed,
          `Virtual machine ${vm.vmId} could not be ended: ${error instanceof Error ? error.message : String(error)}`,
          { cause: error },
        );
      }
      vms.apply(vm, { type: 'stopped', detail: 'destroyed' });
      await vm.hookTurn;
      await runDestroyedHooks(vms, vm);
      await removePayloads(vm.vmId, vms.dependencies.payloadDirectory);
      await vms.forget(vm);
    });
    return true;
  };
}
