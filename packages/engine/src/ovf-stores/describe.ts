import { writeOvf, type OvfEntity, type OvfNic, type OvfSnapshot, type OvfVolume } from '@virgate/contract/ovf';
import { sql, type Kysely, type Selectable, type Transaction } from 'kysely';
import { captureConfiguration, type VmConfiguration } from '../snapshots/configuration.ts';
import type { DiskTable, ImageTable, SnapshotTable, Tables, VmTable } from '../tables/schema.ts';

type Db = Kysely<Tables>;

/** What the engine keeps in a description beyond what OVF has room for. */
export interface Definition {
  version: 1;
  name: string;
  description: string;
  comment: string;
  configuration: VmConfiguration;
  disks: Pick<
    Selectable<DiskTable>,
    'id' | 'name' | 'description' | 'shareable' | 'wipe_after_delete' | 'propagate_errors' | 'backup' | 'content_type'
  >[];
  volumes: { id: string; diskId: string; snapshotId: string | null }[];
  snapshots: { id: string; description: string; createdMs: number; configuration: VmConfiguration | null }[];
}

interface VolumeRow extends Selectable<ImageTable> {
  alias: string;
  disk_description: string;
  wipe: boolean;
  shareable: boolean;
  interface: string;
  bootable: boolean;
  plugged: boolean;
  read_only: boolean;
  pass_discard: boolean;
  data_center_id: string | null;
}

const noId = '00000000-0000-0000-0000-000000000000';

async function volumesOf(db: Db, ownerId: string): Promise<OvfVolume[]> {
  const found = await sql<VolumeRow>`
    select i.*, d.name as alias, d.description as disk_description, d.wipe_after_delete as wipe, d.shareable, a.interface, a.bootable, a.active as plugged, a.read_only, a.pass_discard,
      (select x.data_center_id from data_center_storage_domain x where x.storage_domain_id = i.storage_domain_id limit 1) as data_center_id
    from disk_attachment a join disk d on d.id = a.disk_id join image i on i.disk_id = d.id
    where a.vm_id = ${ownerId} and d.storage_type = 'image' order by a.bootable desc, d.created_at, d.id, i.created_at, i.id`.execute(db);
  return found.rows.map((row) => ({
    volumeId: row.id,
    diskId: row.disk_id,
    parentId: row.parent_id,
    snapshotId: row.snapshot_id,
    alias: row.alias,
    description: row.disk_description,
    sizeBytes: row.provisioned_bytes,
    actualBytes: row.actual_bytes,
    format: row.format === 'cow' ? 'cow' : 'raw',
    sparse: row.sparse,
    interface: row.interface,
    bootable: row.bootable,
    readOnly: row.read_only,
    shareable: row.shareable,
    passDiscard: row.pass_discard,
    wipe: row.wipe,
    plugged: row.plugged,
    storageDomainId: row.storage_domain_id ?? noId,
    dataCenterId: row.data_center_id ?? noId,
  }));
}

async function nicsOf(db: Db, ownerId: string): Promise<OvfNic[]> {
  const found = await sql<{
    id: string;
    name: string;
    mac: string | null;
    profile: string | null;
    network: string | null;
    interface: string;
    linked: boolean;
    plugged: boolean;
  }>`
    select n.id, n.name, n.mac, p.name as profile, w.name as network, n.interface, n.linked, n.plugged
    from nic n left join vnic_profile p on p.id = n.vnic_profile_id left join network w on w.id = p.network_id where n.vm_id = ${ownerId} order by n.name`.execute(
    db,
  );
  return found.rows.map(({ profile, network, ...nic }) => ({ ...nic, profileName: profile ?? '', networkName: network ?? '' }));
}

async function definitionOf(
  db: Transaction<Tables>,
  row: Selectable<VmTable>,
  { volumes, snapshots: all }: { volumes: readonly OvfVolume[]; snapshots: readonly Selectable<SnapshotTable>[] },
): Promise<Definition> {
  const snapshots = all.filter(({ type }) => type === 'regular');
  const diskIds = [...new Set(volumes.map((volume) => volume.diskId))];
  const disks =
    diskIds.length === 0
      ? []
      : await db
          .selectFrom('disk')
          .select(['id', 'name', 'description', 'shareable', 'wipe_after_delete', 'propagate_errors', 'backup', 'content_type'])
          .where('id', 'in', diskIds)
          .execute();
  return {
    version: 1,
    name: row.name,
    description: row.description,
    comment: row.comment,
    configuration: await captureConfiguration(db, row.id),
    disks,
    volumes: volumes.map(({ volumeId, diskId, snapshotId }) => ({ id: volumeId, diskId, snapshotId })),
    snapshots: snapshots.map((one) => ({
      id: one.id,
      description: one.description,
      createdMs: one.created_at,
      configuration: one.configuration as unknown as VmConfiguration | null,
    })),
  };
}

/**
 * A VM or template with everything that it takes to have it again.
 * @param passingId a snapshot that is left out
 */
export async function describeEntity(db: Transaction<Tables>, id: string, passingId?: string): Promise<OvfEntity> {
  const row = await db.selectFrom('vm').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const cluster = row.cluster_id
    ? await db.selectFrom('cluster').select('name').where('id', '=', row.cluster_id).executeTakeFirst()
    : undefined;
  const template = row.template_id
    ? await db.selectFrom('vm').select('name').where('id', '=', row.template_id).executeTakeFirst()
    : undefined;
  const volumes = await volumesOf(db, id);
  const taken = await db.selectFrom('snapshot').selectAll().where('vm_id', '=', id).orderBy('created_at').execute();
  const snapshots = taken.filter((one) => one.id !== passingId);
  return {
    kind: row.entity_type === 'template' ? 'template' : 'vm',
    id,
    name: row.name,
    description: row.description,
    comment: row.comment,
    createdMs: Math.floor(row.created_at / 1000) * 1000,
    clusterName: cluster?.name ?? '',
    templateId: row.entity_type === 'template' ? row.base_template_id : row.template_id,
    templateName: template?.name ?? '',
    osType: row.os_type,
    memoryMib: Math.round(row.memory_bytes / 1024 ** 2),
    sockets: row.cpu_sockets,
    cores: row.cpu_cores,
    threads: row.cpu_threads,
    vmType: row.type,
    volumes,
    nics: await nicsOf(db, id),
    snapshots: snapshots.map((one): OvfSnapshot => ({
      id: one.id,
      type: one.type as OvfSnapshot['type'],
      description: one.description,
      createdMs: Math.floor(one.created_at / 1000) * 1000,
    })),
    definition: await definitionOf(db, row, { volumes, snapshots }),
  };
}

/** The VMs and templates that have a disk on a domain. */
export async function entitiesOn(
  db: Db,
  domainId: string,
): Promise<{ id: string; name: string; kind: string; status: string | null; wholly: boolean }[]> {
  const found = await sql<{ id: string; name: string; kind: string; status: string | null; wholly: boolean }>`
    select v.id, v.name, v.entity_type as kind, s.status,
      not exists (select 1 from disk_attachment b join image j on j.disk_id = b.disk_id where b.vm_id = v.id and j.storage_domain_id <> ${domainId}) as wholly
    from vm v left join vm_state s on s.vm_id = v.id
    where v.entity_type in ('vm', 'template') and exists (select 1 from disk_attachment a join image i on i.disk_id = a.disk_id where a.vm_id = v.id and i.storage_domain_id = ${domainId})
    order by v.id`.execute(db);
  return found.rows;
}

/** The text of an entity's description. */
export const ovfOf = async (db: Transaction<Tables>, id: string): Promise<string> => writeOvf(await describeEntity(db, id));
