import { verbParameters } from '@virgate/contract/generated/vdsm';
import { constants } from 'node:crypto';
import http from 'node:http';
import net from 'node:net';
import tls from 'node:tls';
import { Broker } from './broker.ts';
import { isEventId, eventTime } from './event-id.ts';
import type { FenceStore } from './fence.ts';
import { FenceGuard, memoryFenceStore } from './fence.ts';
import { detectProtocol } from './first-bytes.ts';
import { encodeNotification } from './json-rpc.ts';
import type { ServerLimits } from './limits.ts';
import { defaultServerLimits } from './limits.ts';
import type { VdsmLog } from './log.ts';
import { silentLog } from './log.ts';
import { QUEUES } from './queues.ts';
import type { VdsmCall, VdsmPeer } from './request-handler.ts';
import { RequestHandler } from './request-handler.ts';
import { ServerSession } from './session.ts';
import { encodeFrame } from './stomp.ts';
import type { VdsmTls } from './tls.ts';
import { secureContextOptions } from './tls.ts';

/** How long a refused peer has to read why. */
const REFUSAL_LINGER_MS = 1000;

export interface VdsmServerOptions {
  /** Address to listen on; `::` is VDSM's default. */
  host: string;
  /** 54321 by custom; 0 takes a free one. */
  port: number;
  /** `null` = plain TCP without any authentication: only for networks that nobody else is on. */
  tls: VdsmTls | null;
  /** Runs a verb. What it resolves to is the result on the wire (`undefined` becomes `true`); a `VdsmError` keeps its code. */
  dispatch: (call: VdsmCall) => Promise<unknown>;
  /** Parameter names of a method in order, for callers that send an array; those of the contract by default. */
  parameterNames?: (method: string) => readonly string[] | undefined;
  /** Answers `GET /` and `PUT /` on the same port (VDSM's image channel); without it such connections are closed. */
  http?: (request: http.IncomingMessage, response: http.ServerResponse) => void;
  /**
   * Whether a peer with a certificate of the authority may connect; by default every one may, as in VDSM. A refused one is told so; a
   * `restricted` one may only make calls (`VdsmPeer.restricted`), and which of them is for `dispatch` to say.
   */
  acceptPeer?: (peer: VdsmPeer) => boolean | 'restricted';
  fence?: FenceStore;
  limits?: Partial<ServerLimits>;
  log?: VdsmLog;
  /** Monotonic milliseconds. */
  now?: () => number;
}

/**
 * A host's end of VDSM's protocol: STOMP 1.2 and JSON-RPC 2.0, and HTTP beside it, on one port behind mutual TLS.
 *
 * @example
 * const server = new VdsmServer({ host: '::', port: 54321, tls, dispatch: async ({ method }) => verbs[method]?.() });
 * await server.listen();
 * server.emit('|net|host_conn|no_id', {});
 */
export class VdsmServer {
  readonly #options: VdsmServerOptions;
  readonly #limits: ServerLimits;
  readonly #log: VdsmLog;
  readonly #now: () => number;
  readonly #broker = new Broker();
  readonly #fences: FenceGuard;
  readonly #requests: RequestHandler;
  /** The TCP sockets of all connections, also of those that are still in their TLS handshake. */
  readonly #sockets: Set<net.Socket> = new Set();
  readonly #http: http.Server | undefined;
  readonly #httpTimers: WeakMap<net.Socket, NodeJS.Timeout> = new WeakMap();
  #httpConnections = 0;
  #server: net.Server | tls.Server | undefined;

