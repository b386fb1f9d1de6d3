// Budget: 80 s
// Needs: root, hypervisor, virsh, openVSwitch, guestImage
/** Two hosts with networks on Open vSwitch, and a guest on each: VLANs keep guests apart, and a bond bears a cut cable. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { VirtualSwitch, buildGuestImage, type GuestImage, type HostProcess } from '@virgate/lab';
import { Installation, defaultClusterId, defaultDataCenterId, eventually, expectStatus } from './installation.ts';
import { JoiningHost } from './joining-host.ts';
import { addGuest, addSharedDomain, enrol, runInGuest, type SharedDomain } from './real-guest.ts';
import type { Json } from './rest-client.ts';

const bootTimeoutMs = 120_000;

let management: VirtualSwitch;
/** Carries frames as they are, with their tags: the cables of em2 and em3. */
let trunk: VirtualSwitch;
let installation: Installation;
let dhcp: HostProcess;
const machines: JoiningHost[] = [];
const hosts: string[] = [];
const guests: { id: string; nic: string; address: string }[] = [];
const profiles: Record<string, string> = {};

const rest = () => installation.rest;

async function addHost(number: number): Promise<void> {
  const machine = await JoiningHost.start({
    name: `switched-${number}`,
    number,
    folder: join(installation.folder, 'hosts'),
    network: management,
  });
  machines.push(machine);
  for (const nic of ['em2', 'em3']) await machine.host.plug(trunk, nic);
  await machine.host.startOpenVSwitch();
  const id = await enrol(installation, machine);
  // On a virtual host the ends of virtual cables play the part of NICs.
  const file = join(machine.dataFolder, 'agent.json');
  const settings = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify({ ...settings, fakeNics: ['em*'] }));
  await machine.restartAgent();
  await eventually('its NICs are known', async () => {
    const nics = expectStatus(await rest().get(`/hosts/${id}/nics`), 200).host_nic ?? [];
    return nics.length === 3 && expectStatus(await rest().get(`/hosts/${id}`), 200).status === 'up';
  });
  hosts.push(`/hosts/${id}`);
}

async function addNetwork(name: string, vlan: number): Promise<void> {
  const network = expectStatus(await rest().post('/networks', { name, data_center: { id: defaultDataCenterId }, vlan: { id: vlan } }), 201);
  expectStatus(await rest().post(`/clusters/${defaultClusterId}/networks`, { id: network.id, required: false }), 201);
  const [profile] = expectStatus(await rest().get(`/networks/${network.id}/vnicprofiles`), 200).vnic_profile as Json[];
  profiles[name] = profile.id as string;
}

/** A VM on a host whose disk is the guest image. */
async function startGuest(number: number, image: GuestImage, domain: SharedDomain): Promise<void> {
  const host = { id: hosts[number - 1]?.slice('/hosts/'.length) };
  const { vmId } = await addGuest(installation, image, domain, { name: `guest-${number}`, placement_policy: { hosts: { host: [host] } } });
  const nic = expectStatus(await rest().post(`/vms/${vmId}/nics`, { name: 'nic1', vnic_profile: { id: profiles['blue'] } }), 201);
  expectStatus(await rest().post(`/vms/${vmId}/start`, {}), 200);
  guests.push({ id: vmId, nic: nic.id as string, address: '' });
}

/** What a program in a guest ended with. */
const inGuest = async (number: number, path: string, ...args: string[]): Promise<number> =>
  (await runInGuest(machines[number - 1] as JoiningHost, guests[number - 1]?.id ?? '', path, ...args)).exitCode;

/** Whether the first guest hears the second. */
const reaches = async (): Promise<boolean> => (await inGuest(1, '/bin/ping', '-c', '2', '-W', '1', guests[1]?.address ?? '')) === 0;

const switchOf = async (number: number, ...command: string[]): Promise<string> =>
  (await machines[number - 1]?.host.run(['ovs-vsctl', ...command]))?.stdout ?? '';

before(async () => {
  [management, trunk] = [await VirtualSwitch.start(), await VirtualSwitch.start()];
  installation = await Installation.start({ hosts: 0, address: management.address });
  expectStatus(await rest().put(`/clusters/${defaultClusterId}`, { switch_type: 'ovs' }), 200);
  await installation.bearLoad();
  await addNetwork('blue', 10);
  await addNetwork('green', 20);
  for (const number of [1, 2]) await addHost(number);
});
after(async () => {
  await dhcp?.stop();
  for (const machine of machines) await machine.host.powerOff();
  await installation?.stop();
  await trunk?.stop();
  await management?.stop();
});

