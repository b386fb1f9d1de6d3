import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { typeOfService } from '@virgate/contract/routes';
import { typeInfo } from '@virgate/contract/type-info';
import type { Attribute } from '@virgate/contract/type-info';
import { bodyFrom } from '../call/body.ts';
import type { Fields } from '../call/body.ts';
import { yamlDocuments } from '../call/body-file.ts';
import type { YamlDocument } from '../call/body-file.ts';
import { didYouMean } from '../catalog/near.ts';
import { descend, down, memberPlace, operationsAt, root, wordsBelow } from '../catalog/places.ts';
import type { Place } from '../catalog/places.ts';
import { CliError, textOf } from '../errors.ts';

/** An object as a file declares it. */
export interface Declared {
  /** `vm nic` */
  readonly kind: string;
  /** Names of the objects that it lies within, from outside. */
  readonly within: readonly string[];
  readonly name: string;
  readonly type: string;
  readonly place: Place;
  /** Attributes that are to be so, the name among them. */
  readonly spec: Fields;
  /** `web.yaml:3:1` */
  readonly where: string;
}

const maxFiles = 1_000;
const maxObjects = 10_000;
const keys = ['kind', 'in', 'name', 'spec'];

/** What tells an object among all that are declared: `vm nic web01 nic1`. */
export const keyOf = ({ kind, within, name }: Pick<Declared, 'kind' | 'within' | 'name'>): string =>
  JSON.stringify([kind, ...within, name]);

/** How an object is called in messages. */
export const titleOf = ({ kind, within, name }: Pick<Declared, 'kind' | 'within' | 'name'>): string => [kind, ...within, name].join(' ');

/** Where the state of what was applied from a file or folder is kept. */
export async function stateFileOf(path: string): Promise<string> {
  const folder = await isFolder(path);
  return folder ? join(path, '.virgate-state.json') : join(dirname(path), `.virgate-state.${basename(path)}.json`);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw new CliError('command', 'file_unreadable', `${path} cannot be read.`, { field: path, cause: textOf(error) });
  }
}

/**
 * All objects that a file, or the YAML and JSON files of a folder declare.
 * @throws CliError naming file, line and field
 */
export async function readDeclared(path: string): Promise<Declared[]> {
  const files = (await isFolder(path)) ? await filesOf(path) : [path];
  const all: Declared[] = [];
  const known = new Map<string, Declared>();
  for (const file of files) {
    const shown = files.length === 1 && file === path ? file : relative(path, file);
    for (const document of await yamlDocuments(shown, await readFile(file, 'utf8'))) {
      const declared = declaredOf(document);
      const other = known.get(keyOf(declared));
      if (other !== undefined)
        throw new CliError('syntax', 'declared_twice', `${declared.where}: ${titleOf(declared)} is declared in ${other.where} as well.`, {
          field: declared.where,
        });
      known.set(keyOf(declared), declared);
      all.push(declared);
      if (all.length > maxObjects)
        throw new CliError('syntax', 'too_many_objects', `${path} declares more than ${maxObjects} objects.`, { field: path });
    }
  }
  return ordered(all, known);
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && /\.(ya?ml|json)$/i.test(entry.name) && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (files.length > maxFiles)
    throw new CliError('syntax', 'too_many_files', `${folder} holds more than ${maxFiles} files.`, { field: folder });
  return files;
}

function declaredOf({ value, where }: YamlDocument): Declared {
  const refuse = (path: readonly string[], code: string, text: string, hint?: string): CliError =>
    new CliError('syntax', code, `${where(path)}: ${text}`, { field: path.join('.') || where([]), hint });
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse([], 'invalid_shape', 'kind, name and spec are expected.');
  const fields = value as Fields;
  for (const key of Object.keys(fields))
    if (!keys.includes(key))
      throw refuse(
        [key],
        'unknown_attribute',
        `a declaration has no "${key}".`,
        didYouMean(key, keys) ?? `It has ${keys.join(', ')}; attributes stand under spec.`,
      );
  const { kind, name, in: within = [], spec = {} } = fields;
  if (typeof kind !== 'string') throw refuse(['kind'], 'missing_attribute', 'kind is missing.');
  if (typeof name !== 'string' || name === '') throw refuse(['name'], 'missing_attribute', 'name is missing, or is no text.');
  const parents = Array.isArray(within) ? within : [within];
  if (!parents.every((one): one is string => typeof one === 'string'))
    throw refuse(['in'], 'invalid_shape', 'in: a name, or a list of names is expected.');
  const place = placeOf(kind, (text, hint) => refuse(['kind'], 'unknown_kind', text, hint));
  const type = typeOfService(place.service) ?? '';
  const wanted = place.steps.filter(({ id }) => id).length;
  if (parents.length !== wanted)
    throw refuse(['in'], 'invalid_shape', `${place.kind} lies within ${wanted} object(s); in names ${parents.length}.`);
  const body = bodyFrom(type, spec, (path) => where(['spec', ...path]));
  if (body['name'] !== undefined && body['name'] !== name) throw refuse(['spec', 'name'], 'invalid_value', 'spec.name is another name.');
  return { kind: place.kind, within: parents, name, type, place, spec: { ...body, name }, where: where([]) };
}

