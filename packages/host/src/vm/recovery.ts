import { DomainPausedReason, DomainState, ErrorNumber, isLibvirtError } from '@virgate/libvirt';
import type { Domain, LibvirtConnection } from '@virgate/libvirt';
import { findVmMetadata } from '../domain-xml/metadata.ts';
import { parseXml } from '../domain-xml/parse.ts';
import { isComing } from '../migration/incoming.ts';
import { exitReason } from './exit.ts';
import type { VmExit } from './exit.ts';
import { stopDetailOf } from './events.ts';
import type { VmRegistry } from './registry.ts';
import { initialState, nextState, statusOf } from './status.ts';
import type { VmEvent } from './status.ts';
import type { VmRecord } from './store.ts';
import { undefineDomain } from './undefine.ts';
import { newVm } from './vm.ts';
import type { Vm } from './vm.ts';

const missing: VmExit = { code: 1, message: 'The VM was gone when the host agent came back', reason: exitReason.domainMissing };
const interrupted: VmExit = { code: 1, message: 'The host agent was restarted while the VM started', reason: exitReason.startFailed };

/** Why libvirt pauses a domain that goes to another host. */
const switching = new Set<number>([DomainPausedReason.MIGRATION, DomainPausedReason.POSTCOPY]);

interface Found {
  domain: Domain;
  state: number;
  reason: number;
}

function isActive(found: Found | undefined): boolean {
  return found !== undefined && found.state !== DomainState.SHUTOFF && found.state !== DomainState.NOSTATE;
}

/**
 * What became of a VM, from what is remembered and what libvirt has now. Pure.
 *
 * @param found its domain; `undefined` when libvirt has none
 */
export function recoveredEvents(phase: Vm['state']['phase'], found: { state: number; reason: number } | undefined): VmEvent[] {
  if (phase === 'down') return [];
  // Where a VM that comes from another host is, is looked at for itself.
  if (phase === 'arriving') return [];
  const starting = phase === 'launching' || phase === 'restoring';
  if (!found) return [{ type: 'vanished', exit: starting ? interrupted : missing }];
  switch (found.state) {
    case DomainState.SHUTOFF:
    case DomainState.NOSTATE: {
      const detail = stopDetailOf(found.reason);
      // A domain that is defined and never ran has no reason either.
      if (starting || detail === undefined) return [{ type: 'vanished', exit: starting ? interrupted : missing }];
      return [{ type: 'stopped', detail }];
    }
    case DomainState.PAUSED:
      // The moment in which a VM changes the host.
      if (switching.has(found.reason)) return [];
      // What is paused stays so for the reason it has.
      if (phase === 'saving' || phase === 'paused') return [];
      return starting ? [{ type: 'started', paused: true }] : [{ type: 'paused', pauseCode: 'NOERR' }];
    default:
      if (phase === 'saving') return [{ type: 'savingFailed', paused: false }];
      return starting ? [{ type: 'started', paused: false }] : [{ type: 'resumed' }];
  }
}

async function listDomains(connection: LibvirtConnection): Promise<Map<string, Found>> {
  const found = new Map<string, Found>();
  for (const domain of await connection.listAllDomains()) {
    const state = await connection.domainState(domain).catch((error: unknown) => {
      if (isLibvirtError(error, ErrorNumber.NO_DOMAIN)) return undefined;
      throw error;
    });
    if (state) found.set(domain.uuid.toLowerCase(), { domain, ...state });
  }
  return found;
}

function vmOf(record: VmRecord, nowMs: number): Vm {
  const vm = newVm(record.vmId, record.name, nowMs);
  vm.state = record.state;
  vm.volumes = record.volumes;
  vm.clockOffsetSeconds = record.clockOffsetSeconds;
  vm.consoleEnd = record.consoleEnd;
  vm.convergence = record.convergence ?? vm.convergence;
  vm.reportedStatus = statusOf(vm.state, nowMs);
  return vm;
}

/** A running domain that nobody remembers: an older life of this agent, or somebody else, started it. */
function adopted(vms: VmRegistry, found: Found): Vm {
  const { clock } = vms.dependencies;
  const vm = newVm(found.domain.uuid.toLowerCase(), found.domain.name, clock.monotonicMs());
  if (isComing(found)) {
    vm.state = initialState('arriving');
    return vm;
  }
  vm.state = nextState(initialState(), { type: 'started', paused: found.state === DomainState.PAUSED }, clock.monotonicMs());
  return vm;
}

