// Needs: browser
// Budget: 70 s
/** What hands without a pointer and eyes without a screen need of the portal: where the focus is, where it goes, and how it comes back. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, suite, test } from 'node:test';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { buildPortal } from '../../build.ts';
import { complaintsOf, launchBrowser } from './browser.ts';
import { EngineDouble } from './engine.ts';
import { full } from './full-answers.ts';
import { sampleOf } from './samples.ts';

/** More stops than any dialog has. */
const mostStops = 80;

suite('the portal by keys', () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let engine: EngineDouble;
  let base: string;
  let complaints: string[];

  before(async () => {
    await buildPortal();
    browser = await launchBrowser();
  });
  after(() => browser?.close());
  beforeEach(async () => {
    engine = new EngineDouble();
    engine.collections['vms'] = Array.from({ length: 40 }, (_, n) => sampleOf('Vm', n));
    engine.intercept = full;
    engine.sessionOpen = true;
    base = await engine.start();
    context = await browser.newContext({ viewport: { width: 1400, height: 800 }, reducedMotion: 'reduce' });
    await context.addCookies([{ name: 'session', value: '1', url: base }]);
    page = await context.newPage();
    page.setDefaultTimeout(20_000);
    complaints = complaintsOf(page);
  });
  afterEach(async () => {
    await context.close();
    await engine.stop();
    assert.deepEqual(complaints, []);
  });

  const open = async (path: string): Promise<void> => {
    await page.goto(`${base}/ovirt-engine/webadmin${path}`);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
  };
  const isFocused = async (place: Locator): Promise<boolean> => await place.evaluate((element) => element === document.activeElement);
  const focused = async (place: Locator, what: string): Promise<void> => {
    for (let tries = 0; !(await isFocused(place)); tries += 1) {
      const now = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200));
      assert.ok(tries < 40, `the focus is not on ${what} but on ${now ?? 'nothing'}`);
      await page.waitForTimeout(50);
    }
  };
  const grid = (): Locator => page.getByRole('grid', { name: 'Virtual machines' });

  /** Goes all the way round a dialog, both ways: the focus stays in it. */
  const keepsFocus = async (dialog: Locator): Promise<void> => {
    const within = (): Promise<boolean> => dialog.evaluate((element) => element.contains(document.activeElement));
    for (let tries = 0; !(await within()); tries += 1) {
      assert.ok(tries < 40, 'the focus goes into the dialog');
      await page.waitForTimeout(50);
    }
    for (const key of ['Tab', 'Shift+Tab']) {
      const seen = new Set<string>();
      for (let stop = 0; stop < mostStops; stop += 1) {
        await page.keyboard.press(key);
        assert.ok(await within(), `${key} stays in the dialog`);
        const at = await page.evaluate(() => {
          const all = [...document.querySelectorAll('*')];
          return String(all.indexOf(document.activeElement ?? document.body));
        });
        if (seen.has(at)) break;
        seen.add(at);
      }
      assert.ok(seen.size > 1 && seen.size < mostStops, `${key} goes round the dialog: ${seen.size} stops`);
    }
  };

  test('the first stop leads past the navigation into the page', async () => {
    await open('/vms');
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to content' });
    await focused(skip, 'the link past the navigation');
    assert.ok(await skip.isVisible());
    await page.keyboard.press('Enter');
    await focused(page.getByRole('main'), 'the page');
    await page.keyboard.press('Tab');
    assert.ok(await page.getByRole('main').evaluate((main) => main.contains(document.activeElement)), 'the next stop is in the page');
  });

  test('landmarks and headings: one banner, one main, named navigations, one heading of the page', async () => {
    for (const path of ['/vms', '/hosts', '/dashboard', '/reports', '/account', '/nowhere']) {
      await open(path);
      for (const role of ['banner', 'main'] as const) assert.equal(await page.getByRole(role).count(), 1, `${role} of ${path}`);
      assert.equal(await page.getByRole('navigation', { name: 'Main' }).count(), 1, `navigation of ${path}`);
      assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, `heading of ${path}`);
      assert.match(await page.title(), /Virgate/);
    }
  });

  test('a list is walked through by arrow keys, and tells which row it is at', async () => {
    await open('/vms');
    await page.getByRole('row', { name: /^vm-1 / }).waitFor();
    await grid().focus();
    const at = async (): Promise<string> =>
      await grid().evaluate((element) => document.getElementById(element.getAttribute('aria-activedescendant') ?? '')?.textContent ?? '');
    assert.match(await at(), /^vm-1\D/);
    for (const [key, name] of [
      ['ArrowDown', /^vm-2\D/],
      ['ArrowDown', /^vm-3\D/],
      ['ArrowUp', /^vm-2\D/],
      ['End', /^vm-40/],
      ['Home', /^vm-1\D/],
    ] as const) {
      await page.keyboard.press(key);
      for (let tries = 0; !name.test(await at()); tries += 1) {
        assert.ok(tries < 40, `${key} leads to ${await at()}`);
        await page.waitForTimeout(50);
      }
    }
    // The row whose place is told is in the page however far the pointer has scrolled.
    await page.mouse.move(600, 500);
    await page.mouse.wheel(0, 4000);
    await page.getByRole('row', { name: /^vm-40/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('row', { name: /^vm-2 / }).waitFor();
    assert.match(await at(), /^vm-2\D/);
  });

  test('details beside a list: opened by Enter, left by Escape or their button, and the focus is in the list again', async () => {
    await open('/vms');
    await page.getByRole('row', { name: /^vm-1 / }).waitFor();
    await grid().focus();
    await page.keyboard.press('Enter');
    const close = page.getByRole('button', { name: 'Close' });
    await close.waitFor();
    await focused(grid(), 'the list');
    await close.focus();
    await page.keyboard.press('Enter');
    await close.waitFor({ state: 'detached' });
    await focused(grid(), 'the list after the button');
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'General' }).focus();
    await page.keyboard.press('Escape');
    await close.waitFor({ state: 'detached' });
    await focused(grid(), 'the list after Escape');
  });

  for (const [what, path, opener, name] of [
    ['the short way to a machine', '/vms', 'Create virtual machine', 'Create a virtual machine'],
    ['a form', '/clusters', 'New', /cluster/i],
    ['the columns', '/vms', 'Columns', /^Columns/],
  ] as const)
    test(`${what}: the dialog keeps the focus, Escape closes it, the focus comes back`, async () => {
      await open(path);
      const button = page.getByRole('main').getByRole('button', { name: opener, exact: true }).first();
      await button.focus();
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog', { name });
      await dialog.waitFor();
      await keepsFocus(dialog);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await focused(button, 'what opened the dialog');
    });

  test('an action of a row by its menu: arrow keys choose, the dialog keeps the focus, and the list has it again', async () => {
    await open('/vms');
    await page.getByRole('row', { name: /^vm-1 / }).waitFor();
    await grid().focus();
    await page.keyboard.press('Shift+F10');
    const menu = page.getByRole('menu', { name: 'Actions for vm-1' });
    await menu.waitFor();
    await page.keyboard.press('Escape');
    await menu.waitFor({ state: 'detached' });
    await focused(grid(), 'the list after the menu');
    await page.keyboard.press('Shift+F10');
    await menu.getByRole('menuitem', { name: 'Edit' }).waitFor();
    for (let stop = 0; !(await isFocused(menu.getByRole('menuitem', { name: 'Edit', exact: true }))); stop += 1) {
      assert.ok(stop < mostStops, 'arrow keys lead to every action');
      await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: /vm-1/ });
    await dialog.waitFor();
    await keepsFocus(dialog);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await focused(grid(), 'the list after the dialog');
  });

  test('the jobs: opened and left by keys, and the focus is on their button again', async () => {
    await open('/vms');
    const button = page.getByRole('button', { name: /^Jobs/ });
    await button.focus();
    await page.keyboard.press('Enter');
    const drawer = page.getByRole('button', { name: 'Close' });
    await drawer.focus();
    await page.keyboard.press('Enter');
    await focused(button, 'the button of the jobs');
  });

  test('pages and objects by name: typed, chosen by arrow keys, gone to by Enter', async () => {
    engine.intercept = (method, path, body, parameters) => {
      if (path !== '/virgate/api/search') return full(method, path, body, parameters);
      const results = parameters.get('query') === 'Vms: name="*vm-7*"' ? [{ id: 'seven', name: 'vm-7' }] : [];
      return [200, { kind: 'vm', total: results.length, page: 1, results }];
    };
    await open('/hosts');
    const palette = page.getByRole('dialog', { name: 'Page or object by its name' });
    const field = palette.getByRole('combobox');
    const options = palette.getByRole('option');
    const chosen = palette.getByRole('option', { selected: true });
    await page.keyboard.press('Control+k');
    await focused(field, 'the field');
    const all = await options.count();
    assert.ok(all > 10, `${all} pages`);
    await page.keyboard.press('ArrowUp');
    assert.equal(await chosen.textContent(), await options.last().textContent(), 'up from the first leads to the last');
    await field.fill('clusters');
    await palette.getByRole('option', { name: 'Clusters' }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/clusters');
    await palette.waitFor({ state: 'detached' });

    const button = page.getByRole('button', { name: 'Go to a page or an object' });
    await button.focus();
    await page.keyboard.press('Enter');
    await field.fill('vm-7');
    await palette.getByRole('option', { name: 'vm-7 Virtual machines' }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/vms/seven');
    await page.keyboard.press('Control+k');
    await field.fill('"nothing"');
    await palette.getByText('Nothing is called so').waitFor();
    await page.keyboard.press('Escape');
    await palette.waitFor({ state: 'detached' });
    engine.administrator = false;
    await page.reload();
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await page.keyboard.press('Control+k');
    await options.first().waitFor();
    assert.ok((await options.count()) < all, 'users are led to their pages only');
  });

  test('alerts and events: counted while they are new, read by keys, and the focus is on their button again', async () => {
    const event = (id: number, severity: string, description: string) => ({
      id: String(id),
      severity,
      description,
      code: '1',
      time: '1767225600000',
    });
    engine.collections['events'] = [
      event(12, 'alert', 'A host is silent'),
      event(11, 'normal', 'A machine was started'),
      event(10, 'alert', 'A disk is full'),
    ];
    engine.intercept = (method, path, body, parameters) => {
      if (path !== '/ovirt-engine/api/events' || method !== 'GET')
        return path.includes('/events') ? undefined : full(method, path, body, parameters);
      const all = engine.collections['events'] ?? [];
      return [200, { event: parameters.get('search') === 'severity=alert' ? all.filter(({ severity }) => severity === 'alert') : all }];
    };
    await open('/hosts');
    const button = (words: string): Locator => page.getByRole('button', { name: words, exact: true });
    await button('Alerts and events: 2 new alerts').focus();
    await page.keyboard.press('Enter');
    const alerts = page.getByRole('list', { name: 'Alerts' });
    await alerts.getByRole('link', { name: 'A disk is full' }).waitFor();
    assert.equal(await alerts.getByText('New', { exact: true }).count(), 2, 'they are marked while they are looked at');
    await button('Alerts and events').waitFor();
    engine.add('events', event(13, 'alert', 'A certificate ends'));
    await alerts.getByRole('link', { name: 'A certificate ends' }).waitFor();
    await page.getByRole('tab', { name: 'Events (4)' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('list', { name: 'Events' }).getByRole('link', { name: 'A machine was started' }).waitFor();
    await page.getByRole('button', { name: 'Close' }).focus();
    await page.keyboard.press('Enter');
    await focused(button('Alerts and events'), 'the button of the alerts');
    // What was seen is seen at the next visit too.
    engine.add('events', event(14, 'alert', 'A domain is full'));
    await page.reload();
    await button('Alerts and events: 1 new alert').waitFor();
  });

  test('the account menu: arrow keys, Escape, and the focus is on its button again', async () => {
    await open('/vms');
    const button = page.getByRole('button', { name: 'Account of admin@internal' });
    await button.focus();
    await page.keyboard.press('Enter');
    const menu = page.getByRole('menuitem', { name: 'Dark' });
    await menu.waitFor();
    await page.keyboard.press('Escape');
    await menu.waitFor({ state: 'detached' });
    await focused(button, 'the button of the menu');
  });
});
