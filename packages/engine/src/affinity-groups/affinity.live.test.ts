import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { blankTemplateId, defaultClusterId, defaultDataCenterId } from '../installation/fixed-ids.ts';
import { startTestEngine, type TestEngine } from '../testing/engine.ts';

const groups = `/clusters/${defaultClusterId}/affinitygroups`;

async function addVm(engine: TestEngine, name: string, cluster = defaultClusterId): Promise<string> {
  const made = await engine.post('/vms', { name, cluster: { id: cluster }, template: { id: blankTemplateId } });
  assert.equal(made.status, 201, made.text);
  return made.body['id'] as string;
}

async function addHost(engine: TestEngine, name: string, cluster = defaultClusterId): Promise<string> {
  const id = randomUUID();
  await engine.engine.db.insertInto('host').values({ id, name, address: name, cluster_id: cluster }).execute();
  await engine.engine.db.insertInto('host_state').values({ host_id: id, status: 'maintenance' }).execute();
  return id;
}

const ids = (answer: { body: Record<string, { id: string }[]> }, item: string): string[] => (answer.body[item] ?? []).map((one) => one.id);
const events = async (engine: TestEngine, name: string): Promise<number> =>
  (await engine.engine.db.selectFrom('audit_log').select('description').where('description', 'like', `%${name}%`).execute()).length;

test('affinity groups are added, filled, changed and removed', async (t) => {
  const engine = await startTestEngine(t);
  const { get, post, put, delete: remove } = engine;
  const [vm1, vm2, host] = [await addVm(engine, 'one'), await addVm(engine, 'two'), await addHost(engine, 'host1')];
  const made = await post(groups, {
    name: 'apart',
    description: 'kept apart',
    priority: 5,
    vms_rule: { positive: 'false', enforcing: 'true' },
  });
  assert.equal(made.status, 201, made.text);
  const path = `${groups}/${made.body['id']}`;
  assert.equal(made.headers['location'], `/ovirt-engine/api${path}`);
  const found = (await get(path)).body;
  assert.deepEqual(found['vms_rule'], { enabled: 'true', enforcing: 'true', positive: 'false' });
  assert.deepEqual(found['hosts_rule'], { enabled: 'false', enforcing: 'true' });
  assert.deepEqual([found['positive'], found['enforcing'], found['broken'], found['priority']], ['false', 'true', 'false', 5]);

  assert.equal((await post(`${path}/vms`, { id: vm1 })).status, 201);
  assert.equal((await post(`${path}/vms`, { name: 'two' })).status, 201);
  const twice = await post(`${path}/vms`, { id: vm1 });
  assert.equal(twice.status, 400, twice.text);
  assert.equal((await post(`${path}/hosts`, { name: 'host1' })).status, 201);
  assert.deepEqual(ids(await get(`${path}/vms`), 'vm').toSorted(), [vm1, vm2].toSorted());
  assert.deepEqual(ids(await get(`${path}/hosts`), 'host'), [host]);
  const followed = (await get(`/clusters/${defaultClusterId}?follow=affinity_groups.vms`)).body;
  assert.equal(followed['affinity_groups'].affinity_group[0].vms.vm.length, 2);
  assert.equal(ids(await get(`/datacenters/${defaultDataCenterId}${groups}`), 'affinity_group').length, 1);

  // Two VMs that are to be apart run together: the group is broken.
  await engine.engine.db.updateTable('vm_state').set({ status: 'up', host_id: host }).where('vm_id', 'in', [vm1, vm2]).execute();
  assert.equal((await get(path)).body['broken'], 'true');
  await engine.engine.db.updateTable('vm_state').set({ status: 'down', host_id: null }).where('vm_id', 'in', [vm1, vm2]).execute();

  const changed = await put(path, { hosts_rule: { positive: 'true', enforcing: 'false' }, priority: 7 });
  assert.equal(changed.status, 200, changed.text);
  assert.deepEqual(changed.body['hosts_rule'], { enabled: 'true', enforcing: 'false', positive: 'true' });
  assert.deepEqual(changed.body['vms_rule'], { enabled: 'true', enforcing: 'true', positive: 'false' }, 'the other rule stays');
  assert.equal((await put(path, { vms_rule: { enabled: 'false' } })).body['vms_rule'].enabled, 'false');

  assert.equal((await remove(`${path}/vms/${vm2}`)).status, 200);
  assert.equal((await remove(`${path}/vms/${vm2}`)).status, 404);
  await remove(`/vms/${vm1}`);
  assert.deepEqual(ids(await get(`${path}/vms`), 'vm'), [], 'a VM that goes leaves its groups');
  assert.equal((await remove(path)).status, 200);
  assert.equal((await get(path)).status, 404);
  const log = await engine.engine.db.selectFrom('audit_log').select('code').where('code', 'in', [10350, 10352, 10354]).execute();
  assert.deepEqual(
    [...new Set(log.map((row) => row.code))].toSorted((a, b) => a - b),
    [10350, 10352, 10354],
  );
});

