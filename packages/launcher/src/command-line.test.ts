import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultDataDir, parseStartOptions, parseStopOptions } from './command-line.ts';

test('options of the start', () => {
  assert.deepEqual(parseStartOptions([], { HOME: '/home/ann' }, false), {
    port: undefined,
    consolePort: undefined,
    listen: undefined,
    dataDir: '/home/ann/.local/share/virgate',
    mayInstall: true,
    detach: false,
    ovn: false,
  });
  assert.deepEqual(
    parseStartOptions(['--port', '9443', '--data', '/srv/v', '--no-install', '--detach', '--listen', '127.0.0.1'], {}, true),
    { port: 9443, consolePort: undefined, listen: '127.0.0.1', dataDir: '/srv/v', mayInstall: false, detach: true, ovn: false },
  );
  for (const [text, port] of [
    ['2022', 2022],
    ['off', null],
    ['', null],
  ] as const)
    assert.equal(parseStartOptions(['--console-port', text], {}, true).consolePort, port);
  assert.equal(parseStartOptions(['--ovn'], {}, true).ovn, true);
  assert.equal(parseStartOptions([], { VIRGATE_NO_INSTALL: '1' }, true).mayInstall, false);
});

test('what cannot be is refused with the usage', () => {
  for (const args of [
    ['--port', '0'],
    ['--port', '70000'],
    ['--port', 'x'],
    ['--console-port', 'x'],
    ['--listen', 'everywhere'],
    ['--unknown'],
    ['word'],
  ]) {
    assert.throws(() => parseStartOptions(args, {}, true), { code: 'bad_option', advice: /Usage: npm start/ });
  }
  assert.throws(() => parseStopOptions(['--port', '1'], {}, true), { code: 'bad_option', advice: /Usage: npm run stop/ });
});

test('the data folder lies where the system keeps such things', () => {
  assert.equal(defaultDataDir({}, true), '/var/lib/virgate');
  assert.equal(defaultDataDir({ XDG_DATA_HOME: '/data/ann' }, false), '/data/ann/virgate');
  assert.equal(defaultDataDir({ XDG_DATA_HOME: 'relative', HOME: '/h' }, false), '/h/.local/share/virgate');
  assert.equal(defaultDataDir({ VIRGATE_DATA: '/x' }, true), '/x');
});
