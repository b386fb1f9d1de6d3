import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Installation, defaultClusterId, defaultDataCenterId, eventually, expectStatus } from './installation.ts';
import type { Json, RestClient } from './rest-client.ts';

const act = (client: RestClient, path: string, body: Json) => client.call('POST', path, { body });
const systemId = 'aaa00000-0000-0000-0000-123456789aaa';

test('a host is refreshed, and made the storage manager instead of another', async (t) => {
  const installation = await Installation.start({ hosts: 2 });
  t.after(() => installation.stop());
  const { rest } = installation;
  await installation.addStorage();
  const [host] = installation.hosts;
  assert.ok(host);
  await installation.rows(`update host_state set cpu_model = 'forgotten' where host_id = $1`, [host.id]);
  expectStatus(await rest.call('POST', `/hosts/${host.id}/refresh`, { body: {} }), 200);
  const shown = expectStatus(await rest.get(`/hosts/${host.id}`), 200);
  assert.equal(shown.cpu.name, 'Simulated CPU');
  assert.deepEqual(
    [
      shown.kdump_status,
      shown.auto_numa_status,
      shown.numa_supported,
      shown.transparent_hugepages.enabled,
      shown.network_operation_in_progress,
    ],
    ['unknown', 'disable', 'false', 'true', 'false'],
  );
  const promised = 321 * 1024 ** 2;
  assert.equal(Number(shown.max_scheduling_memory), Number(shown.memory) - promised, 'what the host keeps is nobody’s');
  await memoryPolicyOfCluster(installation, host);

  const manager = async (): Promise<string> =>
    (await installation.rows('select spm_host_id as id from data_center where id = $1', [defaultDataCenterId]))[0].id as string;
  const before = await eventually('a storage manager', manager);
  const other = installation.hosts.find(({ id }) => id !== before);
  assert.ok(other);
  const again = await rest.call('POST', `/hosts/${before}/forceselectspm`, { body: {} });
  assert.equal(again.status, 409, again.text);
  expectStatus(await rest.call('PUT', `/hosts/${other.id}`, { body: { spm: { priority: -1 } } }), 200);
  assert.equal((await rest.call('POST', `/hosts/${other.id}/forceselectspm`, { body: {} })).status, 400, 'never chosen to be one');
  expectStatus(await rest.call('PUT', `/hosts/${other.id}`, { body: { spm: { priority: 5 } } }), 200);
  expectStatus(await rest.call('POST', `/hosts/${other.id}/forceselectspm`, { body: {} }), 200);
  assert.equal(await manager(), other.id);
  assert.equal(expectStatus(await rest.get(`/hosts/${other.id}`), 200).spm.status, 'spm');
  const codes = (expectStatus(await rest.get('/events?max=5'), 200).event as Json[]).map((one) => one.code as string);
  assert.ok(codes.includes('159'), codes.join(' '));
  expectStatus(await rest.call('POST', `/hosts/${other.id}/deactivate`, { body: {} }), 200);
  await eventually('maintenance', async () => expectStatus(await rest.get(`/hosts/${other.id}`), 200).status === 'maintenance');
  assert.equal((await rest.call('POST', `/hosts/${other.id}/forceselectspm`, { body: {} })).status, 409);

  // Only a host that serves nothing goes to another cluster.
  const dataCenter = expectStatus(await rest.post('/datacenters', { name: 'elsewhere', local: false }), 201);
  const cluster = expectStatus(
    await rest.post('/clusters', { name: 'elsewhere', data_center: { id: dataCenter.id }, cpu: { type: 'Intel Nehalem Family' } }),
    201,
  );
  const busy = await rest.call('PUT', `/hosts/${before}`, { body: { cluster: { id: cluster.id } } });
  assert.equal(busy.status, 409, busy.text);
  assert.equal((await rest.call('PUT', `/hosts/${other.id}`, { body: { cluster: { name: 'nowhere' } } })).status, 404);
  const owner = await installation.addUser('owner', [{ role: 'HostAdmin', type: 'host', id: other.id }]);
  assert.equal((await owner.call('PUT', `/hosts/${other.id}`, { body: { cluster: { id: cluster.id } } })).status, 403);
  const groups = `/clusters/${defaultClusterId}/affinitygroups`;
  const group = expectStatus(await rest.post(groups, { name: 'together', hosts: { host: [{ id: other.id }] } }), 201);
  assert.deepEqual(
    group.hosts.host.map((one: Json) => one.href),
    [`/ovirt-engine/api/hosts/${other.id}`],
  );
  assert.equal(
    expectStatus(await rest.call('PUT', `/hosts/${other.id}`, { body: { cluster: { name: 'elsewhere' } } }), 200).cluster.id,
    cluster.id,
  );
  assert.equal(expectStatus(await rest.get(`${groups}/${group.id}`), 200).hosts, undefined);
  expectStatus(await rest.call('POST', `/hosts/${other.id}/activate`, { body: {} }), 200);
  await eventually('up', async () => expectStatus(await rest.get(`/hosts/${other.id}`), 200).status === 'up');
});

