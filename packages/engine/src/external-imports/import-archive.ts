import type { ExternalTemplateImport, ExternalVmImport, Template, Vm } from '@virgate/contract/generated/types';
import { OvfError } from '@virgate/contract/ovf';
import { grant } from '../access/grant.ts';
import { insertDisk, type NewDisk } from '../disks/volumes.ts';
import { recordEvent } from '../events/record.ts';
import { activeDataCenterOf, checkSpace } from '../images/host-tasks.ts';
import { blankTemplateId } from '../installation/fixed-ids.ts';
import { describedDefinition } from '../ovf-stores/described.ts';
import { profilesOf } from '../ovf-stores/register.ts';
import { holdsPermit } from '../access/permissions.ts';
import { chooseProfile } from '../profiles/choose.ts';
import { diskProfiles } from '../profiles/kinds.ts';
import { chooseQuota, consumeStorage, withQuotaEvents } from '../quotas/consume.ts';
import { consumptionOf } from '../quotas/disks.ts';
import { invalidValue } from '../rest/fault.ts';
import { accepted, created, type Context, type Entity, type Reply } from '../rest/operation.ts';
import { withoutSecrets } from '../rest/secrets.ts';
import { actor, attribution, nameInUse, write } from '../rest/write.ts';
import { insertTemplate, type AddTemplateParams } from '../templates/add.ts';
import { beginAdd, planVm, type PlannedDisk } from '../vms/add.ts';
import { checkAdministered } from '../vms/administered.ts';
import type { Source } from '../vms/sources.ts';
import type { Archive } from './archive.ts';
import type { Conversion } from './convert-steps.ts';

/** Where an import goes. */
export interface ImportTarget {
  clusterId: string;
  dataCenterId: string;
  domainId: string;
  name: string;
}

type Import = ExternalVmImport | ExternalTemplateImport;

/** Interfaces by which disks of archives can be attached; others become the usual one. */
const interfaces = new Set(['virtio', 'virtio_scsi', 'sata', 'ide']);

/** How the archive defines its machine, without what is only meant for where it comes from. @throws {Fault} 400 */
function definitionOf({ entity }: Archive): Vm {
  try {
    const described = describedDefinition(entity);
    return described.initialization
      ? { ...described, initialization: withoutSecrets('Initialization', described.initialization) }
      : described;
  } catch (error) {
    if (error instanceof OvfError) throw invalidValue('url', error.message);
    throw error;
  }
}

/** NICs get new addresses, and the profiles of the same names where the user may use them. */
async function nicsOf(context: Context, { entity }: Archive, clusterId: string): Promise<Source['nics']> {
  const profiles = profilesOf(context, {}, clusterId);
  const planned: Source['nics'] = [];
  for (const [at, nic] of entity.nics.entries()) {
    const profile = await profiles(nic);
    const mayUse =
      profile !== null && (await holdsPermit(context.db, context.user, 'configure_vm_network', { type: 'vnic_profile', id: profile }));
    // Others name NICs in ways that ours cannot have.
    const usable = /^[\w.-]{1,50}$/.test(nic.name) && !planned.some((other) => other.name === nic.name);
    planned.push({
      name: usable ? nic.name : `nic${at + 1}`,
      vnic_profile_id: mayUse ? profile : null,
      interface: nic.interface === 'pci_passthrough' ? 'virtio' : nic.interface,
      linked: nic.linked,
      plugged: nic.plugged,
    });
  }
  return planned;
}

/** The disks that are made of the archive's, as the source tells of them or as the request wants them. */
async function disksOf(
  context: Context,
  archive: Archive,
  body: Import,
  target: ImportTarget,
  { shared = false, converted = false }: { shared?: boolean; converted?: boolean },
): Promise<PlannedDisk[]> {
  const dataCenterId = await activeDataCenterOf(context.db, target.domainId);
  const diskProfileId = await chooseProfile(context, diskProfiles, target.domainId, undefined);
  const quotaId = await chooseQuota(context, dataCenterId, body.quota);
  const planned = archive.disks.map((disk, at): PlannedDisk => {
    const sparse = ('sparse' in body ? body.sparse : undefined) ?? disk.sparse;
    const made: NewDisk = {
      diskId: context.engine.uuid(),
      volumeId: context.engine.uuid(),
      name: (disk.alias || `${target.name}_Disk${at + 1}`).slice(0, 255),
      description: disk.description.slice(0, 4000),
      dataCenterId,
      storageDomainId: target.domainId,
      provisionedBytes: disk.provisionedBytes,
      format: sparse ? (disk.format ?? 'cow') : 'raw',
      sparse,
      source: null,
      mode: 'empty',
      shared,
      wipe: disk.wipe,
      diskProfileId,
      quotaId,
      ...(converted ? { unfinished: true } : { archive: { hostId: archive.hostId, path: archive.path, name: disk.fileName } }),
    };
    return {
      disk: made,
      attachment: {
        ...made,
        status: 'ok',
        interface: interfaces.has(disk.interface) ? disk.interface : 'virtio_scsi',
        bootable: disk.bootable && archive.disks.findIndex((other) => other.bootable) === at,
        readOnly: disk.readOnly,
        passDiscard: disk.passDiscard,
        diskProfileId,
      },
    };
  });
  const needed = planned.reduce((sum, { disk }) => sum + (disk.sparse ? 0 : disk.provisionedBytes), 0);
  await checkSpace(context.db, target.domainId, needed);
  return planned;
}

