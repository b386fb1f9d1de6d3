import { runCommand } from '../command.ts';
import { formatXleasesIndex, xleasesIndexOffset } from '../lease/xleases-index.ts';
import { leaseAlignment } from '../storage-domain/create-domain.ts';
import { domainMetadataLines, newDomainMetadata } from '../storage-domain/domain-metadata.ts';
import type { DomainClass, DomainMetadata } from '../storage-domain/domain-metadata.ts';
import { initialiseLease, initialiseLockspace, spmResource } from '../storage-domain/sanlock.ts';
import { storageError, toStorageError } from '../storage-error.ts';
import type { Activation } from './activation.ts';
import { areaNames, areaSizes, createAreas, isArea, mailboxAreaBytes, reservedMetadataBytes } from './areas.ts';
import type { Areas } from './areas.ts';
import { writeDirect, zeroDirect } from './direct.ts';
import { domainTag, metadataTags, unreadyTag } from './lvm-tags.ts';
import type { PhysicalVolume, VolumeGroup, VolumeGroups } from './volume-groups.ts';

const blockSizeBytes = 512;

export interface NewBlockDomain {
  domainId: string;
  groupUuid: string;
  name: string;
  class: DomainClass;
  type: 'ISCSI' | 'FCP';
  maximumHosts: number;
}

/**
 * Where the extents of each device begin in the count over all of them, which the metadata keeps (VDSM, PV mapping). What was
 * counted before keeps its number.
 */
export function deviceMapping(devices: readonly PhysicalVolume[], before: Readonly<Record<string, string>>): Record<string, string> {
  const mapping: Record<string, string> = {};
  const known = Object.entries(before).filter(([key]) => /^PV\d+$/.test(key));
  let next = 0;
  let offset = 0;
  for (const [key, value] of known) {
    const fields = new Map(value.split(',').map((field) => [field.slice(0, field.indexOf(':')), field.slice(field.indexOf(':') + 1)]));
    next = Math.max(next, Number(key.slice(2)) + 1);
    offset = Math.max(offset, Number(fields.get('mapoffset')) + Number(fields.get('pecount')));
    if (devices.some(({ guid }) => guid === fields.get('pv'))) mapping[key] = value;
  }
  for (const device of devices) {
    if (known.some(([, value]) => value.startsWith(`pv:${device.guid},`))) continue;
    mapping[`PV${next++}`] = `pv:${device.guid},uuid:${device.uuid},pestart:0,pecount:${device.extentCount},mapoffset:${offset}`;
    offset += device.extentCount;
  }
  return mapping;
}

/** The device that LVM keeps the group's metadata on comes first: the domain's own begins there. */
function firstMetadataDevice(group: VolumeGroup): PhysicalVolume[] {
  return group.physicalVolumes.toSorted((left, right) => Number(right.holdsMetadata) - Number(left.holdsMetadata));
}

/** Metadata after the devices of a domain changed. */
export function withDevices(metadata: DomainMetadata, group: VolumeGroup): DomainMetadata {
  const others = Object.fromEntries(Object.entries(metadata.other).filter(([key]) => !/^PV\d+$/.test(key)));
  return { ...metadata, other: { ...others, ...deviceMapping(firstMetadataDevice(group), metadata.other) } };
}

/**
 * Makes a domain of storage format V5 of a volume group that was made for it, in the layout of VDSM. The group becomes a
 * domain by one change of its tags, which is the last.
 *
 * @throws 365 StorageDomainAlreadyExists, 361 StorageDomainNotEmpty, 515 VolumeGroupHasDomainTag, 506, 397, 701 …
 */
export async function createBlockDomain(
  request: NewBlockDomain,
  groups: VolumeGroups,
  activation: Activation,
  directory: string,
  nowMs: number,
): Promise<void> {
  const group = await groups.findByUuid(request.groupUuid);
  await checkGroup(request, group, groups);
  const areas = createAreas(directory, activation, async () => ({ group, volumes: await groups.logicalVolumes(group) }));
  try {
    await build(request, group, groups, areas, activation.allocation, nowMs);
  } catch (error) {
    await areas.release().catch(() => undefined);
    throw toStorageError(error, 'StorageDomainCreationError', `create storage domain ${request.domainId}`);
  }
  await areas.release();
}

