import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VdsmError } from '@virgate/vdsm';
import type { AgentLog } from '../log.ts';
import { networkErrorCode } from './configuration.ts';

const clients = [['/usr/sbin/udhcpc'], ['/sbin/udhcpc'], ['/usr/bin/busybox', 'udhcpc'], ['/bin/busybox', 'udhcpc']] as const;

/** What the client does with a lease: the address runs out with it, so that a lost lease leaves none behind. */
const script = `#!/bin/sh
case "$1" in
  bound|renew)
    ip -4 address replace "$ip/\${mask:-24}" dev "$interface" valid_lft "$lease" preferred_lft "$lease" || exit 1
    if [ "$VIRGATE_DEFAULT_ROUTE" = yes ] && [ -n "$router" ]; then
      ip -4 route replace default via "\${router%% *}" dev "$interface"
    fi
    ;;
esac
`;

export interface DhcpOptions {
  folder: string;
  log: AgentLog;
  /** A lease came or changed. */
  onLease: () => void;
  /** What stands before the client's arguments, for a network namespace. */
  prefix?: readonly string[];
}

/** One DHCP client for each device that is to have its address by DHCP. They end with the agent, their leases run on. */
export class DhcpClients {
  readonly #options: DhcpOptions;
  readonly #running = new Map<string, ChildProcess>();

  constructor(options: DhcpOptions) {
    this.#options = options;
  }

  /** @throws VdsmError 29 when the host has no DHCP client */
  static check(): void {
    if (!clients.some(([program]) => existsSync(program)))
      throw new VdsmError(networkErrorCode.failedInterfaceUp, 'This host has no DHCP client: install busybox or udhcpc');
  }

  /** Makes exactly these devices have a client. */
  async settle(devices: ReadonlyMap<string, { defaultRoute: boolean }>): Promise<void> {
    for (const [device, client] of this.#running) {
      if (devices.has(device)) continue;
      this.#running.delete(device);
      client.kill('SIGTERM');
    }
    for (const [device, { defaultRoute }] of devices) if (!this.#running.has(device)) await this.#start(device, defaultRoute);
  }

  /** Ends the client of a device whose link is made anew; `settle` starts it again. */
  drop(device: string): void {
    this.#running.get(device)?.kill('SIGTERM');
    this.#running.delete(device);
  }

  close(): void {
    for (const client of this.#running.values()) client.kill('SIGTERM');
    this.#running.clear();
  }

  async #start(device: string, defaultRoute: boolean): Promise<void> {
    DhcpClients.check();
    const client = clients.find(([program]) => existsSync(program)) ?? clients[0];
    const { folder, prefix = [], log, onLease } = this.#options;
    const file = join(folder, 'dhcp-script');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(file, script);
    await chmod(file, 0o700);
    const argv = [
      ...prefix,
      'setpriv',
      '--pdeathsig',
      'TERM',
      '--',
      ...client,
      '-f',
      '-i',
      device,
      '-s',
      file,
      '-t',
      '3',
      '-T',
      '1',
      '-A',
      '5',
    ];
    const [program = '', ...rest] = argv;
    const child = spawn(program, rest, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin', VIRGATE_DEFAULT_ROUTE: defaultRoute ? 'yes' : 'no' },
    });
    this.#running.set(device, child);
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (text: string) => {
      if (/lease of/.test(text)) onLease();
    });
    child.on('error', (error) => log.warn({ device, error: error.message }, 'The DHCP client could not be started'));
    child.on('exit', (code) => {
      if (this.#running.get(device) !== child) return;
      this.#running.delete(device);
      log.warn({ device, code }, 'The DHCP client ended; the device keeps its address until the lease ends');
    });
  }
}
