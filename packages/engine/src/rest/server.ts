import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { authenticate } from '../access/authenticate.ts';
import type { Engine } from '../engine.ts';
import { answer } from './answer.ts';
import { ActionFault, dispatch } from './dispatch.ts';
import { encodeEntity } from './encode.ts';
import { asFault } from './errors.ts';
import { catalogueFor } from './languages/language.ts';
import { addressOf, apiRoots, contentTypeOf, correlationIdOf, formatOf, versionOf, type Wire } from './negotiation.ts';
import type { Services } from './operation.ts';
import { Parameters, splitPath } from './parameters.ts';
import { send, varying } from './send.ts';
import { serveVersion3 } from './version-3/serve.ts';

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
    for (const root of apiRoots) {
      app.all(root, handler);
      app.all(`${root}/*`, handler);
    }
  }

  async #serve(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const url = new URL(request.url, 'https://engine');
    const address = addressOf(url.pathname);
    const wire: Wire = { format: 'xml', version: address.version ?? 4, root: address.root };
    try {
      const { segments, matrix } = splitPath(address.path);
      const parameters = new Parameters(url.searchParams, matrix, request.headers);
      const correlationId = correlationIdOf(request, parameters);
      reply.header('Correlation-Id', correlationId);
      wire.version = versionOf(request, address);
      wire.format = formatOf(request, parameters);
      const user = await authenticate(this.#engine, request, reply);
      const http = request.method;
      const call = { request, reply, http, segments, parameters, correlationId, user, wire };
      const outcome = await (wire.version === 3 ? serveVersion3 : dispatch)(this.#engine, this.#services, call);
      return await send(reply, request, await answer(outcome, wire));
    } catch (error) {
      return await this.#sendFault(reply, request, error, wire);
    }
  }

  async #sendFault(reply: FastifyReply, request: FastifyRequest, error: unknown, wire: Wire): Promise<FastifyReply> {
    const action = error instanceof ActionFault ? error.action : null;
    const fault = error instanceof ActionFault ? error.fault : asFault(error, this.#engine.log);
    reply.code(fault.status).headers(fault.headers);
    if (fault.status === 401) reply.header('WWW-Authenticate', 'Basic realm="RESTAPI"');
    if (fault.detail === null) return reply.send('');
    const catalogue = await catalogueFor(request.headers['accept-language']);
    const told = { detail: fault.detailIn(catalogue), reason: fault.reason };
    reply.header('Content-Language', catalogue?.language ?? 'en').header('Vary', varying);
    const body = action ? encodeEntity(wire, 'Action', { ...action, fault: told, status: 'failed' }) : encodeEntity(wire, 'Fault', told);
    this.#engine.log.debug(
      { status: fault.status, key: fault.key, detail: fault.detail, method: request.method, url: request.url },
      'refused',
    );
    return reply.type(contentTypeOf(wire.format)).send(body);
  }
}
