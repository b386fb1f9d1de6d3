const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Bytes in the largest binary unit that keeps at least one digit before the point: `2 GiB`, `1.5 TiB`. */
export function bytes(value: number | undefined, locale = 'en'): string {
  if (value === undefined || !Number.isFinite(value) || value < 0) return '—';
  const power = value === 0 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10));
  const amount = value / 1024 ** power;
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: amount < 10 && power > 0 ? 1 : 0 }).format(amount)} ${units[power]}`;
}

/** A span of time in its two largest units: `3 d 4 h`, `12 min`, `40 s`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first === -1) return '0 s';
  // Seconds beside minutes would make every row of a list change every second.
  const shown = parts.slice(first, first + 2).filter(([amount, unit]) => amount > 0 && (unit !== 's' || first === 3));
  return shown.map(([amount, unit]) => `${amount} ${unit}`).join(' ');
}

/** Date and time for a list. */
export function dateTime(epochMs: number | undefined, locale = 'en'): string {
  if (epochMs === undefined) return '—';
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(epochMs);
}

export function percent(value: number | undefined): string {
  return value === undefined ? '—' : `${Math.round(value)} %`;
}
