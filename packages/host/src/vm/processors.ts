import { DomainVcpuFlags, ErrorNumber, isLibvirtError } from '@virgate/libvirt';
import { VdsmError } from '@virgate/vdsm';
import { setTimeout as delay } from 'node:timers/promises';
import { parseXml } from '../domain-xml/parse.ts';
import { errorCode, notImplemented, readOptionalInteger, readUuid } from '../verb.ts';
import type { VerbHandler } from '../verb.ts';
import { runVmHook } from './hooks.ts';
import { documentOf } from './hot-plug.ts';
import { limitCpu, saidCpuLimit } from './limits.ts';
import { asFault } from './registry.ts';
import type { VmRegistry } from './registry.ts';
import type { Vm } from './vm.ts';

/** Most virtual CPUs that any machine type has. */
const maximumVcpus = 8192;
/** How long a guest may take to let CPUs go: libvirt gives up after five seconds, the guest does not. */
const unplugTimeoutMs = 30_000;
const pollMs = 200;

/**
 * How many virtual CPUs there are. An emulated one that its guest let go is never reported as gone, so that libvirt goes on counting it:
 * there QEMU itself is asked.
 */
async function vcpusOf(vms: VmRegistry, vm: Vm): Promise<number> {
  return vms.call(vm, 'query', async (connection) => {
    if (vms.dependencies.environment().acceleration === 'tcg') {
      const answer = await connection.domainMonitorCommand(vm.vmId, '{"execute":"query-cpus-fast"}');
      const cpus = (JSON.parse(answer) as { return?: unknown }).return;
      if (Array.isArray(cpus)) return cpus.length;
    }
    const dom = { name: '', uuid: vm.vmId, id: -1 };
    return (await connection.call('DOMAIN_GET_VCPUS_FLAGS', { dom, flags: DomainVcpuFlags.LIVE })).num;
  });
}

/** Waits for a guest that takes its time to let CPUs go. */
async function becomes(vms: VmRegistry, vm: Vm, wanted: number): Promise<boolean> {
  const { clock } = vms.dependencies;
  const until = clock.monotonicMs() + unplugTimeoutMs;
  while (clock.monotonicMs() < until && vm.state.phase !== 'down') {
    if ((await vcpusOf(vms, vm)) === wanted) return true;
    await delay(pollMs);
  }
  return false;
}

/** Changes the number. Where the guest has to let some go, what it does counts and not what libvirt answers. */
async function change(vms: VmRegistry, vm: Vm, wanted: number): Promise<void> {
  const before = await vcpusOf(vms, vm);
  if (before === wanted) return;
  try {
    await vms.call(vm, 'control', (connection) => connection.domainSetVcpus(vm.vmId, wanted, DomainVcpuFlags.LIVE));
  } catch (error) {
    // What libvirt itself refuses the guest has never heard of.
    const guestMayObey =
      wanted < before && !isLibvirtError(error, ErrorNumber.INVALID_ARG) && !isLibvirtError(error, ErrorNumber.NO_DOMAIN);
    if (!guestMayObey || !(await becomes(vms, vm, wanted))) throw error;
    return;
  }
  const now = await vcpusOf(vms, vm);
  if (now !== wanted) throw new Error(`The VM has ${now} CPUs: libvirt lost count of them, which its next start puts right`);
}

/** A share of the host's CPUs is spread over the virtual ones that there are. */
async function spreadShare(vms: VmRegistry, vm: Vm, xml: string): Promise<void> {
  const percent = saidCpuLimit(parseXml(xml));
  if (percent === undefined) return;
  await limitCpu(vms, vm, percent).catch((error: unknown) =>
    vms.dependencies.log.warn({ vmId: vm.vmId, error: String(error) }, 'The VM is not held to its share of the CPUs'),
  );
}

/** The verb VM.setNumberOfCpus: how many of its virtual CPUs a running VM has (VDSM schema, VM.setNumberOfCpus). */
export function setNumberOfCpus(vms: VmRegistry): VerbHandler {
  return async (params) => {
    const vm = vms.running(readUuid(params, 'vmID'));
    const wanted = readOptionalInteger(params, 'numberOfCpus', { minimum: 1, maximum: maximumVcpus });
    if (wanted === undefined) throw new VdsmError(errorCode.missingParameter, 'Missing required parameter: numberOfCpus');
    if (Array.isArray(params['cpusets']) && params['cpusets'].length > 0)
      throw notImplemented('VM.setNumberOfCpus', 'virtual CPUs that are plugged are not bound to CPUs of the host by this host agent');
    try {
      await vms.inTurn(vm, async () => {
        await runVmHook(vms, vm, 'before_set_num_of_cpus');
        await change(vms, vm, wanted);
        await runVmHook(vms, vm, 'after_set_num_of_cpus');
      });
      const document = await documentOf(vms, vm);
      await spreadShare(vms, vm, document.xml);
      return document;
    } catch (error) {
      throw asFault(error, errorCode.setCpusFailed);
    }
  };
}
