import { DomainGetJobStatsFlags, DomainPausedReason, DomainState, ErrorNumber, LibvirtClientError, isLibvirtError } from '@virgate/libvirt';
import { VdsmError } from '@virgate/vdsm';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from '../verb.ts';
import { stopDetailOf } from '../vm/events.ts';
import { HypervisorUnavailable } from '../vm/hypervisor.ts';
import type { VmRegistry } from '../vm/registry.ts';
import { undefineDomain } from '../vm/undefine.ts';
import type { Vm } from '../vm/vm.ts';
import { DestinationAgent } from './destination-agent.ts';
import { hasArrived } from './incoming.ts';
import type { Outgoing } from './steering.ts';

/** How often libvirt is asked where it does not answer. */
const lookMs = 1000;
/** A source that cannot reach the destination after a failure asks it again so often. */
const clean = { attempts: 10, pauseMs: 6000 } as const;
const noSuchVm = 1;
/** Exit reason of a VM that was handed over. */
const migratedReason = 4;

/** The agent of the host to which a VM goes; to be closed. */
export function agentOf(vms: VmRegistry, flow: Pick<Outgoing, 'to'>): DestinationAgent {
  const { migration, log } = vms.dependencies;
  return new DestinationAgent(flow.to, migration.tls(), log);
}

/** Settles as soon as libvirt answers: without its word nobody knows whether the VM is here, and nobody else would ask again. */
export async function settleInTheEnd(vms: VmRegistry, vm: Vm, flow: Outgoing, agent: DestinationAgent, failure: unknown): Promise<void> {
  for (;;) {
    try {
      await settle(vms, vm, flow, agent, failure);
      return;
    } catch (error) {
      if (vms.isClosing || !(error instanceof HypervisorUnavailable || error instanceof LibvirtClientError)) throw error;
      vms.dependencies.log.warn({ vmId: vm.vmId, error: String(error) }, 'The end of a migration is looked for again');
      await delay(lookMs);
    }
  }
}

/** Finds out where the VM is after a migration, and sees that it is in one place only. */
async function settle(vms: VmRegistry, vm: Vm, flow: Outgoing, agent: DestinationAgent, failure: unknown): Promise<void> {
  const { log } = vms.dependencies;
  if (failure === undefined) {
    // libvirt says that it arrived. A domain of its name that is here now is none of this run: the VM may be coming back.
    await done(vms, vm, flow);
    vms.apply(vm, { type: 'stopped', detail: 'migrated' });
    return;
  }
  const record = vms.find(vm.vmId);
  if (record !== undefined && record !== vm) {
    log.warn({ vmId: vm.vmId, to: flow.to, error: String(failure) }, 'The migration of a VM failed that was started here anew meanwhile');
    await clearDestination(vms, vm, flow, agent);
    return;
  }
  const found = await vms
    .call(vm, 'query', (connection) => connection.domainState(vm.vmId))
    .catch((error: unknown) => {
      if (isLibvirtError(error, ErrorNumber.NO_DOMAIN)) return undefined;
      throw error;
    });
  const isHere = found !== undefined && found.state !== DomainState.SHUTOFF && found.state !== DomainState.NOSTATE;
  if (!isHere) {
    const detail = found ? stopDetailOf(found.reason) : undefined;
    vms.apply(vm, { type: 'stopped', detail: detail ?? 'migrated' });
    if (vm.state.exit?.reason !== migratedReason) await clearDestination(vms, vm, flow, agent);
    return;
  }
  failed(vms, vm, flow, failure);
  const there = await clearDestination(vms, vm, flow, agent);
  if (there === 'arrived') {
    log.warn({ vmId: vm.vmId, to: flow.to }, 'The VM runs on the other host; what is left of it here is ended');
    vms.apply(vm, { type: 'endRequested', request: 'handOver' });
    await undefineDomain(vms, vm, 'destroy');
    vms.apply(vm, { type: 'stopped', detail: 'destroyed' });
    return;
  }
  if (flow.postcopy || found.reason === DomainPausedReason.POSTCOPY_FAILED || vm.state.pauseCode === 'POSTCOPY') {
    vms.apply(vm, { type: 'endRequested', request: 'postcopyFailed' });
    await undefineDomain(vms, vm, 'destroy');
    vms.apply(vm, { type: 'stopped', detail: 'destroyed' });
    return;
  }
  await stay(vms, vm, found);
}

