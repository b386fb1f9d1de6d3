import { operatingSystems, type OperatingSystemFacts } from '@virgate/contract/generated/osinfo';

const byName = new Map(operatingSystems.map((system) => [system.os, system]));

/** The operating system that `os.type` names. */
export const systemOf = (os: string): OperatingSystemFacts | undefined => byName.get(os);

/** The operating system of a name: that of `os.type`, or the one that people read. */
export const systemNamed = (name: string): OperatingSystemFacts | undefined =>
  systemOf(name) ?? operatingSystems.find((system) => system.name.toLowerCase() === name.toLowerCase());

/** A value of an operating system: its own, else that of the one from which it derives. */
export function valueOf(system: OperatingSystemFacts | undefined, key: string): unknown {
  const seen = new Set<string>();
  for (let at = system; at && !seen.has(at.os); at = byName.get(at.derivedFrom ?? '')) {
    seen.add(at.os);
    if (Object.hasOwn(at.own, key)) return at.own[key];
  }
  return undefined;
}

/** As {@link valueOf}, by the name of the operating system; one that is unknown has what `other` has. */
export const factOf = (os: string, key: string): unknown => valueOf(byName.get(os) ?? byName.get('other'), key);

/** Whether a guest's operating system is a Windows. */
export const isWindows = (os: string): boolean => factOf(os, 'family') === 'windows';
