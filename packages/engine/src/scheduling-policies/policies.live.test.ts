import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { defaultClusterId, defaultSchedulingPolicyId } from '../installation/fixed-ids.ts';
import { loadSnapshot } from '../scheduling/load.ts';
import { unitNamed } from '../scheduling/units.ts';
import { startTestEngine } from '../testing/engine.ts';

const cpu = unitNamed('filter', 'CPU').id;
const even = unitNamed('weight', 'OptimalForMemoryEvenDistribution').id;
const balance = unitNamed('balance', 'OptimalForEvenDistribution').id;
const of = (id: string) => ({ scheduling_policy_unit: { id } });

test('predefined policies are there and stay as they are', async (t) => {
  const { get, put, post, delete: remove } = await startTestEngine(t);
  const all = (await get('/schedulingpolicies?follow=filters,weight,balances')).body['scheduling_policy'];
  assert.deepEqual(
    all.map((one: { name: string }) => one.name),
    ['none', 'cluster_maintenance', 'evenly_distributed', 'power_saving', 'vm_evenly_distributed'],
  );
  const [none] = all;
  assert.deepEqual([none.id, none.default_policy, none.locked], [defaultSchedulingPolicyId, 'true', 'true']);
  assert.equal(none.filters.filter.length, 15);
  assert.equal((await get(`/schedulingpolicies/${none.id}/weights/${even}`)).body['factor'], '1');
  assert.equal((await get('/schedulingpolicyunits')).body['scheduling_policy_unit'].length, 37);
  assert.equal((await get(`/schedulingpolicyunits/${cpu}`)).body['type'], 'filter');
  for (const answer of [
    await put(`/schedulingpolicies/${none.id}`, { name: 'mine' }),
    await remove(`/schedulingpolicies/${none.id}`),
    await post(`/schedulingpolicies/${none.id}/filters`, of(cpu)),
    await remove(`/schedulingpolicies/${none.id}/filters/${cpu}`),
  ]) {
    assert.equal(answer.status, 400, answer.text);
    assert.match(answer.text, /came with the engine/);
  }
});

test('own policies are made of units, and clusters go by them', async (t) => {
  const { get, put, post, delete: remove, engine, user } = await startTestEngine(t);
  const made = await post('/schedulingpolicies', {
    name: 'calm',
    description: 'd',
    properties: { property: [{ name: 'HighUtilization', value: '60' }] },
  });
  assert.equal(made.status, 201, made.text);
  assert.deepEqual([made.body['locked'], made.body['default_policy']], ['false', 'false']);
  const path = `/schedulingpolicies/${made.body['id']}`;
  assert.equal((await post(`${path}/filters`, { ...of(cpu), position: -1 })).body['position'], '-1');
  assert.equal((await post(`${path}/weights`, { ...of(even), factor: 3 })).body['factor'], '3');
  assert.equal((await post(`${path}/balances`, of(balance))).status, 201);
  const bad: [path: string, body: object, detail: RegExp][] = [
    ['filters', of(cpu), /has this unit already/],
    ['filters', of(even), /is no filter/],
    ['filters', { ...of(unitNamed('filter', 'Memory').id), position: -1 }, /another filter of the policy is the first/],
    ['filters', of(randomUUID()), /no policy unit of this id/],
    ['weights', { ...of(unitNamed('weight', 'HA').id), factor: 0 }, /factor: must be at least 1/],
    ['balances', of(cpu), /does not balance hosts/],
  ];
  for (const [part, body, detail] of bad) {
    const refused = await post(`${path}/${part}`, body);
    assert.equal(refused.status, 400, refused.text);
    assert.match(refused.body['detail'], detail);
  }
  for (const value of ['49', '100', 'high', ''])
    assert.match(
      (await put(path, { properties: { property: [{ name: 'HighUtilization', value }] } })).text,
      /cannot have this value/,
      value,
    );
  assert.match((await put(path, { properties: { property: [{ name: 'Nonsense', value: '1' }] } })).text, /there is no property .*Nonsense/);

  const cluster = `/clusters/${defaultClusterId}`;
  const changed = await put(cluster, {
    scheduling_policy: { name: 'calm' },
    custom_scheduling_policy_properties: { property: [{ name: 'CpuOverCommitDurationMinutes', value: '4' }] },
  });
  assert.equal(changed.status, 200, changed.text);
  assert.equal((await get(`${cluster}?follow=scheduling_policy`)).body['scheduling_policy'].name, 'calm');
  const { policy } = (await loadSnapshot(engine.db, defaultClusterId, { cpus: false })).cluster;
  assert.deepEqual(policy.filters, [{ unitId: cpu, position: -1 }]);
  assert.deepEqual(policy.weights, [{ unitId: even, factor: 3 }]);
  assert.deepEqual(policy.properties, { HighUtilization: '60', CpuOverCommitDurationMinutes: '4' });
  assert.match(
    (await put(cluster, { custom_scheduling_policy_properties: { property: [{ name: 'x', value: '1' }] } })).text,
    /there is no property/,
  );
  assert.match((await remove(path)).text, /use the scheduling policy/);
  assert.equal((await put(cluster, { scheduling_policy: { name: 'power_saving' } })).status, 200);
  assert.equal((await put(cluster, { scheduling_policy: { id: randomUUID() } })).status, 404);
  assert.equal((await remove(`${path}/filters/${cpu}`)).status, 200);
  assert.equal((await get(`${path}/filters/${cpu}`)).status, 404);
  assert.equal((await post('/schedulingpolicies', { name: 'CALM' })).status, 400);
  assert.equal((await post('/schedulingpolicies', { name: 'none' })).status, 400);
  assert.equal((await remove(path)).status, 200);
  assert.equal((await get(path)).status, 404);
  const nobody = await user('nobody');
  assert.equal((await nobody.post('/schedulingpolicies', { name: 'x' })).status, 403);
  assert.equal((await nobody.delete(path)).status, 403);
});
