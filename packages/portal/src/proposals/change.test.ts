import assert from 'node:assert/strict';
import { test } from 'node:test';
import { objectPathOf, proposedValues } from './change.ts';

test('a change is told value by value, beside what is there now', () => {
  const body = { name: 'b', cpu: { topology: { cores: 4 } }, flags: ['x', 'y'], hosts: [{ id: '1' }], empty: {} };
  const present = { name: 'a', cpu: { topology: { cores: '2' } }, hosts: [{ id: '2' }], flags: 'z' };
  assert.deepEqual(proposedValues(body, present), [
    { id: 'name', proposed: 'b', present: 'a' },
    { id: 'cpu.topology.cores', proposed: '4', present: '2' },
    { id: 'flags', proposed: 'x, y', present: 'z' },
    { id: 'hosts.0.id', proposed: '1', present: '2' },
  ]);
  assert.deepEqual(proposedValues({ name: 'b' }), [{ id: 'name', proposed: 'b' }]);
  for (const none of [null, undefined, 'text', {}, []]) assert.deepEqual(proposedValues(none), []);
  assert.equal(proposedValues(Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`a${index}`, index]))).length, 500);
});

test('the object of a request', () => {
  const id = '00000000-0000-4000-8000-000000000001';
  const vm = `/ovirt-engine/api/vms/${id}`;
  assert.equal(objectPathOf(`${vm}/start?async=true`), vm);
  assert.equal(objectPathOf(`${vm}/nics/${id}`), `${vm}/nics/${id}`);
  assert.equal(objectPathOf(vm), vm);
  for (const none of ['/ovirt-engine/api/tags', `/elsewhere/${id}`, '/ovirt-engine/api/vms/x/start', ''])
    assert.equal(objectPathOf(none), undefined);
});
