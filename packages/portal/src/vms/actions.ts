import type { Vm, VmStatus } from '@virgate/contract/generated/types';
import type { ActionDescription, Entity } from '../kinds/kind.ts';
import type { TextKey } from '../text/en.ts';

export type VmAction = 'start' | 'shutdown' | 'stop' | 'reboot' | 'suspend' | 'console' | 'serial_console' | 'remove';

export const vmActions: readonly VmAction[] = ['start', 'shutdown', 'stop', 'reboot', 'suspend', 'console', 'serial_console', 'remove'];

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

/** Why the action is refused by the VM's own state, as a key of the catalogue; undefined when it is not. */
export function reasonByStatus(vm: Vm, action: VmAction): TextKey | undefined {
  const status = vm.status ?? 'unknown';
  if (!forbidden[action].has(status)) return action === 'remove' && vm.delete_protected === true ? 'vm.reason.protected' : undefined;
  if (status === 'image_locked') return 'vm.reason.locked';
  if (action === 'start' && (status === 'up' || status === 'powering_up')) return 'vm.reason.running';
  if (action === 'remove' && (status === 'up' || status === 'paused' || status === 'powering_up')) return 'vm.reason.stopfirst';
  if (action !== 'start' && action !== 'remove' && off.has(status)) return 'vm.reason.down';
  return 'vm.reason.status';
}

const startable = (vm: Entity): boolean => reasonByStatus(vm, 'start') === undefined;

const power = (key: VmAction, run: ActionDescription['run'], more: Partial<ActionDescription> = {}): ActionDescription => ({
  key,
  label: `vm.action.${key}`,
  guess: (vm) => reasonByStatus(vm, key),
  bulk: true,
  run,
  ...more,
});
/** A page of the virtual machine's own that shows something of it. */
const opens = (key: 'console' | 'serial_console', place: string, more: Partial<ActionDescription> = {}): ActionDescription => {
  const { bulk: _, ...action } = power(key, async () => undefined);
  return { ...action, leads: (vm) => ({ to: `/vms/${vm.id}/${place}`, search: {} }), ...more };
};

/** What is done with virtual machines from day to day: power and consoles. */
export const powerActions: readonly ActionDescription[] = [
  power('start', (client, target) => client.vms.vm(target.id).start(), {
    covers: ['Run'],
    labelOf: (vm) => (['paused', 'suspended'].includes((vm as Vm).status ?? '') ? 'vm.action.resume' : 'vm.action.start'),
    quick: { icon: 'play', when: startable },
  }),
  power('shutdown', (client, target) => client.vms.vm(target.id).shutdown(), { quick: { icon: 'power', when: (vm) => !startable(vm) } }),
  power('stop', (client, target) => client.vms.vm(target.id).stop(), {
    confirm: { title: 'vm.confirm.stop.title', body: 'vm.confirm.stop.body' },
  }),
  power('reboot', (client, target) => client.vms.vm(target.id).reboot()),
  power('suspend', (client, target) => client.vms.vm(target.id).suspend()),
  opens('console', 'console', { quick: { icon: 'screen', when: () => true } }),
  opens('serial_console', 'serial-console'),
];
