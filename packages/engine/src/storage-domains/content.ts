import type { Disk } from '@virgate/contract/generated/types';
import { sql, type RawBuilder } from 'kysely';
import { attachmentsOf, readableDisks } from '../disks/read.ts';
import { beginDisk } from '../disks/add.ts';
import { diskActions } from '../disks/resource.ts';
import { removeDisk } from '../disks/remove.ts';
import { updateDisk } from '../disks/update.ts';
import { notFound, refused } from '../rest/fault.ts';
import { isUuid, listing, matching, one, type Readable } from '../rest/listing.ts';
import { accepted, collection, created, entity, type Context, type Entity, type Operation, type Services } from '../rest/operation.ts';
import { readableTemplates } from '../templates/read.ts';
import { readableVms } from '../vms/read.ts';
import { registerEntity } from '../ovf-stores/register.ts';
import { unregisteredOn } from '../ovf-stores/unregistered.ts';
import { readableAttachedDomains, readableStorageDomains } from './read.ts';
import { registerDisk, unregisteredDisks } from './unregistered-disks.ts';

/** The domain of the path, whichever path it is. @throws {Fault} 404 */
async function domainOf(context: Context): Promise<string> {
  const dataCenterId = context.path['data_center'];
  const kind = dataCenterId === undefined ? readableStorageDomains : readableAttachedDomains(dataCenterId);
  return (await one(context, kind, context.path['storage_domain'])).id ?? '';
}

const onDomain = (domainId: string): RawBuilder<boolean> =>
  sql<boolean>`exists (select 1 from image i where i.disk_id = t.id and i.storage_domain_id = ${domainId}::uuid)`;
/** VMs and templates that have a disk on a domain. */
const usesDomain = (domainId: string): RawBuilder<boolean> =>
  sql<boolean>`exists (select 1 from disk_attachment a join image i on i.disk_id = a.disk_id where a.vm_id = t.id and i.storage_domain_id = ${domainId}::uuid)`;

/** An operation on a disk, when the disk is on the domain of the path. */
const whenThere = (operation: Operation): Operation => ({
  ...operation,
  async run(context) {
    await memberOf(context, readableDisks, 'disk', onDomain);
    return operation.run(context);
  },
});

async function memberOf(
  context: Context,
  kind: Readable,
  parameter: string,
  condition: (domainId: string) => RawBuilder<boolean>,
): Promise<Entity> {
  const domainId = await domainOf(context);
  const found = await one(context, kind, context.path[parameter]);
  const [member] = await matching(context, kind, sql<boolean>`t.id = ${found.id}::uuid and ${condition(domainId)}`);
  if (!member) throw notFound();
  return member;
}

const addDiskHere: Operation = {
  permit: 'create_disk',
  subjects: (context) => [{ type: 'storage_domain', id: context.path['storage_domain'] ?? '' }],
  async run(context) {
    const domainId = await domainOf(context);
    const body = context.body as Disk;
    if (context.parameters.flag('unregistered')) return created('Disk', await registerDisk(context, domainId, body));
    const { diskId, job } = await beginDisk(context, { ...body, storage_domains: [{ id: domainId }] });
    if (context.waits) await context.engine.jobs.settle(job);
    const disk = await one(context, readableDisks, diskId);
    return context.waits ? created('Disk', disk) : accepted('Disk', disk, job);
  },
};

const registerHere: Operation = {
  permit: 'create_disk',
  subjects: (context) => [{ type: 'storage_domain', id: context.path['storage_domain'] ?? '' }],
  async run(context) {
    await registerDisk(context, await domainOf(context), { id: context.path['disk'] ?? '' });
    return { kind: 'action', status: 200, result: {} };
  },
};

const { copy, move, sparsify, reduce, export: exportDisk } = diskActions;
const actions = Object.fromEntries(
  Object.entries({ copy, move, sparsify, reduce, export: exportDisk, update: updateDisk, remove: removeDisk }).flatMap(
    ([name, operation]) => (operation === undefined ? [] : [[name, whenThere(operation)]]),
  ),
);

const disksService = {
  list: {
    permit: null,
    async run(context: Context) {
      const domainId = await domainOf(context);
      if (context.parameters.flag('unregistered')) return collection('Disk', await unregisteredDisks(context, domainId));
      return listing(context, 'Disk', readableDisks, onDomain(domainId));
    },
  },
  add: addDiskHere,
} satisfies Record<string, Operation>;

