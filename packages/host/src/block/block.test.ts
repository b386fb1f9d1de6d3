import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { runCommand } from '../command.ts';
import { domainMetadataLines, newDomainMetadata, parseDomainMetadata } from '../storage-domain/domain-metadata.ts';
import { createDeviceMapperActivation, extentOf } from './activation.ts';
import { leaseOffset, metadataOffset } from './areas.ts';
import { deviceMapping } from './create-domain.ts';
import { createLvm, lvmConfiguration } from './lvm.ts';
import { decodeTag, encodeTag, imageTag, metadataTags, metadataText, parseVolumeTags } from './lvm-tags.ts';
import { answerTo, formatEvent, formatMailbox, mailboxBytes, mailboxOffset, parseEvent, parseMailbox } from './mailbox.ts';
import { allocationBytes, blockThreshold, chunkBytes, extendedBytes, extentBytes } from './sizes.ts';
import { groupsOf, segmentsOf, volumesOf } from './volume-groups.ts';

const gibibyte = 1024 ** 3;
const mebibyte = 1024 ** 2;
const domainId = '3f1a3e0e-1111-4222-8333-444455556666';
const volumeId = '75f8a1bb-4504-4314-91ca-d9365a30692b';
const imageId = '0c2d8f6e-9a1b-4c3d-8e5f-6a7b8c9d0e1f';

test('tags hold any text, in the form of other managers', () => {
  assert.equal(encodeTag('a b,c&d'), 'a&32&b&44&c&38&d');
  assert.equal(encodeTag('žluť'), '&382&lu&357&');
  for (const text of ['a b,c&d', 'žluť', '&12&', '😀', '']) assert.equal(decodeTag(encodeTag(text)), text);
});

test('the metadata of a domain in tags has the seal that it has in a file, and no path', () => {
  const metadata = newDomainMetadata({
    domainId,
    name: 'my data',
    class: 'Data',
    type: 'ISCSI',
    remotePath: '',
    blockSizeBytes: 512,
    alignmentBytes: mebibyte,
  });
  const tags = metadataTags(domainMetadataLines(metadata));
  assert.ok(tags.includes('MDT_DESCRIPTION=my&32&data'));
  assert.ok(!tags.some((tag) => tag.startsWith('MDT_REMOTE_PATH')));
  assert.deepEqual(parseDomainMetadata(metadataText(['RHAT_storage_domain', ...tags.toReversed()])), metadata);
  const changed = tags.map((tag) => tag.replace('MDT_ROLE=Regular', 'MDT_ROLE=Master'));
  assert.throws(() => parseDomainMetadata(metadataText(changed)), { code: 752 });
});

test('tags say what a logical volume is', () => {
  assert.deepEqual(parseVolumeTags([`IU_${imageId}`, 'MD_7', `PU_${volumeId}`]), {
    imageId,
    parentId: volumeId,
    slot: 7,
    initializing: false,
    removed: false,
  });
  assert.equal(parseVolumeTags(['OVIRT_VOL_INITIALIZING']).initializing, true);
  for (const removed of ['plain', 'zero'] as const) {
    const found = parseVolumeTags([imageTag(imageId, removed)]);
    assert.deepEqual([found.imageId, found.removed], [imageId, removed]);
  }
  assert.equal(imageTag(imageId, 'plain'), `IU__remove_me_${imageId}`);
  assert.equal(imageTag(imageId, 'zero'), `IU__remove_me_ZERO_${imageId}`);
});

test('slots and leases lie where the format has them', () => {
  assert.equal(metadataOffset(1), mebibyte + 8192);
  assert.equal(leaseOffset(1, mebibyte), 101 * mebibyte);
});

test('devices get their place in the count of extents, and keep it', () => {
  const device = (guid: string, extentCount: number): Parameters<typeof deviceMapping>[0][number] => ({
    guid,
    path: `/dev/mapper/${guid}`,
    uuid: `uuid-${guid}`,
    sizeBytes: 0,
    deviceBytes: 0,
    extentCount,
    startBytes: 0,
    holdsMetadata: false,
  });
  const first = deviceMapping([device('a', 157), device('b', 80)], {});
  assert.deepEqual(first, {
    PV0: 'pv:a,uuid:uuid-a,pestart:0,pecount:157,mapoffset:0',
    PV1: 'pv:b,uuid:uuid-b,pestart:0,pecount:80,mapoffset:157',
  });
  assert.deepEqual(deviceMapping([device('a', 157), device('c', 10)], first), {
    PV0: first['PV0'],
    PV2: 'pv:c,uuid:uuid-c,pestart:0,pecount:10,mapoffset:237',
  });
});

