import { sql, type Kysely, type Selectable } from 'kysely';
import type { Tables, VmMemoryTable } from '../tables/schema.ts';

/** The two volumes in which a suspended VM waits: its memory, and the host's notes on how it ran. */
export type MemoryVolumes = Selectable<VmMemoryTable>;

/** The two volumes alone, whoever they belong to. */
export type MemoryPlace = Omit<MemoryVolumes, 'vm_id'>;

/** Ids for the two volumes of a VM's memory that is about to be saved. */
export const newMemoryPlace = (dataCenterId: string, storageDomainId: string, uuid: () => string): MemoryPlace => ({
  data_center_id: dataCenterId,
  storage_domain_id: storageDomainId,
  dump_image_id: uuid(),
  dump_volume_id: uuid(),
  configuration_image_id: uuid(),
  configuration_volume_id: uuid(),
});

/**
 * The domain that the memory of a VM goes to: one that has disks of it, with the most room.
 * @returns null when the data center has no active domain
 */
export async function memoryDomain(
  db: Kysely<Tables>,
  vmId: string,
): Promise<{ domainId: string; dataCenterId: string; memoryBytes: number } | null> {
  const found = await sql<{ domainId: string | null; dataCenterId: string | null; memoryBytes: number }>`
    select t.memory_bytes as "memoryBytes", t.data_center_id as "dataCenterId",
      (select x.storage_domain_id from data_center_storage_domain x join storage_domain d on d.id = x.storage_domain_id where x.data_center_id = t.data_center_id and x.status = 'active'
        order by exists (select 1 from disk_attachment a join image i on i.disk_id = a.disk_id where a.vm_id = t.id and i.storage_domain_id = d.id) desc, d.available_bytes desc nulls last limit 1) as "domainId"
    from vm t where t.id = ${vmId}`.execute(db);
  const row = found.rows[0];
  if (row?.domainId == null || row.dataCenterId === null) return null;
  return { domainId: row.domainId, dataCenterId: row.dataCenterId, memoryBytes: row.memoryBytes };
}

/** The memory of a snapshot; undefined when it was taken without. */
export const loadSnapshotMemory = async (db: Kysely<Tables>, snapshotId: string): Promise<MemoryPlace | undefined> => {
  const row = await db.selectFrom('snapshot_memory').selectAll().where('snapshot_id', '=', snapshotId).executeTakeFirst();
  if (!row) return undefined;
  const { snapshot_id: _snapshot, ...place } = row;
  return place;
};

/** The memory that a VM goes on from at its next start, because a snapshot with memory is being looked at. */
export async function loadPreviewMemory(
  db: Kysely<Tables>,
  vmId: string,
): Promise<{ snapshotId: string; memory: MemoryPlace } | undefined> {
  const active = await db.selectFrom('snapshot').select('id').where('vm_id', '=', vmId).where('type', '=', 'active').executeTakeFirst();
  const memory = active ? await loadSnapshotMemory(db, active.id) : undefined;
  return active && memory ? { snapshotId: active.id, memory } : undefined;
}

/** The memory volumes of a suspended VM; undefined when it has none. */
export const loadMemoryVolumes = (db: Kysely<Tables>, vmId: string): Promise<MemoryVolumes | undefined> =>
  db.selectFrom('vm_memory').selectAll().where('vm_id', '=', vmId).executeTakeFirst();

const address = (volumes: MemoryPlace, imageID: string, volumeID: string) => ({
  poolID: volumes.data_center_id,
  domainID: volumes.storage_domain_id,
  imageID,
  volumeID,
  device: 'disk',
});

/** What VM.create is told beside the domain so that the VM goes on where it was suspended. Source: VDSM, VM.create. */
export const resumeParameters = (volumes: MemoryPlace | undefined): Record<string, unknown> =>
  volumes === undefined
    ? {}
    : {
        memoryDumpVolume: address(volumes, volumes.dump_image_id, volumes.dump_volume_id),
        memoryConfVolume: address(volumes, volumes.configuration_image_id, volumes.configuration_volume_id),
      };

/** `hibernationVolHandle` of VM.hibernate and `snapMemory` of VM.snapshot: six ids joined by commas. Source: VDSM, VM.hibernate. */
export const hibernationHandle = (volumes: MemoryPlace): string =>
  [
    volumes.storage_domain_id,
    volumes.data_center_id,
    volumes.dump_image_id,
    volumes.dump_volume_id,
    volumes.configuration_image_id,
    volumes.configuration_volume_id,
  ].join(',');