function checkKind({ entity }: Archive, kind: 'vm' | 'template'): void {
  if (entity.kind !== kind)
    throw invalidValue('url', entity.kind === 'vm' ? 'the archive has a VM, no template' : 'the archive has a template, no VM');
}

async function sourceOf(context: Context, archive: Archive, body: Import, target: ImportTarget): Promise<Source> {
  const definition = definitionOf(archive);
  await checkAdministered(context, definition, {}, { type: 'cluster', id: target.clusterId });
  return {
    ownerId: blankTemplateId,
    ownerName: archive.path.slice(archive.path.lastIndexOf('/') + 1),
    templateId: blankTemplateId,
    definition,
    disks: [],
    nics: await nicsOf(context, archive, target.clusterId),
    onlyCopies: true,
  };
}

/** What was asked for, and what it becomes. */
const answer = ({ url, provider, cluster, storage_domain }: ExternalVmImport, made: Entity): Entity => ({
  url,
  ...(provider === undefined ? {} : { provider }),
  cluster,
  storage_domain,
  ...made,
});

/**
 * Imports the VM of an archive, or one of another manager: with another id, other addresses, and disks of its own.
 * @param conversion how the disks come from the other manager, whose VM is described like one of an archive
 */
export async function importVm(
  context: Context,
  body: ExternalVmImport,
  archive: Archive,
  target: ImportTarget,
  conversion?: Conversion,
): Promise<Reply> {
  checkKind(archive, 'vm');
  const { name } = target;
  const request = {
    ...body.vm,
    cluster: { id: target.clusterId },
    ...(body.cpu_profile ? { cpu_profile: body.cpu_profile } : {}),
    ...(body.quota ? { quota: body.quota } : {}),
  } as Vm;
  const plan = await planVm(context, request, name, await sourceOf(context, archive, body, target));
  const disks = await disksOf(context, archive, body, target, { converted: conversion !== undefined });
  const { description = archive.entity.description, comment = archive.entity.comment } = request;
  const definition = { ...plan.definition, description, comment };
  const { id, job } = await (conversion
    ? beginAdd(context, { ...plan, definition, disks }, name, 'ImportVmFromExternalUrl', { conversion })
    : beginAdd(context, { ...plan, definition, disks }, name, 'ImportVmFromOva'));
  const made = answer(body, { name, vm: { id } });
  return job === null || (!context.asynchronous && (await context.engine.jobs.settle(job)))
    ? created('ExternalVmImport', made)
    : accepted('ExternalVmImport', made, job);
}

/** Imports the template of an archive. */
export async function importTemplate(
  context: Context,
  body: ExternalTemplateImport,
  archive: Archive,
  target: ImportTarget,
): Promise<Reply> {
  checkKind(archive, 'template');
  const { name } = target;
  const source = await sourceOf(context, archive, body, target);
  const planned = await disksOf(context, archive, body, target, { shared: true });
  const disks = planned.map(({ disk }) => disk);
  const id = context.engine.uuid();
  const by = { user: actor(context), correlationId: context.correlationId };
  const request = {
    description: archive.entity.description,
    comment: archive.entity.comment,
    ...body.template,
    ...(body.cpu_profile ? { cpu_profile: body.cpu_profile } : {}),
    ...(body.quota ? { quota: body.quota } : {}),
  } as Template;
  const add = () =>
    write(
      context,
      async (trx) => {
        const home = { clusterId: target.clusterId, dataCenterId: target.dataCenterId };
        await insertTemplate(trx, context, request, { id, name, home, source });
        for (const { disk, attachment } of planned) {
          await insertDisk(trx, disk);
          const { interface: model, bootable, readOnly, passDiscard } = attachment;
          await trx
            .insertInto('disk_attachment')
            .values({ disk_id: disk.diskId, vm_id: id, interface: model, bootable, read_only: readOnly, pass_discard: passDiscard })
            .execute();
          await grant(trx, context.user.id, 'DiskOperator', { type: 'disk', id: disk.diskId });
        }
        await consumeStorage(trx, consumptionOf(disks), attribution(context));
        const jobId = await context.engine.jobs.beginIn<AddTemplateParams>(trx, context, 'ImportVmTemplateFromOva', {
          params: { templateId: id, templateName: name, vmId: blankTemplateId, ofSnapshot: true, disks, ...by },
          description: `Importing Template ${name} from archive ${source.ownerName}`,
          subjects: [{ type: 'template', id }],
        });
        await recordEvent(trx, { name: 'IMPORTEXPORT_STARTING_IMPORT_TEMPLATE', template: { id, name }, ...by, jobId });
        return jobId;
      },
      { template_name: nameInUse(name) },
    );
  const job = await withQuotaEvents(context.db, add);
  const made = answer(body, { template: { id, name } });
  return !context.asynchronous && (await context.engine.jobs.settle(job))
    ? created('ExternalTemplateImport', made)
    : accepted('ExternalTemplateImport', made, job);
}
