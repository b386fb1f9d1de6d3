import { setTimeout } from 'node:timers/promises';
import { LibvirtClientError } from './errors.ts';
import { frameFacts } from './generated/constants.ts';
import { abortTimeoutMs } from './limits.ts';

/** What a stream needs of its connection. */
export interface StreamPort {
  sendData(chunk: Uint8Array): Promise<void>;
  sendHole(lengthBytes: bigint): Promise<void>;
  sendFinish(): Promise<void>;
  sendAbort(): Promise<void>;
  /** Stop or go on reading from the daemon: this stream's reader is behind, or has caught up. */
  holdBack(hold: boolean): void;
}

export type StreamPacket = { data: Buffer } | { holeBytes: bigint };

/** An abort goes on without the daemon's confirmation after {@link abortTimeoutMs}. */
async function abortDeadline(): Promise<void> {
  await setTimeout(abortTimeoutMs, undefined, { ref: false });
}

type State = 'open' | 'finishing' | 'aborting' | 'ended';

/**
 * Bytes that belong to a call: a screenshot, a console, a volume's content. Read it with `for await`; write it with {@link write} and
 * {@link finish}. Leaving the loop early aborts it. A reader that is slow holds back its whole connection (the protocol has no flow control
 * of its own), so a long transfer wants a connection of its own, opened with `keepalive: false`.
 */
export class LibvirtStream implements AsyncIterable<Buffer> {
  readonly procedure: string;
  readonly #port: StreamPort;
  readonly #bufferBytes: number;
  #packets: StreamPacket[] = [];
  #buffered = 0;
  #heldBack = false;
  #state: State = 'open';
  #aborted = false;
  #receivedEnd = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;
  readonly #ended = Promise.withResolvers<void>();

  constructor(procedure: string, port: StreamPort, bufferBytes: number) {
    this.procedure = procedure;
    this.#port = port;
    this.#bufferBytes = bufferBytes;
    // Whoever waits for the end gets the error; a stream nobody waits for must not end the process.
    this.#ended.promise.catch(() => undefined);
  }

  get closed(): boolean {
    return this.#state === 'ended';
  }

  /** Resolves when the stream is over, in whatever way. */
  get over(): Promise<void> {
    return this.#ended.promise.catch(() => undefined);
  }

  /** Sends bytes to the daemon; resolves when the socket has taken them. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let offset = 0; offset < bytes.length; offset += frameFacts.streamChunkBytes) {
      this.#mustBeOpen();
      await this.#port.sendData(bytes.subarray(offset, offset + frameFacts.streamChunkBytes));
    }
  }

  /** Sends a hole instead of zeroes; only for streams opened with the procedure's `SPARSE_STREAM` flag. */
  async writeHole(lengthBytes: bigint): Promise<void> {
    this.#mustBeOpen();
    await this.#port.sendHole(lengthBytes);
  }

  /** Ends the stream and waits until the daemon confirms that all was taken in. Rejects with the daemon's error. */
  async finish(): Promise<void> {
    if (this.#state === 'open') {
      this.#state = 'finishing';
      await this.#port.sendFinish();
    }
    await this.#ended.promise;
  }

  /** Ends the stream without success; resolves when the daemon has confirmed it or kept silent for {@link abortTimeoutMs}. */
  async abort(): Promise<void> {
    if (this.#state === 'open' || this.#state === 'finishing') {
      this.#state = 'aborting';
      this.#aborted = true;
      this.#drop();
      this.#signal();
      await this.#port.sendAbort().catch((error: unknown) => this.failed(error as Error));
    }
    await Promise.race([this.#ended.promise.catch(() => undefined), abortDeadline()]);
  }

  /** Data and holes in their order, until the daemon's end of the stream. */
  async *packets(): AsyncGenerator<StreamPacket> {
    try {
      for (;;) {
        const packet = this.#packets.shift();
        if (packet) {
          this.#taken(packet);
          yield packet;
        } else if (this.#error) {
          throw this.#error;
        } else if (this.#aborted) {
          throw new LibvirtClientError('ABORTED', 'the stream was aborted', { procedure: this.procedure });
        } else if (this.#receivedEnd || this.#state === 'ended') {
          break;
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
      await this.finish();
    } finally {
      await this.abort();
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for await (const packet of this.packets()) {
      if ('holeBytes' in packet)
        throw new LibvirtClientError('PROTOCOL', 'a hole in a stream that was not opened as sparse', { procedure: this.procedure });
      yield packet.data;
    }
  }

  /** From the connection: bytes came in; none mean the daemon's end. */
  received(data: Buffer): void {
    if (this.#state !== 'open' && this.#state !== 'finishing') return;
    if (data.length === 0) this.#receivedEnd = true;
    else {
      // A copy would cost as much as the transfer; frames of a stream hold nothing else worth freeing.
      this.#packets.push({ data });
      this.#buffered += data.length;
      this.#balance();
    }
    this.#signal();
  }

  /** From the connection: a hole came in. */
  receivedHole(holeBytes: bigint): void {
    if (this.#state !== 'open' && this.#state !== 'finishing') return;
    this.#packets.push({ holeBytes });
    this.#signal();
  }

  /** From the connection: the daemon confirmed the end. */
  confirmed(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#receivedEnd = true;
    this.#ended.resolve();
    this.#signal();
  }

  /** From the connection: the daemon or the connection broke the stream. */
  failed(error: Error): void {
    if (this.#state === 'ended') return;
    if (this.#state === 'aborting') {
      this.confirmed();
      return;
    }
    this.#state = 'ended';
    this.#error = error;
    this.#drop();
    this.#ended.reject(error);
    this.#signal();
  }

  #mustBeOpen(): void {
    if (this.#error) throw this.#error;
    if (this.#state !== 'open') throw new LibvirtClientError('CLOSED', 'the stream has ended', { procedure: this.procedure });
  }

  #taken(packet: StreamPacket): void {
    if ('data' in packet) this.#buffered -= packet.data.length;
    this.#balance();
  }

  #drop(): void {
    this.#packets = [];
    this.#buffered = 0;
    this.#balance();
  }

  #balance(): void {
    const hold = this.#heldBack ? this.#buffered > this.#bufferBytes / 2 : this.#buffered > this.#bufferBytes;
    if (hold === this.#heldBack) return;
    this.#heldBack = hold;
    this.#port.holdBack(hold);
  }

  #signal(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
