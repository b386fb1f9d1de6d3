import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Installation, defaultClusterId, defaultDataCenterId, eventually, expectStatus } from './installation.ts';
import type { Json } from './rest-client.ts';

const managementNetworkId = '00000000-0000-0000-0000-000000000009';

let installation: Installation;
let hostId: string;
let host: string;

before(async () => {
  installation = await Installation.start({ hosts: 2 });
  hostId = installation.hosts[0]?.id ?? '';
  host = `/hosts/${hostId}`;
});
after(() => installation?.stop());

const list = async (path: string, key: string): Promise<Json[]> => expectStatus(await installation.rest.get(path), 200)[key] ?? [];
const nics = (): Promise<Json[]> => list(`${host}/nics`, 'host_nic');
const nic = async (name: string): Promise<Json> => (await nics()).find((one) => one.name === name);
const attachments = (): Promise<Json[]> => list(`${host}/networkattachments`, 'network_attachment');
const attachmentOf = async (networkId: string): Promise<Json> => (await attachments()).find((one) => one.network.id === networkId);
const calls = async (verb: string): Promise<number> => (await installation.look()).calls[verb] ?? 0;
const lastEvents = async (): Promise<string[]> => (await list('/events?max=6', 'event')).map((event) => event.code as string);

async function addNetwork(name: string, more: object = {}, required = false): Promise<string> {
  const { rest } = installation;
  const network = expectStatus(await rest.post('/networks', { name, data_center: { id: defaultDataCenterId }, ...more }), 201);
  expectStatus(await rest.post(`/clusters/${defaultClusterId}/networks`, { id: network.id, required }), 201);
  return network.id as string;
}

test('a host’s NICs and the network that it came with are shown', async () => {
  const [em1, em2] = [await nic('em1'), await nic('em2')];
  assert.deepEqual(
    [em1.speed, em1.status, em1.bridged, em1.boot_protocol, em1.custom_configuration],
    ['1000000000', 'up', 'true', 'static', 'false'],
  );
  assert.ok(em1.network.id && em1.ip.address && em1.mac.address);
  assert.deepEqual([em2.network, em2.boot_protocol], [undefined, 'none']);
  assert.equal(expectStatus(await installation.rest.get(`${host}/nics/${em1.id}`), 200).name, 'em1');
  const [management] = await attachments();
  assert.deepEqual([management.in_sync, management.network.id, management.host_nic.id], ['true', em1.network.id, em1.id]);
  assert.equal(management.href, `/ovirt-engine/api${host}/networkattachments/${management.id}`);
  const followed = expectStatus(await installation.rest.get(`${host}?follow=nics.network_labels,network_attachments.network`), 200);
  assert.equal(followed.nics.host_nic.length, 3);
  assert.equal(followed.network_attachments.network_attachment[0].network.name, 'ovirtmgmt');
});

