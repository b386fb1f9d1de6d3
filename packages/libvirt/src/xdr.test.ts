import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LibvirtClientError } from './errors.ts';
import { XdrReader, XdrWriter } from './xdr.ts';

function written(write: (writer: XdrWriter) => void): string {
  const writer = new XdrWriter(1 << 20);
  write(writer);
  return writer.finish().toString('hex');
}

function reader(hex: string): XdrReader {
  return new XdrReader(Buffer.from(hex, 'hex'));
}

const code =
  (expected: string) =>
  (error: unknown): boolean =>
    error instanceof LibvirtClientError && error.code === expected;

describe('XDR', () => {
  it('writes what RFC 4506 says', () => {
    assert.equal(
      written((writer) => writer.int(-2)),
      'fffffffe',
    );
    assert.equal(
      written((writer) => writer.uint(0xffffffff)),
      'ffffffff',
    );
    assert.equal(
      written((writer) => writer.hyper(-2n)),
      'fffffffffffffffe',
    );
    assert.equal(
      written((writer) => writer.uhyper(18_446_744_073_709_551_615n)),
      'ffffffffffffffff',
    );
    assert.equal(
      written((writer) => writer.double(1.5)),
      '3ff8000000000000',
    );
    assert.equal(
      written((writer) => writer.string('sillyprog', 100)),
      '0000000973696c6c7970726f67000000',
    );
    assert.equal(
      written((writer) => writer.string('é', 100)),
      '00000002c3a90000',
    );
    assert.equal(
      written((writer) => writer.bytes(Buffer.from([1, 2, 3, 4]), 100)),
      '0000000401020304',
    );
    assert.equal(
      written((writer) => writer.uuid('6695EB01-f6a4-8304-79aa-97f2502e193f')),
      '6695eb01f6a4830479aa97f2502e193f',
    );
  });

  it('reads it back', () => {
    assert.equal(reader('fffffffe').int(), -2);
    assert.equal(reader('ffffffffffffffff').uhyper(), 18_446_744_073_709_551_615n);
    assert.equal(reader('0000000973696c6c7970726f67000000').string(9), 'sillyprog');
    assert.equal(reader('6695eb01f6a4830479aa97f2502e193f').uuid(), '6695eb01-f6a4-8304-79aa-97f2502e193f');
  });

  it('grows over its first size and pads with zeroes', () => {
    const text = 'x'.repeat(5001);
    const bytes = Buffer.from(
      written((writer) => {
        writer.string(text, 10_000);
        writer.int(7);
      }),
      'hex',
    );
    assert.equal(bytes.length, 4 + 5004 + 4);
    assert.deepEqual([...bytes.subarray(5005, 5008)], [0, 0, 0]);
    const back = new XdrReader(bytes);
    assert.equal(back.string(10_000), text);
    assert.equal(back.int(), 7);
    back.finish();
  });

  it('refuses values that do not fit', () => {
    for (const write of [
      (writer: XdrWriter) => writer.int(2 ** 31),
      (writer: XdrWriter) => writer.int(1.5),
      (writer: XdrWriter) => writer.uint(-1),
      (writer: XdrWriter) => writer.hyper(1n << 63n),
      (writer: XdrWriter) => writer.uhyper(-1n),
      (writer: XdrWriter) => writer.uhyper(2 ** 60),
      (writer: XdrWriter) => writer.string('12345', 4),
      (writer: XdrWriter) => writer.string('<a>\0</a>', 100),
      (writer: XdrWriter) => writer.uuid('not a uuid'),
      (writer: XdrWriter) => writer.bytes(Buffer.alloc(5), 4),
    ])
      assert.throws(() => written(write), code('INVALID_ARGUMENT'));
    assert.throws(() => new XdrWriter(8).fixedBytes(Buffer.alloc(9)), code('LIMIT'));
  });

  it('refuses hostile lengths before it allocates', () => {
    for (const read of [
      () => reader('000000').int(),
      () => reader('ffffffff').string(4_194_304),
      () => reader('00000005616263').string(100),
      () => reader('0000000161').string(100),
      () => reader('7fffffff').bytes(2 ** 31),
      () => reader('00004000').listLength(16_384, 16),
      () => reader('00000002').presence(),
      () => reader('0000000000').finish(),
    ])
      assert.throws(read, code('PROTOCOL'));
  });
});
