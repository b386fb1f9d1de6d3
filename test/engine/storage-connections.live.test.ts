// Budget: 60 s
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Installation, eventually, defaultDataCenterId, expectStatus, gib } from './installation.ts';
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
  refused(
    await rest.post('/storageconnections', { type: 'nfs', address: 'storage.example', path: '/export/x' }),
    409,
    /connection to this storage already/,
  );
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
    [{ type: 'nfs', address: 'a', path: '/x', mount_options: 'timeo=3' }, /attribute of its own/],
    [{}, /type/],
  ] as const)
    refused(await rest.post('/storageconnections', body), 400, text);
  refused(await rest.put(`/storageconnections/${nfs.id}`, { type: 'localfs' }), 400, /type: cannot be changed/);
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
  refused(await rest.post('/storagedomains', { ...body, storage_format: 'v3' }), 400, /storage_format/);
  refused(await rest.post('/storagedomains', { ...body, block_size: 4096 }), 400, /block_size/);
  refused(await rest.post('/storagedomains', { ...body, discard_after_delete: true }), 400, /discard/i);
  refused(await rest.post('/storagedomains', { ...body, warning_low_space_indicator: 101 }), 400, /percentage/);
  const domain = expectStatus(
    await rest.post('/storagedomains', { ...body, wipe_after_delete: true, backup: true, storage_format: 'v5' }),
    201,
  );
  assert.equal(domain.storage.path, '/data/third');
  assert.deepEqual([domain.wipe_after_delete, domain.backup], ['true', 'true']);
  refused(await rest.post('/storagedomains', { ...body, name: 'fourth' }), 409, /already/);
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
  const told = async (code: number): Promise<number> =>
    (
      (expectStatus(await rest.get(`/events?search=${encodeURIComponent(`type = ${code} and event_storage = renamed`)}`), 200).event ??
        []) as Json[]
    ).length;
  await eventually('the lack of space is told', async () => (await told(201)) === 1);
  expectStatus(await rest.put(`/storagedomains/${domainId}`, { critical_space_action_blocker: 5, warning_low_space_indicator: 100 }), 200);
  await eventually('little space is told', async () => (await told(26)) === 1);
  assert.equal(await told(201), 1, 'once, however often it is seen');
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
    refused(
      await rest.post(`/storagedomains/${domainId}/${action}`, { logical_units: { logical_unit: [{ id: 'x' }] } }),
      400,
      /of this kind/,
    );
});

test('a host without LUNs lists none', async () => {
  const { rest } = installation;
  const [host] = installation.hosts;
  assert.deepEqual(expectStatus(await rest.get(`/hosts/${host?.id}/storage`), 200).host_storage ?? [], []);
  assert.equal((await rest.get(`/hosts/${host?.id}/storage/x`)).status, 404);
});

test('Gluster is storage like any other that is mounted', async () => {
  const { rest } = installation;
  const body = (storage: object) => ({ name: 'bricks', type: 'data', host: { name: 'sim-1' }, storage: { type: 'glusterfs', ...storage } });
  refused(await rest.post('/storagedomains', body({ address: 'g1', path: '/vol', vfs_type: 'ceph' })), 400, /vfs_type/);
  const domain = expectStatus(
    await rest.post('/storagedomains', body({ address: 'g1.example', path: '/vol', mount_options: 'log-level=WARNING' })),
    201,
  );
  assert.deepEqual([domain.storage.type, domain.storage.vfs_type, domain.storage.address], ['glusterfs', 'glusterfs', 'g1.example']);
  const place = `/datacenters/${defaultDataCenterId}/storagedomains`;
  expectStatus(await rest.post(place, { id: domain.id }), 201);
  assert.equal(expectStatus(await rest.get(`${place}/${domain.id}`), 200).status, 'active');
  expectStatus(await rest.post(`${place}/${domain.id}/deactivate`, {}), 200);
  expectStatus(await rest.delete(`${place}/${domain.id}`), 200);
  expectStatus(await rest.delete(`/storagedomains/${domain.id}?host=sim-1&format=true`), 200);
  assert.equal((await rest.get(`/storagedomains/${domain.id}`)).status, 404);
});

