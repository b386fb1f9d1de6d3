// Budget: 90 s
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Installation, eventually, expectStatus, gib, refused } from './installation.ts';
import { whole, type Answer, type Json } from './rest-client.ts';

let installation: Installation;
let vmId: string;
const diskIds: string[] = [];
const mib = 1024 ** 2;
const none = '00000000-0000-0000-0000-000000000000';

before(async () => {
  installation = await Installation.start({ hosts: 2 });
  await installation.addStorage();
  await installation.addStorage('other');
  const { rest } = installation;
  const host = ((await rest.get('/hosts')).body.host as Json[]).find((one) => one.spm.status === 'spm');
  const vm = expectStatus(
    await rest.post('/vms', {
      name: 'lively',
      cluster: { name: 'Default' },
      template: { name: 'Blank' },
      memory: 64 * mib,
      // Where the storage is managed, which is the harder case; and on one host, since faults wait on both.
      placement_policy: { affinity: 'migratable', hosts: { host: [{ id: String(host?.id) }] } },
    }),
    201,
  );
  vmId = vm.id as string;
  for (const [name, format] of [
    ['one', 'raw'],
    ['two', 'cow'],
  ] as const) {
    const disk = { name, provisioned_size: gib, format, sparse: true, storage_domains: { storage_domain: [{ name: 'data' }] } };
    const made = expectStatus(
      await rest.post(`/vms/${vmId}/diskattachments`, { interface: 'virtio', bootable: name === 'one', active: true, disk }, whole),
      201,
    );
    diskIds.push(made.id as string);
  }
  await start();
});
after(() => installation.stop());

async function start(): Promise<void> {
  expectStatus(await installation.rest.post(`/vms/${vmId}/start`, {}), 200);
  await installation.vmStatus(vmId, 'up');
}

/** Rows, volumes on storage and the domain that runs agree; no lock, no job, nothing in between. */
async function consistent(): Promise<void> {
  await installation.quiet();
  assert.deepEqual(await installation.rows(`select id, status from image where status <> 'ok'`), []);
  const images = await installation.rows('select id, parent_id, disk_id, active, storage_domain_id from image');
  const memory = await installation.rows(
    `select distinct unnest(array[dump_volume_id, configuration_volume_id]) as id from snapshot_memory`,
  );
  const { volumes } = await installation.look();
  assert.deepEqual(
    volumes.map((volume) => `${volume.volumeId} on ${volume.parentId}`).sort(),
    [...images.map((image) => `${image.id} on ${image.parent_id ?? none}`), ...memory.map((one) => `${one.id} on ${none}`)].sort(),
  );
  const domain = await installation.domainOf(vmId);
  if (domain === null) return;
  for (const image of images.filter((one) => one.active && diskIds.includes(one.disk_id as string)))
    assert.ok(domain.includes(`${image.storage_domain_id}/images/${image.disk_id}/${image.id}`), `the VM writes to ${image.id}: ${domain}`);
}

const snapshots = async (): Promise<Json[]> =>
  (expectStatus(await installation.rest.get(`/vms/${vmId}/snapshots`), 200).snapshot as Json[]).filter(
    (one) => one.snapshot_type === 'regular',
  );
const take = async (description: string, extra: object = { persist_memorystate: false }): Promise<Json> =>
  expectStatus(await installation.rest.post(`/vms/${vmId}/snapshots`, { description, ...extra }, whole), 201);

test('a running VM goes over to new volumes, and is merged back while it runs', async () => {
  const { rest } = installation;
  const first = await take('first');
  assert.equal(first.persist_memorystate, 'false');
  await consistent();
  const second = await take('second', {
    persist_memorystate: false,
    disk_attachments: { disk_attachment: [{ disk: { id: diskIds[0] } }] },
  });
  assert.equal((expectStatus(await rest.get(`/vms/${vmId}/snapshots/${second.id}/disks`), 200).disk as Json[]).length, 1);
  await consistent();
  assert.equal(expectStatus(await rest.get(`/vms/${vmId}`), 200).status, 'up');
  // In the middle of a chain, then at its end.
  expectStatus(await rest.delete(`/vms/${vmId}/snapshots/${first.id}`), 200);
  await consistent();
  expectStatus(await rest.delete(`/vms/${vmId}/snapshots/${second.id}`), 200);
  await consistent();
  assert.deepEqual(await snapshots(), []);
});

