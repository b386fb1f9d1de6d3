import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDatabase } from '@virgate/database';
import { columnTypes, recordHistory } from '@virgate/engine';
import { Installation, eventually, expectStatus } from './installation.ts';
import type { Json } from './rest-client.ts';

/** A sample for the history, of the minute to come: the engine writes one itself at every full minute. */
async function sampled(installation: Installation): Promise<void> {
  const { databaseUrl } = JSON.parse(await readFile(join(installation.folder, 'engine.json'), 'utf8')) as { databaseUrl: string };
  const database = await openDatabase<never>({ url: databaseUrl, maxConnections: 1, applicationName: 'test' });
  try {
    const db = database.db as never;
    assert.equal(await recordHistory(db, await columnTypes(db), new Date(Date.now() + 60_000)), true);
  } finally {
    await database.close();
  }
}

const named = (answer: Json, name: string): Json => (answer.statistic as Json[]).find((one) => one.name === name);

test('statistics of hosts, their NICs and NUMA nodes, of VMs, their NICs and disks', async (t) => {
  const installation = await Installation.start({ hosts: 1 });
  t.after(() => installation.stop());
  const { rest } = installation;
  await installation.addStorage();
  const template = await installation.addTemplate();
  const host = installation.hosts[0]?.id ?? '';
  const of = async (path: string): Promise<Json> => expectStatus(await rest.get(`${path}/statistics`), 200);

  const ofHost = await of(`/hosts/${host}`);
  assert.equal(named(ofHost, 'memory.total').id, '7816602b-c05c-3db7-a4da-3769f7ad8896', 'the id that other engines give it');
  assert.equal(named(ofHost, 'memory.total').values.value[0].datum, 64 * 1024 ** 3);
  assert.deepEqual(
    ['kind', 'unit', 'type'].map((key) => named(ofHost, 'cpu.current.idle')[key]),
    ['gauge', 'percent', 'decimal'],
  );
  assert.ok(named(ofHost, 'boot.time').values.value[0].datum > 1_600_000_000);
  const one = expectStatus(await rest.get(`/hosts/${host}/statistics/7816602b-c05c-3db7-a4da-3769f7ad8896`), 200);
  assert.deepEqual([one.name, one.host.id], ['memory.total', host]);
  const unknown = await rest.get(`/hosts/${host}/statistics/${host}`);
  assert.deepEqual([unknown.status, unknown.text], [404, '']);

  const [node] = expectStatus(await rest.get(`/hosts/${host}/numanodes`), 200).host_numa_node as Json[];
  assert.deepEqual([node.index, node.memory, node.node_distance], ['0', '65536', '10']);
  assert.equal(named(await of(`/hosts/${host}/numanodes/${node.id}`), 'cpu.current.idle').values.value[0].datum, 97);
  const [nic] = await installation.rows(`select id from host_nic where host_id = $1`, [host]);
  assert.equal(named(await of(`/hosts/${host}/nics/${nic.id}`), 'data.total.rx').unit, 'bytes');

  const vm = expectStatus(
    await rest.call('POST', '/vms', {
      body: { name: 'measured', cluster: { name: 'Default' }, template: { id: template.id } },
      headers: { 'x-ovirt-expect': '201-created' },
    }),
    201,
  ).id as string;
  const profile = (expectStatus(await rest.get('/vnicprofiles'), 200).vnic_profile as Json[])[0];
  const vmNic = expectStatus(await rest.call('POST', `/vms/${vm}/nics`, { body: { name: 'n', vnic_profile: { id: profile.id } } }), 201);
  const atRest = await of(`/vms/${vm}`);
  assert.equal(named(atRest, 'cpu.current.total').values.value[0].datum, 0);
  assert.deepEqual(named(atRest, 'cpu.usage.history').values, {}, 'no history before it ran');
  expectStatus(await rest.call('POST', `/vms/${vm}/start`, { body: {} }), 200, 202);
  const busy = await eventually('statistics of the VM', async () => {
    const found = await of(`/vms/${vm}`);
    return named(found, 'cpu.current.guest').values.value[0].datum > 0 ? found : undefined;
  });
  assert.equal(named(busy, 'cpu.current.guest').values.value[0].datum, 1.5);
  assert.equal(named(busy, 'cpu.current.hypervisor').values.value[0].datum, 0.5);
  assert.ok(named(busy, 'memory.free').values.value[0].datum > 0);
  assert.equal(named(busy, 'cpu.usage.history').values.value[0].datum, 2);
  const ofNic = await of(`/vms/${vm}/nics/${vmNic.id}`);
  assert.equal(named(ofNic, 'data.total.rx').nic.id, vmNic.id);
  const [disk] = await installation.rows('select disk_id as id from disk_attachment where vm_id = $1', [vm]);
  const ofDisk = await of(`/disks/${disk.id}`);
  assert.equal(named(ofDisk, 'data.current.read_ops').values.value[0].datum, 10, 'what the VM does with it');

  const followed = expectStatus(await rest.get(`/vms/${vm}?follow=statistics,nics.statistics`), 200);
  assert.equal(
    named(followed.statistics, 'memory.installed').href,
    `/ovirt-engine/api/vms/${vm}/statistics/5a89a1d2-32be-33f7-a0d1-f8b5bc974ff6`,
  );
  assert.equal(followed.nics.nic[0].statistics.statistic.length, 8);
  assert.equal((expectStatus(await rest.get(`/disks/${disk.id};detail=statistics`), 200).statistics.statistic as Json[]).length, 7);
  const [job] = expectStatus(await rest.get('/jobs?follow=steps'), 200).job as Json[];
  assert.deepEqual(await of(`/jobs/${job.id}/steps/${job.steps.step[0].id}`), {});

  await sampled(installation);
  const [sample] = await installation.rows(
    `select s.*, h.host_name, v.vm_name from history.vm_samples_history s join history.host_configuration h on h.history_id = s.current_host_configuration_version
      join history.vm_configuration v on v.history_id = s.vm_configuration_version where s.vm_id = $1 order by s.history_datetime desc limit 1`,
    [vm],
  );
  assert.deepEqual(
    [sample.vm_status, sample.cpu_usage_percent, sample.host_name, sample.vm_name],
    [1, 2, 'sim-1', 'measured'],
    'what hosts report goes into the history',
  );
  for (const table of ['host', 'host_interface', 'storage_domain', 'vm_interface', 'vm_disk'])
    assert.ok((await installation.rows(`select 1 from history.${table}_samples_history`)).length > 0, table);

  const stranger = await installation.addUser('stranger');
  assert.equal((await stranger.get(`/vms/${vm}/statistics`)).status, 404);
  assert.equal((await stranger.get(`/hosts/${host}/statistics`)).status, 404);
});
