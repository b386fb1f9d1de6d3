// Needs: browser
// Budget: 200 s
/** Every page, in every state, and the dialogs: against WCAG 2.2 A and AA as far as a program can tell, in both themes and two languages. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, suite, test } from 'node:test';
import type { Browser, BrowserContextOptions, Locator, Page, Request } from 'playwright-core';
import { buildPortal } from '../../build.ts';
import { events } from '../events/kind.ts';
import type { ActionDescription, Kind } from '../kinds/kind.ts';
import { kindPlaces } from '../kinds/registry.ts';
import { en } from '../text/en.ts';
import { vms } from '../vms/kind.ts';
import { Axe, told } from './axe.ts';
import type { Violation } from './axe.ts';
import { complaintsOf, launchBrowser } from './browser.ts';
import { EngineDouble } from './engine.ts';
import type { Answer, Intercept } from './engine.ts';
import { full, isAsked, nothing, streams } from './full-answers.ts';
import { sampleId, sampleOf } from './samples.ts';

const kinds: readonly Kind[] = [vms, ...(await Promise.all(kindPlaces.map((place) => place.load()))), events];
/** Pages that are not built from descriptions. */
const ownPages: readonly string[] = ['/dashboard', '/reports', '/reports/usage', '/reports/query', '/account'];
const everyPage = [...kinds.map((kind) => [kind.path, kind] as const), ...ownPages.map((path) => [path, undefined] as const)];
const longestMs = 20_000;
const viewport = { width: 1400, height: 900 };
const portalPath = '/ovirt-engine/webadmin';
/** Where the details of an object stand, and a dialog. */
const panel = '.vg-page__split > .pf-v6-c-drawer__main > .pf-v6-c-drawer__panel';
const dialog = '[role=dialog]';
const content = '#content';

/** A page that is walked through, and what was found on the way. */
class Walk {
  readonly page: Page;
  readonly complaints: string[];
  readonly found: Violation[] = [];
  readonly #axe: Axe;
  readonly #base: string;
  readonly #pending = new Set<Request>();

  private constructor(page: Page, axe: Axe, base: string) {
    this.page = page;
    this.#axe = axe;
    this.#base = base;
    this.complaints = complaintsOf(page);
    page.on('request', (request) => {
      if (!streams.test(request.url())) this.#pending.add(request);
    });
    const forget = (request: Request): unknown => this.#pending.delete(request);
    page.on('requestfinished', forget);
    page.on('requestfailed', forget);
  }

