import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createConsoleEntries, entryLifeMs } from './entries.ts';

test('an entry opens one console, once, and not for long', () => {
  let nowMs = 0;
  const entries = createConsoleEntries(() => nowMs);
  const [first, second] = [entries.add({ vmId: 'a', type: 'vnc' }), entries.add({ vmId: 'a', type: 'serial' })];
  assert.notEqual(first, second);
  assert.deepEqual(entries.take(first), { vmId: 'a', type: 'vnc' });
  assert.equal(entries.take(first), undefined);
  nowMs = entryLifeMs;
  assert.equal(entries.take(second), undefined);
  assert.equal(entries.take('none'), undefined);
});

test('entries that nobody uses are bounded, and make room when they are over', () => {
  let nowMs = 0;
  const entries = createConsoleEntries(() => nowMs);
  for (let one = 0; one < 1000; one += 1) entries.add({ vmId: 'a', type: 'vnc' });
  assert.throws(() => entries.add({ vmId: 'a', type: 'vnc' }), { code: 1100 });
  nowMs = entryLifeMs;
  entries.add({ vmId: 'a', type: 'vnc' });
});
