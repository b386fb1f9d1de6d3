import type { Kysely } from 'kysely';
import { recordEvent } from '../events/record.ts';
import type { Tables } from '../tables/schema.ts';

/** Writes the event of a sign-in or sign-out. */
export async function recordSignIn(db: Kysely<Tables>, name: 'USER_VDC_LOGIN' | 'USER_VDC_LOGOUT', userId: string): Promise<void> {
  const user = await db.selectFrom('app_user').select(['id', 'principal', 'domain']).where('id', '=', userId).executeTakeFirst();
  if (!user) return;
  await db.transaction().execute((trx) => recordEvent(trx, { name, user: { id: user.id, name: `${user.principal}@${user.domain}` } }));
}