  /** A page of a browser's window of its own, with a session. */
  static async in(browser: Browser, base: string, more: BrowserContextOptions = {}): Promise<Walk> {
    const context = await browser.newContext({ viewport, reducedMotion: 'reduce', colorScheme: 'light', ...more });
    await context.addCookies([{ name: 'session', value: '1', url: base }]);
    const page = await context.newPage();
    page.setDefaultTimeout(longestMs);
    return new Walk(page, await Axe.on(page), base);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  /** Loads the page anew: whatever was read before is forgotten. */
  async load(path: string): Promise<void> {
    await this.page.goto(this.#base + portalPath + path);
    // Colours are looked at where they come to rest.
    await this.page.addStyleTag({ content: '*, ::before, ::after { transition: none !important; animation: none !important }' });
  }

  /** Leads the application to another address, as a link in it does, and waits until everything is shown. */
  async go(path: string): Promise<void> {
    await this.lead(path);
    await this.settle();
  }

  async lead(path: string): Promise<void> {
    await this.page.evaluate((to) => history.pushState(null, '', to), portalPath + path);
  }

  /** Opens the first object of a list. @returns its address */
  async openFirst(kind: Kind): Promise<string> {
    await this.go(kind.path);
    await this.page.locator('[role=row][aria-rowindex="2"]').click();
    await this.page.locator(panel).waitFor();
    await this.settle();
    return new URL(this.page.url()).pathname.slice(portalPath.length);
  }

  /** Waits until everything that was asked for is shown. */
  async settle(): Promise<void> {
    const until = Date.now() + longestMs;
    for (let calm = 0; calm < 2;) {
      const loads = await this.#loads();
      calm = this.#pending.size === 0 && !loads ? calm + 1 : 0;
      const awaited = loads ? 'it loads' : [...this.#pending].map((request) => request.url()).join(', ');
      assert.ok(Date.now() < until, `${this.page.url()} does not come to rest: ${awaited}`);
    }
  }

  async #loads(): Promise<boolean> {
    return await this.page.evaluate(async () => {
      await new Promise((drawn) => requestAnimationFrame(drawn));
      return document.querySelector('.vg-loading, .vg-waiting, .vg-grid__row--waiting') !== null;
    });
  }

  /** Looks at the page, or a part of it, in the light theme and at its colours in the dark one. */
  async look(place: string, within?: string): Promise<void> {
    await this.glance(place, within);
    await this.page.emulateMedia({ colorScheme: 'dark' });
    this.found.push(...(await this.#axe.colourViolations(`${place} (dark)`, within)));
    await this.page.emulateMedia({ colorScheme: 'light' });
  }

  /** The same in the light theme alone. */
  async glance(place: string, within?: string): Promise<void> {
    this.found.push(...(await this.#axe.violations(place, within)));
  }
}

suite('accessibility of the portal', () => {
  let browser: Browser;
  let engine: EngineDouble;
  let base: string;

  before(async () => {
    await buildPortal();
    browser = await launchBrowser();
    engine = new EngineDouble();
    base = await engine.start();
  });
  after(async () => {
    await browser?.close();
    await engine?.stop();
  });
  beforeEach(() => {
    // Rows of long lists are the contract's objects, not as the API spells them.
    engine.collections['vms'] = Array.from({ length: 12 }, (_, n) => sampleOf('Vm', n));
    engine.collections['disks'] = Array.from({ length: 6 }, (_, n) => sampleOf('Disk', n));
    engine.statistics = ['Vm', 'Host'].flatMap((type) =>
      [30, 80, 95].map((percent, n) => ({
        type: type.toLowerCase(),
        id: sampleId(type, n),
        cpuPercent: percent,
        memoryPercent: percent,
        networkPercent: percent,
      })),
    );
    engine.intercept = full;
    engine.administrator = true;
    engine.sessionOpen = true;
  });

  /** Walks through places on two pages at once, which is as many as the usual machine has processors; all that was found fails together. */
  async function through<T>(
    places: readonly T[],
    each: (walk: Walk, place: T) => Promise<void>,
    { answers, ...more }: BrowserContextOptions & { answers?: Intercept } = {},
  ): Promise<void> {
    engine.intercept = full;
    const pages = await Promise.all([Walk.in(browser, base, more), Walk.in(browser, base, more)]);
    for (const walk of pages) {
      await walk.load('/nowhere');
      await walk.settle();
    }
    if (answers !== undefined) engine.intercept = answers;
    const left = [...places];
    const one = async (walk: Walk): Promise<Walk> => {
      for (let place = left.shift(); place !== undefined; place = left.shift()) await each(walk, place);
      await walk.close();
      return walk;
    };
    const walks = await Promise.all(pages.map(one));
    assert.equal(told(walks.flatMap(({ found }) => found)), '');
    assert.deepEqual(
      walks.flatMap(({ complaints }) => complaints),
      [],
    );
  }

  test('axe sees what is wrong with a page under the content policy of the portal, in both themes', async () => {
    const walk = await Walk.in(browser, base);
    await walk.load('/account');
    await walk.settle();
    await walk.page.evaluate(() => {
      const picture = document.createElement('img');
      picture.src = '/ovirt-engine/portal/none.svg';
      const pale = document.createElement('p');
      pale.textContent = 'Hardly to be read';
      pale.style.cssText = 'color: #808080; background: #707070';
      document.querySelector('main')?.append(picture, pale);
    });
    await walk.look('spoilt');
    await walk.close();
    assert.deepEqual(walk.found.map(({ rule, place }) => `${rule} ${place}`).sort(), [
      'color-contrast spoilt',
      'color-contrast spoilt (dark)',
      'image-alt spoilt',
    ]);
  });

  test('the sign-in page: at first, with nothing entered, and refused', async () => {
    engine.sessionOpen = false;
    const walk = await Walk.in(browser, base);
    const { page } = walk;
    await walk.load('/vms');
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await walk.look('sign-in');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Enter a user name.').waitFor();
    await walk.look('sign-in, nothing entered');
    await page.getByRole('textbox', { name: 'User name' }).fill('admin@internal');
    await page.getByLabel('Password').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await walk.look('sign-in, refused');
    await walk.close();
    assert.equal(told(walk.found), '');
  });

  test('pages that are not lists', async () => {
    await through(ownPages, async (walk, path) => {
      await walk.go(path);
      await walk.look(path);
    });
  });

  test('every list, and every tab of its objects', async () => {
    await through(kinds, async (walk, kind) => {
      await walk.go(kind.path);
      await walk.look(kind.path);
      const address = await walk.openFirst(kind);
      // Tabs are made of facts and tables: between them the first ones have every colour that others have.
      for (const [index, { key }] of kind.tabs.entries()) {
        await walk.go(`${address}?tab=${key}`);
        await (index < 2 ? walk.look(`${kind.path} tab ${key}`, panel) : walk.glance(`${kind.path} tab ${key}`, panel));
      }
    });
  });

  test('what every page says while it loads, when there is nothing, and when the engine fails or refuses it', async () => {
    const refusing = (status: number): Intercept => {
      return (_, path) => (isAsked(path) ? [status, { reason: 'Operation Failed', detail: '[It is not so.]' }] : undefined);
    };
    const alert = (page: Page, words: string): Locator => page.locator(content).getByRole('alert').getByText(words);
    let end = (): void => undefined;
    const ended = new Promise<Answer>((resolve) => (end = () => resolve([500])));
    const states: Readonly<Record<string, { answers: Intercept; told: (page: Page, kind: Kind | undefined) => Locator }>> = {
      loading: {
        answers: (_, path) => (isAsked(path) ? ended : undefined),
        told: (page) => page.locator(content).getByRole('status').getByText(en.loading),
      },
      empty: {
        answers: nothing,
        told: (page, kind) => page.locator(content).getByRole('heading', kind === undefined ? { level: 1 } : { level: 2 }),
      },
      failed: { answers: refusing(500), told: (page) => alert(page, en['fault.500']) },
      refused: { answers: refusing(403), told: (page) => alert(page, en['fault.403']) },
    };
    for (const [state, { answers, told }] of Object.entries(states)) {
      await through(
        everyPage,
        async (walk, [path, kind]) => {
          await walk.lead(path);
          await told(walk.page, kind)
            .first()
            .waitFor()
            .catch((cause: unknown) => assert.fail(`${path} does not tell that it is ${state}: ${String(cause)}`));
          await walk.glance(`${path} ${state}`, content);
        },
        { answers },
      );
    }
    end();
  });

  test('what lies over every page: alerts, events, jobs, the palette and the account menu', async () => {
    const walk = await Walk.in(browser, base);
    const { page } = walk;
    const press = async (name: RegExp): Promise<void> => {
      await page.getByRole('button', { name }).click();
      await walk.settle();
    };
    await walk.load('/clusters');
    await walk.settle();
    await press(/^Alerts and events/);
    await page.getByRole('list', { name: 'Alerts' }).waitFor();
    await walk.look('alerts');
    await page.getByRole('tab', { name: /^Events/ }).click();
    await page.getByRole('list', { name: 'Events' }).waitFor();
    await walk.look('events in the drawer');
    await press(/^Jobs/);
    await page.locator('.vg-job__head').first().click();
    await walk.settle();
    await walk.look('jobs');
    await page.keyboard.press('Control+k');
    await page.getByRole('option').first().waitFor();
    await walk.look('palette', dialog);
    await page.keyboard.press('Escape');
    await press(/^Account of/);
    await walk.look('account menu');
    await walk.close();
    assert.equal(told(walk.found), '');
    assert.deepEqual(walk.complaints, []);
  });

  test('what is for administrators, told to others', async () => {
    engine.administrator = false;
    await through(['/hosts', '/dashboard', '/vms'], async (walk, path) => {
      await walk.go(path);
      await walk.look(`${path} of a user`);
    });
  });

  test('every list with an object in German, in a small window', async () => {
    await through(
      [...kinds.map(({ path }) => path), ...ownPages],
      async (walk, path) => {
        await walk.go(path);
        await walk.glance(`${path} in German`);
      },
      { locale: 'de-DE', viewport: { width: 1024, height: 700 } },
    );
  });

  test('the dialogs of every list and its objects, with all their side tabs', async () => {
    /** Side tabs that were looked at: several dialogs have the same. */
    const seen = new Set<string>();
    await through(kinds, async (walk, kind) => {
      const { page } = walk;
      const asking = (action: ActionDescription): boolean => action.form !== undefined || action.dialog !== undefined;
      const { adds = [], actions = [] } = kind;
      const confirmed = actions.find(({ confirm }) => confirm !== undefined);
      const open = async (address: string, { key, form }: Pick<ActionDescription, 'key' | 'form'>): Promise<void> => {
        const place = `${kind.path} dialog ${key}`;
        await walk.go(`${address}?dialog=${key}`);
        await page.getByRole('dialog').waitFor();
        await walk.settle();
        // Forms are made of the same controls: colours of the others are those of the first.
        await (form === undefined || address === kind.path ? walk.look(place, dialog) : walk.glance(place, dialog));
        if (form?.tabs.some((tab) => tab.advanced === true) === true) await page.getByRole('switch').press('Space');
        for (const tab of form?.tabs.slice(1) ?? []) {
          const fields = tab.fields.map(({ label, control }) => `${label} ${control.kind}`).join();
          if (seen.has(fields)) continue;
          seen.add(fields);
          await walk.go(`${address}?dialog=${key}&pane=${tab.label}`);
          await walk.glance(`${place} ${tab.label}`, dialog);
        }
      };
      await walk.go(kind.path);
      for (const action of adds.filter(asking)) await open(kind.path, action);
      if (kind === vms) await open(kind.path, { key: 'create' });
      const asked = [...actions.filter(asking), ...(confirmed === undefined ? [] : [confirmed])];
      if (asked.length === 0) return;
      const address = await walk.openFirst(kind);
      for (const action of asked) await open(address, action);
    });
  });
});
