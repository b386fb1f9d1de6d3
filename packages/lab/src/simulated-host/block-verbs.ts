import { randomUUID } from 'node:crypto';
import { failure, readList, readObject, readOptionalText, readText } from './parameters.ts';
import type { Parameters, SimulatedVerb } from './parameters.ts';
import type { SimulatedDomain, SimulatedGroup, SimulatedStorage } from './storage.ts';
import type { SimulatedTasks } from './tasks.ts';

interface BlockParts {
  readonly storage: SimulatedStorage;
  readonly tasks: SimulatedTasks;
}

const GIB = 1024 ** 3;
const EXTENT = 128 * 1024 ** 2;
/** What a domain keeps for itself: areas for metadata, leases and mail. */
const OVERHEAD = 36 * EXTENT;
const NEW_LUN_BYTES = 100 * GIB;
/** By how much a LUN has grown when a host looks at its size again. */
const GROWTH_BYTES = 10 * GIB;

/** LVM's ids are no UUIDs in the usual form. */
function groupUuid(): string {
  const digits = randomUUID().replaceAll('-', '');
  return [digits.slice(0, 6), ...[6, 10, 14, 18, 22].map((at) => digits.slice(at, at + 4)), digits.slice(26)].join('-');
}

export const isBlockType = (typeNumber: number): boolean => typeNumber === 2 || typeNumber === 3;

/** @throws 506 */
export function groupOf(storage: SimulatedStorage, uuid: string): SimulatedGroup {
  const group = storage.content.groups?.[uuid];
  if (group === undefined) throw failure('VolumeGroupDoesNotExist', `Volume Group does not exist: ${uuid}`);
  return group;
}

const sizeOf = (group: SimulatedGroup): number => group.units.reduce((sum, { bytes }) => sum + Math.floor(bytes / EXTENT) * EXTENT, 0);

function domainOf(storage: SimulatedStorage, group: SimulatedGroup): SimulatedDomain | undefined {
  const domain = storage.content.domains[group.name];
  return domain?.path === group.uuid ? domain : undefined;
}

const groupInfo = (storage: SimulatedStorage, group: SimulatedGroup): object => ({
  vgUUID: group.uuid,
  name: group.name,
  vgsize: String(sizeOf(group)),
  vgfree: String(sizeOf(group)),
  attr: { permission: 'w', resizeable: 'z', exported: '-', partial: '-', allocation: 'n', clustered: '-' },
  state: 'OK',
  type: domainOf(storage, group)?.typeNumber ?? 3,
});

/** Room for volumes in a domain on a group. */
export const blockDomainBytes = (group: SimulatedGroup): number => Math.max(0, sizeOf(group) - OVERHEAD);

function claim(storage: SimulatedStorage, units: readonly string[], force: boolean): void {
  const used = Object.values(storage.content.groups ?? {}).find((group) => group.units.some(({ guid }) => units.includes(guid)));
  if (used !== undefined && !force) throw failure('PhysDevInitializationError', `A LUN belongs to volume group ${used.name} already`);
}

/** Verbs over volume groups and the LUNs of domains. */
export function blockVerbs({ storage, tasks }: BlockParts): Record<string, SimulatedVerb> {
  const groups = (): Record<string, SimulatedGroup> => (storage.content.groups ??= {});
  const domainGroup = (domainId: string): SimulatedGroup => groupOf(storage, storage.domain(domainId).path);
  const resized = (group: SimulatedGroup): void => {
    const domain = domainOf(storage, group);
    if (domain !== undefined) domain.totalBytes = blockDomainBytes(group);
    storage.onChange();
  };
  const unit = (group: SimulatedGroup, guid: string): SimulatedGroup['units'][number] => {
    const found = group.units.find((one) => one.guid === guid);
    if (found === undefined) throw failure('NoSuchPhysicalVolume', `LUN ${guid} is not in volume group ${group.name}`);
    return found;
  };
  return {
    'LVMVolumeGroup.create': (params) => {
      const name = readText(params, 'name');
      const units = readList(params, 'devlist').map(String);
      if (Object.values(groups()).some((group) => group.name === name))
        throw failure('VolumeGroupAlreadyExistsError', `Volume Group already exists: ${name}`);
      claim(storage, units, params['force'] === true);
      const uuid = groupUuid();
      groups()[uuid] = { uuid, name, units: units.map((guid) => ({ guid, bytes: NEW_LUN_BYTES })) };
      storage.onChange();
      return uuid;
    },
    'LVMVolumeGroup.getInfo': (params) => {
      const group = groupOf(storage, readText(params, 'lvmvolumegroupID'));
      return {
        ...groupInfo(storage, group),
        pvlist: group.units.map(({ guid, bytes }) => ({
          GUID: guid,
          devcapacity: String(bytes),
          capacity: String(Math.floor(bytes / EXTENT) * EXTENT),
          vendorID: 'Virgate',
          productID: 'Simulated LUN',
          serial: guid,
          vgUUID: group.uuid,
          pathlist: [],
        })),
      };
    },
    'LVMVolumeGroup.remove': (params) => {
      const group = groupOf(storage, readText(params, 'lvmvolumegroupID'));
      if (domainOf(storage, group) !== undefined)
        throw failure('VolumeGroupHasDomainTag', `Volume group ${group.name} is a storage domain`);
      delete groups()[group.uuid];
      storage.onChange();
      return true;
    },
    'Host.getLVMVolumeGroups': () => Object.values(groups()).map((group) => groupInfo(storage, group)),
    'StorageDomain.extend': (params) => {
      const group = domainGroup(readText(params, 'storagedomainID'));
      const added = readList(params, 'devlist')
        .map(String)
        .filter((guid) => !group.units.some((one) => one.guid === guid));
      claim(storage, added, params['force'] === true);
      group.units.push(...added.map((guid) => ({ guid, bytes: NEW_LUN_BYTES })));
      resized(group);
      return true;
    },
    'StorageDomain.resizePV': (params) => {
      const group = domainGroup(readText(params, 'storagedomainID'));
      const found = unit(group, readText(params, 'guid'));
      found.bytes += GROWTH_BYTES;
      resized(group);
      return String(found.bytes);
    },
    'SDM.move_domain_device': (params) => {
      const move = readObject(params, 'move_params');
      return tasks.startJob(readText(params, 'job_id'), 'storage', 'move_domain_device', () => {
        emptied(move, domainGroup(readText(move, 'sd_id')), unit);
      });
    },
    'SDM.reduce_domain': (params) => {
      const reduction = readObject(params, 'reduce_params');
      return tasks.startJob(readText(params, 'job_id'), 'storage', 'reduce_domain', () => {
        const group = domainGroup(readText(reduction, 'sd_id'));
        const gone = emptied(reduction, group, unit);
        group.units = group.units.filter((one) => one !== gone);
        resized(group);
      });
    },
  };
}

/** The first LUN holds the metadata of all: it can't be emptied. @throws 617, 619 */
function emptied(
  params: Parameters,
  group: SimulatedGroup,
  unit: (group: SimulatedGroup, guid: string) => SimulatedGroup['units'][number],
): SimulatedGroup['units'][number] {
  const guid = readOptionalText(params, 'guid') ?? readText(params, 'src_guid');
  const found = unit(group, guid);
  if (group.units[0] === found) throw failure('ForbiddenPhysicalVolumeOperation', `LUN ${guid} holds the metadata of the volume group`);
  return found;
}
