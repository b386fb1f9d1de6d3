import net from 'node:net';
import tls from 'node:tls';
import { ErrorCode, StompError, VdsmError } from './errors.ts';
import { FrameWriter } from './frame-writer.ts';
import { parseHeartbeat, watchIdle } from './heartbeat.ts';
import type { ClientLimits } from './limits.ts';
import { MERGED_FRAMES_HEADER } from './limits.ts';
import type { VdsmLog } from './log.ts';
import type { FrameHeaders, StompFrame } from './stomp.ts';
import { encodeFrame, StompDecoder } from './stomp.ts';
import type { VdsmTls } from './tls.ts';
import { sharedSecureContext } from './tls.ts';

/** How long bytes that wait in the socket get after a pause of the whole process before silence counts. */
const SETTLE_MS = 200;

export interface ClientLinkOptions {
  host: string;
  port: number;
  tls: VdsmTls | null;
  checkPeer?: (certificate: tls.PeerCertificate) => Error | undefined;
  connectTimeoutMs: number;
  /** Period in which both sides may be silent; half of it is asked for, oVirt's rule of 50 % grace. */
  heartbeatMs: number;
  /** Destinations to subscribe to once connected. */
  destinations: readonly string[];
  limits: ClientLimits;
  log: VdsmLog;
  now: () => number;
  randomId: () => string;
  onUp: () => void;
  onMessage: (body: string) => void;
  /** Once, also when the connection never came up. */
  onDown: (error: VdsmError) => void;
}

/** One attempt to connect and the connection that comes of it. Never used again after it went down. The constructor throws when the port or a PEM is unusable. */
export class ClientLink {
  readonly #options: ClientLinkOptions;
  readonly #socket: net.Socket;
  readonly #decoder: StompDecoder;
  readonly #writer: FrameWriter;
  readonly #stops: Array<() => void> = [];
  readonly #connectTimer: NodeJS.Timeout;
  #frameTimer: NodeJS.Timeout | undefined;
  #up = false;
  #down = false;
  #lastReadAt: number;

  constructor(options: ClientLinkOptions) {
    const { limits, now, connectTimeoutMs } = options;
    this.#options = options;
    this.#decoder = new StompDecoder(limits);
    this.#lastReadAt = now();
    this.#socket = this.#open();
    this.#writer = new FrameWriter({ socket: this.#socket, limits, now, fail: (reason) => this.#fail(reason) });
    this.#connectTimer = setTimeout(() => this.#fail(`no connection within ${connectTimeoutMs} ms`), connectTimeoutMs);
    this.#socket.setNoDelay(true);
    this.#socket.setKeepAlive(true, 30_000);
    this.#socket.on(options.tls ? 'secureConnect' : 'connect', () => this.#greet());
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#socket.on('error', (error) => this.#fail(error.message));
    this.#socket.on('end', () => this.#fail('the host closed the connection'));
    this.#socket.on('close', () => this.#fail('the connection was closed'));
  }

  /** @throws StompError when the headers are too long. */
  send(headers: FrameHeaders, body: string): void {
    this.#writer.send(encodeFrame('SEND', headers, body));
  }

