// Budget: 70 s
// Needs: root, hypervisor, guestImage, iscsi
// oxlint-disable-next-line no-restricted-imports -- this test boots a guest, and the lab builds the image for it
import { buildGuestImage } from '@virgate/lab';
import { connect, DomainXMLFlags } from '@virgate/libvirt';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { testDomain } from './agent-fixture/domain.ts';
import { guestRunner } from './agent-fixture/guest-command.ts';
import { LiveHost } from './agent-fixture/host.ts';
import { runCommand } from './command.ts';
import type { PreparedVolume } from './domain-xml/environment.ts';
import { prepareDisks } from './domain-xml/prepare-devices.ts';
import { writeXml } from './domain-xml/write.ts';
import { allowedPaths, foreignReach, readArrivingDomain } from './migration/document.ts';
import { startTargets } from './storage-fixture/iscsi-target.ts';
import { makeDomain, makePool, newVolume } from './storage-fixture/host.ts';
import type { PoolFixture } from './storage-fixture/host.ts';
import { parseVolumeMetadata } from './volume/volume-metadata.ts';

const bootTimeoutMs = 180_000;
const mib = 1024 * 1024;
const vmId = randomUUID();

let host: LiveHost;
let pool: PoolFixture;
let secondId: string;
let imageId: string;
/** The chain of the disk, base first. */
let chain: string[];
let domainId: string;

type Job = { status: string; error?: { code: number; message: string } };

const inGuest = (command: string): Promise<string> => guestRunner(host, vmId)(command);

const image = (domain = domainId): string =>
  join(domain === secondId ? join(host.directory, 'second') : pool.directory, domain, 'images', imageId);
const metadata = async (volumeId: string, domain = domainId) =>
  parseVolumeMetadata(await readFile(join(image(domain), `${volumeId}.meta`), 'utf8'));
const dumped = async (): Promise<string> =>
  (await host.call<Record<string, string>[]>('Host.dumpxmls', { vmList: [vmId] }))[0]?.[vmId] ?? '';
const spec = (volumeId = chain.at(-1) ?? '', domain = domainId) => ({
  poolID: pool.poolId,
  domainID: domain,
  imageID: imageId,
  volumeID: volumeId,
  device: 'disk',
});

/** The backing file that a volume's header names. */
async function backingOf(volumeId: string): Promise<string | undefined> {
  const { stdout } = await runCommand(['qemu-img', 'info', '-U', '--output', 'json', '-f', 'qcow2', join(image(), volumeId)]);
  return (JSON.parse(stdout) as { 'backing-filename'?: string })['backing-filename'];
}

/** Database apart, all that there is agrees: headers, metadata of the volumes, libvirt, metadata of the domain. */
async function consistent(): Promise<void> {
  const xml = await dumped();
  const leaf = chain.at(-1) ?? '';
  assert.ok(xml.includes(`${domainId}/images/${imageId}/${leaf}'`), `QEMU writes to ${leaf}: ${xml}`);
  assert.match(xml, new RegExp(`<ovirt-vm:volumeID>${leaf}<`));
  for (const [index, volumeId] of chain.entries()) {
    const { parentId, legality, role } = await metadata(volumeId);
    assert.equal(parentId, chain[index - 1] ?? '00000000-0000-0000-0000-000000000000');
    assert.equal(legality, 'LEGAL');
    assert.equal(role, index === chain.length - 1 ? 'LEAF' : 'INTERNAL');
    assert.equal(await backingOf(volumeId), chain[index - 1]);
  }
  assert.doesNotMatch(xml, /snapshot_job|<ovirt-vm:jobs/);
}

async function newLeaf(): Promise<string> {
  const parent = chain.at(-1) ?? '';
  const volume = newVolume(pool, {
    storagedomainID: domainId,
    imageID: imageId,
    srcImgUUID: imageId,
    srcVolUUID: parent,
    size: String((await metadata(parent)).capacityBytes),
  });
  await host.task('Volume.create', volume);
  return volume.volumeID;
}

async function snapshot(extra: object = {}): Promise<string> {
  const volumeId = await newLeaf();
  const jobUUID = randomUUID();
  const drive = { baseVolumeID: chain.at(-1), domainID: domainId, imageID: imageId, volumeID: volumeId };
  await host.call('VM.snapshot', { vmID: vmId, snapDrives: [drive], jobUUID, ...extra });
  await ended(jobUUID);
  chain.push(volumeId);
  return jobUUID;
}

