import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { engineMessages } from '@virgate/contract/generated/messages';
import { eventTable } from '@virgate/contract/generated/events';
import { englishOf } from '../messages.ts';
import { own, said } from './en.ts';
import { catalogues } from './language.ts';

const root = join(import.meta.dirname, '../..');
const files = globSync('**/*.ts', { cwd: root })
  .filter((file) => !file.includes('rest/languages/') && !file.endsWith('.test.ts'))
  .map((file) => ({ file, source: readFileSync(join(root, file), 'utf8').replaceAll(/^ *\/\*\*.*?\*\//gms, '') }));
const everything = files.map(({ source }) => source).join('\n');
const eventNames = new Set<string>(eventTable.map(([name]) => name));
const keys: readonly string[] = [...Object.keys(said), ...Object.keys(own)];

test('what the code says has a sentence, and each sentence is said', () => {
  const names = new Set([...everything.matchAll(/['"`]([A-Z][A-Z0-9]*(?:_+[A-Za-z0-9]+)+)['"`]/g)].map(([, name]) => name));
  const unsaid = engineMessages.filter((key) => names.has(key) && !Object.hasOwn(said, key) && !eventNames.has(key));
  assert.deepEqual(unsaid, []);
  const parts = [...everything.matchAll(/`([A-Z]+(?:_[A-Z]+)*_)\$\{[^`]*\}(_[A-Z_]+)?`/g)].map(([, before = '', after = '']) => ({
    before,
    after,
  }));
  const isMade = (key: string): boolean => parts.some(({ before, after }) => key.startsWith(before) && key.endsWith(after));
  assert.deepEqual(
    keys.filter((key) => !names.has(key) && !new RegExp(`\\b${key}\\b`).test(everything) && !isMade(key)),
    [],
  );
});

/** The end of what begins with a bracket or a quote at an index. */
function endOf(source: string, start: number): number {
  const opens = source[start] ?? '';
  const closes = { '(': ')', '[': ']', '{': '}' }[opens];
  for (let at = start + 1; at < source.length; at++) {
    const character = source[at] ?? '';
    if (closes === undefined) {
      if (character === '\\') at++;
      else if (opens === '`' && character === '$' && source[at + 1] === '{') at = endOf(source, at + 1);
      else if (character === opens) return at;
    } else if (character === closes) return at;
    else if ('([{\'"`'.includes(character)) at = endOf(source, at);
  }
  throw new Error(`Nothing closes ${source.slice(start, start + 80)}`);
}

/** What stands between the brackets, cut at its commas. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if ('([{\'"`'.includes(text[at] ?? '')) at = endOf(text, at);
    else if (text[at] === ',') {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)].map((part) => part.trim()).filter((part) => part !== '');
}

interface Said {
  where: string;
  key: string;
  /** Names of the values; null where not all are told by the source itself. */
  names: string[] | null;
}

/** Names of an object's properties; what is spread into it is looked up in the same file. */
function namesOf(object: string, source: string): string[] | null {
  if (/^\w+$/.test(object)) {
    const declared = [...source.matchAll(new RegExp(`const ${object}(?:: [^=]*)? = (?=\\{)`, 'g'))];
    const texts = declared.map((one) => source.slice(one.index + one[0].length, endOf(source, one.index + one[0].length) + 1));
    const names = texts.map((text) => namesOf(text, source));
    return names.length > 0 && names.every((one) => one !== null && one.join() === names[0]?.join()) ? (names[0] ?? null) : null;
  }
  if (!object.startsWith('{')) return null;
  const names: string[] = [];
  for (const part of partsOf(object.slice(1, -1))) {
    if (part.startsWith('...')) {
      const spread = namesOf(part.slice(3), source);
      if (spread === null && !part.startsWith('...frame')) return null;
      names.push(...(spread ?? []));
    } else names.push(/^\w+/.exec(part)?.[0] ?? '');
  }
  return names.filter((name) => !name.startsWith('VAR_'));
}

/** The keys that an expression can be. */
function keysOf(expression: string, before: string): string[] {
  if (!/^\w+$/.test(expression))
    return [...expression.matchAll(/'(\w+)'/g)].flatMap(([, key]) => (keys.includes(key ?? '') ? [key ?? ''] : []));
  const declared = before.lastIndexOf(`const ${expression} =`);
  return declared === -1 ? [] : keysOf(before.slice(declared, before.indexOf(';', declared)), '');
}

const sayings: Said[] = files.flatMap(({ file, source }) =>
  [...source.matchAll(/\b(?:refused|badRequest|conflict|refuse|messageText|reasonText)(?=\()/g)].flatMap((call) => {
    const opens = call.index + call[0].length;
    const [first = '', second = '{}'] = partsOf(source.slice(opens + 1, endOf(source, opens)));
    return keysOf(first, source.slice(0, call.index)).map((key) => ({ where: file, key, names: namesOf(second, source) }));
  }),
);

/** Values that a sentence leaves out: what it says without them is enough, or they are not known wherever it is said. */
const leftOut: Readonly<Record<string, readonly string[]>> = {
  // the sentence says the status itself
  ACTION_TYPE_FAILED_VM_IS_LOCKED: ['vmStatus'],
  VDS_CANNOT_MAINTENANCE_VDS_IS_IN_MAINTENANCE: ['hostStatus'],
  // they follow in brackets where they are known
  VAR__DETAIL__NO_SUITABLE_VF: ['networkNames'],
  VAR__DETAIL__VM_PINNING_PCPU_DOES_NOT_EXIST: ['cpus'],
  VAR__DETAIL__AFFINITY_FAILED_POSITIVE: ['group'],
  VAR__DETAIL__AFFINITY_FAILED_NEGATIVE: ['group'],
};

test('sentences tell the values that the code hands over, and have places for no others', () => {
  assert.ok(sayings.length > 600, `only ${sayings.length} were found`);
  const problems = sayings.flatMap(({ where, key, names }) => {
    if (names === null) return [];
    const places = [...englishOf(key).matchAll(/\$(\w+)/g)].map(([, place = '']) => place);
    const silent = names.filter((name) => !places.includes(name) && !leftOut[key]?.includes(name));
    const empty = places.filter((place) => !names.includes(place));
    return [
      ...silent.map((name) => `${where}: ${key} does not tell ${name}`),
      ...empty.map((place) => `${where}: ${key} gets no ${place}`),
    ];
  });
  assert.deepEqual(problems, []);
  for (const [key, names] of Object.entries(leftOut))
    for (const name of names)
      assert.ok(
        sayings.some((one) => one.key === key && one.names?.includes(name)),
        `${key} leaves out ${name}`,
      );
});

/** What is in a template, with a number for each place. */
function numbered(template: string): string {
  let text = '';
  let places = 0;
  for (let at = 0; at < template.length; at++) {
    const isPlace = template[at] === '$' && template[at + 1] === '{';
    text += isPlace ? `{${places++}}` : (template[at] ?? '');
    if (isPlace) at = endOf(template, at + 1);
  }
  return text;
}

/** The arguments of a call that are told to people. */
const toldArguments: Readonly<Record<string, readonly number[]>> = { invalidValue: [1], hostFailed: [0, 1], unavailable: [0] };

test('each sentence of the code is in every language', async () => {
  const tagged = files.flatMap(({ source }) =>
    [...source.matchAll(/\bsay(?=`)/g)].map((one) => numbered(source.slice(one.index + 4, endOf(source, one.index + 3)))),
  );
  const plain = files.flatMap(({ source }) =>
    [...source.matchAll(/\b(invalidValue|hostFailed|unavailable)(?=\()/g)].flatMap((call) => {
      const opens = call.index + call[0].length;
      const parts = partsOf(source.slice(opens + 1, endOf(source, opens)));
      const told = (toldArguments[call[0]] ?? []).map((index) => (parts[index] ?? '').replaceAll(/say`[^`]*`/g, ''));
      return told.flatMap((part) => [...part.matchAll(/'((?:[^'\\]|\\.)*)'|"([^"]*)"/g)].map(([, one, other]) => one ?? other ?? ''));
    }),
  );
  const sentences = new Set([...tagged, ...plain.filter((text) => text.includes(' '))].map((text) => text.replaceAll("\\'", "'")));
  assert.ok(sentences.size > 250, `only ${sentences.size} were found`);
  for (const [language, load] of Object.entries(catalogues)) {
    const catalogue = await load();
    assert.deepEqual(
      [...sentences].filter((text) => !Object.hasOwn(catalogue.sentences, text)),
      [],
      language,
    );
  }
});
