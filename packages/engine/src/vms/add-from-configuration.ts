import { type OvfNic, type OvfVolume } from '@virgate/contract/ovf';
import type { Vm } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import { grant } from '../access/grant.ts';
import { holdsPermit } from '../access/permissions.ts';
import { noteChange } from '../changes/outbox.ts';
import { attachmentProblem } from '../disks/attachments.ts';
import { recordEvent } from '../events/record.ts';
import { blankTemplateId } from '../installation/fixed-ids.ts';
import { isUnicastMac } from '../mac-pools/ranges.ts';
import { isNicName } from '../nics/write.ts';
import { checkFreeId, describedDefinition } from '../ovf-stores/described.ts';
import { profilesOf } from '../ovf-stores/register.ts';
import { descriptionField, readingDescription, requestedEntity } from '../ovf-stores/requested.ts';
import { conflict, forbidden, invalidValue, refused, say } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { created, type Context, type Reply } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { withoutSecrets } from '../rest/secrets.ts';
import { attribution, nameInUse, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { insertVm, planVm } from './add.ts';
import { checkAdministered } from './administered.ts';
import { checkName } from './definition.ts';
import { readableVms } from './read.ts';
import type { Source } from './sources.ts';

type Trx = Transaction<Tables>;

/** NICs as a description has them. With new ids they get new addresses; profiles that are not there, or not the user's, they go without. */
async function nicsOf(
  context: Context,
  nics: readonly OvfNic[],
  clusterId: string,
  renews: boolean,
): Promise<{ nics: Source['nics']; without: string[] }> {
  const profiles = profilesOf(context, {}, clusterId);
  const without: string[] = [];
  const planned: Source['nics'] = [];
  for (const nic of nics) {
    if (!isNicName(nic.name))
      throw invalidValue(descriptionField, say`a NIC cannot have the name ${JSON.stringify(nic.name.slice(0, 80))}`);
    if (planned.some((other) => other.name === nic.name)) throw invalidValue(descriptionField, say`has two NICs ${nic.name}`);
    if (nic.mac !== null && !isUnicastMac(nic.mac))
      throw invalidValue(descriptionField, say`NIC ${nic.name} has an address that is no MAC address`);
    const profile = await profiles(nic);
    const mayUse =
      profile !== null && (await holdsPermit(context.db, context.user, 'configure_vm_network', { type: 'vnic_profile', id: profile }));
    if (!mayUse && nic.networkName !== '') without.push(nic.name);
    const { name, interface: model, linked, plugged, mac } = nic;
    planned.push({
      name,
      vnic_profile_id: mayUse ? profile : null,
      interface: model,
      linked,
      plugged,
      ...(renews || mac === null ? {} : { keptMac: mac }),
    });
  }
  return { nics: planned, without };
}

/** Attaches what there is of a description's disks. @returns aliases of those that could not be attached */
async function attachDisks(
  trx: Trx,
  context: Context,
  vmId: string,
  dataCenterId: string,
  volumes: readonly OvfVolume[],
): Promise<string[]> {
  const last = new Map(volumes.map((volume) => [volume.diskId, volume]));
  const failed: string[] = [];
  let boots = false;
  // In the order of their ids, so that two requests do not wait for each other's disks.
  for (const [diskId, volume] of [...last].toSorted(([left], [right]) => (left < right ? -1 : 1))) {
    const mayAttach = await holdsPermit(trx, context.user, 'attach_disk', { type: 'disk', id: diskId });
    const isHere = await sql`select 1 from image i join data_center_storage_domain x on x.storage_domain_id = i.storage_domain_id
      where i.disk_id = ${diskId} and x.data_center_id = ${dataCenterId} and x.status = 'active'`.execute(trx);
    if (!mayAttach || isHere.rows.length === 0 || (await attachmentProblem(trx, diskId, vmId)) !== null) {
      failed.push(volume.alias || diskId);
      continue;
    }
    await trx
      .insertInto('disk_attachment')
      .values({
        disk_id: diskId,
        vm_id: vmId,
        interface: volume.interface,
        bootable: volume.bootable && !boots,
        active: volume.plugged,
        read_only: volume.readOnly,
        pass_discard: volume.passDiscard,
      })
      .execute();
    boots ||= volume.bootable;
    await noteChange(trx, 'disk', diskId, 'update');
  }
  return failed;
}

/** The template that a description names, where it is one here. */
async function originalTemplate(context: Context, id: string | null): Promise<string> {
  if (id === null) return blankTemplateId;
  const found = await context.db
    .selectFrom('vm')
    .select('id')
    .where('id', '=', id)
    .where('entity_type', '=', 'template')
    .executeTakeFirst();
  return found?.id ?? blankTemplateId;
}

/**
 * `POST vms` with `initialization.configuration`: the VM that an OVF describes, with its id and the addresses of its NICs, or with new
 * ones (`regenerate_ids`). What else the request says counts before the description. Disks are attached that are there and free; an event
 * names the others. Source: engine behaviour, import of a VM from a configuration.
 */
export async function addFromConfiguration(context: Context): Promise<Reply> {
  const body = context.body as Vm;
  const { regenerate_ids: renews = false, ...initialization } = body.initialization ?? {};
  const entity = requestedEntity('vm', initialization.configuration);
  const cluster = await resolve(context.db, 'Cluster', 'cluster', body.cluster);
  const place = { type: 'cluster', id: cluster.id } as const;
  if (!(await holdsPermit(context.db, context.user, 'import_export_vm', place))) throw forbidden('import_export_vm (cluster)');
  const name = readingDescription(() => checkName(body.name ?? entity.name));
  const described = readingDescription(() => describedDefinition(entity));
  // A password is sealed by the engine that keeps it: one that stands in a text is nobody's secret any more.
  const definition = described.initialization
    ? { ...described, initialization: withoutSecrets('Initialization', described.initialization) }
    : described;
  await checkAdministered(context, definition, {}, place);
  const { nics, without } = await nicsOf(context, entity.nics, cluster.id, renews);
  const plan = await planVm(context, { ...body, initialization }, name, {
    ownerId: blankTemplateId,
    ownerName: entity.name,
    templateId: await originalTemplate(context, entity.templateId),
    definition,
    disks: [],
    nics,
    onlyCopies: true,
  });
  const id = renews ? context.engine.uuid() : entity.id;
  await checkFreeId(context.db, id, 'VM_CANNOT_IMPORT_VM_EXISTS');
  const { description = definition.description ?? '', comment = definition.comment ?? '' } = body;
  await write(
    context,
    async (trx) => {
      await insertVm(trx, {
        ...plan,
        definition: { ...plan.definition, description, comment },
        id,
        name,
        userId: context.user.id,
        uuid: context.engine.uuid,
      });
      await grant(trx, context.user.id, 'UserVmManager', { type: 'vm', id });
      const failed = await attachDisks(trx, context, id, plan.dataCenterId, entity.volumes);
      const told = { vm: { id, name }, cluster, ...attribution(context) };
      await recordEvent(trx, {
        name: failed.length > 0 ? 'VM_IMPORT_FROM_CONFIGURATION_ATTACH_DISKS_FAILED' : 'VM_IMPORT_FROM_CONFIGURATION_EXECUTED_SUCCESSFULLY',
        ...told,
        values: { disks: failed.join(', ') },
      });
      if (without.length > 0)
        await recordEvent(trx, { name: 'IMPORTEXPORT_IMPORT_VM_INVALID_INTERFACES', ...told, values: { nics: without.join(', ') } });
      await context.engine.jobs.record(trx, context, {
        action: 'ImportVmFromConfiguration',
        description: `Importing VM ${name} from a configuration`,
        subjects: [{ type: 'vm', id }],
      });
    },
    {
      vm_pkey: () => refused('VM_CANNOT_IMPORT_VM_EXISTS'),
      vm_name: nameInUse(name),
      disk_attachment_bootable: () => conflict('ACTION_TYPE_FAILED_DISK_BOOT_IN_USE'),
    },
  );
  return created('Vm', await one(context, readableVms, id));
}
