import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import api from '@virgate/contract/data/vdsm/api.json' with { type: 'json' };
import { createStorage } from './storage.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

test('every verb is one of the contract, or says that it is ours, and nothing is touched before recovery', async () => {
  const root = join(tmpdir(), 'storage-never-made');
  const storage = createStorage({ repoRoot: root, runDir: root, stateDir: root, log: silent });
  const known = new Set(Object.keys(api.verbs));
  assert.deepEqual(
    Object.keys(storage.verbs).filter((verb) => !known.has(verb) && !verb.startsWith('Virgate.')),
    [],
  );
  assert.deepEqual(storage.domainStatuses(), {});
  await storage.close();
});
