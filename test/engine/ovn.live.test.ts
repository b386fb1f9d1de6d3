// Budget: 90 s
// Needs: root, hypervisor, virsh, ovn, guestImage
/** Two hosts as chassis of the OVN that comes with the engine: networks over Geneve with DHCP, apart from each other, with rules for ports. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { VirtualSwitch, buildGuestImage } from '@virgate/lab';
import { Installation, defaultClusterId, defaultDataCenterId, eventually, expectStatus, freePort } from './installation.ts';
import { JoiningHost } from './joining-host.ts';
import { OvnCentral, northboundOf } from './ovn-central.ts';
import { addGuest, addSharedDomain, enrol, runInGuest } from './real-guest.ts';
import type { Json } from './rest-client.ts';

const bootTimeoutMs = 120_000;

let management: VirtualSwitch;
/** Carries the tunnels between the hosts. */
let underlay: VirtualSwitch;
let installation: Installation;
let central: OvnCentral;
let provider: string;
const machines: JoiningHost[] = [];
const hosts: string[] = [];
const guests: { id: string; nic: string; address: string }[] = [];
const networks: Record<string, { id: string; there: string; profile: string }> = {};

const rest = () => installation.rest;
const hostOf = async (number: number): Promise<Json> => expectStatus(await rest().get(`/hosts/${hosts[number - 1]}`), 200);

/** Without a kernel module tunnels end only on an address of a bridge of Open vSwitch. */
async function addHost(number: number): Promise<void> {
  const machine = await JoiningHost.start({
    name: `chassis-${number}`,
    number,
    folder: join(installation.folder, 'hosts'),
    network: management,
  });
  machines.push(machine);
  await machine.host.plug(underlay, 'em2');
  await machine.host.startOpenVSwitch();
  const tunnelAddress = `192.0.2.${number}`;
  await machine.host.run([
    'ovs-vsctl',
    'add-br',
    'br-tun',
    '--',
    'set',
    'bridge',
    'br-tun',
    'datapath_type=netdev',
    '--',
    'add-port',
    'br-tun',
    'em2',
  ]);
  await machine.host.run(['ip', 'address', 'add', `${tunnelAddress}/24`, 'dev', 'br-tun']);
  await machine.host.run(['ip', 'link', 'set', 'dev', 'br-tun', 'up']);
  hosts.push(await enrol(installation, machine));
  const file = join(machine.dataFolder, 'agent.json');
  const settings = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify({ ...settings, openVSwitch: { datapath: 'netdev', tunnelAddress } }));
  await machine.restartAgent();
}

const isChassis = async (number: number): Promise<boolean> => {
  const [row] = await installation.rows('select networks from host_state where host_id = $1', [hosts[number - 1]]);
  return row !== undefined && (row.networks as string[]).includes('br-int') && (await hostOf(number)).status === 'up';
};

async function addNetwork(name: string): Promise<void> {
  const made = expectStatus(
    await rest().post('/networks', { name, data_center: { id: defaultDataCenterId }, external_provider: { id: provider } }),
    201,
  );
  assert.equal(made.external_provider.id, provider);
  expectStatus(await rest().post(`/clusters/${defaultClusterId}/networks`, { id: made.id }), 201);
  const [profile] = expectStatus(await rest().get(`/networks/${made.id}/vnicprofiles`), 200).vnic_profile as Json[];
  const there = (expectStatus(await rest().get(`/openstacknetworkproviders/${provider}/networks`), 200).openstack_network as Json[]).find(
    (one) => one.name === name,
  );
  networks[name] = { id: made.id as string, there: there?.id as string, profile: profile?.id as string };
}

const inGuest = async (number: number, path: string, ...args: string[]): Promise<number> =>
  (await runInGuest(machines[number - 1] as JoiningHost, guests[number - 1]?.id ?? '', path, ...args)).exitCode;
/** Whether the first guest hears the second. */
const reaches = async (): Promise<boolean> => (await inGuest(1, '/bin/ping', '-c', '2', '-W', '1', guests[1]?.address ?? '')) === 0;

before(async () => {
  [management, underlay] = [await VirtualSwitch.start(), await VirtualSwitch.start()];
  const listen = { host: management.address, port: await freePort(management.address) };
  installation = await Installation.start({
    hosts: 0,
    address: management.address,
    ovn: { northbound: northboundOf, southbound: `ssl:${listen.host}:${listen.port}` },
  });
  central = await OvnCentral.start(installation.folder, listen);
  for (const number of [1, 2]) await addHost(number);
});
after(async () => {
  for (const machine of machines) await machine.host.powerOff();
  await installation?.stop();
  await central?.stop();
  await underlay?.stop();
  await management?.stop();
});

