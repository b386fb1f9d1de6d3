import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { readOvirtMessage } from './ovirt-facts.ts';

/** What one guest may send: a longer line is dropped, and so are messages beyond the number of a second. */
export const channelLimits = { lineBytes: 1024 * 1024, messagesPerSecond: 50 } as const;
/** Newest way of speaking that both sides know. Source: oVirt guest agent, apiVersion. */
const apiVersion = 3;

/** The host's end of the channel to oVirt's agent in a guest: lines of JSON, each with `__name__`. A guest is not trusted. */
export class OvirtChannel {
  readonly #socket: Socket;
  readonly #onMessage: (message: Record<string, unknown>) => void;
  #parts: Buffer[] = [];
  #bytes = 0;
  #dropping = false;
  #second = 0;
  #messages = 0;
  closed = false;

  constructor(path: string, onMessage: (message: Record<string, unknown>) => void) {
    this.#onMessage = onMessage;
    this.#socket = connect(path);
    this.#socket.on('error', () => this.close());
    this.#socket.on('close', () => this.close());
    this.#socket.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#socket.on('connect', () => this.send('refresh', { apiVersion }));
    this.#socket.unref();
  }

  /** Sends a command; whether the guest hears it shows by what it tells afterwards. */
  send(name: string, values: Record<string, unknown> = {}): void {
    if (!this.closed) this.#socket.write(`${JSON.stringify({ __name__: name, ...values })}\n`);
  }

  close(): void {
    this.closed = true;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    let rest = chunk;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      this.#keep(rest.subarray(0, end));
      this.#line();
      rest = rest.subarray(end + 1);
    }
    this.#keep(rest);
  }

  #keep(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > channelLimits.lineBytes) {
      this.#dropping = true;
      this.#parts = [];
    } else if (!this.#dropping && part.length > 0) this.#parts.push(part);
  }

  #line(): void {
    const line = this.#dropping ? '' : Buffer.concat(this.#parts).toString('utf8');
    this.#parts = [];
    this.#bytes = 0;
    this.#dropping = false;
    if (line === '' || !this.#mayCome()) return;
    const message = readOvirtMessage(line);
    if (message !== undefined) this.#onMessage(message);
  }

  #mayCome(): boolean {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#second) this.#messages = 0;
    this.#second = second;
    return ++this.#messages <= channelLimits.messagesPerSecond;
  }
}
