// Budget: 20 s
// Needs: hypervisor, guestImage
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildGuestImage } from '@virgate/lab';
import { DataFolder } from '../data-folder.ts';
import { chooseAccelerator, whyProbeGuestFails } from './accelerator.ts';

test('the probe guests run when emulated, and are seen not to when there is no time', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'probe-'));
  t.after(async () => rm(folder, { recursive: true, force: true }));
  const kernel = await buildGuestImage({ outDir: folder, cacheDir: '/var/tmp/virgate-packages' });
  assert.equal(await whyProbeGuestFails('tcg'), undefined);
  assert.equal(await whyProbeGuestFails('tcg', kernel), undefined);
  assert.match((await whyProbeGuestFails('tcg', kernel, 50)) ?? '', /did not run within/);
});

test('the environment overrides the probe, and nonsense is refused', async (t) => {
  const path = await mkdtemp(join(tmpdir(), 'probe-'));
  t.after(async () => rm(path, { recursive: true, force: true }));
  const folder = DataFolder.open(path);
  assert.equal((await chooseAccelerator(folder, undefined, 'kvm')).accelerator, 'kvm');
  assert.equal((await chooseAccelerator(folder, undefined, 'tcg')).accelerator, 'tcg');
  await assert.rejects(chooseAccelerator(folder, undefined, 'magic'), { code: 'bad_option' });
});
