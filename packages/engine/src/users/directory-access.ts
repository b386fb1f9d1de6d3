import { sql, type Kysely } from 'kysely';
import type { SignedIn } from '../access/permissions.ts';
import type { Tables } from '../tables/schema.ts';

const permits = ['manipulate_users', 'manipulate_permissions', 'add_users_and_groups_from_directory'];

/** Whether somebody may look into directories: whoever may give permissions or manage users on anything. */
export async function mayLookIntoDirectories(db: Kysely<Tables>, user: SignedIn): Promise<boolean> {
  if (user.administrator) return true;
  const found = await sql`select 1 from permission p join role r on r.id = p.role_id
    where p.principal_id = any(${user.principals}::uuid[]) and r.permits && ${permits}::text[] limit 1`.execute(db);
  return found.rows.length > 0;
}
