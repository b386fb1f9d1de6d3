import { DomainJobType } from '@virgate/libvirt';
import type { VmRegistry } from '../vm/registry.ts';
import type { Vm } from '../vm/vm.ts';
import { nextAction, noSchedule } from './convergence.ts';
import type { ConvergenceAction, ConvergencePlan } from './convergence.ts';
import type { AgentAddress } from './order.ts';
import { progressOf } from './progress.ts';

/** How often a migration is told of (VDSM: every 10 s). */
const tellEveryMs = 10_000;

/** One migration to another host. */
export interface Outgoing {
  readonly to: AgentAddress;
  readonly cancel: AbortController;
  /** The destination may know of the VM. */
  announced: boolean;
  /** libvirt is at work. */
  moving: boolean;
  percent: number;
  downtimeMs: number | undefined;
  postcopy: boolean;
  lastIteration: number | undefined;
  toldMs: number;
  failure: Result['failure'];
}

/** What is remembered of the last migration of a VM, for who asks afterwards. */
export interface Result {
  percent: number;
  downtimeMs: number | undefined;
  /** Why it came to nothing. */
  failure: { code: number; message: string } | undefined;
}

export const newOutgoing = (to: AgentAddress): Outgoing => ({
  to,
  cancel: new AbortController(),
  announced: false,
  moving: false,
  percent: 0,
  downtimeMs: undefined,
  postcopy: false,
  lastIteration: undefined,
  toldMs: 0,
  failure: undefined,
});

/** How libvirt is told of a VM. */
export const domOf = (vm: Vm) => ({ name: vm.name, uuid: vm.vmId, id: -1 });

/** What is done once libvirt is at work. */
export async function begin(vms: VmRegistry, vm: Vm, flow: Outgoing): Promise<void> {
  if (flow.cancel.signal.aborted) await vms.call(vm, 'control', (connection) => connection.domainAbortJob(vm.vmId));
  await prime(vms, vm, flow);
}

/** Does what the schedule has at the start, unless it was done. */
export async function prime(vms: VmRegistry, vm: Vm, flow: Outgoing): Promise<void> {
  const { left } = vm.convergence;
  if (left.init.length === 0) return;
  for (const action of left.init) await act(vms, vm, flow, action);
  await note(vms, vm, { ...vm.convergence, left: flow.postcopy ? noSchedule : { ...left, init: [] } });
}

/** Looks how far libvirt is, does what is due, and tells. @returns kind of the job that libvirt has */
export async function look(vms: VmRegistry, vm: Vm, flow: Outgoing): Promise<number> {
  const { clock, emit } = vms.dependencies;
  const { type, statistics } = await vms.call(vm, 'query', (connection) => connection.domainJobStats(vm.vmId));
  if (type === DomainJobType.NONE) return type;
  const { percent, iteration } = progressOf(statistics, flow.percent);
  flow.percent = percent;
  // Before the first round libvirt still prepares QEMU, which then refuses what is asked.
  if (iteration !== undefined && iteration > 0 && iteration !== flow.lastIteration) {
    flow.lastIteration = iteration;
    await converge(vms, vm, flow, iteration);
  }
  const nowMs = clock.monotonicMs();
  if (nowMs - flow.toldMs >= tellEveryMs) {
    flow.toldMs = nowMs;
    emit(`|virt|VM_migration_status|${vm.vmId}`, { [vm.vmId]: { progress: flow.percent, ...(flow.postcopy ? { postcopy: true } : {}) } });
  }
  return type;
}

/** Does what is due after so many rounds of copying. What an agent did that could not note it any more is done twice, which harms nobody. */
async function converge(vms: VmRegistry, vm: Vm, flow: Outgoing, round: number): Promise<void> {
  const { left, firstRound = round } = vm.convergence;
  const { action, rest } = nextAction(left.stalling, round - firstRound);
  if (action) await act(vms, vm, flow, action);
  if (!action && vm.convergence.firstRound !== undefined) return;
  await note(vms, vm, { left: flow.postcopy ? noSchedule : { ...left, stalling: rest }, firstRound });
}

/** Remembers what is left to do. */
async function note(vms: VmRegistry, vm: Vm, plan: ConvergencePlan): Promise<void> {
  vm.convergence = plan;
  await vms
    .save(vm)
    .catch((error: unknown) =>
      vms.dependencies.log.error({ vmId: vm.vmId, error: String(error) }, 'The record of a VM could not be written'),
    );
}

async function act(vms: VmRegistry, vm: Vm, flow: Outgoing, action: ConvergenceAction): Promise<void> {
  const { log } = vms.dependencies;
  log.info({ vmId: vm.vmId, action }, 'A migration is helped to its end');
  try {
    await vms.call(vm, 'control', async (connection) => {
      if (action.name === 'setDowntime')
        await connection.call('DOMAIN_MIGRATE_SET_MAX_DOWNTIME', { dom: domOf(vm), downtime: BigInt(action.milliseconds) });
      else if (action.name === 'postcopy') await connection.call('DOMAIN_MIGRATE_START_POST_COPY', { dom: domOf(vm) });
      else await connection.domainAbortJob(vm.vmId);
    });
    // The VM runs there now: there is nothing left to help or to abort.
    if (action.name === 'postcopy') flow.postcopy = true;
  } catch (error) {
    log.warn({ vmId: vm.vmId, action, error: String(error) }, 'A migration could not be helped');
  }
}