test('the OVN of the engine is a provider, and its hosts are chassis', async () => {
  const [found, ...others] = expectStatus(await rest().get('/openstacknetworkproviders'), 200).openstack_network_provider as Json[];
  assert.equal(others.length, 0);
  assert.deepEqual([found?.name, found?.type, found?.external_plugin_type], ['ovirt-provider-ovn', 'external', 'OVIRT_PROVIDER_OVN']);
  provider = found?.id as string;
  expectStatus(await rest().post(`/openstacknetworkproviders/${provider}/testconnectivity`, {}), 200);
  for (const number of [1, 2])
    await eventually('the host is a chassis', () => isChassis(number), 60_000).catch(async (error: unknown) => {
      throw new Error(`${String(error)}\n${await machines[number - 1]?.log()}\n${(await installation.engineLog()).slice(-3000)}`);
    });
});

test('guests on different hosts hear each other over the tunnel, with addresses that OVN gave them', async () => {
  await addNetwork('green');
  await addNetwork('red');
  const subnet = expectStatus(
    await rest().post(`/openstacknetworkproviders/${provider}/networks/${networks['green']?.there}/subnets`, {
      name: 'green-4',
      cidr: '198.51.100.0/24',
      gateway: '198.51.100.1',
      dns_servers: { dns_server: ['198.51.100.53'] },
      ip_version: 'v4',
    }),
    201,
  );
  assert.equal(subnet.cidr, '198.51.100.0/24');
  const image = await buildGuestImage({ outDir: join(installation.folder, 'image'), cacheDir: '/var/tmp/virgate-packages' });
  const domain = await addSharedDomain(installation, hosts[0] ?? '');
  for (const number of [1, 2]) {
    const definition = { name: `guest-${number}`, placement_policy: { hosts: { host: [{ id: hosts[number - 1] }] } } };
    const { vmId } = await addGuest(installation, image, domain, definition);
    const nic = expectStatus(
      await rest().post(`/vms/${vmId}/nics`, { name: 'nic1', vnic_profile: { id: networks['green']?.profile } }),
      201,
    );
    expectStatus(await rest().post(`/vms/${vmId}/start`, {}), 200);
    guests.push({ id: vmId, nic: nic.id as string, address: '' });
  }
  for (const [index, guest] of guests.entries())
    guest.address = await eventually(
      'the guest has an address',
      async () => {
        const devices = expectStatus(await rest().get(`/vms/${guest.id}/reporteddevices`), 200).reported_device as Json[] | undefined;
        return (devices ?? []).flatMap((device) => (device.ips?.ip ?? []) as Json[]).find((ip) => ip.version === 'v4')?.address as
          string | undefined;
      },
      bootTimeoutMs,
    ).catch(async (error: unknown) => {
      throw new Error(`${String(error)}\n${await machines[index]?.log()}`);
    });
  for (const { address } of guests) assert.match(address, /^198\.51\.100\.\d+$/);
  assert.notEqual(guests[0]?.address, guests[1]?.address);
  assert.ok(await eventually('the first guest hears the second', reaches));
});

test('a guest on another network is not heard, and a security group lets pass what it says', async () => {
  const [, second] = guests;
  const nic = `/vms/${second?.id}/nics/${second?.nic}`;
  const plugged = async (profile: string | undefined): Promise<void> => {
    expectStatus(await rest().post(`${nic}/deactivate`, {}), 200);
    expectStatus(await rest().put(nic, { vnic_profile: { id: profile } }), 200);
    expectStatus(await rest().post(`${nic}/activate`, {}), 200);
    // The guest keeps its address: whether it is heard is up to the network alone.
    await eventually('the guest has its NIC again', async () => {
      const shown = await runInGuest(machines[1] as JoiningHost, second?.id ?? '', '/bin/ip', '-o', 'link');
      return /eth\d/.test(shown.output);
    });
    const address = `ip link set eth0 up; ip address replace ${second?.address}/24 dev eth0`;
    assert.equal(await inGuest(2, '/bin/sh', '-c', address), 0);
  };
  const refused = await rest().put(nic, { vnic_profile: { id: networks['red']?.profile } });
  assert.match(refused.body.detail, /Unplug it first/, refused.text);
  await plugged(networks['red']?.profile);
  assert.ok(!(await reaches()), 'another network');
  const groups = `/virgate/api/network-providers/${provider}/security-groups`;
  const nothing = expectStatus(await rest().post(groups, { name: 'nothing', rules: [] }), 201);
  const guarded = expectStatus(
    await rest().post('/vnicprofiles', {
      name: 'guarded',
      network: { id: networks['green']?.id },
      custom_properties: { custom_property: [{ name: 'SecurityGroups', value: nothing.id }] },
    }),
    201,
  );
  await plugged(guarded.id as string);
  assert.ok(!(await reaches()), 'nothing passes');
  expectStatus(await rest().put(`${groups}/${nothing.id}`, { rules: [{ direction: 'ingress', version: 'v4', protocol: 'icmp' }] }), 200);
  assert.ok(await eventually('the ping passes', reaches));
});
