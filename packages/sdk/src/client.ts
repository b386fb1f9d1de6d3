import type { Link } from './call.ts';
import type { SystemService } from './generated/services.ts';
import { createTransport } from './transport.ts';
import type { Transport, TransportOptions } from './transport.ts';
import { createSuperset } from './virgate/superset.ts';
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
  const own: Record<string, unknown> = { transport, virgate: createSuperset(transport) };
  return new Proxy(
    {},
    {
      get: (_, name) => {
        if (typeof name !== 'string') return undefined;
        return Object.hasOwn(own, name) ? own[name] : step(transport, [], name);
      },
    },
  ) as Client;
}

const verbs = new Set(['get', 'list', 'add', 'update', 'remove']);

/**
 * One name in a chain, not yet known to be a locator or a method: without the tables only use tells. A call with a text is a locator with
 * an id, any other call is a method; a name that is merely passed through is a literal segment. `call.ts` checks all that against the tables.
 */
function step(transport: Transport, before: readonly Link[], name: string): unknown {
  // A promise's resolution asks for `then`: a chain is not thenable.
  if (name === 'then') return undefined;
  const method = (...args: unknown[]): unknown => {
    if (!verbs.has(name) && typeof args[0] === 'string') return chain(transport, [...before, { name, args }]);
    return import('./call.ts').then(({ invoke }) => invoke(transport, before, name, args));
  };
  return chain(transport, [...before, { name }], method);
}

function chain(transport: Transport, links: readonly Link[], method: (...args: unknown[]) => unknown = notCallable): unknown {
  return new Proxy(method, { get: (_, name) => (typeof name === 'string' ? step(transport, links, name) : undefined) });
}

function notCallable(): never {
  throw new TypeError('an object of the API is not a function: call one of its methods');
}