test('the master of a data center is switched, its tasks are cleaned, its cluster is told of an upgrade', async (t) => {
  const installation = await Installation.start({ hosts: 2 });
  t.after(() => installation.stop());
  const { rest } = installation;
  await installation.addStorage();
  const second = await installation.addStorage('second');
  const viewer = await installation.addUser('viewer', [{ role: 'ReadOnlyAdmin', type: 'system', id: systemId }]);
  const codes = async (): Promise<string[]> =>
    (expectStatus(await rest.get('/events?max=8'), 200).event as Json[]).map((one) => one.code as string);

  const master = `/datacenters/${defaultDataCenterId}/setmaster`;
  assert.equal((await act(viewer, master, { storage_domain: { id: second.id } })).status, 403);
  assert.equal((await act(rest, master, { storage_domain: { name: 'none' } })).status, 404);
  assert.equal((await act(rest, master, { storage_domain: { name: 'data' } })).status, 409, 'it is the master');
  await eventually(
    'a storage manager',
    async () => (await installation.rows('select 1 from data_center where spm_host_id is not null')).length > 0,
  );
  expectStatus(await act(rest, master, { storage_domain: { id: second.id } }), 200);
  assert.equal(expectStatus(await rest.get(`/storagedomains/${second.id}`), 200).master, 'true');
  assert.ok((await codes()).includes('1480'));
  assert.equal((await installation.look()).calls['StoragePool.refresh'], 1, 'the other host is told');

  expectStatus(await act(rest, `/datacenters/${defaultDataCenterId}/cleanfinishedtasks`, {}), 200);
  assert.ok((await codes()).includes('9031'));

  const upgrade = `/clusters/${defaultClusterId}/upgrade`;
  assert.equal((await act(rest, upgrade, { upgrade_action: 'finish' })).status, 400, 'none goes on');
  assert.equal((await act(viewer, upgrade, { upgrade_action: 'start' })).status, 403);
  expectStatus(await act(rest, upgrade, { upgrade_action: 'start', correlation_id: 'up-1' }), 200);
  assert.equal((await act(rest, upgrade, { upgrade_action: 'start' })).status, 400, 'one goes on');
  assert.equal(
    (await act(rest, upgrade, { upgrade_action: 'update_progress', upgrade_percent_complete: 5, correlation_id: 'other' })).status,
    400,
  );
  assert.equal(
    (await act(rest, upgrade, { upgrade_action: 'update_progress', upgrade_percent_complete: 101, correlation_id: 'up-1' })).status,
    400,
  );
  expectStatus(await act(rest, upgrade, { upgrade_action: 'update_progress', upgrade_percent_complete: 40, correlation_id: 'up-1' }), 200);
  const shown = expectStatus(await rest.get(`/clusters/${defaultClusterId}`), 200);
  assert.deepEqual([shown.upgrade_in_progress, shown.upgrade_percent_complete, shown.upgrade_correlation_id], ['true', '40', 'up-1']);
  expectStatus(await act(rest, upgrade, { upgrade_action: 'finish' }), 200);
  assert.equal(expectStatus(await rest.get(`/clusters/${defaultClusterId}`), 200).upgrade_in_progress, 'false');

  await installation.rows(`update cluster set emulated_machine = 'pc-forgotten' where id = $1`, [defaultClusterId]);
  expectStatus(await act(rest, `/clusters/${defaultClusterId}/resetemulatedmachine`, {}), 200);
  const [{ emulated_machine: machine }] = await installation.rows('select emulated_machine from cluster where id = $1', [defaultClusterId]);
  assert.equal(machine, 'pc-q35-4.1');

  const host = installation.hosts[0]?.id ?? '';
  const hooks = expectStatus(await rest.get(`/hosts/${host}/hooks`), 200).hook as Json[];
  assert.deepEqual([hooks[0]?.name, hooks[0]?.event_name], ['50_log', 'before_vm_start']);
  assert.equal(expectStatus(await rest.get(`/hosts/${host}/hooks/${hooks[0]?.id}`), 200).name, '50_log');
  const nic = (expectStatus(await rest.get(`/hosts/${host}/nics`), 200).host_nic as Json[]).find((one) => one.name === 'em3');
  const heard = expectStatus(await rest.get(`/hosts/${host}/nics/${nic?.id}/linklayerdiscoveryprotocolelements`), 200);
  assert.equal((Object.values(heard)[0] as Json[])[0]?.name, 'System Name');
});

