import type { ScheduledHost } from './snapshot.ts';

type Os = NonNullable<ScheduledHost['os']>;
const numbers = (version: string): number[] => version.split(/[^0-9]+/).flatMap((part) => (part === '' ? [] : [Number(part)]));

/** Whether an operating system is older than another of its family: by the numbers of its version, the first ones first. */
export function isOlderOs(one: Os, other: Os): boolean {
  const [mine, theirs] = [numbers(one.version), numbers(other.version)];
  const at = Array.from({ length: Math.max(mine.length, theirs.length) }, (_, place) => place).find(
    (place) => (mine[place] ?? 0) !== (theirs[place] ?? 0),
  );
  return at !== undefined && (mine[at] ?? 0) < (theirs[at] ?? 0);
}
