import type { ChangeType } from '@virgate/contract/generated/virgate';
import { sql, type Kysely } from 'kysely';
import type { Tables } from '../tables/schema.ts';

/** What a change can be about: the types of the feed at `/virgate/api/changes`, as its declaration has them. */
export type { ChangeType };

/** Notification channel that tells the publisher that something was committed. */
export const changesChannel = 'virgate_changes';

/**
 * Notes that an object changed, in the transaction that changes it. Where several ids are given one row is written for each.
 * The notification leaves PostgreSQL at the commit, and never when it is rolled back.
 */
export async function noteChange(
  db: Kysely<Tables>,
  type: ChangeType,
  ids: string | readonly string[],
  operation: 'add' | 'update' | 'remove',
): Promise<void> {
  const list = typeof ids === 'string' ? [ids] : ids;
  if (list.length === 0) return;
  await sql`insert into change (type, object_id, operation) select ${type}, unnest(${list}::text[]), ${operation}`.execute(db);
  await sql`notify virgate_changes`.execute(db);
}