test('a domain is destroyed with what lies on it; who has disks elsewhere keeps those', async () => {
  const { rest } = installation;
  const other = (expectStatus(await rest.get('/storagedomains?search=name%3Ddata'), 200).storage_domain as Json[])[0]?.id as string;
  const addVm = async (name: string, domains: string[]): Promise<string> => {
    const vm = expectStatus(await rest.post('/vms', { name, cluster: { name: 'Default' }, template: { name: 'Blank' } }), 201);
    for (const id of domains) {
      const disk = {
        name: `${name}-${id.slice(0, 4)}`,
        format: 'cow',
        provisioned_size: gib,
        storage_domains: { storage_domain: [{ id }] },
      };
      expectStatus(
        await rest.post(`/vms/${vm.id}/diskattachments`, { interface: 'virtio', bootable: false, active: true, disk }, whole),
        201,
      );
    }
    return vm.id as string;
  };
  const lost = await addVm('lost', [domainId]);
  const kept = await addVm('kept', [domainId, other]);
  const place = `/datacenters/${defaultDataCenterId}/storagedomains/${domainId}`;
  refused(await rest.delete(`/storagedomains/${domainId}?destroy=true`), 409, /active/i);
  expectStatus(await rest.post(`${place}/deactivate`, {}), 200);
  refused(await rest.delete(`/storagedomains/${domainId}?host=sim-1`), 409, /attached/i);
  expectStatus(await rest.delete(`/storagedomains/${domainId}?destroy=true`), 200);
  assert.equal((await rest.get(`/storagedomains/${domainId}`)).status, 404);
  assert.equal((await rest.get(`/vms/${lost}`)).status, 404);
  const left = expectStatus(await rest.get(`/vms/${kept}/diskattachments?follow=disk`), 200).disk_attachment as Json[];
  assert.deepEqual(
    left.map((one) => one.disk.storage_domains.storage_domain[0].id),
    [other],
  );
  const codes = (expectStatus(await rest.get('/events?max=5'), 200).event as Json[]).map((event) => event.code);
  assert.ok(codes.includes('981'), codes.join(' '));
});

test('disks on LUNs and domains on them are checked as far as the engine knows', async () => {
  const { rest } = installation;
  const portal = { address: '10.0.0.7', port: 3260, target: 'iqn.2026-01.org.example:disks' };
  const units = (...unit: object[]) => ({ logical_units: { logical_unit: unit } });
  const disk = (lun_storage: object, more: object = {}) => ({ name: 'lun', format: 'raw', lun_storage, ...more });
  const first = { id: '36001405aaaa', ...portal };
  const vm = expectStatus(await rest.post('/vms', { name: 'with-lun', cluster: { name: 'Default' }, template: { name: 'Blank' } }), 201);
  for (const [body, status, text] of [
    [disk({ type: 'nfs', ...units(first) }), 409, /type/i],
    [disk({ type: 'fcp' }), 400, /one LUN/],
    [disk({ type: 'fcp', ...units({ id: 'a' }, { id: 'b' }) }), 400, /one LUN/],
    [disk({ type: 'fcp', ...units({ id: '../sda' }) }), 400, /logical_units\.id/],
    [disk({ type: 'iscsi', ...units({ id: 'a' }) }), 409, /address/],
    [disk({ type: 'iscsi', ...units({ ...first, port: 70_000 }) }), 400, /port/],
    [disk({ type: 'iscsi', ...units({ ...first, target: 'disks' }) }), 400, /target/],
    [disk({ type: 'iscsi', ...units({ ...first, address: '127.0.0.1' }) }), 400, /address/],
    [disk({ type: 'fcp', ...units({ id: 'a' }), host: { name: 'nobody' } }), 404, /Host/],
    [disk({ type: 'fcp', ...units({ id: 'a' }) }, { storage_domains: { storage_domain: [{ name: 'data' }] } }), 400, /storage_domains/],
    [disk({ type: 'fcp', ...units({ id: 'a' }), host: { name: 'sim-1' } }), 400, /one LUN/],
  ] as const) {
    refused(await rest.post('/disks', body), status, text);
    const attached = await rest.post(`/vms/${vm.id}/diskattachments`, {
      interface: 'virtio_scsi',
      bootable: false,
      active: true,
      disk: body,
    });
    assert.equal(attached.status, status, attached.text);
  }
  const outsider = await installation.addUser('outsider');
  assert.equal((await outsider.post('/disks', disk({ type: 'iscsi', ...units(first) }))).status, 403);
  assert.equal(expectStatus(await rest.get('/disks?search=name%3Dlun'), 200).disk, undefined, 'nothing is half done');

  const domain = (storage: object, more: object = {}) => ({ name: 'san', type: 'data', host: { name: 'sim-1' }, storage, ...more });
  for (const [body, status, text] of [
    [domain({ type: 'iscsi' }), 400, /logical_units/],
    [domain({ type: 'fcp', ...units({ id: 'a' }, { id: 'a' }) }), 400, /twice/],
    [domain({ type: 'fcp', ...units({ id: 'a' }) }, { block_size: 4096 }), 400, /block_size/],
    [domain({ type: 'iscsi', ...units(first) }, { host: { name: 'nobody' } }), 404, /Host/],
    [domain({ type: 'fcp', volume_group: { id: 'x' } }), 409, /Volume Group does not exist/],
  ] as const)
    refused(await rest.post('/storagedomains', body), status, text);
  assert.equal(expectStatus(await rest.get('/storagedomains?search=name%3Dsan'), 200).storage_domain, undefined);
});
