import type { FastifyReply, FastifyRequest } from 'fastify';
import { internalDomain } from '../access/internal-directory.ts';
import type { SignedIn } from '../access/permissions.ts';
import { profileOf } from '../access/profiles.ts';
import { findToken } from '../access/tokens.ts';
import type { Engine } from '../engine.ts';
import { authenticateClient, type SsoClient } from './clients.ts';
import { membershipRecord, type FoundGroup } from './directory-records.ts';
import { searchDirectories, SearchRefused } from './directory-search.ts';
import { javaList, javaMap } from './java-json.ts';
import { fieldsOf, jsonType, noGrant, refuse, unknownClient, type Fields } from './requests.ts';
import { scopes, scopesOf } from './scopes.ts';
import { openEnd } from './token.ts';

interface Asked {
  engine: Engine;
  reply: FastifyReply;
  fields: Fields;
}

const answer = (reply: FastifyReply, body: unknown): FastifyReply => reply.type(jsonType).header('Cache-Control', 'no-store').send(body);

async function facts({ engine, reply }: Asked, user: SignedIn): Promise<FastifyReply> {
  const known = await engine.db
    .selectFrom('app_user')
    .innerJoin('access_token', 'access_token.user_id', 'app_user.id')
    .select(['external_id', 'email', 'first_name', 'last_name', 'namespace', 'group_ids', 'access_token.scope', 'access_token.client_id'])
    .where('access_token.token_hash', '=', user.token)
    .executeTakeFirst();
  const groups: FoundGroup[] = await engine.db
    .selectFrom('directory_group')
    .select(['namespace', 'external_id as externalId', 'name'])
    .where('id', 'in', known && known.group_ids.length > 0 ? known.group_ids : [user.id])
    .orderBy('name')
    .execute();
  return answer(reply, {
    active: true,
    token_type: 'bearer',
    client_id: known?.client_id ?? '',
    scope: known?.scope ?? '',
    user_id: `${user.principal}@${await profileOf(engine, user.domain)}`,
    user_authz: user.domain,
    exp: openEnd,
    ovirt: javaMap({
      version: '0',
      principal_id: known?.external_id ?? user.id,
      email: known?.email ?? '',
      namespace: known?.namespace ?? '*',
      first_name: known?.first_name ?? '',
      last_name: known?.last_name ?? '',
      group_ids: javaList(groups.map(membershipRecord)),
      capability_credentials_change: user.domain === internalDomain,
    }),
  });
}

async function search({ engine, reply, fields }: Asked, client: SsoClient, open: boolean): Promise<FastifyReply> {
  const token = fields['token'] ?? '';
  const user = open ? null : await findToken(engine.db, token, ['sso'], scopes.authzSearch);
  if (!open && user === null) {
    const narrow = (await findToken(engine.db, token, ['sso'])) !== null;
    return narrow
      ? refuse(reply, fields, 'invalid_scope', `The token was not given for the scope ${scopes.authzSearch}.`)
      : refuse(reply, fields, 'invalid_grant', noGrant);
  }
  try {
    return answer(reply, {
      result: await searchDirectories(engine, { type: fields['query_type'], params: fields['params'], client, user }),
    });
  } catch (error) {
    if (error instanceof SearchRefused) return refuse(reply, fields, error.code, error.message);
    throw error;
  }
}

/**
 * `oauth/token-info`: whether a token is good, for anybody who has it; whom it stands for, and what directories know, for clients that are
 * registered. Source: oVirt's single sign-on, whose clients read the facts by the shape that {@link javaMap} writes.
 */
export async function tokenInfo(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const fields = fieldsOf(request);
  const asked = { engine, reply, fields };
  const wanted = scopesOf(fields['scope']);
  const validates = wanted.includes(scopes.validate);
  const client = validates ? null : await authenticateClient(engine.db, request, fields);
  if (!validates && !client) return refuse(reply, fields, 'unauthorized_client', unknownClient);
  const open = wanted.includes(scopes.publicAuthzSearch);
  if (client && (open || wanted.includes(scopes.authzSearch))) return search(asked, client, open);
  const user = await findToken(engine.db, fields['token'] ?? '', ['sso', 'session', 'browser', 'api']);
  if (!user) return refuse(reply, fields, 'invalid_grant', noGrant);
  return validates ? reply.type(jsonType).send({}) : facts(asked, user);
}
