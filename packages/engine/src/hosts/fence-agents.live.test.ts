import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { json } from '@virgate/database';
import { unseal } from '../pki/seal.ts';
import { blankTemplateId, defaultClusterId } from '../installation/fixed-ids.ts';
import { startTestEngine } from '../testing/engine.ts';
import { hostCredentials } from './connection-extensions.ts';

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
  const { engine, get, post, put, delete: remove, host } = await withHost(t, 'maintenance');
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
  const warnings = async (): Promise<number> => {
    const events = ((await get('/events')).body['event'] ?? []) as { code: string }[];
    return events.filter((one) => one.code === '617').length;
  };
  const detect = (kdump: boolean) => put(`/hosts/${host}`, { power_management: { kdump_detection: kdump } });
  assert.equal(await warnings(), 0);
  await detect(true);
  assert.equal(await warnings(), 1, 'it would not tell of crash dumps');
  await engine.db
    .updateTable('host_state')
    .set({ capabilities: json({ kdumpStatus: 1 }) })
    .where('host_id', '=', host)
    .execute();
  await detect(true);
  assert.equal(await warnings(), 1);
  const last = `/hosts/${host}/fenceagents/${made.body['id']}`;
  assert.equal((await remove(last)).status, 400);
  assert.equal((await get(last)).status, 200, 'it stays');
  await put(`/hosts/${host}`, { power_management: { enabled: false } });
  const reached = await put(`/hosts/${host}`, { ssh: { port: 2222, user: { user_name: 'ops', password: 'secret' } } });
  assert.deepEqual([reached.body['ssh'].port, reached.body['ssh'].user], ['2222', { user_name: 'ops' }], reached.text);
  assert.equal((await put(`/hosts/${host}`, { ssh: { port: 0 } })).status, 400);
  assert.equal((await remove(last)).status, 200);
});

test('a new host has the power management and the way by SSH that it was added with', async (t) => {
  const { get, post } = await withHost(t, 'maintenance');
  const fresh = (change: object) => post('/hosts', { name: 'fresh', address: '127.0.9.8', ...change });
  const managed = { enabled: true, kdump_detection: false };
  assert.equal((await fresh({ power_management: managed })).status, 400, 'no agent to switch it with');
  assert.equal((await fresh({ power_management: { ...managed, agents: { agent: [{ ...agent, type: 'catapult' }] } } })).status, 400);
  assert.deepEqual((await get('/hosts?search=name%3Dfresh')).body['host'] ?? [], [], 'nothing is left of it');
  const made = await fresh({
    power_management: {
      ...managed,
      agents: {
        agent: [
          { ...agent, order: undefined },
          { ...agent, type: 'apc', order: 2 },
        ],
      },
    },
    ssh: { port: 2200, user: { user_name: 'ops', password: 'secret' } },
  });
  assert.equal(made.status, 201, made.text);
  assert.ok(!made.text.includes('calvin') && !made.text.includes('secret'), made.text);
  const seen = (await get(`/hosts/${made.body['id']}?follow=agents`)).body;
  assert.deepEqual([seen['power_management'].enabled, seen['power_management'].kdump_detection], ['true', 'false']);
  assert.deepEqual(
    seen['agents'].agent.map((one: { type: string }) => one.type),
    ['ipmilan', 'apc'],
  );
  assert.deepEqual([seen['ssh'].port, seen['ssh'].user], ['2200', { user_name: 'ops' }]);
});

test('who confirms that a host was rebooted by hand frees its VMs', async (t) => {
  const { engine, get, post, user, host } = await withHost(t, 'non_responsive');
  const vm = (await post('/vms', { name: 'stranded', cluster: { id: defaultClusterId }, template: { id: blankTemplateId } })).body['id'];
  await engine.db.updateTable('vm_state').set({ status: 'unknown', host_id: host }).where('vm_id', '=', vm).execute();
  const nobody = await user('nobody');
  assert.equal((await nobody.post(`/hosts/${host}/fence`, { fence_type: 'manual' })).status, 403);
  assert.equal((await post(`/hosts/${host}/fence`, { fence_type: 'restart' })).status, 409, 'no power management');
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

const extension = { target: 'iqn.2026-01.org.example:disks', username: 'chap', password: 'open-sesame' };

test('hosts have credentials of their own at iSCSI targets, whose passwords are never shown', async (t) => {
  const { engine, get, post, put, delete: remove, user, host } = await withHost(t, 'up');
  const place = `/hosts/${host}/storageconnectionextensions`;
  for (const [change, status] of [
    [{ target: 'disks' }, 400],
    [{ target: undefined }, 400],
    [{ username: '' }, 400],
    [{ password: undefined }, 400],
    [{ password: 'two\nlines' }, 400],
  ] as const)
    assert.equal((await post(place, { ...extension, ...change })).status, status, JSON.stringify(change));
  assert.equal((await post(`/hosts/${randomUUID()}/storageconnectionextensions`, extension)).status, 404);
  const made = await post(place, extension);
  assert.equal(made.status, 201, made.text);
  assert.ok(!made.text.includes(extension.password), made.text);
  const path = `${place}/${made.body['id']}`;
  const seen = (await get(path)).body;
  assert.deepEqual([seen['target'], seen['username'], seen['host'].id], [extension.target, 'chap', host]);
  assert.deepEqual(Object.keys(seen).toSorted(), ['host', 'href', 'id', 'target', 'username']);
  assert.equal((await post(place, extension)).status, 409, 'one for each target');
  const key = engine.authority.secretKey;
  assert.deepEqual(await hostCredentials(engine.db, key, host, extension.target), { username: 'chap', password: extension.password });
  const other = (await post(place, { ...extension, target: 'iqn.2026-01.org.example:more' })).body['id'];
  assert.equal((await put(`${place}/${other}`, { target: extension.target })).status, 409);
  assert.equal((await put(path, { host: { id: randomUUID() } })).status, 409);
  const changed = await put(path, { password: 'changed', username: 'two' });
  assert.deepEqual([changed.status, changed.body['username'], changed.text.includes('changed')], [200, 'two', false]);
  assert.deepEqual(await hostCredentials(engine.db, key, host, extension.target), { username: 'two', password: 'changed' });
  const stored = await engine.db.selectFrom('host_connection_extension').select('password').execute();
  assert.ok(
    stored.every((row) => !row.password.includes('changed')),
    'sealed',
  );
  const nobody = await user('nobody');
  assert.equal((await nobody.get(place)).status, 404);
  assert.equal((await nobody.post(place, extension)).status, 403);
  assert.equal((await nobody.delete(path)).status, 403);
  assert.equal((await remove(path)).status, 200);
  assert.equal((await get(path)).status, 404);
  assert.equal(await hostCredentials(engine.db, key, host, extension.target), null);
});
