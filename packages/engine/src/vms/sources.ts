import type { Vm } from '@virgate/contract/generated/types';
import { sql, type Selectable } from 'kysely';
import { holdsPermit } from '../access/permissions.ts';
import { blankTemplateId } from '../installation/fixed-ids.ts';
import { conflict, forbidden, refused } from '../rest/fault.ts';
import { isUuid, one } from '../rest/listing.ts';
import type { Context } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import type { VmConfiguration } from '../snapshots/configuration.ts';
import type { NicTable } from '../tables/schema.ts';
import { templateDisks, type TemplateDisk } from '../templates/disks.ts';
import { definitionOf, type VmRow } from './definition.ts';
import { readableVms } from './read.ts';

/** What a new VM or template is made of. */
export interface Source {
  /** The VM or template whose devices the new one gets. */
  ownerId: string;
  ownerName: string;
  /** The template that counts as the new VM's own. */
  templateId: string;
  definition: Vm;
  disks: TemplateDisk[];
  /** With the addresses that they keep, which others may have by now; without, they get new ones. */
  nics: (Pick<Selectable<NicTable>, 'name' | 'vnic_profile_id' | 'interface' | 'linked' | 'plugged'> & { keptMac?: string })[];
  /** Its disks can only be copied: no other disk may stand on them. */
  onlyCopies: boolean;
}

type Nics = Source['nics'];

const nicsOf = (context: Context, ownerId: string): Promise<Nics> =>
  context.db.selectFrom('nic').selectAll().where('vm_id', '=', ownerId).orderBy('name').execute();

async function rowOf(context: Context, id: string): Promise<VmRow> {
  return context.db.selectFrom('vm').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

/** A template, Blank where the request names none. @throws {Fault} 403 without the right to make VMs of it */
export async function templateSource(context: Context, body: Vm): Promise<Source> {
  const reference = body.template ?? { id: blankTemplateId };
  const { id } = await resolve(context.db, 'Template', 'vm', reference, sql<boolean>`t.entity_type = 'template'`);
  const row = await rowOf(context, id);
  if (row.template_status !== 'ok') throw conflict('VM_TEMPLATE_IMAGE_IS_LOCKED', { VAR_ACTION: 'add', VAR_TYPE: 'VM' });
  if (!(await holdsPermit(context.db, context.user, 'create_vm', { type: 'template', id }))) throw forbidden('create_vm (template)');
  return {
    ownerId: id,
    ownerName: row.name,
    templateId: id,
    definition: definitionOf(row),
    disks: await templateDisks(context.db, id),
    nics: await nicsOf(context, id),
    onlyCopies: false,
  };
}

/** Disks of a VM that can be copied: images that no other VM writes to. */
async function ownDisks(context: Context, vmId: string): Promise<TemplateDisk[]> {
  const shared = await sql<{ id: string }>`
    select d.id from disk_attachment a join disk d on d.id = a.disk_id where a.vm_id = ${vmId} and (d.shareable or d.storage_type <> 'image')`.execute(
    context.db,
  );
  const left = new Set(shared.rows.map((disk) => disk.id));
  return (await templateDisks(context.db, vmId)).filter((disk) => !left.has(disk.diskId));
}

/** Another VM as it is. @param row of a VM that the user may see */
export async function vmSource(context: Context, row: VmRow): Promise<Source> {
  return {
    ownerId: row.id,
    ownerName: row.name,
    templateId: row.original_template_id ?? blankTemplateId,
    definition: definitionOf(row),
    disks: await ownDisks(context, row.id),
    nics: await nicsOf(context, row.id),
    onlyCopies: true,
  };
}

/** Volumes that hold what a VM's disks were when a snapshot was taken. */
async function snapshotVolumes(context: Context, snapshotId: string, kept: VmConfiguration | null): Promise<TemplateDisk[]> {
  const found = await sql<TemplateDisk>`
    select d.id as "diskId", i.id as "volumeId", i.storage_domain_id as "storageDomainId", d.name, d.description, d.status, i.provisioned_bytes as "provisionedBytes", i.format, i.sparse,
      d.wipe_after_delete as wipe, coalesce(a.interface, 'virtio_scsi') as interface, coalesce(a.bootable, false) as bootable, coalesce(a.read_only, false) as "readOnly",
      coalesce(a.pass_discard, false) as "passDiscard", d.disk_profile_id as "diskProfileId"
    from image i join disk d on d.id = i.disk_id left join disk_attachment a on a.disk_id = d.id
    where i.snapshot_id = ${snapshotId} order by d.created_at, d.id`.execute(context.db);
  return found.rows
    .map((disk) => {
      const then = kept?.attachments.find((one) => one.disk_id === disk.diskId);
      return then === undefined
        ? disk
        : { ...disk, interface: then.interface, bootable: then.bootable, readOnly: then.read_only, passDiscard: then.pass_discard };
    })
    .toSorted((a, b) => Number(b.bootable) - Number(a.bootable));
}

/**
 * A VM as it was when a snapshot was taken.
 * @throws {Fault} for a snapshot that is not there, or of which nothing can be made; 403 without the right to edit its VM
 */
export async function snapshotSource(context: Context, snapshotId: string | undefined): Promise<Source & { snapshotId: string }> {
  const snapshot =
    snapshotId !== undefined && isUuid(snapshotId)
      ? await context.db.selectFrom('snapshot').selectAll().where('id', '=', snapshotId).executeTakeFirst()
      : undefined;
  if (!snapshot) throw refused('ACTION_TYPE_FAILED_VM_SNAPSHOT_DOES_NOT_EXIST');
  const vm = await one(context, readableVms, snapshot.vm_id);
  const vmId = vm.id ?? '';
  if (!(await holdsPermit(context.db, context.user, 'edit_vm_properties', { type: 'vm', id: vmId })))
    throw forbidden('edit_vm_properties (VM)');
  if (snapshot.type !== 'regular') throw refused('ACTION_TYPE_FAILED_VM_SNAPSHOT_TYPE_NOT_REGULAR');
  if (snapshot.status !== 'ok') throw refused('ACTION_TYPE_FAILED_VM_IS_DURING_SNAPSHOT');
  const kept = snapshot.configuration as unknown as VmConfiguration | null;
  if (kept === null) throw refused('ACTION_TYPE_FAILED_VM_SNAPSHOT_HAS_NO_CONFIGURATION');
  const row = await rowOf(context, vmId);
  const profiles = new Set(
    (
      await context.db
        .selectFrom('vnic_profile')
        .select('id')
        .where('id', 'in', [blankTemplateId, ...kept.nics.flatMap((nic) => nic.vnic_profile_id ?? [])])
        .execute()
    ).map((profile) => profile.id),
  );
  return {
    snapshotId: snapshot.id,
    ownerId: vmId,
    ownerName: row.name,
    templateId: row.original_template_id ?? blankTemplateId,
    definition: definitionOf({ ...row, ...(kept.vm as Partial<VmRow>) }),
    disks: await snapshotVolumes(context, snapshot.id, kept),
    nics: kept.nics.map((nic) => ({
      ...nic,
      vnic_profile_id: nic.vnic_profile_id !== null && profiles.has(nic.vnic_profile_id) ? nic.vnic_profile_id : null,
    })),
    onlyCopies: true,
  };
}
