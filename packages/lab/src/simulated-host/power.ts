import { VdsmError } from '@virgate/vdsm';
import { failure, readText, type SimulatedVerb } from './parameters.ts';

/** What a management board can do with its host. */
export interface Powered {
  readonly address: string;
  powerOff(): Promise<void>;
  powerOn(): Promise<void>;
}

const user = 'admin';
const password = 'lab123';
const failed = 1;

/**
 * The management boards of hosts: each at its host's address, with user `admin` and password `lab123`. A board that was wired wrong
 * switches another host, and says what it was told.
 */
export class SimulatedPower {
  readonly #hosts = new Map<string, Powered>();
  readonly #off = new Set<string>();
  readonly #wiring = new Map<string, string>();

  register(host: Powered): void {
    this.#hosts.set(host.address, host);
  }

  /** From now on the board at an address switches the host at another one; at none when that is unknown. */
  wire(board: string, host: string): void {
    this.#wiring.set(board, host);
  }

  isOn(address: string): boolean {
    return !this.#off.has(address);
  }

  async #switch(board: string, on: boolean): Promise<void> {
    if (this.#off.has(board) === !on) return;
    if (on) this.#off.delete(board);
    else this.#off.add(board);
    const host = this.#hosts.get(this.#wiring.get(board) ?? board);
    await (on ? host?.powerOn() : host?.powerOff());
  }

  /** The verb of any host that shares these boards. */
  readonly fenceNode: SimulatedVerb = async (params) => {
    const board = readText(params, 'addr');
    if (readText(params, 'agent') !== 'ipmilan') throw failure('UnsupportedFenceAgent', 'there is no such fence agent');
    if (!this.#hosts.has(board) || readText(params, 'username') !== user || readText(params, 'password') !== password)
      throw new VdsmError(failed, 'the management board does not answer, or refuses the password');
    const action = readText(params, 'action');
    if (action === 'status') return { power: this.isOn(board) ? 'on' : 'off' };
    if (action !== 'on') await this.#switch(board, false);
    if (action !== 'off') await this.#switch(board, true);
    return { operationStatus: 'initiated', power: 'unknown' };
  };
}
