import type { Tag } from '@virgate/contract/generated/types';
import { sql, type Selectable } from 'kysely';
import { byIds, list, one, tail, type Readable } from '../rest/listing.ts';
import type { Context, Entity } from '../rest/operation.ts';
import type { TagTable } from '../tables/schema.ts';

/** The tag above all others. Source: REST contract, special objects. */
export const rootTagId = '00000000-0000-0000-0000-000000000000';

export const tagOf = (row: Selectable<TagTable>): Tag => ({
  id: row.id,
  name: row.name,
  description: row.description,
  ...(row.parent_id === null ? {} : { parent: { id: row.parent_id } }),
});

const readableTags: Readable = {
  objectType: 'role',
  everybodyReads: true,
  order: sql`lower(t.name), t.id`,
  async read(context, selection) {
    const found = await sql<Selectable<TagTable>>`select t.* from tag t where ${selection.condition} ${tail(selection)}`.execute(
      context.db,
    );
    return found.rows.map((row) => tagOf(row) as Entity);
  },
};

export const listTags = (context: Context): Promise<Entity[]> => list(context, readableTags);
export const oneTag = (context: Context, id: string | undefined): Promise<Entity> => one(context, readableTags, id);
export const tagsByIds = (context: Context, ids: readonly string[]): Promise<Entity[]> => byIds(context, readableTags, ids);
