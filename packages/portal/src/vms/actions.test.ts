import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forbiddenByStatus } from '@virgate/contract/generated/actions';
import { enumValues } from '@virgate/contract/generated/enums';
import type { Vm, VmStatus } from '@virgate/contract/generated/types';
import type { AllowedAction } from '@virgate/sdk';
import { en } from '../text/en.ts';
import { rowAction } from '../kinds/row-action.ts';
import { forbidden, powerActions, reasonByStatus, vmActions } from './actions.ts';

const contractNames = {
  start: 'RunVm',
  stop: 'StopVm',
  shutdown: 'ShutdownVm',
  reboot: 'RebootVm',
  suspend: 'HibernateVm',
  remove: 'RemoveVm',
} as const;

/** The contract's name of a status that the API spells otherwise. */
function stateOf(status: VmStatus): string {
  if (status === 'migrating') return 'MigratingFrom';
  return status
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

test('the table of actions says what the contract says', () => {
  const table: Readonly<Record<string, readonly string[]>> = forbiddenByStatus['vm'] ?? {};
  for (const status of enumValues.VmStatus) {
    const refused = table[stateOf(status)];
    assert.ok(refused !== undefined, `the contract has no state ${stateOf(status)}`);
    for (const [action, name] of Object.entries(contractNames)) {
      assert.equal(forbidden[action as keyof typeof contractNames].has(status), refused.includes(name), `${action} in ${status}`);
    }
  }
});

test('every refusal has a reason with a text', () => {
  for (const status of enumValues.VmStatus) {
    for (const action of vmActions) {
      const reason = reasonByStatus({ status }, action);
      assert.equal(reason !== undefined, forbidden[action].has(status));
      if (reason !== undefined) assert.ok(en[reason].length > 0);
    }
  }
  assert.equal(reasonByStatus({ status: 'down', delete_protected: true }, 'remove'), 'vm.reason.protected');
});

test('what the engine says goes before the table', () => {
  const vm: Vm = { status: 'down' };
  const reasonFor = (key: string, told?: readonly AllowedAction[]): string | undefined => {
    const action = powerActions.find((one) => one.key === key);
    assert.ok(action !== undefined);
    return rowAction(
      action,
      vm,
      undefined,
      told,
      (said) => en[said],
      () => undefined,
    ).reason;
  };
  assert.equal(reasonFor('start', [{ action: 'start', allowed: false, reason: 'No host has room.' }]), 'No host has room.');
  assert.equal(reasonFor('stop', [{ action: 'stop', allowed: true }]), undefined);
  assert.equal(reasonFor('stop', [{ action: 'start', allowed: true }]), en['vm.reason.down']);
});