test('networks on a bond are built on Open vSwitch, and what the host tells fits what was asked for', async () => {
  for (const [index, host] of hosts.entries()) {
    const address = { assignment_method: 'static', ip: { address: `198.51.100.${index + 1}`, netmask: '255.255.255.0' } };
    const attachment = (name: string, assignments: Json[] = []): Json => ({
      network: { name },
      host_nic: { name: 'bond1' },
      ip_address_assignments: { ip_address_assignment: assignments },
    });
    const options = {
      option: [
        { name: 'mode', value: '1' },
        { name: 'miimon', value: '100' },
      ],
    };
    const setup = await rest().post(`${host}/setupnetworks`, {
      modified_bonds: { host_nic: [{ name: 'bond1', bonding: { options, slaves: { host_nic: [{ name: 'em2' }, { name: 'em3' }] } } }] },
      modified_network_attachments: { network_attachment: [attachment('blue', [address]), attachment('green')] },
      check_connectivity: true,
    });
    if (setup.status !== 200) throw new Error(`${setup.text}\n${await machines[index]?.log()}`);
    const found = expectStatus(await rest().get(`${host}/networkattachments?follow=network`), 200).network_attachment as Json[];
    for (const name of ['blue', 'green']) {
      const one = found.find((attached) => attached.network.name === name);
      assert.equal(one.in_sync, 'true', JSON.stringify(one));
    }
    const nics = expectStatus(await rest().get(`${host}/nics`), 200).host_nic as Json[];
    const bond = nics.find((nic) => nic.name === 'bond1');
    assert.equal(bond.bonding.slaves.host_nic.length, 2, JSON.stringify(bond));
    assert.ok(bond.bonding.active_slave, JSON.stringify(bond));
    assert.match(await switchOf(index + 1, 'get', 'Port', 'blue', 'tag'), /^10$/m);
  }
});

test('guests in one VLAN hear each other, those in different ones do not', async () => {
  const image = await buildGuestImage({ outDir: join(installation.folder, 'image'), cacheDir: '/var/tmp/virgate-packages' });
  const domain = await addSharedDomain(installation, hosts[0]?.slice('/hosts/'.length) ?? '');
  const range = ['--interface=blue', '--bind-interfaces', '--port=0', '--dhcp-range=198.51.100.50,198.51.100.60,1h'];
  const dnsmasq = ['dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--leasefile-ro', '--pid-file=', '--user=root', '--no-ping'];
  const [machine] = machines;
  if (machine) dhcp = await machine.host.spawn([...dnsmasq, ...range, '--dhcp-authoritative'], 'dnsmasq.log');
  for (const number of [1, 2]) await startGuest(number, image, domain);
  for (const [index, guest] of guests.entries()) {
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
  }
  // The guest of the second host has got it through both switches.
  assert.match(guests[1]?.address ?? '', /^198\.51\.100\.[56]/);
  assert.ok(await reaches());
  const move = async (name: string): Promise<void> => {
    expectStatus(await rest().put(`/vms/${guests[1]?.id}/nics/${guests[1]?.nic}`, { vnic_profile: { id: profiles[name] } }), 200);
  };
  await move('green');
  assert.ok(!(await reaches()), 'another VLAN');
  await move('blue');
  assert.ok(await reaches());
});

test('a guest that goes to another host and back is heard in its VLAN all the same', async () => {
  for (const to of [1, 2]) {
    const host = { id: hosts[to - 1]?.slice('/hosts/'.length) };
    expectStatus(await rest().post(`/vms/${guests[1]?.id}/migrate`, { host }), 200);
    await eventually('it is there', async () => {
      const { body } = await rest().get(`/vms/${guests[1]?.id}`);
      return body.status === 'up' && body.host?.id === host.id;
    });
    assert.ok(await eventually('the guests hear each other', reaches));
  }
});

test('a bond bears a cut cable', async () => {
  const active = (await switchOf(2, 'get', 'Port', 'bond1', 'bond_active_slave')).trim();
  // The host's own devices have the address of the first NIC below them.
  const same = await switchOf(2, '--columns=name', '--bare', 'find', 'Interface', `mac_in_use=${active}`);
  const nic = same.split('\n').find((name) => /^em[23]$/.test(name)) ?? '';
  assert.match(nic, /^em[23]$/);
  await trunk.cut(2, nic);
  assert.ok(await eventually('the guests hear each other over the other cable', reaches));
  await trunk.cut(2, nic, true);
});

test('an agent that starts again has the networks that it had, and a network of a VM stays', async () => {
  const [host] = hosts;
  const used = expectStatus(await rest().get(`${host}/networkattachments?follow=network`), 200).network_attachment as Json[];
  const blue = used.find((one) => one.network.name === 'blue');
  const refused = await rest().delete(`${host}/networkattachments/${blue.id}`);
  assert.equal(refused.status, 409, refused.text);
  assert.match(refused.body.detail, /of a VM is on it/);
  await machines[0]?.restartAgent();
  await eventually('the host is up again', async () => (await rest().get(host ?? '')).body.status === 'up');
  assert.ok(await reaches());
});
