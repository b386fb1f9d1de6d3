import { matchRoute } from '@virgate/contract/routes';
import { checkMandatory, type Incomplete } from '@virgate/contract/validate';
import type { Method, ServiceName } from '@virgate/contract/generated/services';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SignedIn } from '../access/permissions.ts';
import type { Engine } from '../engine.ts';
import { externalPlaceOf } from '../jobs/external-place.ts';
import { authorize } from './authorize.ts';
import { descriptionOf } from './descriptions.ts';
import { asFault } from './errors.ts';
import { entityNotFound, Fault, notBuilt, say } from './fault.ts';
import { passGracePeriod } from './grace-period.ts';
import type { Wire } from './negotiation.ts';
import type { Context, Entity, Operation, Reply, Services } from './operation.ts';
import type { Parameters } from './parameters.ts';
import type { Detail } from './sentence.ts';
import { withoutSecrets } from './secrets.ts';
import { bodyOf } from './request-body.ts';
import { Precondition } from './precondition.ts';
import { rootDocument } from './root.ts';
import { actionStatus, creationStatus } from './work-status.ts';
import { basicCredentials } from '../sso/requests.ts';

/** A request that is attributed to a user, before it is known what it asks for. */
export interface Call {
  request: FastifyRequest;
  reply: FastifyReply;
  /** Verb in upper case. */
  http: string;
  /** Decoded segments of the path below the API's root. */
  segments: string[];
  parameters: Parameters;
  correlationId: string;
  user: SignedIn;
  wire: Wire;
  /** The body, where it was read already. */
  body?: Entity;
  /** Place that the client asked for, below the API's root, where another one answers. */
  shownAt?: string;
}

/** What came of a request: the operation's reply, and of which service it is; undefined for what no service answers. */
export interface Outcome {
  reply: Reply;
  context: Context;
  service: ServiceName | undefined;
  /** The contract's method that was called. */
  method?: Method;
}

/** A fault of an action: its answer repeats what was asked for. */
export class ActionFault extends Error {
  readonly fault: Fault;
  readonly action: Entity;
  constructor(fault: Fault, action: Entity) {
    super(fault.message);
    this.fault = fault;
    this.action = withoutSecrets('Action', action);
  }
}

const isReading = (http: string): boolean => http === 'GET' || http === 'HEAD';

/** What the client expects of an addition or action; proxies take `Expect` off, so there is another name for it. */
const expectation = (request: FastifyRequest): string => String(request.headers['x-ovirt-expect'] ?? request.headers['expect'] ?? '');

const methodNotAllowed = (allow: readonly string[]): Fault =>
  new Fault(405, 'Method Not Allowed', null, { headers: { Allow: allow.join(', ') } });

function contextOf(engine: Engine, call: Call): Omit<Context, 'path' | 'body' | 'asynchronous'> {
  const { request, parameters, segments, user } = call;
  return {
    engine,
    db: engine.db,
    user,
    parameters,
    correlationId: call.correlationId,
    filtered: parameters.flag('filter', !user.administrator) || !user.administrator,
    location: segments.length === 0 ? '' : `/${segments.map(encodeURIComponent).join('/')}`,
    waits: /201-created/i.test(expectation(request)),
    accepts: parameters.text('accept') ?? request.headers.accept ?? '',
    host: request.headers.host ?? 'localhost',
    password: () => basicCredentials(request.headers.authorization)?.password,
  };
}

const readOnly = ['HEAD', 'GET', 'OPTIONS'];

/** `OPTIONS` answers the verbs as text, beside the header. Source: recorded from a real engine. */
const verbs = (context: Context, allow: readonly string[]): Outcome => ({
  reply: { kind: 'document', contentType: 'text/plain;charset=UTF-8', text: allow.join(', '), headers: { Allow: allow.join(', ') } },
  context,
  service: undefined,
});

async function root(engine: Engine, call: Call): Promise<Outcome> {
  const context: Context = { ...contextOf(engine, call), path: {}, body: {}, asynchronous: false };
  if (call.http === 'OPTIONS') return verbs(context, readOnly);
  if (!isReading(call.http)) throw methodNotAllowed(readOnly);
  const description = descriptionOf(context, call.wire);
  if (description !== null) return { reply: description, context, service: undefined };
  const entity = await rootDocument(context, call.reply, call.request);
  return { reply: { kind: 'entity', status: 200, type: 'Api', entity }, context, service: undefined };
}

