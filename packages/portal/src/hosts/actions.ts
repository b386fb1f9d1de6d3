import type { HostStatus } from '@virgate/contract/generated/types';
import type { TextKey } from '../text/en.ts';

export type HostAction = 'approve' | 'activate' | 'deactivate';
export const hostActions: readonly HostAction[] = ['approve', 'activate', 'deactivate'];

const passing: readonly HostStatus[] = ['initializing', 'installing', 'installing_os', 'reboot', 'unassigned', 'kdumping', 'connecting'];

/** Statuses in which an action is refused: the contract's table of states × actions. `deactivate` is what puts a host into maintenance. */
export const forbidden: Readonly<Record<HostAction, ReadonlySet<HostStatus>>> = {
  approve: new Set([
    ...passing,
    'maintenance',
    'up',
    'error',
    'non_responsive',
    'preparing_for_maintenance',
    'non_operational',
    'install_failed',
    'down',
  ]),
  activate: new Set([...passing, 'up', 'non_responsive', 'pending_approval', 'down']),
  deactivate: new Set([...passing, 'maintenance', 'preparing_for_maintenance', 'pending_approval']),
};

export function reasonByStatus(status: HostStatus | undefined, action: HostAction): TextKey | undefined {
  if (status !== undefined && !forbidden[action].has(status)) return undefined;
  return action === 'approve' ? 'host.reason.approve' : 'host.reason.status';
}