test('a host finds the targets of an iSCSI portal, signs in, and sees LUNs', async (t) => {
  const installation = await Installation.start({ hosts: 1 });
  t.after(() => installation.stop());
  const { rest } = installation;
  const host = `/hosts/${installation.hosts[0]?.id}`;
  const iscsi = { address: 'storage.example', port: 3261, username: 'bob', password: `p@ss'"$(id)` };
  const names = expectStatus(await act(rest, `${host}/iscsidiscover`, { iscsi }), 200).iscsi_targets.iscsi_target as string[];
  assert.deepEqual(names, ['iqn.2026-11.com.example:one', 'iqn.2026-11.com.example:two']);
  const found = expectStatus(await act(rest, `${host}/discoveriscsi`, { iscsi }), 200).discovered_targets.iscsi_details as Json[];
  assert.deepEqual(found[0], { address: 'storage.example', port: '3261', portal: '1', target: names[0] });
  assert.equal(expectStatus(await rest.get(`${host}/storage`), 200).host_storage, undefined);
  expectStatus(await act(rest, `${host}/iscsilogin`, { iscsi: { ...iscsi, target: names[1] } }), 200);
  const [storage] = expectStatus(await rest.get(`${host}/storage`), 200).host_storage as Json[];
  const followed = expectStatus(await rest.get(`${host}?follow=storages`), 200).storages.host_storage as Json[];
  assert.deepEqual(followed[0]?.logical_units, storage?.logical_units);
  const unit = storage?.logical_units.logical_unit[0];
  assert.deepEqual([unit.target, unit.lun_mapping, unit.size], [names[1], '1', String(1024 ** 3)]);
  assert.deepEqual([unit.disk_id, unit.storage_domain_id], [undefined, undefined]);
  const chosen = { id: unit.id, address: unit.address, port: unit.port, target: unit.target };
  const lunStorage = { type: 'iscsi', host: { id: installation.hosts[0]?.id }, logical_units: { logical_unit: [chosen] } };
  const disk = expectStatus(await rest.post('/disks', { alias: 'on-a-lun', lun_storage: lunStorage }), 201);
  const unitNow = async (): Promise<Json> => {
    const [now] = expectStatus(await rest.get(`${host}/storage`), 200).host_storage as Json[];
    return now?.logical_units.logical_unit[0];
  };
  assert.equal((await unitNow()).disk_id, disk.id);
  expectStatus(await rest.delete(`/disks/${disk.id}`), 200);
  const made = await rest.post('/storagedomains', { name: 'on-a-lun', type: 'data', host: lunStorage.host, storage: lunStorage });
  const domain = expectStatus(made, 201);
  assert.deepEqual([(await unitNow()).disk_id, (await unitNow()).storage_domain_id], [undefined, domain.id]);

  const missing = await act(rest, `${host}/iscsilogin`, { iscsi: { ...iscsi, target: 'iqn.2026-11.com.example:none' } });
  assert.equal(missing.status, 409, missing.text);
  assert.match(missing.text, /464/);
  await installation.plan({ verb: 'ISCSIConnection.discoverSendTargets', action: { kind: 'error', code: 475, message: 'no such portal' } });
  const failed = await act(rest, `${host}/discoveriscsi`, { iscsi });
  assert.equal(failed.status, 409, failed.text);
  assert.ok(failed.text.includes('no such portal'));
  const hostile: [object, RegExp][] = [
    [{ address: 'a b' }, /iscsi.address/],
    [{ address: '127.0.0.1' }, /iscsi.address/],
    [{ address: '169.254.169.254' }, /iscsi.address/],
    [{ address: 'file:///etc/passwd' }, /iscsi.address/],
    [{ port: 70_000 }, /iscsi.port/],
    [{ password: 'x'.repeat(300) }, /iscsi.password/],
    [{ username: 'a\nb' }, /iscsi.username/],
    [{ target: 'iqn; reboot' }, /iscsi.target/],
  ];
  for (const [bad, text] of hostile) {
    const refused = await act(rest, `${host}/iscsilogin`, { iscsi: { ...iscsi, target: names[0], ...bad } });
    assert.equal(refused.status, 400, refused.text);
    assert.match(refused.text, text);
  }
  assert.equal((await act(rest, `${host}/iscsilogin`, { iscsi })).status, 400, 'which target?');
  assert.equal((await act(rest, `${host}/discoveriscsi`, {})).status, 400, 'which portal?');
  const nobody = await installation.addUser('nobody');
  assert.ok([403, 404].includes((await act(nobody, `${host}/discoveriscsi`, { iscsi })).status));
});