test('groups that contradict each other are refused when hard and warned of when soft', async (t) => {
  const engine = await startTestEngine(t);
  const { post } = engine;
  const vms = [{ id: await addVm(engine, 'one') }, { id: await addVm(engine, 'two') }];
  const list = { vm: vms };
  assert.equal((await post(groups, { name: 'together', vms_rule: { positive: true, enforcing: true }, vms: list })).status, 201);
  const hard = await post(groups, { name: 'apart', vms_rule: { positive: false, enforcing: true }, vms: list });
  assert.equal(hard.status, 409, hard.text);
  assert.match(hard.body['detail'], /both bind VMs together and keep them apart/);
  const soft = await post(groups, { name: 'apart', vms_rule: { positive: false, enforcing: false }, vms: list });
  assert.equal(soft.status, 201, soft.text);
  assert.equal(await events(engine, 'Vm to vm affinity conflicts'), 1);

  const hosts = { host: [{ id: await addHost(engine, 'h') }] };
  assert.equal((await post(groups, { name: 'here', hosts_rule: { positive: true }, vms: list, hosts })).status, 201);
  const away = await post(groups, { name: 'away', hosts_rule: { positive: false }, vms: list, hosts });
  assert.equal(away.status, 409, away.text);
  assert.match(away.body['detail'], /both bind a VM to a host and keep it away/);
});

test('affinity labels are given to VMs and hosts from both sides', async (t) => {
  const engine = await startTestEngine(t);
  const { get, post, put, delete: remove } = engine;
  const [vm, host] = [await addVm(engine, 'one'), await addHost(engine, 'host1')];
  const made = await post('/affinitylabels', { name: 'ssd' });
  assert.equal(made.status, 201, made.text);
  const label = made.body['id'] as string;
  const path = `/affinitylabels/${label}`;
  assert.deepEqual([made.body['read_only'], made.body['has_implicit_affinity_group']], ['false', 'false']);
  assert.equal((await post(`${path}/vms`, { id: vm })).status, 201);
  assert.equal((await post(`/hosts/${host}/affinitylabels`, { name: 'ssd' })).status, 201);
  assert.equal((await get(`${path}/vms/${vm}`)).body['name'], 'one');
  assert.deepEqual(ids(await get(`${path}/hosts`), 'host'), [host]);
  assert.deepEqual(ids(await get(`/vms/${vm}/affinitylabels`), 'affinity_label'), [label]);
  assert.equal((await get(`/hosts/${host}/affinitylabels/${label}`)).body['name'], 'ssd');
  assert.equal((await get(`/vms?follow=affinity_labels`)).body['vm'][0].affinity_labels.affinity_label[0].id, label);

  // A group sees the members of its labels.
  const group = await post(groups, { name: 'g', hosts_rule: { positive: true } });
  const groupPath = `${groups}/${group.body['id']}`;
  assert.equal((await post(`${groupPath}/vmlabels`, { id: label })).status, 201);
  assert.equal((await post(`${groupPath}/hostlabels`, { name: 'ssd' })).status, 201);
  assert.equal((await post(`${groupPath}/hostlabels`, { name: 'ssd' })).status, 400);
  const other = await addHost(engine, 'host2');
  await engine.engine.db.updateTable('vm_state').set({ status: 'up', host_id: other }).where('vm_id', '=', vm).execute();
  assert.equal((await get(groupPath)).body['broken'], 'true', 'the VM runs on a host without the label');
  await engine.engine.db.updateTable('vm_state').set({ status: 'down', host_id: null }).where('vm_id', '=', vm).execute();

  const inUse = await remove(path);
  assert.equal(inUse.status, 409, inUse.text);
  assert.match(inUse.body['detail'], /have the affinity label/);
  assert.equal((await put(path, { name: 'nvme' })).body['name'], 'nvme');
  const implicit = await put(path, { has_implicit_affinity_group: true });
  assert.match(implicit.text, /from compatibility level 4\.4 on/, 'clusters from 4.4 on have explicit groups');
  assert.equal((await remove(`/vms/${vm}/affinitylabels/${label}`)).status, 200);
  assert.equal((await remove(`${path}/hosts/${host}`)).status, 200);
  assert.equal((await remove(path)).status, 200);
  assert.deepEqual(ids(await get(`${groupPath}/vmlabels`), 'affinity_label'), []);
});

