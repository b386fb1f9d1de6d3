// Budget: 60 s
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Installation, defaultDataCenterId, expectStatus, gib } from './installation.ts';
import { whole, type Answer, type Json } from './rest-client.ts';

let installation: Installation;
let domainId: string;
before(async () => {
  installation = await Installation.start();
  await installation.addStorage('data');
  domainId = (await installation.addStorage('second')).id;
});
after(() => installation.stop());

function refused(answer: Answer, status: number, text: RegExp): void {
  assert.equal(answer.status, status, answer.text);
  assert.match(String((answer.body.fault ?? answer.body).detail ?? answer.text), text);
}

test('connections are objects of their own', async () => {
  const { rest } = installation;
  const nfs = expectStatus(
    await rest.post('/storageconnections', {
      type: 'nfs',
      address: 'storage.example',
      path: '/export/x',
      nfs_version: 'v4_1',
      nfs_retrans: 3,
      nfs_timeo: 100,
    }),
    201,
  );
  assert.deepEqual([nfs.nfs_version, nfs.nfs_retrans, nfs.path], ['v4_1', '3', '/export/x']);
  refused(await rest.post('/storageconnections', { type: 'nfs', address: 'storage.example', path: '/export/x' }), 409, /already exists/i);
  const changed = expectStatus(await rest.put(`/storageconnections/${nfs.id}`, { path: '/export/y', nfs_timeo: 200 }), 200);
  assert.deepEqual([changed.path, changed.nfs_timeo, changed.nfs_retrans], ['/export/y', '200', '3']);
  const iscsi = expectStatus(
    await rest.post('/storageconnections', {
      type: 'iscsi',
      address: '10.0.0.1',
      port: 3260,
      target: 'iqn.x:y',
      username: 'u',
      password: 'secret',
    }),
    201,
  );
  assert.equal(JSON.stringify(iscsi).includes('secret'), false);
  assert.ok((expectStatus(await rest.get('/storageconnections'), 200).storage_connection as Json[]).length >= 4);
  for (const [body, text] of [
    [{ type: 'nfs', path: '/x' }, /connection\.address/],
    [{ type: 'posixfs', path: '/x' }, /connection\.vfs_type/],
    [{ type: 'localfs', path: 'x' }, /absolute/],
    [{ type: 'localfs', path: '/a/../b' }, /segments/],
    [{ type: 'iscsi', address: 'a', port: 70_000, target: 't' }, /port/i],
    [{ type: 'nfs', address: 'a', path: '/x', mount_options: 'timeo=3' }, /managed/i],
    [{}, /type/],
  ] as const)
    refused(await rest.post('/storageconnections', body), 400, text);
  refused(await rest.put(`/storageconnections/${nfs.id}`, { type: 'localfs' }), 400, /storage type/i);
  expectStatus(await rest.delete(`/storageconnections/${nfs.id}`), 200);
  assert.equal((await rest.get(`/storageconnections/${nfs.id}`)).status, 404);
  const stranger = await installation.addUser('stranger');
  assert.equal((await stranger.post('/storageconnections', { type: 'localfs', path: '/z' })).status, 403);
  assert.equal((await stranger.delete(`/storageconnections/${iscsi.id}`)).status, 403);
});

