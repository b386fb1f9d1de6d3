import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leaseAlignment } from './create-domain.ts';
import { patternTest } from './verbs.ts';

test('patterns of file names know * and ? and nothing else', () => {
  const table: [string, string, boolean][] = [
    ['*', 'a.iso', true],
    ['*.iso', 'Debian.ISO', true],
    ['*.iso', 'debian.iso.part', false],
    ['?.iso', 'a.iso', true],
    ['?.iso', 'ab.iso', false],
    ['[a-z].iso', 'a.iso', false],
    ['.*', 'abc', false],
    ['', '', true],
    ['a*b*c', 'aXbYbZc', true],
    ['a*b*c', 'aXbYbZ', false],
  ];
  for (const [pattern, name, fits] of table) assert.equal(patternTest(pattern, false)(name), fits, `${pattern} ${name}`);
  assert.equal(patternTest('*.iso', true)('a.ISO'), false);
});

test('a pattern made to be slow is not', () => {
  assert.equal(patternTest('*a'.repeat(120), false)('b'.repeat(255)), false);
  assert.equal(patternTest('a*'.repeat(120), false)(`${'a'.repeat(254)}b`), true);
});

test('space between leases follows from block size and number of hosts', () => {
  const mebibyte = 1024 * 1024;
  assert.equal(leaseAlignment(512, 2000), mebibyte);
  assert.deepEqual(
    [250, 251, 501, 1001].map((hosts) => leaseAlignment(4096, hosts) / mebibyte),
    [1, 2, 4, 8],
  );
  assert.throws(() => leaseAlignment(512, 0), { code: 1000 });
  assert.throws(() => leaseAlignment(512, 2001), { code: 1000 });
});
