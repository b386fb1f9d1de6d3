import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkStorageAddress, isHostAddress } from './address.ts';

test('host names and addresses are told from everything else', () => {
  for (const good of ['filer', 'filer.example.com', 'a_b.c', '10.1.2.3', '2001:db8::1', '[2001:db8::1]', '1filer'])
    assert.equal(isHostAddress(good), true, good);
  for (const bad of [
    '',
    '-x',
    'a b',
    'file:///etc',
    '$(id)',
    '999.1.1.1',
    '1.2.3',
    'a'.repeat(300),
    '[filer]',
    'a/b',
    'a;b',
    'a\nb',
    'filer-',
  ])
    assert.equal(isHostAddress(bad), false, bad);
});

test('storage is not at addresses that are another machine on each host', () => {
  for (const bad of [
    '127.0.0.1',
    '127.9.9.9',
    '0.0.0.0',
    '169.254.169.254',
    '::1',
    '::',
    '[::1]',
    'fe80::1',
    'localhost',
    'LOCALHOST.',
    '::ffff:127.0.0.1',
  ])
    assert.throws(() => checkStorageAddress('address', bad), /address/, bad);
  checkStorageAddress('address', '10.0.0.1');
  checkStorageAddress('address', 'filer.example.com');
});
