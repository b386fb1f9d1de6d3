import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readContentRange, readPatch, readRange } from './requests.ts';
import { createTickets, mergeRanges } from './tickets.ts';
import type { Ticket } from './tickets.ts';

const ticket: Ticket = {
  id: '00000000-0000-4000-8000-000000000001',
  source: { kind: 'file', path: '/x' },
  sizeBytes: 100,
  operations: new Set(['read']),
  timeoutSeconds: 10,
  filename: undefined,
  sparse: true,
  dirty: false,
};

test('ranges of a download', () => {
  assert.deepEqual(readRange(undefined, 100), { start: 0, end: 100 });
  assert.deepEqual(readRange('bytes=10-19', 100), { start: 10, end: 20 });
  assert.deepEqual(readRange('bytes=10-', 100), { start: 10, end: 100 });
  assert.deepEqual(readRange('bytes=-10', 100), { start: 90, end: 100 });
  for (const [header, status] of [
    ['bytes=90-100', 416],
    ['bytes=20-10', 416],
    ['bytes=-', 400],
    ['lines=1-2', 400],
    ['bytes=0-1,3-4', 400],
  ] as const)
    assert.throws(() => readRange(header, 100), { status }, header);
});

test('ranges of an upload', () => {
  assert.deepEqual(readContentRange(undefined, 50, 100), { start: 0, end: 50 });
  assert.deepEqual(readContentRange('bytes 50-99/*', 50, 100), { start: 50, end: 100 });
  assert.deepEqual(readContentRange('bytes 50-/100', 10, 100), { start: 50, end: 60 });
  assert.throws(() => readContentRange('bytes 51-100/*', 50, 100), { status: 416 });
  assert.throws(() => readContentRange('bytes 0-9/*', 50, 100), { status: 400 });
  assert.throws(() => readContentRange('50-99', 50, 100), { status: 400 });
});

test('changes in place', () => {
  assert.deepEqual(readPatch('{"op":"flush"}', 100), { op: 'flush' });
  assert.deepEqual(readPatch('{"op":"zero","offset":10,"size":20,"flush":true}', 100), { op: 'zero', start: 10, end: 30, flush: true });
  assert.throws(() => readPatch('{"op":"zero","size":101}', 100), { status: 416 });
  for (const text of ['', '{"op":"write"}', '{"op":"zero","size":-1}', '{"op":"zero"}'])
    assert.throws(() => readPatch(text, 100), { status: 400 }, text);
});

test('covered bytes are counted once', () => {
  assert.deepEqual(
    mergeRanges(
      [
        [0, 10],
        [20, 30],
      ],
      [10, 20],
    ),
    [[0, 30]],
  );
  assert.deepEqual(mergeRanges([[0, 10]], [5, 8]), [[0, 10]]);
});

test('a ticket allows what it says as long as it lives', () => {
  let nowMs = 0;
  const tickets = createTickets(() => nowMs);
  tickets.add(ticket);
  assert.equal(tickets.use(ticket.id, 'write'), undefined);
  const use = tickets.use(ticket.id, 'read');
  use?.done(0, 60);
  use?.done(30, 40);
  assert.deepEqual([tickets.find(ticket.id).transferredBytes, tickets.find(ticket.id).active], [70, 1]);
  assert.throws(() => tickets.add(ticket), /in use/);
  use?.end();
  nowMs = 9_000;
  assert.equal(tickets.find(ticket.id).idleSeconds, 9);
  tickets.extend(ticket.id, 10);
  nowMs = 15_000;
  const other = tickets.use(ticket.id, 'read');
  tickets.remove(ticket.id);
  assert.equal(other?.signal.aborted, true);
  assert.throws(() => tickets.find(ticket.id), /no image ticket/);
  tickets.add(ticket);
  nowMs = 26_000;
  assert.equal(tickets.use(ticket.id, 'read'), undefined, 'it has expired');
});

test('eight requests at once', () => {
  const tickets = createTickets(() => 0);
  tickets.add(ticket);
  for (let at = 0; at < 8; at += 1) assert.ok(tickets.use(ticket.id, 'read'));
  assert.equal(tickets.use(ticket.id, 'read'), undefined);
});
