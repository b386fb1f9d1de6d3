import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typeInfo } from '@virgate/contract/type-info';
import { operationOf } from './prober.ts';
import { domainChanges, probes } from './probes.ts';

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
  for (const change of domainChanges) for (const element of Object.keys(change)) assert.equal(byElement.has(element), true, element);
});