test('sizes of volumes follow capacity, format and allocation', () => {
  const sparse = { format: 'COW', allocation: 'SPARSE' } as const;
  for (const [volume, bytes] of [
    [{ ...sparse, capacityBytes: 100 * gibibyte }, chunkBytes],
    [{ ...sparse, capacityBytes: gibibyte }, gibibyte],
    [{ ...sparse, capacityBytes: 1 }, extentBytes],
    [{ ...sparse, capacityBytes: 100 * gibibyte, initialSizeBytes: 10 * gibibyte }, 11 * gibibyte],
    [{ format: 'RAW', allocation: 'PREALLOCATED', capacityBytes: 100 * gibibyte + 1 }, 100 * gibibyte + extentBytes],
    [{ format: 'COW', allocation: 'PREALLOCATED', capacityBytes: 10 * gibibyte, initialSizeBytes: 11 * gibibyte }, 11 * gibibyte],
  ] as const)
    assert.equal(allocationBytes(volume), bytes, JSON.stringify(volume));
  assert.throws(() => allocationBytes({ format: 'RAW', allocation: 'PREALLOCATED', capacityBytes: gibibyte, initialSizeBytes: 1 }), {
    code: 1000,
  });
  assert.throws(() => allocationBytes({ ...sparse, capacityBytes: gibibyte, initialSizeBytes: 2 * gibibyte }), { code: 1000 });
});

test('a thin volume tells before it is full, and grows to what it can hold', () => {
  const capacity = 100 * gibibyte;
  assert.equal(blockThreshold(chunkBytes, capacity), chunkBytes - chunkBytes * 0.8);
  assert.equal(blockThreshold(mebibyte, capacity), 1);
  assert.equal(extendedBytes(chunkBytes, capacity), 2 * chunkBytes);
  const most = Math.ceil((capacity * 1.1) / extentBytes) * extentBytes;
  assert.equal(extendedBytes(most - extentBytes, capacity), most);
  assert.equal(blockThreshold(most, capacity), undefined);
  assert.equal(blockThreshold(4 * chunkBytes, capacity, 2), 4 * chunkBytes - 2 * chunkBytes * 0.8);
  assert.equal(extendedBytes(chunkBytes, capacity, 2), 3 * chunkBytes);
});

test('a message in the mailbox has the bytes of other managers', () => {
  const message = { domainId, volumeId, sizeMebibytes: 5120 };
  const mailbox = formatMailbox(['clean', message]);
  assert.equal(mailbox.length, mailboxBytes);
  assert.equal(mailbox.toString('hex', 0, 64), '01'.repeat(64));
  assert.equal(mailbox.toString('latin1', 64, 69), '1xtnd');
  assert.equal(mailbox.toString('hex', 69, 85), '6666555544443383224211110e3e1a3f');
  assert.equal(mailbox.toString('hex', 85, 101), '2b69305a36d9ca9114430445bba1f875');
  assert.equal(mailbox.toString('latin1', 101, 128), `${'1400'.padStart(16, '0')}${'0'.repeat(11)}`);
  const sum = [...mailbox.subarray(0, 4092)].reduce((total, byte) => total + byte, 0);
  assert.equal(mailbox.readUInt32LE(4092), sum);
  const read = parseMailbox(mailbox);
  assert.equal(read?.length, 63);
  assert.deepEqual(read?.slice(0, 3), ['clean', message, 'empty']);
  mailbox[70] = 0;
  assert.equal(parseMailbox(mailbox), undefined);
  assert.equal(parseMailbox(Buffer.alloc(mailboxBytes)), undefined);
  assert.deepEqual(answerTo(message, 0), { ...message, sizeMebibytes: 0 });
  assert.equal(mailboxOffset(3), 12_288);
});

test('an event wakes the manager', () => {
  const event = formatEvent(volumeId);
  assert.equal(event.toString('latin1', 0, 4), '\0evt');
  assert.equal(parseEvent(event), volumeId);
  assert.equal(parseEvent(Buffer.alloc(mailboxBytes)), undefined);
});

