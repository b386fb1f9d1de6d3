import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { predefinedRoles } from '@virgate/contract/generated/roles';
import { EVERYONE_ID, SYSTEM_ID, SUPER_USER_ROLE_ID } from '../access/objects.ts';
import {
  blankTemplateId,
  defaultClusterId,
  defaultDataCenterId,
  managementNetworkId,
  managementProfileId,
  defaultMacPoolId,
} from '../installation/fixed-ids.ts';
import { startTestEngine } from '../testing/engine.ts';

test('roles are given and taken on every kind of object', async (t) => {
  const { get, post, delete: remove, user } = await startTestEngine(t);
  const someone = await user('someone');
  const places = [
    `/clusters/${defaultClusterId}`,
    `/datacenters/${defaultDataCenterId}`,
    `/templates/${blankTemplateId}`,
    `/networks/${managementNetworkId}`,
    `/vnicprofiles/${managementProfileId}`,
    `/networks/${managementNetworkId}/vnicprofiles/${managementProfileId}`,
    `/macpools/${defaultMacPoolId}`,
  ];
  for (const place of places) {
    const made = await post(`${place}/permissions`, { role: { name: 'UserRole' }, user: { id: someone.id } });
    assert.equal(made.status, 201, `${place}: ${made.text}`);
    const path = `${place}/permissions/${made.body['id']}`;
    assert.equal(made.body['user'].id, someone.id);
    assert.equal((await get(path)).status, 200, path);
    assert.ok((await get(`${place}/permissions`)).body['permission'].some((one: { id: string }) => one.id === made.body['id']));
    assert.equal(
      (await post(`${place}/permissions`, { role: { name: 'UserRole' }, user: { id: someone.id } })).body['id'],
      made.body['id'],
      'twice is once',
    );
    const removed = await remove(path);
    assert.equal(removed.status, 200, removed.text);
    assert.deepEqual([(await get(path)).status, (await get(path)).text], [404, '']);
  }
  for (const place of [
    `/networks/${randomUUID()}/vnicprofiles/${managementProfileId}`,
    `/datacenters/${randomUUID()}/clusters/${defaultClusterId}`,
  ])
    assert.equal((await get(`${place}/permissions`)).status, 404, 'not below that');
  const onUser = await post(`/users/${someone.id}/permissions`, { role: { name: 'UserRole' }, cluster: { id: defaultClusterId } });
  assert.equal(onUser.body['cluster'].id, defaultClusterId, onUser.text);
  assert.equal((await someone.get(`/clusters/${defaultClusterId}`)).status, 200, 'it counts at once');
  assert.equal((await get(`/clusters/${defaultClusterId}?follow=permissions`)).body['permissions'].permission.length, 1);
  const onSystem = await post('/permissions', {
    role: { name: 'UserRole' },
    user: { id: someone.id },
    data_center: { id: defaultDataCenterId },
  });
  assert.equal(onSystem.body['data_center'].id, defaultDataCenterId, 'an object in the body is never taken for the whole system');
  const toAll = await post(`/clusters/${defaultClusterId}/permissions`, { role: { name: 'UserRole' }, group: { id: EVERYONE_ID } });
  assert.equal(toAll.body['group'].id, EVERYONE_ID);
  assert.ok((await get(`/groups/${EVERYONE_ID}/permissions`)).body['permission'].length > 1);
});

