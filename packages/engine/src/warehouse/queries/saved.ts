import type { SavedQuery, WarehouseQuery } from '@virgate/contract/generated/virgate';
import { json } from '@virgate/database';
import { sql, type Kysely } from 'kysely';
import { say } from '../../rest/fault.ts';
import type { Tables } from '../../tables/schema.ts';
import { refusal, type VirgateOperations } from '../../virgate/operation.ts';
import { viewNamed } from './catalogue.ts';
import { checkQuery } from './document.ts';

/** How many queries a user may keep. */
const mostSaved = 100;

const notThere = (): Error => refusal(404, 'not_found', 'You keep no such query.');

/** @throws {Fault} 400 and 404 for what could not be asked, 409 when the user keeps another of that name */
async function check(
  db: Kysely<Tables>,
  user: string,
  { name, query }: { name: string; query: WarehouseQuery },
  but: string | null,
): Promise<void> {
  checkQuery(await viewNamed(db, query.view), query);
  const same = await sql`select 1 from saved_query where user_id = ${user} and name = ${name} and id is distinct from ${but}::uuid`.execute(
    db,
  );
  if (same.rows.length > 0) throw refusal(409, 'name_in_use', 'name: you keep another query of that name.', 'name');
}

/** `/virgate/api/warehouse/saved-queries`: queries that a user keeps, for himself. */
export const savedQueryOperations: VirgateOperations = {
  SavedQueriesService: {
    list: {
      async run({ db, user }) {
        const found =
          await sql<SavedQuery>`select id, name, query from saved_query where user_id = ${user.id} order by lower(name), id`.execute(db);
        return found.rows;
      },
    },
    add: {
      async run({ db, user, body }) {
        await check(db, user.id, body, null);
        const added = await sql<SavedQuery>`insert into saved_query (user_id, name, query)
          select ${user.id}::uuid, ${body.name}, ${json(body.query)}::jsonb where (select count(*) from saved_query where user_id = ${user.id}) < ${mostSaved}
          returning id, name, query`.execute(db);
        const [row] = added.rows;
        if (row === undefined) throw refusal(409, 'too_many', [say`You keep ${mostSaved} queries, which is the most.`]);
        return row;
      },
    },
  },
  SavedQueryService: {
    update: {
      async run({ db, user, path, body }) {
        await check(db, user.id, body, path.savedQuery);
        const changed = await sql<SavedQuery>`update saved_query set name = ${body.name}, query = ${json(body.query)}::jsonb
          where user_id = ${user.id} and id = ${path.savedQuery} returning id, name, query`.execute(db);
        const [row] = changed.rows;
        if (row === undefined) throw notThere();
        return row;
      },
    },
    remove: {
      async run({ db, user, path }) {
        const gone = await sql`delete from saved_query where user_id = ${user.id} and id = ${path.savedQuery} returning 1`.execute(db);
        if (gone.rows.length === 0) throw notThere();
        return undefined;
      },
    },
  },
};
