import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delayMs } from './connection.ts';
import { EventStreamParser } from './event-stream.ts';

const text =
  ': heart-beat\n\nid: 7\nevent: change\ndata: {"a":\ndata: 1}\n\nretry: 5\ndata\n\nevent: lost\n\ndata:x\r\n\r\nid: 9\rdata: y\r\r';
const expected = [
  { event: 'change', data: '{"a":\n1}', id: '7' },
  { event: 'message', data: '', id: '7' },
  { event: 'message', data: 'x', id: '7' },
  { event: 'message', data: 'y', id: '9' },
];

test('events come out the same wherever the chunks are cut', () => {
  for (let size = 1; size <= text.length; size += 1) {
    const parser = new EventStreamParser();
    const events = [];
    for (let at = 0; at < text.length; at += size) events.push(...parser.push(text.slice(at, at + size)));
    assert.deepEqual(events, expected, `chunks of ${size}`);
  }
});

test('an endless event ends the stream', () => {
  const parser = new EventStreamParser();
  assert.throws(() => {
    for (let index = 0; index < 100; index += 1) parser.push(`data: ${'x'.repeat(65_536)}\n`);
  }, RangeError);
});

test('pauses grow to a bound', () => {
  assert.deepEqual(
    [0, 1, 2, 20].map((failures) => delayMs(failures, () => 0)),
    [500, 1000, 2000, 15_000],
  );
  assert.equal(
    delayMs(0, () => 1),
    250,
  );
});
