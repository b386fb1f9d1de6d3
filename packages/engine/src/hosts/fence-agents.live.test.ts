import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { unseal } from '../pki/seal.ts';
import { blankTemplateId, defaultClusterId } from '../installation/fixed-ids.ts';
import { startTestEngine } from '../testing/engine.ts';

async function withHost(t: Parameters<typeof startTestEngine>[0], status: string) {
  const admin = await startTestEngine(t);
  const host = randomUUID();
  await admin.engine.db.insertInto('host').values({ id: host, name: 'h', address: '127.0.9.9', cluster_id: defaultClusterId }).execute();
  await admin.engine.db.insertInto('host_state').values({ host_id: host, status }).execute();
  return { ...admin, host };
}

const agent = { type: 'ipmilan', address: '10.0.0.9', username: 'root', password: 'calvin', order: 1 };

test('fence agents are added, changed and removed, and their passwords never shown', async (t) => {
  const { engine, get, post, put, delete: remove, user, host } = await withHost(t, 'maintenance');
  const place = `/hosts/${host}/fenceagents`;
  const made = await post(place, { ...agent, port: 623, options: { option: [{ name: 'lanplus', value: '1' }] } });
  assert.equal(made.status, 201, made.text);
  assert.ok(!made.text.includes('calvin'), made.text);
  const path = `${place}/${made.body['id']}`;
  const seen = (await get(path)).body;
  assert.deepEqual(
    [seen['type'], seen['address'], seen['port'], seen['order'], seen['encrypt_options'], seen['concurrent'], seen['host'].id],
    ['ipmilan', '10.0.0.9', '623', '1', 'false', 'false', host],
  );
  assert.deepEqual(seen['options'].option, [{ name: 'lanplus', value: '1' }]);
  const stored = await engine.db.selectFrom('fence_agent').select('password').executeTakeFirstOrThrow();
  assert.ok(!stored.password.includes('calvin'), 'sealed');
  assert.equal(unseal(engine.authority.secretKey, stored.password), 'calvin');
  for (const [change, status] of [
    [{ type: 'catapult' }, 400],
    [{ address: 'two words' }, 400],
    [{ port: 70_000 }, 400],
    [{ order: 0 }, 400],
    [{ username: '' }, 400],
    [{ password: undefined }, 400],
  ] as const)
    assert.equal((await post(place, { ...agent, ...change })).status, status, JSON.stringify(change));
  await post(place, { ...agent, type: 'apc', order: 1 });
  assert.equal((await get(path)).body['concurrent'], 'true', 'two of one order');
  const changed = await put(path, { order: 2, password: 'other', encrypt_options: true });
  assert.deepEqual([changed.status, changed.body['order'], changed.body['encrypt_options']], [200, '2', 'true'], changed.text);
  assert.deepEqual(
    (await get(`/hosts/${host}?follow=agents`)).body['agents'].agent.map((one: { type: string }) => one.type),
    ['apc', 'ipmilan'],
    'in their order',
  );
  const nobody = await user('nobody');
  assert.equal((await nobody.get(place)).status, 404);
  assert.equal((await nobody.post(place, agent)).status, 403);
  assert.equal((await remove(path)).status, 200);
  assert.equal((await get(path)).status, 404);
});

test('power management is switched on with an agent only, and the last one stays while it is', async (t) => {
  const { get, post, put, delete: remove, host } = await withHost(t, 'maintenance');
  const refused = await put(`/hosts/${host}`, { power_management: { enabled: true } });
  assert.equal(refused.status, 400, refused.text);
  const made = await post(`/hosts/${host}/fenceagents`, agent);
  const on = await put(`/hosts/${host}`, {
    power_management: { enabled: true, kdump_detection: false, pm_proxies: { pm_proxy: [{ type: 'dc' }] } },
  });
  assert.equal(on.status, 200, on.text);
  const shown = (await get(`/hosts/${host}`)).body['power_management'];
  assert.deepEqual([shown.enabled, shown.kdump_detection, shown.automatic_pm_enabled], ['true', 'false', 'true']);
  assert.deepEqual(shown.pm_proxies.pm_proxy, [{ type: 'dc' }]);
  const last = `/hosts/${host}/fenceagents/${made.body['id']}`;
  assert.equal((await remove(last)).status, 400);
  assert.equal((await get(last)).status, 200, 'it stays');
  await put(`/hosts/${host}`, { power_management: { enabled: false } });
  assert.equal((await remove(last)).status, 200);
});

test('who confirms that a host was rebooted by hand frees its VMs', async (t) => {
  const { engine, get, post, user, host } = await withHost(t, 'non_responsive');
  const vm = (await post('/vms', { name: 'stranded', cluster: { id: defaultClusterId }, template: { id: blankTemplateId } })).body['id'];
  await engine.db.updateTable('vm_state').set({ status: 'unknown', host_id: host }).where('vm_id', '=', vm).execute();
  const nobody = await user('nobody');
  assert.equal((await nobody.post(`/hosts/${host}/fence`, { fence_type: 'manual' })).status, 403);
  assert.equal((await post(`/hosts/${host}/fence`, { fence_type: 'restart' })).status, 501);
  assert.equal((await post(`/hosts/${host}/fence`, { fence_type: 'shout' })).status, 400);
  assert.equal((await post(`/hosts/${host}/fence`, {})).status, 400);
  const confirmed = await post(`/hosts/${host}/fence`, { fence_type: 'manual' });
  assert.equal(confirmed.status, 200, confirmed.text);
  assert.equal((await get(`/vms/${vm}`)).body['status'], 'down');
  const codes = (await get('/events?max=2')).body['event'].map((one: { code: string }) => one.code);
  assert.deepEqual(codes, ['494', '143']);
  await engine.db.updateTable('host_state').set({ status: 'up' }).where('host_id', '=', host).execute();
  assert.equal((await post(`/hosts/${host}/fence`, { fence_type: 'manual' })).status, 409, 'not while it answers');
});
