import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actions } from '@virgate/contract/generated/actions';
import { routes } from '@virgate/contract/routes';
import { services } from '../services.ts';
import { operationActions } from '../testing/operation-actions.ts';
import { isBuilt } from '../testing/places.ts';

const writes = [
  ...new Set(routes.filter((route) => route.http !== 'GET' && isBuilt(route)).map((route) => `${route.service}.${route.method}`)),
];
const operationOf = (name: string) => {
  const [service = '', method = ''] = name.split('.');
  return services[service]?.[method];
};

/** The permit that the contract asks for; undefined where the table has nothing. */
function expectedPermit(name: string): string | null | undefined {
  const authority = operationActions[name];
  if (authority === undefined || typeof authority !== 'string') return authority?.permit;
  const action = actions.find((one) => one.name === authority);
  assert.notEqual(action, undefined, `${name}: the contract has no action ${authority}`);
  assert.notEqual(action?.permit, null, `${name}: the contract's ${authority} asks for no permit by itself: say which and why`);
  return action?.permit;
}

test('every operation that changes something asks for the permit that the contract has for its action', () => {
  const unknown = writes.filter((name) => operationActions[name] === undefined);
  assert.deepEqual(unknown, [], 'add them to testing/operation-actions.ts');
  const different = writes.flatMap((name) => {
    const [asked, expected] = [operationOf(name)?.permit ?? null, expectedPermit(name)];
    return asked === expected ? [] : [`${name}: asks for ${asked}, the contract for ${expected}`];
  });
  assert.deepEqual(different, []);
});
