import { createClient, type Client } from '@virgate/sdk';
import type { RestClient } from '../engine/rest-client.ts';

/** The SDK over a test's own connection, which knows the installation's authority and its administrator. */
export function clientOver(rest: RestClient): Client {
  const send: typeof fetch = async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const headers = Object.fromEntries(new Headers(init.headers).entries());
    const answer = await rest.call(init.method ?? 'GET', url.pathname + url.search, {
      headers,
      ...(typeof init.body === 'string' ? { body: init.body } : {}),
    });
    const empty = answer.status === 204 || answer.text === '';
    return new Response(empty ? null : answer.text, { status: answer.status, headers: { 'content-type': 'application/json' } });
  };
  return createClient({ url: rest.url, fetch: send });
}
