import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Vm } from './generated/types.ts';
import { DecodeError } from './decode-error.ts';
import { decodeJson, decodeJsonCollection, encodeJson, encodeJsonCollection } from './json.ts';
import { EncodeError } from './scalars.ts';

const vm: Vm = {
  id: '1',
  href: '/ovirt-engine/api/vms/1',
  name: 'a',
  description: '',
  memory: 1_073_741_824,
  delete_protected: false,
  status: 'up',
  links: [{ href: '/ovirt-engine/api/vms/1/nics', rel: 'nics' }],
  actions: [{ href: '/ovirt-engine/api/vms/1/start', rel: 'start' }],
  start_time: 1_704_164_645_123,
  os: { boot: { devices: ['hd'] } },
  custom_properties: [{ name: 'n', value: 'v' }],
  payloads: [],
  cluster: { id: '9' },
  numa_nodes: [{ index: 0 }],
  cpu: { speed: 2.5, topology: { cores: 2 } },
};

const vmJson = {
  actions: { link: [{ href: '/ovirt-engine/api/vms/1/start', rel: 'start' }] },
  link: [{ href: '/ovirt-engine/api/vms/1/nics', rel: 'nics' }],
  id: '1',
  href: '/ovirt-engine/api/vms/1',
  name: 'a',
  description: '',
  memory: '1073741824',
  delete_protected: 'false',
  status: 'up',
  start_time: 1_704_164_645_123,
  os: { boot: { devices: { device: ['hd'] } } },
  custom_properties: { custom_property: [{ name: 'n', value: 'v' }] },
  payloads: {},
  cluster: { id: '9' },
  host_numa_nodes: { host_numa_node: [{ index: '0' }] },
  cpu: { speed: 2.5, topology: { cores: '2' } },
};

describe('writing JSON', () => {
  test('booleans and integers are strings, decimals and dates numbers, lists have both levels', () => {
    assert.deepEqual(JSON.parse(encodeJson('Vm', vm)), vmJson);
  });

  test('all six kinds of numbers that stay numbers', () => {
    const parse = (text: string): unknown => JSON.parse(text);
    assert.deepEqual(parse(encodeJson('Statistic', { values: [{ datum: 1.5 }] })), { values: { value: [{ datum: 1.5 }] } });
    assert.deepEqual(parse(encodeJson('QuotaStorageLimit', { usage: 1, limit: 5 })), { usage: 1, limit: '5' });
    assert.deepEqual(parse(encodeJson('QuotaClusterLimit', { memory_limit: 1, memory_usage: 2.5, vcpu_limit: 3 })), {
      memory_limit: 1,
      memory_usage: 2.5,
      vcpu_limit: '3',
    });
    assert.deepEqual(parse(encodeJson('AffinityGroup', { priority: 1 })), { priority: 1 });
  });

  test('collections', () => {
    assert.equal(encodeJsonCollection('Vm', []), '{}');
    assert.equal(encodeJsonCollection('Vm', [{ id: '1' }, { id: '2' }]), '{"vm":[{"id":"1"},{"id":"2"}]}');
    assert.equal(encodeJsonCollection('Host', [], { size: 0, total: 3, active: 1 }), '{"size":"0","total":"3","active":"1"}');
    assert.equal(encodeJsonCollection('Host', [{}], { total: 3 }), '{"total":"3","host":[{}]}');
    assert.equal(encodeJsonCollection('OperatingSystemInfo', [{ id: '0' }]), '{"operating_system":[{"id":"0"}]}');
    assert.equal(encodeJsonCollection('Vm', [{ id: '1' }], {}, { indent: 2 }), '{\n  "vm": [\n    {\n      "id": "1"\n    }\n  ]\n}');
    const many = Array.from({ length: 2000 }, () => vm);
    assert.deepEqual(decodeJsonCollection(encodeJsonCollection('Vm', many), 'Vm'), many);
  });

  test('fault and action', () => {
    assert.equal(encodeJson('Fault', { detail: '[x]', reason: 'Operation Failed' }), '{"detail":"[x]","reason":"Operation Failed"}');
    assert.equal(encodeJson('Action', { async: true, status: 'complete' }), '{"async":"true","status":"complete"}');
  });

  test('values that cannot be written', () => {
    assert.throws(() => encodeJson('Vm', { memory: Infinity }), EncodeError);
    assert.throws(() => encodeJson('Vm', { name: 5 } as unknown as Vm), EncodeError);
    const around: Vm = {};
    around.template = { vm: around };
    assert.throws(() => encodeJson('Vm', around), EncodeError);
  });
});

function refusal(source: unknown, type: 'Vm' | 'Network' | 'Statistic' | 'Host' = 'Vm'): DecodeError {
  try {
    decodeJson(source, type);
  } catch (error) {
    assert.ok(error instanceof DecodeError, String(error));
    return error;
  }
  return assert.fail(`accepted: ${String(source).slice(0, 100)}`);
}

