import type { FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { originOf } from '../access/authenticate.ts';
import { issueToken, tokenHashOf } from '../access/tokens.ts';
import type { Engine } from '../engine.ts';
import type { SsoClient } from './clients.ts';
import type { Grant } from './codes.ts';

const dayMs = 24 * 3600_000;
/** A client that does not come for so long has lost its user; after the other time he signs in anew, whatever the client does. */
export const refreshTimes = { idleMs: 30 * dayMs, lifeMs: 180 * dayMs } as const;
/** As many of one client for one user; a further one ends the oldest. */
const maxOfClientAndUser = 20;

/**
 * Makes the token by which a client gets others while its user is away. It is good together with the client's secret alone, so that it need
 * not change each time that it is used. Source: RFC 6749, sections 1.5 and 6; OpenID Connect Core, section 11.
 */
export async function issueRefreshToken(engine: Engine, request: FastifyRequest, client: SsoClient, grant: Grant): Promise<string> {
  await sql`delete from access_token where token_hash in (select token_hash from access_token
    where user_id = ${grant.userId} and client_id = ${client.id} and kind = 'refresh'
    order by used_at desc offset ${maxOfClientAndUser - 1})`.execute(engine.db);
  return issueToken(engine.db, {
    kind: 'refresh',
    userId: grant.userId,
    scope: grant.scope,
    clientId: client.id,
    secondFactor: grant.secondFactor,
    ...originOf(request),
    idleTimeoutMs: refreshTimes.idleMs,
    expiresAt: engine.now() + refreshTimes.lifeMs,
  });
}

/**
 * What a refresh token was given for.
 * @returns null for one that is unknown, ended, of another client, or of a user who may not sign in
 */
export async function grantOfRefreshToken(engine: Engine, client: SsoClient, token: string): Promise<Grant | null> {
  const found = await sql<{ user_id: string; scope: string; second_factor: boolean; created_at: number }>`
    update access_token t set used_at = now() from app_user u
    where t.token_hash = ${tokenHashOf(token)} and t.kind = 'refresh' and t.client_id = ${client.id} and u.id = t.user_id
      and u.enabled and (u.valid_until is null or u.valid_until > now())
      and t.expires_at > now() and t.used_at > now() - t.idle_timeout_ms * interval '1 millisecond'
    returning t.user_id, t.scope, t.second_factor, t.created_at`.execute(engine.db);
  const row = found.rows[0];
  if (!row) return null;
  return { userId: row.user_id, scope: row.scope, nonce: null, secondFactor: row.second_factor, authenticatedAt: row.created_at };
}

/** Ends a refresh token of a client, and what the client got for its user. Source: RFC 7009, section 2.1. */
export async function revokeRefreshToken(engine: Engine, client: SsoClient, token: string): Promise<void> {
  await sql`delete from access_token t using access_token r
    where r.token_hash = ${tokenHashOf(token)} and r.kind = 'refresh' and r.client_id = ${client.id}
      and t.client_id = r.client_id and t.user_id = r.user_id`.execute(engine.db);
}
