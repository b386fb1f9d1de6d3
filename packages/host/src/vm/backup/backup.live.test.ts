// Budget: 30 s
// Needs: root, hypervisor
import { connect } from '@virgate/libvirt';
import type { LibvirtConnection } from '@virgate/libvirt';
import { VdsmError } from '@virgate/vdsm';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { testDomain } from '../../agent-fixture/domain.ts';
import { LiveHost } from '../../agent-fixture/host.ts';
import { runCommand } from '../../command.ts';
import { parseNbdAddress } from '../../nbd/address.ts';
import { NbdClient } from '../../nbd/client.ts';
import { dirtyFlag } from '../../nbd/protocol.ts';
import { makePool, newVolume } from '../../storage-fixture/host.ts';
import type { PoolFixture } from '../../storage-fixture/host.ts';

const mebibyte = 1024 * 1024;
const sizeBytes = 16 * mebibyte;
const vmId = randomUUID();

let host: LiveHost;
let pool: PoolFixture;
let libvirt: LibvirtConnection;
let disk: { poolId: string; domainId: string; imageId: string; volumeId: string; format: 'qcow2' };

before(async () => {
  host = await LiveHost.start();
  await host.startAgent();
  pool = await makePool(host.storage);
  const volume = newVolume(pool, { size: String(sizeBytes) });
  await host.task('Volume.create', volume);
  disk = { poolId: pool.poolId, domainId: pool.domainId, imageId: volume.imageID, volumeId: volume.volumeID, format: 'qcow2' };
  libvirt = await connect({ socketPath: host.libvirtd.socketPath, uri: 'qemu:///system', callTimeoutMs: 30_000 });
});
after(async () => {
  libvirt?.destroy();
  await host.close();
});

async function startVm(): Promise<void> {
  const xml = testDomain({ vmId, memoryMib: 32, paused: true, disk }).replace(/<graphics.*<\/graphics>/, '');
  await host.call('VM.create', { vmID: vmId, vmParams: { vmId, xml } });
  await host.untilStatus(vmId, 'Paused');
}

/** Ends the VM as its guest would: QEMU writes its bitmaps down. */
async function endVm(): Promise<void> {
  await host.call('VM.destroy', { vmID: vmId, gracefulAttempts: 1 });
}

const monitorFlags = { hmp: 1 };

/** Writes into the disk as the guest would, through QEMU. */
async function write(at: number, bytes: number, pattern: number): Promise<void> {
  const said = await libvirt.domainMonitorCommand(
    vmId,
    `qemu-io -d /machine/peripheral/ua-${disk.imageId}/virtio-backend "write -P ${pattern} ${at} ${bytes}"`,
    monitorFlags.hmp,
  );
  assert.doesNotMatch(said, /error|failed/i, said);
}

interface BackupAnswer {
  disks: Record<string, string>;
  checkpoint?: string;
}

const configOf = (backupId: string, to?: string, from?: string, parent?: string): object => ({
  backup_id: backupId,
  disks: [
    {
      sd_id: disk.domainId,
      img_id: disk.imageId,
      vol_id: disk.volumeId,
      checkpoint: to !== undefined,
      backup_mode: from === undefined ? 'full' : 'incremental',
    },
  ],
  from_checkpoint_id: from ?? null,
  to_checkpoint_id: to ?? null,
  parent_checkpoint_id: parent ?? null,
});

const startBackup = (backupId: string, to?: string, from?: string, parent?: string): Promise<BackupAnswer> =>
  host.call<BackupAnswer>('VM.start_backup', { vmID: vmId, config: configOf(backupId, to, from, parent) });

async function reading<T>(answer: BackupAnswer, work: (client: NbdClient) => Promise<T>): Promise<T> {
  const address = parseNbdAddress(answer.disks[disk.imageId] ?? '');
  assert.ok(address);
  const client = await NbdClient.connect({ ...address, contexts: ['base:allocation', 'qemu:dirty-bitmap:'] });
  try {
    assert.equal(client.sizeBytes, sizeBytes);
    return await work(client);
  } finally {
    client.close();
  }
}

