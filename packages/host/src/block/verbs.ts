import { invalidParameter, readObject, readOptionalBoolean, readText, readUuid } from '../verb.ts';
import type { VerbTable } from '../verb.ts';
import { storageError } from '../storage-error.ts';
import { findDomain } from '../storage-context.ts';
import type { StorageContext } from '../storage-context.ts';
import type { StorageDomain } from '../storage-domain/store.ts';
import { storageType } from '../storage-pool/remote.ts';
import { withDevices } from './create-domain.ts';
import { domainTag } from './lvm-tags.ts';
import type { PhysicalVolume, VolumeGroup } from './volume-groups.ts';

const maximumUuidLength = 64;
const maximumDevices = 100;
const maximumNameLength = 255;

/** Verbs over volume groups and the LUNs of domains that lie on them. */
export function createBlockVerbs(context: StorageContext): VerbTable {
  const { groups } = context.block;
  return {
    'LVMVolumeGroup.create': (params) =>
      groups.create(readUuid(params, 'name'), readDevices(params), readOptionalBoolean(params, 'force') ?? false),
    'LVMVolumeGroup.getInfo': async (params) => {
      const group = await groups.findByUuid(readText(params, 'lvmvolumegroupID', maximumUuidLength));
      return { ...groupForWire(group), pvlist: group.physicalVolumes.map((volume) => deviceForWire(volume, group.uuid)) };
    },
    'LVMVolumeGroup.remove': async (params) => {
      const group = await groups.findByUuid(readText(params, 'lvmvolumegroupID', maximumUuidLength));
      if (group.tags.includes(domainTag))
        throw storageError('VolumeGroupHasDomainTag', `Volume group ${group.name} is a storage domain; format that`);
      await groups.remove(group);
      return true;
    },
    'Host.getLVMVolumeGroups': async () => (await groups.list()).map(groupForWire),
    'StorageDomain.extend': async (params) => {
      const domain = await managedDomain(context, params);
      const devices = readDevices(params);
      await groups.extend(await groupOf(context, domain), devices, readOptionalBoolean(params, 'force') ?? false);
      await saveDevices(context, domain);
      return true;
    },
    'StorageDomain.resizePV': async (params) => {
      const domain = await managedDomain(context, params);
      const sizeBytes = await groups.resize(await groupOf(context, domain), readText(params, 'guid', maximumNameLength));
      await saveDevices(context, domain);
      return String(sizeBytes);
    },
    'SDM.move_domain_device': async (params) => {
      const move = readObject(params, 'move_params');
      const domainId = readUuid(move, 'sd_id');
      const source = readText(move, move['guid'] === undefined ? 'src_guid' : 'guid', maximumNameLength);
      const targets =
        move['dst_guids'] === undefined || move['dst_guids'] === null ? [] : readNames(move['dst_guids'], 'move_params.dst_guids');
      context.jobs.start({ id: readUuid(params, 'job_id'), type: 'storage', description: 'move_domain_device' }, () =>
        moveDevice(context, domainId, source, targets),
      );
      return true;
    },
    'SDM.reduce_domain': async (params) => {
      const reduction = readObject(params, 'reduce_params');
      const domainId = readUuid(reduction, 'sd_id');
      const guid = readText(reduction, 'guid', maximumNameLength);
      context.jobs.start({ id: readUuid(params, 'job_id'), type: 'storage', description: 'reduce_domain' }, async () => {
        const domain = await findDomain(context, domainId);
        const group = await groupOf(context, domain);
        await groups.reduce(group, guid);
        await saveDevices(context, domain);
      });
      return true;
    },
  };
}

