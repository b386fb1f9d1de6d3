import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecodeError } from './decode-error.ts';
import { decodeJson, encodeJson } from './json.ts';
import { typeTable } from './generated/type-table.ts';
import type { TypeName, Types } from './generated/types.ts';
import { makeValue, randomSource } from './random-value.ts';
import { isTypeOfV3, shapeV3 } from './type-info-v3.ts';
import { decodeXml, encodeXml } from './xml.ts';

const cases = process.env['VIRGATE_LONG_RUN'] === '1' ? 50_000 : 2_500;
const typeNames = Object.keys(typeTable) as TypeName[];

/** What breaks parsers: markup, escapes, numbers at the edge, bytes that are no text. */
const tokens = [
  '<',
  '>',
  '</',
  '/>',
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '<!DOCTYPE a [<!ENTITY e "e">]>',
  '&e;',
  '&#0;',
  '&#xD800;',
  '&#x110000;',
  '&amp',
  '<?xml version="1.1"?>',
  ' xmlns="urn:x"',
  ' id="1" id="2"',
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  '\\',
  '\\u0000',
  '\\ud800',
  'null',
  'NaN',
  '-0',
  '1e400',
  '9223372036854775808',
  '18446744073709551616',
  '__proto__',
  'constructor',
  '\u0000',
  '\uD800',
  '\uFEFF',
  '\u202E',
  'true',
  '\n',
  '\t',
];

/** Cuts, doubles, swaps and inserts, a few times. The same for the same source. */
function mutate(text: string, random: () => number): string {
  const at = (length: number): number => Math.floor(random() * (length + 1));
  let result = text;
  for (let round = 0, rounds = 1 + Math.floor(random() * 4); round < rounds; round += 1) {
    const from = at(result.length);
    const to = Math.min(result.length, from + at(40));
    switch (Math.floor(random() * 5)) {
      case 0:
        result = result.slice(0, from) + result.slice(to);
        break;
      case 1:
        result = result.slice(0, to) + result.slice(from);
        break;
      case 2:
        result = result.slice(0, from) + (tokens[at(tokens.length - 1)] ?? '') + result.slice(from);
        break;
      case 3:
        result = result.slice(0, from) + String.fromCharCode(Math.floor(random() * 0x300)) + result.slice(from + 1);
        break;
      default:
        result = result.slice(0, from);
    }
  }
  return result;
}

interface Codec {
  encode(type: TypeName, value: Types[TypeName]): string;
  decode(text: string, type: TypeName): Types[TypeName];
}

/** Decodes garbage that once was a document. @returns how many were still documents */
function fuzz(codec: Codec, seed: number, types: readonly TypeName[] = typeNames): number {
  const random = randomSource(seed);
  let accepted = 0;
  for (let index = 0; index < cases; index += 1) {
    const type = types[Math.floor(random() * types.length)] as TypeName;
    const text = mutate(codec.encode(type, makeValue(type, random, 0)), random);
    const what = `seed ${seed}, case ${index}: ${type} ${JSON.stringify(text.slice(0, 300))}`;
    let value: Types[TypeName];
    try {
      value = codec.decode(text, type);
    } catch (error) {
      assert.ok(error instanceof DecodeError, `${what}: ${String(error)}`);
      assert.ok(error.detail !== '' && error.reason !== '', `${what}: the refusal says nothing`);
      continue;
    }
    accepted += 1;
    assert.equal(Object.getPrototypeOf(value), Object.prototype, what);
    // What was understood once is understood the same a second time.
    const again = codec.encode(type, value);
    assert.equal(codec.encode(type, codec.decode(again, type)), again, what);
  }
  return accepted;
}

test('garbage in XML is refused by a DecodeError, or understood for good', () => {
  const accepted = fuzz({ encode: (type, value) => encodeXml(type, value), decode: (text, type) => decodeXml(text, type) }, 20_260_101);
  assert.ok(accepted > cases / 100 && accepted < cases, `${accepted} of ${cases} were understood`);
});

test('garbage in JSON is refused by a DecodeError, or understood for good', () => {
  const accepted = fuzz({ encode: (type, value) => encodeJson(type, value), decode: (text, type) => decodeJson(text, type) }, 20_260_102);
  assert.ok(accepted > cases / 100 && accepted < cases, `${accepted} of ${cases} were understood`);
});

test('garbage in JSON of version 3 is refused by a DecodeError, or understood for good', () => {
  const old = { shape: shapeV3 };
  const accepted = fuzz(
    { encode: (type, value) => encodeJson(type, value, old), decode: (text, type) => decodeJson(text, type, old) },
    20_260_103,
    typeNames.filter(isTypeOfV3),
  );
  assert.ok(accepted > cases / 100 && accepted < cases, `${accepted} of ${cases} were understood`);
});
