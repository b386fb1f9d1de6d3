import type { Socket } from 'node:net';
import type { Broker, Subscription } from './broker.ts';
import { StompError } from './errors.ts';
import { FrameWriter } from './frame-writer.ts';
import { parseHeartbeat, watchIdle } from './heartbeat.ts';
import type { ServerLimits } from './limits.ts';
import { MERGED_FRAMES_HEADER } from './limits.ts';
import type { VdsmLog } from './log.ts';
import { isRequestQueue, isSharedQueue, QUEUES } from './queues.ts';
import type { FrameHeaders, StompFrame } from './stomp.ts';
import { encodeFrame, isEchoable, StompDecoder } from './stomp.ts';

/** How long bytes that wait in the socket get after a pause of the whole process before silence counts. */
const SETTLE_MS = 200;
/** How long a refused peer may take to close. */
const LINGER_MS = 1000;

export interface SessionOptions {
  socket: Socket;
  broker: Broker;
  limits: ServerLimits;
  log: VdsmLog;
  now: () => number;
  /** Its peer hears nothing but the answers to its own calls, and sends nothing but calls. */
  restricted?: boolean;
  /** A JSON-RPC body came in on a request queue. */
  onRequest: (frame: StompFrame, replyTo: string) => void;
}

/** The STOMP side of one connection to the server: its frames, subscriptions and heart-beats. */
export class ServerSession {
  readonly #options: SessionOptions;
  readonly #socket: Socket;
  readonly #decoder: StompDecoder;
  readonly #writer: FrameWriter;
  readonly #subscriptions: Map<string, Subscription> = new Map();
  readonly #stops: Array<() => void> = [];
  #frameTimer: NodeJS.Timeout | undefined;
  #connectTimer: NodeJS.Timeout | undefined;
  #connected = false;
  #refused = false;
  #ended = false;
  #lastReadAt: number;

