import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitDescription, formatVolumeMetadata, nextGeneration, parseVolumeMetadata } from './volume-metadata.ts';
import type { VolumeMetadata } from './volume-metadata.ts';

const metadata: VolumeMetadata = {
  capacityBytes: 1073741824,
  createdSeconds: 1700000000,
  description: '{"DiskAlias":"disk1","DiskDescription":""}',
  diskType: 'DATA',
  domainId: '3f1a3e0e-1111-4222-8333-444455556666',
  format: 'COW',
  generation: 0,
  imageId: '75f8a1bb-4504-4314-91ca-d9365a30692b',
  legality: 'LEGAL',
  parentId: '00000000-0000-0000-0000-000000000000',
  sequence: 1,
  allocation: 'SPARSE',
  role: 'LEAF',
};

test('metadata of a volume has V5 keys in order, and ends with EOF', () => {
  assert.equal(
    formatVolumeMetadata(metadata),
    'CAP=1073741824\nCTIME=1700000000\nDESCRIPTION={"DiskAlias":"disk1","DiskDescription":""}\nDISKTYPE=DATA\n' +
      'DOMAIN=3f1a3e0e-1111-4222-8333-444455556666\nFORMAT=COW\nGEN=0\nIMAGE=75f8a1bb-4504-4314-91ca-d9365a30692b\nLEGALITY=LEGAL\n' +
      'PUUID=00000000-0000-0000-0000-000000000000\nSEQ=1\nTYPE=SPARSE\nVOLTYPE=LEAF\nEOF\n',
  );
  assert.deepEqual(parseVolumeMetadata(formatVolumeMetadata(metadata)), metadata);
});

test('the longest values still fit a slot', () => {
  const longest: VolumeMetadata = {
    ...metadata,
    capacityBytes: Number.MAX_SAFE_INTEGER,
    description: 'ž'.repeat(300),
    generation: 999,
    sequence: 2 ** 32 - 1,
    allocation: 'PREALLOCATED',
    role: 'INTERNAL',
    legality: 'ILLEGAL',
  };
  const text = formatVolumeMetadata(longest);
  assert.ok(Buffer.byteLength(text) <= 512);
  assert.equal(parseVolumeMetadata(text).description, 'ž'.repeat(105));
});

test('a description can neither tear a line nor a character', () => {
  assert.equal(fitDescription('a\nLEGALITY=FAKE'), 'a LEGALITY=FAKE');
  assert.equal(fitDescription('😀'.repeat(100)), '😀'.repeat(52));
});

test('what is damaged is refused', () => {
  const text = formatVolumeMetadata(metadata);
  for (const [from, to] of [
    ['CAP=1073741824', 'CAP=-1'],
    ['FORMAT=COW', 'FORMAT=VMDK'],
    ['PUUID=0', 'PUUID=../0'],
    ['GEN=0', 'GEN=1000'],
    ['LEGALITY=LEGAL\n', ''],
  ] as const) {
    assert.throws(() => parseVolumeMetadata(text.replace(from, to)), { code: 750 }, to);
  }
  assert.throws(() => parseVolumeMetadata(''), { code: 751 });
});

test('generation 999 is followed by 0', () => {
  assert.deepEqual([0, 998, 999].map(nextGeneration), [1, 999, 0]);
});
