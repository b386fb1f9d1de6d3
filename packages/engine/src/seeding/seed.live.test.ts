import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { startTestEngine } from '../testing/engine.ts';
import { seed } from './seed.ts';

const size = {
  vms: 60,
  disksPerVm: 2,
  nicsPerVm: 2,
  hosts: 20,
  clusters: 6,
  dataCenters: 2,
  domainsPerDataCenter: 2,
  users: 6,
  events: 30,
};

test('what is seeded is whole: every reference leads to an object of the same data center', async (t) => {
  const { engine, get } = await startTestEngine(t);
  const counted = await seed(engine.db, 'many', size);
  assert.deepEqual([counted['vms'], counted['hosts'], counted['disks'], counted['nics']], [60, 20, 120, 120]);
  const strays = await sql<{ hosts: number; disks: number; nics: number; macs: number }>`select
    (select count(*) from vm v join vm_state s on s.vm_id = v.id join host h on h.id = s.host_id where h.cluster_id <> v.cluster_id) as hosts,
    (select count(*) from vm v join disk_attachment a on a.vm_id = v.id join image i on i.disk_id = a.disk_id
      join data_center_storage_domain d on d.storage_domain_id = i.storage_domain_id where d.data_center_id <> v.data_center_id) as disks,
    (select count(*) from vm v join nic n on n.vm_id = v.id join vnic_profile p on p.id = n.vnic_profile_id join network w on w.id = p.network_id
      where w.data_center_id <> v.data_center_id) as nics,
    (select count(*) - count(distinct mac) from nic) as macs`.execute(engine.db);
  assert.deepEqual(strays.rows[0], { hosts: 0, disks: 0, nics: 0, macs: 0 });
  for (const path of [
    '/vms?follow=nics.vnic_profile,disk_attachments.disk,host,cluster,template',
    '/hosts',
    '/disks',
    '/clusters',
    '/datacenters',
    '/storagedomains',
    '/events',
    '/users',
  ]) {
    const answer = await get(path);
    assert.equal(answer.status, 200, `${path}: ${answer.text.slice(0, 300)}`);
  }
  const running = (await get('/vms?search=name%3Dmany-vm-000000&follow=nics,disk_attachments.disk')).body['vm'][0];
  assert.equal(running.status, 'up');
  assert.equal(running.nics.nic.length, 2);
  assert.equal(running.disk_attachments.disk_attachment[0].disk.provisioned_size, String(10 * 1024 ** 3));
  await assert.rejects(seed(engine.db, 'many', { ...size, vms: -1 }), /vms: a number/);
});
