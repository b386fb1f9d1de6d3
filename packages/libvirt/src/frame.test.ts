import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LibvirtClientError } from './errors.ts';
import { encodeFrame, FrameReader } from './frame.ts';
import type { Frame } from './frame.ts';

const header = { program: 0x20008086, version: 1, procedure: 66, type: 0, serial: 1, status: 0 };
const protocolError = (error: unknown): boolean => error instanceof LibvirtClientError && error.code === 'PROTOCOL';

function framesOf(chunks: Iterable<Buffer>, maxBytes?: number): Frame[] {
  const frames = new FrameReader(maxBytes);
  return [...chunks].flatMap((chunk) => [...frames.push(chunk)]);
}

function frameWith(payloadBytes: number, serial: number): Buffer {
  return encodeFrame({ ...header, serial }, (writer) => writer.raw(Buffer.alloc(payloadBytes, serial)));
}

describe('frames', () => {
  it('begin with their length and six words', () => {
    assert.equal(encodeFrame(header).toString('hex'), '0000001c200080860000000100000042000000000000000100000000');
  });

  it('are cut out of any division of the bytes', () => {
    const sent = [0, 4, 70_000, 8, 0, 300].map((bytes, index) => frameWith(bytes, index + 1));
    const bytes = Buffer.concat(sent);
    for (const size of [1, 3, 28, 31, 1024, 65_536, bytes.length]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
      const frames = framesOf(chunks);
      assert.deepEqual(
        frames.map(({ serial, payload }) => [serial, payload.length]),
        [
          [1, 0],
          [2, 4],
          [3, 70_000],
          [4, 8],
          [5, 0],
          [6, 300],
        ],
        `chunks of ${size}`,
      );
      for (const { serial, payload } of frames) assert.ok(payload.every((byte) => byte === serial));
    }
  });

  it('of impossible length are refused at their first word', () => {
    for (const length of [0, 4, 27, 33_554_437, 0xffffffff]) {
      const word = Buffer.alloc(4);
      word.writeUInt32BE(length);
      assert.throws(() => framesOf([word]), protocolError, `length ${length}`);
    }
    assert.throws(() => framesOf([frameWith(100, 1)], 100), protocolError);
  });

  it('of unknown type or status are refused', () => {
    assert.throws(() => framesOf([encodeFrame({ ...header, type: 7 })]), protocolError);
    assert.throws(() => framesOf([encodeFrame({ ...header, type: -1 })]), protocolError);
    assert.throws(() => framesOf([encodeFrame({ ...header, status: 3 })]), protocolError);
  });
});
