import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { packTar, unpackTar } from './tar.ts';

const files = [
  { name: 'info.json', content: Buffer.from('{}') },
  { name: 'empty', content: Buffer.alloc(0) },
  { name: 'x.ovf', content: Buffer.alloc(1024, 'y') },
];

test('what is packed is unpacked', () => {
  assert.deepEqual(
    unpackTar(packTar(files, 1)).map(({ name, content }) => [name, content.toString()]),
    files.map(({ name, content }) => [name, content.toString()]),
  );
});

test('the archive is one for other programs too', () => {
  const listed = execFileSync('tar', ['-tf', '-'], { input: packTar(files, 1), encoding: 'utf8' });
  assert.equal(listed, 'info.json\nempty\nx.ovf\n');
});

test('what is no archive, or cut short, has fewer files', () => {
  assert.deepEqual(unpackTar(Buffer.alloc(4096)), []);
  assert.deepEqual(unpackTar(Buffer.from('nothing')), []);
  assert.equal(unpackTar(packTar(files, 1).subarray(0, 1200)).length, 1);
  assert.throws(() => packTar([{ name: 'n'.repeat(101), content: Buffer.alloc(0) }], 1), RangeError);
});
