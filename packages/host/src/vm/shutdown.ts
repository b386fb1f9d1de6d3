import { DomainShutdownFlags } from '@virgate/libvirt';
import { readOptionalBoolean, readOptionalInteger, readOptionalText, readUuid } from '../verb.ts';
import type { VerbHandler } from '../verb.ts';
import type { VmRegistry } from './registry.ts';
import type { Vm } from './vm.ts';

/** How long each way of asking gets when the caller names no time. */
const defaultTimeoutMs = 10_000;
const maximumTimeoutSeconds = 3600;
/** How often is looked whether the guest obeyed. */
const pollMs = 250;

interface ShutdownRequest {
  /** What oVirt's agent in the guest shows its users, and how long it waits for them. */
  message: string;
  delaySeconds: number;
  reboot: boolean;
  timeoutMs: number;
  force: boolean;
}

type Step = { name: string; run: () => Promise<unknown> };

/** The ways to ask, gentlest first; the last one does not ask. */
function steps(vms: VmRegistry, vm: Vm, { reboot, force, message, delaySeconds }: ShutdownRequest): Step[] {
  const ask = (flags: number): Promise<void> =>
    vms.call(vm, 'control', (connection) => (reboot ? connection.domainReboot(vm.vmId, flags) : connection.domainShutdown(vm.vmId, flags)));
  const chain: Step[] = [];
  if (vm.facts?.hasAgentChannel === true) chain.push({ name: 'guest agent', run: () => ask(DomainShutdownFlags.GUEST_AGENT) });
  if (vm.ovirtHeardMs !== undefined)
    chain.push({
      name: "oVirt's guest agent",
      run: async () => vm.tellAgent('shutdown', { timeout: delaySeconds, message, reboot: String(reboot) }),
    });
  if (vm.facts?.acpi !== false) chain.push({ name: 'ACPI', run: () => ask(DomainShutdownFlags.ACPI_POWER_BTN) });
  if (force) {
    const end = reboot
      ? () => vms.call(vm, 'control', (connection) => connection.domainReset(vm.vmId))
      : () => vms.call(vm, 'control', (connection) => connection.domainDestroy(vm.vmId));
    chain.push({ name: reboot ? 'reset' : 'power off', run: end });
  }
  return chain;
}

function isDone(vm: Vm, before: number | undefined): boolean {
  return vm.state.phase === 'down' || vm.state.bootedMs !== before;
}

async function waitUntil(vms: VmRegistry, done: () => boolean, timeoutMs: number): Promise<boolean> {
  const { clock } = vms.dependencies;
  const endMs = clock.monotonicMs() + timeoutMs;
  while (!done() && clock.monotonicMs() < endMs) await new Promise<void>((resolve) => void clock.after(pollMs, resolve));
  return done();
}

async function runChain(vms: VmRegistry, vm: Vm, request: ShutdownRequest): Promise<void> {
  const { log } = vms.dependencies;
  const mine = Symbol('shutdown');
  shutdowns.set(vm, mine);
  const bootedMs = vm.state.bootedMs;
  for (const step of steps(vms, vm, request)) {
    try {
      await step.run();
    } catch (error) {
      log.debug({ vmId: vm.vmId, way: step.name, error: String(error) }, 'This way of shutting down is not possible');
      continue;
    }
    log.info({ vmId: vm.vmId, way: step.name }, 'Guest asked to shut down');
    if (await waitUntil(vms, () => isDone(vm, bootedMs) || shutdowns.get(vm) !== mine, request.timeoutMs)) return;
  }
  // The last request may still be heard: the status shows it until the guest obeys or five minutes passed.
}

/** Begins to ask a guest to end, or to start anew. */
export function askToEnd(vms: VmRegistry, vm: Vm, asked: Partial<ShutdownRequest>): void {
  const { reboot = false, force = false, timeoutMs = defaultTimeoutMs, message = '', delaySeconds = 0 } = asked;
  if (!reboot) vms.apply(vm, { type: 'endRequested', request: 'shutdown' });
  runChain(vms, vm, { reboot, force, timeoutMs, message, delaySeconds }).catch((error: unknown) =>
    vms.dependencies.log.warn({ vmId: vm.vmId, error: String(error) }, 'Shutting down ended badly'),
  );
}

/** The chain that counts for a VM: a later request takes the place of an earlier one. */
const shutdowns = new WeakMap<Vm, symbol>();

/**
 * The verb VM.shutdown: asks the guest to end, by its agent, then by the power button, then (with
 * `force`) no longer asks (VDSM schema, VM.shutdown). `delay` is for users of guests whose agent can
 * show `message`; neither the QEMU guest agent nor a power button can, so the guest is asked at once.
 */
export function shutdownVm(vms: VmRegistry): VerbHandler {
  return async (params) => {
    const vm = vms.running(readUuid(params, 'vmID'));
    const delaySeconds = readOptionalInteger(params, 'delay', { minimum: 0, maximum: maximumTimeoutSeconds }) ?? 0;
    const message = readOptionalText(params, 'message', 4096) ?? '';
    const reboot = readOptionalBoolean(params, 'reboot') ?? false;
    const timeoutSeconds = readOptionalInteger(params, 'timeout', { minimum: 0, maximum: maximumTimeoutSeconds });
    const force = readOptionalBoolean(params, 'force') ?? false;
    const request = {
      message,
      delaySeconds,
      reboot,
      force,
      timeoutMs: timeoutSeconds === undefined || timeoutSeconds === 0 ? defaultTimeoutMs : timeoutSeconds * 1000,
    };
    askToEnd(vms, vm, request);
    return true;
  };
}
