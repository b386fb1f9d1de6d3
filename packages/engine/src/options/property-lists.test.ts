import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOptions } from '@virgate/contract/generated/config-options';
import { isValidPropertyList, readDevicePropertyLists, readPropertyList } from './property-lists.ts';
import { defaultOf } from './values.ts';

const option = (name: string) => {
  const found = configOptions.find((one) => one.name === name);
  assert.ok(found, name);
  return found;
};

test('lists are names with patterns, which may have semicolons in brackets', () => {
  assert.deepEqual(
    [...readPropertyList('a=^[0-9;]+$; b=(x;y);c=')],
    [
      ['a', '^[0-9;]+$'],
      ['b', '(x;y)'],
      ['c', ''],
    ],
  );
  const predefined = readPropertyList(defaultOf(option('PredefinedVMProperties'), '4.7'));
  assert.deepEqual([...predefined.keys()].slice(0, 2), ['sap_agent', 'sndbuf']);
});

test('devices have lists by their kind', () => {
  assert.deepEqual(
    [
      ...(readDevicePropertyLists(defaultOf(option('CustomDeviceProperties'), '4.7'))
        .get('interface')
        ?.keys() ?? []),
    ],
    ['SecurityGroups'],
  );
  const both = readDevicePropertyLists('{type=interface;prop={speed=^\\d{1,4}$;duplex=^(full|half)$}};{type=disk;prop={pool=^[a-z]+$}}');
  assert.deepEqual(
    [...(both.get('interface') ?? [])],
    [
      ['speed', '^\\d{1,4}$'],
      ['duplex', '^(full|half)$'],
    ],
  );
  assert.deepEqual([...(both.get('disk') ?? [])], [['pool', '^[a-z]+$']]);
});

test('what is no list, no name or no pattern is no value', () => {
  const vm = option('UserDefinedVMProperties');
  for (const good of ['', 'a=^x$', 'a=^x$;b=.*']) assert.ok(isValidPropertyList(vm, good), good);
  for (const bad of ['a', '=x', 'a b=x', 'a:b=x', '1=x', 'a=(', 'a=x;a=y']) assert.ok(!isValidPropertyList(vm, bad), bad);
  const device = option('CustomDeviceProperties');
  assert.ok(isValidPropertyList(device, defaultOf(device, '4.7')));
  for (const bad of ['a=x', '{type=interface}', '{type=interface;prop={a=[}}', '{type=interface;prop={a b=x}}'])
    assert.ok(!isValidPropertyList(device, bad), bad);
  assert.ok(isValidPropertyList(option('MaxVmNameLength'), 'anything'));
});
