import { DomainCreateFlags } from '@virgate/libvirt';
import { VdsmError } from '@virgate/vdsm';
import { hasRuledPorts, unpluggedNetwork } from '../domain-xml/prepare-devices.ts';
import { childrenNamed, descend } from '../domain-xml/element.ts';
import type { XmlElement } from '../domain-xml/element.ts';
import type { PreparedDisks, PreparedVolume } from '../domain-xml/environment.ts';
import { prepareDomain } from '../domain-xml/prepare.ts';
import { readDomainRequest } from '../domain-xml/request.ts';
import type { DomainRequest } from '../domain-xml/request.ts';
import { errorCode, invalidParameter, readObject, readText, readUuid } from '../verb.ts';
import type { VerbHandler } from '../verb.ts';
import { parseXml, xmlLimits } from '../domain-xml/parse.ts';
import { placeBootFiles } from './boot-files.ts';
import { exitReason } from './exit.ts';
import { placeGivenData, readGivenData } from './external-data-verbs.ts';
import type { GivenData } from './external-data-verbs.ts';
import { replaceCustomDevices, runCustomDeviceHooks, runVmHook } from './hooks.ts';
import { prepareSource } from './prepare-volume.ts';
import { limitCpu, saidCpuLimit } from './limits.ts';
import { removePayloads, writePayloads } from './payload.ts';
import { maximumVms } from './registry.ts';
import type { VmRegistry } from './registry.ts';
import { leasesOf, placeLeases } from './leases.ts';
import { readMemoryVolumes } from './memory-volumes.ts';
import type { MemoryVolumes } from './memory-volumes.ts';
import { restoreDomain } from './restore.ts';
import { initialState } from './status.ts';
import { undefineDomain } from './undefine.ts';
import { newVm } from './vm.ts';
import type { Vm } from './vm.ts';

/** What a VM brings from the runs before. */
interface FormerRun {
  /** Its memory, where it goes on. */
  memory: MemoryVolumes | undefined;
  given: GivenData;
}

/** The VM was destroyed while it started. */
class Abandoned extends Error {
  override name = 'Abandoned';
}

function needsUnpluggedBridge(request: DomainRequest): boolean {
  const devices = descend(request.domain, 'devices');
  return (devices ? childrenNamed(devices, 'interface') : []).some(
    (nic) => descend(nic, 'source')?.attributes.get('bridge') === unpluggedNetwork,
  );
}

async function prepareDisks(vms: VmRegistry, vm: Vm, request: DomainRequest): Promise<PreparedDisks> {
  const { payloadDirectory } = vms.dependencies;
  const volumes = new Map<string, PreparedVolume>();
  for (const disk of request.disks) {
    const ready = await prepareSource(vms, vm, disk);
    if (ready) volumes.set(disk.target, ready);
  }
  return { volumes, payloads: await writePayloads(request, payloadDirectory) };
}

function volumesOf(request: DomainRequest): Vm['volumes'] {
  return [...request.disks.flatMap((disk) => (disk.source.kind === 'volume' ? [disk.source.ids] : [])), ...request.bootVolumes];
}

/** The document and the flags of a start, as the hooks of this host want them. */
async function askHooks(vms: VmRegistry, vm: Vm, domain: XmlElement, paused: boolean): Promise<{ xml: string; flags: number }> {
  const { hooks } = vms.dependencies;
  await replaceCustomDevices(vms, vm, domain);
  await hooks.writeLaunchFlags(vm.vmId, paused ? DomainCreateFlags.START_PAUSED : 0);
  let failure: unknown;
  const xml = await runVmHook(vms, vm, 'before_vm_start', domain).catch((error: unknown) => {
    failure = error;
    return '';
  });
  const flags = await hooks.takeLaunchFlags(vm.vmId);
  if (failure !== undefined) throw failure;
  return { xml, flags };
}

async function startDomain(vms: VmRegistry, vm: Vm, xml: string, flags: number): Promise<void> {
  const { hypervisor, settlePorts } = vms.dependencies;
  const waits = hasRuledPorts(parseXml(xml));
  const paused = (flags & DomainCreateFlags.START_PAUSED) !== 0;
  await hypervisor.run('start', async (connection) => {
    // Defined first: a definition keeps the reason of its end, even while no agent runs.
    await connection.domainDefineXML(xml);
    if (vm.destroyed) throw new Abandoned();
    await connection.domainCreate(vm.vmId, waits ? flags | DomainCreateFlags.START_PAUSED : flags);
    if (waits) await settlePorts();
    if (waits && !paused) await connection.domainResume(vm.vmId);
  });
}

/** Holds the VM to its share of the host. One that the host cannot hold so runs all the same: a share is no condition of the VM. */
async function applyCpuLimit(vms: VmRegistry, vm: Vm, request: DomainRequest): Promise<void> {
  const percent = saidCpuLimit(request.domain);
  if (percent === undefined) return;
  await limitCpu(vms, vm, percent).catch((error: unknown) =>
    vms.dependencies.log.warn({ vmId: vm.vmId, error: String(error) }, 'The VM is not held to its share of the CPUs'),
  );
}

