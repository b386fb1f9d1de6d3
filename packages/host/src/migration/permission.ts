import { VdsmError } from '@virgate/vdsm';
import type { VdsmCall } from '@virgate/vdsm';
import { hostName } from '../peers.ts';
import { errorCode } from '../verb.ts';
import { exitReason } from '../vm/exit.ts';
import type { VmRegistry } from '../vm/registry.ts';
import { hasArrived } from './incoming.ts';

/** What another host may ask of this one: whether it is there, and to take a VM. */
const verbsOfHosts = new Set(['Host.ping', 'Host.ping2', 'VM.migrationCreate', 'VM.destroy']);

/**
 * Whether a peer that is no engine may make a call: only what a migration to this host needs, and `VM.destroy` only for a VM that it sends
 * here and that has not arrived.
 *
 * @throws VdsmError 75 when it may not, 102 when the VM has arrived, 1 when there is no such VM of it
 */
export function checkHostCall(vms: VmRegistry, call: VdsmCall): void {
  if (call.peer.restricted !== true) return;
  const name = hostName(call.peer);
  if (!verbsOfHosts.has(call.method))
    throw new VdsmError(errorCode.unsupportedOperation, `${call.method.slice(0, 100)} is for the engine of this host, not for ${name}`);
  if (call.method !== 'VM.destroy') return;
  const vmId = call.params['vmID'];
  const vm = typeof vmId === 'string' ? vms.find(vmId.toLowerCase()) : undefined;
  if (!vm || vm.state.arrivedFrom !== name) throw new VdsmError(errorCode.noSuchVm, 'No such virtual machine comes from this host');
  const came = vm.state.phase === 'down' ? vm.state.exit?.reason !== exitReason.migrationFailed : vm.state.phase !== 'arriving';
  if (came) throw new VdsmError(hasArrived, `Virtual machine ${vm.vmId} has arrived: it is this host's now`);
}
