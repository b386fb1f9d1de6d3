import type { HostStatus } from '@virgate/contract/generated/types';
import type { EventName } from '@virgate/contract/generated/events';
import type { TypeName } from '@virgate/contract/generated/types';
import { sql, type RawBuilder, type Selectable } from 'kysely';
import type { ObjectType } from '../access/objects.ts';
import { visibleTo } from '../access/permissions.ts';
import { noteChange, type ChangeType } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { readableHosts } from '../hosts/read.ts';
import { checkHostStatus } from '../hosts/status-rules.ts';
import { notFound } from '../rest/fault.ts';
import { isUuid, one } from '../rest/listing.ts';
import { collection, created, done, entity, type Context, type Entity, type Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { attribution, write } from '../rest/write.ts';
import type { TagTable } from '../tables/schema.ts';
import { readableTemplates } from '../templates/read.ts';
import { oneGroup, oneUser } from '../users/read.ts';
import { readableVms } from '../vms/read.ts';
import { tagOf } from './read.ts';

/** A kind of object that tags are assigned to. */
interface Taggable {
  /** Name of the object in paths, in the tag's attributes and in events. */
  name: 'vm' | 'template' | 'host' | 'user' | 'group';
  column: 'vm_id' | 'host_id' | 'user_id' | 'group_id';
  type: TypeName;
  change: ChangeType;
  /** Whose permissions decide who sees the object; null where they do not. */
  visible: { objectType: Exclude<ObjectType, 'system'>; table: string; only: RawBuilder<boolean> } | null;
  events: { attached: EventName; again: EventName; detached: EventName };
  read(context: Context, id: string | undefined): Promise<Entity>;
}

const always = sql<boolean>`true`;

const taggables: readonly Taggable[] = [
  {
    name: 'vm',
    column: 'vm_id',
    type: 'Vm',
    change: 'vm',
    visible: { objectType: 'vm', table: 'vm', only: sql<boolean>`o.entity_type = 'vm'` },
    events: { attached: 'USER_ATTACH_TAG_TO_VM', again: 'USER_ATTACH_TAG_TO_VM_EXISTS', detached: 'USER_DETACH_VM_FROM_TAG' },
    read: (context, id) => one(context, readableVms, id),
  },
  {
    name: 'template',
    column: 'vm_id',
    type: 'Template',
    change: 'template',
    visible: { objectType: 'template', table: 'vm', only: sql<boolean>`o.entity_type = 'template'` },
    events: {
      attached: 'USER_ATTACH_TAG_TO_TEMPLATE',
      again: 'USER_ATTACH_TAG_TO_TEMPLATE_EXISTS',
      detached: 'USER_DETACH_TEMPLATE_FROM_TAG',
    },
    read: (context, id) => one(context, readableTemplates, id),
  },
  {
    name: 'host',
    column: 'host_id',
    type: 'Host',
    change: 'host',
    visible: { objectType: 'host', table: 'host', only: always },
    events: { attached: 'USER_ATTACH_TAG_TO_VDS', again: 'USER_ATTACH_TAG_TO_VDS_EXISTS', detached: 'USER_DETACH_VDS_FROM_TAG' },
    read: (context, id) => one(context, readableHosts, id),
  },
  {
    name: 'user',
    column: 'user_id',
    type: 'User',
    change: 'user',
    visible: { objectType: 'user', table: 'app_user', only: always },
    events: { attached: 'USER_ATTACH_TAG_TO_USER', again: 'USER_ATTACH_TAG_TO_USER_EXISTS', detached: 'USER_DETACH_USER_FROM_TAG' },
    read: oneUser,
  },
  {
    name: 'group',
    column: 'group_id',
    type: 'Group',
    change: 'group',
    visible: null,
    events: {
      attached: 'USER_ATTACH_TAG_TO_USER_GROUP',
      again: 'USER_ATTACH_TAG_TO_USER_GROUP_EXISTS',
      detached: 'USER_DETACH_USER_GROUP_FROM_TAG',
    },
    read: oneGroup,
  },
];

function taggableOf(context: Context): Taggable {
  const found = taggables.find(({ name }) => context.path[name] !== undefined);
  if (!found) throw notFound();
  return found;
}

type Row = Selectable<TagTable> & { owner_id: string };

/** Tags of many objects of a kind at once. Objects that the caller may not see have none. */
async function tagsOf(context: Context, kind: Taggable, ownerIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const column = sql.ref(`a.${kind.column}`);
  const seen =
    kind.visible === null
      ? always
      : sql<boolean>`exists (select 1 from ${sql.table(kind.visible.table)} o where o.id = ${column} and ${kind.visible.only}
          and ${context.filtered && kind.name !== 'user' ? visibleTo(context.user, kind.visible.objectType, 'o') : always})`;
  const found = await sql<Row>`
    select t.*, ${column} as owner_id from tag_assignment a join tag t on t.id = a.tag_id
    where ${column} = any(${ownerIds.filter(isUuid)}::uuid[]) and ${seen} order by lower(t.name), t.id`.execute(context.db);
  const tags = Map.groupBy(found.rows, (row) => row.owner_id);
  return new Map([...tags].map(([owner, rows]) => [owner, rows.map((row): Entity => ({ ...tagOf(row), [kind.name]: { id: owner } }))]));
}

/** The tag of the path, if its object has it. @throws {Fault} 404 */
async function assignedTag(context: Context): Promise<{ kind: Taggable; owner: Entity; tag: Entity }> {
  const kind = taggableOf(context);
  const owner = await kind.read(context, context.path[kind.name]);
  const id = owner.id ?? '';
  const tag = (await tagsOf(context, kind, [id])).get(id)?.find((one) => one.id === context.path['tag']);
  if (!tag) throw notFound();
  return { kind, owner, tag };
}

/** What an event says of the object: by its own column, or for groups by a value. */
const eventSubject = (kind: Taggable, owner: Entity): object => {
  const name = String(owner['user_name'] ?? owner['name'] ?? '');
  if (kind.name === 'user' || kind.name === 'group') return { values: { [kind.name === 'user' ? 'taggedUser' : 'group']: name } };
  return { [kind.name]: { id: owner.id ?? '', name } };
};

/** `POST …/tags`: gives an object a tag, named by id or name. A tag that it has already stays, with an event that says so. */
const attachTag: Operation = {
  permit: 'tag_management',
  async run(context) {
    const kind = taggableOf(context);
    const owner = await kind.read(context, context.path[kind.name]);
    const id = owner.id ?? '';
    if (kind.name === 'host') checkHostStatus('AttachVdsToTag', owner['status'] as HostStatus);
    const tag = await resolve(context.db, 'Tag', 'tag', context.body);
    await write(context, async (trx) => {
      const added =
        await sql`insert into tag_assignment (tag_id, ${sql.ref(kind.column)}) values (${tag.id}, ${id}) on conflict do nothing returning tag_id`.execute(
          trx,
        );
      const fresh = added.rows.length > 0;
      const subject = eventSubject(kind, owner) as { values?: Record<string, string> };
      await recordEvent(trx, {
        name: fresh ? kind.events.attached : kind.events.again,
        ...subject,
        values: { ...subject.values, tag: tag.name },
        ...attribution(context),
      });
      if (fresh) await noteChange(trx, kind.change, id, 'update');
    });
    const found = (await tagsOf({ ...context, filtered: false }, kind, [id])).get(id)?.find((one) => one.id === tag.id);
    if (!found) throw notFound();
    return created('Tag', found);
  },
};

/** `DELETE …/tags/{tag}`: takes a tag from an object. */
const detachTag: Operation = {
  permit: 'tag_management',
  async run(context) {
    const { kind, owner, tag } = await assignedTag(context);
    const id = owner.id ?? '';
    const name = String(tag['name']);
    const job = await write(context, async (trx) => {
      await sql`delete from tag_assignment where tag_id = ${tag.id} and ${sql.ref(kind.column)} = ${id}`.execute(trx);
      const subject = eventSubject(kind, owner) as { values?: Record<string, string> };
      await recordEvent(trx, { name: kind.events.detached, ...subject, values: { ...subject.values, tag: name }, ...attribution(context) });
      await noteChange(trx, kind.change, id, 'update');
      return context.engine.jobs.record(trx, context, {
        action: 'DetachTag',
        description: `Detaching Tag ${name} from ${kind.type} ${String(owner['user_name'] ?? owner['name'] ?? '')}`,
        subjects: [{ type: kind.name, id }],
      });
    });
    return done(job);
  },
};

export const assignedTags = {
  list: {
    permit: null,
    async run(context: Context) {
      const kind = taggableOf(context);
      const { id = '' } = await kind.read(context, context.path[kind.name]);
      const found = (await tagsOf(context, kind, [id])).get(id) ?? [];
      return collection('Tag', found.slice(0, context.parameters.max() ?? found.length));
    },
  },
  add: attachTag,
};

export const assignedTagService = {
  get: { permit: null, run: async (context: Context) => entity('Tag', (await assignedTag(context)).tag) },
  remove: detachTag,
};

/** Loaders of `Vm.tags` and the others. */
export const assignedTagLoaders = Object.fromEntries(
  taggables.map((kind) => [`${kind.type}.tags`, (context: Context, ids: readonly string[]) => tagsOf(context, kind, ids)]),
);
