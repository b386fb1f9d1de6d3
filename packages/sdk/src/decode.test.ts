import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toJson } from '@virgate/contract/json';
import { typeTable } from '@virgate/contract/generated/type-table';
import type { TypeName, Types } from '@virgate/contract/generated/types';
import { typeInfo } from '@virgate/contract/type-info';
import type { Attribute } from '@virgate/contract/type-info';
import { decodeCollection, decodeObject } from './decode.ts';

test('a VM as the engine spells it', () => {
  const wire = {
    id: '1',
    href: '/ovirt-engine/api/vms/1',
    name: 'web',
    memory: '1073741824',
    delete_protected: 'false',
    start_time: 1_700_000_000_000,
    cpu: { topology: { cores: '2' } },
    actions: { link: [{ href: 'x', rel: 'start' }] },
    link: [{ href: 'y', rel: 'nics' }],
    nics: { nic: [{ id: '2', plugged: 'true' }] },
    tags: {},
  };
  assert.deepEqual(decodeObject('Vm', wire), {
    id: '1',
    href: '/ovirt-engine/api/vms/1',
    name: 'web',
    memory: 1_073_741_824,
    delete_protected: false,
    start_time: 1_700_000_000_000,
    cpu: { topology: { cores: 2 } },
    actions: [{ href: 'x', rel: 'start' }],
    links: [{ href: 'y', rel: 'nics' }],
    nics: [{ id: '2', plugged: true }],
    tags: [],
  });
});

test('collections, full and empty', () => {
  assert.deepEqual(decodeCollection('Vm', {}), []);
  assert.deepEqual(decodeCollection('Vm', { vm: [{ memory: '1' }] }), [{ memory: 1 }]);
  assert.deepEqual(decodeCollection('Vm', undefined), []);
});

test('what a newer engine adds does not break an older client', () => {
  assert.deepEqual(decodeObject('Vm', { status: 'levitating', brand_new: { x: '1' }, memory: 'lots' }), {
    status: 'levitating',
    brand_new: { x: '1' },
    memory: 'lots',
  });
});

test('every type that the contract writes is read back the same', () => {
  for (const name of Object.keys(typeTable) as TypeName[]) {
    const sample = sampleOf(name, 0);
    assert.deepEqual(decodeObject(name, JSON.parse(JSON.stringify(toJson(name, sample as Types[TypeName])))), sample, name);
  }
});

const deepest = 2;

function sampleOf(name: string, depth: number): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const attribute of typeInfo(name).attributes) {
    if (attribute.kind === 'struct' && depth >= deepest) continue;
    const value = valueOf(attribute, depth);
    result[attribute.name] = attribute.item === undefined ? value : [value, value];
  }
  return result;
}

function valueOf(attribute: Attribute, depth: number): unknown {
  switch (attribute.kind) {
    case 'struct':
      return sampleOf(attribute.type, depth + 1);
    case 'boolean':
      return depth % 2 === 0;
    case 'string':
      return 'true 12';
    case 'enum':
      return attribute.values[0];
    case 'date':
      return 1_700_000_000_123;
    case 'decimal':
    case 'double':
      return 1.5;
    default:
      return 42 + depth;
  }
}