test('a volume that a running VM was merged out of is deleted later when the storage does not let it go', async () => {
  const { rest } = installation;
  const taken = await take('kept by the storage');
  // on both hosts, since the manager of the storage deletes; each of the two disks in turn
  await installation.plan({ verb: 'Image.deleteVolumes', times: 4, action: { kind: 'error', code: 294, message: 'the storage keeps it' } });
  expectStatus(await rest.delete(`/vms/${vmId}/snapshots/${taken.id}`), 200);
  assert.deepEqual(await snapshots(), []);
  assert.deepEqual(await installation.rows(`select id from image where status <> 'ok'`), []);
  assert.equal((await installation.rows('update leftover_volume set next_at = now() returning id')).length, 1);
  await eventually('it is deleted', async () => (await installation.rows('select id from leftover_volume')).length === 0);
  await consistent();
});

test('a host that refuses leaves the VM as it was', async () => {
  const { rest } = installation;
  await installation.plan({ verb: 'VM.snapshot', action: { kind: 'error', code: 48, message: 'it would not freeze' } });
  refused(await rest.post(`/vms/${vmId}/snapshots`, { description: 'no', persist_memorystate: false }, whole), 409, /it would not freeze/);
  assert.deepEqual(await snapshots(), []);
  await consistent();
});

test('an answer that is lost, and an agent that dies in between, are made up for', async () => {
  const { rest } = installation;
  await installation.plan({ verb: 'VM.snapshot', when: 'after', action: { kind: 'drop' } });
  const lost = await take('lost');
  await consistent();
  await installation.plan({ verb: 'VM.snapshot', when: 'after', action: { kind: 'restart', downMs: 300 } });
  const died = await take('died');
  await consistent();
  await installation.plan({ verb: 'VM.merge', when: 'after', action: { kind: 'restart', downMs: 300 } });
  expectStatus(await rest.delete(`/vms/${vmId}/snapshots/${died.id}`), 200);
  await consistent();
  await installation.plan({ verb: 'VM.merge', when: 'after', action: { kind: 'drop' } });
  await installation.plan({ verb: 'Image.deleteVolumes', when: 'after', action: { kind: 'restart', downMs: 300 } });
  expectStatus(await rest.delete(`/vms/${vmId}/snapshots/${lost.id}`), 200);
  await consistent();
});

test('a VM that dies while it is merged is merged all the same', async () => {
  const { rest } = installation;
  const taken = await take('dying');
  await installation.plan({ verb: 'VM.merge', action: { kind: 'delay', delayMs: 1_500 } });
  const going = rest.delete(`/vms/${vmId}/snapshots/${taken.id}`);
  await eventually('the merge is asked for', async () => ((await installation.look()).calls['VM.merge'] ?? 0) > 0);
  await installation.crashVm(vmId);
  expectStatus(await going, 200);
  await installation.vmStatus(vmId, 'down');
  await consistent();
  await start();
});

test('a snapshot keeps the memory, from which a preview goes on', async () => {
  const { rest } = installation;
  const taken = await take('remembered', {});
  assert.equal(taken.persist_memorystate, 'true');
  await consistent();
  expectStatus(await rest.post(`/vms/${vmId}/stop`, {}), 200);
  await installation.vmStatus(vmId, 'down');
  expectStatus(await rest.post(`/vms/${vmId}/previewsnapshot`, { snapshot: { id: taken.id }, restore_memory: true }), 200);
  await consistent();
  await start();

  await eventually('the memory is used once', async () => {
    const rows = await installation.rows('select snapshot_id from snapshot_memory');
    return rows.length === 1 && rows[0]?.snapshot_id === taken.id;
  });
  expectStatus(await rest.post(`/vms/${vmId}/stop`, {}), 200);
  await installation.vmStatus(vmId, 'down');
  expectStatus(await rest.post(`/vms/${vmId}/undosnapshot`, {}), 200);
  await consistent();
  await start();
  expectStatus(await rest.delete(`/vms/${vmId}/snapshots/${taken.id}`), 200);
  assert.deepEqual(await installation.rows('select 1 from snapshot_memory'), []);
  await consistent();
});

