import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { typeOfService } from '@virgate/contract/routes';
import { typeInfo } from '@virgate/contract/type-info';
import { parseArguments } from '../call/arguments.ts';
import type { Takes } from '../call/arguments.ts';
import type { Fields } from '../call/body.ts';
import { generalFrom, generalOptions } from '../call/general-options.ts';
import type { GeneralOptions } from '../call/general-options.ts';
import { didYouMean } from '../catalog/near.ts';
import { descend, operationsAt, root } from '../catalog/places.ts';
import type { Place } from '../catalog/places.ts';
import { connect } from '../connection/connect.ts';
import { CliError, textOf } from '../errors.ts';
import { collectionOf } from '../declared/documents.ts';
import { Lookup } from '../declared/plan.ts';
import { readable } from '../output/render.ts';
import { toYaml } from '../output/yaml.ts';
import { write } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { defined } from './call.ts';

const options: Readonly<Record<string, Takes>> = { kind: 'value', folder: 'value' };
/** What is exported when no kind is named, in the order in which it can be made. */
const usualKinds = ['mac-pool', 'data-center', 'cluster', 'network', 'vnic-profile', 'tag', 'bookmark', 'affinity-label', 'vm'];

/** `virgate export [--kind KIND …] [--folder FOLDER]`: objects as `apply` reads them, with names instead of ids where they refer to others. */
export async function exportObjects(args: readonly string[], inherited: GeneralOptions, terminal: Terminal): Promise<void> {
  const { words, given } = parseArguments(args, {
    command: 'virgate export',
    takes: (name) => options[name] ?? generalOptions[name]?.takes,
    names: () => [...Object.keys(options), ...Object.keys(generalOptions)],
  });
  const general: GeneralOptions = { ...inherited, ...defined(generalFrom(given.filter(({ name }) => options[name] === undefined))) };
  const named = [...words, ...given.flatMap(({ name, value }) => (name === 'kind' ? (value ?? '').split(',') : []))];
  const folder = given.findLast(({ name }) => name === 'folder')?.value;
  const places = (named.length === 0 ? usualKinds : named).map(placeOf);
  const connection = connect(general, terminal.environment);
  try {
    const lookup = new Lookup(connection.client);
    const names = new Names(lookup);
    for (const place of places) {
      const rows = (await (await lookup.collection(place, []))['list']?.()) as Fields[];
      const texts: string[] = [];
      for (const row of rows) texts.push(toYaml(await declarationOf(place, row, names)));
      if (texts.length === 0) continue;
      if (folder === undefined) await write(terminal.stdout, texts.map((text) => `---\n${text}`).join(''));
      else await store(folder, `${place.kind}.yaml`, texts.join('---\n'));
    }
  } finally {
    connection.close();
  }
}

function placeOf(word: string): Place {
  const { place, taken } = descend([word]);
  const verbs = operationsAt(place).map(({ verb }) => verb);
  if (taken === 0 || place === root || !['list', 'add', 'get'].every((verb) => verbs.includes(verb)))
    throw new CliError('syntax', 'unknown_kind', `${JSON.stringify(word)} is no kind that can be exported.`, {
      field: '--kind',
      hint: didYouMean(word, usualKinds),
    });
  return place;
}

async function store(folder: string, file: string, text: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, file), text, { flag: 'wx' });
  } catch (error) {
    throw new CliError('command', 'file_unwritable', `${join(folder, file)} cannot be written.`, {
      field: '--folder',
      cause: textOf(error),
      hint: 'Files that are there are not written over',
    });
  }
}

/** Names of objects by their ids; of names that several have, none. */
class Names {
  readonly #lookup: Lookup;
  readonly #byType = new Map<string, ReadonlyMap<string, string>>();

  constructor(lookup: Lookup) {
    this.#lookup = lookup;
  }

  async of(type: string, id: string): Promise<string | undefined> {
    const place = collectionOf(type);
    if (place === undefined) return undefined;
    let known = this.#byType.get(type);
    if (known === undefined) {
      const rows = (await (await this.#lookup.collection(place, []))['list']?.()) as { id?: string; name?: string }[];
      const count = new Map<string, number>();
      for (const { name = '' } of rows) count.set(name, (count.get(name) ?? 0) + 1);
      known = new Map(
        rows.flatMap(({ id: one, name }) => (one !== undefined && name !== undefined && count.get(name) === 1 ? [[one, name]] : [])),
      );
      this.#byType.set(type, known);
    }
    return known.get(id);
  }
}

/** Attributes that the contract names for additions and updates: the others are the engine's to say. */
function declarable(place: Place): ReadonlySet<string> {
  const names = operationsAt(place)
    .filter(({ verb }) => verb === 'add' || verb === 'update')
    .flatMap(({ methods }) => methods)
    .flatMap(({ mandatory = [], optional = [] }) => [...mandatory, ...optional])
    .flatMap((paths) => paths.split('|'))
    .map((path) => (path.split('.')[1] ?? path).replace(/\[\]$/, ''));
  return new Set(names);
}

async function declarationOf(place: Place, row: Fields, names: Names): Promise<Fields> {
  const type = typeOfService(place.service) ?? '';
  const wanted = declarable(place);
  const all = readable(type, row) as Fields;
  const spec: Fields = {};
  for (const { name, kind, type: inner } of typeInfo(type).attributes) {
    const value = all[name];
    if (value === undefined || name === 'name' || name === 'id' || !wanted.has(name)) continue;
    spec[name] = kind === 'struct' ? await withNames(inner, value, names) : value;
  }
  return { kind: place.kind, name: row['name'], spec };
}

async function withNames(type: string, value: unknown, names: Names): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((one: unknown) => withNames(type, one, names)));
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Fields;
  const only = Object.keys(fields).every((key) => key === 'id' || key === 'name');
  const name = only && typeof fields['id'] === 'string' ? await names.of(type, fields['id']) : undefined;
  if (name !== undefined) return { name };
  const result: Fields = {};
  for (const [key, content] of Object.entries(fields)) {
    const inner = typeInfo(type).attributes.find((attribute) => attribute.name === key)?.type ?? '';
    result[key] = inner === '' || typeof content !== 'object' ? content : await withNames(inner, content, names);
  }
  return result;
}