test('another number of virtual functions is made, or stays when the host refuses', async (t) => {
  const installation = await Installation.start({ hosts: 1 });
  t.after(() => installation.stop());
  const { rest } = installation;
  const host = `/hosts/${installation.hosts[0]?.id}`;
  expectStatus(await act(rest, `${host}/refresh`, {}), 200);
  const card = (expectStatus(await rest.get(`${host}/nics`), 200).host_nic as Json[]).find((nic) => nic.name === 'em3')?.id as string;
  const shown = async (): Promise<Json> =>
    expectStatus(await rest.get(`${host}/nics/${card}?all_content=true`), 200).virtual_functions_configuration;
  const update = (number: number) =>
    act(rest, `${host}/nics/${card}/updatevirtualfunctionsconfiguration`, {
      virtual_functions_configuration: { number_of_virtual_functions: number },
    });
  assert.equal((await shown()).number_of_virtual_functions, '2');
  expectStatus(await update(3), 200);
  assert.equal((await shown()).number_of_virtual_functions, '3');
  await installation.plan({ verb: 'Host.hostdevChangeNumvfs', action: { kind: 'error', code: 100, message: 'the card is busy' } });
  const refused = await update(0);
  assert.equal(refused.status, 409, refused.text);
  assert.match(refused.text, /the card is busy/);
  assert.equal((await shown()).number_of_virtual_functions, '3');
  assert.equal((await update(5)).status, 400);
  const codes = (expectStatus(await rest.get('/events?max=6'), 200).event as Json[]).map((event) => event.code as string);
  assert.ok(codes.includes('1201') && codes.includes('1202'), codes.join(' '));
});

test('a network that only the host knows is shown, and taken off', async (t) => {
  const installation = await Installation.start({ hosts: 1 });
  t.after(() => installation.stop());
  const { rest } = installation;
  const host = installation.hosts[0]?.id ?? '';
  const network = expectStatus(
    await rest.post('/networks', { name: 'orphan', data_center: { id: defaultDataCenterId }, vlan: { id: 77 } }),
    201,
  );
  expectStatus(await rest.post(`/clusters/${defaultClusterId}/networks`, { id: network.id, required: false }), 201);
  const nic = (expectStatus(await rest.get(`/hosts/${host}/nics`), 200).host_nic as Json[]).find((one) => one.name === 'em3');
  expectStatus(await rest.post(`/hosts/${host}/networkattachments`, { network: { id: network.id }, host_nic: { id: nic?.id } }), 201);
  assert.equal(expectStatus(await rest.get(`/hosts/${host}/unmanagednetworks`), 200).unmanaged_network, undefined);
  expectStatus(await rest.delete(`/clusters/${defaultClusterId}/networks/${network.id}`), 200);
  const found = expectStatus(await rest.get(`/hosts/${host}/unmanagednetworks`), 200).unmanaged_network as Json[];
  assert.deepEqual(
    found.map((one) => [one.name, one.id]),
    [['orphan', Buffer.from('orphan').toString('hex')]],
  );
  expectStatus(await rest.delete(`/hosts/${host}/unmanagednetworks/${found[0]?.id}`), 200);
  assert.equal(expectStatus(await rest.get(`/hosts/${host}/unmanagednetworks`), 200).unmanaged_network, undefined);
  assert.equal((await rest.get(`/hosts/${host}/unmanagednetworks/${found[0]?.id}`)).status, 404);
});

/** Hosts of a cluster hear of its memory policy when that changes, and are warned of by its threshold. */
async function memoryPolicyOfCluster({ rest }: Installation, host: { id: string }): Promise<void> {
  const cluster = `/clusters/${defaultClusterId}`;
  const codes = async (): Promise<string[]> =>
    (expectStatus(await rest.get('/events?max=10'), 200).event as Json[]).map((one) => `${one.code} ${one.host?.id ?? ''}`);
  const ksm = async (): Promise<Json> => expectStatus(await rest.get(`/hosts/${host.id}`), 200).ksm;
  expectStatus(
    await rest.call('PUT', cluster, {
      body: {
        ksm: { enabled: true, merge_across_nodes: false },
        log_max_memory_used_threshold: 10_000_000,
        log_max_memory_used_threshold_type: 'absolute_value_in_mb',
      },
    }),
    200,
  );
  assert.ok((await codes()).includes(`10200 ${host.id}`));
  await eventually('the host does so', async () => JSON.stringify(await ksm()) === '{"enabled":"true","merge_across_nodes":"false"}');
  await eventually('a warning of its memory', async () => (await codes()).includes(`531 ${host.id}`));
}