  /** Ends the connection; frames already handed over get a moment to leave. */
  close(): void {
    if (this.#down) return;
    const wasUp = this.#up;
    this.#finish();
    if (wasUp) this.#socket.end(encodeFrame('DISCONNECT', {}), () => this.#socket.destroy());
    else this.#socket.destroy();
    const timer = setTimeout(() => this.#socket.destroy(), 1000);
    this.#socket.once('close', () => clearTimeout(timer));
  }

  #open(): net.Socket {
    const { host, port, checkPeer } = this.#options;
    if (!this.#options.tls) return net.connect({ host, port });
    return tls.connect({
      host,
      port,
      ...(net.isIP(host) ? {} : { servername: host }),
      secureContext: sharedSecureContext(this.#options.tls),
      rejectUnauthorized: true,
      // Hosts are known by the authority that signed them, not by name (as in oVirt's engine).
      checkServerIdentity: (_name, certificate) => checkPeer?.(certificate),
    });
  }

  #greet(): void {
    const wishMs = Math.floor(this.#options.heartbeatMs / 2);
    const headers = {
      'accept-version': '1.2',
      host: this.#options.host.replaceAll(':', '-'),
      'heart-beat': `${wishMs},${wishMs}`,
      [MERGED_FRAMES_HEADER]: 'yes',
    };
    this.#writer.send(encodeFrame('CONNECT', headers));
  }

  #read(chunk: Buffer): void {
    if (this.#down) return;
    this.#lastReadAt = this.#options.now();
    try {
      for (const frame of this.#decoder.push(chunk)) {
        clearTimeout(this.#frameTimer);
        this.#frameTimer = undefined;
        this.#take(frame);
        if (this.#down) return;
      }
    } catch (error) {
      if (!(error instanceof StompError)) throw error;
      this.#fail(error.message);
      return;
    }
    if (this.#decoder.insideFrame) {
      this.#frameTimer ??= setTimeout(() => this.#fail('a frame of the host did not end in time'), this.#options.limits.frameTimeoutMs);
    }
  }

  #take(frame: StompFrame): void {
    switch (frame.command) {
      case 'CONNECTED':
        return this.#connected(frame);
      case 'MESSAGE':
        return this.#options.onMessage(frame.body.toString('utf8'));
      case 'ERROR':
        return this.#takeError(frame);
      case 'RECEIPT':
        return;
      default:
        return this.#fail(`the host sent the unknown command ${JSON.stringify(frame.command.slice(0, 20))}`);
    }
  }

  #takeError(frame: StompFrame): void {
    const text = (frame.body.length > 0 ? frame.body.toString('utf8') : (frame.headers.get('message') ?? '')).slice(0, 500);
    if (this.#up) this.#options.log.warn({ host: this.#options.host, reason: text }, 'The host refused a STOMP frame');
    else this.#fail(`the host refused the connection: ${text}`);
  }

  #connected({ headers }: StompFrame): void {
    if (this.#up) return;
    const offer = parseHeartbeat(headers.get('heart-beat'));
    if (headers.get('version') !== '1.2' || offer === undefined) return this.#fail('the host speaks another version of STOMP than 1.2');
    clearTimeout(this.#connectTimer);
    this.#startHeartbeats(...offer);
    for (const destination of this.#options.destinations) {
      this.#writer.send(encodeFrame('SUBSCRIBE', { destination, id: this.#options.randomId(), ack: 'auto' }));
    }
    this.#up = true;
    this.#options.onUp();
  }

  /** `sendsMs`: how often the host sends; silence of 1.5 times that is death (22.5 s by default). `wantsMs`: how often it wants to hear from us. */
  #startHeartbeats(sendsMs: number, wantsMs: number): void {
    const { now, heartbeatMs } = this.#options;
    if (heartbeatMs <= 0) return;
    if (sendsMs > 0) {
      const due = () => {
        this.#fail(`the host was silent for ${sendsMs * 1.5} ms`);
        return false;
      };
      this.#stops.push(watchIdle({ periodMs: sendsMs * 1.5, settleMs: SETTLE_MS, now, lastAt: () => this.#lastReadAt, due }));
    }
    if (wantsMs > 0) {
      const due = () => {
        this.#writer.beat();
        return true;
      };
      this.#stops.push(watchIdle({ periodMs: wantsMs, settleMs: 0, now, lastAt: () => this.#writer.lastWriteAt, due }));
    }
  }

  #fail(reason: string): void {
    if (this.#down) return;
    this.#finish();
    this.#socket.destroy();
    const { host, port } = this.#options;
    this.#options.onDown(new VdsmError(ErrorCode.network, `Connection to ${host}:${port} failed: ${reason}`));
  }

  #finish(): void {
    this.#down = true;
    clearTimeout(this.#connectTimer);
    clearTimeout(this.#frameTimer);
    for (const stop of this.#stops) stop();
    this.#writer.stop();
  }
}
