import assert from 'node:assert/strict';
import type { Client } from '@virgate/sdk';
import type { Page } from 'playwright-core';

/** Asks an iSCSI portal for its targets, and logs the host in to the first: each request carries what was typed. */
export async function lookForTargets(page: Page, base: string, client: Client): Promise<void> {
  const hosts = await client.hosts.list();
  const id = hosts.find((one) => one.name === 'sim-2')?.id ?? '';
  const sent: { path: string; body: Record<string, unknown> }[] = [];
  page.on('request', (request) => {
    const path = new URL(request.url()).pathname.split('/').at(-1) ?? '';
    if (request.method() === 'POST' && path.includes('iscsi')) sent.push({ path, body: request.postDataJSON() as Record<string, unknown> });
  });
  await page.goto(`${base}/ovirt-engine/webadmin/hosts/${id}`);
  await page.getByRole('toolbar').getByRole('button', { name: 'iSCSI targets' }).click();
  const dialog = page.getByRole('dialog', { name: 'iSCSI targets for sim-2' });
  await dialog.getByLabel('Address').fill('192.0.2.60');
  await dialog.getByLabel('Port').fill('3261');
  await dialog.getByLabel('User name').fill('walker');
  await dialog.getByLabel('Password').fill('twelve-signs');
  await dialog.locator('button[type=submit]').click();
  const targets = dialog.getByRole('table', { name: 'Targets' });
  await targets.getByText('192.0.2.60:3261').first().waitFor();
  await targets.getByRole('button', { name: 'Log in to' }).first().click();
  await targets.getByText('Logged in').waitFor();
  await dialog.getByRole('table', { name: 'LUNs of the host' }).getByRole('row').nth(1).waitFor();
  const [asked, loggedIn] = sent.map((one) => one.body['iscsi'] as Record<string, unknown>);
  for (const portal of [asked, loggedIn])
    assert.deepEqual(
      [portal?.['address'], Number(portal?.['port']), portal?.['username'], portal?.['password']],
      ['192.0.2.60', 3261, 'walker', 'twelve-signs'],
    );
  assert.ok(String(loggedIn?.['target']).startsWith('iqn.'));
}
