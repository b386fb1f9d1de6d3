// Budget: 40 s
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Installation, eventually, expectStatus, gib } from './installation.ts';
import type { Answer, Json } from './rest-client.ts';

const target = 'iqn.2026-11.com.example:one';
const lunId = `${target}:lun-1`;
const secret = 'a-secret-of-the-target';

let installation: Installation;
let vmId: string;
let diskId: string;
before(async () => {
  installation = await Installation.start();
  const vm = { name: 'db', cluster: { name: 'Default' }, template: { name: 'Blank' } };
  vmId = String(expectStatus(await installation.rest.post('/vms', vm), 201).id);
});
after(() => installation.stop());

const unit = (more: Json = {}): Json => ({
  id: lunId,
  address: 'storage.example',
  port: 3260,
  target,
  username: 'bob',
  password: secret,
  ...more,
});
const lun = (more: Json = {}, storage: Json = {}): Json => ({
  alias: 'raw-data',
  format: 'raw',
  lun_storage: { type: 'iscsi', logical_units: { logical_unit: [unit()] }, ...storage },
  ...more,
});
const attachment = (body: Json): Json => ({ interface: 'virtio_scsi', bootable: false, active: true, ...body });
const statusOf = async (): Promise<unknown> => expectStatus(await installation.rest.get(`/vms/${vmId}`), 200).status;

function refused(answer: Answer, status: number, text: RegExp): void {
  assert.equal(answer.status, status, answer.text);
  assert.match(String((answer.body.fault ?? answer.body).detail ?? answer.text), text);
}

test('a disk is a LUN as a host tells of it, and its password is shown to nobody', async () => {
  const { rest } = installation;
  const answer = await rest.post('/disks', lun({ sgio: 'unfiltered', shareable: true }, { host: { name: 'sim-1' } }));
  const disk = expectStatus(answer, 201);
  diskId = String(disk.id);
  const [shown] = disk.lun_storage.logical_units.logical_unit as Json[];
  assert.deepEqual(
    [disk.storage_type, disk.alias, disk.provisioned_size, disk.sgio, disk.shareable, disk.lun_storage.type],
    ['lun', 'raw-data', String(gib), 'unfiltered', 'true', 'iscsi'],
  );
  assert.deepEqual(
    [shown?.id, shown?.size, shown?.target, shown?.address, shown?.port, shown?.username, shown?.vendor_id],
    [lunId, String(gib), target, 'storage.example', '3260', 'bob', 'Virgate'],
  );
  for (const absent of ['storage_domains', 'quota', 'image_id', 'actual_size']) assert.equal(disk[absent], undefined, absent);
  for (const path of [`/disks/${diskId}`, '/storageconnections', '/events?max=20', '/jobs'])
    assert.ok(!(await rest.get(path)).text.includes(secret), path);
});

test('a LUN is used once, and what images can it cannot', async () => {
  const { rest } = installation;
  refused(await rest.post('/disks', lun({ alias: 'again' })), 409, /already in use/i);
  const storage = { type: 'iscsi', logical_units: { logical_unit: [{ ...unit(), username: undefined, password: undefined }] } };
  refused(
    await rest.post('/storagedomains', { name: 'san', type: 'data', host: { name: 'sim-1' }, storage }),
    409,
    /LUNs are disks already/,
  );
  const domain = await installation.addStorage();
  for (const [action, body] of Object.entries({
    move: { storage_domain: { id: domain.id } },
    copy: { storage_domain: { id: domain.id } },
    export: { storage_domain: { id: domain.id } },
    sparsify: {},
    reduce: {},
  })) {
    const answer = await rest.post(`/disks/${diskId}/${action}`, body);
    assert.ok(answer.status === 400 || answer.status === 409, `${action}: ${answer.text}`);
    assert.match(answer.text, /storage of the disk/, action);
  }
  refused(await rest.put(`/disks/${diskId}`, { provisioned_size: 2 * gib }), 400, /refreshlun/);
  const changed = expectStatus(await rest.put(`/disks/${diskId}`, { alias: 'data', description: 'of the array', sgio: 'filtered' }), 200);
  assert.deepEqual([changed.alias, changed.description, changed.sgio], ['data', 'of the array', 'filtered']);
  refused(await rest.post(`/disks/${diskId}/refreshlun`, { host: { name: 'nobody' } }), 404, /Host/);
  expectStatus(await rest.post(`/disks/${diskId}/refreshlun`, { host: { name: 'sim-1' } }), 200);
  const other = expectStatus(
    await rest.post('/disks', lun({ alias: 'fc' }, { type: 'fcp', logical_units: { logical_unit: [{ id: '36009' }] } })),
    201,
  );
  assert.equal(other.provisioned_size, '0', 'nobody was asked');
  refused(await rest.post(`/disks/${other.id}/refreshlun`, { host: { name: 'sim-1' } }), 400, /LUN/);
  expectStatus(await rest.delete(`/disks/${other.id}`), 200);
});

