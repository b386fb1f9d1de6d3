import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SYSTEM_PACKAGE_GROUPS, SystemPackagesError, ensureSystemPackages, findProgram, installCommand } from './system-packages.ts';

test('a program is found in PATH and in the system folders, never by a relative PATH entry', () => {
  assert.equal(findProgram('sh', '/bin'), '/bin/sh');
  assert.equal(findProgram('no-such-program-at-all'), undefined);
  assert.equal(findProgram('packages', '.'), undefined);
});

test('every group names packages, and the command to install them is complete', () => {
  for (const [name, group] of Object.entries(SYSTEM_PACKAGE_GROUPS)) {
    assert.ok(group.aptPackages.length > 0, name);
    const command = installCommand([name as keyof typeof SYSTEM_PACKAGE_GROUPS]);
    for (const entry of group.aptPackages) assert.ok(command.split(' ').includes(entry), entry);
  }
});

test('a refusal carries the command to run', async () => {
  const group = SYSTEM_PACKAGE_GROUPS.browser;
  const error = new SystemPackagesError('forbidden', group.programs, installCommand(['browser']), 'installing is forbidden');
  assert.match(error.message, /missing: chromium; run as root: apt-get update && apt-get install --no-install-recommends chromium/);
  assert.deepEqual(await ensureSystemPackages([], { allowed: false }), []);
});