async function perform(operation: Operation, asked: Context, call: Call, check: () => void, name: string): Promise<Reply> {
  await authorize(operation, asked, name);
  check();
  const externalPlace = isReading(call.http) ? undefined : await externalPlaceOf(call.request, asked);
  const context = externalPlace === undefined ? asked : { ...asked, externalPlace };
  await context.precondition?.look(context);
  if (context.action !== undefined && !(await passGracePeriod(context.body, call.reply)))
    throw new Fault(499, 'Client Closed Request', null);
  return operation.run(context);
}

/** What a body lacks. The other kind of refusal is a list of its own. */
function incompleteDetail({ detail }: Incomplete): Detail {
  const [, what, method] = /^(.*) required for (\w+)$/s.exec(detail) ?? [];
  return what === undefined ? [detail] : [say`${what} required for ${method}`];
}

/** References to objects of tier 2, of which there are none. */
const toNothing: readonly (readonly [string, string])[] = [
  ['external_host_provider', 'ExternalHostProvider'],
  ['openstack_volume_type', 'OpenStackVolumeType'],
];

/** What refers to what there is not is not taken for granted. @throws {Fault} 404 */
function checkReferences(body: Entity): void {
  for (const [attribute, type] of toNothing) {
    const { id, name } = (body[attribute] ?? {}) as { id?: string; name?: string };
    if (id !== undefined || name !== undefined) throw entityNotFound(type, id === undefined ? `name=${name}` : `id=${id}`);
  }
}

/**
 * Finds the operation that a request asks for and runs it: body, permit, mandatory attributes, then the operation itself.
 * @throws {Fault} 404, 405, 501, and what the steps throw
 * @throws {ActionFault} what an action throws
 */
export async function dispatch(engine: Engine, services: Services, call: Call): Promise<Outcome> {
  if (call.segments.length === 0) return root(engine, call);
  const route = matchRoute(call.http, call.segments);
  if (route.kind === 'not_found') throw new Fault(404, 'Not Found', null);
  if (route.kind === 'method_not_allowed') {
    if (call.http !== 'OPTIONS') throw methodNotAllowed(route.allow);
    return verbs({ ...contextOf(engine, call), path: {}, body: {}, asynchronous: false }, route.allow);
  }
  if (route.kind === 'work_status') {
    const context: Context = { ...contextOf(engine, call), path: route.params, body: {}, asynchronous: false };
    const { work, workId, entityPath } = route;
    const reply =
      work === 'creation_status'
        ? creationStatus(context, workId, call.wire, call.shownAt ?? context.location)
        : actionStatus(context, entityPath, work, workId);
    return { reply: await reply, context, service: undefined };
  }
  const { service, methods } = route;
  const [method] = methods;
  if (!method) throw new Fault(404, 'Not Found', null);
  const name = `${service}.${method.name}`;
  const operation = services[service]?.[method.signatureOf ?? method.name];
  if (!operation) throw notBuilt(`${call.http} ${route.template} (${name})`);
  const body = call.body ?? bodyOf(call.request, service, method, call.wire.version);
  const ifMatch = call.request.headers['if-match'];
  const context: Context = {
    ...contextOf(engine, call),
    path: route.params,
    body,
    asynchronous: call.parameters.flag('async') || body['async'] === true || /202-accepted/i.test(expectation(call.request)),
    ...(method.http === 'GET' && call.wire.version === 4 ? { textual: true as const } : {}),
    ...(route.action === undefined ? {} : { action: route.action }),
    ...(ifMatch === undefined || method.http === 'GET' ? {} : { precondition: new Precondition(ifMatch, services[service]?.['get']) }),
  };
  const checkBody = (): void => {
    const incomplete = checkMandatory(service, methods, body);
    if (incomplete !== null) throw new Fault(400, incomplete.reason, incompleteDetail(incomplete), { key: 'INCOMPLETE_PARAMETERS' });
    checkReferences(body);
  };
  try {
    return { reply: await perform(operation, context, call, checkBody, name), context, service, method };
  } catch (error) {
    if (method.action === undefined) throw error;
    throw new ActionFault(asFault(error, engine.log), body);
  }
}
