import type { Link } from './call.ts';
import type { PageParameters } from './pages.ts';
import type { RequestOptions } from './request.ts';
import type { SystemService } from './generated/services.ts';
import { createTransport } from './transport.ts';
import type { Transport, TransportOptions } from './transport.ts';
import { supersetFunctions } from './virgate/superset.ts';
import type { Superset } from './virgate/superset.ts';

/** Every service of the API from its root on, and under `virgate` what Virgate adds to it. */
export interface Client extends SystemService {
  readonly virgate: Superset;
  readonly transport: Transport;
}

/**
 * A client of one engine. Names are the API's in camel case, locators with an id are functions, objects keep the API's spelling.
 * Nothing is loaded or sent before the first call.
 *
 * @example
 * const client = createClient({ url: 'https://engine.example.com:8443', token });
 * const vms = await client.vms.list({ search: 'status=up', max: 100 });
 * await client.vms.vm(id).start({ useCloudInit: true });
 */
export function createClient(options: TransportOptions = {}): Client {
  const transport = createTransport(options);
  const virgate = rootOf(supersetFunctions(transport), { transport, invoke: invokeOwn });
  return rootOf({ transport, virgate }, { transport, invoke: invokeApi }) as unknown as Client;
}

/** One tree of services, and how a call that was recorded on it is carried out. */
interface Tree {
  readonly transport: Transport;
  readonly invoke: (transport: Transport, links: readonly Link[], method: string, args: readonly unknown[]) => Promise<unknown>;
}

// What knows the tables is loaded with the first call.
const invokeApi: Tree['invoke'] = async (...call) => (await import('./call.ts')).invoke(...call);
const invokeOwn: Tree['invoke'] = async (...call) => (await import('./virgate/call.ts')).invokeVirgate(...call);

function rootOf(own: object, tree: Tree): object {
  return new Proxy(own, {
    get: (_, name) => {
      if (typeof name !== 'string') return undefined;
      return Object.hasOwn(own, name) ? (own as Record<string, unknown>)[name] : step(tree, [], name);
    },
  });
}

const verbs = new Set(['get', 'list', 'add', 'update', 'remove', 'pages', 'iterate']);
/** Asked of a chain it tells where the chain leads. */
const chainLinks = Symbol('links');

/** Client and names behind a service such as `client.vms.vm(id)`. @throws TypeError for anything else */
export function linksOf(service: object): { transport: Transport; links: readonly Link[] } {
  const found = (service as { [chainLinks]?: { transport: Transport; links: readonly Link[] } })[chainLinks];
  if (found === undefined) throw new TypeError('a service of a client is expected, such as client.vms.vm(id)');
  return found;
}

/**
 * One name in a chain, not yet known to be a locator or a method: without the tables only use tells. A call with a text is a locator with
 * an id, any other call is a method; a name that is merely passed through is a literal segment. `call.ts` checks all that against the tables.
 */
function step(tree: Tree, before: readonly Link[], name: string): unknown {
  // A promise's resolution asks for `then`: a chain is not thenable.
  if (name === 'then') return undefined;
  const method = (...args: unknown[]): unknown => {
    if (!verbs.has(name) && typeof args[0] === 'string') return chain(tree, [...before, { name, args }]);
    if (name === 'pages' || name === 'iterate') {
      const list = (...call: unknown[]) => tree.invoke(tree.transport, before, 'list', call) as Promise<unknown[]>;
      return name === 'pages' ? pages(list, args) : items(pages(list, args));
    }
    return tree.invoke(tree.transport, before, name, args);
  };
  return chain(tree, [...before, { name }], method);
}

function chain(tree: Tree, links: readonly Link[], method: (...args: unknown[]) => unknown = notCallable): unknown {
  return new Proxy(method, {
    get: (_, name) => {
      if (name === chainLinks) return { transport: tree.transport, links };
      return typeof name === 'string' ? step(tree, links, name) : undefined;
    },
  });
}

async function* pages(list: (...call: unknown[]) => Promise<unknown[]>, args: unknown[]): AsyncGenerator<unknown[]> {
  const { pagesOf } = await import('./pages.ts');
  yield* pagesOf(list, ...(args as [PageParameters?, RequestOptions?]));
}

async function* items(all: AsyncIterable<unknown[]>): AsyncGenerator {
  for await (const page of all) yield* page;
}

function notCallable(): never {
  throw new TypeError('an object of the API is not a function: call one of its methods');
}
