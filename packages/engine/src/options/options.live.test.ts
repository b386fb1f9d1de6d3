import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestEngine } from '../testing/engine.ts';

test('options are read by version, set, and in force when they were reloaded', async (t) => {
  const { engine, get, post, put, user } = await startTestEngine(t);
  const sockets = await get('/options/MaxNumOfVmSockets');
  assert.equal(sockets.status, 200, sockets.text);
  assert.deepEqual([sockets.body['id'], sockets.body['values'].system_option_value.length], ['MaxNumOfVmSockets', 7]);
  const one = await get('/options/MaxNumOfVmSockets?version=4.7');
  assert.deepEqual(one.body['values'].system_option_value, [{ value: '10000', version: '4.7' }]);
  assert.deepEqual((await get('/options/UserSessionTimeOutInterval')).body['values'].system_option_value, [
    { value: '30', version: 'general' },
  ]);
  for (const path of ['/options/NoSuchOption', '/options/AuditLogCleanupTime', '/options/MaxNumOfVmSockets?version=3.6']) {
    const missing = await get(path);
    assert.deepEqual([missing.status, missing.text], [404, ''], path);
  }
  const nobody = await user('nobody');
  assert.equal((await nobody.get('/options/UserSessionTimeOutInterval')).status, 200);
  assert.equal((await nobody.get('/options/DefaultMTU')).status, 404, 'for administrators');

  const path = '/virgate/api/options/UserSessionTimeOutInterval';
  for (const [body, status] of [
    [{ value: '0' }, 400],
    [{ value: 60 }, 400],
    [{ value: '60', version: '4.7' }, 400],
    [{}, 400],
  ] as const)
    assert.equal((await put(path, body)).status, status, JSON.stringify(body));
  assert.equal((await put('/virgate/api/options/NoSuchOption', { value: 'x' })).status, 404);
  assert.equal((await nobody.put(path, { value: '60' })).status, 403);
  assert.equal((await put(path, { value: '60' })).status, 204);
  assert.equal((await get('/options/UserSessionTimeOutInterval')).body['values'].system_option_value[0].value, '30', 'not yet');
  assert.equal((await nobody.post('/reloadconfigurations', {})).status, 403);
  const reloaded = await post('/reloadconfigurations', {});
  assert.deepEqual([reloaded.status, reloaded.body['status']], [200, 'complete'], reloaded.text);
  assert.equal((await get('/events?max=1')).body['event'][0].code, '1010');
  assert.equal((await get('/options/UserSessionTimeOutInterval')).body['values'].system_option_value[0].value, '60');

  const form = new URLSearchParams({ grant_type: 'password', scope: 'ovirt-app-api', username: 'nobody@internal', password: 'secret' });
  const given = await nobody.call('POST', '/ovirt-engine/sso/oauth/token', {
    body: form.toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  assert.equal(given.status, 200, given.text);
  const latest = await engine.db.selectFrom('access_token').select('idle_timeout_ms').orderBy('created_at', 'desc').executeTakeFirst();
  assert.equal(latest?.idle_timeout_ms, 60 * 60_000, 'sessions live by it');
  assert.equal((await put(path, { value: null })).status, 204);
  await post('/reloadconfigurations', {});
  assert.equal((await get('/options/UserSessionTimeOutInterval')).body['values'].system_option_value[0].value, '30');
});
