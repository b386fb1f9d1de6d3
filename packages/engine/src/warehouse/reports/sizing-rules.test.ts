import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sizingOf, type Usage } from './sizing-rules.ts';

const usage = (more: Partial<Usage>): Usage => ({
  vcpus: 8,
  memoryMib: 16_384,
  days: 30,
  hours: 720,
  cpuAverage: 4,
  cpuHighest: 6,
  memoryAverage: 10_000,
  memoryHighest: 13_000,
  ...more,
});

test('sizes by the rules: what is idle gets less, what is busy more, and the reason tells the figures', () => {
  const cases: [Partial<Usage>, string, number, number][] = [
    [{}, 'fits', 8, 16_384],
    // 2.1 / 0.7 = 3 exactly.
    [{ cpuAverage: 0.5, cpuHighest: 2.1 }, 'over', 3, 16_384],
    [{ cpuAverage: 0, cpuHighest: 0 }, 'over', 1, 16_384],
    // Fewer would do for the busiest hour, but it is not idle.
    [{ cpuAverage: 3.2, cpuHighest: 3.5 }, 'fits', 8, 16_384],
    [{ cpuAverage: 6, cpuHighest: 8 }, 'under', 12, 16_384],
    // One bad hour is no lack.
    [{ cpuAverage: 3.5, cpuHighest: 8 }, 'fits', 8, 16_384],
    [{ vcpus: 1, cpuAverage: 0.9, cpuHighest: 1 }, 'under', 2, 16_384],
    // 2048 / 0.8 = 2560, a step; 2049 / 0.8 is one more.
    [{ memoryAverage: 1000, memoryHighest: 2048 }, 'over', 8, 2560],
    [{ memoryAverage: 1000, memoryHighest: 2049 }, 'over', 8, 2816],
    [{ memoryAverage: 1, memoryHighest: 1 }, 'over', 8, 512],
    [{ memoryAverage: 15_000, memoryHighest: 16_384 }, 'under', 8, 20_480],
    [{ memoryAverage: 9000, memoryHighest: 16_384 }, 'fits', 8, 16_384],
    [{ memoryAverage: null, memoryHighest: null }, 'fits', 8, 16_384],
    [{ memoryAverage: 0, memoryHighest: 0 }, 'fits', 8, 16_384],
    [{ cpuAverage: null, cpuHighest: null }, 'fits', 8, 16_384],
    [{ cpuAverage: 0.5, cpuHighest: 1, memoryAverage: 15_000, memoryHighest: 16_384 }, 'mixed', 2, 20_480],
  ];
  for (const [more, finding, vcpus, memoryMib] of cases) {
    const found = sizingOf(usage(more));
    assert.deepEqual([found.finding, found.vcpus, found.memoryMib], [finding, vcpus, memoryMib], JSON.stringify(more));
    assert.equal(found.reasons.length > 0, finding !== 'fits', JSON.stringify(more));
  }
  assert.deepEqual(sizingOf(usage({ cpuAverage: 0.5, cpuHighest: 2.1 })).reasons, [
    'CPU: of 8 vCPUs 0.5 (6 %) were used on average and 2.1 (26 %) in the busiest hour; 3 are enough for that hour at 70 %.',
  ]);
});

test('what is saved counts in GiB, a vCPU as four of them', () => {
  assert.equal(sizingOf(usage({ cpuAverage: 0.5, cpuHighest: 1, memoryAverage: 1000, memoryHighest: 2048 })).saved, 6 * 4 + 13.5);
  assert.equal(sizingOf(usage({ cpuAverage: 6, cpuHighest: 8 })).saved, -16);
});

test('too little history is never judged', () => {
  for (const more of [{ days: 6 }, { hours: 71 }]) {
    const found = sizingOf(usage({ cpuAverage: 0, cpuHighest: 0, memoryAverage: 1, memoryHighest: 1, ...more }));
    assert.deepEqual(found, { finding: 'short', vcpus: 8, memoryMib: 16_384, saved: 0, reasons: [] });
  }
});