async function ended(jobUUID: string): Promise<void> {
  const job = await host.until(`the end of job ${jobUUID}`, async () => {
    const found = (await host.call<Record<string, Job>>('Host.getJobs', { job_type: 'virt', job_ids: [jobUUID] }))[jobUUID];
    return found && ['done', 'failed', 'aborted'].includes(found.status) ? found : undefined;
  });
  if (job.status !== 'done') throw Object.assign(new Error(`${job.error?.message}; ${await host.log()}`), { code: job.error?.code });
}

async function startMerge(baseId: string, topId: string): Promise<string> {
  const jobUUID = randomUUID();
  const params = { vmID: vmId, drive: spec(), baseVolUUID: baseId, topVolUUID: topId, bandwidth: '0', jobUUID };
  await host.call('VM.merge', params);
  // asked twice it is one merge
  await host.call('VM.merge', params).catch((error: unknown) => assert.equal((error as { code: number }).code, 52));
  return jobUUID;
}

async function mergeEnded(jobUUID: string): Promise<void> {
  await host.until(
    'the merge ends',
    async () => !Object.hasOwn(((await host.stats(vmId))?.['vmJobs'] as object | undefined) ?? { [jobUUID]: 1 }, jobUUID),
  );
}

/** Deletes what a merge left over, as an engine does. */
async function dropMerged(topId: string): Promise<void> {
  assert.equal((await metadata(topId)).legality, 'ILLEGAL');
  await host.task('Image.deleteVolumes', { storagepoolID: pool.poolId, storagedomainID: domainId, imageID: imageId, volumeList: [topId] });
  chain = chain.filter((volumeId) => volumeId !== topId);
}

before(async () => {
  host = await LiveHost.start();
  await host.startAgent();
  const directory = join(host.directory, 'import');
  await mkdir(directory);
  const guest = await buildGuestImage({ outDir: directory, cacheDir: '/var/tmp/virgate-packages' });
  pool = await makePool(host.storage);
  domainId = pool.domainId;
  secondId = await makeDomain(host.storage, join(host.directory, 'second'));
  const there = { storagepoolID: pool.poolId, storagedomainID: secondId };
  await host.call('StorageDomain.attach', there);
  await host.call('StorageDomain.activate', there);
  const volume = newVolume(pool, { size: String(guest.virtualSizeBytes) });
  await host.task('Volume.create', volume);
  await host.task('Image.download', {
    storagepoolID: pool.poolId,
    storagedomainID: domainId,
    imageID: volume.imageID,
    volumeID: volume.volumeID,
    methodArgs: { method: 'file', url: `file://${guest.path}` },
  });
  imageId = volume.imageID;
  chain = [volume.volumeID];
  const disk = { poolId: pool.poolId, domainId, imageId, volumeId: volume.volumeID, format: 'qcow2' } as const;
  await host.call('VM.create', { vmID: vmId, vmParams: { vmId, xml: testDomain({ vmId, name: 'live', memoryMib: 128, disk }) } });
  await host.untilStatus(vmId, 'Up', bootTimeoutMs);
});
after(() => host.close());

test('a running guest gets a new volume, and what it had stays below', async () => {
  await inGuest('echo one > /root/mark && sync');
  const before = chain.at(-1) ?? '';
  const jobUUID = await snapshot();
  await consistent();
  await inGuest('echo two >> /root/mark && sync && test "$(wc -l < /root/mark)" = 2');
  // The end was not heard: asked again it is done, under the old number or a new one.
  const drive = { baseVolumeID: before, domainID: domainId, imageID: imageId, volumeID: chain.at(-1) };
  await assert.rejects(host.call('VM.snapshot', { vmID: vmId, snapDrives: [drive], jobUUID }), { code: 69 });
  const again = randomUUID();
  await host.call('VM.snapshot', { vmID: vmId, snapDrives: [drive], jobUUID: again });
  await ended(again);
  await assert.rejects(host.call('VM.snapshot', { vmID: vmId, snapDrives: [{ ...drive, baseVolumeID: randomUUID(), volumeID: before }] }), {
    code: 48,
  });
  await assert.rejects(host.call('VM.snapshot', { vmID: vmId, snapDrives: 'all' }), { code: 91 });
  await consistent();
});

