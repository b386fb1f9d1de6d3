import { randomUUID } from 'node:crypto';
import { DecodeError, decodeXml, encodeXml, encodeXmlCollection } from '@virgate/contract/xml';
import { decodeJson, encodeJson, encodeJsonCollection } from '@virgate/contract/json';
import { checkMandatory } from '@virgate/contract/validate';
import { matchRoute } from '@virgate/contract/routes';
import type { Method, ServiceName } from '@virgate/contract/generated/services';
import type { TypeName, Types } from '@virgate/contract/generated/types';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Engine } from '../engine.ts';
import { authenticate } from '../access/authenticate.ts';
import { holdsPermit } from '../access/permissions.ts';
import { SYSTEM_ID } from '../access/objects.ts';
import { asFault } from './errors.ts';
import { Fault, forbidden, notBuilt } from './fault.ts';
import { follow } from './follow.ts';
import type { Context, Entity, Operation, Reply, Services } from './operation.ts';
import { Parameters, splitPath } from './parameters.ts';
import { apiRoot, represent } from './represent.ts';
import { rootDocument } from './root.ts';

type Format = 'xml' | 'json';
const mediaTypes: Record<Format, string> = { xml: 'application/xml', json: 'application/json' };

/** Characters that a correlation id may have, and its longest length. Source: REST contract, correlation. */
function correlationIdOf(request: FastifyRequest, parameters: Parameters): string {
  const given = request.headers['correlation-id'] ?? parameters.text('correlation_id') ?? '';
  const cleaned = String(given)
    .replace(/[^0-9a-zA-Z_-]/g, '')
    .slice(0, 36);
  return cleaned || randomUUID();
}

/** What the client wants to read: parameter `accept`, then the header; XML when it does not say. */
function acceptedFormat(accept: string): Format | null {
  if (accept === '') return 'xml';
  const ranges = accept.split(',').map((range) => range.trim().split(';')[0]?.trim().toLowerCase());
  if (ranges.some((range) => range === 'application/xml' || range === 'text/xml')) return 'xml';
  if (ranges.includes('application/json')) return 'json';
  return ranges.some((range) => range === '*/*' || range === 'application/*') ? 'xml' : null;
}

function bodyFormat(contentType: string | undefined): Format | null {
  const type = (contentType ?? 'application/xml').split(';')[0]?.trim().toLowerCase();
  if (type === 'application/xml' || type === 'text/xml') return 'xml';
  return type === 'application/json' ? 'json' : null;
}

/** The type of a request's body; null where the method takes none. */
function bodyType(method: Method): TypeName | null {
  if (method.action !== undefined) return 'Action';
  if (method.http !== 'POST' && method.http !== 'PUT') return null;
  return (method.params.find((parameter) => parameter.in === 'body')?.type as TypeName | undefined) ?? null;
}

function decodeBody(request: FastifyRequest, type: TypeName): Entity {
  const format = bodyFormat(request.headers['content-type']);
  if (format === null) throw new Fault(415, 'Unsupported Media Type', null);
  const text = typeof request.body === 'string' ? request.body : '';
  if (text.trim() === '') {
    if (type === 'Action') return {};
    throw new Fault(400, 'Request syntactically incorrect.', 'The request has no body.', { key: 'EMPTY_BODY' });
  }
  return (format === 'json' ? decodeJson(text, type) : decodeXml(text, type)) as Entity;
}

/** A refused body: the detail names the document's place and where the method is described. */
function decodeFault(error: DecodeError, service: ServiceName, method: Method): Fault {
  const place = error.path === '' ? '' : `${error.path}: `;
  return new Fault(
    error.code === 'too_large' ? 413 : 400,
    error.reason,
    `${place}${error.detail} For correct usage, see: /ovirt-engine/apidoc#services/${service}/methods/${method.name}`,
    { key: `BODY_${error.code.toUpperCase()}` },
  );
}

async function authorize(operation: Operation, context: Context, name: string): Promise<void> {
  if (operation.permit === null) return;
  const permit = operation.permitFor ? await operation.permitFor(context) : operation.permit;
  const subjects = operation.subjects ? await operation.subjects(context) : [{ type: 'system' as const, id: SYSTEM_ID }];
  for (const subject of subjects) {
    if (!(await holdsPermit(context.db, context.user, permit, subject))) throw forbidden(`${permit} (${name})`);
  }
}

