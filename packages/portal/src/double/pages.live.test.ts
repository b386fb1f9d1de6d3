// Needs: browser
// Budget: 75 s

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, beforeEach, suite, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { buildPortal } from '../../build.ts';
import { complaintsOf, launchBrowser } from './browser.ts';
import { EngineDouble } from './engine.ts';

const gib = 1024 ** 3;
const vm = (n: number, status: string): Record<string, unknown> => ({
  id: `00000000-0000-4000-8000-00000000000${n}`,
  name: `vm${n}`,
  status,
  memory: String(gib),
  cpu: { topology: { sockets: '1', cores: '2', threads: '1' } },
  cluster: { id: 'c' },
  template: { id: 't' },
});
const first = String(vm(1, 'down')['id']);

suite('the portal in a browser', () => {
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
  after(() => browser.close());
  beforeEach(async () => {
    engine = new EngineDouble();
    engine.collections['clusters'] = [{ id: 'c', name: 'Default', data_center: { id: 'd' } }];
    engine.collections['templates'] = [
      { id: 't', name: 'small', status: 'ok', cluster: { id: 'c' }, memory: String(gib / 2), cpu: { topology: { cores: '1' } } },
    ];
    engine.collections['vnicprofiles'] = [
      { id: 'p', name: 'ovirtmgmt', network: { id: 'n' } },
      { id: 'q', name: 'elsewhere', network: { id: 'm' } },
    ];
    engine.collections['networks'] = [
      { id: 'n', name: 'ovirtmgmt', data_center: { id: 'd' } },
      { id: 'm', name: 'other', data_center: { id: 'e' } },
    ];
    engine.collections['vms'] = [vm(1, 'down'), vm(2, 'up')];
    base = await engine.start();
    context = await browser.newContext({ viewport: { width: 1400, height: 800 } });
    page = await context.newPage();
    page.setDefaultTimeout(60_000);
    complaints = complaintsOf(page);
  });
  afterEach(async () => {
    await context.close();
    await engine.stop();
    assert.deepEqual(complaints, []);
  });

  const signIn = async (path = '/ovirt-engine/webadmin/vms'): Promise<void> => {
    await page.goto(base + path);
    await page.getByRole('textbox', { name: 'User name' }).fill('admin@internal');
    await page.getByLabel('Password').fill('right');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
  };
  const expect = async (met: () => boolean): Promise<void> => {
    for (let tries = 0; !met(); tries += 1) {
      assert.ok(tries < 100, 'it does not come');
      await page.waitForTimeout(50);
    }
  };
  const row = (name: RegExp): ReturnType<Page['getByRole']> => page.getByRole('row', { name });

  test('a wrong password is refused in words; the right one leads to the list', async () => {
    await page.goto(`${base}/ovirt-engine/web-ui/`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Enter a user name.').waitFor();
    await page.getByRole('textbox', { name: 'User name' }).fill('admin@internal');
    await page.getByLabel('Password').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('The user name or the password is wrong.').waitFor();
    assert.equal(await page.getByLabel('Password').inputValue(), '');
    await page.getByLabel('Password').fill('right');
    await page.keyboard.press('Enter');
    await page.getByRole('grid', { name: 'Virtual machines' }).waitFor();
    assert.equal(new URL(page.url()).pathname, '/ovirt-engine/web-ui/vms');
  });

  test('the language is that of the browser, then that of the user, kept with him', async () => {
    await context.close();
    context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'de-AT' });
    page = await context.newPage();
    page.setDefaultTimeout(60_000);
    complaints = complaintsOf(page);
    let options: Record<string, unknown>[] = [];
    engine.intercept = (method, path, body) => {
      if (!path.startsWith('/ovirt-engine/api/users/u/options')) return undefined;
      if (method === 'POST') options = [{ ...body, id: 'o' }];
      if (method === 'DELETE') options = [];
      return [method === 'POST' ? 201 : 200, method === 'POST' ? options[0] : { user_option: options }];
    };
    await page.goto(`${base}/ovirt-engine/webadmin/vms`);
    await page.getByRole('textbox', { name: 'Benutzername' }).fill('admin@internal');
    assert.equal(await page.locator('html').getAttribute('lang'), 'de');
    await page.getByLabel('Passwort').fill('right');
    await page.getByRole('button', { name: 'Anmelden' }).click();
    await row(/^vm1 Aus/).waitFor();
    await page.getByRole('button', { name: 'Konto von admin@internal' }).click();
    await page.getByRole('menuitem', { name: '日本語' }).click();
    await row(/^vm1 停止/).waitFor();
    await row(/^vm2 稼働中/).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'ja');
    await expect(() => options.length === 1);
    const cookies = await context.cookies();
    assert.equal(cookies.find(({ name, path }) => name === 'virgate-language' && path === '/ovirt-engine/sso')?.value, 'ja');
    assert.deepEqual([options[0]?.['name'], options[0]?.['content']], ['virgate.portal.language', '"ja"']);
    // At another browser the kept language comes with the user.
    await page.evaluate(() => localStorage.clear());
    await page.reload();
    await row(/^vm1 停止/).waitFor();
    await page.getByRole('button', { name: 'admin@internal のアカウント' }).click();
    await page.getByRole('menuitem', { name: 'ブラウザーに合わせる' }).click();
    await row(/^vm1 Aus/).waitFor();
    await expect(() => options.length === 0);
  });

  test('the list moves with the change feed, asks for nothing else, and goes on after a break', async () => {
    await signIn();
    await row(/^vm1 Down/).waitFor();
    const before = engine.requests.length;
    engine.change('vms', first, { status: 'powering_up' });
    await row(/^vm1 Powering up/).waitFor();
    assert.deepEqual(
      engine.requests.slice(before).filter((request) => request !== 'GET /virgate/api/changes'),
      [],
    );
    engine.add('vms', vm(3, 'image_locked'));
    await row(/^vm3 Image locked/).waitFor();
    engine.remove('vms', first);
    await row(/^vm1/).waitFor({ state: 'detached' });
    engine.dropFeeds();
    engine.change('vms', String(vm(2, '')['id']), { status: 'paused' });
    await row(/^vm2 Paused/).waitFor();
  });

  test('the dashboard counts what there is, moves with the change feed, and leads to the searches', async () => {
    engine.collections['hosts'] = [{ id: 'h', name: 'host1', status: 'up', memory: String(gib), cluster: { id: 'c' } }];
    await signIn('/ovirt-engine/webadmin/');
    await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();
    const machines = page.getByRole('region', { name: 'Virtual machines' });
    await machines.getByRole('link', { name: 'Up 1' }).waitFor();
    engine.change('vms', first, { status: 'up' });
    await machines.getByRole('link', { name: 'Up 2' }).waitFor();
    engine.change('hosts', 'h', { status: 'non_operational' });
    const attention = page.getByRole('region', { name: 'Needs attention' });
    await attention.getByText('Non operational').waitFor();
    await attention.getByRole('link', { name: 'host1' }).waitFor();
    await machines.getByRole('link', { name: 'Up 2' }).click();
    await page
      .getByRole('grid', { name: 'Virtual machines' })
      .or(page.getByRole('heading', { name: 'Nothing matches' }))
      .waitFor();
    assert.equal(new URL(page.url()).searchParams.get('search'), 'status=up');
  });

  test('two tabs share one stream, and the second takes over', async () => {
    await signIn();
    await row(/^vm1 Down/).waitFor();
    const second = await context.newPage();
    await second.goto(`${base}/ovirt-engine/webadmin/vms`);
    await second.getByRole('row', { name: /^vm1 Down/ }).waitFor();
    await expect(() => engine.feedCount === 1);
    engine.change('vms', first, { status: 'powering_up' });
    await second.getByRole('row', { name: /^vm1 Powering up/ }).waitFor();
    await page.close();
    engine.change('vms', first, { status: 'up' });
    await second.getByRole('row', { name: /^vm1 Up/ }).waitFor();
  });

  test('actions: disabled with a reason, refused in full, asked about when something is lost', async () => {
    await signIn();
    engine.intercept = (method, path) =>
      method === 'POST' && path.endsWith('/start')
        ? [409, { status: 'failed', fault: { reason: 'Operation Failed', detail: '[Cannot run VM. No host has room.]' } }]
        : undefined;
    await row(/^vm1/).click();
    const tools = page.getByRole('toolbar', { name: 'Actions for vm1' });
    await tools.getByRole('button', { name: 'Shut down' }).hover();
    await page.getByRole('tooltip', { name: 'The virtual machine does not run. Start it first.' }).waitFor();
    await tools.getByRole('button', { name: 'Start' }).click();
    await page.getByText('Cannot run VM. No host has room.').waitFor();
    await page.getByText('test-correlation').waitFor();
    await tools.getByRole('button', { name: 'Remove' }).click();
    const question = page.getByRole('dialog', { name: /Remove vm1/ });
    await question.getByRole('button', { name: 'Cancel' }).click();
    assert.ok(!engine.requests.some((request) => request.startsWith('DELETE /ovirt-engine')));
    await tools.getByRole('button', { name: 'Remove' }).click();
    engine.intercept = (method) => (method === 'DELETE' ? [200, { status: 'complete' }] : undefined);
    await question.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Remove: vm1').waitFor();
  });

  test('a machine is made from a template, and gets the network that the template lacks', async () => {
    await signIn();
    const sent: unknown[] = [];
    engine.intercept = (method, path, body) => {
      if (method !== 'POST' || !path.startsWith('/ovirt-engine/api/vms')) return undefined;
      sent.push([path.replace('/ovirt-engine/api', ''), body]);
      if (path.endsWith('/nics')) return [201, { id: 'nic' }];
      engine.add('vms', { ...vm(7, 'down'), name: body?.['name'] });
      return [201, { id: vm(7, '')['id'] }];
    };
    await page.getByRole('button', { name: 'Create virtual machine' }).click();
    const dialog = page.getByRole('dialog', { name: 'Create a virtual machine' });
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    await dialog.getByText('Enter a name.').waitFor();
    await dialog.getByRole('textbox', { name: 'Name' }).fill('web01');
    await dialog
      .getByRole('combobox', { name: 'Network' })
      .locator('option:checked', { hasText: 'ovirtmgmt' })
      .waitFor({ state: 'attached' });
    assert.equal(await dialog.getByRole('combobox', { name: 'Network' }).locator('option', { hasText: 'elsewhere' }).count(), 0);
    await dialog.getByRole('spinbutton', { name: 'Virtual CPUs' }).fill('2');
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    await row(/^web01 Down/).waitFor();
    await page.getByRole('heading', { name: 'web01' }).waitFor();
    assert.deepEqual(sent, [
      [
        '/vms',
        {
          name: 'web01',
          template: { id: 't' },
          cluster: { id: 'c' },
          memory: String(gib / 2),
          memory_policy: { guaranteed: String(gib / 2), max: String(gib * 2) },
          cpu: { topology: { cores: '2', sockets: '1', threads: '1' } },
        },
      ],
      [`/vms/${String(vm(7, '')['id'])}/nics`, { name: 'nic1', interface: 'virtio', vnic_profile: { id: 'p' } }],
    ]);
  });

  test('keys alone: rows, details, the actions of a row', async () => {
    await signIn();
    const grid = page.getByRole('grid', { name: 'Virtual machines' });
    await grid.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'vm2' }).waitFor();
    await grid.focus();
    await page.keyboard.press('Shift+F10');
    await page.getByRole('menuitem', { name: /^Console/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('menuitem').first().waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('role')), 'grid');
  });

  test('a session that is over asks for a new one and goes on at the same place', async () => {
    await signIn(`/ovirt-engine/webadmin/vms/${first}?tab=network_interfaces`);
    await page.getByRole('tab', { name: 'Network interfaces', selected: true }).waitFor();
    // The feed is asked for what is looked at, and then no more of itself.
    await expect(() => engine.requests.filter((request) => request === 'GET /virgate/api/changes').length >= 2);
    engine.sessionOpen = false;
    await page.getByRole('tab', { name: 'Snapshots' }).click();
    await page.getByText('Your session is over.', { exact: false }).waitFor();
    await page.getByRole('textbox', { name: 'User name' }).fill('admin@internal');
    await page.getByLabel('Password').fill('right');
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'Snapshots', selected: true }).waitFor();
    await page.getByRole('button', { name: 'Account of admin@internal' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Virgate' }).waitFor();
  });

  test('what was typed into a dialog is there again after the session ended', async () => {
    await signIn();
    await page.getByRole('button', { name: 'Create virtual machine' }).click();
    const dialog = page.getByRole('dialog', { name: 'Create a virtual machine' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('web02');
    engine.sessionOpen = false;
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByText('Your session is over.', { exact: false }).waitFor();
    await page.getByRole('textbox', { name: 'User name' }).fill('admin@internal');
    await page.getByLabel('Password').fill('right');
    await page.keyboard.press('Enter');
    await dialog.waitFor();
    assert.equal(await dialog.getByRole('textbox', { name: 'Name' }).inputValue(), 'web02');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Create virtual machine' }).click();
    assert.equal(await dialog.getByRole('textbox', { name: 'Name' }).inputValue(), '');
  });

  test('several machines are started with a request each, and one summary tells what was refused', async () => {
    await signIn();
    engine.intercept = (method, path) =>
      method !== 'POST'
        ? undefined
        : path.endsWith(`${first}/start`)
          ? [200, { status: 'complete' }]
          : [409, { status: 'failed', fault: { reason: 'Operation Failed', detail: '[Cannot run VM. VM is running.]' } }];
    await row(/^vm1/).waitFor();
    await page.getByRole('checkbox', { name: 'Select all' }).check();
    await page.getByText('2 selected').waitFor();
    await page.getByRole('toolbar', { name: 'Actions for the selected rows' }).getByRole('button', { name: 'Start' }).click();
    const summary = page.getByRole('dialog', { name: 'Start: 2 objects' });
    await summary.getByText('1 done, 1 refused').waitFor();
    await summary.getByRole('row', { name: /vm2 .*Cannot run VM. VM is running/ }).waitFor();
    assert.equal(engine.requests.filter((request) => request.endsWith('/start')).length, 2);
    await summary.getByRole('button', { name: 'Close' }).last().click();
  });

  test('of thousands only those around what is in sight are asked for; all of them can be selected', async () => {
    const many = (n: number): Record<string, unknown> => ({
      ...vm(1, 'down'),
      id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
      name: `many${n}`,
    });
    engine.collections['vms'] = Array.from({ length: 3000 }, (_, n) => many(n));
    await signIn();
    await page.getByRole('status').getByText('3,000').waitFor();
    await row(/^many0 Down/).waitFor();
    const grid = page.getByRole('grid', { name: 'Virtual machines' });
    await grid.focus();
    await page.keyboard.press('End');
    await row(/^many2999 Down/).waitFor();
    const lists = engine.requests.filter((request) => request === 'GET /virgate/api/lists').length;
    assert.ok(lists <= 6, `${lists} parts were asked for`);
    await page.waitForTimeout(500);
    engine.change('vms', String(many(2998)['id']), { status: 'up' });
    await row(/^many2998 Up/).waitFor();
    engine.remove('vms', String(many(0)['id']));
    await page.getByRole('status').getByText('2,999').waitFor();
    await row(/^many2999 Down/).waitFor();
    await page.getByRole('checkbox', { name: 'Select all' }).check();
    await page.getByText('2,999 selected').waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export CSV' }).click();
    const file = await readFile(await (await download).path(), 'utf8');
    assert.equal(file.split('\r\n').length, 2999 + 2, 'a head, all rows, and the end of the last');
    assert.match(file, /\nmany2998,Up,/);
  });

  /** The user's options, kept as the engine keeps them. */
  const keepOptions = (): { options: Record<string, unknown>[] } => {
    const kept: { options: Record<string, unknown>[] } = { options: [] };
    engine.intercept = (method, path, body) => {
      if (!path.startsWith('/ovirt-engine/api/users/u/options')) return undefined;
      if (method === 'POST') kept.options.push({ ...body, id: String(kept.options.length) });
      if (method === 'DELETE') kept.options = kept.options.filter(({ id }) => !path.endsWith(`/${String(id)}`));
      return [method === 'POST' ? 201 : 200, method === 'POST' ? kept.options.at(-1) : { user_option: kept.options }];
    };
    return kept;
  };
  const headers = async (): Promise<string[]> => (await page.getByRole('columnheader').allInnerTexts()).filter((name) => name !== '');

  test('columns that are hidden at first are shown when they are chosen, the next time too', async () => {
    const kept = keepOptions();
    await signIn();
    await row(/^vm1/).waitFor();
    await page.getByRole('button', { name: 'Columns' }).click();
    const dialog = page.getByRole('dialog', { name: 'Columns of Virtual machines' });
    for (const name of ['FQDN', 'Host', 'IP addresses']) await dialog.getByRole('checkbox', { name }).uncheck();
    await dialog.getByRole('checkbox', { name: 'vCPUs' }).check();
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('columnheader', { name: 'vCPUs' }).waitFor();
    await expect(() => kept.options.length > 0);
    await page.reload();
    await page.getByRole('columnheader', { name: 'vCPUs' }).waitFor();
    assert.equal(await page.getByRole('columnheader', { name: 'FQDN' }).count(), 0);
  });

  test('columns are moved and made wider by dragging, by keys and in their dialog, and stay so at another browser', async () => {
    const kept = keepOptions();
    await signIn();
    await row(/^vm1/).waitFor();
    const usual = await headers();
    const [first = '', second = '', third = ''] = usual;
    const header = (name: string) => page.getByRole('columnheader', { name });
    await header(third).dragTo(header(first));
    assert.deepEqual((await headers()).slice(0, 3), [third, first, second]);
    await header(third).getByRole('button').press('Alt+ArrowRight');
    assert.deepEqual((await headers()).slice(0, 3), [first, third, second]);
    const widthOf = async (name: string): Promise<number> => Math.round((await header(name).boundingBox())?.width ?? 0);
    const before = await widthOf(first);
    await header(first).getByRole('button').press('Alt+Shift+ArrowRight');
    assert.equal(await widthOf(first), before + 16);
    const box = await header(third).boundingBox();
    assert.ok(box !== null);
    await page.mouse.move(box.x + box.width - 3, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width + 37, box.y + box.height / 2, { steps: 4 });
    await page.mouse.up();
    assert.equal(await widthOf(third), Math.round(box.width) + 40);
    await page.getByRole('button', { name: 'Columns' }).click();
    const dialog = page.getByRole('dialog', { name: 'Columns of Virtual machines' });
    await dialog.getByRole('button', { name: `Move ${second} forward` }).click();
    await dialog.getByRole('spinbutton', { name: `Width of ${second} in pixels` }).fill('5000');
    await page.keyboard.press('Tab');
    assert.equal(await dialog.getByRole('spinbutton', { name: `Width of ${second} in pixels` }).inputValue(), '1200');
    await dialog.getByRole('spinbutton', { name: `Width of ${second} in pixels` }).fill('150');
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    const arranged = [first, second, third];
    assert.deepEqual((await headers()).slice(0, 3), arranged);
    const content = (): string => String(kept.options.find(({ name }) => name === 'virgate.portal.columns')?.['content'] ?? '');
    await expect(() => content().includes('150'));
    // Another browser begins with what the engine keeps.
    await page.evaluate(() => localStorage.clear());
    await page.reload();
    await row(/^vm1/).waitFor();
    await page.waitForFunction((wanted) => document.querySelectorAll('[role=columnheader]')[1]?.textContent === wanted, second);
    assert.deepEqual((await headers()).slice(0, 3), arranged);
    assert.deepEqual([await widthOf(first), await widthOf(second)], [before + 16, 150]);
    await page.getByRole('button', { name: 'Columns' }).click();
    await dialog.getByRole('button', { name: 'Usual columns' }).click();
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    assert.deepEqual(await headers(), usual);
    await expect(() => content() === '');
  });

  test('proposals of assistants: counted in the header, looked at beside what is there now, approved and rejected', async () => {
    const tag = '00000000-0000-4000-8000-00000000000a';
    const proposal = (id: string, more: object): Record<string, unknown> => ({
      id,
      user: { id: 'u', name: 'admin@internal' },
      operation: 'TagService.update',
      http: 'PUT',
      path: `/ovirt-engine/api/tags/${tag}`,
      body: { description: 'of the <b>sky</b>' },
      reason: 'Because the sky is blue',
      state: 'pending',
      created: Date.now(),
      expires: Date.now() + 1e8,
      ...more,
    });
    const waiting = [proposal('p1', {}), proposal('p2', { operation: 'VmService.start', http: 'POST', body: {} })];
    engine.collections['proposals'] = waiting;
    const said: unknown[] = [];
    engine.intercept = (method, path, body) => {
      const [, id, verb] = /^\/virgate\/api\/proposals(?:\/(\w+))?(?:\/(\w+))?$/.exec(path) ?? [];
      if (path === `/ovirt-engine/api/tags/${tag}`) return [200, { id: tag, name: 'sky', description: 'none' }];
      if (!path.startsWith('/virgate/api/proposals')) return undefined;
      const pending = waiting.filter(({ state }) => state === 'pending').length;
      if (id === undefined) return [200, { proposals: waiting, total: pending }];
      const one = waiting.find((each) => each['id'] === id);
      if (verb === undefined) return [200, one];
      said.push([id, verb, body]);
      engine.change(
        'proposals',
        id,
        verb === 'approve' ? { state: 'done', status: 200 } : { state: 'rejected', decisionReason: body?.['reason'] },
      );
      return [200, one];
    };
    await signIn();
    await page.getByRole('link', { name: '2 proposals wait for your word' }).click();
    await row(/^TagService.update Pending/).click();
    await page.getByRole('tab', { name: 'Change' }).click();
    await page.getByRole('row', { name: 'description none of the <b>sky</b>' }).waitFor();
    await page.getByRole('tab', { name: 'General' }).click();
    await page.getByText('sky', { exact: true }).waitFor();
    await page.getByRole('toolbar', { name: 'Actions for TagService.update' }).getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('dialog', { name: 'Approve TagService.update?' }).getByRole('button', { name: 'Approve' }).click();
    await row(/^TagService.update Done/).waitFor();
    await page.getByRole('link', { name: '1 proposal waits for your word' }).waitFor();
    await row(/^VmService.start Pending/).click();
    await page.getByRole('toolbar', { name: 'Actions for VmService.start' }).getByRole('button', { name: 'Reject' }).click();
    const rejection = page.getByRole('dialog', { name: 'Reject VmService.start?' });
    await rejection.getByRole('textbox', { name: 'Reason' }).fill('Not today');
    await rejection.getByRole('button', { name: 'Reject' }).click();
    await row(/^VmService.start Rejected/).waitFor();
    await page.getByRole('link', { name: /for your word/ }).waitFor({ state: 'detached' });
    assert.deepEqual(said, [
      ['p1', 'approve', {}],
      ['p2', 'reject', { reason: 'Not today' }],
    ]);
  });

  test('what loads, what may not be seen and what is for administrators is told in words', async () => {
    let open = (): void => undefined;
    const held = new Promise<void>((resolve) => (open = resolve));
    await page.route('**/virgate/api/lists?*', async (route) => {
      await held;
      await route.continue();
    });
    await signIn();
    await page.getByRole('status').getByText('Loading').waitFor();
    open();
    await row(/^vm1/).waitFor();
    engine.intercept = (_, path) =>
      path === '/ovirt-engine/api/clusters' ? [403, { reason: 'Operation Failed', detail: '[The permit "x" is needed.]' }] : undefined;
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Clusters' }).click();
    const refused = page.getByRole('alert');
    for (const words of ['You may not do this', 'The permit "x" is needed.', 'Ask an administrator for a role that permits it.'])
      await refused.getByText(words, { exact: true }).first().waitFor();
    engine.administrator = false;
    const asked = engine.requests.length;
    for (const place of ['hosts', 'dashboard']) {
      await page.goto(`${base}/ovirt-engine/webadmin/${place}`);
      await page.getByRole('heading', { name: 'This page is for administrators', level: 1 }).waitFor();
    }
    assert.equal(await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Hosts' }).count(), 0);
    assert.equal(engine.requests.slice(asked).includes('GET /ovirt-engine/api/hosts'), false);
  });

  test('an engine that fails is told with code, cause and what to do; trying again works', async () => {
    engine.intercept = (_, path) =>
      path === '/virgate/api/lists' ? [500, { reason: 'Operation Failed', detail: '[Internal Engine Error]' }] : undefined;
    await signIn();
    const problem = page.getByRole('alert');
    for (const text of ['The engine failed', 'Internal Engine Error', '500', 'GET /virgate/api/lists', 'test-correlation'])
      await problem.getByText(text, { exact: true }).waitFor();
    engine.intercept = () => undefined;
    await page.getByRole('button', { name: 'Try again' }).click();
    await row(/^vm1 Down/).waitFor();
  });

  test('every page opens empty and says what belongs there', async () => {
    for (const collection of Object.keys(engine.collections)) engine.collections[collection] = [];
    await signIn();
    const pages = {
      Templates: 'No templates yet',
      Hosts: 'No hosts yet',
      'Storage domains': 'No storage domains yet',
      Events: 'No events yet',
      'Virtual machines': 'No virtual machines yet',
    };
    for (const [name, empty] of Object.entries(pages)) {
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();
      await page.getByRole('heading', { name: empty }).waitFor();
      await page.getByRole('heading', { name, level: 1 }).waitFor();
    }
    await page.getByRole('button', { name: 'Jobs' }).click();
    await page.getByRole('heading', { name: 'No jobs' }).waitFor();
  });
});
