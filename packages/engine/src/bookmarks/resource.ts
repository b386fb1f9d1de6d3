import type { Bookmark } from '@virgate/contract/generated/types';
import { sql, type Selectable } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { incomplete, invalidValue, say } from '../rest/fault.ts';
import { byIds, listing, one, type Readable, tail } from '../rest/listing.ts';
import type { Loaders } from '../rest/follow.ts';
import { created, done, entity, type Context, type Entity, type Operation, type Services } from '../rest/operation.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, nameInUse, write } from '../rest/write.ts';
import type { BookmarkTable } from '../tables/schema.ts';

const maxNameLength = 40;
const maxValueLength = 300;

/** Bookmarks of searches: one set for all users of the installation, as the contract has it. */
const readableBookmarks: Readable = {
  objectType: 'role',
  everybodyReads: true,
  order: sql`lower(t.name), t.id`,
  async read(context, selection) {
    const found = await sql<Selectable<BookmarkTable>>`select t.* from bookmark t where ${selection.condition} ${tail(selection)}`.execute(
      context.db,
    );
    return found.rows.map((row): Entity => ({ ...row }));
  },
};

const oneBookmark = (context: Context): Promise<Entity> => one(context, readableBookmarks, context.path['bookmark']);

function check(body: Bookmark): void {
  if (body.name !== undefined && (body.name.trim() === '' || body.name.length > maxNameLength))
    throw invalidValue('name', say`must have 1 to ${maxNameLength} characters`);
  if (body.value !== undefined && (body.value.trim() === '' || body.value.length > maxValueLength))
    throw invalidValue('value', say`must have 1 to ${maxValueLength} characters`);
}

const addBookmark: Operation = {
  permit: 'bookmark_management',
  async run(context) {
    const body = context.body as Bookmark;
    check(body);
    const { name, value } = body;
    if (name === undefined || value === undefined) throw incomplete('Bookmark [name, value]');
    const id = context.engine.uuid();
    await write(
      context,
      async (trx) => {
        await trx.insertInto('bookmark').values({ id, name, value }).execute();
        await recordEvent(trx, { name: 'USER_ADD_BOOKMARK', values: { bookmark: name }, ...attribution(context) });
        await noteChange(trx, 'bookmark', id, 'add');
      },
      { bookmark_name: nameInUse(name) },
    );
    return created('Bookmark', await one(context, readableBookmarks, id));
  },
};

const updateBookmark: Operation = {
  permit: 'bookmark_management',
  async run(context) {
    const current = await oneBookmark(context);
    const body = context.body as Bookmark;
    checkImmutable(current, context.body);
    check(body);
    const id = current.id ?? '';
    const changed = { ...(body.name === undefined ? {} : { name: body.name }), ...(body.value === undefined ? {} : { value: body.value }) };
    await write(
      context,
      async (trx) => {
        if (Object.keys(changed).length > 0) await trx.updateTable('bookmark').set(changed).where('id', '=', id).execute();
        await recordEvent(trx, {
          name: 'USER_UPDATE_BOOKMARK',
          values: { bookmark: body.name ?? String(current['name']) },
          ...attribution(context),
        });
        await noteChange(trx, 'bookmark', id, 'update');
      },
      { bookmark_name: nameInUse(body.name ?? '') },
    );
    return entity('Bookmark', await oneBookmark(context));
  },
};

const removeBookmark: Operation = {
  permit: 'bookmark_management',
  async run(context) {
    const { id = '', ...current } = await oneBookmark(context);
    const name = String(current['name']);
    const job = await write(context, async (trx) => {
      await trx.deleteFrom('bookmark').where('id', '=', id).execute();
      await recordEvent(trx, { name: 'USER_REMOVE_BOOKMARK', values: { bookmark: name }, ...attribution(context) });
      await noteChange(trx, 'bookmark', id, 'remove');
      return context.engine.jobs.record(trx, context, {
        action: 'RemoveBookmark',
        description: `Removing Bookmark ${name}`,
        subjects: [{ type: 'bookmark', id }],
      });
    });
    return done(job);
  },
};

export const bookmarkServices: Services = {
  BookmarksService: { list: { permit: null, run: (context) => listing(context, 'Bookmark', readableBookmarks) }, add: addBookmark },
  BookmarkService: {
    get: { permit: null, run: async (context) => entity('Bookmark', await oneBookmark(context)) },
    update: updateBookmark,
    remove: removeBookmark,
  },
};

export const bookmarkLoaders: Partial<Loaders> = { entities: { Bookmark: (context, ids) => byIds(context, readableBookmarks, ids) } };
