import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '../../testing/synthetic-history.ts';
import { forecast, robustTrend, trendAt, type TrendPoint } from './robust-trend.ts';

const days = (count: number, value: (day: number) => number): TrendPoint[] =>
  Array.from({ length: count }, (_, day) => ({ day, value: value(day) }));

test('a straight line is found exactly, and the day on which it reaches the limit', () => {
  const points = days(30, (day) => 100 + 2 * day);
  assert.deepEqual(robustTrend(points), {
    perDay: 2,
    slopes: { low: 2, high: 2 },
    middle: { day: 14.5, value: 129 },
    spread: { low: 0, high: 0 },
  });
  // 100 + 2 × 50 = 200, and today is day 30.
  const found = forecast(points, 30, 200);
  assert.deepEqual({ ...found, trend: null }, { finding: 'growing', days: 20, earliest: 20, latest: 20, trend: null });
  assert.deepEqual(trendAt(robustTrend(points), 50), { value: 200, low: 200, high: 200 });
});

test('a fifth of the days far off moves nothing, which least squares would follow', () => {
  const points = days(50, (day) => 10 + day + (day % 5 === 4 ? 5000 : 0));
  assert.equal(robustTrend(points).perDay, 1);
  const mean = (values: number[]): number => values.reduce((left, right) => left + right, 0) / values.length;
  const [x, y] = [mean(points.map(({ day }) => day)), mean(points.map(({ value }) => value))];
  const squares =
    points.reduce((sum, { day, value }) => sum + (day - x) * (value - y), 0) / points.reduce((sum, { day }) => sum + (day - x) ** 2, 0);
  assert.ok(Math.abs(squares - 1) > 1, String(squares));
});

test('with noise the bounds hold the true slope about nine times of ten, and grow narrower with more days', () => {
  const random = seeded(11);
  const noise = (): number => random() + random() + random() - 1.5;
  let held = 0;
  for (let run = 0; run < 200; run += 1) {
    const { slopes } = robustTrend(days(40, (day) => 3 * day + 20 * noise()));
    if (slopes.low <= 3 && slopes.high >= 3) held += 1;
  }
  assert.ok(held >= 165 && held <= 195, `${held} of 200`);
  const width = (count: number): number => {
    const { slopes } = robustTrend(days(count, (day) => 3 * day + 20 * noise()));
    return slopes.high - slopes.low;
  };
  assert.ok(width(90) < width(20));
});

test('too few days, no growth, a limit far away or reached already are said to be that', () => {
  assert.equal(forecast([], 0, 10).finding, 'short');
  assert.equal(
    forecast(
      days(6, (day) => day),
      6,
      100,
    ).finding,
    'short',
  );
  const close = Array.from({ length: 8 }, (_, index) => ({ day: Math.floor(index / 2), value: index }));
  assert.equal(forecast(close, 4, 100).finding, 'short', 'eight values of four days');
  assert.equal(
    forecast(
      days(30, () => 5),
      30,
      100,
    ).finding,
    'steady',
  );
  assert.equal(
    forecast(
      days(30, (day) => 50 - day),
      30,
      100,
    ).finding,
    'steady',
  );
  const random = seeded(3);
  const grown = Array.from({ length: 200 }, () =>
    forecast(
      days(30, () => 50 + 10 * random()),
      30,
      100,
    ),
  ).filter(({ finding }) => finding === 'growing');
  assert.ok(grown.length <= 18, `noise is taken for growth ${grown.length} times of 200`);
  assert.equal(
    forecast(
      days(30, (day) => day / 1000),
      30,
      100,
    ).finding,
    'distant',
  );
  assert.equal(
    forecast(
      days(30, (day) => day),
      30,
      20,
    ).finding,
    'reached',
  );
  assert.equal(forecast([{ day: 0, value: 30 }], 1, 20).finding, 'reached');
});

test('days without data are no zeros: the line goes through those that are known', () => {
  const points = days(60, (day) => 40 + 0.5 * day).filter(({ day }) => day < 10 || day > 45);
  const found = forecast(points, 60, 100);
  assert.deepEqual(found.finding === 'growing' && [found.days, found.earliest, found.latest], [60, 60, 60]);
});
