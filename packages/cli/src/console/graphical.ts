import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@virgate/sdk';
import { CliError } from '../errors.ts';
import { write } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';

const viewers = ['remote-viewer', 'virt-viewer'];

/**
 * Opens the screen of a machine in the viewer that is installed, and waits for its end. Without one the file that a viewer reads is left, and
 * told where.
 * @throws CliError no_console
 */
export async function openGraphical(client: Client, vm: { id: string; name: string }, terminal: Terminal): Promise<void> {
  const consoles = await client.vms.vm(vm.id).graphicsConsoles.list({ current: true });
  const [first] = consoles;
  if (first?.id === undefined)
    throw new CliError('command', 'no_console', `${vm.name} has no console now.`, {
      field: 'VM',
      hint: 'It has one while it is powering up, up or rebooting',
    });
  const answer = await client.vms.vm(vm.id).graphicsConsoles.console(first.id).remoteViewerConnectionFile();
  const folder = await mkdtemp(join(tmpdir(), 'virgate-console-'));
  const file = join(folder, 'console.vv');
  // The file holds the password of the console.
  await writeFile(file, answer.remote_viewer_connection_file ?? '', { mode: 0o600 });
  const viewer = viewers.find((program) =>
    (terminal.environment['PATH'] ?? '').split(':').some((one) => one !== '' && existsSync(join(one, program))),
  );
  if (viewer === undefined) {
    await write(terminal.stderr, 'There is no remote-viewer here (package virt-viewer). What it opens, for some minutes, is this file:\n');
    return await write(terminal.stdout, `${file}\n`);
  }
  try {
    await new Promise<void>((resolve, reject) => {
      const child = spawn(viewer, [file], { stdio: 'ignore', signal: terminal.signal });
      child.on('error', reject);
      child.on('close', () => resolve());
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
