import { once } from 'node:events';
import net from 'node:net';
import type { Socket } from 'node:net';
import tls from 'node:tls';
import { defaultClientLimits } from '../limits.ts';
import type { FrameHeaders, StompFrame } from '../stomp.ts';
import { encodeFrame, StompDecoder } from '../stomp.ts';
import type { VdsmTls } from '../tls.ts';

const WAIT_MS = 5000;

/** A peer that says exactly the bytes of a test and shows the frames, heart-beats and chunks that come back. */
export class RawPeer {
  readonly socket: Socket;
  readonly frames: StompFrame[] = [];
  readonly chunks: Buffer[] = [];
  closed = false;
  #changed: Array<() => void> = [];

  static async connect(port: number, options: VdsmTls | null = null): Promise<RawPeer> {
    const socket = options
      ? tls.connect({ host: '127.0.0.1', port, ...options, checkServerIdentity: () => undefined })
      : net.connect({ host: '127.0.0.1', port });
    await once(socket, options ? 'secureConnect' : 'connect');
    return new RawPeer(socket);
  }

  constructor(socket: Socket) {
    this.socket = socket;
    const decoder = new StompDecoder(defaultClientLimits);
    socket.on('data', (chunk: Buffer) => {
      this.chunks.push(chunk);
      this.frames.push(...decoder.push(chunk));
      this.#notify();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.closed = true;
      this.#notify();
    });
  }

  send(command: string, headers: FrameHeaders, body?: string): void {
    this.socket.write(encodeFrame(command, headers, body));
  }

  /** SUBSCRIBE to the answers, CONNECT, and the CONNECTED that comes back is taken off `frames`. */
  async greet(heartbeat = '0,0', responses = 'jms.topic.vdsm_responses'): Promise<StompFrame> {
    this.send('SUBSCRIBE', { destination: responses, id: 'answers', ack: 'auto' });
    this.send('CONNECT', { 'accept-version': '1.2', host: 'null', 'heart-beat': heartbeat });
    return this.frame();
  }

  request(body: unknown, headers: Record<string, string> = {}): void {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    this.send('SEND', { destination: 'jms.topic.vdsm_requests', 'reply-to': 'jms.topic.vdsm_responses', ...headers }, text);
  }

  /** The next frame. */
  async frame(): Promise<StompFrame> {
    await this.#until(() => this.frames.length > 0, 'a frame');
    return this.frames.shift() as StompFrame;
  }

  /** The JSON in the next frame. */
  async json(): Promise<unknown> {
    return JSON.parse((await this.frame()).body.toString('utf8'));
  }

  async end(): Promise<void> {
    await this.#until(() => this.closed, 'the end of the connection');
  }

  async #until(condition: () => boolean, what: string): Promise<void> {
    const deadline = Date.now() + WAIT_MS;
    while (!condition()) {
      if (this.closed || Date.now() > deadline) throw new Error(`${what} did not come${this.closed ? ': the connection is closed' : ''}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 200);
        this.#changed.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  #notify(): void {
    for (const resolve of this.#changed.splice(0)) resolve();
  }
}