  constructor(options: VdsmServerOptions) {
    this.#options = options;
    this.#limits = { ...defaultServerLimits, ...options.limits };
    this.#log = options.log ?? silentLog;
    this.#now = options.now ?? (() => performance.now());
    this.#fences = new FenceGuard(options.fence ?? memoryFenceStore());
    this.#requests = new RequestHandler({
      limits: this.#limits,
      log: this.#log,
      now: this.#now,
      fences: this.#fences,
      dispatch: options.dispatch,
      parameterNames: options.parameterNames ?? contractParameterNames,
      reply: (destination, json) => this.#broker.publish(destination, json),
    });
    if (options.http) this.#http = this.#httpServer(options.http);
  }

  /** Reads the stored fencing numbers and begins to listen. @throws Error of the system when the address cannot be had. */
  async listen(): Promise<{ port: number }> {
    if (this.#server) throw new Error('The server is listening already');
    await this.#fences.load();
    const server = this.#options.tls ? this.#tlsServer(this.#options.tls) : net.createServer();
    server.on('connection', (socket: net.Socket) => this.#register(socket));
    server.on(this.#options.tls ? 'secureConnection' : 'connection', (socket: net.Socket) => this.#accept(socket));
    server.maxConnections = this.#limits.connections;
    this.#server = server;
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host: this.#options.host, port: this.#options.port }, () => {
          server.off('error', reject);
          resolve();
        });
      });
    } catch (error) {
      this.#server = undefined;
      throw error;
    }
    server.on('error', (error) => this.#log.error({ error: error.message }, 'Listening socket failed'));
    return { port: (server.address() as net.AddressInfo).port };
  }

  /**
   * Sends a notification to all who subscribed to events. `notify_time` is added unless the parameters have it.
   *
   * @throws RangeError when the id is not `|component|operation|unique-id`.
   */
  emit(eventId: string, params: object): void {
    if (!isEventId(eventId)) throw new RangeError(`Event id ${JSON.stringify(eventId)} must look like |component|operation|unique-id`);
    this.#broker.publish(QUEUES.events, encodeNotification(eventId, { notify_time: eventTime(), ...params }));
  }

  /** New key, certificate or authority for connections from now on. {@link disconnectAll} ends those of the old authority. */
  setTls(options: VdsmTls): void {
    if (this.#server instanceof tls.Server)
      this.#server.setSecureContext({ ...secureContextOptions(options), secureOptions: constants.SSL_OP_NO_TICKET });
    else if (this.#server) throw new Error('A plain TCP server cannot change to TLS; close it and make another one');
    this.#options.tls = options;
  }

  /**
   * Drops every connection with a TCP reset; peers may connect again at once. oVirt's Java client notices a reset at
   * once; after an orderly end it spins until its heart-beat time-out and loses the calls made meanwhile.
   */
  disconnectAll(): void {
    const sockets = [...this.#sockets];
    // Node crashes when the TCP socket goes away inside a callback of the TLS socket on top of it.
    setImmediate(() => {
      for (const socket of sockets) if (!socket.destroyed) socket.resetAndDestroy();
    });
  }

  /** Stops listening, drops all connections and forgets calls that have not begun. Running verbs end unheard. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#requests.clear();
    this.#http?.close();
    if (!server) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      this.disconnectAll();
    });
  }

  #tlsServer(options: VdsmTls): tls.Server {
    const server = tls.createServer({
      ...secureContextOptions(options),
      requestCert: true,
      rejectUnauthorized: true,
      handshakeTimeout: this.#limits.handshakeTimeoutMs,
      // A resumed session would outlive the certificate check of a changed authority.
      secureOptions: constants.SSL_OP_NO_TICKET,
    });
    server.on('tlsClientError', (error, socket) => {
      this.#log.info({ address: socket.remoteAddress, reason: error.message }, 'TLS handshake refused');
      socket.destroy();
    });
    return server;
  }

  #register(socket: net.Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #accept(socket: net.Socket): void {
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 30_000);
    socket.on('error', (error) => this.#log.debug({ reason: error.message }, 'Connection failed'));
    const peer = readPeer(socket);
    const accepted = this.#options.acceptPeer?.(peer) ?? true;
    if (accepted === 'restricted') peer.restricted = true;
    if (accepted === false) {
      this.#log.warn({ ...peer }, 'Peer refused: its certificate is not accepted here');
      refusePeer(socket, peer);
      return;
    }
    this.#detect(socket, peer);
  }

  #detect(socket: net.Socket, peer: VdsmPeer): void {
    let bytes: Buffer = Buffer.alloc(0);
    const timer = setTimeout(() => {
      this.#log.info({ address: peer.address }, 'Connection sent nothing in time');
      socket.destroy();
    }, this.#limits.firstBytesTimeoutMs);
    const onClose = () => clearTimeout(timer);
    const onEnd = () => socket.destroy();
    const onData = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const protocol = detectProtocol(bytes);
      if (protocol === undefined) return;
      clearTimeout(timer);
      socket.off('data', onData).off('end', onEnd).off('close', onClose);
      if (protocol === 'stomp') this.#startSession(socket, peer, bytes);
      else if (protocol === 'http' && this.#http) this.#startHttp(socket, bytes);
      else {
        this.#log.warn({ address: peer.address, protocol }, 'Connection closed: protocol not served here');
        socket.destroy();
      }
    };
    socket.on('data', onData).on('end', onEnd).on('close', onClose);
  }

  #startSession(socket: net.Socket, peer: VdsmPeer, first: Buffer): void {
    const session = new ServerSession({
      socket,
      broker: this.#broker,
      limits: this.#limits,
      log: this.#log,
      now: this.#now,
      restricted: peer.restricted === true,
      onRequest: (frame, replyTo) => this.#requests.take(frame, replyTo, peer),
    });
    session.start(first);
  }

  #httpServer(handler: NonNullable<VdsmServerOptions['http']>): http.Server {
    const server = http.createServer({ requestTimeout: 0 }, (request, response) => {
      clearTimeout(this.#httpTimers.get(request.socket));
      handler(request, response);
    });
    server.setTimeout(this.#limits.httpTimeoutMs);
    server.maxRequestsPerSocket = 1;
    return server;
  }

  #startHttp(socket: net.Socket, first: Buffer): void {
    if (this.#httpConnections >= this.#limits.httpConnections) {
      this.#log.warn({ limit: this.#limits.httpConnections }, 'HTTP connection closed: too many');
      socket.destroy();
      return;
    }
    this.#httpConnections++;
    // Node checks header time-outs only for servers that listen themselves.
    const timer = setTimeout(() => socket.destroy(), this.#limits.firstBytesTimeoutMs);
    this.#httpTimers.set(socket, timer);
    socket.once('close', () => {
      clearTimeout(timer);
      this.#httpConnections--;
    });
    socket.pause();
    socket.unshift(first);
    this.#http?.emit('connection', socket);
    process.nextTick(() => socket.resume());
  }
}

/** Tells a peer why it is refused, as a STOMP frame that engines log, and ends the connection. */
function refusePeer(socket: net.Socket, { subject }: VdsmPeer): void {
  const name = Object.entries(subject ?? {})
    .map(([attribute, value]) => `${attribute}=${[value].flat().join('+')}`)
    .join(', ');
  socket.resume();
  socket.end(encodeFrame('ERROR', { 'content-type': 'text/plain' }, `the certificate of ${name || 'nobody'} is not accepted here`));
  const timer = setTimeout(() => socket.destroy(), REFUSAL_LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
}

function contractParameterNames(method: string): readonly string[] | undefined {
  return Object.hasOwn(verbParameters, method) ? verbParameters[method as keyof typeof verbParameters] : undefined;
}

function readPeer(socket: net.Socket): VdsmPeer {
  const peer: VdsmPeer = { address: withoutMapping(socket.remoteAddress), localAddress: withoutMapping(socket.localAddress) };
  if (!(socket instanceof tls.TLSSocket)) return peer;
  const { subject } = socket.getPeerCertificate();
  if (subject) peer.subject = { ...subject } as Record<string, string | string[]>;
  return peer;
}

/** `::ffff:192.0.2.1` is IPv4 seen through a dual-stack socket. */
function withoutMapping(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}
