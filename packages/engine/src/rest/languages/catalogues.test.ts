import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { invalidValue, refused, say } from '../fault.ts';
import { englishOf } from '../messages.ts';
import { detailOf, tell } from '../sentence.ts';
import { de } from './de.ts';
import { own, said } from './en.ts';
import { catalogues, languageOf } from './language.ts';

const placesOf = (text: string): string[] => [...new Set(text.match(/\$\w+|\{\d+\}/g))].sort();

/** What the engine's code says, without the escapes of its strings. */
const source = globSync('**/*.ts', { cwd: join(import.meta.dirname, '../..') })
  .filter((file) => !file.includes('rest/languages/') && !file.endsWith('.test.ts'))
  .map((file) => readFileSync(join(import.meta.dirname, '../..', file), 'utf8').replaceAll("\\'", "'"))
  .join('\n');

for (const [language, load] of Object.entries(catalogues))
  test(`${language} has the texts and places of English`, async () => {
    const catalogue = await load();
    assert.equal(catalogue.language, language);
    assert.deepEqual(placesOf(catalogue.frame), ['$action']);
    for (const [action, words] of Object.entries(catalogue.actions)) assert.deepEqual(placesOf(words), ['$type'], action);
    for (const [key, text] of Object.entries(catalogue.messages)) {
      assert.deepEqual(placesOf(text), placesOf(englishOf(key)), key);
      assert.match(text, /\S$/, key);
      assert.doesNotMatch(text, /[.。]$/, key);
    }
    for (const [english, text] of Object.entries(catalogue.sentences)) {
      assert.deepEqual(placesOf(text), placesOf(english), english);
      for (const piece of english.split(/\{\d+\}/)) assert.ok(source.includes(piece), `The engine does not say "${piece}"`);
    }
    for (const part of ['actions', 'types', 'messages', 'sentences'] as const)
      assert.deepEqual(Object.keys(catalogue[part]), Object.keys(de[part]), `${part}: not those of German`);
    assert.deepEqual(Object.keys(catalogue.messages), [...Object.keys(own), ...Object.keys(said)], 'not the messages of English');
  });

test('the language that a client wants most and that there is', () => {
  const cases: [string | undefined, string][] = [
    [undefined, 'en'],
    ['', 'en'],
    ['de', 'de'],
    ['de-AT,de;q=0.9,en;q=0.8', 'de'],
    ['en;q=0.5, fr;q=0.7, ja;q=0.6', 'fr'],
    ['nl, es;q=0.4', 'es'],
    ['de;q=0, ja', 'ja'],
    ['zh-Hans-SG', 'zh-CN'],
    ['zh-TW, fr;q=0.1', 'fr'],
    ['*', 'en'],
    ['en-GB, de', 'en'],
    ['constructor, xx;q=nothing', 'en'],
  ];
  for (const [header, language] of cases) assert.equal(languageOf(header), language, String(header));
});

test('a fault keeps its values in every language, and what a language lacks is English', async () => {
  const running = refused('ACTION_TYPE_FAILED_VM_STATUS_ILLEGAL', { VAR_ACTION: 'run', VAR_TYPE: 'VM', vmStatus: '$& up' });
  assert.equal(running.detail, '[Cannot run VM. The VM is in status "$& up", in which this is not possible.]');
  assert.equal(running.detailIn(de), '[Nicht möglich: die VM starten. Die VM ist im Status "$& up", in dem das nicht möglich ist.]');
  assert.equal(running.detailIn(await catalogues['zh-CN']()), '[无法启动虚拟机。虚拟机状态为“$& up”，无法执行此操作。]');
  const name = invalidValue('name', say`must have 1 to ${64} characters`);
  assert.equal(name.detail, 'name: must have 1 to 64 characters');
  assert.equal(name.detailIn(await catalogues.fr()), 'name: doit avoir de 1 à 64 caractères');
  assert.equal(invalidValue('x', say`no sentence of ${'{0}'} ours`).detailIn(de), 'x: no sentence of {0} ours');
  assert.equal(
    refused('OF_ANOTHER_VERSION' as 'VM_HAS_NO_CONSOLE', { VAR_ACTION: 'remove', VAR_TYPE: 'VM' }).detailIn(de),
    '[Cannot remove VM. Of another version.]',
  );
});

test('what a job has stored is told in other languages later', () => {
  const { details } = refused('ACTION_TYPE_FAILED_VM_IS_LOCKED');
  const stored = detailOf(JSON.parse(JSON.stringify(details)));
  assert.ok(stored);
  assert.equal(tell(stored, de), '[Die VM ist gesperrt. Versuchen Sie es in einigen Minuten erneut.]');
  for (const other of [
    null,
    'text',
    [1],
    [{ text: 'x' }],
    [{ message: 'x', values: { a: 1 } }],
    [{ text: 'x', values: { a: 'b' } }],
    [{ reason: 'x' }],
  ])
    assert.equal(detailOf(other), undefined, JSON.stringify(other));
});
