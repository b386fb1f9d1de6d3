import type { Link } from '../call.ts';
import { places } from '../generated/virgate-table.ts';
import type { RequestOptions } from '../request.ts';
import type { Transport } from '../transport.ts';

/** Carries out calls of Virgate's own API that the proxy of `client.ts` recorded; loaded with the first of them. */

const base = '/virgate/api';

interface Method {
  http: string;
  action: string;
  body: boolean;
  params: boolean;
}

function methodOf(template: string, name: string): Method | undefined {
  for (const line of (places[template] ?? '').split(' ')) {
    const [method, http = '', action = '', letters = ''] = line.split(':');
    if (method === name) return { http, action, body: letters.includes('b'), params: letters.includes('p') };
  }
  return undefined;
}

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** @throws TypeError for a name that there is not; ApiFault, EngineUnreachable */
export async function invokeVirgate(
  transport: Transport,
  links: readonly Link[],
  name: string,
  args: readonly unknown[],
): Promise<unknown> {
  let template = '';
  let path = base;
  for (const link of links) {
    template += `/${link.args === undefined ? kebab(link.name) : `{${link.name}}`}`;
    if (places[template] === undefined) throw new TypeError(`Virgate's API has no ${template}`);
    path += `/${link.args === undefined ? kebab(link.name) : idSegment(link)}`;
  }
  const method = methodOf(template, name);
  if (method === undefined) throw new TypeError(`${template} of Virgate's API has no ${name}()`);
  const rest = [...args];
  const body = method.body ? (rest.shift() ?? {}) : undefined;
  const params = method.params ? rest.shift() : undefined;
  return transport.json(
    {
      method: method.http,
      path: `${path}${method.action === '' ? '' : `/${method.action}`}${queryOf(params)}`,
      ...(body === undefined ? {} : { body }),
    },
    rest[0] as RequestOptions | undefined,
  );
}

function idSegment(link: Link): string {
  const id = link.args?.[0];
  if (typeof id !== 'string' || id === '' || id === '.' || id === '..')
    throw new TypeError(`${link.name}() needs an id, not ${JSON.stringify(id)}`);
  return encodeURIComponent(id);
}

/** `{ objects: ['vm:1', 'vm:2'] }` → `?objects=vm%3A1%2Cvm%3A2`; what is undefined is left out. */
function queryOf(params: unknown): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(params ?? {}))
    if (value !== undefined) search.set(key, Array.isArray(value) ? value.join(',') : String(value));
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}
