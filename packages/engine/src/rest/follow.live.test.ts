import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { json } from '@virgate/database';
import { defaultClusterId, defaultDataCenterId } from '../installation/fixed-ids.ts';
import { domainIdOf } from '../users/read.ts';
import { startTestEngine, type TestEngine } from '../testing/engine.ts';
import { addObjects, type ObjectIds } from '../testing/objects.ts';

const gib = 1024 ** 3;

/** A snapshot of a VM's disk with two volumes, a backup of the VM, and a transfer of each kind. */
async function addImages({ engine: { db } }: TestEngine, ids: ObjectIds): Promise<Record<'snapshot' | 'base' | 'top' | 'backup', string>> {
  const [snapshot, base, top, backup] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  const [vm, disk, domain] = [ids['vms'] ?? '', ids['disks'] ?? '', ids['storagedomains'] ?? ''];
  await db.insertInto('snapshot').values({ id: snapshot, vm_id: vm, type: 'regular', description: 'before' }).execute();
  const shape = { disk_id: disk, storage_domain_id: domain, format: 'cow', sparse: true, provisioned_bytes: gib, active: false };
  await db
    .insertInto('image')
    .values([
      { ...shape, id: base, snapshot_id: snapshot },
      { ...shape, id: top, snapshot_id: snapshot, parent_id: base },
    ])
    .execute();
  await db
    .insertInto('vm_backup')
    .values({
      id: backup,
      vm_id: vm,
      phase: 'succeeded',
      live: true,
      description: 'kept',
      created_by: randomUUID(),
      created_by_name: 'somebody',
    })
    .execute();
  const transfer = {
    disk_name: 'k',
    volume_id: top,
    data_center_id: defaultDataCenterId,
    storage_domain_id: domain,
    direction: 'download',
    format: 'cow',
    phase: 'paused_system',
    timeout_policy: 'legacy',
    inactivity_timeout_seconds: 60,
    created_by: randomUUID(),
    created_by_name: 'somebody',
  };
  await db
    .insertInto('image_transfer')
    .values([
      { ...transfer, id: randomUUID(), disk_id: disk, backup_id: backup, phase: 'finished_success' },
      { ...transfer, id: randomUUID(), disk_id: disk, snapshot_volume: true },
    ])
    .execute();
  return { snapshot, base, top, backup };
}

test('links to what stands below other objects are followed to it, with its place', async (t) => {
  const test = await startTestEngine(t);
  const { get, post } = test;
  const { db } = test.engine;
  const ids = await addObjects(test);
  const { snapshot, base, top, backup } = await addImages(test, ids);
  const vm = `/vms/${ids['vms']}`;
  const api = '/ovirt-engine/api';
  const followed = async (path: string, list: string, name: string): Promise<Record<string, unknown>[]> => {
    const { status, body, text } = await get(`${path}?follow=${name}`);
    assert.equal(status, 200, `${path}: ${text}`);
    return (body[list] as Record<string, Record<string, unknown> | undefined>[]).flatMap((one): Record<string, unknown>[] =>
      one[name] ? [one[name]] : [],
    );
  };

  const [ofDisk] = await followed(`${vm}/snapshots/${snapshot}/disks`, 'disk', 'snapshot');
  assert.deepEqual([ofDisk?.['description'], ofDisk?.['href']], ['before', `${api}${vm}/snapshots/${snapshot}`]);
  const volumes = `/disks/${ids['disks']}/disksnapshots`;
  const [parent] = await followed(volumes, 'disk_snapshot', 'parent');
  assert.deepEqual([parent?.['id'], parent?.['name'], parent?.['href']], [base, 'k', `${api}${volumes}/${base}`]);

  const [ofBackup] = await followed('/imagetransfers', 'image_transfer', 'backup');
  assert.deepEqual([ofBackup?.['description'], ofBackup?.['href']], ['kept', `${api}${vm}/backups/${backup}`]);
  const [image] = await followed('/imagetransfers', 'image_transfer', 'image');
  assert.deepEqual([image?.['name'], image?.['size'], image?.['type']], ['k', String(gib), 'disk']);
  const [volume] = await followed('/imagetransfers', 'image_transfer', 'snapshot');
  assert.deepEqual([volume?.['id'], volume?.['format']], [top, 'cow']);

  await post(`${vm}/nics/${ids['nics']}/networkfilterparameters`, { name: 'IP', value: '192.0.2.1' });
  const [nic] = await followed(`${vm}/nics/${ids['nics']}/networkfilterparameters`, 'network_filter_parameter', 'nic');
  assert.deepEqual([nic?.['name'], nic?.['href']], ['nic1', `${api}${vm}/nics/${ids['nics']}`]);
  assert.equal((await followed(`${vm}/nics/${ids['nics']}/statistics`, 'statistic', 'nic'))[0]?.['name'], 'nic1');

  const [level] = await followed('/clusterlevels/4.7/clusterfeatures', 'cluster_feature', 'cluster_level');
  assert.equal(level?.['href'], `${api}/clusterlevels/4.7`);
  assert.ok(level['cpu_types'], 'the level itself');

  const job = (await post('/jobs', { description: 'outside', auto_cleared: false })).body['id'] as string;
  const first = (await post(`/jobs/${job}/steps`, { description: 'first', type: 'validating' })).body['id'] as string;
  await post(`/jobs/${job}/steps`, { description: 'second', type: 'executing', parent_step: { id: first } });
  const [step] = await followed(`/jobs/${job}/steps`, 'step', 'parent_step');
  assert.deepEqual([step?.['description'], step?.['href']], ['first', `${api}/jobs/${job}/steps/${first}`]);

  const other = randomUUID();
  await db.insertInto('host').values({ id: other, name: 'other', address: '127.0.9.99', cluster_id: defaultClusterId }).execute();
  for (const [host, driver] of [
    [ids['hosts'] ?? '', 'here'],
    [other, 'there'],
  ] as const)
    await db
      .insertInto('host_device')
      .values([
        { host_id: host, name: 'computer', capability: 'system', driver, assignable: true, address: json({}), mediated_types: json([]) },
        {
          host_id: host,
          name: 'pci_1',
          capability: 'pci',
          parent: 'computer',
          assignable: true,
          address: json({}),
          mediated_types: json([]),
        },
      ])
      .execute();
  const devices = `/hosts/${ids['hosts']}/devices`;
  const [device] = await followed(devices, 'host_device', 'parent_device');
  assert.deepEqual([device?.['name'], device?.['driver']], ['computer', 'here'], 'that of the same host');
  assert.equal(device?.['href'], `${api}${devices}/${Buffer.from('computer').toString('hex')}`);

  const domain = (await get('/domains?follow=users,groups&max=1')).body['domain'][0];
  assert.equal(domain.id, domainIdOf('internal-authz'));
  assert.ok(domain.users.user.some((one: { principal: string }) => one.principal === 'admin'));
  assert.deepEqual(domain.users, (await get(`/domains/${domain.id}?follow=users`)).body['users']);

  const storages = await get(`/hosts/${ids['hosts']}?follow=storages`);
  assert.deepEqual([storages.status, storages.status], [409, (await get(`/hosts/${ids['hosts']}/storage`)).status], 'as at its place');
  assert.equal((await get('/hosts?follow=external_host_provider')).status, 501, 'what is not built says so');
});
