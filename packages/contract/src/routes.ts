import { type Locator, type Method, type ServiceName, services } from './generated/services.ts';
import type { TypeName } from './generated/types.ts';
import { isTypeName } from './type-info.ts';

/** One path × verb of the API. */
export interface Route {
  readonly template: string;
  readonly service: ServiceName;
  readonly http: Method['http'];
  /** Name of the method; overloads of one URL count once. */
  readonly method: string;
  /** Last path segment, of actions only. */
  readonly action?: string;
  readonly tier: number;
}

interface Place {
  readonly service: ServiceName;
  readonly template: string;
  /** Names of the template's parameters, in order. */
  readonly parameterNames: readonly string[];
  /** Id of the object that the last segment names, when it is one. */
  readonly params: Readonly<Record<string, string>>;
  /** Path of the resource under the API's root, each segment encoded; without the action. */
  readonly entityPath: string;
}

export type RouteMatch =
  | (Place & {
      readonly kind: 'found';
      /** Name of the first method. */
      readonly method: string;
      /** All overloads at this URL and verb, the general one first. */
      readonly methods: readonly Method[];
      readonly action?: string;
    })
  /** State of work that was started: `GET …/{action}/{id}` or `GET …/creation_status/{ids}`. */
  | (Place & { readonly kind: 'work_status'; readonly work: string; readonly workId: string })
  | { readonly kind: 'not_found' }
  /** `allow` = what belongs into the `Allow` header. */
  | (Place & { readonly kind: 'method_not_allowed'; readonly allow: readonly string[] });

interface Node {
  readonly literals: Map<string, Node>;
  child: Node | undefined;
  place: { readonly service: ServiceName; readonly template: string; readonly parameterNames: readonly string[] } | undefined;
}

const root: Node = newNode();
/** Method name → overloads, by verb and action, for each service. */
const operations = new Map<ServiceName, ReadonlyMap<string, readonly Method[]>>();
for (const [name, service] of Object.entries(services) as [ServiceName, (typeof services)[ServiceName]][]) {
  operations.set(name, operationsOf(service.methods));
  for (const template of service.paths) plant(name, template);
}

/** Every path × verb of the API (894), by template, then verb. */
export const routes: readonly Route[] = (Object.keys(services) as ServiceName[]).flatMap(routesOf).sort(byTemplate);

/**
 * Which operation a request means.
 * @param http verb in upper case; HEAD is looked up as GET
 * @param segments path under the API's root, split at `/`, decoded, without matrix parameters; `[]` is the root document
 */
export function matchRoute(http: string, segments: readonly string[]): RouteMatch {
  const found = descend(segments);
  const { node } = found;
  const action = found.rest[0];
  if (node.place === undefined) return { kind: 'not_found' };
  const place = placeOf(node.place, segments.slice(0, segments.length - found.rest.length));
  const methods = operations.get(place.service) as ReadonlyMap<string, readonly Method[]>;
  if (action === undefined) return answer(place, methods, http === 'HEAD' ? 'GET' : http, undefined);
  if (found.rest.length === 1) {
    return methods.has(`POST ${action}`) ? answer(place, methods, http, action) : { kind: 'not_found' };
  }
  const isWork = action === 'creation_status' || methods.has(`POST ${action}`);
  if (found.rest.length > 2 || !isWork) return { kind: 'not_found' };
  if (http !== 'GET' && http !== 'HEAD') return { ...place, kind: 'method_not_allowed', allow: ['HEAD', 'GET', 'OPTIONS'] };
  return { ...place, kind: 'work_status', work: action, workId: found.rest[1] as string };
}

/** Walks down as far as the tree goes; what is left over can only be an action, or an action and the id of its run. */
function descend(segments: readonly string[]): { node: Node; rest: readonly string[] } {
  let node = root;
  for (const [index, segment] of segments.entries()) {
    const place = node.place;
    const last = index === segments.length - 1;
    // An action of a collection hides an object of the same name, as the more exact path does everywhere.
    const isAction = place !== undefined && last && operations.get(place.service)?.has(`POST ${segment}`);
    const next = isAction || segment === '' ? undefined : (node.literals.get(segment) ?? node.child);
    if (next === undefined) return { node, rest: segments.slice(index) };
    node = next;
  }
  return { node, rest: [] };
}

function answer(place: Place, methods: ReadonlyMap<string, readonly Method[]>, http: string, action: string | undefined): RouteMatch {
  const found = methods.get(action === undefined ? http : `${http} ${action}`);
  const first = found?.[0];
  if (found === undefined || first === undefined) return { ...place, kind: 'method_not_allowed', allow: allowed(methods, action) };
  return { ...place, kind: 'found', method: first.name, methods: found, ...(action === undefined ? {} : { action }) };
}

