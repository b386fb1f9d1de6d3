import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { readCommandLine } from './command-line.ts';
import { EnrolmentError } from './enrolment/enrolment-error.ts';

const fingerprint = 'ab'.repeat(32);
const join = ['join', 'https://engine:8443', '--token', 't', '--fingerprint', fingerprint];

describe('the command line of virgate-host', () => {
  it('knows join and run', () => {
    const command = readCommandLine(join);
    assert.ok(command.kind === 'join' && command.join.fingerprint === fingerprint && command.join.start);
    assert.deepEqual(readCommandLine(['run', '--config', '/etc/a.json']), { kind: 'run', configFile: '/etc/a.json' });
    assert.deepEqual(readCommandLine(['run']), { kind: 'run', configFile: '/var/lib/virgate-host/agent.json' });
  });

  it('tells how it is used, all of it or one command', () => {
    const help = (...argv: string[]): string => {
      const command = readCommandLine(argv);
      assert.equal(command.kind, 'help');
      return command.kind === 'help' ? command.text : '';
    };
    assert.match(help('--help'), /virgate-host join[\s\S]*virgate-host run/);
    for (const argv of [
      ['join', '--help'],
      ['help', 'join'],
      ['join', 'https://engine', '-h'],
    ])
      assert.match(help(...argv), /^virgate-host join URL --token/);
    assert.match(help('run', '--help'), /^virgate-host run/);
  });

  for (const argv of [[], ['leave'], ['run', 'more'], ['run', '--unknown'], ['join'], ['--config', 'x'], join.slice(0, 4)])
    it(`refuses ${JSON.stringify(argv.join(' '))}`, () => {
      assert.throws(
        () => readCommandLine(argv),
        (error) => error instanceof EnrolmentError && error.code === 'USAGE',
      );
    });
});

describe('the program virgate-host', () => {
  const program = new URL('../bin/virgate-host.mjs', import.meta.url).pathname;
  const run = (...argv: string[]) =>
    spawnSync(program, argv, { encoding: 'utf8', timeout: 30_000, env: { ...process.env, VIRGATE_NO_INSTALL: '1' } });

  it('finds its Node, and ends with 0 after its help, with 2 when it is used wrongly, with 1 without a configuration', () => {
    const help = run('--help');
    assert.equal(help.status, 0, help.stderr);
    assert.match(help.stdout, /^virgate-host makes this machine a host/);
    const wrong = run('join', 'http://engine');
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /^virgate-host: USAGE: /);
    const missing = run('run', '--config', '/nonexistent/agent.json');
    assert.equal(missing.status, 1);
    assert.match(missing.stderr, /^virgate-host: CONFIG: /);
  });
});
