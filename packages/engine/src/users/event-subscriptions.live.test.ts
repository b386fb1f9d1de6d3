import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestEngine } from '../testing/engine.ts';

test('users subscribe to events; others only with the permit to manage notifications', async (t) => {
  const { user, get, post, delete: remove } = await startTestEngine(t);
  const ann = await user('ann');
  const bob = await user('bob');
  const path = `/users/${ann.id}/eventsubscriptions`;
  assert.deepEqual((await ann.get(path)).body, {});
  const added = await ann.post(path, { event: 'host_high_cpu_use', address: 'ann@example.org' });
  assert.equal(added.status, 201, added.text);
  assert.deepEqual(
    [added.body['id'], added.body['event'], added.body['notification_method'], added.body['address']],
    ['host_high_cpu_use', 'host_high_cpu_use', 'smtp', 'ann@example.org'],
  );
  const again = await ann.post(path, { event: 'host_high_cpu_use' });
  assert.equal(again.status, 409, again.text);
  assert.match(again.text, /already subscribed/i);
  for (const body of [
    {},
    { event: 'no_such_event' },
    { event: 'host_failure', address: 'nobody' },
    { event: 'host_failure', notification_method: 'x' },
  ])
    assert.equal((await ann.post(path, body)).status, 400, JSON.stringify(body));
  assert.equal((await ann.get(`${path}/host_high_cpu_use`)).body['user'].id, ann.id);
  assert.equal((await ann.get(`${path}/host_failure`)).status, 404);

  assert.equal((await bob.post(path, { event: 'host_failure' })).status, 403);
  assert.equal((await bob.delete(`${path}/host_high_cpu_use`)).status, 403);
  assert.equal((await bob.get(path)).status, 404);
  assert.equal((await get(path)).body['event_subscription'].length, 1);
  assert.equal((await post(path, { event: 'host_failure', notification_method: 'snmp' })).status, 201);
  assert.equal((await remove(`${path}/host_high_cpu_use`)).status, 200);
  assert.equal((await remove(`${path}/host_high_cpu_use`)).status, 404);
  assert.equal((await ann.get(path)).body['event_subscription'].length, 1);
});
