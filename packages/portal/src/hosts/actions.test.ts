import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forbiddenByStatus } from '@virgate/contract/generated/actions';
import { enumValues } from '@virgate/contract/generated/enums';
import { forbidden } from './actions.ts';

const contractNames = { approve: 'ApproveVds', activate: 'ActivateVds', deactivate: 'MaintenanceVds' } as const;
const spelled: Readonly<Record<string, string>> = { installing_os: 'InstallingOS' };

test('the table of actions says what the contract says', () => {
  const table: Readonly<Record<string, readonly string[]>> = forbiddenByStatus['host'] ?? {};
  for (const status of enumValues.HostStatus) {
    const state =
      spelled[status] ??
      status
        .split('_')
        .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
        .join('');
    const refused = table[state];
    assert.ok(refused !== undefined, `the contract has no state ${state}`);
    for (const [action, name] of Object.entries(contractNames)) {
      assert.equal(forbidden[action as keyof typeof contractNames].has(status), refused.includes(name), `${action} in ${status}`);
    }
  }
});
