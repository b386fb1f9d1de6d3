import { createHash, randomBytes } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import type { Engine } from '../engine.ts';
import type { Tables } from '../tables/schema.ts';
import { SYSTEM_ID } from './objects.ts';
import { principalsOf, type SignedIn } from './permissions.ts';

/**
 * `sso`: an OAuth token; `session`: a `JSESSIONID` of `Prefer: persistent-auth`; `browser`: the portal's session; `login`: a
 * browser that signed in on the engine's page, good for codes alone; `api`: a token that a user made for his programs; `refresh`: good for
 * other tokens of single sign-on alone, by the client that it was given to; `ssh`: a connection to the
 * proxy of serial consoles.
 */
export type TokenKind = 'sso' | 'session' | 'browser' | 'login' | 'api' | 'refresh' | 'ssh';

/** Longest life of a token in seconds. Source: engine configuration, SSO_TOKEN_TIMEOUT. */
export const tokenLifeSeconds = 360_000;
/** Idle time after which a token is dead where nobody says another, in minutes. */
const idleMinutes = 30;
/** Idle time of sessions without a limit of their own: as long as a token lives. */
const unlimitedMinutes = tokenLifeSeconds / 60;

/** Idle time of new sessions. -1 is without limit. Source: configuration option UserSessionTimeOutInterval. */
export function idleTimeoutOf(engine: Pick<Engine, 'options'>): number {
  const minutes = engine.options.number('UserSessionTimeOutInterval');
  return (minutes > 0 ? minutes : unlimitedMinutes) * 60_000;
}
/** How stale `used_at` may become before it is written again: keeps reads free of writes. */
const touchAfterMs = 30_000;

/** What the database knows a token by. */
export const tokenHashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** Scope that a token of single sign-on must have to be good for the API. Source: REST contract, authentication. */
export const apiScope = 'ovirt-app-api';

/** What a new token is for. */
export interface TokenRequest {
  kind: TokenKind;
  userId: string;
  scope?: string;
  sourceAddress?: string | undefined;
  userAgent?: string | undefined;
  idleTimeoutMs?: number;
  /** End of the token whatever else happens, in milliseconds of the epoch. */
  expiresAt?: number;
  /** What the user calls it. */
  name?: string;
  /** Only reads. */
  readOnly?: boolean;
  /** The only permits that it is good for, of those that its user has. */
  permits?: readonly string[] | null;
  /** Requests by cookie must repeat it in a header. */
  csrfProtected?: boolean;
  /** The client of single sign-on that it was given to. */
  clientId?: string | undefined;
  /** Whether a second factor was shown. */
  secondFactor?: boolean;
}

/** Sessions that a user has at once; beyond that the one that was used longest ago ends. */
export const maxSessionsOfUser = 1000;
const maxUserAgentLength = 200;
/** What begins the tokens that users make, so that scanners for leaked secrets know them. */
const apiTokenPrefix = 'vgt_';

/** Makes a token, stores its hash, and returns the token itself: the only time that it is seen. */
export async function issueToken(db: Kysely<Tables>, request: TokenRequest): Promise<string> {
  const token = `${request.kind === 'api' ? apiTokenPrefix : ''}${randomBytes(48).toString('base64url')}`;
  if (request.kind !== 'api')
    await sql`delete from access_token where token_hash in (select token_hash from access_token
      where user_id = ${request.userId} and kind not in ('api', 'refresh') order by used_at desc offset ${maxSessionsOfUser - 1})`.execute(
      db,
    );
  const expiresAt = request.expiresAt ?? Date.now() + tokenLifeSeconds * 1000;
  await db
    .insertInto('access_token')
    .values({
      token_hash: tokenHashOf(token),
      kind: request.kind,
      user_id: request.userId,
      scope: request.scope ?? '',
      source_address: request.sourceAddress ?? null,
      user_agent: request.userAgent?.slice(0, maxUserAgentLength) ?? null,
      idle_timeout_ms: request.idleTimeoutMs ?? idleMinutes * 60_000,
      expires_at: new Date(expiresAt),
      name: request.name ?? null,
      read_only: request.readOnly ?? false,
      permits: request.permits ? [...request.permits] : null,
      csrf_protected: request.csrfProtected ?? false,
      client_id: request.clientId ?? null,
      second_factor: request.secondFactor ?? false,
    })
    .execute();
  return token;
}

