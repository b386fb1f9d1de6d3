import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WireLeaf, WireShape } from './wire-shapes.ts';
import type { ReportKind } from './wire-types.ts';
import { checkWireTypes, reportTables, shapeOf } from './wire-types.ts';

/** Per type: what passes, and what an agent in JavaScript sends by mistake. */
const samples: Readonly<Record<WireLeaf, { good: readonly unknown[]; bad: readonly unknown[] }>> = {
  bool: { good: [true, false], bad: ['true', 1, null] },
  int: { good: [0, -1, 2_147_483_647], bad: ['1', 1.5, 2_147_483_648, null, true] },
  float: { good: [1.5, '1.50', '-0.1'], bad: [1, '1', 'x', null, true] },
  number: { good: [1, 1.5], bad: ['1', null] },
  string: { good: ['', 'x'], bad: [1, true, null, ['x'], {}] },
  'string bool': { good: ['true', 'False'], bad: [true, 'yes', ''] },
  'string int': { good: ['0', '-1', '+3600', '9223372036854775807'], bad: [1, '1.5', '', 'NaN'] },
  'string float': { good: ['0.00', '12', '-1.5'], bad: [0.5, 1, '', 'NaN', 'Infinity', '1e3'] },
  'string csv': { good: ['0,1,2', ''], bad: [['0'], '0,,1', 0] },
  'string uuid': { good: ['7c2e6f0a-0000-4000-8000-000000000001'], bad: ['', 'vm', 1] },
  'int or string int': { good: [1500, '1500'], bad: [1.5, '1.5', true] },
  object: { good: [{}, { a: 1 }], bad: [[], 'x', null] },
  array: { good: [[], [1]], bad: [{}, 'x', null] },
};

/** All good values of a shape, one per variation of a leaf, each a whole value of the shape. */
function goodValues(shape: WireShape): unknown[] {
  if (typeof shape === 'string') return [...samples[shape].good];
  if ('list' in shape) return [[], ...goodValues(shape.list).map((value) => [value])];
  if ('each' in shape) return [{}, ...goodValues(shape.each).map((value) => ({ key: value }))];
  const whole = wholeObject(shape.fields);
  return [
    whole,
    ...Object.entries(shape.fields).flatMap(([name, inner]) => goodValues(inner).map((value) => ({ ...whole, [plain(name)]: value }))),
  ];
}

function badValues(shape: WireShape): unknown[] {
  if (typeof shape === 'string') return [...samples[shape].bad];
  if ('list' in shape) return [{}, 'x', null, ...badValues(shape.list).map((value) => [value])];
  if ('each' in shape) return [[], 'x', null, ...badValues(shape.each).map((value) => ({ key: value }))];
  const whole = wholeObject(shape.fields);
  const missing = Object.keys(shape.fields)
    .filter((name) => name.endsWith('!'))
    .map((name) => ({ ...whole, [plain(name)]: undefined }));
  return [
    [],
    'x',
    null,
    ...missing,
    ...Object.entries(shape.fields).flatMap(([name, inner]) => badValues(inner).map((value) => ({ ...whole, [plain(name)]: value }))),
  ];
}

function wholeObject(fields: Readonly<Record<string, WireShape>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, shape]) => [plain(name), goodValues(shape).at(-1)]));
}

function plain(name: string): string {
  return name.replace(/!$/, '');
}

for (const kind of Object.keys(reportTables) as ReportKind[]) {
  const { fields, shapes } = reportTables[kind];
  const whole = Object.fromEntries(fields.map((field) => [field.name, goodValues(shapes[field.name] ?? shapeOf(field.wire)).at(-1)]));

  describe(kind, () => {
    test('a whole report passes', () => assert.deepEqual(checkWireTypes(kind, whole), []));

    for (const field of fields) {
      const shape = shapes[field.name] ?? shapeOf(field.wire);
      test(`${field.name}: ${field.wire}`, () => {
        for (const value of goodValues(shape))
          assert.deepEqual(checkWireTypes(kind, { ...whole, [field.name]: value }), [], JSON.stringify(value));
        for (const value of badValues(shape)) {
          const violations = checkWireTypes(kind, { ...whole, [field.name]: value });
          assert.ok(violations.length === 1 && violations[0]?.startsWith(field.name), `${JSON.stringify(value)}: ${violations.join('; ')}`);
        }
        const without = checkWireTypes(kind, { ...whole, [field.name]: undefined });
        assert.deepEqual(without, field.need === 'required' ? [`${field.name} is missing`] : []);
      });
    }

    test('every nested field has a shape, and every shape a field of the same outer type', () => {
      const nested = fields.filter(({ wire }) => wire === 'object' || wire === 'array of object').map(({ name }) => name);
      assert.deepEqual(Object.keys(shapes).sort(), nested.sort());
      for (const [name, shape] of Object.entries(shapes)) {
        const wire = fields.find((field) => field.name === name)?.wire;
        assert.equal(typeof shape === 'object' && 'list' in shape, wire === 'array of object', name);
      }
    });
  });
}

test('a field that no VDSM has, numbers that are none, and what is no report', () => {
  assert.deepEqual(checkWireTypes('hardware', { systemUuid: 'x' }), ['systemUuid is not in the contract']);
  assert.deepEqual(checkWireTypes('hardware', { systemUUID: Number.NaN }), ['systemUUID must be string, not null']);
  assert.match(checkWireTypes('hardware', { systemUUID: 1n })[0] ?? '', /cannot be written as JSON/);
  assert.deepEqual(checkWireTypes('hardware', []), ['hardware must be an object']);
});

test('the trap of JavaScript: a double that happens to be whole', () => {
  const violations = checkWireTypes('hostStatistics', { vmCount: 0, memFree: 1, network: {}, storageDomains: {}, cpuUser: 1.0 });
  assert.deepEqual(violations, ['cpuUser must be string float, not number 1']);
});
