import type { FastifyReply, FastifyRequest } from 'fastify';
import { apiScope } from '../access/tokens.ts';
import { scopesOf } from './scopes.ts';

/** The parameters of a request, of its URL and its form. */
export type Fields = Readonly<Record<string, string | undefined>>;

/** Parameters of the URL and of a form; the form wins. */
export function fieldsOf(request: FastifyRequest): Fields {
  const query = new URL(request.url, 'https://engine').searchParams;
  const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
  return Object.fromEntries([...query, ...form].filter(([name]) => name !== '__proto__'));
}

export const unknownClient = 'The client is unknown, or its secret is wrong.';
export const noGrant = 'The provided authorization grant is invalid, expired or revoked.';
export const jsonType = 'application/json;charset=UTF-8';

/** SSO errors come in two shapes: clients of the API know `error_code` and `error`, others OAuth's own names. */
export function refuse(reply: FastifyReply, fields: Fields, code: string, text: string, status = 400): FastifyReply {
  const forApi = scopesOf(fields['scope']).includes(apiScope);
  const body = forApi ? { error_code: code, error: text } : { error: code, error_description: text };
  return reply.code(status).type(jsonType).header('Cache-Control', 'no-store').send(body);
}

/** User name and password of an `Authorization: Basic` header; null when there is none. */
export function basicCredentials(header: string | undefined): { username: string; password: string } | null {
  const match = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? '');
  const text = match?.[1] ? Buffer.from(match[1], 'base64').toString('utf8') : '';
  const colon = text.indexOf(':');
  return colon > 0 ? { username: text.slice(0, colon), password: text.slice(colon + 1) } : null;
}
