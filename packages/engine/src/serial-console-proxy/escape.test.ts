import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EscapeReader } from './escape.ts';

/** What comes of parts that are typed one after the other. */
function typed(...parts: string[]): [string, boolean] {
  const reader = new EscapeReader();
  let text = '';
  for (const part of parts) {
    const { toGuest, closes } = reader.read(Buffer.from(part, 'latin1'));
    text += toGuest.toString('latin1');
    if (closes) return [text, true];
  }
  return [text, false];
}

test('~. closes at the begin of a line only', () => {
  for (const [parts, result] of [
    [['~.'], ['', true]],
    [['ls\r~.rest'], ['ls\r', true]],
    [
      ['ls\r', '~', '.'],
      ['ls\r', true],
    ],
    [['cd ~.\r'], ['cd ~.\r', false]],
    [['~~.'], ['~.', false]],
    [
      ['\r~', '~', '.'],
      ['\r~.', false],
    ],
    [['\r~/x'], ['\r~/x', false]],
    [['\r~\r~.'], ['\r~\r', true]],
    [['\u0000\u00ff~.'], ['\u0000\u00ff~.', false]],
  ] as const)
    assert.deepEqual(typed(...parts), result, JSON.stringify(parts));
});