test('what cannot be is refused with its status', async (t) => {
  const engine = await startTestEngine(t);
  const { get, post, user } = engine;
  const elsewhere = await post('/clusters', { name: 'second', data_center: { name: 'Default' } });
  const stranger = await addVm(engine, 'stranger', elsewhere.body['id']);
  const made = await post(groups, { name: 'g', positive: true, enforcing: false });
  assert.deepEqual(made.body['vms_rule'], { enabled: 'true', enforcing: 'false', positive: 'true' }, 'the older way to say it');
  const path = `${groups}/${made.body['id']}`;
  const refusals: [path: string, body: object, status: number, detail: RegExp][] = [
    [groups, {}, 400, /group\.name|name/],
    [groups, { name: 'G' }, 400, /affinity group of this name already/],
    [groups, { name: 'a/b' }, 400, /name: must begin with/],
    [`${path}/vms`, { id: stranger }, 400, /of its own cluster only/],
    [`${path}/vms`, { id: randomUUID() }, 404, /Vm/],
    [`${path}/vms`, {}, 400, /vm\.id\|name|id/],
    [`${path}/hosts`, { name: 'nobody' }, 404, /Host/],
    [`${path}/vmlabels`, { name: 'nothing' }, 404, /AffinityLabel/],
    [`/clusters/${randomUUID()}/affinitygroups`, { name: 'x' }, 404, /^$/],
    [`/clusters/${elsewhere.body['id']}/affinitygroups/${made.body['id']}/vms`, { id: stranger }, 404, /^$/],
    ['/affinitylabels', { name: 'no spaces' }, 400, /name: may only have/],
    ['/affinitylabels', {}, 400, /name: must have 1 to 50/],
  ];
  for (const [to, body, status, detail] of refusals) {
    const answer = await post(to, body);
    assert.equal(answer.status, status, `${to} ${JSON.stringify(body)}: ${answer.text}`);
    assert.match(answer.body['detail'] ?? answer.text, detail);
  }
  const nobody = await user('nobody');
  assert.equal((await nobody.post(groups, { name: 'x' })).status, 403);
  assert.equal((await nobody.get(groups)).status, 404);
  assert.equal((await nobody.post('/affinitylabels', { name: 'x' })).status, 403);
  const admin = await user('clusteradmin', [{ role: 'ClusterAdmin', object: { type: 'cluster', id: defaultClusterId } }]);
  assert.equal((await admin.post(groups, { name: 'theirs' })).status, 201);
  assert.equal((await admin.post(`/clusters/${elsewhere.body['id']}/affinitygroups`, { name: 'theirs' })).status, 403);
  assert.equal((await get(path)).status, 200);
});
