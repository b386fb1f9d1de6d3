import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EscapeReader } from './console-escape.ts';

/** What comes of parts that are typed one after the other; commands stand in angle brackets. */
function typed(...parts: string[]): string {
  const reader = new EscapeReader('.s');
  let text = '';
  for (const part of parts) {
    let rest: Uint8Array | undefined = Buffer.from(part, 'latin1');
    while (rest !== undefined) {
      const read = reader.read(rest);
      text += Buffer.from(read.toGuest).toString('latin1') + (read.command === undefined ? '' : `<${read.command}>`);
      ({ rest } = read);
    }
  }
  return text;
}

test('a tilde is one of commands at the begin of a line only', () => {
  for (const [parts, result] of [
    [['~.'], '<.>'],
    [['ls\r~.rest'], 'ls\r<.>rest'],
    [['ls\r', '~', '.'], 'ls\r<.>'],
    [['ls\r~s~s\r'], 'ls\r<s><s>\r'],
    [['cd ~.\r'], 'cd ~.\r'],
    [['~~.'], '~.'],
    [['\r~', '~', '.'], '\r~.'],
    [['\r~/x'], '\r~/x'],
    [['\r~\r~.'], '\r~\r<.>'],
    [['\u0000\u00ff~.'], '\u0000\u00ff~.'],
  ] as const)
    assert.equal(typed(...parts), result, JSON.stringify(parts));
});
