import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseStartOptions } from '../command-line.ts';
import { DataFolder } from '../data-folder.ts';
import { LauncherError } from '../errors.ts';
import { installCommand } from '../system-packages.ts';
import { FIRST_HOST_PACKAGES, programsStage } from './programs.ts';

test('a first host is given firmware for UEFI and what gives guests a TPM', () => {
  const packages = installCommand(FIRST_HOST_PACKAGES).split(' ');
  for (const name of ['qemu-system-x86', 'ovmf', 'swtpm', 'swtpm-tools']) assert.ok(packages.includes(name), name);
});

test('a machine without a TPM emulator is no host yet: it says what is missing and how to get it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'programs-'));
  const path = process.env['PATH'];
  process.env['PATH'] = folder;
  try {
    const stage = programsStage({
      folder: DataFolder.open(folder),
      options: parseStartOptions(['--no-install', '--data', folder], {}, true),
      say: () => undefined,
      watches: [],
      ovnProcesses: [],
    });
    await assert.rejects(
      async () => {
        await stage.run({ note: () => undefined });
      },
      (error: unknown) => {
        assert.ok(error instanceof LauncherError);
        if (process.getuid?.() !== 0) return error.code === 'not_root';
        assert.equal(error.code, 'programs_missing');
        assert.match(error.message, /swtpm, swtpm_setup/);
        return true;
      },
    );
  } finally {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true, force: true });
  }
});