test('layers are merged while the guest writes, in the middle and at the end, over a restart of the agent', async () => {
  await snapshot();
  await snapshot();
  const load = inGuest(
    'i=0; while [ $i -lt 24 ]; do dd if=/dev/urandom of=/root/load$((i % 6)) bs=64k count=8 2>/dev/null; sync; i=$((i+1)); done; cat /root/load? | sha256sum',
  );
  const [base = '', middle = '', , leaf = ''] = chain;
  await assert.rejects(host.call('VM.merge', { vmID: vmId, drive: spec(), baseVolUUID: base, topVolUUID: leaf, jobUUID: randomUUID() }), {
    code: 52,
  });
  await mergeEnded(await startMerge(base, middle));
  await dropMerged(middle);
  await consistent();

  const [, below = '', top = ''] = chain;
  const merge = await startMerge(below, top);
  await host.stopAgent('SIGKILL');
  await host.startAgent();
  await mergeEnded(merge);
  await dropMerged(top);
  await consistent();
  const sum = await load;
  assert.equal(await inGuest('echo 3 > /proc/sys/vm/drop_caches; cat /root/load? | sha256sum'), sum);
});

test('the guest sees its disk grow', async () => {
  const larger = (await metadata(chain.at(-1) ?? '')).capacityBytes + 32 * mib;
  assert.equal(await host.call('VM.diskSizeExtend', { vmID: vmId, driveSpecs: spec(), newSize: String(larger) }), String(larger));
  assert.equal(await inGuest('cat /sys/block/vda/size'), `${larger / 512} `);
  assert.equal((await metadata(chain.at(-1) ?? '')).capacityBytes, larger);
  await host.call('VM.diskSizeExtend', { vmID: vmId, driveSpecs: spec(), newSize: String(larger) });
  await assert.rejects(host.call('VM.diskSizeExtend', { vmID: vmId, driveSpecs: spec(), newSize: String(larger - mib) }), { code: 58 });
});

/** What libvirt writes of LUNs when it moves the VM is what a destination makes ready; another portal is not. */
async function reachedOnArrival(port: number): Promise<void> {
  const connection = await connect({ socketPath: host.libvirtd.socketPath, uri: 'qemu:///system' });
  const xml = await connection.domainGetXMLDesc(vmId, DomainXMLFlags.SECURE | DomainXMLFlags.MIGRATABLE).finally(() => connection.close());
  const secretId = /<secret type='iscsi' uuid='([^']+)'/.exec(xml)?.[1] ?? '';
  const reach = (portal: number): string | undefined => {
    const { disks, domain } = readArrivingDomain(vmId, xml);
    const luns = disks.flatMap((disk) => (disk.source.kind === 'lun' ? [{ disk, iqn: disk.source.guid.replace(/:lun-1$/, '') }] : []));
    assert.equal(luns.length, 2);
    const volumes = luns.map(({ disk, iqn }): [string, PreparedVolume] => {
      const login = iqn.endsWith('guarded') ? { login: { user: 'bob', secretId } } : {};
      return [disk.target, { path: '', format: 'raw', network: { host: '127.0.0.1', port: portal, name: `${iqn}/1`, ...login } }];
    });
    prepareDisks(
      luns.map(({ disk }) => disk),
      { volumes: new Map(volumes), payloads: new Map() },
    );
    return foreignReach({ vmId, name: 'live' }, writeXml(readArrivingDomain(vmId, xml).domain), allowedPaths(domain));
  };
  assert.equal(reach(port), undefined);
  assert.match(reach(port + 1) ?? '', /network .*iqn/);
}

