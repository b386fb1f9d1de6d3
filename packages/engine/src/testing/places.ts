import { matchRoute, routes, type Route } from '@virgate/contract/routes';
import { services } from '../services.ts';
import type { Client } from './engine.ts';
import type { ObjectIds } from './objects.ts';

/** An id that nothing has. */
export const nobodysId = 'ffffffff-ffff-4fff-8fff-ffffffffffff';

/** Whether the engine handles a route's operation. */
export const isBuilt = (route: Route): boolean => services[route.service]?.[route.method] !== undefined;

/** Operations that refuse for another reason before they look for the object that their path names last. */
export const refusedFirst: ReadonlySet<string> = new Set([
  // Only export domains have these, whatever the id.
  'StorageDomainVmService.remove',
  'StorageDomainVmService.import',
  // Of a domain that is not active nobody knows what lies on it.
  'AttachedStorageDomainDiskService.register',
  // The contract has a message of its own for it.
  'SnapshotService.restore',
]);

/** An operation at a path of objects that are there. */
export interface PlacedRoute {
  readonly route: Route;
  /** Below the API's root, with the action. */
  readonly path: string;
  /** The same path with one of its ids replaced by one that nothing has, for each of its ids, the last one first. */
  readonly strangers: readonly string[];
  /** `Service.method`. */
  readonly name: string;
}

/**
 * Finds paths of objects that are there: by the known ids of a kind, else as the first member that a collection lists.
 * A collection that is empty has no places below it.
 */
export class Places {
  readonly #client: Client;
  readonly #ids: ObjectIds;
  readonly #found = new Map<string, Promise<string | undefined>>();

  constructor(client: Client, ids: ObjectIds) {
    this.#client = client;
    this.#ids = ids;
  }

  /** Every handled operation that has a place, in the order of the contract's routes. */
  async all(): Promise<PlacedRoute[]> {
    const placed: PlacedRoute[] = [];
    for (const route of routes) {
      if (!isBuilt(route)) continue;
      const place = await this.of(route.template);
      if (place === undefined) continue;
      const action = route.action === undefined ? '' : `/${route.action}`;
      if (matchRoute(route.http, `${place}${action}`.split('/').slice(1)).kind !== 'found')
        throw new Error(`${route.http} ${place}${action} leads nowhere`);
      const parameters = route.template.split('/').flatMap((segment, index) => (segment.startsWith('{') ? [index] : []));
      const strangers = parameters.toReversed().map((index) => `${place.split('/').with(index, nobodysId).join('/')}${action}`);
      placed.push({ route, path: `${place}${action}`, strangers, name: `${route.service}.${route.method}` });
    }
    return placed;
  }

  /** The path of a template; undefined where nothing is. */
  async of(template: string): Promise<string | undefined> {
    if (template === '/') return '';
    const cut = template.lastIndexOf('/');
    const segment = template.slice(cut + 1);
    const owner = cut === 0 ? '' : await this.of(template.slice(0, cut));
    if (owner === undefined) return undefined;
    if (!segment.startsWith('{')) return `${owner}/${segment}`;
    const id = await this.#memberOf(owner);
    return id === undefined ? undefined : `${owner}/${encodeURIComponent(id)}`;
  }

  #memberOf(path: string): Promise<string | undefined> {
    const known = this.#found.get(path) ?? this.#ask(path);
    this.#found.set(path, known);
    return known;
  }

  async #ask(path: string): Promise<string | undefined> {
    const answer = await this.#client.get(path);
    const members = (Object.values(answer.body).find(Array.isArray) ?? []) as { id?: string }[];
    const known = this.#ids[path.slice(path.lastIndexOf('/') + 1)];
    // A collection below an object need not have the one that is known of its kind.
    return members.find((member) => member.id === known)?.id ?? members[0]?.id ?? (answer.status === 200 ? undefined : known);
  }
}
