import { VdsmError } from '@virgate/vdsm';
import { DomainMemoryModFlags } from '@virgate/libvirt';
import { errorCode, readOptionalInteger, readUuid } from '../verb.ts';
import type { VerbHandler } from '../verb.ts';
import { asFault } from './registry.ts';
import type { VmRegistry } from './registry.ts';
import type { Vm } from './vm.ts';

const maximumKib = 2 ** 43;

/** Asks the balloon of a running guest to leave it so much memory. The guest follows at its own pace. */
export async function setBalloon(vms: VmRegistry, vm: Vm, targetKib: number): Promise<void> {
  await vms.call(vm, 'control', (connection) => connection.domainSetMemory(vm.vmId, targetKib * 1024, DomainMemoryModFlags.MEM_LIVE));
  vm.balloonTargetKib = targetKib;
}

/** The verb VM.setBalloonTarget: how much memory the balloon leaves to a guest, in KiB (VDSM schema, VM.setBalloonTarget). */
export function setBalloonTarget(vms: VmRegistry): VerbHandler {
  return async (params) => {
    const vm = vms.running(readUuid(params, 'vmID'));
    const target = readOptionalInteger(params, 'target', { minimum: 1, maximum: maximumKib });
    if (target === undefined) throw new VdsmError(errorCode.missingParameter, 'Missing required parameter: target');
    if (vm.facts?.hasBalloon !== true) throw new VdsmError(errorCode.balloonFailed, `Virtual machine ${vm.vmId} has no balloon`);
    try {
      await vms.inTurn(vm, () => setBalloon(vms, vm, target));
    } catch (error) {
      throw asFault(error, errorCode.balloonFailed);
    }
    return { code: 0, message: 'Done' };
  };
}
