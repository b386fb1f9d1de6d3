import { VdsmError } from '@virgate/vdsm';
import { CommandError, runCommand } from '../command.ts';
import { networkErrorCode } from './configuration.ts';

const timeoutMs = 10_000;
/** Marks what this agent has put on a NIC or bond. */
const handle = '7668:';
/** The class of frames without a tag, and of those that no other class is about. */
const plainClass = 0xffff;
/** Shares are weights; the kernel has them as rates, of which only the ratio counts. */
const megabit = 1_000_000;
/** What a device can send when it does not tell. */
const unknownSpeedBits = 10_000 * megabit;

/** What one network gets of what its NIC or bond sends. Source: VDSM schema, hostQos. */
export interface TrafficShare {
  /** Weight against the other networks there. */
  share: number;
  /** Most that it sends, in bits a second. */
  limitBits?: number;
  /** What it can send whatever the others do, in bits a second. */
  guaranteeBits?: number;
}

/** The networks on one NIC or bond. */
export interface SharedDevice {
  name: string;
  /** Mbit/s; 0 when unknown. */
  speedMbps: number;
  /** By VLAN; undefined for frames without a tag. */
  networks: readonly ({ vlan: number | undefined } & TrafficShare)[];
}

/** The kernel's schedulers that can share a device out: HFSC as hosts of oVirt have it, or HTB where the kernel has no other. */
export type Scheduler = 'hfsc' | 'htb';

const bits = (value: number): string => `${Math.max(Math.round(value), 1)}bit`;

function curves({ share, limitBits, guaranteeBits }: TrafficShare): string[] {
  return [
    ...(guaranteeBits === undefined ? [] : ['rt', 'm2', bits(guaranteeBits)]),
    'ls',
    'm2',
    bits(share * megabit),
    ...(limitBits === undefined ? [] : ['ul', 'm2', bits(limitBits)]),
  ];
}

/** HTB knows no weights: each network gets its part of the device's speed, and what others leave. */
function rates({ share, limitBits, guaranteeBits }: TrafficShare, speedBits: number, allShares: number): string[] {
  const ceiling = Math.min(limitBits ?? speedBits, speedBits);
  const rate = Math.min(guaranteeBits ?? (speedBits * share) / allShares, ceiling);
  return ['rate', bits(rate), 'ceil', bits(ceiling)];
}

/** The commands of `tc` that share a device out. Pure. */
export function shareCommands({ name, speedMbps, networks }: SharedDevice, scheduler: Scheduler): string[][] {
  const least = Math.min(...networks.map((network) => network.share));
  // What no network is about, such as what the host itself says to its neighbours, is held to the least share.
  const classes = networks.some((network) => network.vlan === undefined) ? networks : [...networks, { vlan: undefined, share: least }];
  const allShares = classes.reduce((sum, one) => sum + one.share, 0);
  const speedBits = speedMbps > 0 ? speedMbps * megabit : unknownSpeedBits;
  const classOf = (vlan: number | undefined): string => `${handle}${(vlan ?? plainClass).toString(16)}`;
  return [
    ['qdisc', 'replace', 'dev', name, 'root', 'handle', handle, scheduler, 'default', plainClass.toString(16)],
    ...classes.flatMap((one) => [
      [
        'class',
        'replace',
        'dev',
        name,
        'parent',
        handle,
        'classid',
        classOf(one.vlan),
        scheduler,
        ...(scheduler === 'hfsc' ? curves(one) : rates(one, speedBits, allShares)),
      ],
      ...(one.vlan === undefined
        ? []
        : [
            [
              'filter',
              'add',
              'dev',
              name,
              'parent',
              handle,
              'protocol',
              'all',
              'basic',
              'match',
              `meta(vlan eq ${one.vlan})`,
              'flowid',
              classOf(one.vlan),
            ],
          ]),
    ]),
  ];
}

/** Shares of networks in what NICs and bonds send, by `tc`. */
export class TrafficShares {
  readonly #prefix: readonly string[];
  readonly #known = new Map<string, string>();

  /** @param prefix stands before every command, for a network namespace */
  constructor(prefix: readonly string[]) {
    this.#prefix = prefix;
  }

  /**
   * Makes exactly these shares hold.
   * @param devices every NIC and bond that networks are on; without networks that have a share nothing is shared out there
   * @throws VdsmError 29 when the kernel can't
   */
  async settle(devices: readonly SharedDevice[]): Promise<void> {
    const names = new Set(devices.map((device) => device.name));
    const left = [...this.#known.keys()].filter((name) => !names.has(name)).map((name) => ({ name, speedMbps: 0, networks: [] }));
    for (const device of [...devices, ...left]) {
      const wanted = JSON.stringify(device.networks);
      const isMarked = (await this.#run('qdisc', 'show', 'dev', device.name).catch(() => '')).includes(` ${handle} root`);
      if (isMarked ? this.#known.get(device.name) === wanted : device.networks.length === 0) continue;
      this.#known.delete(device.name);
      // Classes of before would stay beside those that are wanted now.
      if (isMarked) await this.#run('qdisc', 'delete', 'dev', device.name, 'root');
      if (device.networks.length === 0) continue;
      await this.#share(device);
      this.#known.set(device.name, wanted);
    }
  }

  async #share(device: SharedDevice): Promise<void> {
    try {
      const [root = [], ...others] = shareCommands(device, 'hfsc');
      const isAble = await this.#run(...root).then(
        () => true,
        (error: unknown) => {
          if (error instanceof CommandError && /qdisc kind is unknown|No such file|not supported/i.test(error.message)) return false;
          throw error;
        },
      );
      for (const command of isAble ? others : shareCommands(device, 'htb')) await this.#run(...command);
    } catch (error) {
      await this.#run('qdisc', 'delete', 'dev', device.name, 'root').catch(() => undefined);
      if (!(error instanceof CommandError)) throw error;
      throw new VdsmError(networkErrorCode.failedInterfaceUp, `The kernel of this host can't share ${device.name} out: ${error.message}`, {
        cause: error,
      });
    }
  }

  async #run(...command: string[]): Promise<string> {
    return (await runCommand([...this.#prefix, 'tc', ...command], { timeoutMs })).stdout;
  }
}
