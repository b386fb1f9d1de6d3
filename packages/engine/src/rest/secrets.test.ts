import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutSecrets } from './secrets.ts';

test('passwords are taken out of an object, at every depth, and nothing else is', () => {
  const vm = { name: 'a', initialization: { root_password: 'x', user_name: 'root', configuration: { data: 'd' } } };
  assert.deepEqual(withoutSecrets('Vm', vm), { name: 'a', initialization: { user_name: 'root', configuration: { data: 'd' } } });
  assert.equal(vm.initialization.root_password, 'x', 'the object itself is as it was');
  const action = { async: true, root_password: 'x', host: { id: 'h', power_management: { agents: [{ id: 'a', password: 'p' }] } } };
  assert.deepEqual(withoutSecrets('Action', action), { async: true, host: { id: 'h', power_management: { agents: [{ id: 'a' }] } } });
  const plain = { name: 'b', cpu: { topology: { cores: 2 } } };
  assert.equal(withoutSecrets('Vm', plain), plain);
});
