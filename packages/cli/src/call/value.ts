import type { Attribute } from '@virgate/contract/type-info';
import { CliError } from '../errors.ts';
import { didYouMean } from '../catalog/near.ts';

const units: Readonly<Record<string, number>> = {
  k: 1024,
  kib: 1024,
  m: 1024 ** 2,
  mib: 1024 ** 2,
  g: 1024 ** 3,
  gib: 1024 ** 3,
  t: 1024 ** 4,
  tib: 1024 ** 4,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
};
const truths: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  '1': true,
  false: false,
  no: false,
  off: false,
  '0': false,
};

/**
 * A word of the command line, or a scalar of a file, as the value of an attribute. Whole numbers may have a unit: `4GiB`, `512M`, `1.5TB`.
 * @throws CliError invalid_value, naming the field
 */
export function valueOf(attribute: Pick<Attribute, 'kind' | 'values'>, text: string | number | boolean, field: string): unknown {
  const word = String(text);
  switch (attribute.kind) {
    case 'string':
      return word;
    case 'enum': {
      const found = attribute.values.find((value) => value === word.toLowerCase());
      if (found !== undefined) return found;
      throw wrong(field, word, `one of ${attribute.values.join(', ')}`, didYouMean(word, attribute.values));
    }
    case 'boolean': {
      const found = truths[word.toLowerCase()];
      if (found === undefined) throw wrong(field, word, 'true or false');
      return found;
    }
    case 'date': {
      const epochMs = /^\d{10,}$/.test(word) ? Number(word) : Date.parse(word);
      if (Number.isNaN(epochMs)) throw wrong(field, word, 'a date, such as 2026-01-31T12:00:00Z');
      return epochMs;
    }
    case 'decimal':
    case 'double': {
      const number = Number(word);
      if (word.trim() === '' || !Number.isFinite(number)) throw wrong(field, word, 'a number');
      return number;
    }
    case 'struct':
      throw wrong(field, word, 'NAME=VALUE');
    default:
      return wholeNumber(word, field);
  }
}

function wholeNumber(word: string, field: string): number {
  const [, digits, unit = ''] = /^([+-]?\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(word) ?? [];
  const factor = unit === '' ? 1 : units[unit.toLowerCase()];
  const number = digits === undefined || factor === undefined ? Number.NaN : Number(digits) * factor;
  if (!Number.isSafeInteger(number)) throw wrong(field, word, 'a whole number, which may have a unit such as GiB');
  return number;
}

function wrong(field: string, word: string, expected: string, hint?: string): CliError {
  return new CliError('syntax', 'invalid_value', `${field}: ${JSON.stringify(word)} is not ${expected}.`, { field, hint });
}
