import { transaction } from '@virgate/database';
import type { EndedSessions, OpenSession, OpenSessions, SessionKind, VirgateCalls } from '@virgate/contract/generated/virgate';
import { sql } from 'kysely';
import { SYSTEM_ID } from '../access/objects.ts';
import { holdsPermit, principalName, type SignedIn } from '../access/permissions.ts';
import type { Engine } from '../engine.ts';
import { recordEvent } from '../events/record.ts';
import { refusal, type VirgateContext, type VirgateOperations } from '../virgate/operation.ts';

const listed = 100;

interface SessionRow {
  id: string;
  kind: string;
  user_id: string;
  principal: string;
  domain: string;
  source_address: string | null;
  user_agent: string | null;
  created_at: number;
  used_at: number;
  expires_at: number;
  idle_timeout_ms: number;
}

/** A session as it is shown: times are milliseconds of the epoch. */
const shownOf = (row: SessionRow, current: string): OpenSession => ({
  id: row.id,
  kind: row.kind as SessionKind,
  user: { id: row.user_id, name: `${row.principal}@${row.domain}` },
  sourceAddress: row.source_address,
  userAgent: row.user_agent,
  created: row.created_at,
  lastUsed: row.used_at,
  expires: Math.min(row.expires_at, row.used_at + row.idle_timeout_ms),
  current: row.id === current,
});

/** Whether somebody sees and ends the sessions of others. */
const managesUsers = (engine: Engine, user: SignedIn): Promise<boolean> =>
  holdsPermit(engine.db, user, 'manipulate_users', { type: 'system', id: SYSTEM_ID });

async function list({ engine, user, params }: VirgateContext<VirgateCalls['SessionsService']['get']>): Promise<OpenSessions> {
  const { max = listed, page = 1 } = params;
  const all = await managesUsers(engine, user);
  const wanted = params.user ?? (all ? null : user.id);
  if (!all && wanted !== user.id)
    throw refusal(403, 'not_authorized', 'The permit "manipulate_users" on the system is needed to see the sessions of others.');
  const live = sql`t.kind <> 'api' and (${wanted}::uuid is null or t.user_id = ${wanted}::uuid)
    and t.expires_at > now() and t.used_at > now() - t.idle_timeout_ms * interval '1 millisecond'`;
  const rows = await sql<SessionRow>`select t.id, t.kind, t.user_id, u.principal, u.domain, t.source_address, t.user_agent, t.created_at,
    t.used_at, t.expires_at, t.idle_timeout_ms
    from access_token t join app_user u on u.id = t.user_id where ${live}
    order by t.created_at desc, t.id limit ${max} offset ${(page - 1) * max}`.execute(engine.db);
  const total = await sql<{ count: number }>`select count(*)::int as count from access_token t where ${live}`.execute(engine.db);
  return { sessions: rows.rows.map((row) => shownOf(row, user.session.id)), total: total.rows[0]?.count ?? 0 };
}

/** Ends sessions that a condition picks, with an event for each user. Cookies, tokens and streams end with them, in every engine. */
async function endSessions(
  engine: Engine,
  actor: SignedIn,
  condition: { id: string } | { userId: string; except: string },
): Promise<number> {
  return transaction(engine.db, async (trx) => {
    const ended = await trx
      .deleteFrom('access_token')
      .where('kind', '<>', 'api')
      .$call((query) =>
        'id' in condition
          ? query.where('id', '=', condition.id)
          : query.where('user_id', '=', condition.userId).where('id', '<>', condition.except),
      )
      .returning('user_id')
      .execute();
    const users = [...new Set(ended.map((row) => row.user_id))];
    if (users.length === 0) return 0;
    for (const owner of await trx.selectFrom('app_user').select(['principal', 'domain']).where('id', 'in', users).execute())
      await recordEvent(trx, {
        name: 'USER_VDC_SESSION_TERMINATED',
        user: { id: actor.id, name: principalName(actor) },
        values: { terminatedSessionUsername: principalName(owner) },
      });
    return ended.length;
  });
}

async function endOne({
  engine,
  user,
  path: { session: id },
}: VirgateContext<VirgateCalls['SessionService']['remove']>): Promise<undefined> {
  const all = await managesUsers(engine, user);
  const found = await engine.db
    .selectFrom('access_token')
    .select('user_id')
    .where('id', '=', id)
    .where('kind', '<>', 'api')
    .executeTakeFirst();
  // A session of somebody else is answered like none.
  if (!found || (found.user_id !== user.id && !all)) throw refusal(404, 'unknown_session', 'There is no such session.');
  if (user.limits !== undefined && !all) throw refusal(403, 'not_authorized', 'This token does not end sessions.');
  await endSessions(engine, user, { id });
}

async function endAll({ engine, user, params }: VirgateContext<VirgateCalls['SessionsService']['removeAll']>): Promise<EndedSessions> {
  const wanted = params.user;
  if ((wanted !== user.id || user.limits !== undefined) && !(await managesUsers(engine, user)))
    throw refusal(403, 'not_authorized', 'The permit "manipulate_users" on the system is needed to end the sessions of others.');
  return { ended: await endSessions(engine, user, { userId: wanted, except: user.session.id }) };
}

/** Sessions of every kind (portal, OAuth, `JSESSIONID`): one's own, or all for who has `manipulate_users` on the system. */
export const sessionOperations: VirgateOperations = {
  SessionsService: { get: { run: list }, removeAll: { run: endAll } },
  SessionService: { remove: { run: endOne } },
};
