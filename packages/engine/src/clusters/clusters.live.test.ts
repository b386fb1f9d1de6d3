import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { cpuModels } from '@virgate/contract/generated/cpus';
import { json, transaction } from '@virgate/database';
import { defaultClusterId, defaultDataCenterId } from '../installation/fixed-ids.ts';
import { hostFacts } from '../monitoring/capabilities.ts';
import { hostSetupOf } from '../hosts/setup.ts';
import { judgeHost, loadHost, settleFipsMode } from '../monitoring/host-state.ts';
import { startTestEngine, type TestEngine } from '../testing/engine.ts';
import { addHostAndStorage } from '../testing/objects.ts';
import { domainXml } from '../vms/domain-xml/domain.ts';
import { loadPlan } from '../vms/plan.ts';
import { isInstalled } from './host-setup.ts';

const cpu = { type: 'Intel Nehalem Family', architecture: 'x86_64' };

test('clusters are added, read, changed and removed', async (t) => {
  const { get, post, put, delete: remove, engine } = await startTestEngine(t);
  const made = await post('/clusters', {
    name: 'second',
    cpu,
    data_center: { name: 'Default' },
    memory_policy: { over_commit: { percent: '150' } },
    ksm: { enabled: false },
  });
  assert.equal(made.status, 201, made.text);
  const path = `/clusters/${made.body['id']}`;
  assert.equal(made.headers['location'], `/ovirt-engine/api${path}`);
  const found = (await get(path)).body;
  assert.deepEqual(found['cpu'], cpu);
  assert.equal(found['bios_type'], 'q35_sea_bios');
  assert.deepEqual(found['version'], { major: '4', minor: '7' });
  assert.deepEqual(found['ksm'], { enabled: 'false', merge_across_nodes: 'true' });
  assert.equal(found['memory_policy'].over_commit.percent, '150');
  assert.equal(found['data_center'].id, defaultDataCenterId);
  assert.deepEqual(
    (await get('/clusters?search=name%3Dsec*')).body['cluster'].map((one: { id: string }) => one.id),
    [made.body['id']],
  );
  assert.equal((await get(`/datacenters/${defaultDataCenterId}/clusters`)).body['cluster'].length, 2);
  assert.equal((await get(`/datacenters/${defaultDataCenterId}?follow=clusters`)).body['clusters'].cluster.length, 2);
  const networks = await engine.db
    .selectFrom('network_cluster')
    .select(['management', 'required'])
    .where('cluster_id', '=', made.body['id'])
    .execute();
  assert.deepEqual(networks, [{ management: true, required: true }]);

  const changed = await put(path, { description: 'changed', ballooning_enabled: 'false', cpu: { type: 'Intel Westmere Family' } });
  assert.equal(changed.status, 200, changed.text);
  assert.equal(changed.body['cpu'].type, 'Intel Westmere Family');
  assert.equal(changed.body['ballooning_enabled'], 'false');
  assert.deepEqual(changed.body['ksm'], { enabled: 'false', merge_across_nodes: 'true' }, 'other settings stay');

  const removed = await remove(path);
  assert.equal(removed.status, 200, removed.text);
  assert.equal(removed.body['status'], 'complete');
  const gone = await get(path);
  assert.deepEqual([gone.status, gone.text], [404, '']);
});

