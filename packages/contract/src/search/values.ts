import type { SearchField } from './language.ts';

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const dayMs = 24 * 60 * 60_000;
const relativePattern = /^-(\d{1,5})([mhdw])$/i;
const relativeMs: Readonly<Record<string, number>> = { m: 60_000, h: 60 * 60_000, d: dayMs, w: 7 * dayMs };
const durationPattern = /^(?:(\d{1,6})\.)?(\d{1,4}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?$/;

/** Words that stand for a day. */
export const dateWords = (now: Date): string[] => {
  const today = now.getDay();
  return ['Today', 'Yesterday', ...[2, 3, 4, 5, 6, 7].map((back) => capital(weekdays[(today - back + 14) % 7] ?? ''))];
};
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

function midnight(now: Date, daysBack: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysBack);
}

/** The instant that a date's text means: today, yesterday, a weekday of the last week, `-2h`, or a date; null when it is none. */
export function dateOf(text: string, now: Date): Date | null {
  const word = text.trim().toLowerCase();
  if (word === 'today') return midnight(now, 0);
  if (word === 'yesterday') return midnight(now, 1);
  const weekday = weekdays.indexOf(word);
  if (weekday >= 0) return midnight(now, (now.getDay() - weekday + 7) % 7 || 7);
  const relative = relativePattern.exec(word);
  if (relative !== null) return new Date(now.getTime() - Number(relative[1]) * (relativeMs[relative[2]?.toLowerCase() ?? ''] ?? 0));
  if (!/\d/.test(word)) return null;
  // A date without a time of day is midnight here, not in UTC.
  const local = /^\d{4}-\d{2}-\d{2}$/.test(word) ? `${word}T00:00` : text;
  const parsed = Date.parse(local);
  return Number.isNaN(parsed) || Math.abs(parsed) > 8e15 ? null : new Date(parsed);
}

/** The seconds of a duration's text: days, `d.hh:mm:ss` or `hh:mm:ss`; null when it is none. */
export function durationSeconds(text: string): number | null {
  if (/^\d{1,6}$/.test(text)) return Number(text) * 86_400;
  const match = durationPattern.exec(text);
  if (match === null) return null;
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] = match;
  return Number(days) * 86_400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

const bare = (text: string): string => text.toLowerCase().replace(/[_\-\s]/g, '');

/** A value as its field spells it, or null when it is none of the field's. Names of enums are taken in any case, with or without underscores. */
export function canonicalValue(field: SearchField, text: string): string | null {
  switch (field.kind) {
    case 'integer':
      return /^-?\d{1,18}$/.test(text) ? text : null;
    case 'decimal':
      return /^-?\d{1,15}(\.\d{1,9})?$/.test(text) ? text : null;
    case 'boolean':
      return /^(true|false)$/i.test(text) ? text.toLowerCase() : null;
    case 'enum':
      return field.values?.find((value) => bare(value) === bare(text)) ?? null;
    case 'date':
      return dateOf(text, new Date(0)) === null ? null : text;
    case 'duration':
      return durationSeconds(text) === null ? null : text;
    case 'text':
    case 'id':
    case 'os':
    case 'nullable':
      return text;
  }
}