test('a network is attached to a host, changed, found out of sync, synchronized and detached', async () => {
  const { rest } = installation;
  const red = await addNetwork('red', { vlan: { id: 7 } });
  const em2 = await nic('em2');
  const made = expectStatus(
    await rest.post(`${host}/networkattachments`, {
      network: { id: red },
      host_nic: { name: 'em2' },
      ip_address_assignments: {
        ip_address_assignment: [{ assignment_method: 'static', ip: { address: '192.0.2.9', netmask: '255.255.255.0', version: 'v4' } }],
      },
    }),
    201,
  );
  assert.deepEqual([made.in_sync, made.host_nic.id], ['true', em2.id]);
  assert.equal(made.ip_address_assignments.ip_address_assignment[0].ip.address, '192.0.2.9');
  const vlan = await nic('em2.7');
  assert.deepEqual([vlan.vlan, vlan.base_interface, vlan.network.id, vlan.ip.address], [{ id: '7' }, 'em2', red, '192.0.2.9']);
  assert.equal((await list(`${host}/nics/${em2.id}/networkattachments`, 'network_attachment')).length, 1);
  assert.ok((await lastEvents()).includes('1102'));
  assert.equal(
    (await rest.post(`${host}/networkattachments`, { network: { id: red }, host_nic: { name: 'em3' } })).status,
    409,
    'it is there',
  );

  const path = `${host}/networkattachments/${made.id}`;
  const moved = expectStatus(await rest.call('PUT', path, { body: { host_nic: { name: 'em3' } } }), 200);
  assert.equal(moved.host_nic.id, (await nic('em3')).id);
  assert.equal(moved.ip_address_assignments.ip_address_assignment[0].ip.address, '192.0.2.9', 'what was not named stays');

  expectStatus(await rest.call('PUT', `/networks/${red}`, { body: { mtu: 2000 } }), 200);
  await eventually('the host follows the network', async () => (await nic('em3.7')).mtu === '2000');
  await eventually(
    'the job ended',
    async () => (await installation.rows(`select 1 from object_lock where lock_group = 'HOST_NETWORK'`)).length === 0,
  );
  await installation.rows('update network set mtu = 9000 where id = $1', [red]);
  const odd = expectStatus(await rest.get(path), 200);
  assert.equal(odd.in_sync, 'false');
  assert.deepEqual(
    odd.reported_configurations.reported_configuration.filter((row: Json) => row.in_sync === 'false'),
    [{ name: 'mtu', expected_value: '9000', actual_value: '2000', in_sync: 'false' }],
  );
  assert.equal((await nic('em3.7')).custom_configuration, 'true');
  const before = await calls('Host.setupNetworks');
  expectStatus(await rest.post(`${host}/syncallnetworks`, {}), 200);
  assert.equal((await attachmentOf(red)).in_sync, 'true');
  expectStatus(await rest.post(`${host}/syncallnetworks`, {}), 200);
  assert.equal(await calls('Host.setupNetworks'), before + 1, 'what is in sync is not set up again');
  assert.ok((await lastEvents()).includes('10901'));

  expectStatus(await rest.delete(path), 200);
  assert.equal(await attachmentOf(red), undefined);
  assert.equal(await nic('em3.7'), undefined);
  assert.equal((await rest.get(path)).status, 404);
});

test('hosts get name servers and shares with their networks, and follow when these change', async () => {
  const { rest } = installation;
  const em1 = (await attachments())[0];
  const path = `${host}/networkattachments/${em1.id}`;
  const wrong = await rest.call('PUT', path, { body: { qos: { outbound_average_upperlimit: 5 } } });
  assert.equal(wrong.status, 400, 'a share is missing');
  const servers = { name_servers: { name_server: ['192.0.2.53'] } };
  const given = expectStatus(
    await rest.call('PUT', path, {
      body: { dns_resolver_configuration: servers, qos: { outbound_average_linkshare: 7, outbound_average_upperlimit: 900 } },
    }),
    200,
  );
  assert.deepEqual([given.dns_resolver_configuration, given.in_sync], [servers, 'true']);
  assert.deepEqual(given.qos, { type: 'hostnetwork', outbound_average_linkshare: '7', outbound_average_upperlimit: '900' });
  const rows = given.reported_configurations.reported_configuration as Json[];
  const actual = (name: string): string => rows.find((row) => row.name === name)?.actual_value;
  assert.deepEqual(['dns_configuration', 'outAverageLinkShare', 'outAverageUpperLimit'].map(actual), ['192.0.2.53', '7', '900']);
  const before = await calls('Host.setupNetworks');
  expectStatus(await rest.call('PUT', path, { body: { qos: {}, dns_resolver_configuration: {} } }), 200);
  assert.equal(await calls('Host.setupNetworks'), before + 1);
  const back = expectStatus(await rest.get(path), 200);
  assert.deepEqual([back.qos, back.dns_resolver_configuration, back.in_sync], [undefined, undefined, 'true']);

  const qoss = `/datacenters/${defaultDataCenterId}/qoss`;
  const qos = expectStatus(await rest.post(qoss, { name: 'share', type: 'hostnetwork', outbound_average_linkshare: 3 }), 201);
  expectStatus(await rest.call('PUT', `/networks/${managementNetworkId}`, { body: { qos: { id: qos.id } } }), 200);
  const shareIs = (share: string) => async (): Promise<boolean> =>
    ((await attachmentOf(managementNetworkId)).reported_configurations.reported_configuration as Json[]).some(
      (row) => row.name === 'outAverageLinkShare' && row.actual_value === share && row.in_sync === 'true',
    );
  await eventually('the host has the share of the network', shareIs('3'));
  expectStatus(await rest.call('PUT', `${qoss}/${qos.id}`, { body: { outbound_average_linkshare: 4 } }), 200);
  await eventually('the host follows the QoS', shareIs('4'));
  expectStatus(await rest.delete(`${qoss}/${qos.id}`), 200);
  await eventually('without QoS it has none', shareIs(''));
});

