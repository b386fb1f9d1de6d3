import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CollectionReader } from './collection-reader.ts';

function readIn(text: string, size: number, keys?: readonly string[]): { objects: unknown[]; rest: unknown } {
  const objects: unknown[] = [];
  const reader = new CollectionReader((found) => objects.push(...found), keys);
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  return { objects, rest: reader.end() };
}

const rows = [
  { name: 'plain', nics: { nic: [{ id: '1' }, { id: '2' }] } },
  { name: 'quotes " and \\" and \\\\', text: '},{"vm":[{' },
  { name: 'Größe 虚拟机 🖥', list: [[], [{}]], empty: {} },
  { name: 'ends with a backslash \\' },
];

test('a collection is the same in pieces of any size', () => {
  for (const text of [JSON.stringify({ vm: rows }), JSON.stringify({ vm: rows }, undefined, 2)])
    for (let size = 1; size <= text.length; size += 1) assert.deepEqual(readIn(text, size), { objects: rows, rest: undefined }, `${size}`);
});

test('only wanted members of the objects are read', () => {
  const text = JSON.stringify({ vm: rows.map((row) => ({ ...row, nics: { name: 'another' } })) });
  const wanted = rows.map((row) => ({ name: row.name, ...(row.text === undefined ? {} : { text: row.text }) }));
  for (const size of [1, 7, 50, 1000]) assert.deepEqual(readIn(text, size, ['text', 'name']), { objects: wanted, rest: undefined });
  assert.deepEqual(readIn(text, 11, []), { objects: rows.map(() => ({})), rest: undefined });
});

test('what is no list of objects is read as it is', () => {
  for (const value of [{}, { vm: [] }, { a: { b: [{ c: '1' }] } }, { fault: { reason: 'x', detail: '[y]' } }])
    for (const size of [1, 5, 1000]) assert.deepEqual(readIn(JSON.stringify(value), size), { objects: [], rest: value });
  assert.deepEqual(readIn('', 1), { objects: [], rest: undefined });
});

test('an answer that breaks off, or is no JSON, is an error', () => {
  const text = JSON.stringify({ vm: rows });
  for (const cut of [3, 7, 12, 40, text.length - 2, text.length - 1]) assert.throws(() => readIn(text.slice(0, cut), 9), SyntaxError);
  assert.throws(() => readIn('{"vm":[{"a":}]}', 4), SyntaxError);
});
