import type { CustomProperty } from '@virgate/contract/generated/types';
import { readDevicePropertyLists, readPropertyList } from '../options/property-lists.ts';
import type { SystemOptions } from '../options/values.ts';
import { refused } from '../rest/fault.ts';

/** Longest value; it becomes a variable of the host's hooks. */
const maxValueLength = 4096;

/** Custom properties that VMs of a level may have, with the pattern that a value must match as a whole. */
export function knownProperties(options: SystemOptions, level: string): Map<string, string> {
  const lists = [options.text('PredefinedVMProperties', level), options.text('UserDefinedVMProperties', level)];
  return new Map(lists.flatMap((list) => [...readPropertyList(list)]));
}

/** The same of devices of a kind. */
export const knownDeviceProperties = (options: SystemOptions, level: string, kind: 'interface'): Map<string, string> =>
  readDevicePropertyLists(options.text('CustomDeviceProperties', level)).get(kind) ?? new Map<string, string>();

/** @throws {Fault} for properties that are unknown, twice there or have a value that does not match */
export function checkCustomProperties(properties: readonly CustomProperty[], known: ReadonlyMap<string, string>): void {
  const seen = new Set<string>();
  for (const { name = '', value = '' } of properties) {
    const pattern = known.get(name);
    const values = { property: name };
    if (pattern === undefined) throw refused('ACTION_TYPE_FAILED_INVALID_CUSTOM_PROPERTIES_INVALID_KEYS', values);
    if (seen.has(name)) throw refused('ACTION_TYPE_FAILED_INVALID_CUSTOM_PROPERTIES_DUPLICATE_KEYS', values);
    if (value.length > maxValueLength || !new RegExp(`^(?:${pattern})$`).test(value))
      throw refused('ACTION_TYPE_FAILED_INVALID_CUSTOM_PROPERTIES_INVALID_VALUES', values);
    seen.add(name);
  }
}
