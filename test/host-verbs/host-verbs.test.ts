import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { asCommands, verbsDocument, verbsSeen } from './table.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('docs/host-verbs.md says what the agent answers and what has been seen', () => {
  assert.equal(readFileSync(new URL('../../docs/host-verbs.md', import.meta.url), 'utf8'), verbsDocument(root), 'run `npm run host-verbs`');
});

test('no verb is answered that no test on the real thing calls, and what runs as commands is answered', () => {
  const seen = verbsSeen(root);
  assert.deepEqual(
    [...seen].filter(([, { state }]) => state === 'not run').map(([verb]) => verb),
    [],
  );
  for (const verb of Object.keys(asCommands)) assert.equal(seen.get(verb)?.state, 'commands', verb);
});
