import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  checkXleasesIndex,
  findLease,
  formatXleasesIndex,
  freeLease,
  leaseOffset,
  listLeases,
  maximumLeases,
  setLease,
  xleasesIndexBytes,
} from './xleases-index.ts';

const lockspace = '3f1a3e0e-1111-4222-8333-444455556666';
const lease = '75f8a1bb-4504-4314-91ca-d9365a30692b';
const mebibyte = 1024 * 1024;

test('an empty index has its magic, lockspace, time and one line a record', () => {
  const index = formatXleasesIndex(lockspace, 1700000000);
  assert.equal(index.length, xleasesIndexBytes);
  assert.equal(index.toString('hex', 0, 4), '12152016');
  assert.equal(index.toString('latin1', 4, 512), `\0${'0001'}\0${lockspace.padEnd(48, '\0')}\0${'1700000000'}\0-${'\0'.repeat(440)}\n`);
  assert.equal(index.toString('latin1', 512, 576), `${'\0'.repeat(48)}\0${'0'.repeat(11)}\0--\n`);
  assert.equal(maximumLeases, 3960);
  assert.deepEqual(listLeases(index), []);
  checkXleasesIndex(index, lockspace);
});

test('a lease gets the first free record and its offset, and gives it back', () => {
  const index = formatXleasesIndex(lockspace, 1);
  setLease(index, 0, 'other', mebibyte);
  assert.equal(freeLease(index), 1);
  setLease(index, 1, lease, mebibyte);
  assert.equal(index.toString('latin1', 576, 640), `${lease.padEnd(48, '\0')}\0${'00004194304'}\0--\n`);
  assert.equal(findLease(index, lease), 1);
  assert.equal(leaseOffset(1, mebibyte), 4 * mebibyte);
  setLease(index, 1, '', mebibyte);
  assert.equal(findLease(index, lease), undefined);
  assert.equal(freeLease(index), 1);
});

test('an index of another domain or a damaged one is refused', () => {
  const index = formatXleasesIndex(lockspace, 1);
  assert.throws(() => checkXleasesIndex(index, lease), { code: 751 });
  index[0] = 0;
  assert.throws(() => checkXleasesIndex(index, lockspace), { code: 751 });
});