test('setupnetworks does bonds, networks and labels in one, and commits when asked to', async () => {
  const { rest } = installation;
  const blue = await addNetwork('blue');
  const tagged = await addNetwork('tagged', { vlan: { id: 9 } });
  expectStatus(await rest.post(`/networks/${tagged}/networklabels`, { id: 'outside' }), 201);
  assert.deepEqual((await list(`/networks/${tagged}/networklabels`, 'network_label'))[0].id, 'outside');
  assert.equal((await rest.post(`/networks/${tagged}/networklabels`, { id: 'other' })).status, 400, 'a network has one label');
  expectStatus(
    await rest.post(`${host}/setupnetworks`, {
      modified_bonds: {
        host_nic: [
          {
            name: 'bond0',
            bonding: {
              options: {
                option: [
                  { name: 'mode', value: '1' },
                  { name: 'miimon', value: '150' },
                ],
              },
              slaves: { host_nic: [{ name: 'em2' }, { name: 'em3' }] },
            },
          },
        ],
      },
      modified_network_attachments: {
        network_attachment: [
          {
            network: { name: 'blue' },
            host_nic: { name: 'bond0' },
            ip_address_assignments: { ip_address_assignment: [{ assignment_method: 'dhcp' }] },
          },
        ],
      },
      modified_labels: { network_label: [{ id: 'outside', host_nic: { name: 'bond0' } }] },
      check_connectivity: true,
      commit_on_success: false,
    }),
    200,
  );
  const bond = await nic('bond0');
  const members = [await nic('em2'), await nic('em3')].map((one) => one.id as string);
  assert.deepEqual(
    bond.bonding.slaves.host_nic.map((one: Json) => one.id),
    members,
  );
  assert.deepEqual(
    bond.bonding.options.option.find((one: Json) => one.name === 'mode'),
    { name: 'mode', value: '1' },
  );
  assert.deepEqual([bond.network.id, bond.boot_protocol], [blue, 'dhcp']);
  assert.equal((await attachmentOf(tagged)).host_nic.id, bond.id, 'the label brought its network');
  assert.deepEqual(
    (await list(`${host}/nics/${bond.id}/networklabels`, 'network_label')).map((one) => one.id),
    ['outside'],
  );
  assert.equal((await rest.delete(`${host}/networkattachments/${(await attachmentOf(tagged)).id}`)).status, 409, 'the label keeps it');
  expectStatus(await rest.post(`${host}/commitnetconfig`, {}), 200);
  assert.ok((await calls('Host.setSafeNetworkConfig')) > 0 && (await lastEvents()).includes('1104'));

  // A network that gets a label comes to the NICs that have it; one that loses it goes.
  expectStatus(await rest.delete(`/networks/${tagged}/networklabels/outside`), 200);
  await eventually('the network is off the host', async () => (await attachmentOf(tagged)) === undefined);
  expectStatus(await rest.post(`/networks/${tagged}/networklabels`, { id: 'outside' }), 201);
  await eventually('the network is on the host', async () => (await attachmentOf(tagged)) !== undefined);
  expectStatus(await rest.delete(`${host}/nics/${bond.id}/networklabels/outside`), 200);
  assert.equal(await attachmentOf(tagged), undefined);
  assert.equal((await rest.get(`${host}/nics/${bond.id}/networklabels/outside`)).status, 404);

  expectStatus(
    await rest.post(`${host}/setupnetworks`, {
      removed_bonds: { host_nic: [{ name: 'bond0' }] },
      removed_network_attachments: { network_attachment: [{ id: (await attachmentOf(blue)).id }] },
    }),
    200,
  );
  assert.deepEqual(
    (await nics()).map((one) => one.name),
    ['em1', 'em2', 'em3'],
  );
});

