import { virgateServices, type Refusal, type VirgateServiceName, type VirgateTypeName } from '@virgate/contract/generated/virgate';
import { checkAttribute, checkVirgate, type Problem } from '@virgate/contract/virgate/check';
import { virgateRoot, type VirgateAttribute, type VirgateMethod, type VirgateService } from '@virgate/contract/virgate/declaration';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { authenticate } from '../access/authenticate.ts';
import { browserUser } from '../access/browser-sessions.ts';
import { SYSTEM_ID, type ObjectRef, type ObjectType } from '../access/objects.ts';
import type { SignedIn } from '../access/permissions.ts';
import type { Engine } from '../engine.ts';
import { isSuperUser } from '../permissions/super-user.ts';
import { authorize } from '../rest/authorize.ts';
import { asFault } from '../rest/errors.ts';
import { Fault, notBuilt, notFound, say } from '../rest/fault.ts';
import type { Catalogue } from '../rest/languages/catalogue.ts';
import { catalogueFor } from '../rest/languages/language.ts';
import { isUuid } from '../rest/listing.ts';
import { correlationIdOf } from '../rest/negotiation.ts';
import type { Context } from '../rest/operation.ts';
import { Parameters } from '../rest/parameters.ts';
import { tell } from '../rest/sentence.ts';
import { refusal, type VirgateCall, type VirgateContext, type VirgateOperation, type VirgateOperations } from './operation.ts';

/** A method of the declaration with what handles it. */
interface Handled {
  name: string;
  service: VirgateService;
  method: VirgateMethod;
  operation: VirgateOperation<VirgateCall> | undefined;
}

/** Codes of faults without a key of their own. */
const codes: Readonly<Record<number, string>> = {
  400: 'invalid_request',
  401: 'not_signed_in',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'too_large',
  501: 'not_built',
  503: 'unavailable',
};
const texts: Readonly<Record<number, string>> = { 401: 'Sign in first.', 404: 'There is no such object, or it may not be seen.' };
/** Keys that the REST contract's codecs have and that our own API spells in its manner. */
const spelled: Readonly<Record<string, string>> = { INVALID_VALUE: 'invalid_value', INCOMPLETE_PARAMETERS: 'incomplete' };

/** What a fault looks like in our own API, in a language; null is English. */
export function refusalOf(fault: Fault, catalogue: Catalogue | null = null): Refusal {
  const key = fault.key === undefined ? (codes[fault.status] ?? 'internal_error') : (spelled[fault.key] ?? fault.key);
  return {
    code: key,
    message: (fault.detailIn(catalogue) ?? tell([{ text: texts[fault.status] ?? fault.reason, values: [] }], catalogue)).replace(
      /^\[(.*)\]$/s,
      '$1',
    ),
    ...(fault.field === undefined ? {} : { field: fault.field }),
    ...fault.characters,
  };
}

/**
 * Serves what the declaration (`packages/contract/data/virgate/api.json`) has: for every request who it is and whether he may, by the
 * same check as the REST API, then the form of path, parameters and body, then the operation. Refusals are `{code, message, field?}`.
 */
export class VirgateServer {
  readonly #engine: Engine;
  readonly #operations: readonly VirgateOperations[];

  constructor(engine: Engine, operations: readonly VirgateOperations[]) {
    this.#engine = engine;
    this.#operations = operations;
  }

