import { chromium } from 'playwright-core';
import type { Browser, Locator, Page } from 'playwright-core';

/** A running installation, as its `endpoint.json` tells it. */
export interface Endpoint {
  url: string;
  username: string;
  password: string;
}

/** Longest waits of the walk: guests on an emulated processor take minutes to boot. */
export interface WalkLimits {
  pageMs: number;
  creationMs: number;
  bootMs: number;
}

export const defaultWalkLimits: WalkLimits = { pageMs: 30_000, creationMs: 120_000, bootMs: 300_000 };

/** Pixels beyond the blinking of a cursor that a typed line must change. */
const leastChangedPixels = 200;

/** Starts a browser that nobody sees and that looks for nothing but the pages it is told to open. */
export function launchChromium(executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A user before the portal: knows pages by roles and names only. */
export class PortalDriver {
  readonly page: Page;
  readonly #endpoint: Endpoint;
  readonly #limits: WalkLimits;

  constructor(page: Page, endpoint: Endpoint, limits: WalkLimits = defaultWalkLimits) {
    this.page = page;
    this.#endpoint = endpoint;
    this.#limits = limits;
    page.setDefaultTimeout(limits.pageMs);
  }

  /** A page of its own; the engine's certificate is from its own authority, which browsers don't know. */
  static async open(browser: Browser, endpoint: Endpoint, limits?: WalkLimits): Promise<PortalDriver> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ignoreHTTPSErrors: true });
    return new PortalDriver(await context.newPage(), endpoint, limits);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  async signIn(): Promise<void> {
    await this.page.goto(new URL('/ovirt-engine/webadmin/vms', this.#endpoint.url).href);
    await this.page.getByRole('textbox', { name: 'User name' }).fill(this.#endpoint.username);
    await this.page.getByLabel('Password').fill(this.#endpoint.password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await this.page.getByRole('navigation', { name: 'Main' }).waitFor();
  }

  /** Row of a virtual machine in the list, in the given status when one is given (`Up`, `Image locked`). */
  row(name: string, status = ''): Locator {
    return this.page.getByRole('row', { name: new RegExp(`^${name} ${status}`) });
  }

  /** Makes a VM from a template; resolves when it is in the list with its disks made. */
  async createVm(name: string, template: string): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Virtual machines' }).click();
    await this.page.getByRole('button', { name: 'Create virtual machine' }).first().click();
    const dialog = this.page.getByRole('dialog', { name: 'Create a virtual machine' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
    await dialog.getByRole('combobox', { name: 'Template' }).selectOption({ label: template });
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    await this.row(name, 'Down').waitFor({ timeout: this.#limits.creationMs });
  }

  /** Presses an action beside the VM's details. */
  async act(name: string, action: string): Promise<void> {
    await this.row(name).click();
    await this.page
      .getByRole('toolbar', { name: `Actions for ${name}` })
      .getByRole('button', { name: action, exact: true })
      .click();
  }

  async start(name: string): Promise<void> {
    await this.act(name, 'Start');
    await this.row(name, 'Up').waitFor({ timeout: this.#limits.bootMs });
  }

  async powerOff(name: string): Promise<void> {
    await this.act(name, 'Power off');
    await this.page.getByRole('dialog').getByRole('button', { name: 'Power off' }).click();
    await this.row(name, 'Down').waitFor({ timeout: this.#limits.creationMs });
  }

  async remove(name: string): Promise<void> {
    await this.act(name, 'Remove');
    await this.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await this.row(name).waitFor({ state: 'detached', timeout: this.#limits.creationMs });
  }

  /** Opens the guest's screen; resolves when it is connected. */
  async openConsole(name: string): Promise<void> {
    await this.act(name, 'Console');
    await this.page.locator('[role=application][data-state=connected] canvas').waitFor();
  }

  /** Opens the guest's serial port, types a line and waits until the guest answers with a text that was not typed. */
  async typeAtSerialConsole(name: string, line: string, answer: string): Promise<void> {
    await this.act(name, 'Serial console');
    const terminal = this.page.locator('[role=application][data-state=connected]');
    await terminal.waitFor();
    await terminal.click();
    await this.page.keyboard.type(line, { delay: 20 });
    await this.page.keyboard.press('Enter');
    await terminal.getByText(answer).first().waitFor();
    await this.leaveConsole();
  }

  async leaveConsole(): Promise<void> {
    await this.page.getByRole('link', { name: 'Back to the list' }).click();
  }

  /**
   * Types a line into the guest and waits until its screen shows it.
   * @returns how many pixels changed, and how many change by themselves (a cursor blinks)
   */
  async typeAndWatch(line: string): Promise<{ changed: number; byItself: number }> {
    const canvas = this.page.locator('[role=application] canvas');
    const before = await this.#settledScreen();
    await canvas.click();
    await this.page.keyboard.type(line, { delay: 60 });
    await this.page.keyboard.press('Enter');
    let changed = 0;
    for (let look = 0; look < 40; look += 1) {
      changed = Math.max(changed, await this.#changedPixels());
      if (changed > before + leastChangedPixels) return { changed, byItself: before };
      await this.page.waitForTimeout(250);
    }
    throw new Error(`typing changed ${changed} pixels of the guest's screen, of which ${before} change by themselves`);
  }

  /** Waits until the guest draws nothing but its cursor, and keeps that picture in the page; gives how much still moves. */
  async #settledScreen(): Promise<number> {
    const quietLooks = 8;
    for (let look = 0, quiet = 0, most = 0; look < (this.#limits.bootMs * 4) / 1000; look += 1) {
      const moved = await this.#changedPixels(quiet === 0);
      quiet = moved > leastChangedPixels ? 0 : quiet + 1;
      most = quiet <= 1 ? 0 : Math.max(most, moved);
      if (quiet > quietLooks) return most;
      await this.page.waitForTimeout(250);
    }
    throw new Error("the guest's screen did not come to rest");
  }

  /** Pixels that differ from the picture kept in the page; `keep` keeps the present one after counting. */
  #changedPixels(keep = false): Promise<number> {
    return this.page.locator('[role=application] canvas').evaluate((element, keepIt) => {
      const canvas = element as HTMLCanvasElement & { kept?: ImageData };
      const now = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height);
      if (now === undefined) throw new Error('the screen has no picture');
      const { kept } = canvas;
      let changed = kept === undefined || kept.data.length !== now.data.length ? now.width * now.height : 0;
      if (kept !== undefined && changed === 0) {
        for (let at = 0; at < now.data.length; at += 4) {
          if (now.data[at] !== kept.data[at] || now.data[at + 1] !== kept.data[at + 1] || now.data[at + 2] !== kept.data[at + 2])
            changed += 1;
        }
      }
      if (keepIt || changed === now.width * now.height) canvas.kept = now;
      return changed;
    }, keep);
  }
}