const capacityOf = async (diskId: string): Promise<string> => {
  const { image_id: imageId, provisioned_size: size } = expectStatus(await installation.rest.get(`/disks/${diskId}`), 200);
  const volume = (await installation.look()).volumes.find((one) => one.volumeId === imageId);
  assert.equal(String(volume?.capacityBytes), size, 'storage has the size that is shown');
  return size as string;
};

test('disks grow under a running VM', async () => {
  const { rest } = installation;
  const [raw = '', cow = ''] = diskIds;
  expectStatus(await rest.put(`/disks/${raw}`, { provisioned_size: 2 * gib }), 200);
  assert.equal(await capacityOf(raw), String(2 * gib));
  expectStatus(await rest.put(`/vms/${vmId}/diskattachments/${cow}`, { disk: { provisioned_size: 3 * gib } }), 200);
  assert.equal(await capacityOf(cow), String(3 * gib));
  refused(await rest.put(`/disks/${cow}`, { provisioned_size: gib }), 400, /smaller/);
  await installation.plan({ verb: 'VM.diskSizeExtend', action: { kind: 'error', code: 58, message: 'not now' } });
  await rest.put(`/disks/${cow}`, { provisioned_size: 4 * gib });
  assert.equal(await capacityOf(cow), String(3 * gib));
  await installation.plan({ verb: 'VM.diskSizeExtend', when: 'after', action: { kind: 'drop' } });
  expectStatus(await rest.put(`/disks/${cow}`, { provisioned_size: 4 * gib }), 200);
  assert.equal(await capacityOf(cow), String(4 * gib));
  await consistent();
});

const domainOf = async (diskId: string): Promise<string> => {
  const [place] = expectStatus(await installation.rest.get(`/disks/${diskId}`), 200).storage_domains.storage_domain as Json[];
  return expectStatus(await installation.rest.get(`/storagedomains/${place?.id}`), 200).name as string;
};
const moveTo = (diskId: string, name: string): Promise<Answer> =>
  installation.rest.post(`/disks/${diskId}/move`, { storage_domain: { name } });

test('a disk moves to another domain under a running VM, snapshots and all', async () => {
  const { rest } = installation;
  const [diskId = ''] = diskIds;
  const taken = await take('stays');
  expectStatus(await moveTo(diskId, 'other'), 200);
  assert.equal(await domainOf(diskId), 'other');
  assert.deepEqual(
    (await snapshots()).map((one) => one.description),
    ['stays'],
  );
  await consistent();
  const codes = (expectStatus(await rest.get('/events?max=20'), 200).event as Json[]).map((event) => String(event.code));
  assert.ok(codes.includes('2008') && codes.includes('2010'), codes.join());
  expectStatus(await rest.delete(`/vms/${vmId}/snapshots/${taken.id}`), 200);
  await consistent();
});

test('a move that fails leaves the disk where it was; one that is cut off goes on', async () => {
  const [diskId = ''] = diskIds;
  for (const verb of ['Image.cloneStructure', 'VM.diskReplicateStart', 'Image.syncData']) {
    await installation.plan({ verb, action: { kind: 'error', code: 55, message: 'it failed' } });
    refused(await moveTo(diskId, 'data'), 409, /it failed/);
    assert.equal(await domainOf(diskId), 'other', verb);
    await consistent();
    assert.deepEqual(await snapshots(), [], 'the snapshot that it began with is merged away');
  }
  await installation.plan({ verb: 'VM.diskReplicateStart', when: 'after', action: { kind: 'drop' } });
  await installation.plan({ verb: 'VM.diskReplicateFinish', when: 'after', action: { kind: 'restart', downMs: 300 } });
  expectStatus(await moveTo(diskId, 'data'), 200);
  assert.equal(await domainOf(diskId), 'data');
  assert.deepEqual(await snapshots(), []);
  await consistent();
});

