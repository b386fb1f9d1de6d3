// Needs: root, hypervisor
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { initialiseLease, readLease } from '../storage-domain/sanlock.ts';
import { leaderRecordBytes, parseLeaderRecord } from './leader-record.ts';

const lockspace = '3f1a3e0e-1111-4222-8333-444455556666';
const resource = '75f8a1bb-4504-4314-91ca-d9365a30692b';
const geometry = { blockSizeBytes: 512, alignmentBytes: 1024 * 1024 };

test('our reader sees in a lease what sanlock sees', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'lease-'));
  try {
    const path = join(directory, 'with:colon.lease');
    await writeFile(path, '');
    const lease = { lockspace, resource, path, offsetBytes: 0 };
    await initialiseLease(lease, geometry);
    const record = (await readFile(path)).subarray(0, leaderRecordBytes);
    assert.deepEqual(parseLeaderRecord(record, lockspace, resource), await readLease(lease, geometry));
    record.writeBigUInt64LE(7n, 32);
    record.writeBigUInt64LE(9n, 48);
    record.writeBigUInt64LE(1234n, 152);
    assert.deepEqual(parseLeaderRecord(record, lockspace, resource), { ownerHostId: 7, version: 9, timestamp: 1234 });
    for (const bytes of [record.subarray(0, 100), Buffer.alloc(leaderRecordBytes)])
      assert.throws(() => parseLeaderRecord(bytes, lockspace, resource), { code: 702 });
    assert.throws(() => parseLeaderRecord(record, lockspace, 'other'), { code: 702 });
    await assert.rejects(readLease({ ...lease, resource: 'other' }, geometry), { code: 704 });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
