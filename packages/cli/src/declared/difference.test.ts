import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differenceOf } from './difference.ts';

test('what differs is changed, what is not declared is left alone', () => {
  const live = { name: 'web', description: 'old', memory: 1, cluster: { id: 'c' }, cpu: { topology: { sockets: 1, cores: 2 } } };
  const { changes, body } = differenceOf(
    'Vm',
    { name: 'web', description: 'new', cluster: { id: 'c' }, cpu: { topology: { sockets: 2 } } },
    live,
    undefined,
  );
  assert.deepEqual(changes, [
    { path: 'description', from: 'old', to: 'new' },
    { path: 'cpu.topology.sockets', from: 1, to: 2 },
  ]);
  assert.deepEqual(body, { description: 'new', cpu: { topology: { sockets: 2 } } });
});

test('what the engine never tells counts as it was applied last', () => {
  const declared = { name: 'web', initialization: { root_password: 'x' } };
  assert.equal(differenceOf('Vm', declared, { name: 'web' }, undefined).changes.length, 1);
  assert.equal(differenceOf('Vm', declared, { name: 'web' }, declared).changes.length, 0);
  assert.equal(differenceOf('Vm', declared, { name: 'web' }, { initialization: { root_password: 'y' } }).changes.length, 1);
});

test('a text that is not declared any more becomes empty, unless somebody else changed it; other attributes stay, and that is said', () => {
  const applied = { name: 'web', description: 'mine', memory: 5 };
  const gone = differenceOf('Vm', { name: 'web' }, { name: 'web', description: 'mine', memory: 5 }, applied);
  assert.deepEqual([gone.body, gone.left], [{ description: '' }, ['memory']]);
  assert.deepEqual(differenceOf('Vm', { name: 'web' }, { name: 'web', description: 'theirs' }, applied).body, {});
});

test('lists are compared by names and ids, else in order', () => {
  const live = {
    os: { boot: { devices: ['hd', 'network'] } },
    custom_properties: [
      { name: 'a', value: '1' },
      { name: 'b', value: '2' },
    ],
  };
  assert.equal(
    differenceOf(
      'Vm',
      {
        custom_properties: [
          { name: 'b', value: '2' },
          { name: 'a', value: '1' },
        ],
      },
      live,
      undefined,
    ).changes.length,
    0,
  );
  assert.equal(differenceOf('Vm', { custom_properties: [{ name: 'a', value: '1' }] }, live, undefined).changes.length, 1);
  assert.equal(differenceOf('Vm', { os: { boot: { devices: ['network', 'hd'] } } }, live, undefined).changes.length, 1);
});
