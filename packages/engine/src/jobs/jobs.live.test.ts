import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { defaultClusterId, defaultDataCenterId } from '../installation/fixed-ids.ts';
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
  const cancellation = `/virgate/api/jobs/${job['id']}/cancellation`;
  assert.equal((await get(cancellation)).body['state'], 'ended');
  const late = await post(cancellation, {});
  assert.deepEqual([late.status, late.body['code']], [409, 'job_ended']);
  assert.equal((await post(`/virgate/api/jobs/${randomUUID()}/cancellation`, {})).status, 404);
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

test("what another system's job asks of the engine is a step of that job", async (t) => {
  const { engine, get, post, call, user } = await startTestEngine(t);
  const made = await post('/jobs', { description: 'Nightly backup', auto_cleared: false });
  const jobId: string = made.body['id'];
  const stepsNow = async () => ((await get(`/jobs/${jobId}/steps`)).body['step'] ?? []) as Record<string, Record<string, string>>[];
  const outer = (await post(`/jobs/${jobId}/steps`, { description: 'Copying', type: 'executing' })).body['id'];
  // One transaction: done at once.
  const tag = (await post('/tags', { name: 'old' })).body['id'];
  const removed = await call('DELETE', `/tags/${tag}`, { headers: { JobId: jobId } });
  assert.equal(removed.status, 200, removed.text);
  const [, second] = await stepsNow();
  assert.deepEqual([second?.['description'], second?.['status']], ['Removing Tag old', 'finished']);
  // A job that goes on: its step ends with it, below the step that was named.
  const vm = (await post('/vms', { name: 'w', cluster: { id: defaultClusterId }, template: { name: 'Blank' } })).body['id'];
  const begun = await post(`/vms/${vm}/start?StepId=${outer}`, { async: true, pause: true });
  assert.equal(begun.status, 202, begun.text);
  const third = async () => (await stepsNow()).find((step) => step['parent_step']?.['id'] === outer);
  assert.equal((await third())?.['description'], 'Launching VM w');
  for (const end = Date.now() + 20_000; (await third())?.['status'] !== ('failed' as never) && Date.now() < end;)
    await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal((await third())?.['status'], 'failed', 'no host can run it');
  assert.equal((await get(`/jobs/${jobId}`)).body['status'], 'started', "the job itself is its owner's to end");
  assert.equal((await engine.db.selectFrom('external_step').selectAll().execute()).length, 0);
  // A job whose owner ends it first does not hold up what the engine does.
  const late = await post('/jobs', { description: 'Ends early', auto_cleared: false });
  const going = await post(`/vms/${vm}/start;JobId=${late.body['id']}`, { async: true, pause: true });
  await post(`/jobs/${late.body['id']}/end`, { succeeded: true });
  for (const end = Date.now() + 20_000; (await get(going.body['href'])).body['status'] !== 'failed' && Date.now() < end;)
    await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal((await get(going.body['href'])).body['status'], 'failed');

  const named = (headers: Record<string, string>) => call('POST', '/reloadconfigurations', { body: {}, headers });
  assert.equal((await named({ JobId: 'nonsense' })).status, 400);
  const wrong: Record<string, string>[] = [
    { JobId: randomUUID() },
    { StepId: randomUUID() },
    { JobId: removed.body['job'].id },
    { JobId: late.body['id'] },
  ];
  for (const headers of wrong) assert.ok([400, 404, 409].includes((await named(headers)).status), JSON.stringify(headers));
  assert.equal((await get('/tags')).status, 200);
  const runner = await user('runner', [{ role: 'UserRole', object: { type: 'vm', id: vm } }]);
  const refused = await runner.call('POST', `/vms/${vm}/start`, { body: {}, headers: { JobId: jobId } });
  assert.equal(refused.status, 403, 'steps of such jobs take a permit');
});
