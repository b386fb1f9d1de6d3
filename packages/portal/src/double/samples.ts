import { createHash } from 'node:crypto';
import { toJson } from '@virgate/contract/json-encode';
import { matchRoute } from '@virgate/contract/routes';
import { typeInfo } from '@virgate/contract/type-info';
import type { Attribute } from '@virgate/contract/type-info';
import type { TypeName, Types } from '@virgate/contract/generated/types';
import { virgateEnums, virgateServices, virgateTypes } from '@virgate/contract/generated/virgate';
import type { VirgateTypeName } from '@virgate/contract/generated/virgate';
import { virgateRoot } from '@virgate/contract/virgate/declaration';
import type { VirgateAttribute } from '@virgate/contract/virgate/declaration';

/** How many objects a list has: enough for the values of most enumerations that colours hang on to come up. */
const listed = 4;
/** Objects within objects. */
const deepest = 3;
const gib = 1024 ** 3;
const hourMs = 3_600_000;
/** Of this size are numbers of bytes. */
const inBytes = /memory|size|bytes|available|used|committed|provisioned|actual|total|max$/;

/** The id of the `n`th object of a type, the same each time. */
export function sampleId(type: string, n = 0): string {
  const hex = createHash('sha256').update(`${type} ${n}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

const spaced = (name: string): string =>
  name
    .replace(/_/g, ' ')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase();

function textOf(name: string, type: string, n: number): string {
  switch (name) {
    case 'id':
      return sampleId(type, n);
    case 'href':
      return `/ovirt-engine/api/${type}/${sampleId(type, n)}`;
    case 'name':
    case 'user_name':
    case 'principal':
      return `${spaced(type).replaceAll(' ', '-')}-${n + 1}`;
    case 'address':
    case 'gateway':
      return `192.0.2.${n + 1}`;
    case 'netmask':
      return '255.255.255.0';
    case 'creation_status':
      return 'complete';
    default:
      return `Some ${spaced(name)} ${n + 1}`;
  }
}

const pick = <T>(values: readonly T[], n: number): T | undefined => values[n % values.length];

function valueOf(attribute: Attribute, owner: string, n: number, depth: number): unknown {
  const { name, kind, values } = attribute;
  switch (kind) {
    case 'string':
      return textOf(name, owner, n);
    case 'boolean':
      return n % 2 === 0;
    case 'enum':
      return pick(values, n);
    case 'date':
      return Date.now() - (n + 1) * hourMs;
    case 'struct':
      return attribute.link && attribute.item === undefined ? { id: sampleId(attribute.type) } : sampleOf(attribute.type, n, depth + 1);
    default:
      return kind === 'long' && inBytes.test(name) ? (n + 1) * gib : n + 1;
  }
}

/** The `n`th object of a type of the API with everything that it can have, to a depth. */
export function sampleOf(type: string, n = 0, depth = 0): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const attribute of typeInfo(type).attributes) {
    if (attribute.kind === 'struct' && !attribute.link && depth >= deepest) continue;
    if (attribute.link && attribute.item !== undefined && depth > 0) continue;
    object[attribute.name] =
      attribute.item === undefined
        ? valueOf(attribute, type, n, depth)
        : [0, 1].map((index) => valueOf(attribute, attribute.type === '' ? type : attribute.type, index, depth + 1));
  }
  return object;
}

const wireOf = (type: TypeName, value: Record<string, unknown>): Record<string, unknown> =>
  toJson(type, value as unknown as Types[TypeName]);

/** What the contract says that a `GET` of the API answers; undefined where it knows no such place. */
export function sampleAnswer(path: string): Record<string, unknown> | undefined {
  const segments = path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decodeURIComponent);
  const match = matchRoute('GET', segments);
  if (match.kind !== 'found') return undefined;
  const answer = match.methods[0]?.params.find(({ dir }) => dir === 'out');
  if (answer === undefined) return undefined;
  const { type } = answer;
  if (answer.list === true)
    return { [typeInfo(type).tag]: Array.from({ length: listed }, (_, n) => wireOf(type as TypeName, sampleOf(type, n))) };
  const id = segments.at(-1) ?? '';
  const n = Math.max(
    0,
    [0, 1, 2, 3].findIndex((index) => sampleId(type, index) === id),
  );
  return { ...wireOf(type as TypeName, sampleOf(type, n)), id };
}

function virgateValue({ name, type: types, list }: VirgateAttribute, owner: string, n: number, depth: number): unknown {
  if (list === true) return [0, 1].map((index) => virgateValue({ name, type: types }, owner, index, depth));
  const [type = ''] = types.split('|');
  switch (type) {
    case 'string':
      return textOf(name, owner, n);
    case 'uuid':
      return name === 'id' ? sampleId(owner, n) : sampleId(name, n);
    case 'boolean':
      return n % 2 === 0;
    case 'integer':
    case 'decimal':
      return n + 1;
    case 'date':
    case 'timestamp':
      return Date.now() - (n + 1) * hourMs;
    case 'any':
      return {};
    default:
      return pick(virgateEnums[type] ?? [], n) ?? (depth < deepest ? sampleOfVirgate(type as VirgateTypeName, n, depth + 1) : {});
  }
}

/** The `n`th object of a type of Virgate's own API. */
export function sampleOfVirgate(type: VirgateTypeName, n = 0, depth = 0): Record<string, unknown> {
  return Object.fromEntries(virgateTypes[type].attrs.map((attribute) => [attribute.name, virgateValue(attribute, type, n, depth)]));
}

/** What a `GET` of Virgate's own API answers; undefined where it has no such place. */
export function sampleVirgateAnswer(path: string): unknown {
  const asked = path.slice(virgateRoot.length).split('/');
  const fits = (template: string): boolean => {
    const parts = template.split('/');
    return parts.length === asked.length && parts.every((part, at) => part.startsWith('{') || part === asked[at]);
  };
  // The place that is named beats one that an id leads to.
  const service = Object.values(virgateServices)
    .filter((one) => fits(one.path))
    .sort((a, b) => a.path.split('{').length - b.path.split('{').length)[0];
  const method = service?.methods.find((one) => one.http === 'GET' && one.answer !== undefined);
  if (method?.answer === undefined) return undefined;
  const type = method.answer as VirgateTypeName;
  return method.list === true ? Array.from({ length: listed }, (_, n) => sampleOfVirgate(type, n)) : sampleOfVirgate(type);
}
