import { typeInfo } from '@virgate/contract/type-info';
import { pathOfOption } from '../call/attribute-path.ts';
import { OptionsOfOperation } from '../call/request.ts';
import { dashed } from '../catalog/names.ts';
import { didYouMean } from '../catalog/near.ts';
import { down, memberPlace, operationsAt, root, wordsBelow } from '../catalog/places.ts';
import type { Operation, Place } from '../catalog/places.ts';
import { CliError } from '../errors.ts';

/** Names of types that version 3 of the API, and with it the old shell, has at another place. */
const moved: Readonly<Record<string, string>> = {
  'vm disk': 'disk-attachment',
  'template disk': 'disk-attachment',
  'vm snapshot disk': 'disk',
};

const bare = (word: string): string => word.toLowerCase().replaceAll(/[-_]/g, '');

/** The word of a kind below a place, however it is written: `storagedomains`, `storage_domain`. */
function wordBelow(place: Place, type: string): string | undefined {
  const alias = moved[`${place.kind} ${type.replace(/s$/, '')}`];
  if (alias !== undefined) return alias;
  return wordsBelow(place).find((word) => [bare(word), bare(down(place, word)?.steps.at(-1)?.name ?? '')].includes(bare(type)));
}

/** What a command says of an object: where it lies, and the options that are left. */
export interface Addressed {
  readonly place: Place;
  /** Ids or names of what it lies within, from outside. */
  readonly within: readonly string[];
  readonly rest: readonly string[];
}

/**
 * Where objects of a type lie: `--parent-vm-name X`, `--parent-vm-identifier X`, and as the first generation had it `--vm-identifier X`, once for
 * each level from outside.
 * @throws CliError unknown_type
 */
export function addressOf(type: string, args: readonly string[]): Addressed {
  let place = root;
  const within: string[] = [];
  const rest: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    const [, parent, given] = /^--(?:parent-)?([\w-]+?)-(?:identifier|name)(?:=(.*))?$/s.exec(arg) ?? [];
    const isParent = parent !== undefined && (arg.startsWith('--parent-') || /-identifier(=|$)/.test(arg));
    const word = isParent ? wordBelow(place, parent) : undefined;
    const next = word === undefined ? undefined : down(place, word);
    if (next === undefined) {
      if (isParent && arg.startsWith('--parent-')) throw unknownType(place, parent, arg);
      rest.push(arg);
      continue;
    }
    place = next;
    within.push(given ?? args[(at += 1)] ?? '');
  }
  const word = wordBelow(place, type);
  const found = word === undefined ? undefined : down(place, word);
  if (found === undefined) throw unknownType(place, type, type);
  return { place: found, within, rest };
}

function unknownType(place: Place, type: string, field: string): CliError {
  const below = wordsBelow(place);
  return new CliError('syntax', 'unknown_type', `${JSON.stringify(type)} is no type${place === root ? '' : ` within a ${place.kind}`}.`, {
    field,
    hint: didYouMean(type, [...below, ...below.map(bare)]) ?? `There are: ${below.join(', ')}`,
  });
}

/** The operation of a verb at a place. @throws CliError unknown_action */
export function operationOf(place: Place, verb: string, hasId: boolean): Operation {
  const all = operationsAt(place);
  const ids = place.steps.filter(({ id }) => id).length + (hasId ? 1 : 0);
  const found = all.find((one) => bare(one.verb) === bare(verb) && one.steps.filter(({ id }) => id).length === ids);
  if (found !== undefined) return found;
  const names = all.map((one) => one.verb);
  throw new CliError('syntax', 'unknown_action', `A ${place.kind} has no ${JSON.stringify(verb)}.`, {
    field: verb,
    hint: didYouMean(verb, names) ?? `It has: ${names.join(', ')}`,
  });
}

/** Actions of members of a place. */
export function actionsAt(place: Place): string[] {
  const member = memberPlace(place);
  return operationsAt(place)
    .filter(({ service, methods }) => service === member?.service && methods[0]?.action !== undefined)
    .map(({ verb }) => verb);
}

/**
 * Options of the old shell as this program's own: `--host_nics-host_nic "name=…"` names a list and its members, a VM's disk has the attributes of
 * its attachment and of the disk.
 */
export function translated(operation: Operation, args: readonly string[]): string[] {
  const options = new OptionsOfOperation(operation);
  const result: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    const [, raw, given] = /^--([\w-]+)(?:=(.*))?$/s.exec(arg) ?? [];
    if (raw === undefined) {
      result.push(arg);
      continue;
    }
    const name = dashed(raw);
    const { option, item } = optionFor(options, name);
    const takesNext = given === undefined && args[at + 1] !== undefined && args[at + 1]?.startsWith('--') !== true;
    const value = takesNext ? args[(at += 1)] : given;
    result.push(value === undefined ? `--${option}` : `--${option}=${item === undefined ? value : value.replaceAll(`${item}.`, '')}`);
  }
  return result;
}

function optionFor(options: OptionsOfOperation, name: string): { option: string; item?: string } {
  if (options.takes(name) !== undefined || options.bodyType === undefined) return { option: name };
  for (const prefix of ['', 'disk-']) {
    const whole = `${prefix}${name}`;
    if (options.takes(whole) !== undefined) return { option: whole };
    const list = listOption(options.bodyType, whole);
    if (list !== undefined) return list;
  }
  return { option: name };
}

function listOption(type: string, name: string): { option: string; item: string } | undefined {
  for (let at = name.lastIndexOf('-'); at > 0; at = name.lastIndexOf('-', at - 1)) {
    const attribute = pathOfOption(type, name.slice(0, at))?.at(-1);
    if (attribute?.item !== undefined && dashed(attribute.item) === name.slice(at + 1))
      return { option: name.slice(0, at), item: attribute.item };
  }
  return undefined;
}

/** `memory=1024,status=up` held against an object: every attribute, dotted, as a text. @throws CliError */
export function matches(type: string, row: unknown, kwargs: string): boolean {
  return kwargs.split(/[;,]/).every((pair) => {
    const at = pair.indexOf('=');
    if (at < 1)
      throw new CliError('syntax', 'invalid_value', `--kwargs ${JSON.stringify(pair)}: NAME=VALUE is needed.`, { field: '--kwargs' });
    const path = pair.slice(0, at).trim().replaceAll('-', '_').split('.');
    if (!typeInfo(type).attributes.some(({ name }) => name === path[0]))
      throw new CliError('syntax', 'unknown_attribute', `--kwargs: ${type} has no attribute "${path[0]}".`, {
        field: '--kwargs',
        hint: didYouMean(
          path[0] ?? '',
          typeInfo(type).attributes.map(({ name }) => name),
        ),
      });
    let value: unknown = row;
    for (const name of path) value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
    return value !== undefined && String(value) === pair.slice(at + 1).trim();
  });
}
