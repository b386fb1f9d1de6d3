import { child, textOf } from '../domain-xml/element.ts';
import type { XmlElement } from '../domain-xml/element.ts';
import { errorCode, invalidParameter, readObject, readOptionalInteger } from '../verb.ts';
import type { VerbHandler } from '../verb.ts';
import { attach, detach, plugVerb } from './hot-plug.ts';
import { saveMetadata } from './metadata-state.ts';
import type { VmRegistry } from './registry.ts';
import type { Vm } from './vm.ts';

/** Largest guarantee that is taken, in MiB: more than any guest has. */
const maximumGuaranteeMib = 1024 ** 3;

/** A piece of memory names how much of it there is, and a NUMA node; only what is plain memory of the host is given. */
function checkPiece(memory: XmlElement): void {
  const target = child(memory, 'target');
  const size = textOf(target && child(target, 'size'));
  if (memory.attributes.get('model') !== 'dimm') throw invalidParameter('params.xml', 'memory of the model dimm is needed');
  if (!/^[1-9]\d{0,12}$/.test(size)) throw invalidParameter('params.xml', 'the memory needs a size');
  const source = child(memory, 'source');
  if (source && child(source, 'path')) throw invalidParameter('params.xml', 'memory does not come from a file of the host');
}

/** Keeps how much memory is guaranteed from now on, where statistics and the balloon find it. */
async function keepGuarantee(vms: VmRegistry, vm: Vm, params: Record<string, unknown>): Promise<void> {
  const guarantee = readOptionalInteger(readObject(params, 'params'), 'memGuaranteedSize', { minimum: 0, maximum: maximumGuaranteeMib });
  if (guarantee !== undefined) await saveMetadata(vms, vm, { memGuaranteedSize: guarantee });
}

/** The verb VM.hotplugMemory (VDSM schema, HotplugMemoryParams). A piece that is there already is fine. */
export const hotplugMemory = (vms: VmRegistry): VerbHandler =>
  plugVerb(vms, 'memory', errorCode.hotplugMemoryFailed, async (vm, plug, params) => {
    checkPiece(plug.device);
    await vms.inTurn(vm, async () => {
      await attach(vms, vm, plug);
      await keepGuarantee(vms, vm, params);
    });
  });

/** The verb VM.hotunplugMemory: answers when the guest has let the piece go. One that is not there is unplugged already. */
export const hotunplugMemory = (vms: VmRegistry): VerbHandler => {
  const unplug = plugVerb(vms, 'memory', errorCode.hotunplugMemoryFailed, async (vm, { device }, params) => {
    await detach(vms, vm, device);
    await vms.inTurn(vm, () => keepGuarantee(vms, vm, params));
  });
  return async (params, call) => {
    await unplug(params, call);
    return true;
  };
};
