import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryThresholdOf, memoryWarning } from './memory-threshold.ts';

const gib = 1024 ** 3;
const eventOf = (
  cluster: Parameters<typeof memoryThresholdOf>[0],
  memoryUsedPercent: number | undefined,
  memoryFreeBytes: number | undefined,
) => memoryWarning(memoryThresholdOf(cluster), { memoryUsedPercent, memoryFreeBytes })?.event ?? null;

test('a host is warned of by what its cluster says', () => {
  assert.equal(eventOf({}, 95, 0), null);
  assert.equal(eventOf({}, 96, 0), 'VDS_HIGH_MEM_USE');
  assert.equal(eventOf({ log_max_memory_used_threshold: 50 }, 51, 10 * gib), 'VDS_HIGH_MEM_USE');
  const absolute = { log_max_memory_used_threshold: 2048, log_max_memory_used_threshold_type: 'absolute_value_in_mb' } as const;
  assert.equal(eventOf(absolute, 99, 2 * gib), null);
  assert.equal(eventOf(absolute, 10, 2 * gib - 1), 'VDS_LOW_MEM');
  assert.equal(eventOf(absolute, undefined, undefined), null, 'nobody knows');
});
