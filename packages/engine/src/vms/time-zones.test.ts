import assert from 'node:assert/strict';
import { test } from 'node:test';
import { knownZone, offsetSeconds } from './time-zones.ts';

const winter = Date.UTC(2026, 0, 15);
const summer = Date.UTC(2026, 6, 15);

test('a time zone is so far from UTC as it is at that time', () => {
  assert.deepEqual(
    [offsetSeconds('Etc/GMT', winter), offsetSeconds('Europe/Berlin', winter), offsetSeconds('Europe/Berlin', summer)],
    [0, 3600, 7200],
  );
  assert.deepEqual([offsetSeconds('America/New_York', winter), offsetSeconds('Asia/Kolkata', summer)], [-18_000, 19_800]);
});

test('names of Windows are known, others are not', () => {
  assert.equal(offsetSeconds('W. Europe Standard Time', summer), 7200);
  assert.equal(knownZone('Middle/Earth'), undefined);
  assert.equal(offsetSeconds('Middle/Earth', summer), 0);
});
