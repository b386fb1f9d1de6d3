import assert from 'node:assert/strict';
import { test } from 'node:test';
import { senderOf } from './attempts.ts';

test('senders are whole IPv4 addresses and networks of IPv6', () => {
  for (const [address, sender] of [
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8::6', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ] as const)
    assert.equal(senderOf(address), sender);
});
