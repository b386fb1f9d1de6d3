import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Kysely, Selectable } from 'kysely';
import type { SsoClientTable, Tables } from '../tables/schema.ts';
import { basicCredentials, type Fields } from './requests.ts';

export type SsoClient = Selectable<SsoClientTable>;

const secretBytes = 32;
/** Secrets that somebody else made must be long enough to be stored as a plain hash. */
export const minSecretLength = 24;

export const newClientSecret = (): string => randomBytes(secretBytes).toString('base64url');
export const secretHashOf = (secret: string): Buffer => createHash('sha256').update(`client ${secret}`).digest();

/** The client of an id; undefined when none is registered. */
export const clientOf = (db: Kysely<Tables>, id: string): Promise<SsoClient | undefined> =>
  db.selectFrom('sso_client').selectAll().where('id', '=', id).executeTakeFirst();

/** The client that a request's id and secret stand for, of its form or its Basic header; null for none or wrong ones. */
export async function authenticateClient(db: Kysely<Tables>, request: FastifyRequest, fields: Fields): Promise<SsoClient | null> {
  const basic = basicCredentials(request.headers.authorization);
  const [id, secret] =
    fields['client_id'] !== undefined && fields['client_secret'] !== undefined
      ? [fields['client_id'], fields['client_secret']]
      : [decoded(basic?.username), decoded(basic?.password)];
  const client = id === '' ? undefined : await clientOf(db, id);
  const given = secretHashOf(secret);
  const right = timingSafeEqual(client?.secret_hash ?? Buffer.alloc(given.length), given);
  return client !== undefined && right ? client : null;
}

/** Id and secret are form-encoded within the header. Source: RFC 6749, section 2.3.1. */
function decoded(text: string | undefined): string {
  try {
    return decodeURIComponent((text ?? '').replaceAll('+', ' '));
  } catch {
    return '';
  }
}

/** Why an address cannot be one to which users are sent back; null when it can. */
export function redirectProblem(uri: string): string | null {
  if (!URL.canParse(uri)) return 'must be a whole address';
  const url = new URL(uri);
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)) return 'must begin with https:// (http:// for localhost alone)';
  if (url.hash !== '' || uri.endsWith('#')) return 'must be without a fragment';
  return url.username === '' && url.password === '' ? null : 'must be without a user name';
}
