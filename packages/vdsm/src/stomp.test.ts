import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { StompError } from './errors.ts';
import type { StompFrame } from './stomp.ts';
import { encodeFrame, escapeHeader, isEchoable, StompDecoder, unescapeHeader } from './stomp.ts';

const limits = { headerBytes: 512, headerCount: 8, bodyBytes: 4096 };

function decode(...chunks: Array<string | Buffer>): StompFrame[] {
  const decoder = new StompDecoder(limits);
  return chunks.flatMap((chunk) => [...decoder.push(Buffer.from(chunk))]);
}

function refuses(expected: RegExp, ...chunks: Array<string | Buffer>): void {
  assert.throws(
    () => decode(...chunks),
    (error) => error instanceof StompError && expected.test(error.message),
  );
}

describe('writing frames', () => {
  test('one frame is one buffer: command, headers, blank line, body, NUL', () => {
    const frame = encodeFrame('MESSAGE', { destination: 'a.b', skipped: undefined, subscription: '1' }, '{"ž":1}');
    assert.equal(frame.toString(), 'MESSAGE\ndestination:a.b\nsubscription:1\ncontent-length:8\n\n{"ž":1}\0');
  });

  test('a frame without a body has no content-length; an empty body has', () => {
    assert.equal(encodeFrame('CONNECTED', { version: '1.2' }).toString(), 'CONNECTED\nversion:1.2\n\n\0');
    assert.equal(encodeFrame('SEND', {}, '').toString(), 'SEND\ncontent-length:0\n\n\0');
  });

  test('a content-length given as a header never contradicts the body', () => {
    assert.equal(encodeFrame('SEND', { 'content-length': '99' }, 'x').toString(), 'SEND\ncontent-length:1\n\nx\0');
  });

  test('headers over 1 KB and headers with a NUL are refused', () => {
    assert.throws(() => encodeFrame('SEND', { a: 'x'.repeat(1024) }), StompError);
    assert.ok(encodeFrame('SEND', { a: 'x'.repeat(1024 - 'SEND\na:\n\n'.length) }).length === 1025);
    assert.throws(() => encodeFrame('SEND', { a: 'x\0y' }), StompError);
  });

  test('binary bodies go through unchanged', () => {
    const body = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    assert.deepEqual(decode(encodeFrame('SEND', {}, body))[0]?.body, body);
  });
});

describe('header escapes', () => {
  for (const [plain, escaped] of [
    ['a:b', 'a\\cb'],
    ['a\nb', 'a\\nb'],
    ['a\rb', 'a\\rb'],
    ['a\\b', 'a\\\\b'],
    ['\\c', '\\\\c'],
    ['ž', 'ž'],
    ['', ''],
  ] as const) {
    test(`${JSON.stringify(plain)} ↔ ${JSON.stringify(escaped)}`, () => {
      assert.equal(escapeHeader(plain), escaped);
      assert.equal(unescapeHeader(escaped), plain);
    });
  }

  test('values written raw, as the Java client does, are taken as they are', () => {
    const [frame] = decode('SEND\nreply-to:a:b:c\nx:a\\tb\\\n\n\0');
    assert.equal(frame?.headers.get('reply-to'), 'a:b:c');
    assert.equal(frame?.headers.get('x'), 'a\\tb\\');
  });

  test('a value is fit to be written to others when short and without NUL', () => {
    assert.ok(isEchoable('x'.repeat(255)));
    for (const value of [undefined, '', 'x'.repeat(256), ':'.repeat(128), 'a\0']) assert.ok(!isEchoable(value));
  });
});

describe('reading frames', () => {
  const sample = Buffer.concat([
    Buffer.from('\n\r\nSEND\r\ndestination:q\r\ndestination:second\r\ncontent-length:5\r\n\r\na\0ž!\0\n\n'),
    Buffer.from('SUBSCRIBE\nid:1\n\n\0'),
    Buffer.from('SEND\n\nno length\0'),
  ]);

  function check(frames: StompFrame[]): void {
    assert.deepEqual(
      frames.map((frame) => [frame.command, [...frame.headers], frame.body.toString()]),
      [
        [
          'SEND',
          [
            ['destination', 'q'],
            ['content-length', '5'],
          ],
          'a\0ž!',
        ],
        ['SUBSCRIBE', [['id', '1']], ''],
        ['SEND', [], 'no length'],
      ],
    );
  }

  test('several frames in one chunk', () => check(decode(sample)));
  test('byte by byte', () => check(decode(...[...sample].map((byte) => Buffer.from([byte])))));
  for (let at = 1; at < sample.length; at++) {
    test(`cut after byte ${at}`, () => check(decode(sample.subarray(0, at), sample.subarray(at))));
  }

  test('header names from objects are plain data', () => {
    const [frame] = decode('SEND\n__proto__:x\nconstructor:y\n\n\0');
    assert.equal(frame?.headers.get('__proto__'), 'x');
    assert.equal(({} as Record<string, unknown>)['x'], undefined);
  });

  test('a body at the limit passes, one byte more does not', () => {
    const body = 'x'.repeat(4096);
    assert.equal(decode(`SEND\ncontent-length:4096\n\n${body}\0`)[0]?.body.length, 4096);
    assert.equal(decode(`SEND\n\n${body}\0`)[0]?.body.length, 4096);
    refuses(/Body over/, `SEND\ncontent-length:4097\n\n`);
    refuses(/Body over/, `SEND\n\n${body}`, 'x');
  });

  test('an announced body is not allocated before it comes', () => {
    const decoder = new StompDecoder({ ...limits, bodyBytes: 2 ** 31 });
    const before = process.memoryUsage().arrayBuffers;
    assert.deepEqual([...decoder.push(Buffer.from('SEND\ncontent-length:2147483648\n\nabc'))], []);
    assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 24);
    assert.ok(decoder.insideFrame);
  });

  test('4 GB announced', () => refuses(/Body over the limit/, 'SEND\ncontent-length:4294967296\n\n'));
  for (const length of ['-1', '1e3', '0x10', '', ' ', '1.5', 'NaN', '9'.repeat(16)]) {
    test(`content-length ${JSON.stringify(length)}`, () => refuses(/content-length is not a number/, `SEND\ncontent-length:${length}\n\n`));
  }
  test('no NUL after the announced body', () => refuses(/no NUL/, 'SEND\ncontent-length:2\n\nabc\0'));
  test('NUL in the header block', () => refuses(/NUL inside/, 'SEND\nid:\0\n\n'));
  test('header block without an end', () => refuses(/Header block over/, `SEND\na:${'x'.repeat(600)}`));
  test('too many headers', () => refuses(/More than 8 headers/, `SEND\n${'a:b\n'.repeat(9)}\n`));
  test('a line without a colon or a name', () => {
    refuses(/without a name/, 'SEND\nnonsense\n\n');
    refuses(/without a name/, 'SEND\n:x\n\n');
  });
  test('bytes that are not UTF-8', () => refuses(/not UTF-8/, Buffer.from([0x53, 10, 0x61, 0x3a, 0xff, 10, 10])));
  test('a frame without its end is inside, and gives nothing', () => {
    const decoder = new StompDecoder(limits);
    assert.equal(decoder.insideFrame, false);
    assert.deepEqual([...decoder.push(Buffer.from('SEND\n\nabc'))], []);
    assert.equal(decoder.insideFrame, true);
    assert.equal([...decoder.push(Buffer.from('\0\n'))].length, 1);
    assert.equal(decoder.insideFrame, false);
  });
});
