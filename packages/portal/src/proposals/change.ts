import { valueAt } from '../kinds/value.ts';

/** One value that a proposal would set. */
export interface ProposedValue {
  /** Its path in the object: `cpu.topology.cores`. */
  readonly id: string;
  readonly proposed: string;
  /** What the object has there now, where that was asked for. */
  readonly present?: string | undefined;
}

/** Values that are told: more of them nobody compares by eye. */
const maxValues = 500;

const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null;
const told = (value: unknown): string => (Array.isArray(value) ? value.map(String).join(', ') : String(value));

function leaves(value: unknown, path: string): [string, unknown][] {
  if (isPlain(value) || (Array.isArray(value) && value.every(isPlain))) return [[path, value]];
  return Object.entries(value as object).flatMap(([name, one]) => leaves(one, path === '' ? name : `${path}.${name}`));
}

/**
 * What a request's body would set, value by value.
 * @param present the object as it is now; undefined when it was not asked for
 */
export function proposedValues(body: unknown, present?: unknown): ProposedValue[] {
  if (isPlain(body)) return [];
  return leaves(body, '')
    .filter(([path]) => path !== '')
    .slice(0, maxValues)
    .map(([path, value]) => {
      const now = present === undefined ? undefined : valueAt(present, path);
      return {
        id: path,
        proposed: told(value),
        ...(now === undefined || !(isPlain(now) || Array.isArray(now)) ? {} : { present: told(now) }),
      };
    });
}

/** Address of the object that a request is about: as far as its last id; undefined when it is about a whole collection. */
export function objectPathOf(path: string): string | undefined {
  return /^(\/ovirt-engine\/api\/[^?]*\/[0-9a-f]{8}-[0-9a-f-]{27})(?=[/?]|$)/.exec(path)?.[1];
}
