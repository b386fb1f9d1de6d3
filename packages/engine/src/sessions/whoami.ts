import type { Whoami } from '@virgate/contract/generated/virgate';
import { sql } from 'kysely';
import { EVERYONE_ID, SYSTEM_ID } from '../access/objects.ts';
import { principalName, type SignedIn } from '../access/permissions.ts';
import { profileOf } from '../access/profiles.ts';
import type { Engine } from '../engine.ts';
import type { VirgateOperations } from '../virgate/operation.ts';

interface Named {
  id: string;
  name: string;
}

async function answer(engine: Engine, user: SignedIn): Promise<Whoami> {
  const { db } = engine;
  const facts = await db
    .selectFrom('app_user')
    .select(['first_name', 'last_name', 'email', 'group_ids'])
    .where('id', '=', user.id)
    .executeTakeFirstOrThrow();
  const groups = await sql<Named>`select id, name from directory_group where id = any(${[...facts.group_ids, EVERYONE_ID]}::uuid[])
    order by name`.execute(db);
  const roles = await sql<Named & { administrative: boolean }>`select distinct r.id, r.name, r.administrative
    from permission p join role r on r.id = p.role_id
    where p.object_id = ${SYSTEM_ID}::uuid and p.principal_id = any(${user.principals}::uuid[]) order by r.name`.execute(db);
  const session = await db
    .selectFrom('access_token')
    .select(['created_at', 'used_at', 'expires_at', 'idle_timeout_ms'])
    .where('token_hash', '=', user.token)
    .executeTakeFirst();
  return {
    user: {
      id: user.id,
      name: user.principal,
      principal: principalName(user),
      signInName: `${user.principal}@${await profileOf(engine, user.domain)}`,
      domain: user.domain,
      firstName: facts.first_name,
      lastName: facts.last_name,
      email: facts.email,
      administrator: user.administrator,
    },
    groups: groups.rows,
    roles: roles.rows,
    /** Permits that hold on the whole system, as far as this session is good for them. */
    permits: [...user.systemPermits].toSorted(),
    session: {
      id: user.session.id,
      kind: user.session.kind,
      secondFactor: user.session.secondFactor,
      readOnly: user.limits?.readOnly ?? false,
      permits: user.limits?.permits ? [...user.limits.permits].toSorted() : null,
      ...(session ? { created: session.created_at, expires: Math.min(session.expires_at, session.used_at + session.idle_timeout_ms) } : {}),
    },
  };
}

/** `GET /virgate/api/whoami`: user, groups, roles and permits on the system, and the session that asks. */
export const whoamiOperations: VirgateOperations = { WhoamiService: { get: { run: ({ engine, user }) => answer(engine, user) } } };
