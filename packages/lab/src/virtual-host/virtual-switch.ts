import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { promisify } from 'node:util';

const run = promisify(execFile);
const attempts = 20;
/** First two numbers of the networks that switches choose from. */
const networkPrefix = '10.99';
const firstHostNumber = 10;

/** What a host is on a switch. */
export interface SwitchPort {
  /** Address of the host. */
  address: string;
  prefixLength: number;
  /** Address of this machine, the host's way to the world. */
  gateway: string;
}

/** For tests: an Ethernet switch (a bridge) with this machine and virtual hosts on it. Needs root. */
export class VirtualSwitch {
  readonly bridge: string;
  /** This machine's address on the switch. */
  readonly address: string;
  readonly #network: string;
  readonly #cables: string[] = [];

  private constructor(bridge: string, network: string) {
    this.bridge = bridge;
    this.#network = network;
    this.address = `${network}.1`;
  }

  /** Makes the bridge, with an address of a network that this machine has no route to. */
  static async start(): Promise<VirtualSwitch> {
    const { stdout } = await run('ip', ['-4', '-o', 'route', 'show', 'table', 'all']);
    for (let attempt = 0; attempt < attempts; attempt++) {
      const number = randomInt(1, 255);
      const network = `${networkPrefix}.${number}`;
      if (stdout.includes(`${network}.`)) continue;
      const bridge = `vgsw${number}`;
      // Somebody else may have chosen the same number in the same moment.
      const made = await run('ip', ['link', 'add', 'name', bridge, 'type', 'bridge', 'forward_delay', '0', 'stp_state', '0']).then(
        () => true,
        () => false,
      );
      if (!made) continue;
      await run('ip', ['address', 'add', `${network}.1/24`, 'dev', bridge]);
      await run('ip', ['link', 'set', 'dev', bridge, 'up']);
      return new VirtualSwitch(bridge, network);
    }
    throw new Error(`No bridge could be made in ${attempts} attempts: is this root, and may it make network devices?`);
  }

  #cable(number: number, nic: string): string {
    return `${this.bridge}p${number}${nic === 'em1' ? '' : `-${nic.slice(-1)}`}`;
  }

  /** Plugs a cable into the switch whose other end is a NIC in the network namespace of a process. @param nic `em1` to `em9` */
  async plug(number: number, pid: number, nic = 'em1'): Promise<SwitchPort> {
    const cable = this.#cable(number, nic);
    await run('ip', ['link', 'add', cable, 'type', 'veth', 'peer', 'name', nic, 'netns', String(pid)]);
    this.#cables.push(cable);
    await run('ip', ['link', 'set', 'dev', cable, 'master', this.bridge, 'up']);
    return { address: `${this.#network}.${firstHostNumber + number}`, prefixLength: 24, gateway: this.address };
  }

  /** Cuts a cable, or mends it: the NIC at its end loses its carrier. */
  async cut(number: number, nic: string, mend = false): Promise<void> {
    await run('ip', ['link', 'set', 'dev', this.#cable(number, nic), mend ? 'up' : 'down']);
  }

  async stop(): Promise<void> {
    // The kernel takes its time to remove those of hosts that are off.
    for (const cable of this.#cables) await run('ip', ['link', 'delete', 'dev', cable]).catch(() => undefined);
    await run('ip', ['link', 'delete', 'dev', this.bridge]);
  }
}
