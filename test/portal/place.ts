import { en, type TextKey } from '@virgate/portal/text';
import type { Locator, Page } from 'playwright-core';
import { eventually } from '../engine/installation.ts';

/** A text of the catalogue, as the page says it. */
export const text = (key: TextKey, values: Readonly<Record<string, string | number>> = {}): string =>
  en[key]
    .replaceAll(/\{(\w+), plural, one \{([^}]*)\} other \{([^}]*)\}\}/g, (_, name: string, one: string, other: string) =>
      (values[name] === 1 ? one : other).replaceAll('#', String(values[name])),
    )
    .replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
/** Words without the breaks of their layout. */
export const plain = (words: string | null | undefined): string => (words ?? '').replaceAll(/\s+/g, ' ').trim();
const escaped = (words: string): string => words.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** A pattern for exactly these words. */
export const exactly = (words: string): RegExp => new RegExp(`^\\s*${escaped(words)}\\s*$`);
/** A pattern for what begins with these words. */
export const beginsWith = (words: string): RegExp => new RegExp(`^\\s*${escaped(words)}`);

/** Time for a dialog to come or go, and for one request of the walk itself. */
export const dialogMs = 10_000;
/** Time for what the page shows to follow a change, before it is loaded anew. */
const settleMs = 1_500;
/** Time for what is loaded to be shown. */
export const shownMs = 3_000;

/** A request that the page sent to change something, with what was answered. */
export interface Written {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Values that it carried, in its address and its body, each with its name. */
  readonly values: readonly (readonly [name: string, value: string])[];
}

function bodyOf(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}

/** All values of a body, each with the name that is nearest to it. */
function leavesOf(name: string, value: unknown): (readonly [string, string])[] {
  if (Array.isArray(value)) return value.flatMap((one) => leavesOf(name, one));
  if (typeof value === 'object' && value !== null) return Object.entries(value).flatMap(([own, one]) => leavesOf(own, one));
  return value === null || value === undefined ? [] : [[name, String(value)]];
}

/** What is asked of the portal's router, which stands in the page under a name of its own. */
interface Router {
  readonly state: { readonly resolvedLocation?: { readonly publicHref: string } };
}

/** The application in its page: places are gone to as links of it do, and loaded anew where that does not suffice. */
export class Place {
  readonly page: Page;
  readonly #base: string;
  /** What was sent since it was last emptied. */
  written: Written[] = [];
  /** The application stands, and nothing in it is left half done: places are reached within it. */
  #standing = false;
  /** The place was reached within the application: what it shows may still have to follow. */
  #within = false;

  constructor(page: Page, baseUrl: string) {
    this.page = page;
    this.#base = baseUrl;
    page.on('response', (response) => {
      const method = response.request().method();
      const { pathname, searchParams } = new URL(response.url());
      if (method !== 'GET' && /^\/(ovirt-engine\/api|virgate\/api)\//.test(pathname))
        this.written.push({
          method,
          path: pathname,
          status: response.status(),
          values: [...searchParams, ...leavesOf('', bodyOf(response.request().postData()))],
        });
    });
  }

  /** The next place is loaded, whatever stands now. */
  spoil(): void {
    this.#standing = false;
  }

  /** Goes to a place; loads it when the application doesn't stand, or something in it stands open. */
  async open(path: string): Promise<void> {
    const address = `/ovirt-engine/webadmin${path}`;
    this.#within = this.#standing && (await this.page.getByRole('dialog').count()) === 0 && (await this.#follow(address));
    if (!this.#within) await this.page.goto(this.#base + address);
    await this.page.getByRole('heading', { level: 1 }).waitFor();
    this.#standing = true;
  }

  /** Goes to an address within the application, and waits until its router has shown it. @returns false when it did not come to that */
  async #follow(address: string): Promise<boolean> {
    await this.page.evaluate((to) => history.pushState(null, '', to), address);
    const shows = (to: string): boolean => (Reflect.get(globalThis, '__TSR_ROUTER__') as Router).state.resolvedLocation?.publicHref === to;
    return await this.page.waitForFunction(shows, address, { timeout: shownMs }).then(
      () => true,
      () => false,
    );
  }

  /** Loads the place that is shown anew. */
  async #reload(): Promise<void> {
    await this.page.reload();
    await this.page.getByRole('heading', { level: 1 }).waitFor();
    this.#within = false;
  }

  /** Waits for something to be shown, and looks once more at the place loaded anew when it is not. */
  async shown(what: Locator): Promise<void> {
    if (!this.#within) return await what.waitFor();
    try {
      await what.waitFor({ timeout: shownMs });
    } catch {
      await this.#reload();
      await what.waitFor();
    }
  }

  /** Whether a cell comes to show one of the texts that are expected, be it after loading anew; else what it shows. */
  async shows(
    cell: Locator,
    expected: () => Promise<readonly string[]>,
  ): Promise<true | { readonly instead: string; readonly wanted: readonly string[] }> {
    let instead = '';
    let wanted: readonly string[] = [];
    const same = (ms: number): Promise<boolean> =>
      eventually(
        'a cell shows what the API says',
        async () => {
          instead = plain(await cell.innerText({ timeout: 1_000 }).catch(() => ''));
          wanted = await expected();
          return wanted.some((one) => instead === plain(one));
        },
        ms,
      ).catch(() => false);
    if (await same(this.#within ? settleMs : shownMs)) return true;
    if (!this.#within) return { instead, wanted };
    await this.#reload();
    return (await same(shownMs)) ? true : { instead, wanted };
  }

  /** What the newest notice says. */
  async said(): Promise<string> {
    const alert = this.page.locator('.pf-v6-c-alert').last();
    return await alert.innerText({ timeout: 2_000 }).then(
      (words) => `: ${plain(words)}`,
      () => '',
    );
  }
}
