import { VdsmError } from '@virgate/vdsm';
import type { HostStorage, LogicalUnit } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import { conflict, hostFailed, invalidValue, notFound, say } from '../rest/fault.ts';
import type { Loaders } from '../rest/follow.ts';
import { byIds, one } from '../rest/listing.ts';
import { collection, entity, type Context, type Entity, type Services } from '../rest/operation.ts';
import { readableHosts } from './read.ts';

/** A block device as a host reports it. Source: VDSM schema, BlockDeviceInfo. */
export interface Device {
  GUID?: string;
  devtype?: string;
  capacity?: string;
  vendorID?: string;
  productID?: string;
  serial?: string;
  status?: string;
  vgUUID?: string;
  pathlist?: { connection?: string; port?: string; portal?: string; iqn?: string; user?: string }[];
  pathstatus?: { lun?: string }[];
  discard_max_bytes?: number;
}

const timeoutMs = 120_000;
const statuses: Record<string, 'free' | 'used' | 'unusable'> = { free: 'free', used: 'used', unusable: 'unusable' };

/** Where the LUN is, by the first of its paths. */
function pathOf({ pathlist, pathstatus }: Device): Partial<LogicalUnit> {
  const [path] = pathlist ?? [];
  const number = Number(pathstatus?.[0]?.lun ?? '');
  if (!path?.iqn) return {};
  return {
    address: path.connection ?? '',
    port: Number(path.port ?? 3260),
    portal: path.portal ?? '',
    target: path.iqn,
    ...(path.user ? { username: path.user } : {}),
    ...(Number.isInteger(number) ? { lun_mapping: number } : {}),
  };
}

/** A LUN as a host tells of it. */
export function unitOfDevice(device: Device): LogicalUnit {
  const status = statuses[device.status ?? ''];
  return {
    id: device.GUID ?? '',
    size: Number(device.capacity ?? 0),
    vendor_id: device.vendorID ?? '',
    product_id: device.productID ?? '',
    serial: device.serial ?? '',
    paths: device.pathstatus?.length ?? 0,
    ...pathOf(device),
    discard_max_size: device.discard_max_bytes ?? 0,
    ...(device.vgUUID ? { volume_group_id: device.vgUUID } : {}),
    ...(status === undefined ? {} : { status }),
  };
}

/** What a LUN is here: part of a storage domain, or a disk. */
type User = Pick<LogicalUnit, 'storage_domain_id' | 'disk_id'>;

const storageOf = (hostId: string, device: Device, user: User = {}): HostStorage => ({
  id: device.GUID ?? '',
  type: device.devtype === 'FCP' ? 'fcp' : 'iscsi',
  logical_units: [{ ...unitOfDevice(device), ...user }],
  host: { id: hostId },
});

/** What LUNs are used by, as far as the engine put them to use; the others are left out. */
async function usersOf({ db }: Context, lunIds: readonly string[]): Promise<Map<string, User>> {
  const found = await sql<{ lun_id: string; storage_domain_id: string | null; disk_id: string | null }>`
    select lun_id, storage_domain_id, null::uuid as disk_id from storage_domain_lun where lun_id = any(${lunIds}::text[])
    union all select lun_id, null, disk_id from disk_lun where lun_id = any(${lunIds}::text[])`.execute(db);
  return new Map(
    found.rows.map((row) => [
      row.lun_id,
      row.disk_id === null ? { storage_domain_id: row.storage_domain_id ?? '' } : { disk_id: row.disk_id },
    ]),
  );
}

/** The LUNs that the host of the path sees. @throws {Fault} as {@link lunsOf} */
const luns = async (context: Context): Promise<Entity[]> => lunsOf(context, await one(context, readableHosts, context.path['host']));

/** Hosts whose LUNs are followed to at once: each is asked, and looks through its devices. */
const maxFollowed = 20;

async function lunsOfHosts(context: Context, ids: readonly string[]): Promise<Map<string, Entity[]>> {
  if (ids.length > maxFollowed) throw invalidValue('follow', say`storages can be followed for at most ${maxFollowed} hosts at once`);
  const hosts = await byIds(context, readableHosts, ids);
  return new Map(await Promise.all(hosts.map(async (host) => [host.id ?? '', await lunsOf(context, host)] as const)));
}

/** The LUNs that a host sees, asked of the host. @throws {Fault} 404, 409 when the host is not up or refuses */
async function lunsOf(context: Context, host: Entity): Promise<Entity[]> {
  const id = host.id ?? '';
  if (host['status'] !== 'up')
    throw conflict('ACTION_TYPE_FAILED_VDS_STATUS_ILLEGAL', { VAR_ACTION: 'list', VAR_TYPE: 'LUNs', hostStatus: String(host['status']) });
  const { client, fence } = await context.engine.hosts.access(id);
  try {
    const devices = (await client.call(
      'Host.getDeviceList',
      { storageType: null, guids: [], checkStatus: context.parameters.flag('report_status', true), refresh: true },
      { timeoutMs, fence },
    )) as Device[];
    const users = await usersOf(
      context,
      devices.map(({ GUID: guid = '' }) => guid),
    );
    return devices.map((device) => storageOf(id, device, users.get(device.GUID ?? '')) as Entity);
  } catch (error) {
    if (error instanceof VdsmError) throw hostFailed('Cannot list the storage of the host', error.message, error);
    throw error;
  }
}

export const hostStorageServices: Services = {
  HostStorageService: { list: { permit: null, run: async (context) => collection('HostStorage', await luns(context)) } },
  StorageService: {
    get: {
      permit: null,
      async run(context) {
        const found = (await luns(context)).find((member) => member.id === context.path['storage']);
        if (!found) throw notFound();
        return entity('HostStorage', found);
      },
    },
  },
};

export const hostStorageLoaders: Partial<Loaders> = { children: { 'Host.storages': lunsOfHosts } };
