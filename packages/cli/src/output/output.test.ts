import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { CliError } from '../errors.ts';
import { nearMatches } from '../catalog/near.ts';
import { errorText } from '../run.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { wantsColours } from './colours.ts';
import { renderList, renderObject } from './render.ts';
import type { Rendering } from './render.ts';
import { safeText, widthOf } from './safe-text.ts';
import { toYaml } from './yaml.ts';

const as = (output: Rendering['output'], columns?: readonly string[]): Rendering => ({ output, columns, headers: true });
const vms = [
  { id: '1', name: 'web', status: 'up', memory: 1024, cpu: { topology: { sockets: 2, cores: 1, threads: 1 } } },
  { id: '2', name: '东京', status: 'down', memory: 1048576 },
];

test('a table is aligned by what a terminal shows', () => {
  assert.equal(
    renderList('Vm', vms, as('table', ['name', 'memory', 'cpu.topology', 'id'])),
    'NAME   MEMORY  CPU.TOPOLOGY  ID\nweb      1024  2:1:1         1\n东京  1048576                2\n',
  );
  assert.equal(widthOf('e\u0301'), 1);
  assert.throws(
    () => renderList('Vm', vms, as('table', ['nmae'])),
    (error) => error instanceof CliError && /"name"/.test(error.parts.hint ?? ''),
  );
});

test('statuses and titles have colours on a terminal whose user wants them, and nowhere else', () => {
  const colours = { ...as('table', ['status', 'name']), colours: true };
  const [bold, green, dim, end] = ['\u001b[1m', '\u001b[32m', '\u001b[2m', '\u001b[0m'];
  assert.equal(
    renderList('Vm', vms, colours),
    `${bold}STATUS${end}  ${bold}NAME${end}\n${green}up    ${end}  web\n${dim}down  ${end}  东京\n`,
  );
  assert.equal(renderList('Vm', [{ name: 'up' }], { ...colours, columns: ['name'], headers: false }), 'up\n', 'a name is no status');
  assert.ok(renderObject('Vm', vms[0], { ...colours, columns: undefined }).includes(`${bold}status`));
  assert.equal(renderList('Vm', vms, { ...colours, output: 'csv' }), 'status,name\r\nup,web\r\ndown,东京\r\n');
  const stdout = (isTTY: boolean) => ({ isTTY }) as Terminal['stdout'];
  for (const [isTTY, environment, wanted] of [
    [true, {}, true],
    [true, { NO_COLOR: '' }, true],
    [true, { NO_COLOR: '1' }, false],
    [true, { TERM: 'dumb' }, false],
    [false, {}, false],
  ] as const)
    assert.equal(wantsColours({ stdout: stdout(isTTY), environment }), wanted);
});

test('CSV quotes what has to be, JSON and YAML hold the same values', () => {
  const rows = [{ id: '1', name: 'a,"b"', start_time: 0 }];
  assert.equal(renderList('Vm', rows, as('csv', ['name', 'start_time'])), 'name,start_time\r\n"a,""b""",1970-01-01T00:00:00Z\r\n');
  const json: unknown = JSON.parse(renderList('Vm', rows, as('json')));
  assert.deepEqual(json, [{ id: '1', name: 'a,"b"', start_time: '1970-01-01T00:00:00.000Z' }]);
  assert.deepEqual(parse(renderList('Vm', rows, as('yaml'))), json);
  assert.equal(renderList('Vm', rows, as('name')), 'a,"b"\n');
  assert.equal(renderList('Vm', [], as('yaml')), '[]\n');
});

test('texts of YAML stay texts', () => {
  for (const text of [
    'yes',
    '1',
    '1e3',
    '0x1f',
    '~',
    '',
    ' a',
    'a ',
    'a: b',
    '- a',
    '#x',
    '"q"',
    "it's",
    'a\nb',
    '2026-01-01',
    '\u001b[31m',
    '\u009b',
    'null',
    '.5',
    '1_000',
    '12:30',
    '@x',
    '*a',
    '&a',
    '!t',
    '%x',
    'Ünicode',
  ])
    assert.deepEqual(
      parse(toYaml({ text, list: [text, [text], { text }] })),
      { text, list: [text, [text], { text }] },
      JSON.stringify(text),
    );
});

test('nothing that a server sends acts on the terminal, in any format or error', () => {
  const name = 'a\u001b]0;owned\u0007\u009b31m\r\n\u202eb';
  for (const output of ['table', 'wide', 'json', 'yaml', 'csv', 'name'] as const) {
    for (const text of [renderList('Vm', [{ id: '1', name }], as(output)), renderObject('Vm', { id: '1', name }, as(output))])
      // oxlint-disable-next-line no-control-regex
      assert.doesNotMatch(text.replaceAll('\r\n', '\n'), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/, output);
  }
  assert.equal(safeText('a\u001b[31m'), 'a\\x1b[31m');
  // oxlint-disable-next-line no-control-regex
  assert.doesNotMatch(errorText(new CliError('remote', 'x', name, { cause: name })), /[\u001b\u0007\u009b\r]/);
});

test('near matches', () => {
  assert.deepEqual(nearMatches('strat', ['start', 'stop', 'list']), ['start']);
  assert.deepEqual(nearMatches('templ', ['template', 'tag']), ['template']);
  assert.deepEqual(nearMatches('xyzzy', ['start', 'stop']), []);
});
