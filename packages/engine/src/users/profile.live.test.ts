import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { EVERYONE_ID } from '../access/objects.ts';
import { startTestEngine } from '../testing/engine.ts';

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIl5pV9Lkx9TgEr1mIZsTgNQq6XtmIwmTn2nfVbIvw0M';

test('users keep options and a key in their profiles, for themselves and those who manage users', async (t) => {
  const admin = await startTestEngine(t);
  const ann = await admin.user('ann');
  const bob = await admin.user('bob');
  const options = `/users/${ann.id}/options`;
  const made = await ann.post(options, { name: 'language', content: '"fr_FR"' });
  assert.equal(made.status, 201, made.text);
  assert.deepEqual([made.body['name'], made.body['content'], made.body['user'].id], ['language', '"fr_FR"', ann.id]);
  const path = `${options}/${made.body['id']}`;
  assert.equal(made.body['href'], `/ovirt-engine/api${path}`);
  assert.equal((await admin.get('/events?max=1')).body['event'][0].code, '15004', 'his own');
  assert.equal((await ann.get(options)).body['user_option'].length, 1);
  assert.equal((await admin.get(path)).status, 200);
  for (const [body, status] of [
    [{ name: 'language', content: '"de"' }, 400],
    [{ name: 'other', content: 'not json' }, 400],
    [{ name: 'other' }, 400],
    [{ content: '1' }, 400],
    [{ name: 'long', content: JSON.stringify('x'.repeat(70_000)) }, 400],
  ] as const)
    assert.equal((await ann.post(options, body)).status, status, JSON.stringify(body).slice(0, 80));
  assert.equal((await bob.get(options)).status, 404, "others' profiles are theirs");
  assert.ok([403, 404].includes((await bob.post(options, { name: 'x', content: '1' })).status));
  assert.ok([403, 404].includes((await bob.delete(path)).status));
  assert.equal((await admin.post(options, { name: 'theme', content: '"dark"' })).status, 201);
  assert.equal((await admin.get('/events?max=1')).body['event'][0].code, '15002', "another's");
  assert.deepEqual(
    (await admin.get(`/users/${ann.id}?follow=options`)).body['options'].user_option.map((one: { name: string }) => one.name),
    ['language', 'theme'],
  );
  assert.equal((await ann.delete(path)).status, 200);
  assert.equal((await ann.get(path)).status, 404);

  const keys = `/users/${ann.id}/sshpublickeys`;
  assert.equal((await ann.post(keys, { content: 'ssh-rsa nonsense' })).status, 400);
  const stored = await ann.post(keys, { content: key });
  assert.equal(stored.status, 201, stored.text);
  assert.equal((await ann.post(keys, { content: key })).status, 400, 'one key each');
  const changed = await ann.put(`${keys}/${stored.body['id']}`, { content: `${key} ann` });
  assert.deepEqual([changed.status, changed.body['content']], [200, `${key} ann`]);
  assert.equal((await ann.get(`/users/${ann.id}/options/${stored.body['id']}`)).status, 404, 'a key is no option');
  assert.equal((await ann.delete(`${keys}/${stored.body['id']}`)).status, 200);
  assert.deepEqual((await ann.get(keys)).body, {});

  const older = await ann.put(`/users/${ann.id}`, { user_options: { property: [{ name: 'theme', value: 'light' }] } });
  assert.equal(older.status, 200, older.text);
  assert.equal((await ann.get(options)).body['user_option'][0].content, '"light"');
  assert.equal((await ann.put(`/users/${ann.id}`, { last_name: 'Other' })).status, 409, 'names are of the directory');
  assert.equal((await admin.delete(`/users/${ann.id}`)).status, 200);
  assert.deepEqual(await admin.engine.db.selectFrom('user_property').select('id').execute(), []);
});

test('groups go with their permissions; Everyone stays', async (t) => {
  const { engine, get, post, delete: remove, user } = await startTestEngine(t);
  const ann = await user('ann');
  const id = randomUUID();
  await engine.db.insertInto('directory_group').values({ id, name: 'staff', domain: 'corp', external_id: id }).execute();
  await engine.db
    .updateTable('app_user')
    .set({ group_ids: [id] })
    .where('id', '=', ann.id)
    .execute();
  assert.equal((await post('/permissions', { role: { name: 'UserRole' }, group: { id } })).status, 201);
  assert.equal((await get(`/groups/${id}?follow=roles,permissions`)).body['roles'].role[0].name, 'UserRole');
  assert.equal((await ann.delete(`/groups/${id}`)).status, 403);
  assert.equal((await remove(`/groups/${EVERYONE_ID}`)).status, 409);
  assert.equal((await remove(`/groups/${id}`)).status, 200);
  assert.equal((await get('/events?max=1')).body['event'][0].code, '408');
  assert.equal((await get(`/groups/${id}`)).status, 404);
  assert.deepEqual((await engine.db.selectFrom('app_user').select('group_ids').where('id', '=', ann.id).executeTakeFirst())?.group_ids, []);
  assert.equal((await get('/permissions')).body['permission'].filter((one: { group?: { id: string } }) => one.group?.id === id).length, 0);
});
