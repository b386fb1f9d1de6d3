import { ErrorNumber, isLibvirtError } from '@virgate/libvirt';
import { VdsmError } from '@virgate/vdsm';
import { errorCode, readUuid } from '../verb.ts';
import type { VerbHandler } from '../verb.ts';
import { asFault } from './registry.ts';
import type { VmRegistry } from './registry.ts';

/** A guest writes out what it holds back before it freezes. */
const deadlineMs = 60_000;

/**
 * The verbs VM.freeze and VM.thaw: the guest's agent holds the writes to its file systems back, or lets them go (VDSM schema, VM.freeze,
 * VM.thaw).
 */
export function freezeVm(vms: VmRegistry, procedure: 'DOMAIN_FSFREEZE' | 'DOMAIN_FSTHAW'): VerbHandler {
  return async (params) => {
    const vm = vms.running(readUuid(params, 'vmID'));
    try {
      await vms.inTurn(vm, () =>
        vms.call(
          vm,
          'control',
          async (connection) => {
            const dom = { name: vm.name, uuid: vm.vmId, id: -1 };
            await connection.call(procedure, { dom, mountpoints: [] });
          },
          deadlineMs,
        ),
      );
    } catch (error) {
      if (isLibvirtError(error, ErrorNumber.AGENT_UNRESPONSIVE))
        throw new VdsmError(errorCode.guestAgentNotResponsive, 'Guest agent is not responsive', { cause: error });
      throw asFault(error, errorCode.general);
    }
    return true;
  };
}
