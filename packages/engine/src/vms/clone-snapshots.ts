import { json } from '@virgate/database';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { NewLayer } from '../disks/volumes.ts';
import { invalidValue, refused, say } from '../rest/fault.ts';
import type { Context } from '../rest/operation.ts';
import { isInPreview } from '../snapshots/chain.ts';
import type { VmConfiguration } from '../snapshots/configuration.ts';
import type { Tables } from '../tables/schema.ts';
import type { PlannedDisk } from './add.ts';

type Trx = Transaction<Tables>;

/** Volumes that a clone with snapshots may have: each takes two steps of its job. */
const maxVolumes = 80;

interface Volume extends Omit<NewLayer, 'sourceId'> {
  diskId: string;
  snapshotId: string | null;
}

/** The volumes of disks from the lowest to the one that is written to, by disk. */
async function chainsOf(db: Kysely<Tables>, diskIds: readonly string[]): Promise<Map<string, Volume[]>> {
  const found = await sql<Volume>`
    with recursive chain as (
      select i.*, 0 as depth from image i where i.active and i.disk_id = any(${diskIds}::uuid[])
      union all select p.*, c.depth + 1 from image p join chain c on p.id = c.parent_id and p.disk_id = c.disk_id
    )
    select id as "volumeId", disk_id as "diskId", snapshot_id as "snapshotId", format, sparse, provisioned_bytes as "provisionedBytes"
    from chain order by disk_id, depth desc`.execute(db);
  return Map.groupBy(found.rows, (volume) => volume.diskId);
}

/** Disks of a clone that get the whole chains of their sources, and how the clone's snapshots come to be. */
export interface SnapshotPlan {
  disks: PlannedDisk[];
  /** Writes the clone's snapshots, and which of its volumes belong to them. @throws {Fault} when the snapshots have changed since */
  complete(trx: Trx, cloneId: string): Promise<void>;
}

/** The configuration of a snapshot as one of another VM: with its NICs and disks. */
function configurationFor(
  kept: VmConfiguration,
  cloneId: string,
  nics: readonly { id: string; name: string; mac: string | null }[],
  diskIds: ReadonlyMap<string, string>,
  uuid: () => string,
): VmConfiguration {
  const { settings, ...columns } = kept.vm;
  return {
    ...kept,
    // A lease has its VM's name.
    vm: { ...columns, ...(settings ? { settings: { ...settings, lease: undefined } } : {}) },
    nics: kept.nics.map((nic) => {
      const own = nics.find((one) => one.name === nic.name);
      return { ...nic, id: own?.id ?? uuid(), mac: own?.mac ?? nic.mac, vm_id: cloneId };
    }),
    attachments: kept.attachments.flatMap((attachment) => {
      const diskId = diskIds.get(attachment.disk_id);
      return diskId === undefined ? [] : [{ ...attachment, disk_id: diskId, vm_id: cloneId }];
    }),
  };
}

/**
 * A clone with the snapshots of its VM: each volume is copied by itself, the lowest with all that it stands on, so that the clone needs no
 * template. Source: engine behaviour, clone without collapse.
 * @param disks as they are planned for a clone without snapshots
 * @throws {Fault} 400 for more volumes than a job takes
 */
export async function planSnapshots(context: Context, vmId: string, disks: readonly PlannedDisk[]): Promise<SnapshotPlan> {
  const chains = await chainsOf(
    context.db,
    disks.map((one) => one.attachment.diskId),
  );
  const all = [...chains.values()].flat();
  if (all.length > maxVolumes)
    throw invalidValue('discard_snapshots', say`the disks have ${all.length} volumes; at most ${maxVolumes} are cloned with snapshots`);
  const volumeIds = new Map(all.map((volume) => [volume.volumeId, context.engine.uuid()]));
  const newId = (volume: Volume): string => volumeIds.get(volume.volumeId) ?? '';
  const planned = disks.map(({ disk, attachment }): PlannedDisk => {
    const chain = chains.get(attachment.diskId) ?? [];
    const leaf = chain.at(-1);
    if (leaf === undefined || chain.length === 1) return { disk, attachment };
    const layers = chain
      .slice(0, -1)
      .map(({ volumeId, format, sparse, provisionedBytes }) => ({
        volumeId: volumeIds.get(volumeId) ?? '',
        sourceId: volumeId,
        format,
        sparse,
        provisionedBytes,
      }));
    const { format, sparse, provisionedBytes } = leaf;
    return { attachment, disk: { ...disk, volumeId: newId(leaf), format, sparse, provisionedBytes, layers } };
  });
  const diskIds = new Map(planned.map(({ disk, attachment }) => [attachment.diskId, disk.diskId]));
  return {
    disks: planned,
    async complete(trx, cloneId) {
      if (await isInPreview(trx, vmId)) throw refused('ACTION_TYPE_FAILED_VM_IN_PREVIEW', { VAR_ACTION: 'clone', VAR_TYPE: 'VM' });
      const now = [...(await chainsOf(trx, [...chains.keys()])).values()].flat();
      if (JSON.stringify(now) !== JSON.stringify(all))
        throw refused('ACTION_TYPE_FAILED_OBJECT_LOCKED', { action: 'a change of its snapshots', job: '-' });
      const snapshots = await copySnapshots(trx, context, vmId, cloneId, diskIds);
      await insertLayers(trx, planned, all, snapshots);
    },
  };
}

/** Snapshots of a clone as those of its VM. @returns their ids by those of the VM's */
async function copySnapshots(
  trx: Trx,
  context: Context,
  vmId: string,
  cloneId: string,
  diskIds: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const nics = await trx.selectFrom('nic').select(['id', 'name', 'mac']).where('vm_id', '=', cloneId).execute();
  const present = await trx.selectFrom('snapshot').selectAll().where('vm_id', '=', vmId).where('type', '=', 'regular').execute();
  const ids = new Map<string, string>();
  for (const snapshot of present) {
    const id = context.engine.uuid();
    ids.set(snapshot.id, id);
    const kept = snapshot.configuration as unknown as VmConfiguration | null;
    const configuration = kept && configurationFor(kept, cloneId, nics, diskIds, context.engine.uuid);
    await trx
      .insertInto('snapshot')
      .values({
        id,
        vm_id: cloneId,
        type: 'regular',
        description: snapshot.description,
        created_at: new Date(snapshot.created_at),
        configuration: configuration && json(configuration as unknown as Record<string, unknown>),
      })
      .execute();
  }
  return ids;
}

/** Rows of the volumes below those that the clone's disks write to. */
async function insertLayers(
  trx: Trx,
  planned: readonly PlannedDisk[],
  sources: readonly Volume[],
  snapshots: ReadonlyMap<string, string>,
): Promise<void> {
  for (const { disk } of planned) {
    let below: string | null = null;
    for (const { volumeId, sourceId, format, sparse, provisionedBytes } of disk.layers ?? []) {
      const source = sources.find((one) => one.volumeId === sourceId);
      await trx
        .insertInto('image')
        .values({
          id: volumeId,
          disk_id: disk.diskId,
          parent_id: below,
          snapshot_id: snapshots.get(source?.snapshotId ?? '') ?? null,
          storage_domain_id: disk.storageDomainId,
          active: false,
          format,
          sparse,
          provisioned_bytes: provisionedBytes,
          status: 'locked',
        })
        .execute();
      below = volumeId;
    }
    if (below !== null) await trx.updateTable('image').set({ parent_id: below }).where('id', '=', disk.volumeId).execute();
  }
}
