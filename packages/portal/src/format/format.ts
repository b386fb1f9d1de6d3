import { currentLanguage } from '../text/current.ts';

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Bytes in the largest binary unit that keeps at least one digit before the point: `2 GiB`, `1.5 TiB`. */
export function bytes(value: number | undefined, locale: string = currentLanguage()): string {
  if (value === undefined || !Number.isFinite(value) || value < 0) return '—';
  const power = value === 0 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10));
  const amount = value / 1024 ** power;
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: amount < 10 && power > 0 ? 1 : 0 }).format(amount)} ${units[power]}`;
}

type TimeUnit = 'd' | 'h' | 'min' | 's';
const timeUnits: Readonly<Record<TimeUnit, string>> = { d: 'day', h: 'hour', min: 'minute', s: 'second' };

/** English has the signs of the units; other languages their usual abbreviations. */
const amountOfTime = (amount: number, unit: TimeUnit, locale: string): string =>
  locale === 'en'
    ? `${amount} ${unit}`
    : new Intl.NumberFormat(locale, { style: 'unit', unit: timeUnits[unit], unitDisplay: 'short' }).format(amount);

/** A span of time in its two largest units: `3 d 4 h`, `12 min`, `40 s`. */
export function duration(milliseconds: number, locale: string = currentLanguage()): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const parts: [number, TimeUnit][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first === -1) return amountOfTime(0, 's', locale);
  // Seconds beside minutes would make every row of a list change every second.
  const shown = parts.slice(first, first + 2).filter(([amount, unit]) => amount > 0 && (unit !== 's' || first === 3));
  return shown.map(([amount, unit]) => amountOfTime(amount, unit, locale)).join(' ');
}

/** Date and time for a list. */
export function dateTime(epochMs: number | undefined, locale: string = currentLanguage()): string {
  if (epochMs === undefined) return '—';
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(epochMs);
}

export function percent(value: number | undefined): string {
  return value === undefined ? '—' : `${Math.round(value)} %`;
}
