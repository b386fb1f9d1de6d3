import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { defaultClusterId, defaultDataCenterId } from '../installation/fixed-ids.ts';
import { startTestEngine } from '../testing/engine.ts';
import { addHostAndStorage } from '../testing/objects.ts';

const external = { origin: 'backup', severity: 'warning', custom_id: 5, description: 'The backup is late.' };

test('events come newest first, are searched, added, hidden and shown again', async (t) => {
  const { get, post, put, delete: remove } = await startTestEngine(t);
  await put(`/clusters/${defaultClusterId}`, { comment: 'a' });
  const made = await post('/events', { ...external, cluster: { id: defaultClusterId } });
  assert.equal(made.status, 201, made.text);
  const all = (await get('/events')).body['event'];
  assert.deepEqual(
    all
      .slice(0, 2)
      .map((one: { description: string }) => one.description)
      .at(0),
    external.description,
  );
  assert.deepEqual([all[1].code, all[1].cluster.id, all[1].severity], ['811', defaultClusterId, 'normal']);
  assert.ok(Number(all[0].id) > Number(all[1].id));
  assert.equal(typeof all[0].time, 'number');
  assert.equal((await get('/events?max=1')).body['event'].length, 1);
  assert.deepEqual(
    (await get(`/events;from=${all[1].id}`)).body['event'].map((one: { id: string }) => one.id),
    [all[0].id],
  );
  assert.deepEqual(
    (await get('/events?search=severity%3Dwarning')).body['event'].map((one: { id: string }) => one.id),
    [all[0].id],
  );
  assert.deepEqual((await get('/events?search=nonsense%3D%3D')).body, {});
  assert.equal((await get(`/events/${all[0].id}`)).body['custom_id'], '5');
  assert.deepEqual([(await get('/events/999999')).status, (await get('/events/999999')).text], [404, '']);

  assert.equal((await remove(`/events/${all[0].id}`)).status, 200);
  assert.equal((await get(`/events/${all[0].id}`)).status, 404);
  assert.equal((await post('/events/undelete', {})).status, 200);
  assert.equal((await get(`/events/${all[0].id}`)).status, 200);
  const twice = await Promise.all([6, 6, 5].map((id) => post('/events', { ...external, custom_id: id, description: 'again' })));
  assert.deepEqual(
    twice.map((one) => one.status).toSorted((a, b) => a - b),
    [201, 400, 400],
    'an id is one event of its origin',
  );
  assert.equal((await post('/events', { ...external, origin: 'another', custom_id: 6, description: external.description })).status, 201);
});

test('events that cannot be are refused, and users see their own part', async (t) => {
  const { get, post, put, user } = await startTestEngine(t);
  assert.equal((await post('/events', { ...external, description: undefined })).status, 400);
  assert.equal((await post('/events', { ...external, origin: 'oVirt' })).status, 400);
  assert.equal((await post('/events', { ...external, severity: 'dreadful' })).status, 400);
  assert.equal((await post('/events', { ...external, cluster: { id: randomUUID() } })).status, 404);
  await put(`/clusters/${defaultClusterId}`, { comment: 'a' });
  await put(`/datacenters/${defaultDataCenterId}`, { comment: 'a' });
  const [newest] = (await get('/events')).body['event'];
  const nobody = await user('nobody');
  assert.equal((await nobody.post('/events', external)).status, 403);
  assert.equal((await nobody.delete(`/events/${newest.id}`)).status, 403);
  assert.deepEqual((await nobody.get('/events')).body, {});
  const some = await user('some', [{ role: 'UserRole', object: { type: 'cluster', id: defaultClusterId } }]);
  assert.deepEqual(
    (await some.get('/events')).body['event'].map((one: { code: string }) => one.code),
    ['811'],
  );
});

test('outside systems tell the health of hosts and storage domains with their events', async (t) => {
  const test = await startTestEngine(t);
  let customId = 0;
  const next = () => ({ ...external, custom_id: (customId += 1) });
  const { get, post, user } = test;
  const { hosts: host, storagedomains: domain } = await addHostAndStorage(test);
  const health = async (): Promise<unknown[]> => [
    (await get(`/hosts/${host}`)).body['external_status'],
    (await get(`/storagedomains/${domain}`)).body['external_status'],
  ];
  assert.deepEqual(await health(), ['ok', 'ok']);
  const about = { host: { id: host, external_status: 'error' } };
  assert.equal((await post('/events', { ...next(), ...about })).status, 201);
  assert.deepEqual(await health(), ['error', 'ok']);
  assert.equal((await post('/events', { ...next(), storage_domain: { id: domain, external_status: 'warning' } })).status, 201);
  assert.equal((await post('/events', { ...next(), host: { id: host } })).status, 201);
  assert.deepEqual(await health(), ['error', 'warning'], 'an event that does not speak of it changes nothing');
  assert.equal((await post('/events', { ...next(), host: { id: host, external_status: 'splendid' } })).status, 400);
  const watcher = await user('watcher', [{ role: 'ExternalEventsCreator', object: { type: 'host', id: host } }]);
  assert.equal((await watcher.post('/events', { ...next(), host: { id: host } })).status, 201);
  const denied = await watcher.post('/events', { ...next(), ...about });
  assert.deepEqual([denied.status, denied.text.includes('edit_host_configuration')], [403, true], denied.text);
});