interface TokenRow {
  id: string;
  principal: string;
  domain: string;
  group_ids: string[];
  used_at: number;
  /** Of all roles on the system, one after the other. */
  permits: string | null;
  administrator: boolean;
  session_id: string;
  kind: TokenKind;
  scope: string;
  read_only: boolean;
  token_permits: string[] | null;
  csrf_protected: boolean;
  second_factor: boolean;
}

/** Groups up to which all of a user's are carried along with his requests. */
const maxCarriedGroups = 50;
/** SQL: the groups of a user `u` that count for permissions. Who is in thousands of groups has permissions by a few. */
const permittedGroups = sql`case when cardinality(u.group_ids) <= ${sql.lit(maxCarriedGroups)} then u.group_ids else
  array(select distinct p.principal_id from permission p where p.principal_kind = 'group' and p.principal_id in (select unnest(u.group_ids))) end`;

/** Whom permissions may name for a user, as his groups are now. */
export async function principalsNow(db: Kysely<Tables>, userId: string): Promise<string[]> {
  const found = await sql<{ ids: string[] }>`select ${permittedGroups} as ids from app_user u where u.id = ${userId}`.execute(db);
  return principalsOf(userId, found.rows[0]?.ids ?? []);
}

/**
 * The user of a live token with all that requests need to know of him, in one statement; null when the token is unknown,
 * expired, idle for too long, without the scope that is asked for, or its user disabled.
 */
export async function findToken(db: Kysely<Tables>, token: string, kinds?: readonly TokenKind[], scope?: string): Promise<SignedIn | null> {
  const hash = tokenHashOf(token);
  const found = await sql<TokenRow>`
    select u.id, u.principal, u.domain, g.ids as group_ids, t.used_at, t.id as session_id, t.kind, t.scope, t.read_only, t.permits as token_permits, t.csrf_protected, t.second_factor,
      (select string_agg(array_to_string(r.permits, ' '), ' ') from permission p join role r on r.id = p.role_id
        where p.object_id = ${SYSTEM_ID}::uuid and p.principal_id = any(g.ids || u.id || 'eee00000-0000-0000-0000-123456789eee'::uuid)) as permits,
      exists (select 1 from permission p join role r on r.id = p.role_id
        where r.administrative and p.principal_id = any(g.ids || u.id)) as administrator
    from access_token t join app_user u on u.id = t.user_id cross join lateral (select ${permittedGroups} as ids offset 0) g
    where t.token_hash = ${hash} and u.enabled
      and (u.valid_until is null or u.valid_until > now())
      and t.expires_at > now() and t.used_at > now() - t.idle_timeout_ms * interval '1 millisecond'`.execute(db);
  const row = found.rows[0];
  if (!row || kinds?.includes(row.kind) === false || (scope !== undefined && !row.scope.split(' ').includes(scope))) return null;
  if (Date.now() - row.used_at > touchAfterMs) {
    await db.updateTable('access_token').set({ used_at: new Date() }).where('token_hash', '=', hash).execute();
  }
  return {
    id: row.id,
    principal: row.principal,
    domain: row.domain,
    principals: principalsOf(row.id, row.group_ids),
    administrator: row.administrator,
    systemPermits: new Set((row.permits?.split(' ') ?? []).filter((permit) => row.token_permits?.includes(permit) ?? true)),
    token: hash,
    session: { id: row.session_id, kind: row.kind, csrfProtected: row.csrf_protected, secondFactor: row.second_factor },
    ...(row.read_only || row.token_permits !== null
      ? { limits: { readOnly: row.read_only, permits: row.token_permits === null ? null : new Set(row.token_permits) } }
      : {}),
  };
}

/** Ends a token at once, for every engine. Unknown tokens are no error. */
export async function revokeToken(db: Kysely<Tables>, token: string): Promise<void> {
  await db.deleteFrom('access_token').where('token_hash', '=', tokenHashOf(token)).execute();
}

/** Ends all sessions of a user. What he made for his programs stays: it is ended by itself. */
export async function revokeUser(db: Kysely<Tables>, userId: string): Promise<void> {
  await db.deleteFrom('access_token').where('user_id', '=', userId).where('kind', '<>', 'api').execute();
}