async function checkGroup(request: NewBlockDomain, group: VolumeGroup, groups: VolumeGroups): Promise<void> {
  if (group.name === request.domainId && group.tags.includes(domainTag))
    throw storageError('StorageDomainAlreadyExists', `Storage domain already exists: ${request.domainId}`);
  if (group.name !== request.domainId || group.tags.length !== 1 || group.tags[0] !== unreadyTag)
    throw storageError('VolumeGroupHasDomainTag', `Volume group ${group.name} was not made for storage domain ${request.domainId}`);
  const volumes = await groups.logicalVolumes(group);
  if (volumes.some(({ name }) => !isArea(name)))
    throw storageError('StorageDomainNotEmpty', `Volume group ${group.name} has logical volumes that are none of a storage domain's own`);
  // an agent that died while it made the domain left them
  if (volumes.length > 0)
    await groups.run(group, ['lvremove', '-f', ...volumes.map(({ name }) => `${group.name}/${name}`)], 'CannotRemoveLogicalVolume');
}

async function build(
  request: NewBlockDomain,
  group: VolumeGroup,
  groups: VolumeGroups,
  areas: Areas,
  allocation: Activation['allocation'],
  nowMs: number,
): Promise<void> {
  const geometry = { blockSizeBytes, alignmentBytes: leaseAlignment(blockSizeBytes, request.maximumHosts) };
  const sizes = areaSizes(geometry.alignmentBytes);
  const [first] = firstMetadataDevice(group);
  for (const name of areaNames) {
    const device = name === 'metadata' && first !== undefined ? [first.path] : [];
    const argv = ['lvcreate', '--autobackup', 'n', '--activate', 'n', '--zero', 'n', '--wipesignatures', 'n', '--alloc', allocation];
    const size = ['--size', `${sizes[name]}m`, '--name', name, group.name, ...device];
    await groups.run(group, [...argv, ...size], 'CannotCreateLogicalVolume');
  }
  await zeroDirect(await areas.path('metadata'), reservedMetadataBytes);
  for (const name of ['inbox', 'outbox'] as const) await zeroDirect(await areas.path(name), mailboxAreaBytes);
  await initialiseLockspace(request.domainId, await areas.path('ids'), geometry);
  const spm = { lockspace: request.domainId, resource: spmResource, path: await areas.path('leases') };
  await initialiseLease({ ...spm, offsetBytes: geometry.alignmentBytes }, geometry);
  const index = formatXleasesIndex(request.domainId, Math.floor(nowMs / 1000));
  await writeDirect(await areas.path('xleases'), xleasesIndexOffset(geometry.alignmentBytes), index);
  await makeFileSystem(await areas.path('master'));
  const metadata = withDevices(newMetadata(request, geometry), group);
  const tags = [domainTag, ...metadataTags(domainMetadataLines(metadata))].flatMap((tag) => ['--addtag', tag]);
  await groups.run(group, ['vgchange', '--deltag', unreadyTag, ...tags, group.name], 'VolumeGroupReplaceTagError');
}

function newMetadata(request: NewBlockDomain, geometry: { blockSizeBytes: number; alignmentBytes: number }): DomainMetadata {
  const { domainId, name, class: domainClass, type } = request;
  const metadata = newDomainMetadata({ domainId, name, class: domainClass, type, remotePath: '', ...geometry });
  return { ...metadata, other: { ...metadata.other, VGUUID: request.groupUuid } };
}

/** Other managers mount it while they manage the pool. */
async function makeFileSystem(path: string): Promise<void> {
  await runCommand(['mke2fs', '-q', '-F', '-t', 'ext3', '-E', 'nodiscard', path], { timeoutMs: 300_000 }).catch((error: unknown) => {
    throw toStorageError(error, 'MkfsError', 'make the file system of the master');
  });
}
