import { invalidValue, refused, say } from '../rest/fault.ts';
import { checkName, maxNameLength } from '../vms/definition.ts';

/** What stands before and after a VM's number in a pool's name, and how many digits the number has at least. */
export interface NamePattern {
  before: string;
  after: string;
  digits: number;
}

/**
 * How the VMs of a pool are named: a run of `?` in the pool's name stands for their number, else it follows the name after a dash.
 * Source: engine behaviour, names of VMs in pools.
 * @throws {Fault} 400 for a name that none of its VMs could have
 */
export function namePattern(poolName: string | undefined): NamePattern {
  if (poolName === undefined || poolName.trim() === '') throw invalidValue('name', 'must not be empty');
  const [before = '', ...rest] = poolName.split(/\?+/);
  if (rest.length > 1) throw refused('ACTION_TYPE_FAILED_INVALID_POOL_NAME');
  const masked = rest.length === 1;
  const pattern: NamePattern = masked
    ? { before, after: rest[0] ?? '', digits: poolName.length - before.length - (rest[0] ?? '').length }
    : { before: `${poolName}-`, after: '', digits: 1 };
  checkName(vmName(pattern, 1));
  return pattern;
}

/** The name of the VM of a number. */
export const vmName = (pattern: NamePattern, number: number): string =>
  `${pattern.before}${String(number).padStart(pattern.digits, '0')}${pattern.after}`;

/**
 * Names for new VMs: the first numbers whose names nobody has.
 * @param taken names that are in use, in lower case
 * @throws {Fault} 400 when a name would be too long
 */
export function newNames(pattern: NamePattern, count: number, taken: ReadonlySet<string>): string[] {
  const names: string[] = [];
  for (let number = 1; names.length < count; number += 1) {
    const name = vmName(pattern, number);
    if (name.length > maxNameLength) throw invalidValue('name', say`gives VMs names of more than ${maxNameLength} characters`);
    if (!taken.has(name.toLowerCase())) names.push(name);
  }
  return names;
}
