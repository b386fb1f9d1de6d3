/** A day with what was known of it. Days are numbered one after the other. */
export interface TrendPoint {
  day: number;
  value: number;
}

/**
 * A straight line through days: by Theil and Sen, so that up to a quarter of the days may be far off (a large image that came and went)
 * without moving it, where least squares would follow each of them.
 */
export interface RobustTrend {
  /** Median of the slopes between all pairs of days. */
  perDay: number;
  /** Between these the slope is with a confidence of 90 %. Source: Sen 1968, from the variance of Kendall's score with ties. */
  slopes: { low: number; high: number };
  /** A point of the line: in the middle of the days. */
  middle: TrendPoint;
  /** How far days are below and above the line: 5th and 95th percentile. */
  spread: { low: number; high: number };
}

/** Quantile of the normal distribution that leaves 5 % on either side. */
const normalQuantile = 1.6448536269514722;

/** The value at a share of sorted values, between two of them in proportion. */
function quantile(sorted: Float64Array, share: number): number {
  const place = (sorted.length - 1) * share;
  const [below, above] = [Math.floor(place), Math.ceil(place)];
  const [low = 0, high = 0] = [sorted[below], sorted[above]];
  return low + (high - low) * (place - below);
}

/** The line through days. Needs two days of different number. Pure. */
export function robustTrend(points: readonly TrendPoint[]): RobustTrend {
  const count = points.length;
  const slopes = new Float64Array((count * (count - 1)) / 2);
  let pairs = 0;
  for (let left = 0; left < count; left += 1)
    for (let right = left + 1; right < count; right += 1) {
      const [first, second] = [points[left], points[right]];
      if (first === undefined || second === undefined || first.day === second.day) continue;
      slopes[pairs] = (second.value - first.value) / (second.day - first.day);
      pairs += 1;
    }
  if (pairs === 0) throw new RangeError('A trend needs two days');
  const sorted = slopes.subarray(0, pairs).sort();
  const perDay = quantile(sorted, 0.5);

  const ties = [...Map.groupBy(points, ({ value }) => value).values()]
    .map(({ length }) => length * (length - 1) * (2 * length + 5))
    .reduce((sum, one) => sum + one, 0);
  const variance = (count * (count - 1) * (2 * count + 5) - ties) / 18;
  const reach = normalQuantile * Math.sqrt(Math.max(variance, 0));
  const at = (place: number): number => sorted[Math.min(Math.max(Math.round(place), 0), pairs - 1)] ?? perDay;
  const bounds = { low: at((pairs - reach) / 2 - 1), high: at((pairs + reach) / 2) };

  const day = quantile(Float64Array.from(points, (point) => point.day).sort(), 0.5);
  const offset = quantile(Float64Array.from(points, (point) => point.value - perDay * (point.day - day)).sort(), 0.5);
  const rest = Float64Array.from(points, (point) => point.value - offset - perDay * (point.day - day)).sort();
  return { perDay, slopes: bounds, middle: { day, value: offset }, spread: { low: quantile(rest, 0.05), high: quantile(rest, 0.95) } };
}

/** The line at a day, and between which values nine of ten days are, as far as the days before tell. Pure. */
export function trendAt({ perDay, slopes, middle, spread }: RobustTrend, day: number): { value: number; low: number; high: number } {
  const away = day - middle.day;
  const edges = [slopes.low * away, slopes.high * away, perDay * away];
  return {
    value: middle.value + perDay * away,
    low: middle.value + Math.min(...edges) + Math.min(spread.low, 0),
    high: middle.value + Math.max(...edges) + Math.max(spread.high, 0),
  };
}

/** Fewer days than this say nothing, however far apart they are; and so many they have to span. */
export const fewestDays = 7;
/** Further ahead a number of days would be a fiction. */
export const furthestDays = 3650;

/**
 * What days say about a limit. `short`: too few of them; `reached`: the last day is there already; `steady`: no growth, or none that
 * is certain; `distant`: growth, but the limit is more than ten years away; `growing`: it is reached after `days` from today, at the
 * earliest and latest after `earliest` and `latest`, null where that cannot be said.
 */
export type Forecast = { trend: RobustTrend | null } & (
  { finding: 'short' | 'reached' | 'steady' | 'distant' } | { finding: 'growing'; days: number; earliest: number; latest: number | null }
);

/**
 * When a limit is reached. Pure.
 * @param points days in their order
 * @param today the number of the day from which days are counted
 */
export function forecast(points: readonly TrendPoint[], today: number, limit: number): Forecast {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.length < fewestDays || last.day - first.day + 1 < fewestDays)
    return { finding: last !== undefined && last.value >= limit ? 'reached' : 'short', trend: null };
  const trend = robustTrend(points);
  if (last.value >= limit) return { finding: 'reached', trend };
  if (trend.slopes.low <= 0) return { finding: 'steady', trend };
  const { middle, spread } = trend;
  /** Days from today until a line through the middle with a slope, moved by an offset, is there. */
  const until = (slope: number, offset: number): number =>
    Math.max(Math.ceil(middle.day + (limit - middle.value - offset) / slope - today - 1e-9), 0);
  const days = until(trend.perDay, 0);
  if (days > furthestDays) return { finding: 'distant', trend };
  const latest = until(trend.slopes.low, Math.min(spread.low, 0));
  return {
    finding: 'growing',
    trend,
    days,
    earliest: Math.min(until(trend.slopes.high, Math.max(spread.high, 0)), days),
    latest: latest > furthestDays ? null : Math.max(latest, days),
  };
}
