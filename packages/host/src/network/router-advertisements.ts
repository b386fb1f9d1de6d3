import { VdsmError } from '@virgate/vdsm';
import { CommandError, runCommand } from '../command.ts';
import { networkErrorCode } from './configuration.ts';

const timeoutMs = 10_000;
/** Takes advertisements also on a host that forwards packets. Source: Linux, ip-sysctl, accept_ra. */
const accepts = '2';

/** Devices that get IPv6 addresses by what routers advertise. */
export class RouterAdvertisements {
  readonly #prefix: readonly string[];

  /** @param prefix stands before every command, for a network namespace */
  constructor(prefix: readonly string[]) {
    this.#prefix = prefix;
  }

  /**
   * Makes a device take what routers advertise, or take it no more. Devices that nobody asked anything of keep what the kernel
   * gave them.
   *
   * @param wanted undefined when it shall not; else whether its addresses come so, and whether also the default route
   * @throws VdsmError 29 when the kernel has no IPv6
   */
  async settle(device: string, wanted: { defaultRoute: boolean; addresses: boolean } | undefined): Promise<void> {
    const key = (name: string): string => `net/ipv6/conf/${device}/${name}`;
    const known = await this.#run('sysctl', '-n', key('accept_ra')).catch((error: unknown) => {
      if (wanted !== undefined && error instanceof CommandError)
        throw new VdsmError(networkErrorCode.failedInterfaceUp, `The kernel of this host has no IPv6 for ${device}: ${error.message}`);
      return '';
    });
    if (wanted === undefined) {
      if (known !== accepts) return;
      await this.#run('sysctl', '-q', '-w', `${key('accept_ra')}=0`, `${key('autoconf')}=0`);
      await this.#run('ip', '-6', 'address', 'flush', 'dev', device, 'dynamic');
      return;
    }
    const settings = [
      `${key('accept_ra')}=${accepts}`,
      `${key('autoconf')}=${wanted.addresses ? 1 : 0}`,
      `${key('accept_ra_defrtr')}=${wanted.defaultRoute ? 1 : 0}`,
    ];
    // Only a device on which IPv6 begins asks routers at once.
    const begin = known === accepts ? [] : [`${key('disable_ipv6')}=1`];
    await this.#run('sysctl', '-q', '-w', ...begin, ...settings, `${key('disable_ipv6')}=0`);
  }

  async #run(...argv: string[]): Promise<string> {
    return (await runCommand([...this.#prefix, ...argv], { timeoutMs })).stdout.trim();
  }
}