const diskService = {
  get: { permit: null, run: async (context: Context) => entity('Disk', await memberOf(context, readableDisks, 'disk', onDomain)) },
  ...actions,
};

/** VMs or templates that have disks on the domain, or (`unregistered`) that lie there and the engine does not have. */
async function entitiesHere(context: Context, kind: 'vm' | 'template', readable: Readable): Promise<Entity[]> {
  const domainId = await domainOf(context);
  return context.parameters.flag('unregistered')
    ? unregisteredOn(context, domainId, kind)
    : matching(context, readable, usesDomain(domainId));
}

async function entityHere(context: Context, kind: 'vm' | 'template', readable: Readable): Promise<Entity> {
  const domainId = await domainOf(context);
  const id = context.path[kind] ?? '';
  const [unregistered] = isUuid(id) ? await unregisteredOn(context, domainId, kind, id) : [];
  return unregistered ?? memberOf(context, readable, kind, usesDomain);
}

/** Export domains alone have VMs and templates to import or remove; there are none. Source: engine behaviour, import. */
const onlyExport = (permit: string, verb: string, type: 'VM' | 'Template'): Operation => ({
  permit,
  subjects: (context) => [{ type: 'storage_domain', id: context.path['storage_domain'] ?? '' }],
  async run(context) {
    await domainOf(context);
    throw refused('ACTION_TYPE_FAILED_STORAGE_DOMAIN_TYPE_ILLEGAL', { VAR_ACTION: verb, VAR_TYPE: type });
  },
});

async function contentDisks(context: Context): Promise<Entity[]> {
  const template = context.path['template'];
  const owner =
    template === undefined
      ? await memberOf(context, readableVms, 'vm', usesDomain)
      : await memberOf(context, readableTemplates, 'template', usesDomain);
  return matching(
    context,
    readableDisks,
    sql<boolean>`exists (select 1 from disk_attachment a where a.disk_id = t.id and a.vm_id = ${owner.id}::uuid) and ${onDomain(context.path['storage_domain'] ?? '')}`,
  );
}

async function attachmentsHere(context: Context): Promise<Entity[]> {
  const { id = '' } = await memberOf(context, readableVms, 'vm', usesDomain);
  return (await attachmentsOf(context, [id], 'vm')).get(id) ?? [];
}

async function find(members: Promise<Entity[]>, id: string | undefined): Promise<Entity> {
  const found = (await members).find((member) => member.id === id);
  if (!found) throw notFound();
  return found;
}

/** What lies on a storage domain. */
export const storageContentServices: Services = {
  StorageDomainDisksService: disksService,
  StorageDomainDiskService: diskService,
  AttachedStorageDomainDisksService: disksService,
  AttachedStorageDomainDiskService: { ...diskService, register: registerHere },
  StorageDomainVmsService: {
    list: { permit: null, run: async (context) => collection('Vm', await entitiesHere(context, 'vm', readableVms)) },
  },
  StorageDomainVmService: {
    get: { permit: null, run: async (context) => entity('Vm', await entityHere(context, 'vm', readableVms)) },
    register: registerEntity('vm'),
    import: onlyExport('import_export_vm', 'import', 'VM'),
    remove: onlyExport('delete_vm', 'remove', 'VM'),
  },
  StorageDomainTemplatesService: {
    list: { permit: null, run: async (context) => collection('Template', await entitiesHere(context, 'template', readableTemplates)) },
  },
  StorageDomainTemplateService: {
    get: { permit: null, run: async (context) => entity('Template', await entityHere(context, 'template', readableTemplates)) },
    register: registerEntity('template'),
    import: onlyExport('import_export_vm', 'import', 'Template'),
    remove: onlyExport('delete_template', 'remove', 'Template'),
  },
  StorageDomainContentDisksService: { list: { permit: null, run: async (context) => collection('Disk', await contentDisks(context)) } },
  StorageDomainContentDiskService: {
    get: { permit: null, run: async (context) => entity('Disk', await find(contentDisks(context), context.path['disk'])) },
  },
  StorageDomainVmDiskAttachmentsService: {
    list: { permit: null, run: async (context) => collection('DiskAttachment', await attachmentsHere(context)) },
  },
  StorageDomainVmDiskAttachmentService: {
    get: {
      permit: null,
      run: async (context) => entity('DiskAttachment', await find(attachmentsHere(context), context.path['attachment'])),
    },
  },
};
