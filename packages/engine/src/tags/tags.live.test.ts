import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { EVERYONE_ID, SYSTEM_ID } from '../access/objects.ts';
import { blankTemplateId, defaultClusterId } from '../installation/fixed-ids.ts';
import { startTestEngine, type Client } from '../testing/engine.ts';
import { rootTagId } from './read.ts';

const codes = async (client: Client, count: number): Promise<string[]> =>
  (await client.get(`/events?max=${count}`)).body['event'].map((one: { code: string }) => one.code);

test('tags form a tree that cannot be closed to a circle', async (t) => {
  const admin = await startTestEngine(t);
  const { get, post, put, delete: remove } = admin;
  const root = await get(`/tags/${rootTagId}`);
  assert.deepEqual([root.body['name'], root.body['parent']], ['root', undefined]);
  const site = await post('/tags', { name: 'site', description: 'where it stands' });
  assert.equal(site.status, 201, site.text);
  assert.equal(site.body['parent'].id, rootTagId, 'below the root unless told otherwise');
  const rack = await post('/tags', { name: 'rack', parent: { name: 'site' } });
  assert.equal(rack.body['parent'].id, site.body['id'], rack.text);
  assert.equal(rack.body['parent'].href, `/ovirt-engine/api/tags/${site.body['id']}`);
  assert.deepEqual(
    (await get('/tags')).body['tag'].map((one: { name: string }) => one.name),
    ['rack', 'root', 'site'],
  );
  assert.equal((await get(`/tags/${rack.body['id']}?follow=parent`)).body['parent'].name, 'site');

  const circle = await put(`/tags/${site.body['id']}`, { parent: { id: rack.body['id'] } });
  assert.deepEqual([circle.status, circle.body['reason']], [409, 'Operation Failed'], circle.text);
  const moved = await put(`/tags/${rack.body['id']}`, { name: 'shelf', parent: { id: rootTagId } });
  assert.deepEqual([moved.status, moved.body['name'], moved.body['parent'].id], [200, 'shelf', rootTagId], moved.text);
  assert.deepEqual(await codes(admin, 2), ['430', '555'], 'USER_UPDATE_TAG after USER_MOVE_TAG');
  await put(`/tags/${rack.body['id']}`, { parent: { id: site.body['id'] } });
  assert.equal((await remove(`/tags/${site.body['id']}`)).status, 200);
  assert.equal((await get(`/tags/${rack.body['id']}`)).status, 404, 'the tags below go with it');
  assert.deepEqual(await codes(admin, 2), ['434', '434']);
});

test('tags that cannot be are refused', async (t) => {
  const { get, post, put, delete: remove, user } = await startTestEngine(t);
  const tag = (await post('/tags', { name: 'gold' })).body['id'];
  for (const [body, status] of [
    [{ name: 'GOLD' }, 409],
    [{ name: 'two words' }, 400],
    [{ name: 'x'.repeat(51) }, 400],
    [{ description: 'no name' }, 400],
    [{ name: 'lost', parent: { id: randomUUID() } }, 404],
    [{ name: 'lost', parent: { name: 'nowhere' } }, 404],
  ] as const) {
    const refused = await post('/tags', body);
    assert.equal(refused.status, status, `${JSON.stringify(body)}: ${refused.text}`);
  }
  assert.equal((await put(`/tags/${rootTagId}`, { name: 'top' })).status, 409);
  assert.equal((await remove(`/tags/${rootTagId}`)).status, 409);
  assert.deepEqual([(await get(`/tags/${randomUUID()}`)).status, (await get('/tags/gold')).status], [404, 404]);
  const nobody = await user('nobody');
  assert.equal((await nobody.get('/tags')).body['tag'].length, 2, 'everybody reads tags');
  for (const refused of [
    await nobody.post('/tags', { name: 'mine' }),
    await nobody.put(`/tags/${tag}`, { name: 'mine' }),
    await nobody.delete(`/tags/${tag}`),
  ])
    assert.equal(refused.status, 403, refused.text);
  const keeper = await user('keeper', [{ role: 'TagManager', object: { type: 'system', id: SYSTEM_ID } }]);
  assert.equal((await keeper.put(`/tags/${tag}`, { name: 'silver' })).status, 200);
});

test('tags are given to every kind of object that has them, and taken', async (t) => {
  const admin = await startTestEngine(t);
  const { get, post, delete: remove, user } = admin;
  const someone = await user('someone');
  const nobody = await user('nobody');
  const tag = (await post('/tags', { name: 'gold' })).body['id'];
  const vm = (await post('/vms', { name: 'tagged', cluster: { id: defaultClusterId }, template: { id: blankTemplateId } })).body['id'];
  const host = randomUUID();
  await admin.engine.db.insertInto('host').values({ id: host, name: 'h', address: '127.0.9.9', cluster_id: defaultClusterId }).execute();
  await admin.engine.db.insertInto('host_state').values({ host_id: host, status: 'maintenance' }).execute();
  const places: [string, string, string, string, string][] = [
    ['vms', vm, '440', '454', '446'],
    ['templates', blankTemplateId, '183', '460', '185'],
    ['hosts', host, '442', '455', '444'],
    ['users', someone.id, '436', '452', '448'],
    ['groups', EVERYONE_ID, '438', '453', '450'],
  ];
  for (const [kind, id, attached, again, detached] of places) {
    const place = `/${kind}/${id}/tags`;
    assert.equal((await nobody.post(place, { name: 'gold' })).status, 403, place);
    const given = await post(place, { name: 'gold' });
    assert.equal(given.status, 201, `${place}: ${given.text}`);
    assert.deepEqual([given.body['id'], given.body['href']], [tag, `/ovirt-engine/api${place}/${tag}`]);
    assert.equal(given.body[kind.slice(0, -1)].id, id);
    assert.deepEqual(await codes(admin, 1), [attached]);
    assert.equal((await post(place, { id: tag })).status, 201, 'twice is once');
    assert.deepEqual(await codes(admin, 1), [again]);
    assert.equal((await get(place)).body['tag'].length, 1);
    assert.equal((await get(`/${kind}/${id}?follow=tags`)).body['tags'].tag[0].name, 'gold');
    assert.equal((await post(place, { name: 'nosuch' })).status, 404);
    assert.equal((await post(place, {})).status, 400);
    assert.equal((await remove(`${place}/${tag}`)).status, 200);
    assert.deepEqual(await codes(admin, 1), [detached]);
    assert.deepEqual([(await get(`${place}/${tag}`)).status, (await get(place)).body], [404, {}]);
    assert.equal((await post(`/${kind}/${randomUUID()}/tags`, { name: 'gold' })).status, 404);
  }
  await post(`/vms/${vm}/tags`, { name: 'gold' });
  assert.equal((await nobody.get(`/vms/${vm}/tags`)).status, 404, 'tags of what one may not see');
  assert.equal((await remove(`/vms/${vm}`)).status, 200);
  assert.deepEqual(await admin.engine.db.selectFrom('tag_assignment').selectAll().execute(), [], 'a VM takes its assignments along');
});