test('a host that lacks a required network is not operational until it has it', async () => {
  const { rest } = installation;
  const need = await addNetwork('need', {}, false);
  const added = expectStatus(await rest.post(`${host}/networkattachments`, { network: { id: need }, host_nic: { name: 'em2' } }), 201);
  const other = `/hosts/${installation.hosts[1]?.id}`;
  expectStatus(await rest.post(`${other}/networkattachments`, { network: { id: need }, host_nic: { name: 'em2' } }), 201);
  expectStatus(await rest.call('PUT', `/clusters/${defaultClusterId}/networks/${need}`, { body: { required: true } }), 200);
  assert.equal(expectStatus(await rest.get(`/clusters/${defaultClusterId}/networks/${need}`), 200).status, 'operational');
  expectStatus(await rest.delete(`${host}/networkattachments/${added.id}`), 200);
  const down = expectStatus(await rest.get(host), 200);
  assert.deepEqual([down.status, down.status_detail], ['non_operational', 'network_unreachable']);
  expectStatus(await rest.post(`${host}/networkattachments`, { network: { id: need }, host_nic: { name: 'em2' } }), 201);
  await eventually('the host is up again', async () => expectStatus(await rest.get(host), 200).status === 'up');
});

test('one host’s networks are copied to another', async () => {
  const { rest } = installation;
  const extra = await addNetwork('extra', { vlan: { id: 11 } });
  const other = `/hosts/${installation.hosts[1]?.id}`;
  expectStatus(await rest.post(`${host}/networkattachments`, { network: { id: extra }, host_nic: { name: 'em3' } }), 201);
  expectStatus(await rest.post(`${other}/copyhostnetworks`, { source_host: { id: hostId } }), 200);
  const copied = await list(`${other}/networkattachments?follow=network`, 'network_attachment');
  assert.ok(copied.some((one) => one.network.id === extra));
  expectStatus(await rest.post(`/clusters/${defaultClusterId}/syncallnetworks`, {}), 200);
});

test('the hosts of a cluster move to Open vSwitch, bonds and all, and back', async () => {
  const { rest } = installation;
  const other = `/hosts/${installation.hosts[1]?.id}`;
  const attached = (): Promise<Json[]> => list(`${other}/networkattachments`, 'network_attachment');
  const remove = (await attached()).filter((one) => one.network.id !== managementNetworkId).map((one) => ({ id: one.id as string }));
  const bonds = (await list(`${other}/nics`, 'host_nic'))
    .filter((one) => one.bonding !== undefined)
    .map((one) => ({ id: one.id as string }));
  const purple = await addNetwork('purple', { vlan: { id: 30 } });
  const bonding = { options: { option: [{ name: 'mode', value: '1' }] }, slaves: { host_nic: [{ name: 'em2' }, { name: 'em3' }] } };
  expectStatus(
    await rest.post(`${other}/setupnetworks`, {
      removed_network_attachments: { network_attachment: remove },
      removed_bonds: { host_nic: bonds },
      modified_bonds: { host_nic: [{ name: 'bond7', bonding }] },
      modified_network_attachments: { network_attachment: [{ network: { id: purple }, host_nic: { name: 'bond7' } }] },
    }),
    200,
  );
  const change = (type: string) => rest.call('PUT', `/clusters/${defaultClusterId}`, { body: { switch_type: type } });
  const isolated = await addNetwork('apart', { port_isolation: true });
  assert.equal((await change('ovs')).status, 400, 'Open vSwitch does not keep VMs of a network apart');
  expectStatus(await rest.delete(`/clusters/${defaultClusterId}/networks/${isolated}`), 200);
  for (const type of ['ovs', 'legacy']) {
    assert.equal(expectStatus(await change(type), 200).switch_type, type);
    for (const one of await attached()) {
      const row = (one.reported_configurations.reported_configuration as Json[]).find((line) => line.name === 'switchType');
      assert.deepEqual([one.in_sync, row.expected_value, row.in_sync], ['false', type, 'false']);
    }
    if (type === 'ovs') assert.equal((await rest.post(`/clusters/${defaultClusterId}/networks`, { id: isolated })).status, 400);
    expectStatus(await rest.post(`${other}/syncallnetworks`, {}), 200);
    assert.deepEqual(
      (await attached()).map((one) => one.in_sync),
      ['true', 'true'],
    );
  }
});

