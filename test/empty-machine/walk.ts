import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchChromium, PortalDriver } from '../portal-driver.ts';
import type { Endpoint } from '../portal-driver.ts';
import type { EmptyMachine } from './machine.ts';

/** What a user saw of a guest in the portal. */
export interface Seen {
  readonly changedPixels: number;
  readonly byThemselves: number;
  readonly picture: string;
}

/** A user's browser: it runs here, but in the machine's network, so that the address that `npm start` printed is meant literally. */
export class BrowserOfMachine implements AsyncDisposable {
  readonly #driver: PortalDriver;
  readonly #close: () => Promise<void>;
  readonly #pictures: string;

  private constructor(driver: PortalDriver, close: () => Promise<void>, pictures: string) {
    this.#driver = driver;
    this.#close = close;
    this.#pictures = pictures;
  }

  /** @param work takes a script and pictures */
  static async open(machine: EmptyMachine, endpoint: Endpoint, work: string): Promise<BrowserOfMachine> {
    const program = join(work, 'chromium');
    const prefix = machine.networkPrefix.map((word) => `'${word}'`).join(' ');
    writeFileSync(program, `#!/bin/sh\nexec ${prefix} '${process.env['CHROMIUM'] ?? '/usr/bin/chromium'}' "$@"\n`);
    chmodSync(program, 0o755);
    const browser = await launchChromium(program);
    try {
      const driver = await PortalDriver.open(browser, endpoint);
      return new BrowserOfMachine(driver, async () => browser.close(), work);
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  get portal(): PortalDriver {
    return this.#driver;
  }

  /** Types a line into a running guest's console and sees its screen change. */
  async useConsole(name: string, line: string): Promise<Seen> {
    await this.#driver.openConsole(name);
    const { changed, byItself } = await this.#driver.typeAndWatch(line);
    const picture = join(this.#pictures, `${name}-${Date.now()}.png`);
    await this.#driver.page.screenshot({ path: picture });
    await this.#driver.leaveConsole();
    if (changed <= byItself) throw new Error(`typing changed ${changed} pixels, waiting ${byItself}`);
    return { changedPixels: changed, byThemselves: byItself, picture };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}
