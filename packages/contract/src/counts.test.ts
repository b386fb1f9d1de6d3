import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enumValues } from './generated/enums.ts';
import { eventTable } from './generated/events.ts';
import { engineErrors, engineMessages } from './generated/messages.ts';
import { actions, forbiddenByStatus } from './generated/actions.ts';
import { configOptions } from './generated/config-options.ts';
import { cpuModels } from './generated/cpus.ts';
import { operatingSystems } from './generated/osinfo.ts';
import { permits } from './generated/permits.ts';
import { predefinedRoles } from './generated/roles.ts';
import { services } from './generated/services.ts';
import { typeTable } from './generated/type-table.ts';
import { verbParameters } from './generated/vdsm.ts';
import { capabilityFields, hostStatisticsFields, vmStatisticsFields } from './generated/vdsm-fields.ts';
import { hookPoints } from './generated/vdsm-hooks.ts';
import { routes } from './routes.ts';
import { typeInfo } from './type-info.ts';

test('the contract is whole', () => {
  const values = Object.values(enumValues).flat();
  const paths = Object.values(services).flatMap((service) => service.paths);
  assert.deepEqual(
    {
      enums: Object.keys(enumValues).length,
      enumValues: values.length,
      types: Object.keys(typeTable).length,
      attributes: Object.values(typeTable).flatMap((row) => row.split(';').slice(1)).length,
      services: Object.keys(services).length,
      templates: paths.length,
      operations: routes.length,
      methods: Object.values(services).reduce(
        (sum, service) => sum + service.methods.filter((method) => method.signatureOf === undefined).length,
        0,
      ),
    },
    { enums: 115, enumValues: 598, types: 220, attributes: 1338, services: 288, templates: 422, operations: 894, methods: 648 },
  );
  assert.deepEqual(
    {
      permits: permits.length,
      roles: predefinedRoles.length,
      events: eventTable.length,
      messages: engineMessages.length,
      errors: Object.keys(engineErrors).length,
      actions: actions.length,
      options: configOptions.length,
      operatingSystems: operatingSystems.length,
      verbs: Object.keys(verbParameters).length,
      capabilities: capabilityFields.length,
      hostStatistics: hostStatisticsFields.length,
      vmStatistics: vmStatisticsFields.length,
      hookPoints: hookPoints.length,
    },
    {
      permits: 99,
      roles: 37,
      events: 1363,
      messages: 1738,
      errors: 521,
      actions: 537,
      options: 468,
      operatingSystems: 61,
      verbs: 286,
      capabilities: 73,
      hostStatistics: 42,
      vmStatistics: 59,
      hookPoints: 58,
    },
  );
});

test('the tables refer only to what exists', () => {
  const permitNames = new Set<string>(permits.map((permit) => permit.name));
  for (const role of predefinedRoles) for (const permit of role.permits) assert.ok(permitNames.has(permit), `${role.name}: ${permit}`);
  for (const action of actions) assert.ok(action.permit === null || permitNames.has(action.permit), `${action.name}: ${action.permit}`);
  const actionNames = new Set(actions.map((action) => action.name));
  const unknown = Object.values(forbiddenByStatus)
    .flatMap((matrix) => Object.values(matrix).flat())
    .filter((name) => !actionNames.has(name));
  assert.deepEqual([...new Set(unknown)], []);
  assert.deepEqual(Object.keys(cpuModels), ['4.2', '4.3', '4.4', '4.5', '4.6', '4.7', '4.8']);
  for (const name of Object.keys(typeTable))
    assert.equal(typeInfo(name).byElement.size, typeInfo(name).attributes.length, `${name} names an element twice`);
});

test('event codes and role ids are distinct', () => {
  assert.equal(new Set(eventTable.map(([, code]) => code)).size, eventTable.length);
  assert.equal(new Set(eventTable.map(([name]) => name)).size, eventTable.length);
  assert.equal(new Set(predefinedRoles.map((role) => role.id)).size, predefinedRoles.length);
});
