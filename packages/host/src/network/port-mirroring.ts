import { VdsmError } from '@virgate/vdsm';
import { CommandError, runCommand } from '../command.ts';
import { errorCode } from '../verb.ts';

const timeoutMs = 10_000;
/** Marks what this agent has put on a bridge. */
const handle = '7669:';

/** Copies of all frames of a bridge, for NICs of VMs that watch it. By `tc`: what the host receives there, and what it sends. */
export class PortMirroring {
  readonly #prefix: readonly string[];
  readonly #known = new Map<string, string>();

  /** @param prefix stands before every command, for a network namespace */
  constructor(prefix: readonly string[]) {
    this.#prefix = prefix;
  }

  /**
   * Makes exactly these devices get copies.
   *
   * @param bridges the host's bridges, each with the devices that watch it
   * @throws VdsmError 100 when the kernel can't
   */
  async settle(bridges: ReadonlyMap<string, readonly string[]>): Promise<void> {
    for (const [bridge, watchers] of bridges) {
      const wanted = watchers.toSorted().join(' ');
      if (this.#known.get(bridge) === wanted) continue;
      // An agent that just started knows of no copies: those of the one before it go as well.
      if (watchers.length === 0 && !(await this.#isMarked(bridge))) {
        this.#known.set(bridge, wanted);
        continue;
      }
      this.#known.delete(bridge);
      await this.#clear(bridge);
      if (watchers.length > 0) await this.#mirror(bridge, watchers.toSorted());
      this.#known.set(bridge, wanted);
    }
  }

  async #mirror(bridge: string, watchers: readonly string[]): Promise<void> {
    const copies = watchers.flatMap((device, at) => [...(at === 0 ? [] : ['pipe']), 'action', 'mirred', 'egress', 'mirror', 'dev', device]);
    const filter = (parent: string): Promise<string> =>
      this.#run('tc', 'filter', 'add', 'dev', bridge, 'parent', parent, 'protocol', 'all', 'u32', 'match', 'u8', '0', '0', ...copies);
    try {
      await this.#run('tc', 'qdisc', 'replace', 'dev', bridge, 'root', 'handle', handle, 'htb');
      await this.#run('tc', 'qdisc', 'add', 'dev', bridge, 'ingress');
      await filter('ffff:');
      await filter(handle);
      // Frames between two VMs pass the bridge itself only when it listens to all.
      await this.#run('ip', 'link', 'set', 'dev', bridge, 'promisc', 'on');
    } catch (error) {
      await this.#clear(bridge);
      if (!(error instanceof CommandError)) throw error;
      throw new VdsmError(errorCode.general, `The kernel of this host can't copy frames of ${bridge}: ${error.message}`, { cause: error });
    }
  }

  async #isMarked(bridge: string): Promise<boolean> {
    return (await this.#run('tc', 'qdisc', 'show', 'dev', bridge).catch(() => '')).includes(` ${handle} `);
  }

  async #clear(bridge: string): Promise<void> {
    if (!(await this.#isMarked(bridge))) return;
    for (const command of [
      ['tc', 'qdisc', 'delete', 'dev', bridge, 'ingress'],
      ['tc', 'qdisc', 'delete', 'dev', bridge, 'root'],
      ['ip', 'link', 'set', 'dev', bridge, 'promisc', 'off'],
    ])
      await this.#run(...command).catch(() => '');
  }

  async #run(...argv: string[]): Promise<string> {
    return (await runCommand([...this.#prefix, ...argv], { timeoutMs })).stdout;
  }
}