function allowed(methods: ReadonlyMap<string, readonly Method[]>, action: string | undefined): string[] {
  if (action !== undefined) return ['POST', 'OPTIONS'];
  const verbs = [...methods.keys()].filter((key) => !key.includes(' '));
  return [...(verbs.includes('GET') ? ['HEAD', 'GET'] : []), ...verbs.filter((verb) => verb !== 'GET'), 'OPTIONS'];
}

function placeOf(place: NonNullable<Node['place']>, segments: readonly string[]): Place {
  const parts = place.template.split('/').slice(1);
  const params: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    if (part.startsWith('{')) params[part.slice(1, -1)] = segments[index] as string;
  }
  return { ...place, params, entityPath: `/${segments.map(encodeURIComponent).join('/')}` };
}

function newNode(): Node {
  return { literals: new Map(), child: undefined, place: undefined };
}

function plant(service: ServiceName, template: string): void {
  const parts = template === '/' ? [] : template.split('/').slice(1);
  let node = root;
  for (const part of parts) {
    if (part.startsWith('{')) {
      node = node.child ??= newNode();
    } else {
      const next = node.literals.get(part) ?? newNode();
      node.literals.set(part, next);
      node = next;
    }
  }
  const parameterNames = parts.filter((part) => part.startsWith('{')).map((part) => part.slice(1, -1));
  node.place = { service, template, parameterNames };
}

/** Keys: `GET`, or `POST start` for an action. The method that others overload stands first. */
function operationsOf(methods: readonly Method[]): ReadonlyMap<string, readonly Method[]> {
  const byKey = new Map<string, Method[]>();
  for (const method of methods) {
    const key = method.action === undefined ? method.http : `${method.http} ${method.action}`;
    byKey.set(key, [...(byKey.get(key) ?? []), method]);
  }
  for (const [key, list] of byKey)
    byKey.set(
      key,
      list.toSorted((a, b) => Number(a.signatureOf !== undefined) - Number(b.signatureOf !== undefined)),
    );
  return byKey;
}

function routesOf(service: ServiceName): Route[] {
  const { paths, tier } = services[service];
  const firsts = [...(operations.get(service) as ReadonlyMap<string, readonly Method[]>).values()].map((list) => list[0] as Method);
  return paths.flatMap((template) =>
    firsts.map(({ name, http, action }) => ({ template, service, http, method: name, ...(action === undefined ? {} : { action }), tier })),
  );
}

function byTemplate(a: Route, b: Route): number {
  const left = `${a.template} ${a.http} ${a.action ?? ''}`;
  const right = `${b.template} ${b.http} ${b.action ?? ''}`;
  return left < right ? -1 : Number(left > right);
}

const literalLocators = new Map<ServiceName, readonly Required<Locator>[]>();

/** Sub-collections of a resource: every locator without a parameter. Its `path` is the link's `rel` and last segment. */
export function locatorsOf(service: ServiceName): readonly Required<Locator>[] {
  const known = literalLocators.get(service);
  if (known !== undefined) return known;
  const found = services[service].locators.filter((locator): locator is Required<Locator> => locator.path !== undefined);
  literalLocators.set(service, found);
  return found;
}

/** The service of one member of a collection; undefined when the collection has no members with a path. */
export function memberServiceOf(service: ServiceName): ServiceName | undefined {
  return services[service].locators.find((locator) => locator.path === undefined)?.service;
}

const actionNames = new Map<ServiceName, readonly string[]>();

/** Last path segments of a resource's actions, each once, in alphabetical order: what `<actions>` links to. */
export function actionsOf(service: ServiceName): readonly string[] {
  const known = actionNames.get(service);
  if (known !== undefined) return known;
  const found = [...new Set(services[service].methods.flatMap((method) => method.action ?? []))].sort();
  actionNames.set(service, found);
  return found;
}

/** Type of what a service gets, lists or adds; undefined for services that only do (or only remove). */
export function typeOfService(service: ServiceName): TypeName | undefined {
  const { methods } = services[service];
  for (const name of ['get', 'list', 'add', 'update']) {
    const parameter = methods.find((method) => method.name === name)?.params.find(({ dir, type }) => dir !== 'in' && isTypeName(type));
    if (parameter !== undefined) return parameter.type as TypeName;
  }
  return undefined;
}

/** The type that a request's body has: `Action` for actions, the body parameter's type else; undefined when the method takes none. */
export function bodyTypeOf(method: Method): TypeName | undefined {
  if (method.action !== undefined) return 'Action';
  const body = method.params.find((parameter) => parameter.in === 'body');
  return body !== undefined && isTypeName(body.type) ? body.type : undefined;
}