async function launch(vms: VmRegistry, vm: Vm, request: DomainRequest, { memory, given }: FormerRun): Promise<void> {
  const { ensureUnpluggedBridge, environment, clock } = vms.dependencies;
  let paused = request.launchPaused;
  if (needsUnpluggedBridge(request)) await ensureUnpluggedBridge();
  await placeGivenData(vms, vm, given, memory !== undefined);
  if (memory) {
    await restoreDomain(vms, vm, request, memory);
  } else {
    const disks = await prepareDisks(vms, vm, request);
    const domain = prepareDomain(request, environment(), disks, { startTime: clock.nowMs() / 1000 });
    await placeBootFiles(vms.dependencies, domain);
    await placeLeases(vms, domain, leasesOf(vms, request.domain));
    if (vm.destroyed) throw new Abandoned();
    const { xml, flags } = await askHooks(vms, vm, domain, request.launchPaused);
    if (vm.destroyed) throw new Abandoned();
    await startDomain(vms, vm, xml, flags);
    paused = (flags & DomainCreateFlags.START_PAUSED) !== 0;
  }
  await vms.refreshFacts(vm);
  if (vm.documentXml?.includes('portMirroring') === true) await vms.dependencies.settlePorts();
  if (!memory) {
    await runVmHook(vms, vm, 'after_vm_start', vm.documentXml);
    await runCustomDeviceHooks(vms, vm, 'after_device_create');
  }
  await applyCpuLimit(vms, vm, request);
  vms.apply(vm, { type: 'started', paused, restored: memory !== undefined });
}

/** Starts the domain of a VM and leaves nothing of it when that fails. */
async function start(vms: VmRegistry, vm: Vm, request: DomainRequest, former: FormerRun): Promise<void> {
  const { log, payloadDirectory } = vms.dependencies;
  try {
    await launch(vms, vm, request, former);
  } catch (error) {
    // The next agent finds out what became of it.
    if (vms.isClosing) return;
    const message = error instanceof Error ? error.message : String(error);
    if (!(error instanceof Abandoned)) log.warn({ vmId: vm.vmId, error: message }, 'VM could not be started');
    await undefineDomain(vms, vm, 'destroy').catch((failure: unknown) =>
      log.error({ vmId: vm.vmId, error: String(failure) }, 'What is left of a failed start could not be removed'),
    );
    await removePayloads(vm.vmId, payloadDirectory);
    vms.apply(vm, { type: 'startFailed', exit: { code: 1, message: message.slice(0, 1000), reason: exitReason.startFailed } });
  }
}

function readRequest(vms: VmRegistry, vmId: string, xml: string): DomainRequest {
  try {
    const request = readDomainRequest(vmId, xml);
    leasesOf(vms, request.domain);
    return request;
  } catch (error) {
    throw new VdsmError(errorCode.cannotCreateVm, `Cannot create VM: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** The verb VM.create: begins to start a VM and answers at once (VDSM schema, VM.create). */
export function createVm(vms: VmRegistry): VerbHandler {
  return async (params) => {
    const vmId = readUuid(params, 'vmID');
    const vmParams = readObject(params, 'vmParams');
    if (vmParams['vmId'] !== undefined && readUuid(vmParams, 'vmId') !== vmId)
      throw invalidParameter('vmParams.vmId', 'the same UUID as vmID is needed');
    if (vms.find(vmId)) throw new VdsmError(errorCode.vmExists, `Virtual machine already exists: ${vmId}`);
    if (vms.list().length >= maximumVms)
      throw new VdsmError(errorCode.resourceExhausted, `This host holds ${maximumVms} virtual machines and takes no more`);
    const given = readGivenData(vmParams);
    const xml = readText(vmParams, 'xml', xmlLimits.characters);
    const request = readRequest(vms, vmId, xml);
    const memory = readMemoryVolumes(vmParams);
    const { clock, eventTime } = vms.dependencies;
    const vm = newVm(vmId, request.name, clock.monotonicMs());
    vm.state = initialState(memory ? 'restoring' : 'launching');
    vm.destroyOnReboot = request.destroyOnReboot;
    vm.custom = request.metadata.custom;
    vm.volumes = [...volumesOf(request), ...(memory ? [memory.dump, memory.configuration] : [])];
    vm.clockOffsetSeconds = descend(request.domain, 'clock')?.attributes.get('adjustment') ?? '0';
    vms.add(vm);
    try {
      // On the disk before anything begins: an agent that comes after this one knows what to look for.
      await vms.save(vm);
    } catch (error) {
      await vms.forget(vm).catch(() => undefined);
      throw new VdsmError(errorCode.cannotCreateVm, `Cannot create VM: ${String(error)}`, { cause: error });
    }
    void vms.inTurn(vm, () => start(vms, vm, request, { memory, given }));
    return { vmId, status: memory ? 'Restoring state' : 'WaitForLaunch', statusTime: String(eventTime()), xml };
  };
}
