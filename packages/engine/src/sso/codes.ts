import { createHash, randomBytes } from 'node:crypto';
import { transaction } from '@virgate/database';
import { sql } from 'kysely';
import type { LoginTarget } from '../access/login-flow.ts';
import { tokenHashOf } from '../access/tokens.ts';
import type { Engine } from '../engine.ts';

const codeMs = 60_000;
/** Used codes are remembered so long: who brings one again ends what was given for it. */
const rememberMs = 10 * 60_000;

/** What a code was given for. */
export interface Grant {
  userId: string;
  scope: string;
  nonce: string | null;
  secondFactor: boolean;
  authenticatedAt: number;
}

/** Makes a code that the client exchanges for a token, once, within a minute. */
export async function issueCode(
  engine: Engine,
  target: LoginTarget & { kind: 'code' },
  login: { userId: string; secondFactor: boolean; authenticatedAt: number },
): Promise<string> {
  const code = randomBytes(32).toString('base64url');
  await sql`delete from sso_code where expires_at < now() - ${rememberMs} * interval '1 millisecond'`.execute(engine.db);
  await engine.db
    .insertInto('sso_code')
    .values({
      code_hash: tokenHashOf(code),
      client_id: target.clientId,
      user_id: login.userId,
      redirect_uri: target.redirectUri,
      scope: target.scope,
      nonce: target.nonce,
      code_challenge: target.codeChallenge,
      second_factor: login.secondFactor,
      authenticated_at: new Date(login.authenticatedAt),
      expires_at: new Date(engine.now() + codeMs),
    })
    .execute();
  return code;
}

const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url');

/**
 * Exchanges a code. A code that comes twice was stolen: the token that was given for it ends, and what the client comes
 * again by for that user. Source: RFC 6749, section 4.1.2; RFC 7636.
 * @param issue makes the token, whose hash is kept with the code
 * @returns null for a code that is unknown, used, too old, of another client or address, or whose verifier is wrong
 */
export async function redeemCode<T extends { token: string }>(
  engine: Engine,
  given: { code: string; clientId: string; redirectUri: string; verifier: string | undefined },
  issue: (grant: Grant) => Promise<T>,
): Promise<T | null> {
  const hash = tokenHashOf(given.code);
  const grant = await transaction(engine.db, async (trx) => {
    const row = await trx.selectFrom('sso_code').selectAll().where('code_hash', '=', hash).forUpdate().executeTakeFirst();
    if (!row || row.client_id !== given.clientId) return null;
    if (row.token_hash !== null) {
      await trx.deleteFrom('access_token').where('token_hash', '=', row.token_hash).execute();
      await trx
        .deleteFrom('access_token')
        .where('kind', '=', 'refresh')
        .where('client_id', '=', row.client_id)
        .where('user_id', '=', row.user_id)
        .execute();
      return null;
    }
    // Used up, whatever comes of it; the hash of no token stands for that until there is one.
    await trx
      .updateTable('sso_code')
      .set({ token_hash: Buffer.alloc(0) })
      .where('code_hash', '=', hash)
      .execute();
    const verified = row.code_challenge === null ? given.verifier === undefined : challengeOf(given.verifier ?? '') === row.code_challenge;
    if (row.expires_at < engine.now() || row.redirect_uri !== given.redirectUri || !verified) return null;
    return {
      userId: row.user_id,
      scope: row.scope,
      nonce: row.nonce,
      secondFactor: row.second_factor,
      authenticatedAt: row.authenticated_at,
    };
  });
  if (grant === null) return null;
  const issued = await issue(grant);
  await engine.db
    .updateTable('sso_code')
    .set({ token_hash: tokenHashOf(issued.token) })
    .where('code_hash', '=', hash)
    .execute();
  return issued;
}