test('a LUN of an iSCSI target is a disk of the guest, and no secret of it is told', async (t) => {
  const [open, guarded, password] = ['iqn.2026-11.com.example:open', 'iqn.2026-11.com.example:guarded', randomUUID()];
  const targets = await startTargets({ [open]: null, [guarded]: { user: 'bob', password } });
  t.after(() => targets.stop());
  const lunXml = (iqn: string, target: string, bus: string, device: string): object => {
    const [guid, alias] = [`${iqn}:lun-1`, `ua-${randomUUID()}`];
    const address = bus === 'scsi' ? '<address type="drive" controller="0" bus="0" target="0" unit="3"/>' : '';
    const sgio = device === 'lun' ? ' sgio="unfiltered"' : '';
    const xml = `<hotplug xmlns:ovirt-vm="http://ovirt.org/vm/1.0"><devices><disk snapshot="no" type="block" device="${device}"${sgio}>
      <target dev="${target}" bus="${bus}"/><source dev="/dev/mapper/${guid}"><reservations managed="yes"/></source>
      <driver name="qemu" io="native" type="raw" error_policy="stop" cache="none"/><alias name="${alias}"/>${address}</disk></devices>
      <metadata><ovirt-vm:vm><ovirt-vm:device devtype="disk" name="${target}"><ovirt-vm:GUID>${guid}</ovirt-vm:GUID></ovirt-vm:device></ovirt-vm:vm></metadata></hotplug>`;
    return { vmID: vmId, params: { vmId, xml } };
  };
  const [plain, passed] = [lunXml(open, 'vdb', 'virtio', 'disk'), lunXml(guarded, 'sda', 'scsi', 'lun')];
  await assert.rejects(host.call('VM.hotplugDisk', plain), { code: 606 });
  const connection = (iqn: string, more: object = {}) => ({
    id: randomUUID(),
    connection: '127.0.0.1',
    port: String(targets.port),
    iqn,
    ...more,
  });
  const connectionParams = [connection(open), connection(guarded, { user: 'bob', password })];
  await host.call('StoragePool.connectStorageServer', { storagepoolID: pool.poolId, domainType: 3, connectionParams });
  for (const plug of [plain, passed]) await host.call('VM.hotplugDisk', plug);
  // The guest finds new disks in its own time, and a device that is not there yet would be made as a file.
  await inGuest('i=0; until test -b /dev/vdb && test -b /dev/sda; do i=$((i+1)); test $i -lt 30 || exit 1; sleep 1; done');
  await inGuest('echo from the guest | dd of=/dev/vdb bs=512 count=1 conv=sync,fsync 2>/dev/null');
  assert.equal((await readFile(targets.file(open))).subarray(0, 14).toString(), 'from the guest');
  assert.equal(await inGuest('cat /sys/block/sda/size /sys/block/sda/device/vendor'), '131072\nIET ');
  await inGuest('echo passed on | dd of=/dev/sda bs=512 count=1 conv=sync,fsync 2>/dev/null');
  assert.equal((await readFile(targets.file(guarded))).subarray(0, 9).toString(), 'passed on');
  assert.equal(await inGuest('echo 3 > /proc/sys/vm/drop_caches; head -c 14 /dev/vdb'), 'from the guest ');
  const other = randomUUID();
  const booted = testDomain({ vmId: other, name: 'on-lun', paused: true })
    .replace(
      '</devices>',
      `<disk snapshot="no" type="block" device="disk"><target dev="vda" bus="virtio"/><source dev="/dev/mapper/${open}:lun-1"/><driver name="qemu" type="raw" io="native" cache="none"/><shareable/></disk></devices>`,
    )
    .replace(
      '</ovirt-vm:vm>',
      `<ovirt-vm:device devtype="disk" name="vda"><ovirt-vm:GUID>${open}:lun-1</ovirt-vm:GUID></ovirt-vm:device></ovirt-vm:vm>`,
    );
  await host.call('VM.create', { vmID: other, vmParams: { vmId: other, xml: booted } });
  await host.untilStatus(other, 'Paused');
  const told = (await host.stats(other)) as { disks?: Record<string, { lunGUID?: string }> } | undefined;
  assert.equal(told?.disks?.['vda']?.lunGUID, `${open}:lun-1`);
  await host.call('VM.destroy', { vmID: other });
  const { stdout: commands } = await runCommand(['ps', '-eo', 'args']);
  for (const [what, text] of Object.entries({ document: await dumped(), log: await host.log(), commands }))
    assert.ok(!text.includes(password), `no password in the ${what}`);
  assert.match(await dumped(), new RegExp(`<ovirt-vm:GUID>${guarded}:lun-1<`));
  await reachedOnArrival(targets.port);
  await host.stopAgent('SIGKILL');
  await host.startAgent();
  for (const plug of [plain, passed]) await host.call('VM.hotunplugDisk', plug);
  await inGuest('test ! -e /dev/vdb && test ! -e /dev/sda');
  assert.doesNotMatch(await dumped(), /GUID|iscsi/);
});