async function readRunning(vms: VmRegistry, vm: Vm): Promise<void> {
  const { clock, log } = vms.dependencies;
  try {
    await vms.refreshFacts(vm);
  } catch (error) {
    log.warn({ vmId: vm.vmId, error: String(error) }, 'The document of a running VM could not be read; it is tried again');
    return;
  }
  const values = vm.facts?.metadata.values ?? {};
  vm.destroyOnReboot = values['destroy_on_reboot'] === true;
  const startTime = values['startTime'];
  if (typeof startTime === 'number')
    vm.state = { ...vm.state, startedMs: clock.monotonicMs() - Math.max(0, clock.nowMs() - startTime * 1000) };
}

/** Removes what a former boot of the host left: its VMs are gone, and the engine knows. */
async function dropFormerBoot(vms: VmRegistry, records: VmRecord[], domains: Map<string, Found>): Promise<void> {
  const { store, log } = vms.dependencies;
  for (const record of records) {
    if (isActive(domains.get(record.vmId))) continue;
    log.info({ vmId: record.vmId }, 'VM of a former boot of this host is forgotten');
    if (domains.has(record.vmId)) await undefineDomain(vms, record, 'keep');
    domains.delete(record.vmId);
    await store.remove(record.vmId);
  }
}

/** Our own definitions without a record and without a running guest serve nobody. */
async function dropOrphans(vms: VmRegistry, domains: Map<string, Found>): Promise<void> {
  const { hypervisor, log } = vms.dependencies;
  for (const [vmId, found] of domains) {
    if (isActive(found) || vms.find(vmId)) continue;
    const xml = await hypervisor.run('query', (connection) => connection.domainGetXMLDesc(vmId)).catch(() => undefined);
    if (xml === undefined || !findVmMetadata(parseXml(xml))) continue;
    log.info({ vmId }, 'Definition of a VM that is gone is removed');
    await undefineDomain(vms, { vmId }, 'keep');
  }
}

/**
 * Finds the VMs of this host again after a restart of the agent: the running ones in libvirt, the
 * ended ones that the engine has not collected yet in the agent's own records.
 */
export async function recoverVms(vms: VmRegistry): Promise<void> {
  const { store, hypervisor, clock, bootId, log } = vms.dependencies;
  const records = await store.list();
  const domains = await hypervisor.run('query', listDomains, 60_000);
  const current = records.filter((record) => record.bootId === bootId);
  await dropFormerBoot(
    vms,
    records.filter((record) => record.bootId !== bootId),
    domains,
  );
  for (const record of current) vms.add(vmOf(record, clock.monotonicMs()));
  for (const [vmId, found] of domains) {
    if (!isActive(found) || vms.find(vmId)) continue;
    log.warn({ vmId, name: found.domain.name }, 'Running VM without a record is taken over');
    vms.add(adopted(vms, found));
  }
  for (const vm of vms.list()) {
    const found = domains.get(vm.vmId);
    if (isActive(found) && vm.state.phase !== 'down' && vm.state.phase !== 'arriving') await readRunning(vms, vm);
    if (vm.state.phase === 'down' && isActive(found)) {
      // The engine was told that it is down and may run it elsewhere by now.
      log.error({ vmId: vm.vmId }, 'A VM that is down runs; it is ended');
      await undefineDomain(vms, vm, 'destroy');
    }
    const starting = vm.state.phase === 'launching' || vm.state.phase === 'restoring';
    for (const event of recoveredEvents(vm.state.phase, found)) vms.apply(vm, event);
    if (starting && found && !isActive(found)) await undefineDomain(vms, vm, 'keep');
    vms.watch(vm);
    await vms.save(vm);
  }
  await dropOrphans(vms, domains);
  log.info({ vms: vms.list().length }, 'VMs found again');
}

/** Brings the state of all VMs into line with libvirt, after events may have been lost. */
export async function reconcileVms(vms: VmRegistry): Promise<void> {
  const { hypervisor } = vms.dependencies;
  const domains = await hypervisor.run('query', listDomains, 60_000);
  for (const vm of vms.list()) {
    if (vm.state.phase === 'launching' || vm.state.phase === 'restoring' || vm.state.phase === 'saving') continue;
    if (vm.state.phase === 'arriving') continue;
    const found = domains.get(vm.vmId);
    for (const event of recoveredEvents(vm.state.phase, found)) vms.apply(vm, event);
    if (isActive(found)) await readRunning(vms, vm);
  }
}
