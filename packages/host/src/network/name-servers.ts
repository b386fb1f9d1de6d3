import { lstat, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VdsmError } from '@virgate/vdsm';
import { networkErrorCode } from './configuration.ts';

/** A resolver's file that asks these servers: everything else in it stays. Pure. */
export function withNameServers(text: string, servers: readonly string[]): string {
  const rest = text.split('\n').filter((line) => !/^\s*nameserver\s/.test(line));
  while (rest.at(-1) === '') rest.pop();
  return [...servers.map((server) => `nameserver ${server}`), ...rest, ''].join('\n');
}

/** The name servers of the host: those of its networks, or what it had before any network brought some. */
export class NameServers {
  readonly #file: string;
  readonly #before: string;

  /** @param folder where what the host had before is kept */
  constructor(folder: string, file: string) {
    this.#file = file;
    this.#before = join(folder, 'resolv.conf.before');
  }

  /** @throws VdsmError 29 when another program writes the file */
  async check(): Promise<void> {
    const found = await lstat(this.#file).catch(() => undefined);
    if (found?.isSymbolicLink())
      throw new VdsmError(
        networkErrorCode.failedInterfaceUp,
        `The name servers of this host are another program's: ${this.#file} is a link`,
      );
  }

  /** Makes the host ask these servers; none of them is what it had before. */
  async settle(servers: readonly string[]): Promise<void> {
    const before = await readFile(this.#before, 'utf8').catch(() => undefined);
    if (servers.length === 0) {
      if (before === undefined) return;
      await writeFile(this.#file, before);
      await rm(this.#before, { force: true });
      return;
    }
    const now = await readFile(this.#file, 'utf8').catch(() => '');
    if (before === undefined) {
      await mkdir(join(this.#before, '..'), { recursive: true, mode: 0o700 });
      await writeFile(this.#before, now, { flush: true });
    }
    const wanted = withNameServers(now, servers);
    // In place: where the file is mounted into a container it can't be replaced.
    if (wanted !== now) await writeFile(this.#file, wanted);
  }
}
