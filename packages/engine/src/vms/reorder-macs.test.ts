import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reorderedMacs } from './reorder-macs.ts';

test('addresses rise with the names of NICs, whose numbers count as numbers', () => {
  const macs = reorderedMacs([
    { id: 'a', name: 'nic10', mac: '56:6f:1a:00:00:01' },
    { id: 'b', name: 'nic2', mac: '56:6f:1a:00:00:03' },
    { id: 'c', name: 'nic1', mac: '56:6f:1a:00:00:02' },
  ]);
  assert.deepEqual(
    [...macs],
    [
      ['c', '56:6f:1a:00:00:01'],
      ['b', '56:6f:1a:00:00:02'],
      ['a', '56:6f:1a:00:00:03'],
    ],
  );
  assert.equal(reorderedMacs([]).size, 0);
});