/** Moves what lies on one LUN of a domain to others of it; a LUN that is empty is done. */
async function moveDevice(context: StorageContext, domainId: string, source: string, targets: readonly string[]): Promise<void> {
  const { groups, activation } = context.block;
  const group = await groupOf(context, await findDomain(context, domainId));
  const device = (name: string): PhysicalVolume => {
    const found = group.physicalVolumes.find(({ guid, path }) => guid === name || path === name);
    if (found === undefined) throw storageError('NoSuchPhysicalVolume', `LUN ${name} is not in storage domain ${domainId}`);
    return found;
  };
  const from = device(source);
  if (from.holdsMetadata)
    throw storageError('ForbiddenPhysicalVolumeOperation', `LUN ${source} holds the metadata of the storage domain and can't be emptied`);
  const to = targets.map((target) => device(target).path);
  const used = (await groups.logicalVolumes(group)).some(({ segments }) => segments.some((segment) => segment.device === from.path));
  if (!used) return;
  if (activation.allocation === 'contiguous')
    throw storageError('CouldNotMovePVData', 'Data moves between LUNs by device-mapper, which this host does not have');
  await groups.run(group, ['pvmove', from.path, ...to], 'CouldNotMovePVData');
}

function readNames(value: unknown, parameter: string): string[] {
  if (!Array.isArray(value) || value.length > maximumDevices)
    throw invalidParameter(parameter, `a list of at most ${maximumDevices} names of LUNs is needed`);
  return value.map((name: unknown) => readText({ [parameter]: name }, parameter, maximumNameLength));
}

const readDevices = (params: Record<string, unknown>): string[] => readNames(params['devlist'], 'devlist');

async function managedDomain(context: StorageContext, params: Record<string, unknown>): Promise<StorageDomain> {
  context.pools.managed(readUuid(params, 'storagepoolID'));
  return findDomain(context, readUuid(params, 'storagedomainID'));
}

/** @throws 372 StorageDomainTypeError for a domain on files */
async function groupOf(context: StorageContext, domain: StorageDomain): Promise<VolumeGroup> {
  if (domain.store.kind === 'file') throw storageError('StorageDomainTypeError', `Storage domain ${domain.id} does not lie on LUNs`);
  const group = await context.block.groups.find(domain.id);
  if (group === undefined) throw storageError('VolumeGroupDoesNotExist', `Volume Group does not exist: ${domain.id}`);
  return group;
}

async function saveDevices(context: StorageContext, domain: StorageDomain): Promise<void> {
  const group = await groupOf(context, domain);
  await context.catalog.update(domain.id, (metadata) => withDevices(metadata, group));
}

/** What `StorageDomain.getInfo` says of a domain on LUNs. */
export async function blockInfo(context: StorageContext, domain: StorageDomain): Promise<object> {
  const group = await groupOf(context, domain);
  const volumes = await context.block.groups.logicalVolumes(group);
  const first = volumes.find(({ name }) => name === 'metadata')?.segments[0]?.device;
  return {
    vguuid: group.uuid,
    state: stateOf(group),
    metadataDevice: group.physicalVolumes.find(({ path }) => path === first)?.guid ?? '',
    vgMetadataDevice: group.physicalVolumes.find(({ holdsMetadata }) => holdsMetadata)?.guid ?? '',
  };
}

const stateOf = (group: VolumeGroup): 'OK' | 'PARTIAL' => (group.attributes[3] === 'p' ? 'PARTIAL' : 'OK');

/** Numbers of storage types by what the domain on the group says of itself. */
function typeOf(group: VolumeGroup): number {
  return group.tags.includes('MDT_TYPE=FCP') ? storageType.fcp : storageType.iscsi;
}

function groupForWire(group: VolumeGroup): object {
  const [permission = '', resizeable = '', exported = '', partial = '', allocation = '', clustered = ''] = group.attributes;
  return {
    vgUUID: group.uuid,
    name: group.name,
    vgsize: String(group.sizeBytes),
    vgfree: String(group.freeBytes),
    attr: { permission, resizeable, exported, partial, allocation, clustered },
    state: stateOf(group),
    type: typeOf(group),
  };
}

function deviceForWire(volume: PhysicalVolume, groupUuid: string): object {
  return {
    capacity: String(volume.sizeBytes),
    devcapacity: String(volume.deviceBytes),
    GUID: volume.guid,
    pvUUID: volume.uuid,
    vgUUID: groupUuid,
    vendorID: '',
    productID: '',
    fwrev: '',
    serial: '',
    devtype: '',
    pathlist: [],
    pathstatus: [],
  };
}
