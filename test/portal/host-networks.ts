import assert from 'node:assert/strict';
import type { Client } from '@virgate/sdk';
import type { Page } from 'playwright-core';
import { defaultClusterId, defaultDataCenterId } from '../engine/installation.ts';
import type { ListedNames } from './own-walk.ts';

const of = (dialog: string, ...names: readonly string[]): string[] => names.map((name) => `${dialog}|${name}`);
/** What of the contract's list {@link setUpHostNetworks} does, and finds in what the engine has then. */
export const hostNetworkNames: ListedNames = {
  actions: ['hosts-network_interfaces|Setup Host Networks'],
  fields: [
    ...of('HostSetupNetworksPopupView', 'networksOrLabels', 'checkConnectivity', 'commitChanges'),
    ...of('SetupNetworksBondPopupView', 'bondSuggestEditor', 'bondingModeEditor', 'customBondEditor'),
    ...of('SetupNetworksLabelPopupView', 'label'),
    ...of('NetworkAttachmentPopupView', 'ipv4BootProtocol', 'ipv4Address', 'ipv4Subnet', 'ipv4Gateway'),
    ...of('NetworkAttachmentPopupView', 'ipv6BootProtocol', 'ipv6Address', 'ipv6Prefix', 'ipv6Gateway'),
    ...of('NetworkAttachmentPopupView', 'shouldSetDnsConfigurationEditor', 'dnsServersWidget'),
  ],
};

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
  await bond.getByRole('textbox', { name: 'Bond name' }).fill('bond7');
  await bond.getByRole('combobox', { name: 'Bonding mode' }).selectOption('1');
  await bond.getByRole('textbox', { name: 'Further options' }).fill('miimon=150');
  await bond.getByRole('button', { name: 'Make the bond' }).click();
  await board.getByRole('button', { name: 'Label lab' }).press('Enter');
  await on('bond7').getByRole('button', { name: 'Put lab on bond7' }).press('Enter');
  await on('bond7').getByRole('button', { name: 'Network guests' }).waitFor();

  await on('bond7').getByRole('button', { name: 'Actions for backup' }).click();
  await page.getByRole('menuitem', { name: 'Edit', exact: true }).click();
  const settings = page.getByRole('dialog', { name: 'Network backup on the host' });
  await settings.getByRole('combobox', { name: 'Boot protocol' }).selectOption('static');
  await settings.getByRole('textbox', { name: 'IP address' }).fill('192.0.2.300');
  await settings.getByRole('textbox', { name: 'Netmask' }).fill('24');
  await settings.getByRole('button', { name: 'Save' }).click();
  await settings.getByText('Enter an IPv4 address').waitFor();
  await settings.getByRole('textbox', { name: 'IP address' }).fill('192.0.2.41');
  await settings.getByRole('textbox', { name: 'Gateway' }).fill('192.0.2.1');
  const pane = (name: string): Promise<void> => settings.getByRole('tab', { name, exact: true }).click();
  await pane('IPv6');
  await settings.getByRole('combobox', { name: 'Boot protocol' }).selectOption('static');
  await settings.getByRole('textbox', { name: 'IP address' }).fill('2001:db8::41');
  await settings.getByRole('textbox', { name: 'Prefix length' }).fill('64');
  await settings.getByRole('textbox', { name: 'Gateway' }).fill('2001:db8::1');
  await pane('DNS');
  await settings.getByRole('textbox', { name: 'DNS servers' }).fill('192.0.2.53');
  await settings.getByRole('button', { name: 'Save' }).click();
  await settings.waitFor({ state: 'detached' });

  // A label by its dialog: a network that has it comes along.
  await on('em1').getByRole('button', { name: 'Actions for em1' }).click();
  await page.getByRole('menuitem', { name: 'Add a label', exact: true }).click();
  const labelling = page.getByRole('dialog', { name: 'Label for em1' });
  await labelling.getByLabel('Network label').fill('walked-label');
  await labelling.locator('button[type=submit]').click();
  await on('em1').getByRole('button', { name: 'Label walked-label', exact: true }).waitFor();
  await board.getByRole('checkbox', { name: 'Verify connectivity between host and engine' }).uncheck();
  await board.getByRole('checkbox', { name: 'Save network configuration' }).uncheck();

  const sent: string[] = [];
  const bodies: Record<string, unknown>[] = [];
  page.on('request', (request) => {
    if (request.method() === 'GET') return;
    sent.push(`${request.method()} ${new URL(request.url()).pathname.split('/').at(-1)}`);
    bodies.push(request.postDataJSON() as Record<string, unknown>);
  });
  await board.getByRole('button', { name: 'Apply' }).click();
  await board.waitFor({ state: 'detached', timeout: 30_000 }).catch(async (error: unknown) => {
    throw new Error(`it was not applied: ${(await board.getByRole('alert').allInnerTexts()).join(' ')}`, { cause: error });
  });
  assert.deepEqual(sent, ['POST setupnetworks']);
  assert.deepEqual([bodies[0]?.['check_connectivity'], bodies[0]?.['commit_on_success']].map(String), ['false', 'false']);
  const host = client.hosts.host(id);
  const nics = await host.nics.list();
  const made = nics.find((one) => one.name === 'bond7');
  assert.deepEqual(made?.bonding?.slaves?.map((slave) => nics.find((one) => one.id === slave.id)?.name).toSorted(), ['em2', 'em3']);
  const attachments = await host.networkAttachments.list({ follow: 'network' });
  const backup = attachments.find((one) => one.network?.name === 'backup');
  assert.deepEqual(made?.bonding?.options?.map((one) => `${one.name}=${one.value}`).toSorted(), ['miimon=150', 'mode=1']);
  const addresses = backup?.ip_address_assignments?.map(({ assignment_method: method, ip }) =>
    [method, ip?.address, ip?.netmask, ip?.gateway].join(' '),
  );
  assert.deepEqual(addresses, ['static 192.0.2.41 255.255.255.0 192.0.2.1', 'static 2001:db8::41 64 2001:db8::1']);
  assert.deepEqual(backup?.dns_resolver_configuration?.name_servers, ['192.0.2.53']);
  const em1 = nics.find((one) => one.name === 'em1')?.id ?? '';
  assert.deepEqual(
    (await host.nics.nic(em1).networkLabels.list()).map((one) => one.id),
    ['walked-label'],
  );
  assert.ok(attachments.some((one) => one.network?.name === 'guests'));
}
