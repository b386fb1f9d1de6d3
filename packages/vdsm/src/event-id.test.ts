import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventMatcher, eventTime, isEventId } from './event-id.ts';

test('an event id has three parts behind three bars', () => {
  for (const id of ['|virt|VM_status|7c2e', '|net|host_conn|no_id']) assert.ok(isEventId(id), id);
  for (const id of ['', '|', '|a|b', '|a|b|c|d', 'a|b|c', '|a||c', '||b|c', '|a|b|']) assert.ok(!isEventId(id), id);
});

test('patterns match part by part', () => {
  const id = '|virt|VM_status|1';
  for (const pattern of ['|virt|VM_status|*', '|*|VM_status|*', '|*|*|*', '|*|*|1', id]) assert.ok(eventMatcher(pattern)(id), pattern);
  for (const pattern of ['|net|*|*', '|virt|VM_statu|*', '|*|*|2', '|virt|VM_*|*']) assert.ok(!eventMatcher(pattern)(id), pattern);
  assert.ok(!eventMatcher('|*|*|*')('nonsense'));
  assert.throws(() => eventMatcher('*'), RangeError);
});

test('the stamp is an integer above 2^31 and never goes back', () => {
  const stamps = Array.from({ length: 100 }, eventTime);
  assert.ok(stamps.every((stamp, index) => Number.isSafeInteger(stamp) && stamp > 2 ** 31 - 1 && stamp >= (stamps[index - 1] ?? 0)));
});
