import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { defaultDataCenterId } from '../installation/fixed-ids.ts';
import { startTestEngine } from '../testing/engine.ts';

test('what the engine does is listed as a job', async (t) => {
  const { get, post, delete: remove } = await startTestEngine(t);
  const cluster = await post('/clusters', { name: 'short-lived', data_center: { id: defaultDataCenterId } });
  const removed = await remove(`/clusters/${cluster.body['id']}`);
  const job = (await get(`/jobs/${removed.body['job'].id}`)).body;
  assert.deepEqual(
    [job['status'], job['description'], job['external'], job['auto_cleared']],
    ['finished', 'Removing Cluster short-lived', 'false', 'true'],
  );
  assert.ok(job['end_time'] >= job['start_time']);
  assert.equal((await get('/jobs?search=status%3Dfinished')).body['job'][0].id, job['id']);
  assert.equal((await get('/jobs?follow=steps&max=1')).body['job'].length, 1);
  assert.equal((await get(`/jobs/${job['id']}/steps`)).status, 200);
  assert.equal((await post(`/jobs/${job['id']}/end`, {})).status, 400, "the engine's own jobs are not ended from outside");
  const unknown = await get(`/jobs/${randomUUID()}`);
  assert.deepEqual([unknown.status, unknown.text], [404, '']);
});

test('another system keeps up a job with steps', async (t) => {
  const { get, post, user } = await startTestEngine(t);
  assert.equal((await post('/jobs', {})).status, 400);
  const made = await post('/jobs', { description: 'Nightly backup', auto_cleared: false });
  assert.equal(made.status, 201, made.text);
  const path = `/jobs/${made.body['id']}`;
  assert.deepEqual([made.body['status'], made.body['external']], ['started', 'true']);
  const step = await post(`${path}/steps`, { description: 'Copying', type: 'executing' });
  assert.equal(step.status, 201, step.text);
  assert.equal((await post(`${path}/steps`, { description: 'Part', type: 'executing', parent_step: { id: randomUUID() } })).status, 404);
  const inner = await post(`${path}/steps`, { description: 'Part', type: 'validating', parent_step: { id: step.body['id'] } });
  assert.deepEqual([inner.body['type'], inner.body['parent_step'].id, inner.body['status']], ['validating', step.body['id'], 'started']);
  assert.equal((await post(`${path}/steps/${inner.body['id']}/end`, { succeeded: false })).status, 200);
  assert.equal((await get(`${path}/steps/${inner.body['id']}`)).body['status'], 'failed');
  assert.equal((await post(`${path}/end`, { succeeded: true })).status, 200);
  assert.equal((await get(path)).body['status'], 'finished');
  assert.equal((await get(`${path}?follow=steps`)).body['steps'].step.length, 2);
  const nobody = await user('nobody');
  assert.equal((await nobody.post('/jobs', { description: 'x' })).status, 403);
  assert.equal((await nobody.get(path)).status, 404);
  assert.equal((await post(`${path}/clear`, {})).status, 200);
  assert.equal((await get(path)).status, 404);
});