test('permissions are refused to whom they are not for', async (t) => {
  const { engine, get, post, delete: remove, user } = await startTestEngine(t);
  const path = `/clusters/${defaultClusterId}/permissions`;
  const someone = await user('someone');
  const role = { name: 'UserRole' };
  assert.equal((await post(path, { user: { id: someone.id } })).status, 400);
  assert.equal((await post(path, { role })).status, 400);
  assert.equal((await post(path, { role: { name: 'Nonsense' }, user: { id: someone.id } })).status, 404);
  assert.equal((await post(path, { role, user: { id: randomUUID() } })).status, 404);
  assert.equal((await post(`/clusters/${randomUUID()}/permissions`, { role, user: { id: someone.id } })).status, 404);
  assert.equal((await someone.post(path, { role, user: { id: someone.id } })).status, 404);
  assert.equal((await someone.post('/permissions', { role: { id: SUPER_USER_ROLE_ID }, user: { id: someone.id } })).status, 403);
  const keeper = await user('keeper', [{ role: 'ClusterAdmin', object: { type: 'cluster', id: defaultClusterId } }]);
  assert.equal((await keeper.post(path, { role, user: { id: someone.id } })).status, 201);
  assert.equal(
    (await keeper.post(path, { role: { name: 'ClusterAdmin' }, user: { id: someone.id } })).status,
    403,
    'administrative roles are for SuperUsers to give',
  );
  assert.equal((await keeper.post('/permissions', { role, user: { id: someone.id } })).status, 403);
  assert.equal((await keeper.post(`/users/${someone.id}/permissions`, { role })).status, 403);

  const supers = await engine.db
    .selectFrom('permission')
    .selectAll()
    .where('role_id', '=', SUPER_USER_ROLE_ID)
    .where('object_id', '=', SYSTEM_ID)
    .execute();
  const last = await remove(`/permissions/${supers[0]?.id}`);
  assert.equal(last.status, 409, last.text);
  const second = await post('/permissions', { role: { id: SUPER_USER_ROLE_ID }, user: { id: someone.id } });
  assert.equal(second.status, 201, second.text);
  const results = await Promise.all([remove(`/permissions/${supers[0]?.id}`), someone.delete(`/permissions/${second.body['id']}`)]);
  assert.ok(results.filter((one) => one.status === 200).length <= 1, 'of two at once one stays');
  assert.equal(
    (
      await engine.db
        .selectFrom('permission')
        .select('id')
        .where('role_id', '=', SUPER_USER_ROLE_ID)
        .where('object_id', '=', SYSTEM_ID)
        .execute()
    ).length,
    1,
  );
  assert.equal((await get('/permissions')).status, 200);
});

test('roles with their permits are added, changed and removed', async (t) => {
  const { get, post, put, delete: remove, user } = await startTestEngine(t);
  assert.equal((await get('/roles')).body['role'].length, 37);
  const made = await post('/roles', { name: 'Starter', administrative: false, permits: { permit: [{ id: '1' }, { id: '2' }] } });
  assert.equal(made.status, 201, made.text);
  const path = `/roles/${made.body['id']}`;
  assert.deepEqual(
    (await get(`${path}/permits`)).body['permit'].map((one: { name: string }) => one.name),
    ['create_vm', 'delete_vm'],
  );
  assert.equal(
    (await get('/roles?follow=permits')).body['role'].find((one: { name: string }) => one.name === 'SuperUser').permits.permit.length,
    predefinedRoles.find((one) => one.name === 'SuperUser')?.permits.length,
  );
  assert.equal((await post('/roles', { name: 'Starter', permits: { permit: [{ id: '1' }] } })).status, 409);
  assert.equal((await post('/roles', { name: 'Empty' })).status, 400);
  assert.equal((await post('/roles', { name: 'Odd', permits: { permit: [{ id: '9999' }] } })).status, 404);
  assert.equal(
    (await post('/roles', { name: 'Odd', administrative: false, permits: { permit: [{ name: 'import_export_vm', id: '8' }] } })).status,
    400,
    'a permit for administrators',
  );
  assert.equal((await post(`${path}/permits`, { name: 'edit_vm_properties' })).status, 201);
  assert.equal((await post(`${path}/permits`, { name: 'edit_vm_properties' })).status, 409);
  assert.equal((await remove(`${path}/permits/1`)).status, 200);
  assert.equal((await get(`${path}/permits/1`)).status, 404);
  assert.equal((await put(path, { description: 'starts things' })).body['description'], 'starts things');
  assert.equal((await put(path, { administrative: true })).status, 400);
  assert.equal((await put(`/roles/${SUPER_USER_ROLE_ID}`, { name: 'x' })).status, 409);
  assert.equal((await remove(`/roles/${SUPER_USER_ROLE_ID}`)).status, 409);
  const someone = await user('someone');
  assert.equal((await someone.post('/roles', { name: 'Mine', permits: { permit: [{ id: '1' }] } })).status, 403);
  const given = await post(`/clusters/${defaultClusterId}/permissions`, { role: { id: made.body['id'] }, user: { id: someone.id } });
  assert.equal((await remove(path)).status, 409, 'it is given to somebody');
  assert.deepEqual(
    (await get(`/users/${someone.id}/roles`)).body['role'].map((one: { name: string }) => one.name),
    ['Starter'],
  );
  await remove(`/clusters/${defaultClusterId}/permissions/${given.body['id']}`);
  assert.equal((await remove(path)).status, 200);
  assert.equal((await get(path)).status, 404);
});

