import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ExternalData, externalDataHash } from './external-data.ts';

test('variables of UEFI and the state of a TPM travel as text and come back as they were', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'external-'));
  t.after(() => rm(directory, { recursive: true }));
  const [here, there] = ['one', 'two'].map((name) => new ExternalData(join(directory, name), join(directory, 'work')));
  assert.ok(here && there);
  const vmId = randomUUID();
  await assert.rejects(here.read('nvram', vmId), { code: 89 });
  assert.equal(await here.changedMs('tpm', vmId), 0);

  const variables = Buffer.alloc(540_672, 255);
  variables.write('Boot0001');
  await mkdir(join(directory, 'one', 'qemu', 'nvram'), { recursive: true });
  await writeFile(join(directory, 'one', 'qemu', 'nvram', `${vmId}.fd`), variables);
  const nvram = await here.read('nvram', vmId);
  assert.ok(nvram.startsWith('=0=') && nvram.length < 10_000);
  assert.equal(externalDataHash(await here.read('nvram', vmId)), externalDataHash(nvram));
  await there.write('nvram', vmId, nvram);
  assert.deepEqual(await readFile(join(directory, 'two', 'qemu', 'nvram', `${vmId}.fd`)), variables);
  // Older hosts do not compress it, and break its lines.
  await there.write('nvram', vmId, `${Buffer.from('plain').toString('base64')}\n`);
  assert.equal(await readFile(join(directory, 'two', 'qemu', 'nvram', `${vmId}.fd`), 'utf8'), 'plain');

  const state = join(directory, 'one', 'swtpm', vmId, 'tpm2');
  await mkdir(state, { recursive: true });
  await writeFile(join(state, 'tpm2-00.permall'), 'secret');
  await writeFile(join(state, '.lock'), '');
  await utimes(join(state, 'tpm2-00.permall'), 1000, 1000);
  const tpm = await here.read('tpm', vmId);
  await mkdir(join(directory, 'two', 'swtpm', vmId, 'old'), { recursive: true });
  await there.write('tpm', vmId, tpm);
  assert.deepEqual(await readdir(join(directory, 'two', 'swtpm', vmId)), ['tpm2']);
  assert.equal(await readFile(join(directory, 'two', 'swtpm', vmId, 'tpm2', 'tpm2-00.permall'), 'utf8'), 'secret');
  assert.equal(await there.read('tpm', vmId), tpm, 'the same state has the same text');

  for (const bad of ['', '=1=AAAA', '=0=AAAA', 'no base64!']) await assert.rejects(there.write('nvram', vmId, bad), { code: 89 }, bad);
  await assert.rejects(there.write('tpm', vmId, 'AAAA'), { code: 89 });
  assert.deepEqual(await readdir(join(directory, 'work')), []);
});