async function dirtyStretches(client: NbdClient): Promise<[number, number][]> {
  const name = client.contexts.find((one) => one.startsWith('qemu:dirty-bitmap:')) ?? '';
  const found: [number, number][] = [];
  let at = 0;
  for (const { length, flags } of (await client.blockStatus(0, sizeBytes)).get(name) ?? []) {
    if ((flags & dirtyFlag) !== 0) found.push([at, length]);
    at += length;
  }
  return found;
}

const patternAt = async (client: NbdClient, at: number): Promise<number> => (await client.read(at, 512))[0] ?? -1;

const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()];

test('a full backup shows the disk as it was, whatever the guest writes meanwhile', async () => {
  await startVm();
  await write(0, mebibyte, 1);
  const id = randomUUID();
  const answer = await startBackup(id, first);
  assert.match(answer.checkpoint ?? '', new RegExp(first));
  await write(0, mebibyte, 2);
  await reading(answer, async (client) => {
    assert.equal(await patternAt(client, 0), 1);
    assert.equal(await patternAt(client, 4 * mebibyte), 0);
  });
  assert.deepEqual((await startBackup(id, first)).disks, answer.disks, 'a repeat gives the same');
  await assert.rejects(startBackup(randomUUID()), { code: 1600 }, 'one at a time');
  assert.deepEqual(
    (await host.call<BackupAnswer>('VM.backup_info', { vmID: vmId, backup_id: id, checkpoint_id: first })).disks,
    answer.disks,
  );
  await assert.rejects(host.call('VM.backup_info', { vmID: vmId, backup_id: randomUUID() }), { code: 1601 });
  await host.stopAgent('SIGKILL');
  await host.startAgent();
  await reading(answer, async (client) => assert.equal(await patternAt(client, 0), 1, 'a backup outlives the agent'));
  await host.call('VM.stop_backup', { vmID: vmId, backup_id: id });
  await host.call('VM.stop_backup', { vmID: vmId, backup_id: id });
  await assert.rejects(host.call('VM.backup_info', { vmID: vmId, backup_id: id }), { code: 1601 });
  assert.deepEqual(await readdir(join(host.directory, 'state/scratch')), []);
  assert.deepEqual(await host.call('VM.list_checkpoints', { vmID: vmId }), [first]);
  const dumped = await host.call<{ checkpoint: string }>('VM.dump_checkpoint', { vmID: vmId, checkpoint_id: first });
  assert.match(dumped.checkpoint, new RegExp(`<name>${first}</name>`));
});

test('an incremental backup tells what changed since, also over the end of a run', async () => {
  await write(8 * mebibyte, mebibyte, 3);
  const id = randomUUID();
  const answer = await startBackup(id, second, first, first);
  await reading(answer, async (client) => {
    assert.deepEqual(await dirtyStretches(client), [
      [0, mebibyte],
      [8 * mebibyte, mebibyte],
    ]);
    assert.equal(await patternAt(client, 8 * mebibyte), 3);
  });
  await host.call('VM.stop_backup', { vmID: vmId, backup_id: id });

  await endVm();
  await startVm();
  assert.deepEqual(await host.call('VM.list_checkpoints', { vmID: vmId }), [], 'libvirt has forgotten them');
  await assert.rejects(startBackup(randomUUID(), third, second, second), VdsmError);
  const checkpoints = [
    { id: first, config: configOf(first, first) },
    { id: second, config: configOf(second, second, undefined, first) },
  ];
  assert.deepEqual(await host.call('VM.redefine_checkpoints', { vmID: vmId, checkpoints }), { checkpoint_ids: [first, second] });
  assert.deepEqual(await host.call('VM.list_checkpoints', { vmID: vmId }), [first, second]);
  await write(12 * mebibyte, mebibyte, 4);
  const next = randomUUID();
  await reading(await startBackup(next, third, second, second), async (client) => {
    assert.deepEqual(await dirtyStretches(client), [[12 * mebibyte, mebibyte]]);
  });
  await host.call('VM.stop_backup', { vmID: vmId, backup_id: next });
});

/** Stretches that an incremental backup since a checkpoint tells. */
async function changedSince(checkpointId: string): Promise<[number, number][]> {
  const id = randomUUID();
  const found = await reading(await startBackup(id, undefined, checkpointId), dirtyStretches);
  await host.call('VM.stop_backup', { vmID: vmId, backup_id: id });
  return found;
}

