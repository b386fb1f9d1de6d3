import { enumValues } from './generated/enums.ts';
import { typeTableV3 } from './generated/type-table-v3.ts';
import { type Attribute, kindByCode, type OldForm, type Shape, type TypeInfo } from './type-info.ts';

const cache = new Map<string, TypeInfo>();

/** True when version 3 has this type of version 4. */
export function isTypeOfV3(name: string): boolean {
  return Object.hasOwn(typeTableV3, name);
}

/**
 * A type as version 3 of the API writes it. The properties are those of the version 4 object; only the XML differs.
 * @throws Error for a name without a row (ask `isTypeOfV3` first)
 */
export function typeInfoV3(name: string): TypeInfo {
  const known = cache.get(name);
  if (known !== undefined) return known;
  const row = isTypeOfV3(name) ? typeTableV3[name] : undefined;
  if (row === undefined) throw new Error(`version 3 of the API has no ${name}`);
  const [head = '', ...codes] = row.split(';');
  const [tag = '', listTag = '', , flag] = head.split(' ');
  const attributes = codes.map(parseMember);
  const info: TypeInfo = {
    name: name.split('.')[0] as TypeInfo['name'],
    tag,
    listTag,
    base: undefined,
    resource: flag === 'r',
    attributes,
    byElement: new Map(attributes.map((attribute) => [attribute.element, attribute])),
  };
  cache.set(name, info);
  return info;
}

/** The shape of version 3, for the codecs. */
export const shapeV3: Shape = { version: 3, has: isTypeOfV3, info: typeInfoV3 };

/** `property[=element]:kind` and marks, as the table describes them. */
function parseMember(code: string): Attribute {
  if (code.startsWith('-')) return droppedMember(code.slice(1));
  const match = /^([\w.]+)(?:=(\w+))?:([\w.]+)(@)?(?:\*(\w+))?(\+\w*)?(!\w*)?$/.exec(code);
  const [, property, element, type, xmlAttribute, item, repeated, state] = match ?? [];
  if (property === undefined || type === undefined) throw new Error(`type table of version 3: cannot read "${code}"`);
  const path = property === '.' ? [] : property.split('.');
  const name = path.at(-1) ?? '';
  const values = (enumValues as Readonly<Record<string, readonly string[]>>)[type] ?? [];
  const kind = kindByCode[type] ?? (values.length > 0 ? 'enum' : 'struct');
  const form: OldForm = {
    ...(path.length === 1 ? {} : { path }),
    ...(repeated === undefined ? {} : { repeated: true as const, ...(repeated === '+' ? {} : { valueIn: repeated.slice(1) }) }),
    ...(state === undefined ? {} : { state: { detail: state === '!' ? undefined : state.slice(1) } }),
  };
  return {
    name,
    element: element ?? name,
    kind,
    type: kind === 'enum' || kind === 'struct' ? type : '',
    values,
    item,
    link: false,
    rel: undefined,
    xmlAttribute: xmlAttribute !== undefined,
    ...(Object.keys(form).length === 0 ? {} : { form }),
  };
}

function droppedMember(element: string): Attribute {
  return {
    name: element,
    element,
    kind: 'string',
    type: '',
    values: [],
    item: undefined,
    link: false,
    rel: undefined,
    xmlAttribute: false,
    form: { dropped: true },
  };
}