test('a VM has it, its snapshots do not', async () => {
  const { rest } = installation;
  const path = `/vms/${vmId}/diskattachments`;
  refused(await rest.post(path, attachment({ disk: { id: diskId }, uses_scsi_reservation: true })), 409, /filtered/i);
  refused(await rest.post(path, attachment({ disk: { id: diskId }, read_only: true })), 400, /read.only/i);
  refused(await rest.post(path, attachment({ interface: 'virtio', disk: { id: diskId }, uses_scsi_reservation: true })), 400, /uses_scsi/);
  expectStatus(await rest.put(`/disks/${diskId}`, { sgio: 'unfiltered' }), 200);
  expectStatus(await rest.post(path, attachment({ disk: { id: diskId }, uses_scsi_reservation: true })), 201);
  refused(await rest.put(`/disks/${diskId}`, { sgio: 'disabled' }), 409, /filtered/i);
  const snapshot = expectStatus(await rest.post(`/vms/${vmId}/snapshots`, { description: 'without' }), 202);
  await eventually('it is made', async () => (await rest.get(`/vms/${vmId}/snapshots/${snapshot.id}`)).body.snapshot_status === 'ok');
  assert.equal(expectStatus(await rest.get(`/vms/${vmId}/snapshots/${snapshot.id}/disks`), 200).disk, undefined);
  expectStatus(await rest.post(`/vms/${vmId}/snapshots/${snapshot.id}/restore`, {}), 200);
  await eventually('it is restored', async () => (await statusOf()) === 'down');
  const [kept] = expectStatus(await rest.get(path), 200).disk_attachment as Json[];
  assert.deepEqual([kept?.id, kept?.uses_scsi_reservation], [diskId, 'true']);
  expectStatus(await rest.delete(`/vms/${vmId}/snapshots/${snapshot.id}`), 200);
});

test('a running VM has it, lets it go and takes it again', async () => {
  const { rest } = installation;
  const path = `/vms/${vmId}/diskattachments`;
  expectStatus(await rest.post(`/vms/${vmId}/start`, {}), 200);
  await eventually('it is up', async () => (await statusOf()) === 'up');
  refused(await rest.delete(`/disks/${diskId}`), 409, /down/i);
  const moved = await rest.post(`/vms/${vmId}/migrate`, {});
  assert.match(moved.text, /scsi reservation/i);
  const connections = expectStatus(await rest.get('/storageconnections'), 200).storage_connection as Json[];
  const connection = `/storageconnections/${connections.find((one) => one.target === target)?.id}`;
  refused(await rest.put(connection, { address: 'elsewhere.example' }), 400, /behind the connection: db/);
  refused(await rest.delete(connection), 409, /behind the connection: data/);
  expectStatus(await rest.put(`${path}/${diskId}`, { active: false }), 200);
  await eventually('it is out', async () => (await rest.get(`${path}/${diskId}`)).body.active === 'false');
  expectStatus(await rest.put(`${path}/${diskId}`, { active: true }), 200);
  await eventually('it is in', async () => (await rest.get(`${path}/${diskId}`)).body.active === 'true');
  expectStatus(await rest.delete(`${path}/${diskId}`), 200);
  await eventually('it is gone', async () => (await rest.get(`${path}/${diskId}`)).status === 404);
  expectStatus(await rest.delete(`/disks/${diskId}`), 200);
  const { storage_connection: left = [] } = expectStatus(await rest.get('/storageconnections'), 200);
  assert.deepEqual(
    (left as Json[]).filter((one) => one.target === target),
    [],
    'its connection goes with it',
  );
  const made = expectStatus(await rest.post(path, attachment({ interface: 'virtio', disk: lun({ alias: 'new' }) })), 201);
  await eventually('it is in', async () => (await rest.get(`${path}/${made.id}`)).body.active === 'true');
  expectStatus(await rest.post(`/vms/${vmId}/stop`, {}), 200);
  await eventually('it is down', async () => (await statusOf()) === 'down');
  expectStatus(await rest.delete(`${path}/${made.id}?detach_only=false`), 200);
  assert.equal((await rest.get(`/disks/${made.id}`)).status, 404);
  // A VM takes its own LUNs with it when it is removed, unless they are to stay; never what another VM has too.
  const other = expectStatus(await rest.post('/vms', { name: 'db2', cluster: { name: 'Default' }, template: { name: 'Blank' } }), 201);
  const fc = (id: string): Json => ({ type: 'fcp', logical_units: { logical_unit: [{ id }] } });
  const added = async (id: string, more: Json = {}): Promise<string> =>
    String(
      expectStatus(
        await rest.post(path, attachment({ interface: 'virtio', disk: { ...lun({ alias: id, ...more }), lun_storage: fc(id) } })),
        201,
      ).id,
    );
  const [own, shared] = [await added('36001'), await added('36002', { shareable: true })];
  expectStatus(await rest.post(`/vms/${other.id}/diskattachments`, attachment({ interface: 'virtio', disk: { id: shared } })), 201);
  expectStatus(await rest.delete(`/vms/${vmId}`), 200);
  await eventually('the VM is gone', async () => (await rest.get(`/vms/${vmId}`)).status === 404);
  assert.deepEqual([(await rest.get(`/disks/${own}`)).status, (await rest.get(`/disks/${shared}`)).status], [404, 200]);
  expectStatus(await rest.delete(`/vms/${other.id}?detach_only=true`), 200);
  await eventually('the other is gone', async () => (await rest.get(`/vms/${other.id}`)).status === 404);
  expectStatus(await rest.delete(`/disks/${shared}`), 200);
});
