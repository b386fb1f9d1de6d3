import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { blankTemplateId, defaultClusterId, defaultDataCenterId } from '../installation/fixed-ids.ts';
import { startTestEngine } from '../testing/engine.ts';
import { domainXml } from '../vms/domain-xml/domain.ts';
import { loadPlan } from '../vms/plan.ts';

const qoss = `/datacenters/${defaultDataCenterId}/qoss`;

test('QoS of every kind is kept within its bounds', async (t) => {
  const { get, post, put, delete: remove, user } = await startTestEngine(t);
  const good: [body: Record<string, unknown>, shows: Record<string, string>][] = [
    [
      { type: 'storage', max_read_iops: 100, max_write_iops: 50, max_throughput: 20 },
      { max_read_iops: '100', max_write_iops: '50', max_throughput: '20' },
    ],
    [{ type: 'cpu', cpu_limit: 50 }, { cpu_limit: '50' }],
    [{ type: 'network', inbound_average: 10, inbound_peak: 20, inbound_burst: 100 }, { inbound_peak: '20' }],
    [
      { type: 'hostnetwork', outbound_average_linkshare: 50, outbound_average_upperlimit: 100, outbound_average_realtime: 10 },
      { outbound_average_upperlimit: '100' },
    ],
  ];
  for (const [body, shows] of good) {
    const made = await post(qoss, { name: `q-${String(body['type'])}`, description: 'd', ...body });
    assert.equal(made.status, 201, made.text);
    const found = (await get(`${qoss}/${made.body['id']}`)).body;
    for (const [name, value] of Object.entries(shows)) assert.equal(found[name], value, name);
    assert.equal(found['data_center'].id, defaultDataCenterId);
  }
  assert.equal((await get(qoss)).body['qos'].length, 4);
  const bad: [body: Record<string, unknown>, detail: RegExp][] = [
    [{ name: 'x', type: 'storage', max_iops: 5, max_read_iops: 5 }, /not both ways/],
    [{ name: 'x', type: 'cpu', cpu_limit: 101 }, /greater than the most/],
    [{ name: 'x', type: 'cpu' }, /cpu_limit: /],
    [{ name: 'x', type: 'network', inbound_average: 10 }, /Average, peak and burst/],
    [{ name: 'x', type: 'network', inbound_average: 10, inbound_peak: 5, inbound_burst: 1 }, /peak must not be lower than the average/],
    [{ name: 'x', type: 'hostnetwork', outbound_average_upperlimit: 1 }, /outbound_average_linkshare: /],
    [{ name: 'x', type: 'storage', max_iops: -2 }, /negative/i],
    [{ name: 'x y', type: 'cpu', cpu_limit: 1 }, /name: may only have/],
    [{ name: 'q-cpu', type: 'cpu', cpu_limit: 1 }, /a QoS of this name already/],
    [{ name: 'x', type: 'memory' }, /type|enum/i],
    [{ name: 'x' }, /type/],
  ];
  for (const [body, detail] of bad) {
    const refused = await post(qoss, body);
    assert.equal(refused.status, 400, refused.text);
    assert.match(refused.body['detail'], detail);
  }
  const [cpu] = (await get(qoss)).body['qos'].filter((one: { type: string }) => one.type === 'cpu');
  assert.equal((await put(`${qoss}/${cpu.id}`, { cpu_limit: 25 })).body['cpu_limit'], '25');
  assert.equal((await put(`${qoss}/${cpu.id}`, { type: 'storage' })).status, 409);
  assert.equal((await remove(`${qoss}/${cpu.id}`)).status, 200);
  assert.equal((await get(`${qoss}/${cpu.id}`)).status, 404);

  const networks = await user('networks', [{ role: 'NetworkAdmin', object: { type: 'data_center', id: defaultDataCenterId } }]);
  assert.equal((await networks.post(qoss, { name: 'c', type: 'cpu', cpu_limit: 1 })).status, 403);
  assert.equal((await networks.post(qoss, { name: 'n', type: 'network' })).status, 201, 'QoS of networks is a matter of networks');
});

