import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { percent } from '../format/format.ts';
import { useText } from '../text/text.ts';
import type { Point } from './trend.ts';
import type { Heat } from './utilization.ts';

const highPercent = 75;
const fullPercent = 90;

/** How full something is, for the eye; the number beside it says it to everybody. */
export function toneOf(value: number | undefined): 'unknown' | 'low' | 'high' | 'full' {
  if (value === undefined) return 'unknown';
  return value >= fullPercent ? 'full' : value >= highPercent ? 'high' : 'low';
}

const radius = 52;
const around = 2 * Math.PI * radius;

/** A ring that is filled as far as something is in use. */
export function Donut({ value, label, told }: { value: number | undefined; label: string; told: string }): ReactNode {
  const share = Math.min(100, Math.max(0, value ?? 0)) / 100;
  return (
    <svg className="vg-donut" viewBox="0 0 128 128" role="img" aria-label={label}>
      <circle className="vg-donut__ring" cx="64" cy="64" r={radius} />
      <circle
        className={`vg-donut__value vg-donut__value--${toneOf(value)}`}
        cx="64"
        cy="64"
        r={radius}
        strokeDasharray={`${share * around} ${around}`}
        transform="rotate(-90 64 64)"
      />
      <text className="vg-donut__text" x="64" y="63" textAnchor="middle">
        {percent(value)}
      </text>
      <text className="vg-donut__under" x="64" y="82" textAnchor="middle">
        {told}
      </text>
    </svg>
  );
}

const width = 240;
const height = 48;

/** What was, as a line over the time from the first point to the last. */
export function TrendLine({ points, label }: { points: readonly Point[]; label: string }): ReactNode {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length < 2) return null;
  const x = (point: Point): number => ((point.at - first.at) / (last.at - first.at)) * width;
  const y = (point: Point): number => height - (Math.min(100, Math.max(0, point.percent)) / 100) * height;
  const line = points.map((point) => `${x(point).toFixed(1)},${y(point).toFixed(1)}`);
  return (
    <svg className="vg-trend" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <polygon className="vg-trend__area" points={`0,${height} ${line.join(' ')} ${width},${height}`} />
      <polyline className="vg-trend__line" points={line.join(' ')} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

/** Tiles in colours of how full they are; each leads to what it stands for. */
export function HeatMap({
  title,
  tiles,
  to,
  none,
}: {
  title: string;
  tiles: readonly Heat[] | undefined;
  to: string;
  none: string;
}): ReactNode {
  const text = useText();
  return (
    <section className="vg-card" aria-label={title}>
      <h3 className="vg-card__title">{title}</h3>
      {tiles?.length === 0 && <p className="vg-quiet">{none}</p>}
      <ul className="vg-heat">
        {tiles?.map((tile) => (
          <li key={tile.id}>
            <Link
              to={`${to}/${tile.id}` as '/'}
              className={`vg-heat__tile vg-heat__tile--${toneOf(tile.percent)}`}
              title={text('dashboard.tile', { name: tile.name, value: percent(tile.percent) })}
            >
              <span className="vg-heat__name">{tile.name}</span>
              <span>{percent(tile.percent)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
