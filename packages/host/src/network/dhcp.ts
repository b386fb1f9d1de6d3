import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VdsmError } from '@virgate/vdsm';
import type { AgentLog } from '../log.ts';
import { networkErrorCode } from './configuration.ts';

/** A kind of DHCP, with the clients that this agent can use for it. */
export interface DhcpKind {
  /** Programs, each with its first arguments; the first that there is runs. */
  clients: readonly (readonly [string, ...string[]])[];
  /** What the client runs for a lease: the address runs out with it, so that a lost lease leaves none behind. */
  script: string;
  /** In the agent's folder, so that two kinds do not have the same. */
  scriptName: string;
  /** @param folder where the client may keep what it has to */
  argumentsOf(device: string, script: string, folder: string): string[];
  /** What the client says when it got a lease. */
  lease: RegExp;
  /** What a host without a client lacks. */
  missing: string;
}

/** Addresses of IPv4, by busybox or udhcpc. */
export const dhcpOfIpv4: DhcpKind = {
  clients: [['/usr/sbin/udhcpc'], ['/sbin/udhcpc'], ['/usr/bin/busybox', 'udhcpc'], ['/bin/busybox', 'udhcpc']],
  script: `#!/bin/sh
case "$1" in
  bound|renew)
    ip -4 address replace "$ip/\${mask:-24}" dev "$interface" valid_lft "$lease" preferred_lft "$lease" || exit 1
    if [ "$VIRGATE_DEFAULT_ROUTE" = yes ] && [ -n "$router" ]; then
      ip -4 route replace default via "\${router%% *}" dev "$interface"
    fi
    ;;
esac
`,
  scriptName: 'dhcp-script',
  argumentsOf: (device, script) => ['-f', '-i', device, '-s', script, '-t', '3', '-T', '1', '-A', '5'],
  lease: /lease of/,
  missing: 'This host has no DHCP client: install busybox or udhcpc',
};

/** Addresses of IPv6, by ISC's client. Routes of IPv6 come from routers, never by DHCP. */
export const dhcpOfIpv6: DhcpKind = {
  clients: [
    ['/usr/sbin/dhclient', '-6'],
    ['/sbin/dhclient', '-6'],
  ],
  // The client begins with an address of the link, which the kernel first has to find unused.
  script: `#!/bin/sh
case "$reason" in
  PREINIT6)
    ip link set dev "$interface" up
    for attempt in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
      ip -6 -o address show dev "$interface" scope link | grep -qv tentative && exit 0
      sleep 0.2
    done
    exit 1
    ;;
  BOUND6|RENEW6|REBIND6)
    [ -n "$new_ip6_address" ] || exit 0
    ip -6 address replace "$new_ip6_address/\${new_ip6_prefixlen:-128}" dev "$interface" valid_lft "$new_max_life" preferred_lft "$new_preferred_life" || exit 1
    ;;
  EXPIRE6|RELEASE6|STOP6)
    [ -z "$old_ip6_address" ] || ip -6 address delete "$old_ip6_address/\${old_ip6_prefixlen:-128}" dev "$interface"
    ;;
esac
exit 0
`,
  scriptName: 'dhcp6-script',
  argumentsOf: (device, script, folder) => [
    '-d',
    '-sf',
    script,
    '-cf',
    '/dev/null',
    '-lf',
    join(folder, `dhcp6-${device}.leases`),
    '-pf',
    join(folder, `dhcp6-${device}.pid`),
    device,
  ],
  lease: /Bound to lease|Reply message/,
  missing: 'This host has no DHCP client for IPv6: install isc-dhcp-client',
};

export interface DhcpOptions {
  kind: DhcpKind;
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
  check(): void {
    this.#client();
  }

  #client(): readonly [string, ...string[]] {
    const { clients, missing } = this.#options.kind;
    const found = clients.find(([program]) => existsSync(program));
    if (!found) throw new VdsmError(networkErrorCode.failedInterfaceUp, missing);
    return found;
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
    const client = this.#client();
    const { kind, folder, prefix = [], log, onLease } = this.#options;
    const file = join(folder, kind.scriptName);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(file, kind.script);
    await chmod(file, 0o700);
    const argv = [...prefix, 'setpriv', '--pdeathsig', 'TERM', '--', ...client, ...kind.argumentsOf(device, file, folder)];
    const [program = '', ...rest] = argv;
    const child = spawn(program, rest, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin', VIRGATE_DEFAULT_ROUTE: defaultRoute ? 'yes' : 'no' },
    });
    this.#running.set(device, child);
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (text: string) => {
      if (kind.lease.test(text)) onLease();
    });
    child.on('error', (error) => log.warn({ device, error: error.message }, 'The DHCP client could not be started'));
    child.on('exit', (code) => {
      if (this.#running.get(device) !== child) return;
      this.#running.delete(device);
      log.warn({ device, code }, 'The DHCP client ended; the device keeps its address until the lease ends');
    });
  }
}
