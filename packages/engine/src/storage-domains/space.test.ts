import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spaceWarning } from './space.ts';

const gib = 1024 ** 3;

test('a domain is warned of by its own limits', () => {
  const at = (freeGib: number) => spaceWarning({ freeBytes: freeGib * gib, totalBytes: 100 * gib, warningPercent: 10, criticalGib: 5 });
  assert.deepEqual(
    [at(50), at(10), at(9.9), at(5), at(4.9), at(0)],
    [null, null, 'IRS_DISK_SPACE_LOW', 'IRS_DISK_SPACE_LOW', 'IRS_DISK_SPACE_LOW_ERROR', 'IRS_DISK_SPACE_LOW_ERROR'],
  );
  assert.equal(spaceWarning({ freeBytes: 0, totalBytes: 0, warningPercent: 10, criticalGib: 0 }), null, 'nothing is known yet');
});
