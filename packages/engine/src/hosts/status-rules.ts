import type { MessageOfStatus } from '@virgate/contract/generated/messages';
import type { HostStatus } from '@virgate/contract/generated/types';
import { refusedByStatus } from '@virgate/contract/status-rules';
import { conflict } from '../rest/fault.ts';

/** Actions that a host's status may forbid, by the contract's names, with the words of texts and what is said of the refusal. */
export const hostActions = {
  ActivateVds: ['activate', 'ACTION_TYPE_FAILED_VDS_STATUS_ILLEGAL'],
  MaintenanceVds: ['maintain', 'VDS_CANNOT_MAINTENANCE_VDS_IS_NOT_OPERATIONAL'],
  RemoveVds: ['remove', 'VDS_CANNOT_REMOVE_VDS_STATUS_ILLEGAL'],
  ApproveVds: ['approve', 'VDS_APPROVE_VDS_IN_WRONG_STATUS'],
  RefreshHostCapabilities: ['refresh', 'ACTION_TYPE_FAILED_VDS_STATUS_ILLEGAL'],
  AttachVdsToTag: ['attach a tag to', 'ACTION_TYPE_FAILED_VDS_STATUS_ILLEGAL'],
  HostUpgradeCheck: ['check for an upgrade of', 'CANNOT_CHECK_FOR_HOST_UPGRADE_STATUS_ILLEGAL'],
  UpgradeHost: ['upgrade', 'CANNOT_UPGRADE_HOST_STATUS_ILLEGAL'],
  StartVds: ['start', 'VDS_STATUS_NOT_VALID_FOR_START'],
  StopVds: ['stop', 'VDS_STATUS_NOT_VALID_FOR_STOP'],
  UpdateVds: ['edit', 'VDS_STATUS_NOT_VALID_FOR_UPDATE'],
} as const satisfies Record<string, readonly [string, MessageOfStatus<409>]>;
export type HostAction = keyof typeof hostActions;

/** @throws {Fault} 409 when the host's status forbids the action. Source: the contract's table of actions by status */
export function checkHostStatus(action: HostAction, status: HostStatus): void {
  if (!refusedByStatus('host', status, action)) return;
  const [verb, message] = hostActions[action];
  const inMaintenance = action === 'MaintenanceVds' && (status === 'maintenance' || status === 'preparing_for_maintenance');
  throw conflict(inMaintenance ? 'VDS_CANNOT_MAINTENANCE_VDS_IS_IN_MAINTENANCE' : message, {
    VAR_ACTION: verb,
    VAR_TYPE: 'Host',
    hostStatus: status.replaceAll('_', ' '),
  });
}
