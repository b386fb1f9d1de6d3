// Needs: browser
// Budget: 40 s

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, suite, test } from 'node:test';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { buildPortal } from '../../build.ts';
import { complaintsOf, launchBrowser } from '../double/browser.ts';
import { EngineDouble, type Wire } from '../double/engine.ts';

const gib = 1024 ** 3;
const hostId = '00000000-0000-4000-8000-000000000001';
const takenId = '00000000-0000-4000-8000-0000000000d1';
const targets = ['iqn.2026-11.com.example:one', 'iqn.2026-11.com.example:two'] as const;
const place = (target: string): Wire => ({ address: '192.0.2.1', port: '3260', target });
const unit = (id: string, target: string, more: Wire = {}): Wire => ({
  id: `host-${id}`,
  type: 'iscsi',
  logical_units: {
    logical_unit: [
      { id, size: String(10 * gib), vendor_id: 'ACME', product_id: 'Disk', serial: `S${id}`, status: 'free', ...place(target), ...more },
    ],
  },
});

suite('LUNs in a browser', () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let engine: EngineDouble;
  let base: string;
  let complaints: string[];
  /** Targets that the host is signed in at, what signed it in, and bodies of what was made. */
  let signedIn: string[];
  let logins: Wire[];
  let made: [path: string, body: Wire | undefined][];

  before(async () => {
    await buildPortal();
    browser = await launchBrowser();
  });
  after(() => browser.close());
  beforeEach(async () => {
    [signedIn, logins, made] = [[], [], []];
    engine = new EngineDouble();
    engine.collections['datacenters'] = [{ id: 'c', name: 'Default', status: 'up' }];
    engine.collections['hosts'] = [{ id: hostId, name: 'host1', status: 'up', cluster: { id: 'c' } }];
    engine.collections['storagedomains'] = [{ id: takenId, name: 'taken', type: 'data', status: 'active', storage: { type: 'iscsi' } }];
    engine.collections['disks'] = [];
    const units = [
      unit('36001', targets[0]),
      unit('36002', targets[0], { status: 'used', storage_domain_id: takenId }),
      unit('36003', targets[0], { status: 'used' }),
      unit('36004', targets[1]),
      unit('36005', targets[0]),
    ];
    engine.intercept = (method, path, body) => {
      const at = path.replace('/ovirt-engine/api/', '');
      const iscsi = body?.['iscsi'] as Wire | undefined;
      if (at === `hosts/${hostId}/discoveriscsi`) {
        if (iscsi?.['address'] !== '192.0.2.1') return [409, { fault: { reason: 'Operation Failed', detail: '[no such portal]' } }];
        return [200, { status: 'complete', discovered_targets: { iscsi_details: targets.map((one) => ({ ...place(one), portal: '1' })) } }];
      }
      if (at === `hosts/${hostId}/iscsilogin`) {
        logins.push(iscsi ?? {});
        signedIn.push(String(iscsi?.['target']));
        return [200, { status: 'complete' }];
      }
      if (at === `hosts/${hostId}/storage`)
        return [200, { host_storage: units.filter((one) => signedIn.some((target) => JSON.stringify(one).includes(target))) }];
      if (at === `hosts/${hostId}/unregisteredstoragedomainsdiscover`) {
        const lost = { id: 'lost', name: 'lost-domain', type: 'data', storage_format: 'v5', storage: { type: 'iscsi' } };
        return [200, { status: 'complete', storage_domains: { storage_domain: signedIn.length === 0 ? [] : [lost] } }];
      }
      if (method !== 'POST' || !/^(?:storagedomains|disks)$/.test(at)) return undefined;
      made.push([at, body]);
      return [201, { ...body, id: 'made' }];
    };
    base = await engine.start();
    context = await browser.newContext({ viewport: { width: 1400, height: 1000 } });
    page = await context.newPage();
    page.setDefaultTimeout(60_000);
    complaints = complaintsOf(page);
  });
  afterEach(async () => {
    await context.close();
    await engine.stop();
    assert.deepEqual(complaints, []);
  });

  const openDialog = async (path: string, button: string): Promise<Locator> => {
    await page.goto(`${base}/ovirt-engine/webadmin${path}`);
    await page.getByRole('textbox', { name: 'User name' }).fill('admin@internal');
    await page.getByLabel('Password').fill('right');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: button, exact: true }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    return dialog;
  };
  const discover = async (dialog: Locator, address: string): Promise<void> => {
    const group = dialog.getByRole('group', { name: 'Discovery of iSCSI targets' });
    await group.getByRole('textbox', { name: 'Address' }).fill(address);
    await group.getByRole('button', { name: 'Discover' }).click();
  };
  const box = (dialog: Locator, id: string): Locator => dialog.getByRole('checkbox', { name: `Use LUN ${id}` });
  const lunRow = (dialog: Locator, id: string): Locator => dialog.getByRole('row').filter({ hasText: id });

  test('a domain is made of LUNs behind a target that the host logs in to; those in use say why they cannot be chosen', async () => {
    const dialog = await openDialog('/storage', 'New domain');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('blocks');
    await dialog.getByRole('combobox', { name: 'Storage type' }).selectOption('iscsi');
    await dialog.getByText('The host sees no LUNs. Log in to a target.').waitFor();
    await discover(dialog, '192.0.2.9');
    await dialog.getByRole('alert').getByText('no such portal').waitFor();
    const group = dialog.getByRole('group', { name: 'Discovery of iSCSI targets' });
    await group.getByRole('textbox', { name: 'User name' }).fill('chap');
    await group.getByLabel('Password').fill('secret');
    await discover(dialog, '192.0.2.1');
    await dialog.getByRole('button', { name: 'Log in to all' }).click();
    await box(dialog, '36004').waitFor();
    assert.deepEqual(
      logins.map(({ target, username, password }) => [target, username, password]),
      targets.map((target) => [target, 'chap', 'secret']),
    );
    await lunRow(dialog, '36001').getByText('10 GiB').waitFor();
    await lunRow(dialog, '36001').getByText('S36001').waitFor();
    await lunRow(dialog, '36002').getByText('Part of the storage domain taken').waitFor();
    await lunRow(dialog, '36003').getByText('There is data on it').waitFor();
    assert.deepEqual([await box(dialog, '36002').isDisabled(), await box(dialog, '36003').isDisabled()], [true, true]);
    await box(dialog, '36001').check();
    await lunRow(dialog, '36004').getByText('Behind another target than the chosen ones').waitFor();
    await dialog.getByRole('checkbox', { name: 'Overwrite what is on the LUNs' }).check();
    await box(dialog, '36003').check();
    // What may not be lost is not chosen any more.
    await dialog.getByRole('checkbox', { name: 'Overwrite what is on the LUNs' }).uncheck();
    await lunRow(dialog, '36003').getByText('There is data on it').waitFor();
    assert.equal(await box(dialog, '36003').isChecked(), false);
    await dialog.getByRole('checkbox', { name: 'Overwrite what is on the LUNs' }).check();
    await box(dialog, '36003').check();
    await dialog.locator('button[type=submit]').click();
    await dialog.waitFor({ state: 'detached' });
    const chosen = (id: string): Wire => ({ id, ...place(targets[0]), username: 'chap', password: 'secret' });
    assert.deepEqual(
      made.map(([path, body]) => [path, (body?.['storage'] as Wire | undefined) ?? {}]),
      [['storagedomains', { type: 'iscsi', override_luns: 'true', logical_units: { logical_unit: [chosen('36001'), chosen('36003')] } }]],
    );
  });

  test('a disk is one LUN; what a guest has on it is no hindrance', async () => {
    signedIn.push(targets[0]);
    const dialog = await openDialog('/disks', 'New direct LUN');
    await dialog.getByRole('textbox', { name: 'Alias' }).fill('direct');
    await lunRow(dialog, '36002').getByText('Part of the storage domain taken').waitFor();
    await dialog.getByRole('radio', { name: 'Use LUN 36001' }).check();
    await dialog.getByRole('radio', { name: 'Use LUN 36003' }).check();
    await dialog.locator('button[type=submit]').click();
    await dialog.waitFor({ state: 'detached' });
    assert.deepEqual(made, [
      [
        'disks',
        {
          alias: 'direct',
          shareable: 'false',
          lun_storage: { type: 'iscsi', host: { id: hostId }, logical_units: { logical_unit: [{ id: '36003', ...place(targets[0]) }] } },
        },
      ],
    ]);
  });

  test('a domain on LUNs that nobody has is found behind a target, and imported with what the host signed in there', async () => {
    const dialog = await openDialog('/storage', 'Import domain');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('found-again');
    await dialog.getByRole('combobox', { name: 'Storage type' }).selectOption('iscsi');
    await dialog.getByText('there is no storage domain that is not known here').waitFor();
    await dialog.getByRole('group', { name: 'Discovery of iSCSI targets' }).getByRole('textbox', { name: 'User name' }).fill('chap');
    await discover(dialog, '192.0.2.1');
    await dialog.getByRole('button', { name: `Log in to ${targets[0]}` }).click();
    await dialog.getByRole('radio', { name: 'Import the storage domain lost-domain' }).check();
    await dialog.locator('button[type=submit]').click();
    await dialog.waitFor({ state: 'detached' });
    const [[path, body] = []] = made;
    assert.deepEqual(
      [path, body?.['id'], body?.['name'], body?.['import'], body?.['storage']],
      ['storagedomains', 'lost', 'found-again', 'true', { type: 'iscsi', username: 'chap' }],
    );
  });
});
