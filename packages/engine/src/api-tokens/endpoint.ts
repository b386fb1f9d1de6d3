import { permits as contractPermits } from '@virgate/contract/generated/permits';
import type { ApiToken, ApiTokens, MadeApiToken, NewApiToken, VirgateCalls } from '@virgate/contract/generated/virgate';
import { sql } from 'kysely';
import { SYSTEM_ID } from '../access/objects.ts';
import { holdsPermit, type SignedIn } from '../access/permissions.ts';
import { apiScope, issueToken, tokenHashOf } from '../access/tokens.ts';
import type { Engine } from '../engine.ts';
import { say } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import { refusal, type VirgateContext, type VirgateOperations } from '../virgate/operation.ts';

const dayMs = 86_400_000;
const defaultDays = 90;
const maxDays = 3650;
/** Tokens that one user has at most. */
const maxTokens = 100;
const knownPermits = new Set<string>(contractPermits.map((permit) => permit.name));

interface TokenRow {
  id: string;
  name: string | null;
  user_id: string;
  principal: string;
  domain: string;
  read_only: boolean;
  permits: string[] | null;
  created_at: number;
  used_at: number | null;
  expires_at: number;
}

const scopeOf = (row: TokenRow): ApiToken['scope'] =>
  row.read_only ? 'read_only' : row.permits === null ? 'full' : { permits: row.permits };

const shownOf = (row: TokenRow): ApiToken => ({
  id: row.id,
  name: row.name,
  user: { id: row.user_id, name: `${row.principal}@${row.domain}` },
  scope: scopeOf(row),
  created: row.created_at,
  lastUsed: row.used_at,
  expires: row.expires_at,
});

const managesUsers = (engine: Engine, user: SignedIn): Promise<boolean> =>
  holdsPermit(engine.db, user, 'manipulate_users', { type: 'system', id: SYSTEM_ID });

async function tokens(engine: Engine, condition: { userId: string | null; id?: string }): Promise<TokenRow[]> {
  const found = await sql<TokenRow>`select t.id, t.name, t.user_id, u.principal, u.domain, t.read_only, t.permits, t.created_at,
    case when t.used_at > t.created_at then t.used_at end as used_at, t.expires_at
    from access_token t join app_user u on u.id = t.user_id
    where t.kind = 'api' and (${condition.userId}::uuid is null or t.user_id = ${condition.userId}::uuid)
      and (${condition.id ?? null}::uuid is null or t.id = ${condition.id ?? null}::uuid) and t.expires_at > now()
    order by t.created_at desc, t.id limit 10000`.execute(engine.db);
  return found.rows;
}

async function list({ engine, user, params }: VirgateContext<VirgateCalls['TokensService']['get']>): Promise<ApiTokens> {
  const wanted = params.user ?? user.id;
  if (wanted !== 'all' && !isUuid(wanted)) throw refusal(400, 'invalid_value', 'user must be the id of a user, or all.', 'user');
  if (wanted !== user.id && !(await managesUsers(engine, user)))
    throw refusal(403, 'not_authorized', 'The permit "manipulate_users" on the system is needed to see the tokens of others.');
  return { tokens: (await tokens(engine, { userId: wanted === 'all' ? null : wanted })).map(shownOf) };
}

/** The scope that a body asks for. @throws {Fault} 400 */
function scopeFrom(scope: NewApiToken['scope']): { readOnly: boolean; permits: string[] | null } {
  if (scope === undefined || scope === 'full') return { readOnly: false, permits: null };
  if (scope === 'read_only') return { readOnly: true, permits: null };
  const unknown = scope.permits.find((one) => !knownPermits.has(one));
  if (unknown !== undefined) throw refusal(400, 'invalid_value', [say`There is no permit ${unknown}.`], 'scope.permits');
  return { readOnly: false, permits: [...new Set(scope.permits)].toSorted() };
}

async function add({ engine, user, body }: VirgateContext<VirgateCalls['TokensService']['add']>): Promise<MadeApiToken> {
  // What a token is not good for could be had by a new one.
  if (user.session.kind === 'api') throw refusal(403, 'token_makes_no_token', 'A token makes no further tokens: sign in with a password.');
  const { name, expires, scope } = body;
  const end = expires === undefined ? engine.now() + defaultDays * dayMs : new Date(expires).getTime();
  if (!(end > engine.now() && end <= engine.now() + maxDays * dayMs))
    throw refusal(400, 'invalid_value', [say`expires must be a time in the future, within ${maxDays} days.`], 'expires');
  const wanted = scopeFrom(scope);
  if ((await tokens(engine, { userId: user.id })).length >= maxTokens)
    throw refusal(409, 'too_many_tokens', [say`A user has at most ${maxTokens} tokens. Remove one first.`]);
  const token = await issueToken(engine.db, {
    kind: 'api',
    userId: user.id,
    scope: apiScope,
    name: name.trim(),
    expiresAt: end,
    // It may lie unused as long as it lasts.
    idleTimeoutMs: (maxDays + 1) * dayMs,
    ...wanted,
  });
  const { id } = await engine.db
    .selectFrom('access_token')
    .select('id')
    .where('token_hash', '=', tokenHashOf(token))
    .executeTakeFirstOrThrow();
  const [made] = await tokens(engine, { userId: user.id, id });
  if (!made) throw refusal(409, 'token_ended', 'The token was ended while it was made.');
  engine.log.info({ user: user.id, tokenId: id }, 'a user made a token for his programs');
  return { ...shownOf(made), token };
}

async function remove({ engine, user, path: { token: id } }: VirgateContext<VirgateCalls['TokenService']['remove']>): Promise<undefined> {
  const [found] = await tokens(engine, { userId: null, id });
  const own = found?.user_id === user.id && (user.limits === undefined || user.session.id === id);
  if (!found || (!own && !(await managesUsers(engine, user)))) throw refusal(404, 'unknown_token', 'There is no such token.');
  await engine.db.deleteFrom('access_token').where('id', '=', id).execute();
  engine.log.info({ user: user.id, tokenId: id }, 'a token for programs was ended');
}

/** Tokens that users make for their programs, used as `Authorization: Bearer`; the token itself is told once, when it is made. */
export const apiTokenOperations: VirgateOperations = {
  TokensService: { get: { run: list }, add: { run: add } },
  TokenService: { remove: { run: remove } },
};
