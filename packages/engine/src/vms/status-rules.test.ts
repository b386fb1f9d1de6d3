import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actions } from '@virgate/contract/generated/actions';
import { enumValues } from '@virgate/contract/generated/enums';
import { refusedByStatus } from '@virgate/contract/status-rules';
import type { VmStatus } from '@virgate/contract/generated/types';
import { hostActions } from '../hosts/status-rules.ts';
import { checkStatus, isRefused, refusal, vmActions, type VmAction } from './status-rules.ts';

const names = Object.keys(vmActions) as VmAction[];

test('actions have the names of the contract', () => {
  const known = new Set(actions.map((action) => action.name));
  assert.deepEqual(
    [...names, ...Object.keys(hostActions)].filter((name) => !known.has(name) && name !== 'MaintenanceVds'),
    [],
  );
});

test('each action is refused where the contract refuses it, and nowhere else but a reset without a machine', () => {
  const more: string[] = [];
  for (const action of names)
    for (const status of enumValues.VmStatus)
      if (isRefused(action, status) !== refusedByStatus('vm', status, action)) more.push(`${action} ${status}`);
  assert.deepEqual(more, ['ResetVm suspended']);
});

const messages: readonly (readonly [VmAction, VmStatus, string])[] = [
  ['RunVm', 'up', 'ACTION_TYPE_FAILED_VM_IS_RUNNING'],
  ['RunVm', 'wait_for_launch', 'ACTION_TYPE_FAILED_VM_IS_RUNNING'],
  ['RunVm', 'unknown', 'ACTION_TYPE_FAILED_VM_STATUS_ILLEGAL'],
  ['RunVm', 'image_locked', 'ACTION_TYPE_FAILED_VM_IS_LOCKED'],
  ['RunVmOnce', 'suspended', 'ACTION_TYPE_FAILED_VM_STATUS_ILLEGAL'],
  ['RemoveVm', 'up', 'ACTION_TYPE_FAILED_VM_IS_RUNNING'],
  ['RemoveVm', 'suspended', 'VM_CANNOT_REMOVE_VM_WHEN_STATUS_IS_NOT_DOWN'],
  ['StopVm', 'down', 'ACTION_TYPE_FAILED_VM_IS_NOT_RUNNING'],
  ['ShutdownVm', 'saving_state', 'ACTION_TYPE_FAILED_VM_IS_SAVING_RESTORING'],
  ['HibernateVm', 'down', 'ACTION_TYPE_FAILED_VM_IS_NOT_UP'],
  ['HibernateVm', 'not_responding', 'ACTION_TYPE_FAILED_VM_STATUS_ILLEGAL'],
  ['RebootVm', 'down', 'ACTION_TYPE_FAILED_VM_STATUS_ILLEGAL'],
];

for (const [action, status, key] of messages)
  test(`${action} of a VM that is ${status} says ${key}`, () => {
    assert.equal(isRefused(action, status), true);
    const fault = refusal(action, status);
    assert.deepEqual([fault.status, fault.reason, fault.key], [409, 'Operation Failed', key]);
    assert.throws(() => checkStatus(action, status), { name: 'Fault', key });
  });

test('what is allowed passes', () => {
  checkStatus('RunVm', 'down');
  checkStatus('RunVm', 'suspended');
  checkStatus('StopVm', 'up');
  checkStatus('RemoveVm', 'down');
});
