import type { ReportUnit } from '@virgate/contract/generated/virgate';

const bytes = ['B/s', 'KiB/s', 'MiB/s', 'GiB/s', 'TiB/s'];

const short = (value: number): string =>
  Math.abs(value) >= 100 || Number.isInteger(value) ? String(Math.round(value)) : String(Math.round(value * 100) / 100);

function minutesText(value: number): string {
  const minutes = Math.round(value);
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  if (days > 0) return hours === 0 ? `${days} d` : `${days} d ${hours} h`;
  if (hours > 0) return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
  return `${rest} min`;
}

/** A figure with its unit, for readers: `12.5 %`, `3 d 4 h`, `1.5 MiB/s`. */
export function figureText(value: number, unit: ReportUnit): string {
  switch (unit) {
    case 'percent':
      return `${short(value)} %`;
    case 'minutes':
      return minutesText(value);
    case 'hours':
      return `${short(value)} h`;
    case 'megabytes':
      return `${short(value)} MiB`;
    case 'gigabytes':
      return `${short(value)} GiB`;
    case 'money':
      return value.toFixed(2);
    case 'bytes_per_second': {
      let [scaled, step] = [value, 0];
      while (Math.abs(scaled) >= 1024 && step < bytes.length - 1) [scaled, step] = [scaled / 1024, step + 1];
      return `${short(scaled)} ${bytes[step]}`;
    }
    default:
      return short(value);
  }
}

/** A time in a time zone: with hours when `hours`, else the day. */
export function pointText(ms: number, timeZone: string, hours: boolean): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', ...(hours ? { timeStyle: 'short' } : {}) }).format(ms);
}
