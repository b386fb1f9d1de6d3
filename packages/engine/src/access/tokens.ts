import { createHash, randomBytes } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import type { Engine } from '../engine.ts';
import type { Tables } from '../tables/schema.ts';
import { SYSTEM_ID } from './objects.ts';
import { principalsOf, type SignedIn } from './permissions.ts';

/** `sso`: an OAuth token; `session`: a `JSESSIONID` of `Prefer: persistent-auth`; `browser`: the portal's session. */
export type TokenKind = 'sso' | 'session' | 'browser';

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

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** Scope that a token of single sign-on must have to be good for the API. Source: REST contract, authentication. */
export const apiScope = 'ovirt-app-api';

/** What a new token is for. */
export interface TokenRequest {
  kind: TokenKind;
  userId: string;
  scope?: string;
  sourceAddress?: string | undefined;
  idleTimeoutMs?: number;
}

/** Makes a token, stores its hash, and returns the token itself: the only time that it is seen. */
export async function issueToken(db: Kysely<Tables>, request: TokenRequest): Promise<string> {
  const token = randomBytes(48).toString('base64url');
  await db
    .insertInto('access_token')
    .values({
      token_hash: hashOf(token),
      kind: request.kind,
      user_id: request.userId,
      scope: request.scope ?? '',
      source_address: request.sourceAddress ?? null,
      idle_timeout_ms: request.idleTimeoutMs ?? idleMinutes * 60_000,
      expires_at: new Date(Date.now() + tokenLifeSeconds * 1000),
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
  permits: string[] | null;
  administrator: boolean;
}

/**
 * The user of a live token with all that requests need to know of him, in one statement; null when the token is unknown,
 * expired, idle for too long, without the scope that is asked for, or its user disabled.
 */
export async function findToken(db: Kysely<Tables>, token: string, kind?: TokenKind, scope?: string): Promise<SignedIn | null> {
  const hash = hashOf(token);
  const found = await sql<TokenRow>`
    select u.id, u.principal, u.domain, u.group_ids, t.used_at,
      (select array_agg(distinct x) from permission p join role r on r.id = p.role_id, unnest(r.permits) x
        where p.object_id = ${SYSTEM_ID}::uuid and p.principal_id = any(u.group_ids || u.id || 'eee00000-0000-0000-0000-123456789eee'::uuid)) as permits,
      exists (select 1 from permission p join role r on r.id = p.role_id
        where r.administrative and p.principal_id = any(u.group_ids || u.id)) as administrator
    from access_token t join app_user u on u.id = t.user_id
    where t.token_hash = ${hash} and (${kind ?? null}::text is null or t.kind = ${kind ?? null}) and u.enabled
      and (${scope ?? null}::text is null or ${scope ?? null} = any(string_to_array(t.scope, ' ')))
      and t.expires_at > now() and t.used_at > now() - t.idle_timeout_ms * interval '1 millisecond'`.execute(db);
  const row = found.rows[0];
  if (!row) return null;
  if (Date.now() - row.used_at > touchAfterMs) {
    await db.updateTable('access_token').set({ used_at: new Date() }).where('token_hash', '=', hash).execute();
  }
  return {
    id: row.id,
    principal: row.principal,
    domain: row.domain,
    principals: principalsOf(row.id, row.group_ids),
    administrator: row.administrator,
    systemPermits: new Set(row.permits ?? []),
    token: hash,
  };
}

/** Ends a token at once, for every engine. Unknown tokens are no error. */
export async function revokeToken(db: Kysely<Tables>, token: string): Promise<void> {
  await db.deleteFrom('access_token').where('token_hash', '=', hashOf(token)).execute();
}

/** Ends all tokens of a user, such as after his removal or a change of password. */
export async function revokeUser(db: Kysely<Tables>, userId: string): Promise<void> {
  await db.deleteFrom('access_token').where('user_id', '=', userId).execute();
}
