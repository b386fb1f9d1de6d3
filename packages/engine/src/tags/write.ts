import type { Tag } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import type { EventName } from '@virgate/contract/generated/events';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { badRequest, conflict } from '../rest/fault.ts';
import { created, done, entity, type Context, type Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, write } from '../rest/write.ts';
import { oneTag, rootTagId } from './read.ts';

/** A tag's name stands in searches without quotes. */
const namePattern = /^[\p{L}\p{N}._+-]{1,50}$/u;
/** How deep the tree may be; also the bound of every walk through it. */
const maxDepth = 64;

function checkTagName(name: string | undefined): string {
  if (name === undefined || !namePattern.test(name)) throw badRequest('VALIDATION_TAGS_INVALID_TAG_NAME');
  return name;
}

const inUse = { tag_name: () => conflict('TAGS_SPECIFY_TAG_IS_IN_USE') };
const parentOf = async (context: Context, body: Tag): Promise<string> =>
  body.parent?.id === undefined && body.parent?.name === undefined ? rootTagId : (await resolve(context.db, 'Tag', 'tag', body.parent)).id;

/** `POST tags`: a new tag below another one, or below the root. */
export const addTag: Operation = {
  permit: 'tag_management',
  async run(context) {
    const body = context.body as Tag;
    const name = checkTagName(body.name);
    const parentId = await parentOf(context, body);
    const id = context.engine.uuid();
    await write(
      context,
      async (trx) => {
        await trx
          .insertInto('tag')
          .values({ id, name, description: body.description ?? '', parent_id: parentId })
          .execute();
        await recordEvent(trx, { name: 'USER_ADD_TAG', values: { tag: name }, ...attribution(context) });
        await noteChange(trx, 'tag', id, 'add');
      },
      inUse,
    );
    return created('Tag', await oneTag(context, id));
  },
};

/** `PUT tags/{tag}`: another name, description or place in the tree; the root stays as it is. */
export const updateTag: Operation = {
  permit: 'tag_management',
  async run(context) {
    const current = await oneTag(context, context.path['tag']);
    const id = current.id ?? '';
    if (id === rootTagId) throw conflict('TAGS_CANNOT_EDIT_READONLY_TAG');
    const body = context.body as Tag;
    checkImmutable(current, context.body);
    const name = body.name === undefined ? undefined : checkTagName(body.name);
    const parentId = body.parent === undefined ? undefined : await parentOf(context, body);
    const moved = parentId !== undefined && parentId !== (current['parent'] as Tag | undefined)?.id;
    await write(
      context,
      async (trx) => {
        if (moved) {
          // Two moves at once could close a circle: they wait for one another.
          await sql`select pg_advisory_xact_lock(hashtext('virgate tag tree'))`.execute(trx);
          const above = await sql<{ id: string }>`
            with recursive up as (
              select id, parent_id, 1 as depth from tag where id = ${parentId}
              union all select t.id, t.parent_id, up.depth + 1 from tag t join up on t.id = up.parent_id where up.depth < ${maxDepth})
            select id from up`.execute(trx);
          if (above.rows.some((row) => row.id === id)) throw conflict('TAGS_SPECIFIED_TAG_CANNOT_BE_THE_PARENT_OF_ITSELF');
        }
        await trx
          .updateTable('tag')
          .set({
            ...(name === undefined ? {} : { name }),
            ...(body.description === undefined ? {} : { description: body.description }),
            ...(moved ? { parent_id: parentId } : {}),
            updated_at: new Date(context.engine.now()),
          })
          .where('id', '=', id)
          .execute();
        const events: EventName[] = moved ? ['USER_MOVE_TAG', 'USER_UPDATE_TAG'] : ['USER_UPDATE_TAG'];
        for (const event of events)
          await recordEvent(trx, { name: event, values: { tag: name ?? String(current['name']) }, ...attribution(context) });
        await noteChange(trx, 'tag', id, 'update');
      },
      inUse,
    );
    return entity('Tag', await oneTag(context, id));
  },
};

/** `DELETE tags/{tag}`: the tag, all tags below it, and their assignments. */
export const removeTag: Operation = {
  permit: 'tag_management',
  async run(context) {
    const { id = '', ...tag } = await oneTag(context, context.path['tag']);
    if (id === rootTagId) throw conflict('TAGS_CANNOT_EDIT_READONLY_TAG');
    const job = await write(context, async (trx) => {
      const gone = await sql<{ id: string; name: string }>`
        with recursive down as (
          select id, name, 1 as depth from tag where id = ${id}
          union all select t.id, t.name, down.depth + 1 from tag t join down on t.parent_id = down.id where down.depth < ${maxDepth})
        select id, name from down`.execute(trx);
      await trx.deleteFrom('tag').where('id', '=', id).execute();
      for (const { name } of gone.rows) await recordEvent(trx, { name: 'USER_REMOVE_TAG', values: { tag: name }, ...attribution(context) });
      await noteChange(
        trx,
        'tag',
        gone.rows.map((row) => row.id),
        'remove',
      );
      return context.engine.jobs.record(trx, context, {
        action: 'RemoveTag',
        description: `Removing Tag ${String(tag['name'])}`,
        subjects: [{ type: 'tag', id }],
      });
    });
    return done(job);
  },
};