test('every command of LVM sees the named devices only', async () => {
  assert.match(
    lvmConfiguration(['/dev/mapper/36.0a', '/dev/loop0']),
    /filter=\["a\|\^\/dev\/mapper\/36\\\.0a\$\|","a\|\^\/dev\/loop0\$\|","r\|\.\*\|"\]/,
  );
  for (const device of ['/dev/a"b', '/dev/a|b', 'loop0', '/dev/../etc/passwd', '/dev/a b'])
    assert.throws(() => lvmConfiguration([device]), { code: 606 }, device);
  const seen: { argv: readonly string[]; timeoutMs: number | undefined }[] = [];
  const execute: typeof runCommand = async (argv, options) => {
    seen.push({ argv, timeoutMs: options?.timeoutMs });
    return { exitCode: 0, stdout: '{"report":[{"lv":[]}]}', stdoutBytes: Buffer.alloc(0), stderr: '' };
  };
  const lvm = createLvm(true, execute);
  const [group] = groupsOf([{ vg_name: domainId, vg_uuid: 'x', pv_name: '/dev/mapper/a', pe_start: '0', vg_extent_size: '1' }]);
  assert.ok(group);
  const [volume] = volumesOf([{ lv_name: volumeId, lv_size: '1', seg_pe_ranges: '/dev/mapper/a:0-0' }]);
  assert.ok(volume);
  const activation = createDeviceMapperActivation(lvm);
  assert.deepEqual(await activation.activate(group, [volume]), [`/dev/${domainId}/${volumeId}`]);
  await activation.refresh(group, volume);
  await activation.deactivate(group, [volume]);
  assert.deepEqual(
    seen.map(({ argv }) => argv.filter((_, index) => index !== 3)),
    [
      ['lvm', 'lvchange', '--config', '--activate', 'y', `${domainId}/${volumeId}`],
      ['lvm', 'lvchange', '--config', '--refresh', `${domainId}/${volumeId}`],
      ['lvm', 'lvchange', '--config', '--activate', 'n', `${domainId}/${volumeId}`],
    ],
  );
  for (const { argv, timeoutMs } of seen) {
    assert.match(argv[3] ?? '', /filter=\["a\|\^\/dev\/mapper\/a\$\|","r\|\.\*\|"\]/);
    assert.ok((timeoutMs ?? 0) > 0);
  }
});

test('reports give groups with their devices, and volumes with their segments', () => {
  assert.deepEqual(segmentsOf('/dev/a:0-3 /dev/b:7-7'), [
    { device: '/dev/a', firstExtent: 0, extents: 4 },
    { device: '/dev/b', firstExtent: 7, extents: 1 },
  ]);
  const groups = groupsOf([
    { vg_uuid: 'u', vg_name: 'g', pv_name: '/dev/a', vg_tags: 'x,y', pv_mda_used_count: '1' },
    { vg_uuid: 'u', vg_name: 'g', pv_name: '/dev/b', vg_tags: 'x,y', pv_mda_used_count: '0' },
    { vg_uuid: '', pv_name: '/dev/c' },
  ]);
  assert.deepEqual(
    groups.map(({ name, tags, physicalVolumes }) => [name, tags, physicalVolumes.map(({ guid, holdsMetadata }) => [guid, holdsMetadata])]),
    [['g', ['x', 'y'], [['a', true], ['b', false]]]], // prettier-ignore
  );
  const volumes = volumesOf([
    { lv_name: 'v', lv_size: '8', lv_tags: 'MD_1', seg_pe_ranges: '/dev/a:0-3', lv_time: '2026-01-01 00:00:00 +0000' },
    { lv_name: 'v', lv_size: '8', lv_tags: 'MD_1', seg_pe_ranges: '/dev/b:0-3', lv_time: '2026-01-01 00:00:00 +0000' },
  ]);
  assert.equal(volumes[0]?.segments.length, 2);
  assert.equal(volumes[0]?.madeSeconds, Date.UTC(2026, 0, 1) / 1000);
  assert.ok(groups[0] !== undefined && volumes[0] !== undefined);
  const [group, volume] = [groups[0], volumes[0]];
  assert.throws(() => extentOf(group, volume), { code: 558 });
});
