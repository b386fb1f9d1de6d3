import assert from 'node:assert/strict';
import type { Client } from '@virgate/sdk';
import type { Page } from 'playwright-core';
import { defaultClusterId, defaultDataCenterId } from '../engine/installation.ts';

/** Sets up the networks of a host in its dialog: by dragging and by keys, with a bond, an address and a label. */
export async function setUpHostNetworks(page: Page, base: string, client: Client): Promise<void> {
  const hosts = await client.hosts.list();
  const id = hosts.find((one) => one.name === 'sim-2')?.id ?? '';
  for (const [name, vlan] of [
    ['backup', 41],
    ['guests', 42],
  ] as const) {
    const network = await client.networks.add({ name, vlan: { id: vlan }, usages: [], data_center: { id: defaultDataCenterId } });
    await client.clusters.cluster(defaultClusterId).networks.add({ id: network.id ?? '', required: false });
    if (name === 'guests') await client.networks.network(network.id ?? '').networkLabels.add({ id: 'lab' });
  }
  await page.goto(`${base}/ovirt-engine/webadmin/hosts/${id}?tab=network_interfaces`);
  await page.getByRole('tabpanel').getByRole('button', { name: 'Set up networks' }).click();
  const board = page.getByRole('dialog', { name: 'Set up networks of sim-2' });
  const on = (device: string) => board.getByRole('group', { name: `On ${device}` });

  // What cannot be says why, and changes nothing.
  await board.getByRole('button', { name: 'Network ovirtmgmt' }).press('Enter');
  await board.getByRole('button', { name: /^Take ovirtmgmt off.*the management network/ }).press('Enter');
  await board.getByRole('status').getByText('without it the engine cannot reach the host').waitFor();
  assert.ok(await board.getByRole('button', { name: 'Apply' }).isDisabled());

  await board.getByRole('button', { name: 'Network backup' }).dragTo(on('em2'));
  await on('em2').getByRole('button', { name: 'Network backup' }).waitFor();
  await board.getByRole('button', { name: 'Interface em3' }).dragTo(on('em2'));
  const bond = page.getByRole('dialog', { name: 'Bond em2, em3' });
  await bond.getByRole('combobox', { name: 'Bonding mode' }).selectOption('1');
  await bond.getByRole('button', { name: 'Make the bond' }).click();
  await board.getByRole('button', { name: 'Label lab' }).press('Enter');
  await on('bond0').getByRole('button', { name: 'Put lab on bond0' }).press('Enter');
  await on('bond0').getByRole('button', { name: 'Network guests' }).waitFor();

  await on('bond0').getByRole('button', { name: 'Actions for backup' }).click();
  await page.getByRole('menuitem', { name: 'Edit', exact: true }).click();
  const settings = page.getByRole('dialog', { name: 'Network backup on the host' });
  await settings.getByRole('combobox', { name: 'Boot protocol' }).selectOption('static');
  await settings.getByRole('textbox', { name: 'IP address' }).fill('192.0.2.300');
  await settings.getByRole('textbox', { name: 'Netmask' }).fill('24');
  await settings.getByRole('button', { name: 'Save' }).click();
  await settings.getByText('Enter an IPv4 address').waitFor();
  await settings.getByRole('textbox', { name: 'IP address' }).fill('192.0.2.41');
  await settings.getByRole('button', { name: 'Save' }).click();

  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() !== 'GET') sent.push(`${request.method()} ${new URL(request.url()).pathname.split('/').at(-1)}`);
  });
  await board.getByRole('button', { name: 'Apply' }).click();
  await board.waitFor({ state: 'detached', timeout: 30_000 });
  assert.deepEqual(sent, ['POST setupnetworks']);
  const host = client.hosts.host(id);
  const nics = await host.nics.list();
  const made = nics.find((one) => one.name === 'bond0');
  assert.deepEqual(made?.bonding?.slaves?.map((slave) => nics.find((one) => one.id === slave.id)?.name).toSorted(), ['em2', 'em3']);
  const attachments = await host.networkAttachments.list({ follow: 'network' });
  const backup = attachments.find((one) => one.network?.name === 'backup');
  assert.equal(backup?.ip_address_assignments?.[0]?.ip?.address, '192.0.2.41');
  assert.ok(attachments.some((one) => one.network?.name === 'guests'));
}
