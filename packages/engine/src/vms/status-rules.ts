import type { MessageOfStatus } from '@virgate/contract/generated/messages';
import type { VmStatus } from '@virgate/contract/generated/types';
import { refusedByStatus } from '@virgate/contract/status-rules';
import { conflict, type Fault } from '../rest/fault.ts';
import type { Message } from '../rest/messages.ts';
import { notRunning } from './lock.ts';

/** Actions that a VM's status may forbid, by the contract's names, with the words that texts have for them: "Cannot stop VM." */
export const vmActions = {
  RunVm: 'run',
  RunVmOnce: 'run',
  StopVm: 'stop',
  ShutdownVm: 'shut down',
  RebootVm: 'reboot',
  ResetVm: 'reset',
  HibernateVm: 'suspend',
  RemoveVm: 'remove',
  ChangeDisk: 'change the CD of',
  CloneVm: 'clone',
  ExportVm: 'export',
  MigrateVm: 'migrate',
  AddVmTemplate: 'make a template of',
  CreateSnapshotForVm: 'create a snapshot of',
  AddVmInterface: 'add a network interface to',
  UpdateVmInterface: 'edit a network interface of',
  RemoveVmInterface: 'remove a network interface of',
} as const;
export type VmAction = keyof typeof vmActions;

/** The table does not list a reset of a suspended VM; there is no machine that could be reset. Source: engine behaviour, reset. */
const alsoRefused = (action: VmAction, status: VmStatus): boolean => action === 'ResetVm' && notRunning.has(status);

/** Whether the status forbids the action: the contract's table, and what the engine asks beyond it. */
export const isRefused = (action: VmAction, status: VmStatus): boolean =>
  refusedByStatus('vm', status, action) || alsoRefused(action, status);

const running: ReadonlySet<VmStatus> = new Set<VmStatus>([
  'up',
  'powering_up',
  'powering_down',
  'reboot_in_progress',
  'wait_for_launch',
  'migrating',
]);
const changing: ReadonlySet<VmStatus> = new Set<VmStatus>(['saving_state', 'restoring_state']);

/** The message of a refusal. Source: engine behaviour, validation of each action. */
function messageOf(action: VmAction, status: VmStatus): Message & MessageOfStatus<409> {
  if (status === 'image_locked') return 'ACTION_TYPE_FAILED_VM_IS_LOCKED';
  switch (action) {
    case 'RunVm':
      return running.has(status) ? 'ACTION_TYPE_FAILED_VM_IS_RUNNING' : 'ACTION_TYPE_FAILED_VM_STATUS_ILLEGAL';
    case 'RunVmOnce':
      return running.has(status) || status === 'paused' ? 'ACTION_TYPE_FAILED_VM_IS_RUNNING' : 'ACTION_TYPE_FAILED_VM_STATUS_ILLEGAL';
    case 'RemoveVm':
      return status === 'suspended' ? 'VM_CANNOT_REMOVE_VM_WHEN_STATUS_IS_NOT_DOWN' : 'ACTION_TYPE_FAILED_VM_IS_RUNNING';
    case 'MigrateVm':
      if (status === 'migrating') return 'ACTION_TYPE_FAILED_MIGRATION_IN_PROGRESS';
      return notRunning.has(status) ? 'ACTION_TYPE_FAILED_VM_IS_NOT_RUNNING' : 'ACTION_TYPE_FAILED_VM_STATUS_ILLEGAL';
    case 'ChangeDisk':
      return notRunning.has(status) ? 'ACTION_TYPE_FAILED_VM_IS_NOT_RUNNING' : 'ACTION_TYPE_FAILED_VM_STATUS_ILLEGAL';
    case 'StopVm':
    case 'ShutdownVm':
      return changing.has(status) ? 'ACTION_TYPE_FAILED_VM_IS_SAVING_RESTORING' : 'ACTION_TYPE_FAILED_VM_IS_NOT_RUNNING';
    case 'HibernateVm':
      return status === 'wait_for_launch' || status === 'not_responding'
        ? 'ACTION_TYPE_FAILED_VM_STATUS_ILLEGAL'
        : 'ACTION_TYPE_FAILED_VM_IS_NOT_UP';
    default:
      return 'ACTION_TYPE_FAILED_VM_STATUS_ILLEGAL';
  }
}

/** The fault of an action that the status forbids. */
export const refusal = (action: VmAction, status: VmStatus): Fault =>
  conflict(messageOf(action, status), { VAR_ACTION: vmActions[action], VAR_TYPE: 'VM', vmStatus: status.replaceAll('_', ' ') });

/** @throws {Fault} 409 when the status forbids the action */
export function checkStatus(action: VmAction, status: VmStatus): void {
  if (isRefused(action, status)) throw refusal(action, status);
}
