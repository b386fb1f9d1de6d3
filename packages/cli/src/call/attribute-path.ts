import { typeInfo } from '@virgate/contract/type-info';
import type { Attribute } from '@virgate/contract/type-info';
import { CliError } from '../errors.ts';
import { dashed } from '../catalog/names.ts';
import { didYouMean } from '../catalog/near.ts';

/** How deep options name attributes of attributes. */
const maxDepth = 6;
/** How deep is looked for what may have been meant. */
const offeredDepth = 3;
/** Of every resource, and nothing to be set. */
const readOnly: ReadonlySet<string> = new Set(['href', 'creation_status']);

/** The attributes of a type that may be set, by those of its names. */
function settable(type: string): readonly Attribute[] {
  return typeInfo(type).attributes.filter(({ name }) => !readOnly.has(name));
}

/**
 * The way that an option means: `cpu-topology-sockets` is cpu → topology → sockets of a VM, `disk-attachments` a list.
 * Nothing lies behind a list: its members are said in the value.
 * @returns undefined when the type has nothing like it
 */
export function pathOfOption(type: string, option: string, depth = maxDepth): readonly Attribute[] | undefined {
  for (const attribute of settable(type)) {
    const word = dashed(attribute.name);
    if (option === word) return [attribute];
    if (depth === 0 || attribute.kind !== 'struct' || attribute.item !== undefined || !option.startsWith(`${word}-`)) continue;
    const rest = pathOfOption(attribute.type, option.slice(word.length + 1), depth - 1);
    if (rest !== undefined) return [attribute, ...rest];
  }
  return undefined;
}

/** Options of a type's attributes: those with a plain value, and lists. References are told by `id` and `name`. */
export function optionsOf(type: string, depth = offeredDepth, seen: readonly string[] = []): { option: string; attribute: Attribute }[] {
  return settable(type).flatMap((attribute) => {
    const option = dashed(attribute.name);
    if (attribute.item !== undefined || attribute.kind !== 'struct') return [{ option, attribute }];
    if (depth <= 1 || seen.includes(attribute.type)) return [];
    const inner = attribute.link
      ? settable(attribute.type)
          .filter(({ name }) => name === 'id' || name === 'name')
          .map((one) => ({ option: dashed(one.name), attribute: one }))
      : optionsOf(attribute.type, depth - 1, [...seen, attribute.type]);
    return inner.map((one) => ({ option: `${option}-${one.option}`, attribute: one.attribute }));
  });
}

/** One piece of `disks[0].name`: an attribute, and which member of it. */
export interface Piece {
  readonly attribute: Attribute;
  readonly index: number | undefined;
}

const maxListIndex = 1_000;

/**
 * The way of a dotted path such as `cpu.topology.sockets` or `nics[0].name`.
 * @throws CliError unknown_attribute, with what may have been meant
 */
export function dottedPath(type: string, path: string, field: string): Piece[] {
  let at: string | undefined = type;
  return path.split('.').map((part) => {
    const [, name = '', digits] = /^([\w-]+)(?:\[(\d+)\])?$/.exec(part) ?? [];
    if (name === '') throw new CliError('syntax', 'invalid_path', `${field}: "${part}" is no name of an attribute.`, { field });
    if (at === undefined) throw new CliError('syntax', 'unknown_attribute', `${field}: nothing lies below a plain value.`, { field });
    const info = typeInfo(at);
    const attribute = info.attributes.find((one) => one.name === name.replaceAll('-', '_'));
    if (attribute === undefined)
      throw new CliError('syntax', 'unknown_attribute', `${field}: ${info.name} has no attribute "${name}".`, {
        field,
        hint: didYouMean(
          name,
          info.attributes.map((one) => one.name),
        ),
      });
    const index = digits === undefined ? undefined : Number(digits);
    if (index !== undefined && (attribute.item === undefined || index > maxListIndex))
      throw new CliError(
        'syntax',
        'invalid_path',
        `${field}: ${attribute.item === undefined ? `"${name}" is no list` : 'too many members'}.`,
        { field },
      );
    at = attribute.kind === 'struct' ? attribute.type : undefined;
    return { attribute, index };
  });
}
