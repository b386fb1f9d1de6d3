import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CliError } from '../errors.ts';
import { incomplete, parseStatements } from './grammar.ts';

test('words, texts, options and redirections', () => {
  assert.deepEqual(parseStatements(`show vm "a \\"b\\" \\\\" 'c d' --x 1 --y=2 --z = 3 --n='a b' # comment`), [
    { line: 1, words: ['show', 'vm', 'a "b" \\', 'c d', '--x', '1', '--y=2', '--z=3', '--n=a b'] },
  ]);
  assert.deepEqual(parseStatements('list vms > a.txt; list vms >> "b c"\nlist vms | grep a | wc -l\n! ls -l; pwd'), [
    { line: 1, words: ['list', 'vms'], output: { file: 'a.txt', append: false } },
    { line: 1, words: ['list', 'vms'], output: { file: 'b c', append: true } },
    { line: 2, words: ['list', 'vms'], pipe: 'grep a | wc -l' },
    { line: 3, words: [], shell: 'ls -l; pwd' },
  ]);
});

test('lines that go on, and here-documents', () => {
  assert.deepEqual(parseStatements('# first\nadd vm \\\n --name x << EOT\nline; 1\nEOT\nping'), [
    { line: 2, words: ['add', 'vm', '--name', 'x'], input: { text: 'line; 1\n' } },
    { line: 6, words: ['ping'] },
  ]);
});

test('what is wrong is told with its line, and what is not at its end yet apart', () => {
  const refused = (text: string) => {
    try {
      parseStatements(text);
    } catch (error) {
      return error instanceof CliError ? `${error.code} ${error.parts.field}` : String(error);
    }
    return 'nothing';
  };
  assert.equal(refused('ping\n\n> x'), 'syntax_error line 3');
  assert.equal(refused('ping\nlist vms |'), 'syntax_error line 2');
  assert.equal(refused('show vm "a'), `${incomplete} line 1`);
  assert.equal(refused('add vm << E\nx'), `${incomplete} line 2`);
  assert.equal(refused('add vm \\\n'), `${incomplete} line 2`);
});
