import type { ReactNode } from 'react';
import { percent } from '../format/format.ts';

const highPercent = 75;
const fullPercent = 90;

/** A share as a small bar with its number; nothing known, only the text. */
export function Meter({ value, text, label }: { value: number | undefined; text?: string | undefined; label: string }): ReactNode {
  if (value === undefined) return text ?? '—';
  const width = Math.min(100, Math.max(0, value));
  const tone = value >= fullPercent ? ' vg-meter__fill--full' : value >= highPercent ? ' vg-meter__fill--high' : '';
  return (
    <span
      className="vg-meter"
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(value)}
      aria-valuetext={text ?? percent(value)}
    >
      <span className="vg-meter__bar">
        <span className={`vg-meter__fill${tone}`} style={{ width: `${width}%` }} />
      </span>
      <span>{text ?? percent(value)}</span>
    </span>
  );
}
