import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

const FORWARDING_SWITCH = '/proc/sys/net/ipv4/ip_forward';
/** Networks of four addresses out of 198.18.0.0/16, which is set aside for such purposes. */
const NETWORKS = 16_384;

interface Route {
  readonly dst?: string;
  readonly dev?: string;
}

interface Link {
  readonly mtu?: number;
}

/** The way of a machine to the outside, through this one. */
export interface MachineNetwork {
  remove(): Promise<void>;
}

/** MTU of the device that leads outside. */
async function outsideMtu(): Promise<number> {
  const routes = JSON.parse((await run('ip', ['-4', '-j', 'route', 'show', 'default'])).stdout || '[]') as Route[];
  const device = routes[0]?.dev;
  if (device === undefined) throw new Error('this machine has no default route: the empty machine could not reach package mirrors');
  const links = JSON.parse((await run('ip', ['-j', 'link', 'show', 'dev', device])).stdout) as Link[];
  return links[0]?.mtu ?? 1500;
}

/** The first and second address of the network number `index`. */
export function addressesOf(index: number): [string, string] {
  const offset = (index % NETWORKS) * 4;
  const base = `198.18.${offset >> 8}`;
  return [`${base}.${(offset & 255) + 1}`, `${base}.${(offset & 255) + 2}`];
}

/** Gives the network namespace of process `pid` a device `eth0` that leads outside, under this machine's address. */
export async function connectMachine(pid: number): Promise<MachineNetwork> {
  const device = `vem${pid}`;
  const [here, there] = addressesOf(pid);
  const comment = ['-m', 'comment', '--comment', `virgate empty machine ${pid}`];
  const rules = [
    ['nat', 'POSTROUTING', '-s', `${there}/32`, ...comment, '-j', 'MASQUERADE'],
    ['filter', 'FORWARD', '-i', device, ...comment, '-j', 'ACCEPT'],
    ['filter', 'FORWARD', '-o', device, ...comment, '-j', 'ACCEPT'],
  ];
  const forwarded = readFileSync(FORWARDING_SWITCH, 'latin1').trim() !== '0';
  const remove = async (): Promise<void> => {
    for (const [table = '', ...rule] of rules) await run('iptables', ['-w', '-t', table, '-D', ...rule]).catch(() => undefined);
    // with the namespace its end of the pair goes, and with it this one
    await run('ip', ['link', 'del', 'dev', device]).catch(() => undefined);
    if (!forwarded) writeFileSync(FORWARDING_SWITCH, '0');
  };
  const inside = async (...argv: string[]): Promise<unknown> => run('nsenter', [`--net=/proc/${pid}/ns/net`, '--', ...argv]);
  try {
    const mtu = String(await outsideMtu());
    await run('ip', ['link', 'add', device, 'mtu', mtu, 'type', 'veth', 'peer', 'name', 'eth0', 'mtu', mtu, 'netns', String(pid)]);
    await run('ip', ['addr', 'add', `${here}/30`, 'dev', device]);
    await run('ip', ['link', 'set', 'dev', device, 'up']);
    await inside('ip', 'link', 'set', 'lo', 'up');
    await inside('ip', 'addr', 'add', `${there}/30`, 'dev', 'eth0');
    await inside('ip', 'link', 'set', 'eth0', 'up');
    await inside('ip', 'route', 'add', 'default', 'via', here);
    for (const [table = '', ...rule] of rules) await run('iptables', ['-w', '-t', table, '-I', ...rule]);
    if (!forwarded) writeFileSync(FORWARDING_SWITCH, '1');
    return { remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
