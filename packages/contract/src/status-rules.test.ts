import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forbiddenByStatus } from './generated/actions.ts';
import { enumValues } from './generated/enums.ts';
import { refusedByStatus } from './status-rules.ts';

test('every status of the API with a row in the table is found there', () => {
  const rowless: string[] = [];
  const find = <Kind extends Parameters<typeof refusedByStatus>[0]>(
    kind: Kind,
    statuses: readonly Parameters<typeof refusedByStatus<Kind>>[1][],
  ) => {
    const listed = new Set(Object.values(forbiddenByStatus[kind] ?? {}).flat());
    for (const status of statuses)
      if (![...listed].some((action) => refusedByStatus(kind, status, action))) rowless.push(`${kind} ${status}`);
  };
  find('vm', enumValues.VmStatus);
  find('host', enumValues.HostStatus);
  find('template', enumValues.TemplateStatus);
  find('storageDomain', enumValues.StorageDomainStatus);
  assert.deepEqual(rowless, ['template ok', 'storageDomain mixed'], 'these alone have no row');
});

test('actions are refused by status', () => {
  assert.equal(refusedByStatus('vm', 'up', 'RunVm'), true);
  assert.equal(refusedByStatus('vm', 'down', 'RunVm'), false);
  assert.equal(refusedByStatus('vm', 'migrating', 'MigrateVm'), true);
  assert.equal(refusedByStatus('host', 'installing_os', 'MaintenanceVds'), true);
  assert.equal(refusedByStatus('template', 'locked', 'RemoveVmTemplate'), true);
  assert.equal(refusedByStatus('storageDomain', 'maintenance', 'DetachStorageDomainFromPool'), false);
});