test('what cannot be is refused with its status', async (t) => {
  const { get, post, put, delete: remove, engine, user } = await startTestEngine(t);
  const path = `/clusters/${defaultClusterId}`;
  assert.equal(
    (await post('/clusters', { name: 'DEFAULT', data_center: { id: defaultDataCenterId } })).status,
    409,
    'names do not differ by case',
  );
  const noName = await post('/clusters', { data_center: { id: defaultDataCenterId } });
  assert.equal(noName.status, 400);
  assert.match(noName.body['detail'], /name/);
  assert.equal((await post('/clusters', { name: 'x', data_center: { id: randomUUID() } })).status, 404);
  assert.equal((await post('/clusters', { name: 'x', data_center: { name: 'Default' }, cpu: { type: 'Abacus' } })).status, 400);
  assert.equal(
    (await post('/clusters', { name: 'x', data_center: { name: 'Default' }, version: { major: 4, minor: 2 } })).status,
    400,
    'below its data center',
  );
  assert.equal(
    (await post('/clusters', { name: 'x', data_center: { name: 'Default' }, scheduling_policy: { name: 'perfect' } })).status,
    404,
  );
  assert.equal((await post('/clusters', { name: 'x', data_center: { name: 'Default' }, bios_type: 'coreboot' })).status, 400);
  assert.match((await put(path, { log_max_memory_used_threshold: 101 })).text, /log_max_memory_used_threshold/);
  assert.match((await put(path, { trusted_service: true })).text, /trusted_service/);
  assert.equal((await put(path, { virt_service: false })).status, 400);
  assert.equal((await put(path, { id: randomUUID() })).status, 409);
  assert.equal((await put(`/clusters/${randomUUID()}`, { name: 'x' })).status, 404);
  assert.equal((await get('/clusters/not-an-id')).text, '');

  await engine.db.insertInto('host').values({ id: randomUUID(), name: 'h', address: 'h', cluster_id: defaultClusterId }).execute();
  const refused = await remove(path);
  assert.equal(refused.status, 409);
  assert.match(refused.text, /\[/);

  const nobody = await user('nobody');
  assert.equal((await nobody.post('/clusters', { name: 'x', data_center: { name: 'Default' } })).status, 403);
  assert.equal((await nobody.post('/clusters', { name: 'x' })).status, 403, 'who may nothing learns nothing about the request');
  assert.equal((await nobody.put(path, { name: 'x' })).status, 403);
  assert.equal((await nobody.delete(path)).status, 403);
  assert.equal((await nobody.get(path)).status, 404);
  const admin = await user('clusteradmin', [{ role: 'ClusterAdmin', object: { type: 'cluster', id: defaultClusterId } }]);
  assert.equal((await admin.put(path, { comment: 'mine' })).status, 200);
  assert.equal(
    (await admin.post('/clusters', { name: 'x', data_center: { name: 'Default' } })).status,
    403,
    'one cluster is not its data center',
  );
});

test('a cluster asks its hosts for features beyond its level', async (t) => {
  const test = await startTestEngine(t);
  const { get, post, delete: remove, engine, user } = test;
  const path = `/clusters/${defaultClusterId}/enabledfeatures`;
  const known = (await get('/clusterlevels/4.7/clusterfeatures')).body['cluster_feature'] as { id: string; name: string }[];
  const snapshots = known.find((feature) => feature.name === 'GLUSTER_SNAPSHOT');
  assert.ok(snapshots);
  assert.equal((await get(`/clusterlevels/4.7/clusterfeatures/${snapshots.id}`)).body['cluster_level'].id, '4.7');
  assert.equal((await get(`/clusterlevels/3.0/clusterfeatures`)).status, 404);
  assert.equal((await get(`/clusterlevels/4.7/clusterfeatures/${randomUUID()}`)).status, 404);
  assert.equal((await get('/clusterlevels?follow=cluster_features')).body['cluster_level'][0].cluster_features.cluster_feature.length, 3);

  assert.equal((await post(path, {})).status, 400);
  assert.equal((await post(path, { id: randomUUID() })).status, 404);
  const { hosts: host } = await addHostAndStorage(test);
  await engine.db.updateTable('host_state').set({ status: 'up' }).where('host_id', '=', host).execute();
  const refused = await post(path, { id: snapshots.id });
  assert.equal(refused.status, 400, 'a host that is up lacks it');
  assert.match(refused.text, /\[/);
  assert.equal((await get(path)).body['cluster_feature'], undefined);
  const capabilities = json({ additionalFeatures: ['GLUSTER_SNAPSHOT'] });
  await engine.db.updateTable('host_state').set({ capabilities }).where('host_id', '=', host).execute();
  const made = await post(path, { id: snapshots.id });
  assert.equal(made.status, 201, made.text);
  assert.equal((await post(path, { id: snapshots.id })).status, 201, 'twice is once');
  assert.equal((await get(path)).body['cluster_feature'].length, 1);
  assert.equal((await get(`${path}/${snapshots.id}`)).body['name'], 'GLUSTER_SNAPSHOT');
  const followed = await get(`/clusters/${defaultClusterId}?follow=enabled_features`);
  assert.equal(followed.body['enabled_features'].cluster_feature[0].id, snapshots.id);
  assert.equal((await get(`/datacenters/${defaultDataCenterId}/clusters/${defaultClusterId}/enabledfeatures`)).status, 200);
  assert.equal((await get(`/datacenters/${randomUUID()}/clusters/${defaultClusterId}/enabledfeatures`)).status, 404);

  const watched = await loadHost(engine.db, host);
  assert.ok(watched);
  // Facts that serve the cluster but for what it asks for beyond its level.
  const facts = hostFacts({ kvmEnabled: 'true', rngSources: ['random'], clusterLevels: ['4.7'], ...(await fitting(test)) }, {});
  assert.equal((await judgeHost(engine.db, watched, facts))?.reason, 'host_features_incompatibile_with_cluster');
  assert.equal(await judgeHost(engine.db, watched, { ...facts, features: ['GLUSTER_SNAPSHOT'] }), null);

  const nobody = await user('nobody');
  assert.equal((await nobody.delete(`${path}/${snapshots.id}`)).status, 403);
  assert.equal((await remove(`${path}/${snapshots.id}`)).status, 200);
  assert.equal((await remove(`${path}/${snapshots.id}`)).status, 404);
  assert.equal(await judgeHost(engine.db, watched, facts), null);
  await test.put(`/clusters/${defaultClusterId}`, { required_rng_sources: { required_rng_source: ['urandom', 'hwrng'] } });
  assert.equal((await judgeHost(engine.db, watched, facts))?.reason, 'rng_sources_incompatible_with_cluster');
  assert.equal(await judgeHost(engine.db, watched, { ...facts, rngSources: ['random', 'hwrng'] }), null);
  assert.ok((await get('/events?max=3')).body['event'].some((event: { code: string }) => event.code === '811'));
});

test('a cluster has the FIPS mode of its first host, and keeps hosts of another away', async (t) => {
  const test = await startTestEngine(t);
  const { get, post, put, engine } = test;
  const path = `/clusters/${defaultClusterId}`;
  const { hosts: host } = await addHostAndStorage(test);
  await engine.db
    .updateTable('host_state')
    .set({ capabilities: json({ fipsEnabled: true }) })
    .where('host_id', '=', host)
    .execute();
  const watched = await loadHost(engine.db, host);
  assert.ok(watched);
  const facts = hostFacts(
    { kvmEnabled: 'true', rngSources: ['random'], clusterLevels: ['4.7'], fipsEnabled: true, ...(await fitting(test)) },
    {},
  );
  assert.equal(await judgeHost(engine.db, watched, facts), null, 'nobody has settled it');
  await settleFipsMode(engine.db, watched);
  assert.equal((await get(path)).body['fips_mode'], 'enabled');
  assert.equal(await judgeHost(engine.db, watched, facts), null);
  assert.equal((await judgeHost(engine.db, watched, { ...facts, fips: false }))?.reason, 'fips_incompatible_with_cluster');
  await engine.db.updateTable('host_state').set({ status: 'up' }).where('host_id', '=', host).execute();
  const refused = await put(path, { fips_mode: 'disabled' });
  assert.deepEqual([refused.status, refused.text.includes('fips_mode')], [409, true], refused.text);
  assert.equal((await put(path, { fips_mode: 'enabled' })).status, 200, 'no change');
  await engine.db.updateTable('host_state').set({ status: 'maintenance' }).where('host_id', '=', host).execute();
  assert.equal((await put(path, { fips_mode: 'disabled' })).status, 200);
  await settleFipsMode(engine.db, watched);
  assert.equal((await get(path)).body['fips_mode'], 'disabled', 'said is said');

  // What the password of VNC is on such a host: none, and a user.
  const { body: vm } = await post('/vms', { name: 'v', cluster: { id: defaultClusterId }, template: { name: 'Blank' } });
  const plan = await loadPlan(engine.db, vm['id'], {});
  const graphics = [{ type: 'vnc' as const, keymap: 'en-us', displayNetwork: 'ovirtmgmt' }];
  const xmlOn = async (): Promise<string> => domainXml({ ...plan, graphics, host: await hostSetupOf(engine.db, host) });
  assert.doesNotMatch(await xmlOn(), /passwd/);
  await engine.db
    .updateTable('host_state')
    .set({ capabilities: json({ fipsEnabled: false }) })
    .where('host_id', '=', host)
    .execute();
  assert.match(await xmlOn(), /passwd="\*\*\*\*\*" passwdValidTo/);
});

test('hosts that were installed otherwise than their cluster says are marked', async (t) => {
  const test = await startTestEngine(t);
  const { get, post, put, engine } = test;
  const path = `/clusters/${defaultClusterId}`;
  const { hosts: host } = await addHostAndStorage(test);
  const marked = async (): Promise<string> => (await get(`/hosts/${host}`)).body['reinstallation_required'];
  await put(path, { firewall_type: 'firewalld', vnc_encryption: false, comment: 'same' });
  assert.equal(await marked(), 'false');
  assert.equal((await put(path, { vnc_encryption: true })).status, 200);
  assert.equal(await marked(), 'true');
  await transaction(engine.db, (trx) => isInstalled(trx, host));
  assert.equal(await marked(), 'false');
  const other = await post('/clusters', { name: 'other', data_center: { name: 'Default' }, firewall_type: 'iptables', cpu });
  assert.equal(other.status, 201, other.text);
  assert.equal((await put(`/hosts/${host}`, { cluster: { id: other.body['id'] } })).status, 200);
  assert.equal(await marked(), 'true', 'another firewall there');
});

/** Capabilities that meet what the default cluster always asks for. */
async function fitting({ engine }: TestEngine): Promise<Record<string, unknown>> {
  const [model] = cpuModels['4.7'] ?? [];
  await engine.db.updateTable('network_cluster').set({ required: false }).where('cluster_id', '=', defaultClusterId).execute();
  return { cpuFlags: (model?.flags ?? []).join(','), emulatedMachines: ['pc-q35-4.1'] };
}

test('a cluster is managed over the network that it was made with, or gets while it has no hosts', async (t) => {
  const test = await startTestEngine(t);
  const { get, post, put, delete: remove } = test;
  const dataCenter = { id: defaultDataCenterId };
  const [mgmt, other] = [
    (await post('/networks', { name: 'mgmt', data_center: dataCenter })).body['id'] as string,
    (await post('/networks', { name: 'other', data_center: dataCenter })).body['id'] as string,
  ];
  const made = await post('/clusters', { name: 'c', data_center: dataCenter, management_network: { name: 'mgmt' }, cpu });
  assert.deepEqual([made.status, made.body['management_network']?.id], [201, mgmt], made.text);
  const path = `/clusters/${made.body['id']}`;
  const usages = async (id: string): Promise<string[]> => (await get(`${path}/networks/${id}`)).body['usages'].usage;
  assert.equal((await get(`${path}/networks`)).body['network'].length, 1, 'and has no other');
  for (const usage of ['management', 'display', 'migration', 'default_route']) assert.ok((await usages(mgmt)).includes(usage), usage);
  assert.equal((await get(`${path}/networks/${mgmt}`)).body['required'], 'true');
  assert.equal((await get(`${path}?follow=management_network`)).body['management_network'].name, 'mgmt');

  assert.equal((await remove(`/networks/${mgmt}`)).status, 400, 'it manages a cluster');
  assert.equal((await remove(`${path}/networks/${mgmt}`)).status, 400);
  assert.equal((await put(`${path}/networks/${mgmt}`, { required: false })).status, 400);
  assert.equal((await post(`${path}/networks`, { id: other, required: false, usages: { usage: ['management'] } })).status, 400);
  assert.equal((await put(path, { management_network: { id: randomUUID() } })).status, 404);
  assert.equal((await post('/clusters', { name: 'd', data_center: dataCenter, management_network: { name: 'none' }, cpu })).status, 404);

  const attached = await post(`${path}/networks`, { id: other, required: false });
  assert.equal(attached.status, 201, attached.text);
  const moved = await put(`${path}/networks/${other}`, { required: true, usages: { usage: ['vm', 'management', 'display'] } });
  assert.equal(moved.status, 200, moved.text);
  assert.deepEqual([(await usages(other)).includes('management'), (await usages(mgmt)).includes('management')], [true, false]);
  assert.equal((await put(path, { management_network: { id: mgmt } })).body['management_network'].id, mgmt);
  assert.deepEqual([(await usages(other)).includes('management'), (await usages(mgmt)).includes('management')], [false, true]);

  const host = (await post('/hosts', { name: 'h', address: '192.0.2.8', cluster: { id: made.body['id'] } })).body['id'] as string;
  const held = await put(path, { management_network: { id: other } });
  assert.equal(held.status, 400, held.text);
  assert.equal((await put(path, { management_network: { id: mgmt }, comment: 'same' })).status, 200, 'no change');
  assert.equal((await put(`${path}/networks/${other}`, { usages: { usage: ['management'] } })).status, 400);
  await test.engine.db.updateTable('host_state').set({ status: 'maintenance' }).where('host_id', '=', host).execute();
  const elsewhere = await put(`/hosts/${host}`, { cluster: { id: defaultClusterId } });
  assert.match(elsewhere.text, /manages its hosts over another network/);
  assert.notEqual(elsewhere.status, 200);
});