interface Answer {
  status: number;
  type: TypeName;
  body: string;
  location?: string;
}

/** Turns operations into responses of the REST API, under the one catch-all path that the contract's route table serves. */
export class RestServer {
  readonly #engine: Engine;
  readonly #services: Services;

  constructor(engine: Engine, services: Services) {
    this.#engine = engine;
    this.#services = services;
  }

  register(app: FastifyInstance): void {
    const handler = (request: FastifyRequest, reply: FastifyReply) => this.#serve(request, reply);
    app.all(apiRoot, handler);
    app.all(`${apiRoot}/*`, handler);
  }

  async #serve(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const url = new URL(request.url, 'https://engine');
    const below = url.pathname.slice(apiRoot.length);
    const prefix = /^\/v4(?=\/|$)/.test(below) ? '/v4' : '';
    let format: Format = 'xml';
    try {
      const { segments, matrix } = splitPath(below.slice(prefix.length));
      const parameters = new Parameters(url.searchParams, matrix, request.headers);
      const correlationId = correlationIdOf(request, parameters);
      reply.header('Correlation-Id', correlationId);
      const version = request.headers['version'];
      if (version !== undefined && version !== '4') throw new Fault(400, 'Unsupported version', null);
      const accept = parameters.text('accept') ?? request.headers.accept ?? '';
      const wanted = acceptedFormat(accept);
      if (wanted === null && !accept.includes('application/x-virt-viewer')) throw new Fault(406, 'Not Acceptable', null);
      format = wanted ?? 'xml';
      const user = await authenticate(this.#engine, request, reply);
      const answer = await this.#dispatch({ request, reply, segments, parameters, correlationId, user, format, prefix });
      return await reply
        .code(answer.status)
        .type(`${mediaTypes[format]};charset=UTF-8`)
        .headers(answer.location ? { Location: answer.location } : {})
        .send(answer.body);
    } catch (error) {
      return this.#sendFault(reply, request, error, format);
    }
  }