test('a VM that dies while its disk moves has it in one place', async () => {
  const [diskId = ''] = diskIds;
  await installation.plan({ verb: 'Image.syncData', action: { kind: 'delay', delayMs: 1_000 } });
  const asked = (await installation.look()).calls['Image.syncData'] ?? 0;
  const going = moveTo(diskId, 'other');
  await eventually('volumes are being copied', async () => ((await installation.look()).calls['Image.syncData'] ?? 0) > asked);
  await installation.crashVm(vmId);
  refused(await going, 409, /where it was/);
  assert.equal(await domainOf(diskId), 'data');
  await installation.vmStatus(vmId, 'down');
  await consistent();
  assert.deepEqual(await snapshots(), []);
  await start();
});

test('a running VM is cloned, and its disk copied, from what it had at one moment', async () => {
  const { rest } = installation;
  const kept = await take('kept');
  const made = expectStatus(await rest.post(`/vms/${vmId}/clone`, { vm: { name: 'twin' }, discard_snapshots: false }), 200);
  const cloneId = made.vm.id as string;
  assert.equal(expectStatus(await rest.get(`/vms/${cloneId}`), 200).status, 'down');
  assert.equal((expectStatus(await rest.get(`/vms/${cloneId}/diskattachments`), 200).disk_attachment as Json[]).length, 2);
  const copied = (expectStatus(await rest.get(`/vms/${cloneId}/snapshots`), 200).snapshot as Json[]).map((one) => one.description);
  assert.deepEqual(copied, ['Active VM', 'kept']);
  assert.deepEqual(
    (await snapshots()).map((one) => one.description),
    ['kept'],
  );
  await consistent();
  expectStatus(await rest.delete(`/vms/${cloneId}`), 200);
  expectStatus(await rest.delete(`/vms/${vmId}/snapshots/${kept.id}`), 200);
  const copy = expectStatus(
    await rest.post(`/disks/${diskIds[0]}/copy`, { storage_domain: { name: 'other' }, disk: { name: 'copy' } }),
    200,
  );
  assert.deepEqual(await snapshots(), []);
  await consistent();
  expectStatus(await rest.delete(`/disks/${copy.disk.id}`), 200);
  await consistent();

  // What fails leaves nothing, not the snapshot either that it began with.
  const broken = { verb: 'Volume.copy', action: { kind: 'error', code: 261, message: 'it broke' } } as const;
  await installation.plan(broken);
  refused(await rest.post(`/disks/${diskIds[0]}/copy`, { storage_domain: { name: 'other' }, disk: { name: 'copy' } }), 409, /it broke/);
  assert.deepEqual(await snapshots(), []);
  await consistent();
  await installation.plan(broken);
  refused(await rest.post(`/vms/${vmId}/clone`, { vm: { name: 'twin' } }), 409, /it broke/);
  assert.deepEqual(await snapshots(), []);
  assert.equal(expectStatus(await rest.get('/vms?search=name%3Dtwin'), 200).vm, undefined);
  await consistent();
});

test('a clone and a copy of a running VM that fail leave no snapshot, and its disks as they were', async () => {
  const { rest } = installation;
  const volumes = (await installation.look()).volumes.length;
  const fails = { verb: 'Volume.copy', action: { kind: 'error', code: 261, message: 'it broke' } } as const;
  await installation.plan(fails);
  refused(await rest.post(`/vms/${vmId}/clone`, { vm: { name: 'broken' } }), 409, /it broke/);
  assert.deepEqual(await snapshots(), []);
  await consistent();
  assert.deepEqual(expectStatus(await rest.get('/vms?search=name%3Dbroken'), 200).vm ?? [], []);
  const copy = { storage_domain: { name: 'other' }, disk: { name: 'broken' } };
  await installation.plan(fails);
  refused(await rest.post(`/disks/${diskIds[0]}/copy`, copy), 409, /it broke/);
  assert.deepEqual(await snapshots(), []);
  await consistent();
  assert.deepEqual(expectStatus(await rest.get('/disks?search=name%3Dbroken'), 200).disk ?? [], []);
  assert.equal((await installation.look()).volumes.length, volumes);
  assert.equal(expectStatus(await rest.get(`/vms/${vmId}`), 200).status, 'up');
});
