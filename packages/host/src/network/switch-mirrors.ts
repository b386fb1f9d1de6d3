import { VdsmError } from '@virgate/vdsm';
import { CommandError } from '../command.ts';
import { errorCode } from '../verb.ts';
import type { OpenVSwitch } from './open-vswitch.ts';

/** A NIC of a VM that gets copies of all frames of a network on Open vSwitch. */
export interface SwitchWatcher {
  bridge: string;
  /** VLAN of the network; undefined for frames without a tag. */
  tag: number | undefined;
  /** The device of the host behind the NIC. */
  device: string;
}

/** The VLAN of frames without a tag. Source: Open vSwitch, schema, Mirror. */
const untagged = 0;

/** The transaction that makes exactly these watchers get copies, on these bridges. Pure. */
export function mirrorCommands(bridges: readonly string[], watchers: readonly SwitchWatcher[]): string[] {
  const cleared = bridges.map((bridge) => ['--', 'clear', 'Bridge', bridge, 'mirrors']);
  const made = watchers.flatMap(({ bridge, tag, device }, at) => [
    ['--', `--id=@port${at}`, 'get', 'Port', device],
    [
      '--',
      `--id=@mirror${at}`,
      'create',
      'Mirror',
      `name=${device}`,
      'select_all=true',
      `select_vlan=${tag ?? untagged}`,
      `output_port=@port${at}`,
    ],
    ['--', 'add', 'Bridge', bridge, 'mirrors', `@mirror${at}`],
  ]);
  return [...cleared, ...made].flat();
}

/** Copies of all frames of networks on Open vSwitch, by its mirrors. A NIC that gets copies gets nothing else, and what it sends is dropped. */
export class SwitchMirrors {
  readonly #openVSwitch: OpenVSwitch;
  /** What was made so; undefined while nobody has looked, as an agent before this one may have left some. */
  #known: string | undefined;

  constructor(openVSwitch: OpenVSwitch) {
    this.#openVSwitch = openVSwitch;
  }

  /**
   * Makes exactly these watchers get copies.
   * @param bridges those of the agent
   * @throws VdsmError 100 when Open vSwitch refuses
   */
  async settle(bridges: readonly string[], watchers: readonly SwitchWatcher[]): Promise<void> {
    if (bridges.length === 0) {
      this.#known = undefined;
      return;
    }
    const sorted = watchers.toSorted((a, b) => a.device.localeCompare(b.device));
    const wanted = JSON.stringify([bridges, sorted]);
    if (this.#known === wanted) return;
    try {
      await this.#openVSwitch.run(mirrorCommands(bridges, sorted));
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      throw new VdsmError(errorCode.general, `Open vSwitch can't copy frames: ${error.message}`, { cause: error });
    }
    this.#known = wanted;
  }
}