  register(app: FastifyInstance): void {
    for (const [path, methods] of Map.groupBy(this.#handled(), ({ service, method }) => pathOf(service, method))) {
      const byVerb = new Map(methods.map((one) => [one.method.http as string, one]));
      app.all(`${virgateRoot}${path.replace(/\{(\w+)\}/g, ':$1')}`, (request, reply) => this.#serve(byVerb, request, reply));
    }
    for (const path of [virgateRoot, `${virgateRoot}/*`])
      app.all(path, (request, reply) => answerFault(reply, request, refusal(404, 'not_found', 'There is no such place in this API.')));
  }

  #handled(): Handled[] {
    return Object.entries(virgateServices).flatMap(([name, service]) => {
      const handled: Record<string, VirgateOperation<VirgateCall>> = Object.assign(
        {},
        ...this.#operations.map((some) => some[name as VirgateServiceName]),
      );
      return service.methods.map((method) => ({ name: `${name}.${method.name}`, service, method, operation: handled[method.name] }));
    });
  }

  async #serve(byVerb: ReadonlyMap<string, Handled>, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    try {
      const handled = byVerb.get(request.method === 'HEAD' ? 'GET' : request.method);
      if (handled === undefined) {
        const allow = [...(byVerb.has('GET') ? ['HEAD'] : []), ...byVerb.keys()].join(', ');
        throw new Fault(405, 'Method Not Allowed', [say`Only ${allow} can be asked here.`], { headers: { Allow: allow } });
      }
      const { method, operation } = handled;
      const parameters = new Parameters(new URL(request.url, 'https://engine').searchParams, new Map(), request.headers);
      const correlationId = correlationIdOf(request, parameters);
      reply.headers({ 'Correlation-Id': correlationId, 'Cache-Control': 'no-store' });
      const user = await this.#userOf(method, request, reply);
      const context = this.#contextOf(handled, { request, reply, parameters, correlationId, user });
      if (operation === undefined) throw notBuilt(`${request.method} ${pathOf(handled.service, method)} (${handled.name})`);
      if (user !== null) await authorizeCall(handled, operation, context);
      // What parameters and body are like is looked at now at the latest: an operation may ask for them earlier, to know its subjects.
      void context.params;
      void context.body;
      const answer = await operation.run(context);
      if (reply.sent) return reply;
      return await (answer === undefined ? reply.code(method.status).send() : reply.code(method.status).send(answer));
    } catch (error) {
      if (reply.sent) throw error;
      return await answerFault(reply, request, asFault(error, this.#engine.log));
    }
  }

  async #userOf(method: VirgateMethod, request: FastifyRequest, reply: FastifyReply): Promise<SignedIn | null> {
    if (method.access === 'public') return null;
    const user = method.access === 'browser' ? await browserUser(this.#engine, request) : await authenticate(this.#engine, request, reply);
    if (method.access === 'administrator' && !user.administrator) throw refusal(403, 'forbidden', 'Only administrators may do this.');
    if (method.access === 'super_user' && !(await isSuperUser(this.#engine.db, user)))
      throw refusal(403, 'not_authorized', 'Only a SuperUser of the system may do this.');
    return user;
  }

  #contextOf(
    { service, method }: Handled,
    call: { request: FastifyRequest; reply: FastifyReply; parameters: Parameters; correlationId: string; user: SignedIn | null },
  ): VirgateContext {
    const { request, reply, parameters, correlationId } = call;
    const engine = this.#engine;
    const path = idsOf(service, request.params as Record<string, string>);
    let params: Record<string, unknown> | undefined;
    let body: { value: unknown } | undefined;
    const nobody = (): never => {
      throw new Fault(401, 'Unauthorized', null);
    };
    const rest: Context = {
      engine,
      db: engine.db,
      get user() {
        return call.user ?? nobody();
      },
      path,
      parameters,
      body: {},
      filtered: !(call.user?.administrator ?? false),
      correlationId,
      location: '',
      asynchronous: false,
      waits: false,
      accepts: '',
      host: request.headers.host ?? 'localhost',
    };
    return {
      engine,
      db: engine.db,
      get user() {
        return call.user ?? nobody();
      },
      path,
      get params() {
        return (params ??= parametersOf(method.params, parameters));
      },
      get body() {
        return (body ??= { value: bodyOf(method, request) }).value;
      },
      rest,
      request,
      reply,
    };
  }
}

const pathOf = (service: VirgateService, method: VirgateMethod): string =>
  `${service.path}${method.action === undefined ? '' : `/${method.action}`}`;

async function answerFault(reply: FastifyReply, request: FastifyRequest, fault: Fault): Promise<FastifyReply> {
  const catalogue = await catalogueFor(request.headers['accept-language']);
  reply.header('Content-Language', catalogue?.language ?? 'en').header('Vary', 'Accept-Language');
  return reply.code(fault.status).headers(fault.headers).type('application/json').send(refusalOf(fault, catalogue));
}

/** Asks for the declared permit, before the body is looked at: who may nothing learns nothing. */
async function authorizeCall(handled: Handled, operation: VirgateOperation<VirgateCall>, context: VirgateContext): Promise<void> {
  const { method, name } = handled;
  if (method.permit === undefined) return;
  const subjects = operation.subjects ? await operation.subjects(context) : [subjectOf(method, context.rest.path)];
  const asked = { permit: method.permit, subjects: () => subjects, run: () => Promise.reject(new Error('is not run')) };
  await authorize(asked, context.rest, name);
}

function subjectOf({ on }: VirgateMethod, path: Record<string, string>): ObjectRef {
  return on === undefined ? { type: 'system', id: SYSTEM_ID } : { type: on as ObjectType, id: path[on] ?? '' };
}

/** Ids of the path. What cannot be an id names nothing. @throws {Fault} 404 */
function idsOf(service: VirgateService, path: Record<string, string>): Record<string, string> {
  if (service.id !== 'text' && Object.values(path).some((id) => !isUuid(id))) throw notFound();
  return path;
}

function parametersOf(attributes: readonly VirgateAttribute[], parameters: Parameters): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const attribute of attributes) {
    const value = parameterOf(attribute, parameters.text(attribute.name));
    const problem = checkAttribute(attribute, value);
    if (problem !== null) throw badValue(problem);
    if (value !== undefined) found[attribute.name] = value;
  }
  return found;
}

function parameterOf({ type, list }: VirgateAttribute, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  if (list) return text === '' ? [] : text.split(',');
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return ['integer', 'decimal', 'date', 'timestamp'].includes(type) && /^-?\d{1,15}(\.\d{1,6})?$/.test(text) ? Number(text) : text;
}

/** The request's body, checked against its type. A body whose members may all be missing may be missing too. */
function bodyOf({ body: type }: VirgateMethod, request: FastifyRequest): unknown {
  if (type === undefined) return undefined;
  const text = typeof request.body === 'string' && request.body.trim() !== '' ? request.body : '{}';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refusal(400, 'invalid_request', 'The body is no JSON.');
  }
  const problem = checkVirgate(type as VirgateTypeName, value);
  if (problem !== null) throw badValue(problem);
  return value;
}

function badValue({ field, kind, problem }: Problem): Fault {
  if (field === '') return refusal(400, 'invalid_request', `The body ${problem}.`);
  return refusal(400, kind === 'missing' ? 'incomplete' : 'invalid_value', `${field} ${problem}.`, field);
}
