import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { seal, unseal } from './seal.ts';

test('a sealed secret opens with its key only, and only as it was', () => {
  const key = randomBytes(32);
  const sealed = seal(key, 'pässword');
  assert.equal(unseal(key, sealed), 'pässword');
  assert.ok(!sealed.includes('ssword'));
  assert.notDeepEqual(seal(key, 'pässword'), sealed, 'twice the same is not seen');
  assert.throws(() => unseal(randomBytes(32), sealed));
  const changed = Buffer.from(sealed);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  assert.throws(() => unseal(key, changed));
  assert.throws(() => unseal(key, Buffer.alloc(4)));
});
