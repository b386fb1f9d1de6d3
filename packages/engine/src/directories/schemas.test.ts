import assert from 'node:assert/strict';
import { test } from 'node:test';
import { primaryGroupSid } from './schemas.ts';

test('the primary group of a user is in his own domain', () => {
  const sid = Buffer.from('0105000000000005150000000102030405060708090a0b0c51040000', 'hex');
  assert.equal(primaryGroupSid(sid, 513)?.toString('hex'), '0105000000000005150000000102030405060708090a0b0c01020000');
  assert.equal(primaryGroupSid(Buffer.alloc(3), 513), null);
  assert.equal(primaryGroupSid(sid, -1), null);
});