test('the disk moves to another domain while the guest writes', async () => {
  await snapshot();
  const [destination, source] = [spec(undefined, secondId), spec()];
  const both = { storagepoolID: pool.poolId, storagedomainID: domainId, dstSdUUID: secondId, imageID: imageId };
  const replicate = { vmID: vmId, srcDisk: source, dstDisk: destination };
  await assert.rejects(host.call('VM.diskReplicateFinish', replicate), { code: 201 });
  await host.task('Image.cloneStructure', both);
  await assert.rejects(host.call('Image.cloneStructure', both), { code: 265 });
  await assert.rejects(host.call('VM.diskReplicateFinish', replicate), { code: 88 });

  // begun and given up
  await host.call('VM.diskReplicateStart', replicate);
  await host.call('VM.diskReplicateStart', replicate);
  await host.call('VM.diskReplicateFinish', { ...replicate, dstDisk: source });
  await host.call('VM.diskReplicateFinish', { ...replicate, dstDisk: source });
  await consistent();

  const load = inGuest(
    'i=0; while [ $i -lt 24 ]; do dd if=/dev/urandom of=/root/move$((i % 6)) bs=64k count=8 2>/dev/null; sync; i=$((i+1)); done; cat /root/move? | sha256sum',
  );
  await host.call('VM.diskReplicateStart', replicate);
  await host.task('Image.syncData', { ...both, syncType: 'INTERNAL' });
  await host.stopAgent('SIGKILL');
  await host.startAgent();
  await host.until('the disk goes over', async () =>
    host.call('VM.diskReplicateFinish', replicate).then(
      () => true,
      (error: unknown) => {
        assert.equal((error as { code: number }).code, 40, String(error));
        return false;
      },
    ),
  );
  domainId = secondId;
  await consistent();
  await host.call('VM.diskReplicateFinish', replicate);
  await host.task('Image.delete', {
    storagepoolID: pool.poolId,
    storagedomainID: pool.domainId,
    imageID: imageId,
    postZero: false,
    force: true,
  });
  const sum = await load;
  assert.equal(await inGuest('echo 3 > /proc/sys/vm/drop_caches; cat /root/move? | sha256sum'), sum);
});

test('a guest goes on from the memory of a snapshot', async () => {
  const memory = async (sizeBytes: number, diskType: string): Promise<{ imageID: string; volumeID: string }> => {
    const volume = newVolume(pool, { storagedomainID: domainId, size: String(sizeBytes), volFormat: 5, preallocate: 2, diskType });
    await host.task('Volume.create', volume);
    return volume;
  };
  const [dump, configuration] = [await memory(400 * mib, 'MEMD'), await memory(mib, 'MEMM')];
  await inGuest('echo remembered > /run/mark; echo kept > /root/kept; sync');
  const snapMemory = [domainId, pool.poolId, dump.imageID, dump.volumeID, configuration.imageID, configuration.volumeID].join(',');
  const before = chain.at(-1) ?? '';
  await snapshot({ snapMemory });
  await consistent();
  await host.untilStatus(vmId, 'Up');
  await inGuest('rm /run/mark; echo lost > /root/kept; sync');
  await host.call('VM.destroy', { vmID: vmId });

  // back to it: a volume beside the one that was written to since
  await host.task('Image.deleteVolumes', {
    storagepoolID: pool.poolId,
    storagedomainID: domainId,
    imageID: imageId,
    volumeList: [chain.pop()],
  });
  assert.equal(chain.at(-1), before);
  chain.push(await newLeaf());
  const ids = { poolID: pool.poolId, domainID: domainId };
  const disk = { poolId: pool.poolId, domainId, imageId, volumeId: chain.at(-1) ?? '', format: 'qcow2' } as const;
  await host.call('VM.create', {
    vmID: vmId,
    vmParams: {
      vmId,
      xml: testDomain({ vmId, name: 'live', memoryMib: 128, disk }),
      memoryDumpVolume: { ...ids, imageID: dump.imageID, volumeID: dump.volumeID },
      memoryConfVolume: { ...ids, imageID: configuration.imageID, volumeID: configuration.volumeID },
    },
  });
  await host.untilStatus(vmId, 'Up');
  assert.equal(await inGuest('cat /run/mark /root/kept'), 'remembered\nkept ');
  await consistent();
});

test('the chain of a VM that is down is what its headers say', async () => {
  await snapshot();
  await host.call('VM.destroy', { vmID: vmId });
  const ask = (leaf: string) =>
    host.call('Image.reconcileVolumeChain', { storagepoolID: pool.poolId, storagedomainID: domainId, imageID: imageId, leafVolID: leaf });
  const leaf = chain.at(-1) ?? '';
  assert.deepEqual(await ask(leaf), chain);
  await host.call('Volume.setLegality', {
    storagepoolID: pool.poolId,
    storagedomainID: domainId,
    imageID: imageId,
    volumeID: leaf,
    legality: 'ILLEGAL',
  });
  assert.deepEqual(await ask(leaf), chain.slice(0, -1), 'a leaf that was left is no part of it');
  await assert.rejects(ask(randomUUID()), { code: 201 });
});
