import { existsSync, mkdirSync } from 'node:fs';
import { runProgram } from './run.ts';

const RUN_FOLDER = '/run/openvswitch';
const SOCKET = `${RUN_FOLDER}/db.sock`;
const DATABASE = '/etc/openvswitch/conf.db';
const LOG_FOLDER = '/var/log/openvswitch';
const SYSTEMD_FOLDER = '/run/systemd/system';

async function works(): Promise<boolean> {
  if (!existsSync(SOCKET)) return false;
  return runProgram(['ovs-vsctl', '--timeout=5', 'show']).then(
    () => true,
    () => false,
  );
}

/** Starts the daemons themselves: where no service does it, and where the kernel has no part for the switch, which its script insists on. */
async function startByHand(): Promise<void> {
  for (const folder of [RUN_FOLDER, '/etc/openvswitch', LOG_FOLDER]) mkdirSync(folder, { recursive: true, mode: 0o755 });
  if (!existsSync(DATABASE)) await runProgram(['ovsdb-tool', 'create', DATABASE, '/usr/share/openvswitch/vswitch.ovsschema']);
  const detached = (name: string) => [
    '--detach',
    '--no-chdir',
    `--pidfile=${RUN_FOLDER}/${name}.pid`,
    `--log-file=${LOG_FOLDER}/${name}.log`,
    '-vconsole:off',
  ];
  await runProgram(['ovsdb-server', DATABASE, `--remote=punix:${SOCKET}`, ...detached('ovsdb-server')]);
  await runProgram(['ovs-vsctl', '--no-wait', 'init']);
  await runProgram(['ovs-vswitchd', `unix:${SOCKET}`, ...detached('ovs-vswitchd')]);
}

/** Starts this machine's Open vSwitch where it does not run; it goes on when Virgate stops. @returns what was found or done */
export async function ensureOpenVSwitch(): Promise<string> {
  if (await works()) return 'Open vSwitch runs';
  if (existsSync(SYSTEMD_FOLDER)) await runProgram(['systemctl', 'start', 'openvswitch-switch']);
  else await startByHand();
  return 'Open vSwitch started';
}