  constructor(options: SessionOptions) {
    const { socket, limits, now } = options;
    this.#options = options;
    this.#socket = socket;
    this.#decoder = new StompDecoder(limits);
    this.#lastReadAt = now();
    this.#writer = new FrameWriter({
      socket,
      limits,
      now,
      fail: (reason) => this.#drop(reason),
      onPressure: (high) => (high ? socket.pause() : socket.resume()),
    });
    this.#writer.gapMs = limits.frameGapMs;
    this.#connectTimer = setTimeout(() => this.#drop('no CONNECT in time'), limits.connectTimeoutMs);
  }

  /** Takes over the socket; `first` are the bytes that the protocol was told from. */
  start(first: Buffer): void {
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#socket.on('end', () => this.#drop('peer closed the connection'));
    this.#socket.on('close', () => this.#end());
    this.#read(first);
  }

  #read(chunk: Buffer): void {
    if (this.#ended || this.#refused) return;
    this.#lastReadAt = this.#options.now();
    try {
      for (const frame of this.#decoder.push(chunk)) {
        clearTimeout(this.#frameTimer);
        this.#frameTimer = undefined;
        this.#take(frame);
        if (this.#ended || this.#refused) return;
      }
    } catch (error) {
      if (!(error instanceof StompError)) throw error;
      this.#refuse(error.message);
      return;
    }
    if (this.#decoder.insideFrame) {
      this.#frameTimer ??= setTimeout(() => this.#drop('frame did not end in time'), this.#options.limits.frameTimeoutMs);
    }
  }

  #take(frame: StompFrame): void {
    switch (frame.command) {
      case 'CONNECT':
        return this.#connect(frame);
      case 'SEND':
        return this.#receive(frame);
      case 'SUBSCRIBE':
        return this.#subscribe(frame);
      case 'UNSUBSCRIBE':
        return this.#unsubscribe(frame);
      case 'DISCONNECT':
        return this.#disconnect(frame);
      default:
        return this.#drop(`unknown command ${JSON.stringify(frame.command.slice(0, 20))}`);
    }
  }

  #connect({ headers }: StompFrame): void {
    // VDSM compares the text: a list such as "1.1,1.2" is refused too.
    if (headers.get('accept-version') !== '1.2') return this.#refuse('Version unsupported');
    const wish = parseHeartbeat(headers.get('heart-beat'));
    if (wish === undefined) return this.#refuse('Malformed heart-beat header');
    if (this.#connected) return this.#refuse('Already connected');
    this.#connected = true;
    clearTimeout(this.#connectTimer);
    if (headers.has(MERGED_FRAMES_HEADER)) this.#writer.gapMs = 0;
    const { minimumHeartbeatMs } = this.#options.limits;
    const [incomingMs, outgoingMs] = wish.map((periodMs) => (periodMs === 0 ? 0 : Math.max(periodMs, minimumHeartbeatMs))) as [
      number,
      number,
    ];
    this.#write('CONNECTED', { version: '1.2', 'heart-beat': `${outgoingMs},${incomingMs}` });
    this.#startHeartbeats(incomingMs, outgoingMs);
  }

  #startHeartbeats(incomingMs: number, outgoingMs: number): void {
    const { now } = this.#options;
    if (outgoingMs > 0) {
      const due = () => {
        this.#writer.beat();
        return true;
      };
      this.#stops.push(watchIdle({ periodMs: outgoingMs, settleMs: 0, now, lastAt: () => this.#writer.lastWriteAt, due }));
    }
    if (incomingMs > 0) {
      const due = () => {
        this.#drop('no heart-beat from the peer');
        return false;
      };
      // One interval of grace, as VDSM gives.
      this.#stops.push(watchIdle({ periodMs: 2 * incomingMs, settleMs: SETTLE_MS, now, lastAt: () => this.#lastReadAt, due }));
    }
  }

  #subscribe({ headers }: StompFrame): void {
    const destination = headers.get('destination');
    const id = headers.get('id');
    if (!destination || !id) return this.#complain('Missing destination or subscription id header');
    if (!isEchoable(destination) || !isEchoable(id)) return this.#complain('Destination or subscription id is too long');
    if (this.#options.restricted && isSharedQueue(destination)) return this.#complain('This destination is not for you');
    if (this.#subscriptions.has(id)) return this.#complain('Subscription id already exists');
    if (this.#subscriptions.size >= this.#options.limits.subscriptionsPerConnection) return this.#complain('Too many subscriptions');
    const subscription = { id, destination, deliver: (frame: Buffer) => this.#writer.send(frame) };
    this.#subscriptions.set(id, subscription);
    this.#options.broker.add(subscription);
  }

  #unsubscribe({ headers }: StompFrame): void {
    const id = headers.get('id');
    const subscription = id === undefined ? undefined : this.#subscriptions.get(id);
    if (subscription === undefined) return this.#complain(id === undefined ? 'Missing id header' : 'Subscription id not found');
    this.#subscriptions.delete(subscription.id);
    this.#options.broker.remove(subscription);
  }

  #disconnect({ headers }: StompFrame): void {
    const receipt = headers.get('receipt');
    if (receipt === undefined) return this.#drop('peer disconnected');
    if (!isEchoable(receipt)) return this.#refuse('Unusable receipt header');
    // The socket stays open for the peer to close: it must be able to read the receipt.
    this.#write('RECEIPT', { 'receipt-id': receipt });
  }

  #receive(frame: StompFrame): void {
    const destination = frame.headers.get('destination');
    if (!isEchoable(destination)) return this.#complain('Missing or unusable destination header');
    const { restricted } = this.#options;
    if (restricted && !isRequestQueue(destination)) return this.#complain('This destination is not for you');
    const forwarded = restricted ? 0 : this.#forward(destination, frame);
    if (!isRequestQueue(destination)) {
      if (forwarded === 0) this.#complain('Subscription not available');
      return;
    }
    const replyTo = frame.headers.get('reply-to') ?? QUEUES.responses;
    if (restricted && isSharedQueue(replyTo)) return this.#complain('A private reply-to is needed');
    if (!isEchoable(replyTo)) return this.#complain('Unusable reply-to header');
    this.#options.onRequest(frame, replyTo);
  }

  #forward(destination: string, frame: StompFrame): number {
    try {
      return this.#options.broker.forward(destination, frame.headers, frame.body);
    } catch (error) {
      if (!(error instanceof StompError)) throw error;
      this.#complain(error.message);
      return 1;
    }
  }

  #write(command: string, headers: FrameHeaders, body?: string): void {
    this.#writer.send(encodeFrame(command, headers, body));
  }

  /** An ERROR after which the connection goes on, as VDSM does for a wrong frame that was read whole. */
  #complain(message: string): void {
    this.#options.log.debug({ reason: message }, 'STOMP frame refused');
    this.#write('ERROR', { 'content-type': 'text/plain' }, message);
  }

  /** An ERROR, and the end of the connection. What the peer still sends is thrown away for a moment, so that it can read the ERROR. */
  #refuse(message: string): void {
    if (this.#refused) return;
    this.#refused = true;
    this.#options.log.warn({ reason: message }, 'STOMP connection refused');
    this.#write('ERROR', { 'content-type': 'text/plain' }, message);
    void this.#writer.drained().then(() => {
      if (this.#ended) return;
      this.#end();
      this.#socket.end();
      const timer = setTimeout(() => this.#socket.destroy(), LINGER_MS);
      this.#socket.once('close', () => clearTimeout(timer));
    });
  }

  #drop(reason: string): void {
    if (this.#ended) return;
    this.#options.log.info({ reason }, 'STOMP connection dropped');
    this.#end();
    this.#socket.destroy();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#connectTimer);
    clearTimeout(this.#frameTimer);
    for (const stop of this.#stops) stop();
    for (const subscription of this.#subscriptions.values()) this.#options.broker.remove(subscription);
    this.#subscriptions.clear();
    this.#writer.stop();
  }
}