/** Waits for a job on the running VM's disks, which its statistics name as long as it lasts. */
const jobEnded = (jobUUID: string): Promise<unknown> =>
  host.until('the merge ends', async () => {
    const row = await host.stats(vmId);
    return row !== undefined && !Object.hasOwn((row['vmJobs'] as object | undefined) ?? {}, jobUUID);
  });

test('a checkpoint outlives a snapshot, the end of the run and the merge of the snapshot', async () => {
  const base = disk.volumeId;
  await write(14 * mebibyte, mebibyte, 5);
  const { imageId } = disk;
  const leaf = newVolume(pool, { imageID: imageId, size: String(sizeBytes), srcImgUUID: imageId, srcVolUUID: base, addBitmaps: true });
  await host.task('Volume.create', leaf);
  const snapshot = randomUUID();
  const drive = { baseVolumeID: base, domainID: disk.domainId, imageID: imageId, volumeID: leaf.volumeID };
  await host.call('VM.snapshot', { vmID: vmId, snapDrives: [drive], jobUUID: snapshot, frozen: true });
  await host.until('the snapshot is made', async () => {
    const jobs = await host.call<Record<string, { status: string }>>('Host.getJobs', { job_type: 'virt', job_ids: [snapshot] });
    return jobs[snapshot]?.status === 'done';
  });
  disk = { ...disk, volumeId: leaf.volumeID };
  await write(2 * mebibyte, mebibyte, 6);
  const changed = [2, 14].map((at) => [at * mebibyte, mebibyte]);
  assert.deepEqual(await changedSince(third), changed);

  await endVm();
  await startVm();
  const checkpoints = [first, second, third].map((id, at, all) => ({ id, config: configOf(id, id, undefined, all[at - 1]) }));
  assert.deepEqual(await host.call('VM.redefine_checkpoints', { vmID: vmId, checkpoints }), { checkpoint_ids: [first, second, third] });
  assert.deepEqual(await changedSince(third), changed);

  const merge = randomUUID();
  const spec = { poolID: pool.poolId, domainID: disk.domainId, imageID: imageId, volumeID: leaf.volumeID, device: 'disk' };
  await host.call('VM.merge', { vmID: vmId, drive: spec, baseVolUUID: base, topVolUUID: leaf.volumeID, bandwidth: '0', jobUUID: merge });
  await jobEnded(merge);
  disk = { ...disk, volumeId: base };
  assert.deepEqual(await changedSince(third), changed);
  await host.task('Image.deleteVolumes', {
    storagepoolID: pool.poolId,
    storagedomainID: disk.domainId,
    imageID: imageId,
    volumeList: [leaf.volumeID],
  });
});

test('checkpoints go, and what is broken is told', async () => {
  assert.deepEqual(await host.call('VM.list_checkpoints', { vmID: vmId }), [first, second, third]);
  const params = { vmID: vmId, checkpoint_ids: [first, randomUUID()] };
  assert.deepEqual(await host.call('VM.delete_checkpoints', params), { checkpoint_ids: params.checkpoint_ids });
  assert.deepEqual(await host.call('VM.list_checkpoints', { vmID: vmId }), [second, third]);
  // QEMU dies with its bitmaps in use: nobody can tell any more what changed
  const { stdout } = await runCommand(['pgrep', '-f', `guest=vm-${vmId.slice(0, 8)}`]);
  for (const pid of stdout.trim().split('\n')) process.kill(Number(pid), 'SIGKILL');
  await host.untilStatus(vmId, 'Down');
  await host.call('VM.destroy', { vmID: vmId });
  await startVm();
  const answer = await host.call<{ checkpoint_ids: string[]; error?: { code: number } }>('VM.redefine_checkpoints', {
    vmID: vmId,
    checkpoints: [{ id: second, config: configOf(second, second) }],
  });
  assert.deepEqual([answer.checkpoint_ids, answer.error?.code], [[], 1612]);
});

test('a backup ends with its VM, and leaves nothing', async () => {
  const id = randomUUID();
  await startBackup(id);
  await endVm();
  await host.call('VM.stop_backup', { vmID: vmId, backup_id: id });
  assert.deepEqual(await readdir(join(host.directory, 'state/scratch')), []);
  assert.deepEqual(await readdir(join(host.directory, 'run/backup')), []);
});
