import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createIntl } from 'react-intl';
import { bytes, dateTime, duration } from '../format/format.ts';
import { setCurrent } from './current.ts';
import { en } from './en.ts';
import type { TextKey } from './en.ts';
import { languageFor, wordsOf } from './languages.ts';
import { words } from './text.ts';

interface Part {
  value?: string;
  options?: Record<string, { value: Part[] }>;
  /** Of ICU's syntax tree: 0 is text, 7 the number of a plural, all others are arguments. */
  type: number;
}

/** What a message needs to be told, each with the kind of place that it has; fails when the message is no ICU message. */
function placesOf(message: string, locale: string): string[] {
  const { formatters } = createIntl({ locale, onError: (error) => assert.fail(error) });
  const seek = (parts: readonly Part[]): string[] =>
    parts.flatMap(({ type, value, options }) => [
      ...(type === 0 || type === 7 ? [] : [`${type} ${value}`]),
      ...Object.values(options ?? {}).flatMap((option) => seek(option.value)),
    ]);
  return [...new Set(seek(formatters.getMessageFormat(message, locale).getAst()))].sort();
}

for (const [language, load] of Object.entries(wordsOf))
  test(`${language} has the places of English in every text`, async (t) => {
    const { texts } = await load();
    for (const [key, text] of Object.entries(texts)) {
      assert.ok(Object.hasOwn(en, key), `English has no ${key}`);
      assert.deepEqual(placesOf(text, language), placesOf(en[key as TextKey], 'en'), key);
      assert.ok(text.trim() !== '', key);
    }
    const missing = Object.keys(en).filter((key) => !Object.hasOwn(texts, key));
    t.diagnostic(
      `${language}: ${missing.length} of ${Object.keys(en).length} texts are still English${missing.map((key) => `\n  ${key}`).join('')}`,
    );
    assert.ok(missing.length < Object.keys(en).length / 10, `${language} lacks a tenth of the texts`);
  });

test('the first language of a reader that there is', () => {
  const cases: [string[], string][] = [
    [['de-AT', 'en'], 'de'],
    [['nl', 'fr-CA', 'en'], 'fr'],
    [['zh-Hans-SG'], 'zh-CN'],
    [['zh'], 'zh-CN'],
    [['zh-TW', 'ja-JP'], 'ja'],
    [['constructor', 'pt-BR'], 'en'],
    [[], 'en'],
  ];
  for (const [wanted, language] of cases) assert.equal(languageFor(wanted), language, wanted.join());
});

test('values, numbers and dates follow the language', async (t) => {
  t.after(() => setCurrent('en', {}));
  setCurrent('de', (await wordsOf.de()).values);
  assert.equal(words('powering_up'), 'Startet');
  assert.equal(words('no_such_value'), 'No such value');
  assert.equal(words('constructor'), 'Constructor');
  assert.equal(bytes(1536 * 1024 ** 2), '1,5 GiB');
  assert.equal(duration(90_000_000), '1 Tg. 1 Std.');
  assert.match(dateTime(0), /^\d\d?\.01\.1970|^1\.1\.1970/);
});

test('what pages say stands in the catalogue, not in the page', async () => {
  const source = join(import.meta.dirname, '..');
  const spoken = [/>[^<>{}=;()]*\p{L}{2,}[^<>{}=;()]*<\//u, /\b(?:aria-label|title|placeholder|label|alt)="[^"]*\p{L}{2,}[^"]*"/u];
  for (const file of globSync('**/*.tsx', { cwd: source })) {
    const lines = (await readFile(join(source, file), 'utf8')).split('\n');
    for (const line of lines) for (const pattern of spoken) assert.doesNotMatch(line, pattern, file);
  }
});
