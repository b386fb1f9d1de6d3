/**
 * `npm run coverage -- v3`: what of version 3 is served. Operations: each is called once, with ids that do not exist; one that says 501
 * counts as missing where version 4 handles the same place, or has no such place. Types: those that the codec reads or writes, or that
 * the documents have which version 3 makes of other things.
 */
import { pathsV3, placeInV4 } from '@virgate/contract/routes-v3';
import { operationsV3 } from '@virgate/contract/generated/operations-v3';
import { schemaV3 } from '@virgate/contract/generated/schema-v3';
import { typeTableV3 } from '@virgate/contract/generated/type-table-v3';
import { isTypeOfV3, typeInfoV3 } from '@virgate/contract/type-info-v3';
import { Installation } from '../engine/installation.ts';

const nobody = 'ffffffff-ffff-4fff-8fff-ffffffffffff';
/** What of that which version 4 handles has to be served. */
const wanted = 0.95;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

interface Type {
  readonly tags: readonly string[];
  readonly base: string;
  readonly elements: ReadonlyMap<string, string>;
}

const words = (text: string | undefined): string[] => (text ?? '').split(',').filter((word) => word !== '');
const types = new Map<string, Type>(
  Object.entries(schemaV3).map(([name, row]) => {
    const [tags, base = '', elements] = row.split(' ');
    const members = words(elements).map((member) => {
      const [element = '', ...type] = member.replace('*', '').split(':');
      return [element, type.join(':')] as const;
    });
    return [name, { tags: words(tags), base, elements: new Map(members) }];
  }),
);

function membersOf(name: string): [string, string][] {
  const type = types.get(name);
  return type === undefined ? [] : [...membersOf(type.base), ...type.elements];
}

/** A type, what it extends, and the types of those of its members that are shown. */
function reach(found: Set<string>, name: string, isShown: (element: string) => boolean, deep: boolean): void {
  if (!types.has(name)) return;
  const isNew = !found.has(name);
  for (let at = name; types.has(at); at = types.get(at)?.base ?? '') found.add(at);
  if (deep && !isNew) return;
  for (const [element, type] of membersOf(name)) {
    if (!types.has(type) || !isShown(element)) continue;
    if (deep) reach(found, type, isShown, deep);
    else found.add(type);
  }
}

/** The type of version 3 that a row of the codec's table spells. */
function typeOfRow(id: string): string | undefined {
  const [name = '', suffix] = id.split('.');
  if (suffix !== undefined && types.has(suffix)) return suffix;
  const { tag } = typeInfoV3(id);
  return [...types].find(([, type]) => type.tags.includes(tag))?.[0] ?? (types.has(name) ? name : undefined);
}

async function typesServed(documents: readonly { root: string; text: string }[]): Promise<Set<string>> {
  const found = new Set<string>(['Link', 'Actions', 'ActionableResource', 'Creation']);
  for (const id of Object.keys(typeTableV3).filter(isTypeOfV3)) {
    const name = typeOfRow(id);
    const info = typeInfoV3(id);
    const isShown = (element: string): boolean => info.byElement.get(element)?.form?.dropped !== true && info.byElement.has(element);
    if (name !== undefined) reach(found, name, isShown, false);
    for (const [collection, type] of types) if (info.listTag !== '' && type.tags.includes(info.listTag)) found.add(collection);
  }
  for (const { root, text } of documents) {
    const names = new Set(text.matchAll(/<(\w+)/g).map((match) => match[1]));
    reach(found, root, (element) => names.has(element), true);
  }
  // Wrappers of lists within objects: the wrapper is there where its members are.
  for (const [name, { elements }] of types)
    if (!found.has(name) && [...types].some(([owner, type]) => found.has(owner) && [...type.elements.values()].includes(name))) {
      const [item] = [...elements.values()].filter((type) => found.has(type));
      if (item !== undefined && isWrapperShown(name)) found.add(name);
    }
  return found;
}

/** Whether a row of the table shows a member of this type. */
function isWrapperShown(wrapper: string): boolean {
  return Object.keys(typeTableV3).some((id) => {
    const name = typeOfRow(id);
    const info = typeInfoV3(id);
    return (
      name !== undefined &&
      membersOf(name).some(([element, type]) => type === wrapper && info.byElement.get(element)?.form?.dropped !== true)
    );
  });
}

/** Measures on an installation of its own, and prints. @returns the exit code */
export async function coverVersion3(): Promise<number> {
  const installation = await Installation.start({ hosts: 1 });
  try {
    const { rest } = installation;
    const call = (http: string, segments: readonly string[], version: string) =>
      rest.call(http, `/${segments.join('/')}`, {
        headers: { accept: 'application/xml', 'content-type': 'application/xml', version },
        ...(http === 'POST' || http === 'PUT' ? { body: '<action/>' } : {}),
      });
    const missing: string[] = [];
    const unhandled: string[] = [];
    let served = 0;
    for (const row of operationsV3) {
      const [http = '', path = ''] = row.split(' ');
      const segments = path.split('/').map((segment) => (segment.startsWith('{') ? nobody : segment));
      const now = (await call(http, placeInV4(segments).segments, '4')).status;
      const old = await call(http, segments, '3');
      if (now === 501) unhandled.push(`${http} ${path}`);
      else if (old.status === 501 || old.status === 405 || (old.status >= 500 && old.status !== 501))
        missing.push(`${http} ${path}: ${old.status}`);
      else served += 1;
    }
    const documents = await Promise.all(
      [
        ['Capabilities', '/capabilities'],
        ['RSDL', '/?rsdl'],
      ].map(async ([root = '', path = '']) => ({
        root,
        text: (await rest.call('GET', path, { headers: { accept: 'application/xml', version: '3' } })).text,
      })),
    );
    const found = await typesServed(documents);
    const without = [...types.keys()].filter((name) => !found.has(name));
    const handled = operationsV3.length - unhandled.length;
    say(`Not handled by version 4 either (501):\n${unhandled.map((one) => `  ${one}`).join('\n')}`);
    say(`\nMissing operations:\n${missing.map((one) => `  ${one}`).join('\n')}`);
    say(`\nMissing types:\n${without.map((one) => `  ${one}`).join('\n')}`);
    say(`\noperations: ${served} of ${handled} that version 4 handles (${operationsV3.length} in ${pathsV3.size} paths)`);
    say(`types: ${types.size - without.length} of ${types.size}`);
    return served / handled >= wanted && (types.size - without.length) / types.size >= wanted ? 0 : 1;
  } finally {
    await installation.stop();
  }
}
