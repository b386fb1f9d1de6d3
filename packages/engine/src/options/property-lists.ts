import type { ConfigOption } from '@virgate/contract/generated/config-options';

/** Names of custom properties: they become names of XML elements and of variables. */
const propertyName = /^[A-Za-z_]\w{0,254}$/;

/** Splits at semicolons that are in no brackets: patterns may have some within theirs. */
function parts(text: string): string[] {
  const found: string[] = [];
  let [depth, from] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (sign === '\\') at += 1;
    else if ('({['.includes(sign)) depth += 1;
    else if (')}]'.includes(sign)) depth -= 1;
    else if (sign === ';' && depth === 0) {
      found.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...found, text.slice(from)].map((part) => part.trim()).filter((part) => part !== '');
}

/** Custom properties with the pattern that a value must match as a whole, from `name=regex;name=regex`. */
export function readPropertyList(text: string): Map<string, string> {
  return new Map(
    parts(text).flatMap((entry): [string, string][] => {
      const at = entry.indexOf('=');
      return at <= 0 ? [] : [[entry.slice(0, at).trim(), entry.slice(at + 1)]];
    }),
  );
}

/** Custom properties of devices by the kind of the device, from `{type=interface;prop={name=regex;name=regex}};{type=disk;prop={…}}`. */
export function readDevicePropertyLists(text: string): Map<string, Map<string, string>> {
  return new Map(
    parts(text.replaceAll('}}{', '}};{')).flatMap((entry): [string, Map<string, string>][] => {
      const [, type, list] = /^\{type=(\w+);prop=\{(.*)\};?\}$/s.exec(entry) ?? [];
      return type === undefined || list === undefined ? [] : [[type, readPropertyList(list)]];
    }),
  );
}

const listOptions = new Set(['UserDefinedVMProperties', 'UserDefinedNetworkCustomProperties']);

function isPattern(pattern: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test('') || true;
  } catch {
    return false;
  }
}

const isList = (list: ReadonlyMap<string, string>, entries: number): boolean =>
  list.size === entries && [...list].every(([name, pattern]) => propertyName.test(name) && isPattern(pattern));

/** Whether a text can be the value of an option that lists custom properties; true for all other options. */
export function isValidPropertyList({ name }: Pick<ConfigOption, 'name'>, text: string): boolean {
  if (listOptions.has(name)) return isList(readPropertyList(text), parts(text).length);
  if (name !== 'CustomDeviceProperties') return true;
  const kinds = readDevicePropertyLists(text);
  return kinds.size === parts(text.replaceAll('}}{', '}};{')).length && [...kinds.values()].every((list) => isList(list, list.size));
}
