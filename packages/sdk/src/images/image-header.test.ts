import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headerBytes, readImageHeader } from './image-header.ts';

function qcow(put: (view: DataView) => void = () => undefined): Uint8Array {
  const view = new DataView(new ArrayBuffer(104));
  view.setUint32(0, 0x514649fb);
  view.setUint32(4, 3);
  view.setBigUint64(24, 5n * 1024n ** 3n);
  put(view);
  return new Uint8Array(view.buffer);
}

test('a qcow2 image tells its size', () => {
  assert.deepEqual(readImageHeader(qcow(), 200_000), { format: 'cow', content: 'data', virtualBytes: 5 * 1024 ** 3 });
});

test('an image that leads to another file, or is no whole one, is refused', () => {
  const cases: [Uint8Array, string][] = [
    [qcow((view) => view.setBigUint64(8, 300n)), 'backing'],
    [qcow((view) => view.setBigUint64(72, 4n)), 'backing'],
    [qcow((view) => view.setUint32(4, 9)), 'broken'],
    [qcow((view) => view.setBigUint64(24, 0n)), 'broken'],
    [qcow().subarray(0, 40), 'broken'],
    [new TextEncoder().encode('KDMV and more'), 'foreign'],
    [new Uint8Array([0x1f, 0x8b, 8]), 'foreign'],
  ];
  for (const [begin, why] of cases) assert.equal(readImageHeader(begin, 1000), why);
  assert.equal(readImageHeader(new Uint8Array(), 0), 'empty');
});

test('anything else is raw, in whole sectors; a CD image is told by its file system', () => {
  assert.deepEqual(readImageHeader(new Uint8Array(100), 1000), { format: 'raw', content: 'data', virtualBytes: 1024 });
  const iso = new Uint8Array(headerBytes);
  iso.set(new TextEncoder().encode('CD001'), 32_769);
  assert.deepEqual(readImageHeader(iso, 40_960), { format: 'raw', content: 'iso', virtualBytes: 40_960 });
});