describe('reading JSON', () => {
  test('what was written', () => {
    assert.deepEqual(decodeJson(encodeJson('Vm', vm), 'Vm'), vm);
    assert.deepEqual(decodeJson(Buffer.from(encodeJson('Vm', vm)), 'Vm'), vm);
    assert.deepEqual(decodeJson(vmJson, 'Vm'), vm);
  });

  test('numbers and booleans bare or as strings, enums in any case, ISO dates, null is absent', () => {
    assert.deepEqual(
      decodeJson(
        '{"memory":5,"cpu_shares":"6","stateless":true,"delete_protected":"TRUE","status":"UP","start_time":"1970-01-01T00:00:01Z","name":null,"os":null,"nics":null}',
        'Vm',
      ),
      { memory: 5, cpu_shares: 6, stateless: true, delete_protected: true, status: 'up', start_time: 1000 },
    );
  });

  test('wrong shapes and values', () => {
    const cases: [unknown, string, ('Vm' | 'Network' | 'Statistic')?][] = [
      ['{"vm":{"name":"a"}}', 'unknown_element'],
      ['{"Name":"a"}', 'unknown_element'],
      ['{"nics":{"nic":{}}}', 'invalid_shape'],
      ['{"nics":[]}', 'invalid_shape'],
      ['{"nics":{"nics":[]}}', 'unknown_element'],
      ['{"stateless":"yes"}', 'invalid_value'],
      ['{"cpu_shares":1.5}', 'invalid_value'],
      ['{"cpu_shares":"1.5"}', 'invalid_value'],
      ['{"cpu_shares":2147483648}', 'invalid_value'],
      ['{"memory":9007199254740992}', 'invalid_value'],
      ['{"memory":1e400}', 'invalid_value'],
      ['{"status":"sideways"}', 'invalid_value'],
      ['{"status":5}', 'invalid_value'],
      ['{"name":"a\\u0000b"}', 'invalid_value'],
      ['{"name":"a\\ud800"}', 'invalid_value'],
      ['{"stateless":1}', 'invalid_value'],
      ['{"name":{}}', 'invalid_shape'],
      ['{"name":true}', 'invalid_shape'],
      ['{"os":"x"}', 'invalid_shape'],
      ['{"start_time":"soon"}', 'invalid_value'],
      ['{"start_time":1e20}', 'invalid_value'],
      ['{"link":{}}', 'invalid_shape'],
      ['{"link":[{"x":1}]}', 'unknown_element'],
      ['{"actions":[]}', 'invalid_shape'],
      ['[]', 'invalid_shape'],
      ['null', 'invalid_shape'],
      ['5', 'invalid_shape'],
      ['', 'syntax'],
      ['{', 'syntax'],
      ['{"name":"a"} x', 'syntax'],
      ['{"__proto__":{"name":"a"}}', 'unknown_element'],
      ['{"constructor":{}}', 'unknown_element'],
      ['{"os":{"__proto__":null}}', 'unknown_element'],
      ['{"usages":{"usage":["vm","x"]}}', 'invalid_value', 'Network'],
      ['{"usages":{"usage":[null]}}', 'invalid_shape', 'Network'],
      ['{"values":{"value":[{"datum":1e400}]}}', 'invalid_value', 'Statistic'],
      ['{"values":{"value":[{"datum":"NaN"}]}}', 'invalid_value', 'Statistic'],
      [new Uint8Array([0x7b, 0xff, 0x7d]), 'encoding'],
    ];
    for (const [source, code, type] of cases) assert.equal(refusal(source, type ?? 'Vm').code, code, String(source));
  });

  test('a refused enum lists what is valid, at its place', () => {
    const error = refusal('{"usages":{"usage":["vm","carrier"]}}', 'Network');
    assert.equal(error.path, 'network.usages.usage[1]');
    assert.equal(error.reason, 'Invalid value');
    assert.match(error.detail, /"carrier".*valid values are: .*\bvm\b/);
  });

  test('bounds', () => {
    assert.equal(refusal(`{"template":{"vm":${'{"template":{"vm":'.repeat(40)}{}${'}}'.repeat(40)}}}`).code, 'too_deep');
    assert.ok(['syntax', 'invalid_shape', 'unknown_element'].includes(refusal('['.repeat(100_000)).code));
    assert.ok(['syntax', 'too_deep'].includes(refusal(`${'{"template":{"vm":'.repeat(100_000)}{}${'}}'.repeat(100_000)}`).code));
    assert.throws(
      () => decodeJson(`{"name":"${'x'.repeat(101)}"}`, 'Vm', { maxSize: 100 }),
      (error: DecodeError) => error.code === 'too_large',
    );
    assert.throws(
      () => decodeJson(`{"name":"${'x'.repeat(101)}"}`, 'Vm', { maxText: 100 }),
      (error: DecodeError) => error.code === 'too_large',
    );
    assert.throws(
      () => decodeJson({ nics: { nic: Array.from({ length: 11 }, () => ({})) } }, 'Vm', { maxElements: 10 }),
      (error: DecodeError) => error.code === 'too_many',
    );
  });
});