test('what cannot be is refused, and a host that fails keeps what it had', async () => {
  const { rest } = installation;
  const sour = await addNetwork('sour', { vlan: { id: 12 } });
  const path = `${host}/networkattachments`;
  const bad: [object, RegExp][] = [
    [{ network: { id: sour }, host_nic: { name: 'em9' } }, /interface/i],
    [{ network: { name: 'nowhere' }, host_nic: { name: 'em2' } }, /network/i],
    [{ network: { id: sour } }, /host_nic/],
    [
      {
        network: { id: sour },
        host_nic: { name: 'em2' },
        ip_address_assignments: { ip_address_assignment: [{ assignment_method: 'static', ip: { address: '192.0.2.9' } }] },
      },
      /static/i,
    ],
  ];
  for (const [body, text] of bad) {
    const answer = await rest.post(path, body);
    assert.ok([400, 409].includes(answer.status), answer.text);
    assert.match(answer.body.detail, text);
  }
  const management = (await attachments()).find((one) => one.network.id === managementNetworkId);
  assert.equal((await rest.delete(`${path}/${management.id}`)).status, 400, 'the management network stays');

  await installation.plan({ verb: 'Host.setupNetworks', action: { kind: 'error', code: 29, message: 'no such luck' } });
  const failed = await rest.post(path, { network: { id: sour }, host_nic: { name: 'em2' } });
  assert.equal(failed.status, 409, failed.text);
  assert.match(failed.body.detail, /no such luck/);
  assert.equal(await attachmentOf(sour), undefined);
  assert.ok((await lastEvents()).includes('1103'));
  assert.deepEqual(await installation.rows(`select 1 from object_lock where lock_group = 'HOST_NETWORK'`), []);

  const nobody = await installation.addUser('nobody');
  for (const [action, body] of [
    ['setupnetworks', {}],
    ['syncallnetworks', {}],
    ['commitnetconfig', {}],
    ['networkattachments', { network: { id: sour } }],
    [`nics/${(await nic('em2')).id}/networklabels`, { id: 'x' }],
  ] as const)
    assert.equal((await nobody.post(`${host}/${action}`, body)).status, 403, action);
  assert.ok([403, 404].includes((await nobody.post(`/networks/${sour}/networklabels`, { id: 'x' })).status));

  expectStatus(await rest.post(`${host}/deactivate`, {}), 200);
  await eventually('maintenance', async () => expectStatus(await rest.get(host), 200).status === 'maintenance');
  expectStatus(await rest.post(path, { network: { id: sour }, host_nic: { name: 'em2' } }), 201);
  expectStatus(await rest.delete(host), 200);
  assert.deepEqual(await installation.rows('select 1 from network_attachment where host_id = $1', [hostId]), [], 'they go with the host');
});
