import { services, type Method, type Parameter, type ServiceName } from '@virgate/contract/generated/services';
import { methodsOf, neededBy } from '@virgate/contract/openapi/operations';
import type { OpenApiObject } from '@virgate/contract/openapi/schemas';
import { routes, type Route } from '@virgate/contract/routes';
import { bodySchema, querySchema } from './schemas.ts';

/** Something that an assistant may ask for. */
export interface Tool {
  /** `vm_nic_update` */
  readonly name: string;
  readonly description: string;
  /** JSON schema of the arguments, an object. */
  readonly inputSchema: OpenApiObject & { type: 'object' };
  /** Only looks. Others become proposals. */
  readonly reads: boolean;
}

/** A tool that is one operation of the contract. */
export interface OperationTool extends Tool {
  readonly route: Route;
  /** All overloads, the general one first. */
  readonly methods: readonly Method[];
  /** `VmService.start` */
  readonly operation: string;
  /** Names of the path's ids, in order. */
  readonly ids: readonly string[];
  readonly query: readonly Parameter[];
  readonly takesBody: boolean;
}

const verbs: Readonly<Record<string, string>> = { GET: 'read', POST: 'add', PUT: 'change', DELETE: 'remove' };
/** Objects that a list has when it is not said how many. */
export const usualMax = 50;

/** Words of a path: `/vms/{vm}/nics` is `vm nic`, whether it is the list or one of its members that is meant. */
function wordsOf({ template, service }: Route): string {
  const segments = template.split('/').filter((segment) => segment !== '');
  const ids = segments.flatMap((segment) => /^\{(\w+)\}$/.exec(segment)?.[1] ?? []);
  const last = segments.at(-1) ?? 'system';
  if (last.startsWith('{')) return ids.join('_');
  return [...ids, services[service].locators.find(({ path }) => path === undefined)?.name ?? last].join('_');
}

/** One tool for each operation, at the shortest of its paths. */
export function operationTools(isHandled: (service: ServiceName, method: string) => boolean): OperationTool[] {
  const byName = new Map<string, OperationTool>();
  for (const [, same] of Map.groupBy(routes, (route) => `${route.service}.${route.http}.${route.action ?? ''}`)) {
    const [route] = same.toSorted((a, b) => a.template.split('/').length - b.template.split('/').length);
    const method = route === undefined ? undefined : methodsOf(route)[0];
    if (route === undefined || method === undefined || !isHandled(route.service, method.signatureOf ?? method.name)) continue;
    const name = `${wordsOf(route)}_${method.name}`;
    const tool = operationTool(byName.has(name) ? `${name}_${route.service.replace(/Service$/, '').toLowerCase()}` : name, route);
    byName.set(tool.name, tool);
  }
  return [...byName.values()];
}

function operationTool(name: string, route: Route): OperationTool {
  const methods = methodsOf(route);
  const ids = [...route.template.matchAll(/\{(\w+)\}/g)].map(([, id]) => id ?? '');
  const query = [...new Map(methods.flatMap(({ params }) => params.map((one) => [one.name, one] as const))).values()].filter(
    (one) => one.in === 'query' && one.dir !== 'out' && !one.list && one.name !== 'async',
  );
  const reads = route.http === 'GET';
  const body = bodySchema(methods);
  const needed = neededBy(methods);
  const verb = route.action === undefined ? (verbs[route.http] ?? '') : (methods[0]?.name.replaceAll('_', ' ') ?? route.action);
  const path = `${route.template === '/' ? '' : route.template}${route.action === undefined ? '' : `/${route.action}`}`;
  return {
    name,
    route,
    methods,
    operation: `${route.service}.${methods[0]?.signatureOf ?? methods[0]?.name ?? route.method}`,
    ids,
    query,
    reads,
    takesBody: body !== undefined,
    description: [
      `${route.http} ${path === '' ? '/' : path}: ${verb}.`,
      ...(needed === '' ? [] : [`The body needs ${needed}.`]),
      ...(query.some(({ name: one }) => one === 'search')
        ? ['search is a query of the search language, such as "status=up and name=web*".']
        : []),
      ...(reads ? [] : ['It is not done at once: it becomes a proposal that somebody approves.']),
    ].join(' '),
    inputSchema: {
      type: 'object',
      properties: {
        ...Object.fromEntries(ids.map((id) => [id, { type: 'string', description: `Id of the ${id.replaceAll('_', ' ')}.` }])),
        ...Object.fromEntries(query.map((one) => [one.name, querySchema(one)])),
        ...(body === undefined ? {} : { body }),
        ...(reads ? {} : { reason: { type: 'string', description: 'Why, for whoever decides.' } }),
      },
      required: [...ids, ...(reads ? [] : ['reason'])],
      additionalProperties: false,
    },
  };
}
