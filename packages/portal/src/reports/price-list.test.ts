import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draftOf, emptyDraft, listOf } from './price-list.ts';

test('a price list goes into its dialog and comes back the same, digit for digit', () => {
  const list = {
    id: 'l',
    name: 'List',
    currency: 'EUR',
    vcpuHour: '0.0125',
    memoryGibHour: '123456789012.123456789',
    gibMonth: '0',
    clusters: [{ cluster: 'c', vcpuHour: '1', memoryGibHour: '2' }],
    storage: [
      { storageType: 'nfs' as const, gibMonth: '0.1' },
      { storageDomain: 'd', gibMonth: '0.2' },
    ],
  };
  const { id: _, ...sent } = list;
  assert.deepEqual(listOf(draftOf(list)), sent);
});

test('a comma is a point, rows about nothing are left out, anything else is for the engine to refuse', () => {
  const made = listOf({
    ...emptyDraft,
    name: ' a ',
    vcpuHour: ' 0,05 ',
    gibMonth: '-1',
    clusters: [{ about: '', vcpuHour: '1', memoryGibHour: '1' }],
  });
  assert.deepEqual([made.name, made.vcpuHour, made.gibMonth, made.clusters], ['a', '0.05', '-1', []]);
});