/** Tells the end of a migration. Where libvirt has forgotten how long the guest stood still, that is from the standstill to the end. */
async function done(vms: VmRegistry, vm: Vm, flow: Outgoing): Promise<void> {
  const { emit, clock } = vms.dependencies;
  const longestMs = vm.switchedMs === undefined ? undefined : Math.max(0, Math.round(clock.monotonicMs() - vm.switchedMs));
  const { COMPLETED, KEEP_COMPLETED } = DomainGetJobStatsFlags;
  const figures = await vms
    .call(vm, 'query', (connection) => connection.domainJobStats(vm.vmId, COMPLETED | KEEP_COMPLETED))
    .catch(() => undefined);
  const measured = figures?.statistics['downtime'];
  flow.downtimeMs = typeof measured === 'number' ? measured : longestMs;
  flow.percent = 100;
  const downtime = flow.downtimeMs === undefined ? {} : { downtime: flow.downtimeMs };
  emit(`|virt|VM_migration_status|${vm.vmId}`, { [vm.vmId]: { progress: 100, ...downtime } });
}

/** The VM did not get to the other host. */
function failed(vms: VmRegistry, vm: Vm, flow: Outgoing, failure: unknown): void {
  vms.dependencies.log.warn({ vmId: vm.vmId, to: flow.to, error: String(failure) }, 'The migration of a VM failed');
  const message = failure instanceof Error ? failure.message : String(failure);
  if (failure instanceof VdsmError) flow.failure = { code: failure.code, message };
  else flow.failure = { code: flow.cancel.signal.aborted ? errorCode.migrationCancelFailed : errorCode.migrationFailed, message };
}

/** The VM goes on here. libvirt lets a guest go on by itself; one that it could not is asked for once more. */
async function stay(vms: VmRegistry, vm: Vm, found: { state: number; reason: number }): Promise<void> {
  const { log } = vms.dependencies;
  if (found.state === DomainState.PAUSED && found.reason === DomainPausedReason.MIGRATION && vm.state.phase === 'running') {
    try {
      await vms.call(vm, 'control', (connection) => connection.domainResume(vm.vmId));
    } catch (error) {
      log.error({ vmId: vm.vmId, error: String(error) }, 'A VM whose migration failed could not go on');
      vms.apply(vm, { type: 'paused', pauseCode: 'EOTHER' });
    }
  }
  vms.apply(vm, { type: 'migrationEnded' });
}

/**
 * Has the destination forget the VM. One that does not answer is asked again later, while the VM goes on here.
 *
 * @returns `arrived` when it runs there
 */
async function clearDestination(vms: VmRegistry, vm: Vm, flow: Outgoing, agent: DestinationAgent): Promise<'gone' | 'arrived' | 'unknown'> {
  if (!flow.announced) return 'gone';
  try {
    await agent.destroy(vm.vmId);
    return 'gone';
  } catch (error) {
    if (error instanceof VdsmError && error.code === noSuchVm) return 'gone';
    if (error instanceof VdsmError && error.code === hasArrived) return 'arrived';
    vms.dependencies.log.warn({ vmId: vm.vmId, to: flow.to, error: String(error) }, 'The destination of a migration could not be cleared');
    void clearLater(vms, vm, flow);
    return 'unknown';
  }
}

async function clearLater(vms: VmRegistry, vm: Vm, flow: Outgoing): Promise<void> {
  for (let attempt = 0; attempt < clean.attempts && !vms.isClosing; attempt++) {
    await delay(clean.pauseMs, undefined, { ref: false });
    // A new migration looks after the place itself.
    if (vms.isClosing || vm.state.migratingTo !== undefined) return;
    const agent = agentOf(vms, flow);
    const done = await agent.destroy(vm.vmId).then(
      () => true,
      (error: unknown) => error instanceof VdsmError && (error.code === noSuchVm || error.code === hasArrived),
    );
    agent.close();
    if (done) return;
  }
}