test('users of the internal directory are made, sign in, see their part, and go', async (t) => {
  const engine = await startTestEngine(t);
  const { get, post, delete: remove } = engine;
  const made = await post('/virgate/api/users', { name: 'ada', password: 'analytical', last_name: 'Lovelace' });
  assert.equal(made.status, 201, made.text);
  assert.deepEqual([(await post('/virgate/api/users', { name: 'ADA', password: 'analytical' })).status], [409]);
  assert.equal((await post('/virgate/api/users', { name: 'bob', password: 'short' })).status, 400);
  assert.equal((await post('/virgate/api/users', { name: 'b@b', password: 'analytical' })).status, 400);
  assert.equal((await post('/virgate/api/users', '[]')).status, 400);
  assert.equal((await engine.client(null).post('/virgate/api/users', { name: 'eve', password: 'analytical' })).status, 401);

  const token = await engine
    .client(null)
    .call('POST', '/ovirt-engine/sso/oauth/token', {
      body: 'grant_type=password&scope=ovirt-app-api&username=ada%40internal&password=analytical',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  assert.equal(token.status, 200, token.text);
  const ada = engine.client(token.body['access_token']);
  assert.equal((await ada.post('/virgate/api/users', { name: 'eve', password: 'analytical' })).status, 403);
  assert.deepEqual(
    (await ada.get('/users')).body['user'].map((one: { user_name: string }) => one.user_name),
    ['ada@internal-authz'],
  );
  assert.deepEqual((await ada.get('/clusters')).body, {});
  assert.equal((await ada.get(`/users/${made.body['id']}`)).body['last_name'], 'Lovelace');
  assert.deepEqual(
    (await get(`/users/${made.body['id']}/groups`)).body['group'].map((one: { name: string }) => one.name),
    ['Everyone'],
  );

  assert.equal((await get('/users?search=usrname%3Dada*')).body['user'].length, 1);
  const [domain] = (await get('/domains')).body['domain'];
  assert.equal(domain.id, '696E7465726E616C2D617574687A');
  assert.equal((await get(`/domains/${domain.id}/users`)).body['user'].length, 2);
  assert.equal((await get(`/domains/${domain.id}/users/${made.body['id']}`)).status, 200);
  assert.equal((await get('/domains/00')).status, 404);
  assert.deepEqual(
    (await get('/groups')).body['group'].map((one: { name: string }) => one.name),
    ['Everyone'],
  );
  assert.equal((await post('/users', { user_name: 'ada@internal-authz', domain: { name: 'internal-authz' } })).body['id'], made.body['id']);
  assert.equal((await post('/users', { user_name: 'nobody', domain: { name: 'internal-authz' } })).status, 400);
  assert.equal((await post('/users', { user_name: 'nobody' })).status, 400);

  assert.equal((await ada.delete(`/users/${made.body['id']}`)).status, 403);
  assert.equal((await remove(`/users/${made.body['id']}`)).status, 200);
  assert.equal((await ada.get('/users')).status, 401, 'his token went with him');
  const self = (await get('/users')).body['user'][0].id;
  assert.equal((await remove(`/users/${self}`)).status, 409);
});
