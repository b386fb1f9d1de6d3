import assert from 'node:assert/strict';
import { test } from 'node:test';
import { consequence, judgeLevel, worstOf, type QuotaMode, type QuotaVerdict } from './limits.ts';

const percentages = { threshold: 80, grace: 20 };

test('a level is judged by its threshold, its limit and its grace', () => {
  const cases: [limit: number, used: number, added: number, verdict: QuotaVerdict][] = [
    [-1, 1_000_000, 10, 'within'],
    [10, 8, 1, 'within'],
    [10, 9, 1, 'threshold'],
    [10, 10, 1, 'threshold'],
    [10, 11, 1, 'limit'],
    [10, 12, 1, 'limit'],
    [10, 12.1, 1, 'grace'],
    [0, 1, 1, 'grace'],
    [0, 5, 0, 'within'],
  ];
  for (const [limit, used, added, verdict] of cases)
    assert.equal(judgeLevel({ limit, used, added }, percentages), verdict, `${used} of ${limit}, ${added} of it new`);
});

test('the worst level counts', () => {
  assert.equal(worstOf(['within', 'limit', 'threshold']), 'limit');
  assert.equal(worstOf([]), 'within');
});

test('a mode decides what a verdict means', () => {
  const cases: [mode: QuotaMode, verdict: QuotaVerdict, event: string | null, refusal: string | null][] = [
    ['disabled', 'grace', null, null],
    ['audit', 'within', null, null],
    ['audit', 'limit', 'USER_EXCEEDED_QUOTA_CLUSTER_LIMIT', null],
    ['audit', 'grace', 'USER_EXCEEDED_QUOTA_CLUSTER_GRACE_LIMIT_PERMISSIVE_MODE', null],
    ['enabled', 'threshold', 'USER_EXCEEDED_QUOTA_CLUSTER_THRESHOLD', null],
    ['enabled', 'limit', 'USER_EXCEEDED_QUOTA_CLUSTER_LIMIT', null],
    ['enabled', 'grace', 'USER_EXCEEDED_QUOTA_CLUSTER_GRACE_LIMIT', 'ACTION_TYPE_FAILED_QUOTA_CLUSTER_LIMIT_EXCEEDED'],
  ];
  for (const [mode, verdict, event, refusal] of cases) assert.deepEqual(consequence('cluster', verdict, mode), { event, refusal });
});
