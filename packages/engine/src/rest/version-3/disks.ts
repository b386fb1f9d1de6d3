import { attachmentOfDisk, diskOfAttachment } from '@virgate/contract/shape-v3';
import { readableDisks } from '../../disks/read.ts';
import type { Outcome } from '../dispatch.ts';
import { entityNotFound, notFound } from '../fault.ts';
import { byIds } from '../listing.ts';
import { collection, done, type Context, type Entity, type Reply } from '../operation.ts';
import { apiRoot } from '../represent.ts';
import type { Handler, RequestV3 } from './request.ts';

/** Disks of VMs and templates: version 4 has attachments instead, which refer to the disks. */
type Owner = 'vms' | 'templates';

const idOf = (value: unknown): string => (value as Entity | undefined)?.id ?? '';

/** Attachments as the disks that they attach, at their places in version 3. */
async function disksOf(context: Context, owner: Owner, ownerId: string, attachments: readonly Entity[]): Promise<Entity[]> {
  const found = await byIds(
    context,
    readableDisks,
    attachments.map((one) => idOf(one['disk'])),
  );
  const disks = new Map(found.map((disk) => [disk.id, disk]));
  return attachments.map((attachment) => {
    const id = idOf(attachment['disk']);
    const shown: Entity = diskOfAttachment(attachment, disks.get(id) ?? { id });
    return { ...shown, href: `${apiRoot}/${owner}/${ownerId}/disks/${id}`, [owner === 'vms' ? 'vm' : 'template']: { id: ownerId } };
  });
}

const attachmentsAt = (request: RequestV3, owner: Owner): string[] => [owner, request.id(0), 'diskattachments'];
const attachmentAt = (request: RequestV3, owner: Owner): string[] => [...attachmentsAt(request, owner), request.id(1)];

/** What an operation on an attachment replied, told of the disk. */
async function toldOfDisk(request: RequestV3, owner: Owner, outcome: Outcome): Promise<Outcome> {
  const { reply, context } = outcome;
  if (reply.kind !== 'entity') return request.here(outcome);
  const [disk] = await disksOf(context, owner, request.id(0), [reply.entity]);
  if (disk === undefined) throw notFound();
  const told: Reply = { ...reply, type: 'Disk', entity: disk };
  return request.here({ reply: told, context, service: reply.status === 200 ? 'DiskService' : 'DisksService' });
}

const list =
  (owner: Owner): Handler =>
  async (request) => {
    const { context, reply } = await request.ask('GET', attachmentsAt(request, owner));
    const attachments = reply.kind === 'collection' ? reply.entities : [];
    const disks = await disksOf(context, owner, request.id(0), attachments);
    return request.here({ reply: collection('Disk', disks), context, service: undefined });
  };

const show =
  (owner: Owner): Handler =>
  async (request) =>
    toldOfDisk(request, owner, await request.ask('GET', attachmentAt(request, owner)));

/** Adds a disk, or attaches one that there is; of a snapshot of it a copy that the VM sees. */
const add: Handler = async (request) => {
  const attachment = attachmentOfDisk(request.neededBody('Disk')) as Entity;
  return toldOfDisk(request, 'vms', await request.ask('POST', attachmentsAt(request, 'vms'), { active: true, ...attachment }));
};

/** Attributes of the disk itself that a change may name; what is only read comes back with the whole object and is passed over. */
const changeable = [
  'alias',
  'name',
  'description',
  'shareable',
  'wipe_after_delete',
  'propagate_errors',
  'sgio',
  'disk_profile',
  'quota',
] as const;

const differs = (wanted: unknown, is: unknown): boolean =>
  typeof wanted === 'object' && wanted !== null ? idOf(wanted) !== idOf(is) : wanted !== is;

const update: Handler = async (request) => {
  const { context, reply } = await request.ask('GET', attachmentAt(request, 'vms'));
  if (reply.kind !== 'entity') throw notFound();
  const [before] = await disksOf(context, 'vms', request.id(0), [reply.entity]);
  const { disk, ...hangs } = attachmentOfDisk(request.neededBody('Disk')) as Entity & { disk: Entity };
  const own = changeable.flatMap((name) => (disk[name] !== undefined && differs(disk[name], before?.[name]) ? [[name, disk[name]]] : []));
  if (own.length > 0) await request.ask('PUT', ['disks', request.id(1)], Object.fromEntries(own) as Entity);
  const size = disk['provisioned_size'];
  const grows = size !== undefined && size !== before?.['provisioned_size'] ? { disk: { provisioned_size: size } } : {};
  return toldOfDisk(request, 'vms', await request.ask('PUT', attachmentAt(request, 'vms'), { ...hangs, ...grows }));
};

/** Removes the disk for good, unless it is only to be detached. */
const remove: Handler = async (request) => {
  const { detach, async: isAsync } = request.body('Action');
  const parameters = { detach_only: String(detach === true), ...(isAsync === true ? { async: 'true' } : {}) };
  return request.here(await request.ask('DELETE', attachmentAt(request, 'vms'), {}, parameters));
};

const plug =
  (active: boolean): Handler =>
  async (request) => {
    const action = request.body('Action');
    const { context } = await request.ask('PUT', attachmentAt(request, 'vms'), { active });
    return request.here({ reply: done(), context: { ...context, body: action }, service: undefined });
  };

/** Of a template's disk one copy, on the storage domain that is named, or all. */
const removeOfTemplate: Handler = async (request) => {
  const { storage_domain: domain, force } = request.body('Action');
  const parameters = { ...(idOf(domain) === '' ? {} : { storage_domain: idOf(domain) }), ...(force === true ? { force: 'true' } : {}) };
  return request.here(await request.ask('DELETE', attachmentAt(request, 'templates'), {}, parameters));
};

/** A disk of a snapshot is removed where its volume lies. */
const removeOfSnapshot: Handler = async (request) => {
  const [vm, snapshot, id] = request.ids;
  const disks = await request.list(['vms', vm ?? '', 'snapshots', snapshot ?? '', 'disks']);
  const disk = disks.find((one) => one.id === id);
  if (disk === undefined) throw notFound();
  const domain = idOf((disk['storage_domains'] as Entity[] | undefined)?.[0] ?? disk['storage_domain']);
  const image = disk['image_id'];
  if (typeof image !== 'string' || domain === '') throw entityNotFound('DiskSnapshot', `disk=${id}`);
  return request.here(await request.ask('DELETE', ['storagedomains', domain, 'disksnapshots', image]));
};

/** Operations of version 3 on disks of VMs, templates and snapshots. */
export const diskHandlers: Readonly<Record<string, Handler>> = {
  'GET vms/{}/disks': list('vms'),
  'POST vms/{}/disks': add,
  'GET vms/{}/disks/{}': show('vms'),
  'PUT vms/{}/disks/{}': update,
  'DELETE vms/{}/disks/{}': remove,
  'POST vms/{}/disks/{}/activate': plug(true),
  'POST vms/{}/disks/{}/deactivate': plug(false),
  'GET templates/{}/disks': list('templates'),
  'GET templates/{}/disks/{}': show('templates'),
  'DELETE templates/{}/disks/{}': removeOfTemplate,
  'DELETE vms/{}/snapshots/{}/disks/{}': removeOfSnapshot,
};