test('CPU profiles belong to clusters, and VMs run by their QoS', async (t) => {
  const { get, post, put, delete: remove, engine, user } = await startTestEngine(t);
  const [standard] = (await get(`/clusters/${defaultClusterId}/cpuprofiles`)).body['cpu_profile'];
  assert.equal(standard.name, 'Default', 'a cluster begins with a profile of its name');
  const half = (await post(qoss, { name: 'half', type: 'cpu', cpu_limit: 50 })).body['id'];
  const disks = (await post(qoss, { name: 'disks', type: 'storage', max_iops: 50 })).body['id'];
  assert.match(
    (await post('/cpuprofiles', { name: 'x', cluster: { id: defaultClusterId }, qos: { id: disks } })).text,
    /there is no QoS/,
    'of another kind',
  );
  const made = await post('/cpuprofiles', { name: 'slow', description: 'd', cluster: { id: defaultClusterId }, qos: { id: half } });
  assert.equal(made.status, 201, made.text);
  const path = `/cpuprofiles/${made.body['id']}`;
  assert.equal((await get(`${path}?follow=qos`)).body['qos'].cpu_limit, '50');
  assert.equal((await put(path, { description: 'slower' })).body['description'], 'slower');
  assert.equal((await post('/cpuprofiles', { name: 'SLOW', cluster: { id: defaultClusterId } })).status, 400);
  assert.equal((await post('/cpuprofiles', { name: 'y', cluster: { id: randomUUID() } })).status, 404);

  const vm = await post('/vms', { name: 'v', cluster: { id: defaultClusterId }, template: { id: blankTemplateId } });
  assert.equal(vm.body['cpu_profile'].id, standard.id);
  const vmPath = `/vms/${vm.body['id']}`;
  assert.doesNotMatch(domainXml(await loadPlan(engine.db, vm.body['id'], {})), /vcpuLimit/);
  assert.equal((await put(vmPath, { cpu_profile: { id: made.body['id'] } })).body['cpu_profile'].id, made.body['id']);
  assert.match(domainXml(await loadPlan(engine.db, vm.body['id'], {})), /<ovirt-tune:vcpuLimit>50</);
  assert.match((await remove(path)).body['detail'], /have the profile/);
  const second = await post('/clusters', { name: 'second', data_center: { name: 'Default' } });
  const [elsewhere] = (await get(`/clusters/${second.body['id']}/cpuprofiles`)).body['cpu_profile'];
  assert.match((await put(vmPath, { cpu_profile: { id: elsewhere.id } })).text, /of another cluster/);
  await put(vmPath, { cpu_profile: { id: standard.id } });
  assert.equal((await remove(`/clusters/${defaultClusterId}/cpuprofiles/${made.body['id']}`)).status, 200);
  assert.match((await remove(`/cpuprofiles/${standard.id}`)).text, /at least one CPU profile/);
  const nobody = await user('nobody');
  assert.equal((await nobody.post('/cpuprofiles', { name: 'x', cluster: { id: defaultClusterId } })).status, 403);
  const creator = await user('creator', [{ role: 'VmCreator', object: { type: 'cluster', id: defaultClusterId } }]);
  const own = await creator.post('/vms', { name: 'mine', cluster: { id: defaultClusterId }, template: { id: blankTemplateId } });
  assert.equal(own.status, 201, own.text);
  assert.equal((await post(`${path.replace(made.body['id'], standard.id)}/permissions`, {})).status, 400);
});

test('NUMA nodes of VMs are checked together and reach the domain', async (t) => {
  const { get, post, put, delete: remove, engine } = await startTestEngine(t);
  const vm = await post('/vms', {
    name: 'v',
    cluster: { id: defaultClusterId },
    template: { id: blankTemplateId },
    memory: 1024 * 1024 ** 2,
    cpu: { topology: { sockets: 4 } },
  });
  const path = `/vms/${vm.body['id']}/numanodes`;
  const node = (index: number, cores: number[], memory = 512, more: object = {}) => ({
    index,
    memory,
    cpu: { cores: { core: cores.map((core) => ({ index: core })) } },
    ...more,
  });
  const first = await post(path, node(0, [0, 1]));
  assert.equal(first.status, 201, first.text);
  const bad: [body: object, detail: RegExp][] = [
    [node(0, [2]), /index: /],
    [node(1, [1]), /one NUMA node only/],
    [node(1, [4]), /no CPU of this number/],
    [node(1, [2], 600), /more memory than the VM/],
    [node(1, [2], 0), /memory: a NUMA node needs memory/],
    [node(1, [2], 1, { numa_tune_mode: 'preferred', numa_node_pins: { numa_node_pin: [{ index: 0 }, { index: 1 }] } }), /numa_tune_mode: /],
  ];
  for (const [body, detail] of bad) {
    const refused = await post(path, body);
    assert.equal(refused.status, 400, refused.text);
    assert.match(refused.body['detail'], detail);
  }
  const second = await post(path, node(1, [2, 3]));
  assert.equal(second.status, 201, second.text);
  const pinned = await put(`${path}/${second.body['id']}`, { numa_tune_mode: 'strict', numa_node_pins: { numa_node_pin: [{ index: 0 }] } });
  assert.equal(pinned.body['numa_tune_mode'], 'strict', pinned.text);
  assert.deepEqual(
    (await get(path)).body['vm_numa_node'].map((one: { index: string; memory: string }) => [one.index, one.memory]),
    [
      ['0', '512'],
      ['1', '512'],
    ],
  );
  const xml = domainXml(await loadPlan(engine.db, vm.body['id'], {}));
  assert.match(xml, /<cell id="0" cpus="0-1" memory="524288"\/><cell id="1" cpus="2-15" memory="524288"\/>/);
  assert.match(xml, /<numatune><memnode cellid="1" mode="strict" nodeset="0"\/><\/numatune>/);
  assert.equal((await get(`/vms/${vm.body['id']}?follow=numa_nodes`)).body['host_numa_nodes'].host_numa_node.length, 2);
  // What the VM itself is said to have, all its nodes get.
  const modes = async () => (await get(path)).body['vm_numa_node'].map((one: { numa_tune_mode: string }) => one.numa_tune_mode);
  assert.equal((await put(`/vms/${vm.body['id']}`, { numa_tune_mode: 'preferred' })).status, 200);
  assert.deepEqual(await modes(), ['preferred', 'preferred']);
  assert.match(domainXml(await loadPlan(engine.db, vm.body['id'], {})), /<memnode cellid="1" mode="preferred"/);
  assert.equal((await put(`/vms/${vm.body['id']}`, { comment: 'else' })).status, 200);
  assert.equal((await put(`${path}/${second.body['id']}`, { numa_tune_mode: 'strict' })).status, 200);
  assert.deepEqual((await modes()).toSorted(), ['preferred', 'strict'], 'and each may have its own again');
  assert.equal((await remove(`${path}/${first.body['id']}`)).status, 200);
  assert.equal((await get(`${path}/${first.body['id']}`)).status, 404);
});
