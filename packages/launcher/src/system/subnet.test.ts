import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseGuestNetwork, overlaps, parseIpv4Network } from './subnet.ts';

test('networks overlap when one holds the other', () => {
  assert.equal(overlaps(parseIpv4Network('10.0.0.0/8'), parseIpv4Network('10.64.3.0/24')), true);
  assert.equal(overlaps(parseIpv4Network('10.64.3.7'), parseIpv4Network('10.64.3.0/24')), true);
  assert.equal(overlaps(parseIpv4Network('10.64.2.0/24'), parseIpv4Network('10.64.3.0/24')), false);
  assert.equal(overlaps(parseIpv4Network('0.0.0.0/0'), parseIpv4Network('10.64.3.0/24')), true);
  assert.throws(() => parseIpv4Network('10.64.3/24'), RangeError);
});

test('the guests get a network that is used nowhere else', () => {
  assert.equal(chooseGuestNetwork([], 0), '10.64.0');
  assert.equal(chooseGuestNetwork([], 0xabcdef), chooseGuestNetwork([], 0xabcdef));
  const other = chooseGuestNetwork([parseIpv4Network('10.64.0.0/16')], 0) ?? '';
  assert.match(other, /^10\.(6[5-9]|[7-9]\d|1[01]\d|12[0-7])\.\d+$/);
  assert.equal(chooseGuestNetwork([parseIpv4Network('10.0.0.0/8')], 0), undefined);
});
