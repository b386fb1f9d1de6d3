import fastify, { type FastifyInstance } from 'fastify';
import type { Engine } from '../engine.ts';
import { registerConsoles } from '../consoles/proxy.ts';
import { registerImageProxy } from '../image-transfers/proxy.ts';
import { registerPortal } from '../portal/assets.ts';
import { RestServer } from '../rest/server.ts';
import { asFault } from '../rest/errors.ts';
import { services } from '../services.ts';
import { registerServices } from '../services/endpoints.ts';
import { registerSso } from '../sso/endpoints.ts';
import { registerVirgate } from '../virgate/operations.ts';
import { limitBodyTime } from './body-time.ts';

/** Bounds of what clients may send and how slowly. */
export const httpLimits = {
  bodyBytes: 16 * 1024 ** 2,
  requestTimeoutMs: 60_000,
  headersTimeoutMs: 20_000,
  keepAliveTimeoutMs: 65_000,
  urlLength: 64 * 1024,
} as const;

/**
 * The engine's HTTPS server: REST API, single sign-on, services, our own API under `/virgate/api`, images, and the portal.
 * It is made but does not listen yet.
 */
export async function createHttpServer(engine: Engine, portalFolder: string | null): Promise<FastifyInstance> {
  const app = fastify({
    https: {
      key: engine.authority.engine.keyPem,
      cert: engine.authority.engine.certificatePem + engine.authority.caPem,
      minVersion: 'TLSv1.2',
      maxHeaderSize: httpLimits.urlLength,
    },
    bodyLimit: httpLimits.bodyBytes,
    // the server's own limit knows no exceptions; images take as long as they take
    requestTimeout: 0,
    keepAliveTimeout: httpLimits.keepAliveTimeoutMs,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 2048, ignoreDuplicateSlashes: true },
    forceCloseConnections: true,
    logger: false,
  }) as unknown as FastifyInstance;
  app.server.headersTimeout = httpLimits.headersTimeoutMs;
  limitBodyTime(app, httpLimits.requestTimeoutMs);
  // `Expect: 201-created` is the contract's own; Node would refuse every expectation but 100-continue.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  // Bodies are taken as text whatever their type says: the contract's codecs read them, with their own limits and errors.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: httpLimits.bodyBytes }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error: Error & { statusCode?: number; code?: string }, _request, reply) => {
    if (error.statusCode !== undefined && error.statusCode < 500) {
      return reply
        .code(error.statusCode)
        .type('application/json')
        .send({ code: error.code ?? 'bad_request', message: error.message });
    }
    const fault = asFault(error, engine.log);
    return reply
      .code(fault.status)
      .headers(fault.headers)
      .type('application/json')
      .send({ code: fault.key ?? 'internal_error', message: fault.detail ?? fault.reason });
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).type('text/plain').send('Not Found\n'));
  new RestServer(engine, services).register(app);
  registerSso(app, engine);
  registerServices(app, engine);
  registerVirgate(app, engine);
  registerConsoles(app, engine);
  registerImageProxy(app, engine);
  await registerPortal(app, portalFolder);
  return app;
}