function placeOf(kind: string, refuse: (text: string, hint?: string) => CliError): Place {
  const words = kind.trim().split(/[ /]+/);
  const { place, taken } = descend(words);
  if (taken < words.length || place === root)
    throw refuse(`there is no kind "${kind}".`, didYouMean(words[taken] ?? '', wordsBelow(place)));
  const verbs = operationsAt(place).map(({ verb }) => verb);
  const type = typeOfService(place.service);
  const named = type !== undefined && typeInfo(type).attributes.some(({ name }) => name === 'name');
  if (!named || !['list', 'add', 'get'].every((verb) => verbs.includes(verb)) || memberPlace(place) === undefined)
    throw refuse(`a ${place.kind} cannot be declared: it cannot be added by name.`);
  return place;
}

/** An attribute that names another object. */
export interface Reference {
  readonly holder: Fields;
  readonly attribute: Attribute;
  readonly name: string;
  /** Where objects of the type are found. */
  readonly place: Place;
}

let placesByType: ReadonlyMap<string, Place> | undefined;

/** The collection below the root that holds the objects of a type. */
export function collectionOf(type: string): Place | undefined {
  placesByType ??= new Map(
    wordsBelow(root)
      .map((word) => down(root, word))
      .filter((place): place is Place => place !== undefined && operationsAt(place).some(({ verb }) => verb === 'list'))
      .map((place) => [typeOfService(place.service) ?? '', place]),
  );
  return placesByType.get(type);
}

/** References by name in attributes of a type. */
export function* referencesIn(type: string, fields: Fields): Generator<Reference> {
  for (const attribute of typeInfo(type).attributes) {
    if (attribute.kind !== 'struct') continue;
    const content = fields[attribute.name];
    const list = Array.isArray(content) ? content : content === undefined ? [] : [content];
    for (const one of list as Fields[]) {
      const { id, name } = one;
      const place =
        Object.keys(one).length === 1 && id === undefined && typeof name === 'string' ? collectionOf(attribute.type) : undefined;
      if (place === undefined) yield* referencesIn(attribute.type, one);
      else yield { holder: one, attribute, name: String(name), place };
    }
  }
}

/** What is referred to comes before what refers to it. @throws CliError circle */
function ordered(all: readonly Declared[], known: ReadonlyMap<string, Declared>): Declared[] {
  const result: Declared[] = [];
  const state = new Map<Declared, 'begun' | 'done'>();
  const visit = (one: Declared): void => {
    if (state.get(one) === 'done') return;
    if (state.get(one) === 'begun')
      throw new CliError('syntax', 'circle', `${one.where}: ${titleOf(one)} refers to itself, by way of others.`, { field: one.where });
    state.set(one, 'begun');
    for (const key of needed(one)) {
      const other = known.get(key);
      if (other !== undefined && other !== one) visit(other);
    }
    state.set(one, 'done');
    result.push(one);
  };
  all.forEach(visit);
  return result;
}

function needed({ place, within, type, spec }: Declared): string[] {
  const parents = within.map((name, index) => {
    const kind = place.kind
      .split(' ')
      .slice(0, index + 1)
      .join(' ');
    return keyOf({ kind, within: within.slice(0, index), name });
  });
  return [...parents, ...[...referencesIn(type, spec)].map((one) => keyOf({ kind: one.place.kind, within: [], name: one.name }))];
}