  async #dispatch(call: {
    request: FastifyRequest;
    reply: FastifyReply;
    segments: string[];
    parameters: Parameters;
    correlationId: string;
    user: Context['user'];
    format: Format;
    prefix: string;
  }): Promise<Answer> {
    const { request, parameters, segments, format } = call;
    const http = request.method === 'HEAD' ? 'GET' : request.method;
    const base = {
      engine: this.#engine,
      db: this.#engine.db,
      user: call.user,
      parameters,
      correlationId: call.correlationId,
      filtered: parameters.flag('filter', !call.user.administrator) || !call.user.administrator,
      location: segments.length === 0 ? '' : `/${segments.map(encodeURIComponent).join('/')}`,
      waits: /201-created/i.test(String(request.headers['x-ovirt-expect'] ?? request.headers['expect'] ?? '')),
    };
    if (segments.length === 0) {
      if (http !== 'GET') throw new Fault(405, 'Method Not Allowed', null, { headers: { Allow: 'HEAD, GET, OPTIONS' } });
      const root = await rootDocument({ ...base, path: {}, body: {}, asynchronous: false }, call.reply, request);
      return { status: 200, type: 'Api', body: this.#encode('Api', root, format) };
    }
    const route = matchRoute(http, segments);
    if (route.kind === 'not_found') throw new Fault(404, 'Not Found', null);
    if (route.kind === 'method_not_allowed')
      throw new Fault(405, 'Method Not Allowed', null, { headers: { Allow: route.allow.join(', ') } });
    if (route.kind === 'work_status') throw notBuilt(`The status of work at ${route.template}`);
    const [method] = route.methods;
    if (!method) throw new Fault(404, 'Not Found', null);
    const name = `${route.service}.${method.name}`;
    const operation = this.#services[route.service]?.[method.signatureOf ?? method.name];
    if (!operation) throw notBuilt(`${request.method} ${route.template} (${name})`);
    const type = bodyType(method);
    let body: Entity = {};
    try {
      if (type !== null) body = decodeBody(request, type);
    } catch (error) {
      throw error instanceof DecodeError ? decodeFault(error, route.service, method) : error;
    }
    const asynchronous = parameters.flag('async') || body['async'] === true;
    const context: Context = { ...base, path: route.params, body, asynchronous };
    try {
      await authorize(operation, context, name);
      const incomplete = checkMandatory(route.service, route.methods, body);
      if (incomplete !== null) throw new Fault(400, incomplete.reason, incomplete.detail, { key: 'INCOMPLETE_PARAMETERS' });
      const reply = await operation.run(context);
      return await this.#answer(reply, context, route.service, format, call.prefix);
    } catch (error) {
      if (method.action === undefined) throw error;
      throw new ActionFault(asFault(error, this.#engine.log), body);
    }
  }

  async #answer(reply: Reply, context: Context, service: ServiceName, format: Format, prefix: string): Promise<Answer> {
    const here = `${apiRoot}${context.location}`;
    const itemService = this.#itemService(service);
    switch (reply.kind) {
      case 'collection': {
        const type = reply.type as TypeName;
        await follow(context, type, reply.entities);
        for (const value of reply.entities) represent(type, value, value.href ?? `${here}/${value.id}`, itemService);
        const body =
          format === 'json'
            ? encodeJsonCollection(type, reply.entities as Types[TypeName][])
            : encodeXmlCollection(type, reply.entities as Types[TypeName][]);
        return { status: 200, type, body: relocate(body, prefix) };
      }
      case 'entity': {
        const type = reply.type as TypeName;
        await follow(context, type, [reply.entity]);
        const isNew = reply.status !== 200;
        const href = reply.entity.href ?? (isNew && itemService ? `${here}/${reply.entity.id}` : here);
        represent(type, reply.entity, href, isNew ? itemService : service);
        return {
          status: reply.status,
          type,
          body: relocate(this.#encode(type, reply.entity, format), prefix),
          ...(isNew ? { location: href } : {}),
        };
      }
      case 'action': {
        const action: Entity = { ...context.body, ...reply.result, status: reply.status === 200 ? 'complete' : 'pending' };
        if (reply.job) action['job'] = { id: reply.job, href: `${apiRoot}/jobs/${reply.job}` };
        const body = relocate(this.#encode('Action', represent('Action', action, here, undefined), format), prefix);
        return { status: reply.status, type: 'Action', body };
      }
    }
  }

  /** The service of a collection's members: the locator that takes an id. */
  #itemService(service: ServiceName): ServiceName | undefined {
    return this.#engine.itemServices.get(service);
  }

  #encode(type: TypeName, value: Entity, format: Format): string {
    return format === 'json' ? encodeJson(type, value as Types[TypeName]) : encodeXml(type, value as Types[TypeName]);
  }

  #sendFault(reply: FastifyReply, request: FastifyRequest, error: unknown, format: Format): FastifyReply {
    const action = error instanceof ActionFault ? error.action : null;
    const fault = error instanceof ActionFault ? error.fault : asFault(error, this.#engine.log);
    reply.code(fault.status).headers(fault.headers);
    if (fault.status === 401) reply.header('WWW-Authenticate', 'Basic realm="RESTAPI"');
    if (fault.detail === null) return reply.send('');
    const told = { detail: fault.detail, reason: fault.reason };
    const body = action
      ? this.#encode('Action', { ...action, fault: told, status: 'failed' }, format)
      : this.#encode('Fault', told, format);
    this.#engine.log.debug(
      { status: fault.status, key: fault.key, detail: fault.detail, method: request.method, url: request.url },
      'refused',
    );
    return reply.type(`${mediaTypes[format]};charset=UTF-8`).send(body);
  }
}

/** A fault of an action: its answer repeats what was asked for. */
class ActionFault extends Error {
  readonly fault: Fault;
  readonly action: Entity;
  constructor(fault: Fault, action: Entity) {
    super(fault.message);
    this.fault = fault;
    this.action = action;
  }
}

/** With the version in the request's path all places in the answer carry it too. */
const relocate = (body: string, prefix: string): string => (prefix === '' ? body : body.replaceAll(`${apiRoot}/`, `${apiRoot}${prefix}/`));
