import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { typeTable } from '@virgate/contract/generated/type-table';
import type { TypeName } from '@virgate/contract/generated/types';
import { typeInfo } from '@virgate/contract/type-info';
import { carried } from './carried.ts';
import { operationOf } from './prober.ts';
import { probes } from './probes.ts';
import { domainChanges } from './vm-attributes.ts';

const repositoryRoot = join(import.meta.dirname, '../..');
const methods = { add: 'POST', update: 'PUT', remove: 'DELETE', act: 'POST', observe: 'GET' } as const;

test('every probe is an operation of the contract, with attributes of its type', () => {
  for (const probe of probes) {
    const [[kind, path] = ['', '']] = Object.entries(probe) as [keyof typeof methods, string][];
    assert.match(operationOf(methods[kind as keyof typeof methods], path), /^(GET|POST|PUT|DELETE) \//);
    if (!('type' in probe)) continue;
    const { byElement } = typeInfo(probe.type);
    for (const element of Object.keys('body' in probe ? probe.body : probe.is))
      assert.equal(byElement.has(element), true, `${probe.type} has no ${element}`);
  }
});

test('changes of domains are attributes of VMs', () => {
  const { byElement } = typeInfo('Vm');
  for (const { change } of domainChanges) for (const element of Object.keys(change)) assert.equal(byElement.has(element), true, element);
});

test('what is said of carried attributes is said of attributes of the contract, and its tests are there', () => {
  const names = new Set(
    (Object.keys(typeTable) as TypeName[]).flatMap((type) => typeInfo(type).attributes.map((one) => `${type}.${one.name}`)),
  );
  for (const [name, { test: file }] of Object.entries(carried)) {
    assert.equal(name.startsWith('*.') || names.has(name), true, name);
    if (file !== undefined) assert.equal(existsSync(join(repositoryRoot, file)), true, file);
  }
});
