import { virgateEnums, virgateTypes, type VirgateTypeName } from '../generated/virgate.ts';
import type { VirgateAttribute } from './declaration.ts';

/** What is wrong with a value, and where: `field` is a dotted path. */
export interface Problem {
  field: string;
  /** `missing` where something mandatory is not there. */
  kind: 'missing' | 'unknown' | 'invalid';
  /** How it must be: "must be …". */
  problem: string;
}

const limits = { depth: 16, list: 10_000, text: 1024 * 1024 } as const;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const isoDate = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
const patterns = new Map<string, RegExp>();

/**
 * What is wrong with an object of a declared type; null when nothing is. Members that the type does not have are wrong too: they would
 * be ignored without a word. Source: `data/virgate/api.json`.
 */
export function checkVirgate(type: VirgateTypeName, value: unknown, field = '', depth = 0): Problem | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return invalid(field, 'must be an object');
  if (depth > limits.depth) return invalid(field, `must not be deeper than ${limits.depth} levels`);
  const at = (name: string): string => (field === '' ? name : `${field}.${name}`);
  const given = value as Record<string, unknown>;
  const { attrs } = virgateTypes[type];
  for (const attribute of attrs) {
    const one = Object.hasOwn(given, attribute.name) ? given[attribute.name] : undefined;
    const problem = checkAttribute(attribute, one, at(attribute.name), depth);
    if (problem !== null) return problem;
  }
  const stranger = Object.keys(given).find((name) => !attrs.some((attribute) => attribute.name === name));
  if (stranger !== undefined) return { field: at(stranger.slice(0, 64)), kind: 'unknown', problem: 'is no member of this object' };
  return null;
}

/** What is wrong with the value of a member or parameter; null when nothing is. */
export function checkAttribute(attribute: VirgateAttribute, value: unknown, field = attribute.name, depth = 0): Problem | null {
  if (value === undefined) return attribute.optional ? null : { field, kind: 'missing', problem: 'is needed' };
  if (value === null) return attribute.nullable ? null : invalid(field, 'must not be null');
  if (!attribute.list) return checkOne(attribute, value, field, depth);
  const { min = 0, max = limits.list, gaps, ...item } = attribute;
  if (!Array.isArray(value) || value.length < min || value.length > max) return invalid(field, `must be a list of ${min} to ${max}`);
  for (const [index, one] of value.entries()) {
    if (gaps && one === null) continue;
    const problem = checkOne(item, one, field, depth);
    if (problem !== null) return { ...problem, problem: `(number ${index + 1}) ${problem.problem}` };
  }
  return null;
}

function checkOne(attribute: VirgateAttribute, value: unknown, field: string, depth: number): Problem | null {
  const { type, min, max } = attribute;
  if (type.includes('|')) {
    const problems = type.split('|').map((part) => checkOne({ ...attribute, type: part }, value, field, depth));
    return problems.includes(null) ? null : (problems.find((one) => one?.field !== field) ?? problems[0] ?? null);
  }
  switch (type) {
    case 'any':
      return null;
    case 'boolean':
      return typeof value === 'boolean' ? null : invalid(field, 'must be true or false');
    case 'integer':
    case 'decimal':
    case 'date': {
      const isNumber = typeof value === 'number' && (type === 'decimal' ? Number.isFinite(value) : Number.isSafeInteger(value));
      if (isNumber && value >= (min ?? -Infinity) && value <= (max ?? Infinity)) return null;
      return invalid(field, `must be a${type === 'decimal' ? '' : ' whole'} number${range(min, max)}`);
    }
    case 'uuid':
      return typeof value === 'string' && uuid.test(value) ? null : invalid(field, 'must be an id');
    case 'timestamp':
      if (typeof value === 'number' && Number.isSafeInteger(value)) return null;
      return typeof value === 'string' && isoDate.test(value) && !Number.isNaN(Date.parse(value)) ? null : invalid(field, 'must be a date');
    case 'string':
      return checkText(attribute, value, field);
    default: {
      const values = virgateEnums[type];
      if (values === undefined) return checkVirgate(type as VirgateTypeName, value, field, depth + 1);
      return typeof value === 'string' && values.includes(value) ? null : invalid(field, `must be one of ${values.join(', ')}`);
    }
  }
}

function checkText({ min = 0, max = limits.text, pattern, form }: VirgateAttribute, value: unknown, field: string): Problem | null {
  if (typeof value !== 'string' || value.length < min || value.length > max)
    return invalid(field, min === 0 ? `must be a text of at most ${max} characters` : `must be a text of ${min} to ${max} characters`);
  if (value.includes('\0')) return invalid(field, 'must be without the character NUL');
  if (pattern === undefined) return null;
  const expression = patterns.get(pattern) ?? new RegExp(pattern, 'u');
  patterns.set(pattern, expression);
  return expression.test(value) ? null : invalid(field, `must be ${form ?? `of the form ${pattern}`}`);
}

const invalid = (field: string, problem: string): Problem => ({ field, kind: 'invalid', problem });

function range(min: number | undefined, max: number | undefined): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? '' : ` of at most ${max}`;
}
