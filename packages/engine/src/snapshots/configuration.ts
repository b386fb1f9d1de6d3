import { json } from '@virgate/database';
import type { Selectable, Transaction } from 'kysely';
import { allocateMac } from '../mac-pools/allocate.ts';
import type { DiskAttachmentTable, NicTable, Tables, VmTable } from '../tables/schema.ts';

type Trx = Transaction<Tables>;

/** Columns of a VM that a snapshot brings back: what it is, not who it is nor where it belongs. */
export const configurationColumns = [
  'memory_bytes',
  'memory_guaranteed_bytes',
  'memory_max_bytes',
  'cpu_sockets',
  'cpu_cores',
  'cpu_threads',
  'os_type',
  'bios_type',
  'type',
  'high_availability',
  'high_availability_priority',
  'stateless',
  'start_paused',
  'affinity',
  'pinned_host_ids',
  'custom_cpu_model',
  'custom_emulated_machine',
  'custom_compatibility_major',
  'custom_compatibility_minor',
  'settings',
] as const satisfies readonly (keyof VmTable)[];

/** How a VM was defined when a snapshot was taken. */
export interface VmConfiguration {
  vm: Partial<Pick<Selectable<VmTable>, (typeof configurationColumns)[number]>>;
  nics: Selectable<NicTable>[];
  attachments: Selectable<DiskAttachmentTable>[];
  cdrom: { disk_id: string | null; file: string | null } | null;
}

/** What a snapshot keeps of a VM beside its disks. */
export async function captureConfiguration(trx: Trx, vmId: string): Promise<VmConfiguration> {
  const row = await trx.selectFrom('vm').selectAll().where('id', '=', vmId).executeTakeFirstOrThrow();
  return {
    vm: Object.fromEntries(configurationColumns.map((name) => [name, row[name]])),
    nics: await trx.selectFrom('nic').selectAll().where('vm_id', '=', vmId).orderBy('name').execute(),
    attachments: await trx
      .selectFrom('disk_attachment')
      .innerJoin('disk', 'disk.id', 'disk_attachment.disk_id')
      .selectAll('disk_attachment')
      .where('vm_id', '=', vmId)
      .where('disk.storage_type', '<>', 'lun')
      .execute(),
    cdrom: (await trx.selectFrom('vm_cdrom').select(['disk_id', 'file']).where('vm_id', '=', vmId).executeTakeFirst()) ?? null,
  };
}

/** The row of a snapshot that a job makes, with what it keeps of its VM; its volumes are another matter. */
export async function insertLockedSnapshot(
  trx: Trx,
  snapshot: { id: string; vmId: string; type: 'regular' | 'stateless'; description: string },
): Promise<void> {
  const { id, vmId, type, description } = snapshot;
  const configuration = json((await captureConfiguration(trx, vmId)) as unknown as Record<string, unknown>);
  await trx.insertInto('snapshot').values({ id, vm_id: vmId, type, status: 'locked', description, configuration }).execute();
}

/** Gives a VM the definition that a snapshot has kept. What is there no more (a vNIC profile, a disk) stays away. */
export async function applyConfiguration(trx: Trx, vmId: string, kept: VmConfiguration): Promise<void> {
  const { settings, ...plain } = kept.vm;
  await trx
    .updateTable('vm')
    .set({ ...plain, ...(settings === undefined ? {} : { settings: json(settings) }), updated_at: new Date() })
    .where('id', '=', vmId)
    .execute();
  await applyNics(trx, vmId, kept.nics);
  await applyAttachments(trx, vmId, kept.attachments);
  await trx.deleteFrom('vm_cdrom').where('vm_id', '=', vmId).execute();
  const { cdrom } = kept;
  const disk = cdrom?.disk_id ? await trx.selectFrom('disk').select('id').where('id', '=', cdrom.disk_id).executeTakeFirst() : undefined;
  if (cdrom && (cdrom.file !== null || disk))
    await trx
      .insertInto('vm_cdrom')
      .values({ vm_id: vmId, disk_id: disk?.id ?? null, file: cdrom.file })
      .execute();
}

async function applyNics(trx: Trx, vmId: string, nics: VmConfiguration['nics']): Promise<void> {
  const present = await trx.selectFrom('nic').select('id').where('vm_id', '=', vmId).execute();
  const kept = new Set(nics.map((nic) => nic.id));
  const gone = present.filter((nic) => !kept.has(nic.id)).map((nic) => nic.id);
  if (gone.length > 0) await trx.deleteFrom('nic').where('id', 'in', gone).execute();
  for (const nic of nics) {
    const profile = nic.vnic_profile_id
      ? await trx.selectFrom('vnic_profile').select('id').where('id', '=', nic.vnic_profile_id).executeTakeFirst()
      : undefined;
    const values = {
      name: nic.name,
      mac: await freeMac(trx, vmId, nic),
      vnic_profile_id: profile?.id ?? null,
      interface: nic.interface,
      linked: nic.linked,
      plugged: nic.plugged,
      address: nic.address,
      settings: json(nic.settings),
    };
    await trx
      .insertInto('nic')
      .values({ id: nic.id, vm_id: vmId, ...values })
      .onConflict((there) => there.column('id').doUpdateSet(values))
      .execute();
  }
}

/** The MAC address of then, or a new one when another VM has it by now. */
async function freeMac(trx: Trx, vmId: string, nic: Selectable<NicTable>): Promise<string | null> {
  if (nic.mac === null) return null;
  const taken = await trx.selectFrom('nic').select('id').where('mac', '=', nic.mac).where('vm_id', '<>', vmId).executeTakeFirst();
  if (!taken) return nic.mac;
  const pool = await trx
    .selectFrom('vm')
    .innerJoin('cluster', 'cluster.id', 'vm.cluster_id')
    .select('cluster.mac_pool_id')
    .where('vm.id', '=', vmId)
    .executeTakeFirst();
  return allocateMac(trx, pool?.mac_pool_id ?? '');
}

/** LUNs are no part of snapshots: those that the VM has stay on it. */
async function applyAttachments(trx: Trx, vmId: string, attachments: VmConfiguration['attachments']): Promise<void> {
  await trx
    .deleteFrom('disk_attachment')
    .where('vm_id', '=', vmId)
    .where('disk_id', 'not in', (of) => of.selectFrom('disk').select('id').where('storage_type', '=', 'lun'))
    .execute();
  for (const attachment of attachments) {
    const disk = await trx.selectFrom('disk').select(['id', 'shareable']).where('id', '=', attachment.disk_id).executeTakeFirst();
    if (!disk) continue;
    const elsewhere = await trx.selectFrom('disk_attachment').select('vm_id').where('disk_id', '=', disk.id).executeTakeFirst();
    if (elsewhere && !disk.shareable) continue;
    await trx.insertInto('disk_attachment').values(attachment).execute();
  }
}
