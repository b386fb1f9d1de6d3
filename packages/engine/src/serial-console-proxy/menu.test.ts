import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chosen, listText, menuText } from './menu.ts';

const console = (vmId: string, vmName: string) => ({ vmId, vmName, host: '192.0.2.1' });
const hostile = 'a\u001b]0;title\u0007\u009b2J\r\n\u202eb';

test('names of VMs do nothing to the terminal that shows them', () => {
  const consoles = [console('1', hostile), console('2', 'plain')];
  for (const text of [menuText(consoles), listText(consoles, 'plain'), listText(consoles, 'json')]) {
    // oxlint-disable-next-line no-control-regex -- controls are what is looked for
    assert.doesNotMatch(text.replaceAll(/[\n\t]/g, ''), /[\u0000-\u001f\u007f-\u009f\u202e]/);
    assert.match(text, /plain/);
  }
  assert.equal(listText(consoles, 'plain').split('\n').length, 3);
  assert.equal(JSON.parse(listText(consoles, 'json')).consoles[0].vm, hostile);
});

test('a console is chosen by number, name or id', () => {
  const consoles = [console('0a', 'web'), console('0b', 'twice'), console('0c', 'twice')];
  for (const [answer, id] of [
    ['1', '0a'],
    [' 3 ', '0c'],
    ['web', '0a'],
    ['0B', '0b'],
    ['twice', undefined],
    ['0', undefined],
    ['4', undefined],
    ['', undefined],
  ] as const)
    assert.equal(chosen(consoles, answer)?.vmId, id, answer);
});
