import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutBinding } from './form.ts';

test('a change of what the instance type decides takes the machine off it, and no other does', () => {
  const bound = { instance_type: { id: 'i' } };
  assert.deepEqual(withoutBinding(bound, { memory: 1 }), { memory: 1, instance_type: {} });
  assert.deepEqual(withoutBinding(bound, { cpu: { topology: { cores: 2 } } }), { cpu: { topology: { cores: 2 } }, instance_type: {} });
  assert.deepEqual(withoutBinding(bound, { cpu: { mode: 'host_model' } }), { cpu: { mode: 'host_model' } });
  assert.deepEqual(withoutBinding(bound, { memory: 1, instance_type: { id: 'j' } }), { memory: 1, instance_type: { id: 'j' } });
  assert.deepEqual(withoutBinding({}, { memory: 1 }), { memory: 1 });
});
