import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keysymOf, mostTyped, typeText } from './keyboard.ts';

test('characters become the keysyms of X11', () => {
  const cases: [string, number][] = [
    ['a', 0x61],
    ['A', 0x41],
    ['~', 0x7e],
    ['\n', 0xff0d],
    ['\t', 0xff09],
    ['ü', 0xfc],
    ['€', 0x010020ac],
    ['😀', 0x0101f600],
  ];
  for (const [character, keysym] of cases) assert.equal(keysymOf(character), keysym, character);
});

test('a text is typed key by key, up to a bound', () => {
  const keys: number[] = [];
  typeText({ sendKey: (keysym) => keys.push(keysym) }, 'ls\r\n');
  assert.deepEqual(keys, [0x6c, 0x73, 0xff0d]);
  keys.length = 0;
  typeText({ sendKey: (keysym) => keys.push(keysym) }, 'x'.repeat(mostTyped * 2));
  assert.equal(keys.length, mostTyped);
});
