import type { Vm, VmStatus } from '@virgate/contract/generated/types';
import type { AllowedAction } from '@virgate/sdk';
import type { TextKey } from '../text/en.ts';

export type VmAction = 'start' | 'shutdown' | 'stop' | 'reboot' | 'suspend' | 'console' | 'serial_console' | 'remove';

export const vmActions: readonly VmAction[] = ['start', 'shutdown', 'stop', 'reboot', 'suspend', 'console', 'serial_console', 'remove'];

/** Why an action cannot be taken now: a key of the catalogue, or the engine's own words. */
export type Reason = { key: TextKey } | { said: string };

const noGuest: readonly VmStatus[] = ['saving_state', 'restoring_state', 'down', 'image_locked', 'unassigned', 'unknown'];

const withoutProcess: ReadonlySet<VmStatus> = new Set([...noGuest, 'wait_for_launch', 'suspended', 'not_responding']);

/**
 * Statuses in which an action is refused: the contract's table of states × actions, for the actions and states that the API shows.
 * The engine has the last word (`GET /virgate/api/can`); this is for lists, where asking for each row would cost too much.
 */
export const forbidden: Readonly<Record<VmAction, ReadonlySet<VmStatus>>> = {
  start: new Set([
    'wait_for_launch',
    'up',
    'powering_down',
    'powering_up',
    'reboot_in_progress',
    'migrating',
    'saving_state',
    'restoring_state',
    'image_locked',
    'not_responding',
    'unassigned',
    'unknown',
  ]),
  stop: new Set(noGuest),
  shutdown: new Set(noGuest),
  reboot: new Set([
    ...noGuest,
    'wait_for_launch',
    'powering_down',
    'reboot_in_progress',
    'migrating',
    'suspended',
    'paused',
    'not_responding',
  ]),
  suspend: new Set([
    ...noGuest,
    'wait_for_launch',
    'powering_down',
    'powering_up',
    'reboot_in_progress',
    'migrating',
    'suspended',
    'paused',
    'not_responding',
  ]),
  remove: new Set([
    'wait_for_launch',
    'up',
    'powering_down',
    'powering_up',
    'reboot_in_progress',
    'migrating',
    'suspended',
    'paused',
    'saving_state',
    'restoring_state',
    'image_locked',
    'not_responding',
    'unassigned',
    'unknown',
  ]),
  // Not in the contract's table: there is a screen while there is a process that draws it.
  console: withoutProcess,
  serial_console: withoutProcess,
};

const off: ReadonlySet<VmStatus> = new Set(['down', 'suspended']);

/** Why the action is refused by the VM's own state; undefined when it is not. */
export function reasonByStatus(vm: Vm, action: VmAction): Reason | undefined {
  const status = vm.status ?? 'unknown';
  if (!forbidden[action].has(status))
    return action === 'remove' && vm.delete_protected === true ? { key: 'vm.reason.protected' } : undefined;
  if (status === 'image_locked') return { key: 'vm.reason.locked' };
  if (action === 'start' && (status === 'up' || status === 'powering_up')) return { key: 'vm.reason.running' };
  if (action === 'remove' && (status === 'up' || status === 'paused' || status === 'powering_up')) return { key: 'vm.reason.stopfirst' };
  if (action !== 'start' && action !== 'remove' && off.has(status)) return { key: 'vm.reason.down' };
  return { key: 'vm.reason.status' };
}

/** As the engine said, where it said something of this action; else by status. */
export function reasonFor(vm: Vm, action: VmAction, told: readonly AllowedAction[] | undefined): Reason | undefined {
  const answer = told?.find((one) => one.action === action);
  if (answer === undefined) return reasonByStatus(vm, action);
  if (answer.allowed) return undefined;
  return answer.reason === undefined ? (reasonByStatus(vm, action) ?? { key: 'vm.reason.status' }) : { said: answer.reason };
}
