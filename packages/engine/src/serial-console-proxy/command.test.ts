import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandError, parseCommand } from './command.ts';

test('commands of ovirt-vmconsole are read as a shell reads them', () => {
  for (const [line, command] of [
    ['', { kind: 'connect', id: undefined, name: undefined }],
    ['connect', { kind: 'connect', id: undefined, name: undefined }],
    ['connect --vm-id=12', { kind: 'connect', id: '12', name: undefined }],
    [`connect --vm-name 'two words'`, { kind: 'connect', id: undefined, name: 'two words' }],
    [String.raw`  connect --vm-name="a \"b\" c=d"  `, { kind: 'connect', id: undefined, name: 'a "b" c=d' }],
    [String.raw`connect --vm-name a\ b`, { kind: 'connect', id: undefined, name: 'a b' }],
    ['list', { kind: 'list', format: 'plain' }],
    ['list --format json', { kind: 'list', format: 'json' }],
    ['--help', { kind: 'help' }],
  ] as const)
    assert.deepEqual(parseCommand(line), command, line);
});

test('what is no command is refused, saying why', () => {
  for (const [line, why] of [
    ['reboot', /unknown command reboot/],
    ['connect web01', /unknown argument web01/],
    ['connect --vm-name', /needs a value/],
    ['connect --vm-id=', /needs a value/],
    ['list --format xml', /plain or json/],
    [`connect --vm-name 'x`, /no end/],
    ['connect --vm-name x\\', /no end/],
    ['x'.repeat(5000), /too long/],
  ] as const)
    assert.throws(
      () => parseCommand(line),
      (error) => error instanceof CommandError && why.test(error.message),
      line.slice(0, 40),
    );
});
