import { readFileSync } from 'node:fs';
import { stopEmbeddedPostgres } from '@virgate/database';
import { startPrivateLibvirtd } from '@virgate/libvirt';
import { parseStopOptions } from './command-line.ts';
import { DataFolder } from './data-folder.ts';
import { LauncherError, textOf } from './errors.ts';
import { endProcess, signalProcess, waitForProcessEnd } from './process/identity.ts';
import { endLeftProcesses, forgetProcess, recordedProcess } from './process/record.ts';
import { describeFailure } from './progress.ts';
import { rememberedNetwork, removeBridge, removeNat } from './system/bridge.ts';
import { stopDhcp } from './system/dhcp.ts';
import { runProgram } from './system/run.ts';

const LAUNCHER_TIMEOUT_MS = 90_000;
const PROCESS_TIMEOUT_MS = 20_000;

function say(line: string): void {
  process.stdout.write(`virgate: ${line}\n`);
}

/** Ends what the launcher supervises: through it when it runs, else by ourselves. */
async function stopServices(folder: DataFolder): Promise<void> {
  const launcher = recordedProcess(folder, 'launcher');
  if (launcher !== undefined) {
    signalProcess(launcher, 'SIGTERM');
    if (!(await waitForProcessEnd(launcher, LAUNCHER_TIMEOUT_MS))) await endProcess(launcher, PROCESS_TIMEOUT_MS);
  }
  await endLeftProcesses(folder);
  await stopEmbeddedPostgres(folder.at('database'));
  forgetProcess(folder, 'launcher');
  say('engine, host agent and database are stopped');
}

/** Storage that the agent mounted, and the mount that shared it with libvirtd. */
async function removeMounts(path: string): Promise<void> {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '');
  for (const mount of mounts.filter((entry) => entry === path || entry.startsWith(`${path}/`)).reverse()) {
    await runProgram(['umount', mount]).catch((error: unknown) => say(`${mount} is still mounted: ${textOf(error)}`));
  }
}

/** Ends the guests, and takes away what they needed of this machine. */
async function stopGuests(folder: DataFolder): Promise<void> {
  const network = rememberedNetwork(folder);
  if (network === undefined) return;
  if (process.getuid?.() !== 0)
    throw new LauncherError(
      'not_root',
      'guests were started by root and can be ended by root only',
      `Run: sudo npm run stop -- --guests --data ${folder.path}`,
    );
  try {
    // guests outlive a libvirtd that crashed: one is needed to find them
    const libvirtd = await startPrivateLibvirtd({ dataDir: folder.at('libvirt'), detached: true, hostUuid: folder.settings.hostUuid });
    await libvirtd.stop({ destroyGuests: true });
  } catch (error) {
    throw new LauncherError(
      'stop_failed',
      `the guests could not be ended: ${textOf(error)}`,
      `Their processes are named qemu-system-x86_64 and have ${folder.path} in their arguments.`,
      { cause: error },
    );
  }
  await removeMounts(folder.at('host', 'repository', 'mnt'));
  await stopDhcp(folder);
  await removeNat(folder, network);
  await removeBridge(folder);
  say('guests, libvirtd and their network are gone');
}

async function main(): Promise<void> {
  const options = parseStopOptions(process.argv.slice(2), process.env, process.getuid?.() === 0);
  const folder = DataFolder.openExisting(options.dataDir);
  await stopServices(folder);
  if (options.guests) await stopGuests(folder);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(describeFailure(error));
    process.exit(1);
  },
);
