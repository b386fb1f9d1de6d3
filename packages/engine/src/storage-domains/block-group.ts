import { json } from '@virgate/database';
import type { LogicalUnit } from '@virgate/contract/generated/types';
import { sql, type Kysely, type Transaction } from 'kysely';
import { hostFailed, refused } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';

/** One LUN as hosts describe it. Source: VDSM schema, PhysicalVolumeInfo. */
interface WireDevice {
  GUID?: string;
  devcapacity?: string | number;
  vendorID?: string;
  productID?: string;
  serial?: string;
  pathlist?: { connection?: string; port?: string; portal?: string; iqn?: string; user?: string }[];
}

/** A LUN under a storage domain. */
export interface DomainUnit {
  id: string;
  sizeBytes: number;
  settings: LogicalUnit;
}

/** A volume group as a host describes it. */
export interface Group {
  uuid: string;
  name: string;
  units: DomainUnit[];
}

const maxUnits = 256;

function unitOf(device: WireDevice): DomainUnit {
  const [path] = device.pathlist ?? [];
  return {
    id: device.GUID ?? '',
    sizeBytes: Number(device.devcapacity ?? 0),
    settings: {
      ...(device.vendorID ? { vendor_id: device.vendorID } : {}),
      ...(device.productID ? { product_id: device.productID } : {}),
      ...(device.serial ? { serial: device.serial } : {}),
      ...(path?.iqn
        ? { address: path.connection ?? '', port: Number(path.port ?? 3260), portal: path.portal ?? '', target: path.iqn }
        : {}),
    },
  };
}

/** Reads the answer of LVMVolumeGroup.getInfo; some hosts wrap it in `info`. @throws {Fault} when it is none */
export function readGroup(answer: unknown): Group {
  const given = answer as { info?: unknown };
  const info = (given.info ?? answer) as { vgUUID?: string; name?: string; pvlist?: WireDevice[] };
  const units = (info.pvlist ?? []).slice(0, maxUnits).map(unitOf);
  if (
    typeof info.vgUUID !== 'string' ||
    typeof info.name !== 'string' ||
    units.length === 0 ||
    units.some(({ id, sizeBytes }) => id === '' || !(sizeBytes > 0))
  )
    throw hostFailed('Cannot read the volume group of the storage domain', 'what it tells of it cannot be understood');
  return { uuid: info.vgUUID, name: info.name, units };
}

/** Keeps which LUNs a domain lies on, and how large they are. */
export async function saveUnits(trx: Transaction<Tables>, domainId: string, group: Group): Promise<void> {
  await trx.updateTable('storage_domain').set({ volume_group_uuid: group.uuid }).where('id', '=', domainId).execute();
  await trx
    .deleteFrom('storage_domain_lun')
    .where('storage_domain_id', '=', domainId)
    .where(
      'lun_id',
      'not in',
      group.units.map(({ id }) => id),
    )
    .execute();
  for (const { id, sizeBytes, settings } of group.units)
    await trx
      .insertInto('storage_domain_lun')
      .values({ lun_id: id, storage_domain_id: domainId, size_bytes: sizeBytes, settings: json({ ...settings }) })
      .onConflict((row) =>
        row.column('lun_id').doUpdateSet({ storage_domain_id: domainId, size_bytes: sizeBytes, settings: json({ ...settings }) }),
      )
      .execute();
}

/** Whether a domain lies on LUNs, where volumes have their size from the start. */
export async function isOnBlocks(db: Kysely<Tables> | Transaction<Tables>, domainId: string): Promise<boolean> {
  const row = await db.selectFrom('storage_domain').select('storage_type').where('id', '=', domainId).executeTakeFirst();
  return row?.storage_type === 'iscsi' || row?.storage_type === 'fcp';
}

/** Whether a volume is sparse on a domain: raw ones on LUNs never are. Source: VDSM, block volumes. */
export async function isSparseOn(
  db: Kysely<Tables> | Transaction<Tables>,
  domainId: string,
  volume: { format: 'cow' | 'raw'; sparse: boolean },
): Promise<boolean> {
  return volume.sparse && (volume.format === 'cow' || !(await isOnBlocks(db, domainId)));
}

/** Names of LUNs of a request that are part of storage domains already. */
export async function unitsInUse(db: Kysely<Tables> | Transaction<Tables>, units: readonly string[]): Promise<string[]> {
  const found = await sql<{ lun_id: string }>`select lun_id from storage_domain_lun where lun_id = any(${units}::text[])`.execute(db);
  return found.rows.map((row) => row.lun_id);
}

/** Holds names of LUNs until the transaction ends: a LUN becomes part of a domain, or a disk, once. */
export async function lockUnits(trx: Transaction<Tables>, units: readonly string[]): Promise<void> {
  for (const unit of [...units].sort()) await sql`select pg_advisory_xact_lock(hashtextextended(${`lun ${unit}`}, 0))`.execute(trx);
}

/**
 * Takes LUNs for a storage domain.
 * @throws {Fault} 409 when they are part of a domain already, or disks
 */
export async function claimUnits(trx: Transaction<Tables>, units: readonly string[], frame: Record<string, string> = {}): Promise<void> {
  await lockUnits(trx, units);
  const used = await unitsInUse(trx, units);
  if (used.length > 0) throw refused('ACTION_TYPE_FAILED_LUNS_ALREADY_PART_OF_STORAGE_DOMAINS', { ...frame, lunIds: used.join(', ') });
  const disks = await sql<{ lun_id: string }>`select lun_id from disk_lun where lun_id = any(${units}::text[]) order by lun_id`.execute(
    trx,
  );
  if (disks.rows.length > 0)
    throw refused('ACTION_TYPE_FAILED_LUNS_ALREADY_USED_BY_DISKS', { ...frame, lunIds: disks.rows.map((row) => row.lun_id).join(', ') });
}
