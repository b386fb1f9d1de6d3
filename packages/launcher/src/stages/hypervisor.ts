import type { PrivateLibvirtd } from '@virgate/libvirt';
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { LauncherError, textOf } from '../errors.ts';
import { ProcessWatch } from '../process/watch.ts';
import type { Stage } from '../progress.ts';
import type { System } from '../system.ts';

/** Each data folder has a range of VNC ports of its own. */
const FIRST_DISPLAY_PORT = 5900;
const DISPLAY_PORTS = 200;
const DISPLAY_RANGES = 40;
const SANLOCK_TIMEOUT_MS = 5_000;

/** Folder below which the host agent mounts storage; libvirt and its guests have to see those mounts. */
export function mountsFolder(system: System): string {
  return system.folder.at('host', 'repository', 'mnt');
}

/** Whether the machine's sanlock answers: only then may guests' leases be held by it, since without it no guest would start. */
const sanlockRuns = (): Promise<boolean> =>
  new Promise(
    (resolve) => void execFile('sanlock', ['client', 'status'], { timeout: SANLOCK_TIMEOUT_MS }, (error) => resolve(error === null)),
  );

/** A fresh libvirtd looks at every QEMU of the machine when it is first asked: it does so while other stages run. */
async function askForCapabilities(socketPath: string): Promise<void> {
  const { connect } = await import('@virgate/libvirt');
  const connection = await connect({ socketPath, uri: 'qemu:///system' });
  try {
    await connection.capabilities();
  } finally {
    await connection.close();
  }
}

/** Starts a libvirtd whose every folder lies in the data folder; it goes on when the launcher ends, as guests do. */
export function hypervisorStage(system: System): Stage {
  const { folder, say } = system;
  return {
    title: 'hypervisor',
    async run(report) {
      // loaded late: the first answer of the engine does not wait for it
      const { startPrivateLibvirtd } = await import('@virgate/libvirt');
      mkdirSync(mountsFolder(system), { recursive: true, mode: 0o755 });
      const first = FIRST_DISPLAY_PORT + (Number.parseInt(folder.tag, 16) % DISPLAY_RANGES) * DISPLAY_PORTS;
      const lockManager = (await sanlockRuns()) ? ({ lockManager: 'sanlock' } as const) : {};
      const start = async (): Promise<PrivateLibvirtd> =>
        startPrivateLibvirtd({
          dataDir: folder.at('libvirt'),
          detached: true,
          hostUuid: folder.settings.hostUuid,
          vncListen: '127.0.0.1',
          mountFolders: [mountsFolder(system)],
          ...lockManager,
          displayPorts: { min: first, max: first + DISPLAY_PORTS - 1 },
        });
      try {
        const libvirtd = await start();
        system.libvirtd = libvirtd;
        if (libvirtd.found) report.note('found running');
        else askForCapabilities(libvirtd.socketPath).catch(() => undefined);
        system.watches.push(new ProcessWatch({ title: 'libvirtd', pid: libvirtd.pid, say, restart: async () => (await start()).pid }));
      } catch (error) {
        throw new LauncherError(
          'hypervisor_failed',
          `libvirtd could not be started: ${textOf(error)}`,
          `Its log is in ${folder.at('libvirt', 'log')}.`,
          { cause: error },
        );
      }
    },
  };
}
