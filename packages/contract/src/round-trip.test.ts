import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typeTable } from './generated/type-table.ts';
import type { TypeName, Types } from './generated/types.ts';
import { decodeJson, decodeJsonCollection, encodeJson, encodeJsonCollection } from './json.ts';
import { makeValue, randomSource } from './random-value.ts';
import { typeInfo } from './type-info.ts';
import { decodeXml, decodeXmlCollection, DecodeError, encodeXml, encodeXmlCollection } from './xml.ts';

test('every type comes back from XML and JSON as it went', () => {
  for (const [index, name] of (Object.keys(typeTable) as TypeName[]).entries()) {
    const random = randomSource(index);
    const values = Array.from({ length: 4 }, () => makeValue(name, random, 0) as Types[typeof name]);
    for (const value of values) {
      assert.deepEqual(decodeXml(encodeXml(name, value), name), value, name);
      assert.deepEqual(decodeJson(encodeJson(name, value), name), value, name);
    }
    if (typeInfo(name).listTag === '') continue;
    assert.deepEqual(decodeXmlCollection(encodeXmlCollection(name, values), name), values, name);
    assert.deepEqual(decodeJsonCollection(encodeJsonCollection(name, values), name), values, name);
  }
});

test('whatever is done to a document, it is read or refused, never worse', () => {
  const random = randomSource(4);
  const pieces = [
    '<',
    '>',
    '&',
    ';',
    '"',
    '<![CDATA[',
    ']]>',
    '<!--',
    '<!DOCTYPE a>',
    '\u0000',
    '{',
    '}',
    '[',
    ']',
    ',',
    '"__proto__":',
    '1e999',
    '😀',
    '\ud83d',
  ];
  const damage = (text: string): string => {
    const at = Math.floor(random() * text.length);
    const piece = pieces[Math.floor(random() * pieces.length)] as string;
    return text.slice(0, at) + piece + text.slice(at + Math.floor(random() * 8));
  };
  let refused = 0;
  for (let round = 0; round < 1500; round += 1) {
    const value = makeValue('Cluster', random, 2) as Types['Cluster'];
    for (const attempt of [
      () => decodeXml(damage(encodeXml('Cluster', value)), 'Cluster'),
      () => decodeJson(damage(encodeJson('Cluster', value)), 'Cluster'),
    ]) {
      try {
        attempt();
      } catch (error) {
        assert.ok(error instanceof DecodeError, String(error));
        refused += 1;
      }
    }
  }
  assert.ok(refused > 1000, `only ${refused} of 3000 damaged documents were refused`);
});
