import { request as httpsRequest } from 'node:https';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setFlagsFromString } from 'node:v8';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { KnownHostAgents } from '../certificates/known-host.ts';
import type { Engine } from '../engine.ts';
import { imageServerOf, type ImageServerPlace } from '../hosts/image-server.ts';
import { Fault } from '../rest/fault.ts';
import { answerHeaders, isProxyEnabled, originHeaders, preflightHeaders, readProxyRequest, type ProxyRequest } from './proxy-request.ts';

/** Requests that one engine passes on at once, all together and of one transfer. */
const limits = { requests: 256, ofTransfer: 16 } as const;
/** After what silence a request is given up: later than hosts give theirs up, so that they say why. */
const idleTimeoutMs = 90_000;
/** How long a connection to a host is kept for the next request. */
const keptMs = 10_000;
/** How often it is looked whether transfers have ended that are passed on. */
const sweepMs = 2_000;

interface Passing {
  readonly transferId: string;
  readonly end: () => void;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Requests of clients that cannot reach a host, passed on to its image server. Nothing is kept here: bytes go through as fast as the slower
 * side takes them, who knows a ticket may do what the host lets him, and each engine serves every transfer. Transferred bytes and idle times
 * are the host's count, so they hold for both ways.
 */
class ImageProxy {
  readonly #engine: Engine;
  readonly #agents: KnownHostAgents;
  readonly #passing = new Set<Passing>();
  readonly #sweep: NodeJS.Timeout;
  #sweeping = false;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#agents = new KnownHostAgents(engine.authority.caPem, { keepAlive: true, timeout: keptMs });
    this.#sweep = setInterval(() => void this.#endEnded(), sweepMs).unref();
  }

  close(): void {
    clearInterval(this.#sweep);
    for (const { end } of this.#passing) end();
    this.#agents.destroy();
  }

  async serve(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    try {
      if (!isProxyEnabled(this.#engine.options)) throw new Fault(404, 'Not Found', 'This engine passes no images on');
      reply.headers(originHeaders(request.headers));
      if (request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined) {
        await reply.code(204).headers(preflightHeaders).send();
        return;
      }
      const asked = readProxyRequest(request.method, request.url, request.headers);
      await this.#admitted(asked, reply, async (passing) => {
        const place = await this.#placeOf(asked.transferId);
        if (!reply.raw.destroyed) await this.#pass({ asked, place, passing }, request, reply);
      });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      // a body that was not read leaves nothing to be said on this connection afterwards
      await reply.code(error.status).header('connection', 'close').send({ message: error.detail });
    }
  }

  /** Counts a request in, and ends it with its transfer. @throws {Fault} 503 */
  async #admitted(asked: ProxyRequest, reply: FastifyReply, run: (passing: AbortController) => Promise<void>): Promise<void> {
    const { transferId } = asked;
    const ofTransfer = [...this.#passing].filter((one) => one.transferId === transferId).length;
    if (this.#passing.size >= limits.requests || ofTransfer >= limits.ofTransfer) {
      reply.header('retry-after', '1');
      throw new Fault(503, 'Service Unavailable', 'Too many images are being passed on at this moment');
    }
    const ending = new AbortController();
    const passing = { transferId, end: () => ending.abort() };
    this.#passing.add(passing);
    try {
      await run(ending);
    } finally {
      this.#passing.delete(passing);
    }
  }

  /** Where the image of an open transfer is served. @throws {Fault} 403 as hosts refuse an unknown ticket */
  async #placeOf(transferId: string): Promise<ImageServerPlace> {
    const found = await this.#engine.db
      .selectFrom('image_transfer')
      .select('host_id')
      .where('id', '=', transferId)
      .where('phase', '=', 'transferring')
      .executeTakeFirst();
    if (found?.host_id == null) throw new Fault(403, 'Forbidden', 'There is no such ticket, or its transfer is not open');
    return imageServerOf(this.#engine.db, found.host_id);
  }

  async #pass(
    { asked, place, passing }: { asked: ProxyRequest; place: ImageServerPlace; passing: AbortController },
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const own = reply.getHeaders() as Record<string, string>;
    reply.hijack();
    const [incoming, outgoing] = [request.raw, reply.raw];
    incoming.socket.setTimeout(idleTimeoutMs);
    const { host, port, subject } = place;
    const sent = httpsRequest({
      host,
      port,
      agent: this.#agents.of(subject),
      method: asked.method,
      path: asked.path,
      headers: asked.headers,
      timeout: idleTimeoutMs,
    });
    const end = (): void => void sent.destroy(new Error('the transfer has ended'));
    passing.signal.addEventListener('abort', end);
    // the client went, or has been told all
    const left = (): void => void sent.destroy();
    outgoing.once('close', left);
    incoming.on('error', left);
    outgoing.on('error', left);
    try {
      const answering = answerOf(sent);
      if (asked.hasBody) incoming.pipe(sent);
      else sent.end();
      const answer = await answering;
      if (passing.signal.aborted) end();
      outgoing.writeHead(answer.statusCode ?? 502, {
        ...own,
        ...answerHeaders(answer.headers),
        ...(incoming.complete ? {} : { connection: 'close' }),
      });
      await pipeline(answer, outgoing);
    } catch (error) {
      if (outgoing.headersSent || outgoing.destroyed) outgoing.destroy();
      else
        outgoing
          .writeHead(502, { ...own, connection: 'close', 'content-type': 'application/json' })
          .end(JSON.stringify({ message: `The host of the image cannot be reached: ${messageOf(error)}` }));
      this.#engine.log.debug({ err: error, transfer: asked.transferId }, 'a request for an image broke off');
    } finally {
      passing.signal.removeEventListener('abort', end);
      incoming.unpipe(sent);
    }
  }

  /** A host that went away with its transfer's end, or that has not heard of it, does not hold its clients. */
  async #endEnded(): Promise<void> {
    if (this.#sweeping || this.#passing.size === 0) return;
    this.#sweeping = true;
    try {
      const passing = [...this.#passing];
      const ids = [...new Set(passing.map((one) => one.transferId))];
      const open = await this.#engine.db
        .selectFrom('image_transfer')
        .select('id')
        .where('id', 'in', ids)
        .where('phase', '=', 'transferring')
        .execute();
      for (const one of passing) if (!open.some(({ id }) => id === one.transferId)) one.end();
    } catch (error) {
      this.#engine.log.warn({ err: error }, 'whether image transfers have ended could not be looked up');
    } finally {
      this.#sweeping = false;
    }
  }
}

/** The answer to a request; what breaks after it is told by the answer's own stream. */
function answerOf(sent: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.once('response', resolve);
    sent.on('error', reject);
    sent.once('close', () => reject(new Error('the connection was closed')));
    sent.once('timeout', () => sent.destroy(new Error(`nothing was sent for ${idleTimeoutMs / 1000} s`)));
  });
}

/** Registers `/images/{ticket}`: the data of image transfers for clients that do not reach their hosts. Source: imageio protocol. */
export function registerImageProxy(app: FastifyInstance, engine: Engine): void {
  // What passes through lies outside of the heap. Without this V8 collects the whole heap for each 32 MiB of it.
  setFlagsFromString('--external-memory-accounted-in-global-limit');
  const proxy = new ImageProxy(engine);
  app.register(async (scope) => {
    // bodies are left to be read piece by piece
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _body, done) => done(null));
    scope.all('/images/*', { config: { endlessBody: true } }, (request, reply) => proxy.serve(request, reply));
  });
  app.addHook('preClose', (done) => {
    proxy.close();
    done();
  });
}
