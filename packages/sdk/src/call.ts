import { toJson } from '@virgate/contract/json';
import { typeInfo } from '@virgate/contract/type-info';
import type { TypeName, Types } from '@virgate/contract/generated/types';
import { decodeCollection, decodeObject } from './decode.ts';
import type { RequestOptions } from './request.ts';
import { serviceEntry } from './service-table.ts';
import type { ServiceEntry } from './service-table.ts';
import type { Call, Transport } from './transport.ts';
import type { Wait } from './waiting/wait.ts';

/**
 * Carries out what the proxy of `client.ts` recorded. Everything that needs the contract's tables is imported from here, and only `client.ts`
 * imports this, lazily: a browser loads the tables with the first call, not with the page.
 */

/** One recorded name, with its arguments when it was called: `vms`, `vm('123')`, `start({…})`. */
export interface Link {
  readonly name: string;
  readonly args?: readonly unknown[];
}

export const apiBase = '/ovirt-engine/api';

interface Target {
  readonly path: string;
  readonly service: string;
  readonly entry: ServiceEntry;
}

/**
 * Path and service behind a chain of locators.
 * @throws TypeError for a name that the API doesn't have there
 */
export function locate(links: readonly Link[]): Target {
  let path = apiBase;
  let service = 'System';
  for (const link of links) {
    const entry = serviceEntry(service);
    const next = link.args === undefined ? entry.nodes.get(link.name) : entry.items.get(link.name);
    if (next === undefined) throw new TypeError(`${service}Service has no ${link.name}${link.args === undefined ? '' : '()'}`);
    path += `/${link.args === undefined ? link.name.toLowerCase() : idSegment(service, link)}`;
    service = next;
  }
  return { path, service, entry: serviceEntry(service) };
}

function idSegment(service: string, link: Link): string {
  const id = link.args?.[0];
  // An empty id or a dot segment would reach another resource than the one meant: DELETE vms/{''} is DELETE vms.
  if (typeof id !== 'string' || id === '' || id === '.' || id === '..')
    throw new TypeError(`${service}Service.${link.name}() needs an id, not ${JSON.stringify(id)}`);
  return encodeURIComponent(id);
}

const verbs: Readonly<Record<string, { letter: string; method: string; body: boolean }>> = {
  get: { letter: 'g', method: 'GET', body: false },
  list: { letter: 'l', method: 'GET', body: false },
  add: { letter: 'a', method: 'POST', body: true },
  update: { letter: 'u', method: 'PUT', body: true },
  remove: { letter: 'r', method: 'DELETE', body: false },
};

/** @throws TypeError, ApiFault, EngineUnreachable */
export async function invoke(transport: Transport, links: readonly Link[], method: string, args: readonly unknown[]): Promise<unknown> {
  const target = locate(links);
  const verb = verbs[method];
  if (verb === undefined) return await act(transport, target, method, args);
  const bulk = target.entry.verbs.includes(verb.letter.toUpperCase());
  if (!bulk && !target.entry.verbs.includes(verb.letter)) throw new TypeError(`${target.service}Service has no ${method}()`);
  const [body, given, options] = verb.body ? args : [undefined, args[0], args[1]];
  const [parameters, wait] = withoutWait(given);
  const keys = method === 'list' ? keysOf(target.entry.type, (options as RequestOptions | undefined)?.fields) : undefined;
  // Engines that don't know the parameter send everything: then the rest is passed over here.
  const asked = keys === undefined ? parameters : { ...parameters, fields: keys.join(',') };
  const call: Call = { method: verb.method, path: target.path + query(asked) };
  if (verb.body) call.body = bulk ? collectionBody(target.entry.type, body) : encode(target.entry.type, body);
  if (method === 'list') return await listed(transport, call, target.entry.type, options as RequestOptions | undefined, keys);
  const answer = await transport.json(call, options as RequestOptions | undefined);
  if (answer === undefined) return undefined;
  if (bulk) return decodeCollection(target.entry.type, answer);
  const decoded = decodeObject(method === 'remove' ? 'Action' : target.entry.type, answer);
  const { id } = (decoded ?? {}) as { id?: string };
  return waited(transport, { ...target, path: method === 'add' ? `${target.path}/${id}` : target.path }, wait, options, decoded);
}

async function listed(
  transport: Transport,
  call: Call,
  type: string,
  options: RequestOptions | undefined,
  keys: readonly string[] | undefined,
): Promise<unknown> {
  const all: unknown[] = [];
  const take = (objects: unknown[]): void => {
    for (const wire of objects) all.push(decodeObject(type, wire));
  };
  const other = await transport.collection(call, take, options, keys);
  return all.length > 0 ? all : other === undefined ? undefined : decodeCollection(type, other);
}

/** Keys in JSON of the attributes that are wanted; what the type has not is passed over. */
function keysOf(type: string, fields: readonly string[] | undefined): string[] | undefined {
  if (fields === undefined) return undefined;
  const { attributes, resource } = typeInfo(type);
  const keys = new Map(attributes.map(({ name, element }) => [name, element]));
  if (resource) keys.set('links', 'link').set('actions', 'actions');
  return fields.flatMap((field) => keys.get(field) ?? []);
}

/** `wait` is no parameter of the API: it is taken out before anything is sent. */
function withoutWait(parameters: unknown): [parameters: Record<string, unknown>, wait: Wait | undefined] {
  const { wait, ...others } = (parameters ?? {}) as Record<string, unknown>;
  return [others, wait as Wait | undefined];
}

async function waited(transport: Transport, target: Target, wait: Wait | undefined, options: unknown, answer: unknown): Promise<unknown> {
  if (wait === undefined) return answer;
  const { waitAfter } = await import('./waiting/wait.ts');
  const type = target.entry.type || target.service;
  await waitAfter({ transport, type, path: target.path, wait, request: options as RequestOptions | undefined }, answer);
  return answer;
}

async function act(transport: Transport, target: Target, action: string, args: readonly unknown[]): Promise<unknown> {
  if (!target.entry.actions.has(action)) throw new TypeError(`${target.service}Service has no ${action}()`);
  const [parameters, wait] = withoutWait(args[0]);
  const body = encode('Action', snakeKeys(parameters));
  const answer = await transport.json(
    { method: 'POST', path: `${target.path}/${action.toLowerCase()}`, body },
    args[1] as RequestOptions | undefined,
  );
  return waited(transport, target, wait, args[1], answer === undefined ? undefined : decodeObject('Action', answer));
}

function encode(type: string, value: unknown): unknown {
  return toJson(type as TypeName, value as Types[TypeName]);
}

function collectionBody(type: string, values: unknown): unknown {
  if (!Array.isArray(values)) throw new TypeError('a list is expected');
  return { [type.replace(/(?!^)[A-Z]/g, '_$&').toLowerCase()]: values.map((value) => encode(type, value)) };
}

function snakeKeys(parameters: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parameters ?? {}).map(([key, value]) => [snake(key), value as unknown]));
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `{ allContent: true, search: 'name=a' }` → `?all_content=true&search=name%3Da`; what is undefined is left out. */
export function query(parameters: unknown): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters ?? {})) {
    if (value === undefined) continue;
    const single = key === 'follow' && Array.isArray(value) ? value.join(',') : (value as unknown);
    if (typeof single !== 'string' && typeof single !== 'number' && typeof single !== 'boolean')
      throw new TypeError(`parameter ${key} must be text, a number or a boolean`);
    search.set(snake(key), String(single));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}
