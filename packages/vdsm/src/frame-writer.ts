import type { Duplex } from 'node:stream';
import type { WriteLimits } from './limits.ts';
import { HEARTBEAT } from './stomp.ts';

/**
 * Writes frames one by one: one buffer, one `write`, and the next only after its callback. Node merges writes of one
 * tick into one TLS record, and oVirt's Java client stalls when a record holds more than one frame. It even sleeps for
 * a second over a record that it read together with the one before, hence the gap between frames.
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
  #gapTimer: NodeJS.Timeout | undefined;
  #emptied: Array<() => void> = [];
  /** Least time between two frames, in milliseconds. */
  gapMs = 0;
  /** When the last write was handed over, on the clock given; −∞ before the first. */
  lastWriteAt: number;

  constructor(options: {
    socket: Duplex;
    limits: WriteLimits;
    now: () => number;
    fail: (reason: string) => void;
    onPressure?: (high: boolean) => void;
  }) {
    this.#socket = options.socket;
    this.#limits = options.limits;
    this.#fail = options.fail;
    this.#onPressure = options.onPressure ?? (() => undefined);
    this.#now = options.now;
    this.lastWriteAt = Number.NEGATIVE_INFINITY;
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
    if (!this.#writing && this.#queue.length === 0) this.send(HEARTBEAT);
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
    clearTimeout(this.#gapTimer);
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#announceEmpty();
  }

  #stopWith(reason: string): void {
    this.stop();
    this.#fail(reason);
  }

  #next(): void {
    if (this.#writing || this.#stopped || this.#gapTimer) return;
    if (this.#queue.length === 0) {
      this.#announceEmpty();
      return;
    }
    const waitMs = this.gapMs === 0 ? 0 : this.lastWriteAt + this.gapMs - this.#now();
    if (waitMs <= 0) {
      this.#write(this.#queue.shift() as Buffer);
      return;
    }
    this.#gapTimer = setTimeout(() => {
      this.#gapTimer = undefined;
      this.#next();
    }, Math.ceil(waitMs));
  }

  #write(frame: Buffer): void {
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
