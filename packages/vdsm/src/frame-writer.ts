import type { Duplex } from 'node:stream';
import type { WriteLimits } from './limits.ts';
import { HEARTBEAT } from './stomp.ts';

/**
 * Writes frames one by one: one buffer, one `write`, and the next only after its callback. Node merges writes of one
 * tick into one TLS record, and oVirt's Java client stalls when a record holds more than one frame.
 */
export class FrameWriter {
  readonly #socket: Duplex;
  readonly #limits: WriteLimits;
  readonly #fail: (reason: string) => void;
  readonly #onPressure: (high: boolean) => void;
  readonly #now: () => number;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #writing = false;
  #stopped = false;
  #high = false;
  #timer: NodeJS.Timeout | undefined;
  #emptied: Array<() => void> = [];
  /** When the last write was handed over, on the clock given. */
  lastWriteAt: number;

  constructor(options: { socket: Duplex; limits: WriteLimits; now: () => number; fail: (reason: string) => void; onPressure?: (high: boolean) => void }) {
    this.#socket = options.socket;
    this.#limits = options.limits;
    this.#fail = options.fail;
    this.#onPressure = options.onPressure ?? (() => undefined);
    this.#now = options.now;
    this.lastWriteAt = options.now();
  }

  /** Queues one frame. A peer that does not read until the queue is full loses its connection. */
  send(frame: Buffer): void {
    if (this.#stopped) return;
    if (this.#queue.length >= this.#limits.queuedFrames || this.#queuedBytes + frame.length > this.#limits.queuedBytes) {
      this.#stopWith(`peer does not read: ${this.#queue.length} frames and ${this.#queuedBytes} bytes are waiting`);
      return;
    }
    this.#queue.push(frame);
    this.#queuedBytes += frame.length;
    this.#updatePressure();
    this.#next();
  }

  /** A heart-beat, unless something is on its way anyhow. */
  beat(): void {
    if (!this.#writing) this.send(HEARTBEAT);
  }

  /** Resolves when nothing is waiting any more, or the writer was stopped. */
  async drained(): Promise<void> {
    if (this.#stopped || (!this.#writing && this.#queue.length === 0)) return;
    await new Promise<void>((resolve) => {
      this.#emptied.push(resolve);
    });
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#announceEmpty();
  }

  #stopWith(reason: string): void {
    this.stop();
    this.#fail(reason);
  }

  #next(): void {
    if (this.#writing || this.#stopped) return;
    const frame = this.#queue.shift();
    if (frame === undefined) {
      this.#announceEmpty();
      return;
    }
    this.#writing = true;
    this.lastWriteAt = this.#now();
    this.#timer = setTimeout(() => this.#stopWith(`peer took no bytes for ${this.#limits.writeTimeoutMs} ms`), this.#limits.writeTimeoutMs);
    this.#socket.write(frame, (error) => {
      clearTimeout(this.#timer);
      this.#writing = false;
      if (this.#stopped) return;
      if (error) {
        this.#stopWith(`write failed: ${error.message}`);
        return;
      }
      this.#queuedBytes -= frame.length;
      this.#updatePressure();
      this.#next();
    });
  }

  #updatePressure(): void {
    const { queuedFrames, queuedBytes } = this.#limits;
    const level = Math.max(this.#queue.length / queuedFrames, this.#queuedBytes / queuedBytes);
    if (!this.#high && level > 0.5) this.#onPressure((this.#high = true));
    else if (this.#high && level < 0.25) this.#onPressure((this.#high = false));
  }

  #announceEmpty(): void {
    for (const resolve of this.#emptied.splice(0)) resolve();
  }
}
