import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkForeignImage, readImageHeader } from './qcow2-header.ts';

/** A header as qemu-img writes it for a disk of 1 GiB, 64 KiB clusters. */
function header(change: (start: Buffer) => void = () => undefined): Buffer {
  const start = Buffer.alloc(65_536);
  start.writeUInt32BE(0x514649fb, 0);
  start.writeUInt32BE(3, 4);
  start.writeUInt32BE(16, 20);
  start.writeBigUInt64BE(1024n ** 3n, 24);
  start.writeUInt32BE(2, 36);
  start.writeBigUInt64BE(0x30000n, 40);
  start.writeBigUInt64BE(0x10000n, 48);
  start.writeUInt32BE(1, 56);
  start.writeUInt32BE(4, 96);
  start.writeUInt32BE(112, 100);
  change(start);
  return start;
}

function withBackingFile(name: string): Buffer {
  return header((start) => {
    start.writeBigUInt64BE(0x200n, 8);
    start.writeUInt32BE(Buffer.byteLength(name), 16);
    start.write(name, 0x200);
  });
}

test('a plain qcow2 header is understood', () => {
  assert.deepEqual(checkForeignImage(header()), {
    format: 'qcow2',
    version: 3,
    virtualSizeBytes: 1024 ** 3,
    clusterSizeBytes: 65_536,
    backingFile: undefined,
    backingFormat: undefined,
    encrypted: false,
    snapshotCount: 0,
  });
});

test('what is no qcow2 is raw, an empty file too', () => {
  assert.deepEqual(checkForeignImage(Buffer.alloc(0)), { format: 'raw' });
  assert.deepEqual(checkForeignImage(Buffer.from('MZ anything')), { format: 'raw' });
});

for (const name of ['/etc/shadow', 'json:{"driver":"file","filename":"/etc/shadow"}', 'nbd://127.0.0.1/x', '../other', 'x']) {
  test(`a foreign image on top of ${name} is refused`, () => {
    assert.equal((readImageHeader(withBackingFile(name)) as { backingFile?: string }).backingFile, name);
    assert.throws(() => checkForeignImage(withBackingFile(name)), { code: 484, message: /backing file/ });
  });
}

const hostile: [string, (start: Buffer) => void, RegExp][] = [
  ['size of 2^63', (start) => start.writeBigUInt64BE(2n ** 63n, 24), /virtual size/],
  ['cluster size 0', (start) => start.writeUInt32BE(0, 20), /cluster size/],
  ['cluster size 2^63', (start) => start.writeUInt32BE(63, 20), /cluster size/],
  ['external data file by feature', (start) => start.writeBigUInt64BE(4n, 72), /another file/],
  [
    'external data file by extension',
    (start) => {
      start.writeUInt32BE(0x44415441, 112);
      start.writeUInt32BE(11, 116);
      start.write('/etc/shadow', 120);
    },
    /external data file/,
  ],
  ['marked corrupt', (start) => start.writeBigUInt64BE(2n, 72), /corrupt/],
  ['unknown feature', (start) => start.writeBigUInt64BE(1n << 40n, 72), /newer/],
  ['encrypted', (start) => start.writeUInt32BE(2, 32), /encrypted/],
  ['internal snapshots', (start) => start.writeUInt32BE(1, 60), /internal snapshots/],
  ['snapshot bomb', (start) => start.writeUInt32BE(0xffffffff, 60), /internal snapshots/],
  ['huge first level table', (start) => start.writeUInt32BE(0xffffffff, 36), /first level table/],
  ['first level table too small', (start) => start.writeUInt32BE(1, 36), /first level table/],
  ['huge reference count table', (start) => start.writeUInt32BE(0xffffff, 56), /reference count/],
  ['header length beyond the cluster', (start) => start.writeUInt32BE(0xfffffff8, 100), /header length/],
  [
    'extension longer than the header',
    (start) => {
      start.writeUInt32BE(0x6803f857, 112);
      start.writeUInt32BE(0xffffffff, 116);
    },
    /extension/,
  ],
  [
    'backing file name outside of the header',
    (start) => {
      start.writeBigUInt64BE(2n ** 63n, 8);
      start.writeUInt32BE(10, 16);
    },
    /outside/,
  ],
  ['version 1', (start) => start.writeUInt32BE(1, 4), /version/],
];

for (const [name, change, message] of hostile) {
  test(`refused: ${name}`, () => {
    assert.throws(() => checkForeignImage(header(change)), { code: 484, message });
  });
}

test('a header that is cut off is refused', () => {
  for (const length of [4, 71, 103]) assert.throws(() => checkForeignImage(header().subarray(0, length)), { code: 484 });
});

test('other containers and compressed files are named and refused', () => {
  for (const start of ['KDMV', 'vhdxfile', 'conectix', '\u001f\u008b']) {
    assert.throws(() => checkForeignImage(Buffer.from(start, 'latin1')), { code: 17 });
  }
});
