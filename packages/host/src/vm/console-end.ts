import { invalidParameter, readOptionalInteger, readOptionalText } from '../verb.ts';
import type { VmRegistry } from './registry.ts';
import { askToEnd } from './shutdown.ts';
import type { Vm } from './vm.ts';

/** Longest wait that is taken, a day. */
const maximumDelayMinutes = 24 * 60;
const actions = ['NONE', 'LOCK_SCREEN', 'LOGOUT', 'REBOOT', 'SHUTDOWN'] as const;

/** What is done when somebody leaves the screen of a VM. */
export interface ConsoleEnd {
  action: (typeof actions)[number];
  delayMinutes: number;
}

/** What a ticket says of the time after it; nothing when it says nothing (VDSM schema, vmUpdateGraphicsDeviceParams). */
export function readConsoleEnd(params: Record<string, unknown>): ConsoleEnd | undefined {
  const said = readOptionalText(params, 'disconnectAction', 32);
  const delayMinutes = readOptionalInteger(params, 'consoleDisconnectActionDelay', { minimum: 0, maximum: maximumDelayMinutes }) ?? 0;
  if (said === undefined || said === '') return undefined;
  const action = actions.find((one) => one === said);
  if (action === undefined) throw invalidParameter('disconnectAction', `one of ${actions.join(', ')} is needed`);
  return { action, delayMinutes };
}

/** Somebody looks at the screen again: what was to come of his leaving does not come. */
export function consoleOpened(vm: Vm): void {
  vm.cancelConsoleEnd();
  vm.cancelConsoleEnd = () => undefined;
}

/**
 * Who looked at the screen has left. A shutdown comes after its delay, a reboot at once; oVirt's agent in the guest can lock the screen
 * and end the session.
 */
export function consoleLeft(vms: VmRegistry, vm: Vm): void {
  const { clock, log } = vms.dependencies;
  const { action, delayMinutes } = vm.consoleEnd ?? { action: 'NONE', delayMinutes: 0 };
  consoleOpened(vm);
  if (action === 'NONE') return;
  if (action === 'LOCK_SCREEN' || action === 'LOGOUT') {
    try {
      vm.tellAgent(action === 'LOGOUT' ? 'log-off' : 'lock-screen');
    } catch (error) {
      log.debug({ vmId: vm.vmId, action, error: String(error) }, 'The guest cannot do what is to be done when the console is left');
    }
    return;
  }
  const reboot = action === 'REBOOT';
  vm.cancelConsoleEnd = clock.after(reboot ? 0 : delayMinutes * 60_000, () => {
    if (vm.destroyed || vm.state.phase === 'down') return;
    log.info({ vmId: vm.vmId, action }, 'The console was left');
    askToEnd(vms, vm, { reboot });
  });
}