test("a domain's connection changes only in maintenance", async () => {
  const { rest } = installation;
  const [connection] = expectStatus(await rest.get(`/storagedomains/${domainId}/storageconnections`), 200).storage_connection as Json[];
  assert.equal(connection?.path, '/data/second');
  const place = `/storageconnections/${connection?.id}`;
  refused(await rest.put(place, { path: '/data/elsewhere' }), 400, /maintenance/i);
  refused(await rest.delete(place), 409, /storage domains/i);
  expectStatus(await rest.post(`/datacenters/${defaultDataCenterId}/storagedomains/${domainId}/deactivate`, {}), 200);
  assert.equal(expectStatus(await rest.put(place, { path: '/data/elsewhere' }), 200).path, '/data/elsewhere');
  assert.equal(expectStatus(await rest.get(`/storagedomains/${domainId}`), 200).storage.path, '/data/elsewhere');
  expectStatus(await rest.put(place, { path: '/data/second' }), 200);
  expectStatus(await rest.post(`/datacenters/${defaultDataCenterId}/storagedomains/${domainId}/activate`, {}), 200);
  refused(await rest.post(`/storagedomains/${domainId}/storageconnections`, { id: connection?.id }), 400, /iscsi/i);
  refused(await rest.delete(`/storagedomains/${domainId}/storageconnections/${connection?.id}`), 400, /iscsi/i);
});

test('a domain is made on a connection that is there', async () => {
  const { rest } = installation;
  const connection = expectStatus(
    await rest.post('/storageconnections', { type: 'localfs', path: '/data/third', host: { name: 'sim-1' } }),
    201,
  );
  const body = { name: 'third', type: 'data', host: { name: 'sim-1' }, storage: { id: connection.id, type: 'localfs' } };
  const domain = expectStatus(await rest.post('/storagedomains', body), 201);
  assert.equal(domain.storage.path, '/data/third');
  refused(await rest.post('/storagedomains', { ...body, name: 'fourth' }), 409, /already exists/i);
  assert.equal(
    expectStatus(await rest.post(`/storagedomains/${domain.id}/isattached`, { host: { id: installation.hosts[0]?.id } }), 200).is_attached,
    'false',
  );
  assert.equal(
    expectStatus(await rest.post(`/storagedomains/${domainId}/isattached`, { host: { id: installation.hosts[0]?.id } }), 200).is_attached,
    'true',
  );
});

test('a domain is renamed, and has its thresholds', async () => {
  const { rest } = installation;
  const changed = expectStatus(
    await rest.put(`/storagedomains/${domainId}`, {
      name: 'renamed',
      description: 'd',
      comment: 'c',
      warning_low_space_indicator: 20,
      critical_space_action_blocker: 1_000_000,
      wipe_after_delete: true,
    }),
    200,
  );
  assert.deepEqual(
    [changed.name, changed.description, changed.comment, changed.warning_low_space_indicator, changed.wipe_after_delete],
    ['renamed', 'd', 'c', '20', 'true'],
  );
  const disk = { name: 'd', format: 'cow', provisioned_size: gib, storage_domains: { storage_domain: [{ id: domainId }] } };
  refused(await rest.post('/disks', disk, whole), 409, /Low disk space on storage domain renamed/);
  expectStatus(await rest.put(`/storagedomains/${domainId}`, { critical_space_action_blocker: 5 }), 200);
  assert.equal(
    expectStatus(await rest.post('/disks', disk, whole), 201).wipe_after_delete,
    'true',
    'disks on it are wiped unless they say otherwise',
  );
  refused(await rest.put(`/storagedomains/${domainId}`, { name: 'data' }), 409, /already in use/);
  refused(await rest.put(`/storagedomains/${domainId}`, { discard_after_delete: true }), 400, /discard/i);
  refused(await rest.put(`/storagedomains/${domainId}`, { warning_low_space_indicator: 101 }), 400, /percentage/);
  refused(await rest.put(`/storagedomains/${domainId}`, { type: 'iso' }), 409, /immutable|type/);
  for (const action of ['refreshluns', 'reduceluns'])
    refused(await rest.post(`/storagedomains/${domainId}/${action}`, { logical_units: { logical_unit: [{ id: 'x' }] } }), 400, /type/i);
});

test('a host without LUNs lists none', async () => {
  const { rest } = installation;
  const [host] = installation.hosts;
  assert.deepEqual(expectStatus(await rest.get(`/hosts/${host?.id}/storage`), 200).host_storage ?? [], []);
  assert.equal((await rest.get(`/hosts/${host?.id}/storage/x`)).status, 404);
});
