import type { Duplex } from 'node:stream';
import { decodeFields, encodeFields, structureFields } from './codec.ts';
import { LibvirtClientError, LibvirtError } from './errors.ts';
import { encodeFrame, FrameReader } from './frame.ts';
import type { Frame } from './frame.ts';
import { KeepaliveProcedure, MessageStatus, MessageType, programs } from './generated/constants.ts';
import type { ProcedureTable } from './generated/procedures.ts';
import type { RemoteError, StreamHole } from './generated/structures.ts';
import { keepaliveDecision } from './keepalive.ts';
import type { KeepaliveSettings } from './keepalive.ts';
import { longestTimerMs } from './limits.ts';
import type { ConnectionLimits } from './limits.ts';
import { LibvirtStream } from './stream.ts';
import { XdrReader } from './xdr.ts';

export interface CallOptions {
  /** Deadline from now, waiting for a turn included; 0 or `Infinity` for none. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

interface Call {
  name: string;
  table: ProcedureTable;
  serial: number;
  frame: Buffer | undefined;
  resolve(values: object): void;
  reject(error: Error): void;
  /** The caller has its answer or has gone; a sent call keeps its place until libvirtd answers. */
  settled: boolean;
  cleanUp(): void;
  stream: LibvirtStream | undefined;
}

export interface ChannelEvents {
  /** A message that the daemon sent by itself. */
  message(frame: Frame): void;
  /** Called once; `error` says why unless this side closed. */
  closed(error: LibvirtClientError | undefined): void;
}

/**
 * One connection's wire: pairs answers with calls by serial, keeps the number of open calls in bounds, carries streams, keeps alive.
 * Everything that comes in is judged here; a peer that breaks the protocol loses the connection, never the process.
 */
export class Channel {
  readonly #socket: Duplex;
  readonly #limits: ConnectionLimits;
  readonly #events: ChannelEvents;
  readonly #frames: FrameReader;
  readonly #calls = new Map<number, Call>();
  readonly #queue = new Set<Call>();
  readonly #streams = new Map<number, LibvirtStream>();
  readonly #holders = new Set<LibvirtStream>();
  #serial = 0;
  #closedWith: { error: LibvirtClientError } | undefined;
  #receivedMs = Date.now();
  #pings = 0;
  #keepaliveTimer: NodeJS.Timeout | undefined;
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(socket: Duplex, limits: ConnectionLimits, events: ChannelEvents) {
    this.#socket = socket;
    this.#limits = limits;
    this.#events = events;
    this.#frames = new FrameReader(limits.frameBytes);
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('drain', () => this.#onDrain());
    socket.on('error', (error) =>
      this.close(new LibvirtClientError('CLOSED', `connection to libvirtd broke: ${error.message}`, { cause: error })),
    );
    socket.on('close', () => this.close(new LibvirtClientError('CLOSED', 'libvirtd closed the connection')));
  }

  get closed(): boolean {
    return this.#closedWith !== undefined;
  }

  /** Sent calls whose callers have gone but which libvirtd has not answered. */
  get abandonedCalls(): number {
    let count = 0;
    for (const call of this.#calls.values()) if (call.settled) count += 1;
    return count;
  }

  /** Sends a call and waits for its answer. */
  async call(name: string, table: ProcedureTable, args: object, options: CallOptions): Promise<object> {
    return await this.#start(name, table, args, options, false).values;
  }

  /** Sends a call that opens a stream. */
  async openStream(
    name: string,
    table: ProcedureTable,
    args: object,
    options: CallOptions,
  ): Promise<{ values: object; stream: LibvirtStream }> {
    if (!table.stream) throw new LibvirtClientError('INVALID_ARGUMENT', `${name} opens no stream; use call`, { procedure: name });
    if (this.#streams.size >= this.#limits.streams)
      throw new LibvirtClientError('LIMIT', `${this.#limits.streams} streams are open on this connection`, { procedure: name });
    const { values, stream } = this.#start(name, table, args, options, true);
    return { values: await values, stream: stream! };
  }

  #start(
    name: string,
    table: ProcedureTable,
    args: object,
    options: CallOptions,
    withStream: boolean,
  ): { values: Promise<object>; stream: LibvirtStream | undefined } {
    if (this.#closedWith) throw this.#closedError(name);
    if (options.signal?.aborted)
      throw new LibvirtClientError('ABORTED', `${name} was aborted before it began`, { procedure: name, cause: options.signal.reason });
    const mustWait = this.#calls.size >= this.#limits.callsInFlight;
    if (mustWait && this.#queue.size >= this.#limits.callsQueued)
      throw new LibvirtClientError('LIMIT', `${this.#queue.size} calls wait on this connection`, { procedure: name });
    const serial = this.#nextSerial();
    const frame = this.#encode(name, table, args, serial);
    const { promise, resolve, reject } = Promise.withResolvers<object>();
    const stream = withStream ? this.#newStream(name, table, serial) : undefined;
    const call: Call = { name, table, serial, frame, resolve, reject, settled: false, cleanUp: () => undefined, stream };
    call.cleanUp = this.#watch(call, options);
    this.#queue.add(call);
    this.#sendQueued();
    return { values: promise, stream };
  }

  #encode(name: string, table: ProcedureTable, args: object, serial: number): Buffer {
    const program = programs[table.program];
    const header = {
      program: program.number,
      version: program.version,
      procedure: table.number,
      type: MessageType.CALL,
      serial,
      status: MessageStatus.OK,
    };
    try {
      return encodeFrame(header, (writer) => encodeFields(writer, table.args, args));
    } catch (error) {
      if (error instanceof LibvirtClientError) throw new LibvirtClientError(error.code, `${name}: ${error.message}`, { procedure: name });
      throw error;
    }
  }

  /** Deadline and signal of a call; returns what removes them. */
  #watch(call: Call, options: CallOptions): () => void {
    const { timeoutMs = 0, signal } = options;
    const timer =
      timeoutMs > 0 && timeoutMs < longestTimerMs
        ? setTimeout(
            () =>
              this.#giveUp(
                call,
                new LibvirtClientError('TIMEOUT', `${call.name} was not answered within ${timeoutMs} ms`, { procedure: call.name }),
              ),
            timeoutMs,
          )
        : undefined;
    const onAbort = (): void =>
      this.#giveUp(call, new LibvirtClientError('ABORTED', `${call.name} was aborted`, { procedure: call.name, cause: signal?.reason }));
    signal?.addEventListener('abort', onAbort, { once: true });
    return () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
  }

  #giveUp(call: Call, error: LibvirtClientError): void {
    if (call.settled) return;
    // What was never sent leaves nothing behind at the daemon.
    if (this.#queue.delete(call)) this.#streams.delete(call.serial);
    call.frame = undefined;
    this.#reject(call, error);
  }

  #reject(call: Call, error: Error): void {
    if (call.settled) return;
    call.settled = true;
    call.cleanUp();
    call.stream?.failed(error);
    call.reject(error);
  }

  #nextSerial(): number {
    do this.#serial = (this.#serial + 1) >>> 0;
    while (this.#serial === 0 || this.#calls.has(this.#serial) || this.#streams.has(this.#serial));
    return this.#serial;
  }

  #sendQueued(): void {
    for (const call of this.#queue) {
      if (this.#calls.size >= this.#limits.callsInFlight) return;
      this.#queue.delete(call);
      this.#calls.set(call.serial, call);
      const frame = call.frame!;
      call.frame = undefined;
      this.#socket.write(frame);
    }
  }

  #onData(chunk: Buffer): void {
    this.#receivedMs = Date.now();
    this.#pings = 0;
    try {
      for (const frame of this.#frames.push(chunk)) {
        if (this.#closedWith) return;
        this.#onFrame(frame);
      }
    } catch (error) {
      this.close(
        error instanceof LibvirtClientError
          ? error
          : new LibvirtClientError('PROTOCOL', 'a message could not be handled', { cause: error }),
      );
    }
  }

  #onFrame(frame: Frame): void {
    if (frame.program === programs.keepalive.number) {
      this.#onKeepalive(frame);
    } else if (frame.type === MessageType.REPLY) {
      this.#onReply(frame);
    } else if (frame.type === MessageType.MESSAGE) {
      this.#events.message(frame);
    } else if (frame.type === MessageType.STREAM || frame.type === MessageType.STREAM_HOLE) {
      this.#onStream(frame);
    } else {
      throw new LibvirtClientError('PROTOCOL', `libvirtd sent a message of type ${frame.type}`);
    }
  }

  #onReply(frame: Frame): void {
    const call = this.#calls.get(frame.serial);
    if (!call) {
      const stream = this.#streams.get(frame.serial);
      if (!stream) throw new LibvirtClientError('PROTOCOL', `an answer with serial ${frame.serial}, which no call has`);
      this.#onStream(frame);
      return;
    }
    const program = programs[call.table.program];
    if (frame.program !== program.number || frame.version !== program.version || frame.procedure !== call.table.number) {
      throw new LibvirtClientError(
        'PROTOCOL',
        `the answer to ${call.name} came from procedure ${frame.procedure} of program ${frame.program}`,
      );
    }
    if (frame.status === MessageStatus.CONTINUE)
      throw new LibvirtClientError('PROTOCOL', `the answer to ${call.name} has the status of a stream`);
    this.#calls.delete(frame.serial);
    if (frame.status === MessageStatus.ERROR) this.#answerError(call, frame);
    else this.#answerValues(call, frame);
    this.#sendQueued();
  }

  #answerError(call: Call, frame: Frame): void {
    this.#streams.delete(call.serial);
    this.#reject(call, readError(call.name, frame));
  }

  #answerValues(call: Call, frame: Frame): void {
    // A call without a wanted stream still opened one at the daemon, as did one whose caller has gone.
    if (call.table.stream && (call.settled || !call.stream))
      void this.#sendStream(call.table, call.serial, MessageStatus.ERROR).catch(() => undefined);
    if (call.settled) {
      this.#streams.delete(call.serial);
      return;
    }
    try {
      const values = decodeFields(new XdrReader(frame.payload), call.table.ret);
      call.settled = true;
      call.cleanUp();
      call.resolve(values);
    } catch (error) {
      this.#streams.delete(call.serial);
      this.#reject(
        call,
        error instanceof LibvirtClientError
          ? new LibvirtClientError(error.code, `${call.name}: ${error.message}`, { procedure: call.name })
          : (error as Error),
      );
    }
  }

  #onStream(frame: Frame): void {
    const stream = this.#streams.get(frame.serial);
    // The daemon's last packets may cross our end of the stream on the way.
    if (!stream) return;
    if (frame.status === MessageStatus.CONTINUE) {
      if (frame.type !== MessageType.STREAM_HOLE) stream.received(frame.payload);
      else stream.receivedHole((decodeFields(new XdrReader(frame.payload), structureFields('StreamHole')) as StreamHole).length);
      return;
    }
    this.#streams.delete(frame.serial);
    if (frame.status === MessageStatus.OK) stream.confirmed();
    else stream.failed(readError(stream.procedure, frame));
  }

  #newStream(name: string, table: ProcedureTable, serial: number): LibvirtStream {
    const stream: LibvirtStream = new LibvirtStream(
      name,
      {
        sendData: (chunk) => this.#sendStream(table, serial, MessageStatus.CONTINUE, chunk),
        sendHole: (length) => this.#sendHole(table, serial, length),
        sendFinish: () => this.#sendStream(table, serial, MessageStatus.OK),
        sendAbort: () => this.#sendStream(table, serial, MessageStatus.ERROR),
        holdBack: (hold) => this.#holdBack(stream, hold),
      },
      this.#limits.streamBufferBytes,
    );
    this.#streams.set(serial, stream);
    return stream;
  }

  #sendStream(table: ProcedureTable, serial: number, status: number, chunk?: Uint8Array): Promise<void> {
    const program = programs[table.program];
    const header = { program: program.number, version: program.version, procedure: table.number, type: MessageType.STREAM, serial, status };
    // Stream bytes are the payload as they are: XDR's padding would become part of them.
    return this.#write(encodeFrame(header, chunk && ((writer) => writer.raw(chunk))));
  }

  #sendHole(table: ProcedureTable, serial: number, length: bigint): Promise<void> {
    const program = programs[table.program];
    const header = {
      program: program.number,
      version: program.version,
      procedure: table.number,
      type: MessageType.STREAM_HOLE,
      serial,
      status: MessageStatus.CONTINUE,
    };
    return this.#write(encodeFrame(header, (writer) => encodeFields(writer, structureFields('StreamHole'), { length, flags: 0 })));
  }

  async #write(frame: Buffer): Promise<void> {
    if (this.#closedWith) throw this.#closedError();
    if (this.#socket.write(frame)) return;
    this.#drained ??= Promise.withResolvers<void>();
    await this.#drained.promise;
    if (this.#closedWith) throw this.#closedError();
  }

  #onDrain(): void {
    this.#drained?.resolve();
    this.#drained = undefined;
  }

  #holdBack(stream: LibvirtStream, hold: boolean): void {
    if (hold) this.#holders.add(stream);
    else this.#holders.delete(stream);
    if (this.#holders.size > 0) this.#socket.pause();
    else this.#socket.resume();
  }

  #onKeepalive(frame: Frame): void {
    if (frame.type !== MessageType.MESSAGE) throw new LibvirtClientError('PROTOCOL', `a keepalive of type ${frame.type}`);
    if (frame.procedure === KeepaliveProcedure.PING) this.#socket.write(keepaliveFrame(KeepaliveProcedure.PONG));
    else if (frame.procedure !== KeepaliveProcedure.PONG)
      throw new LibvirtClientError('PROTOCOL', `a keepalive of procedure ${frame.procedure}`);
  }

  /** Begins to watch the peer. */
  keepAlive(settings: KeepaliveSettings): void {
    clearTimeout(this.#keepaliveTimer);
    const step = (): void => {
      if (this.#closedWith) return;
      // Nothing is read while a stream's reader is behind, so silence says nothing about the peer.
      if (this.#holders.size > 0) this.#receivedMs = Date.now();
      const decision = keepaliveDecision({ receivedMs: this.#receivedMs, pings: this.#pings }, settings, Date.now());
      if (decision.act === 'give up') {
        this.close(new LibvirtClientError('KEEPALIVE', `libvirtd gave no sign of life for ${Date.now() - this.#receivedMs} ms`));
        return;
      }
      if (decision.act === 'ping') {
        this.#pings += 1;
        this.#socket.write(keepaliveFrame(KeepaliveProcedure.PING));
      }
      this.#keepaliveTimer = setTimeout(step, decision.waitMs).unref();
    };
    step();
  }

  #closedError(name?: string): LibvirtClientError {
    const { code, message, cause } = this.#closedWith!.error;
    return new LibvirtClientError(code, name ? `${name}: ${message}` : message, name ? { procedure: name, cause } : { cause });
  }

  /** Drops the socket and rejects everything that waits; without an error it was this side's wish. */
  close(error?: LibvirtClientError): void {
    if (this.#closedWith) return;
    this.#closedWith = { error: error ?? new LibvirtClientError('CLOSED', 'the connection was closed') };
    clearTimeout(this.#keepaliveTimer);
    this.#socket.destroy();
    this.#onDrain();
    for (const call of [...this.#calls.values(), ...this.#queue]) this.#reject(call, this.#closedError(call.name));
    for (const stream of this.#streams.values()) stream.failed(this.#closedError(stream.procedure));
    this.#calls.clear();
    this.#queue.clear();
    this.#streams.clear();
    this.#events.closed(error);
  }
}

function keepaliveFrame(procedure: number): Buffer {
  return encodeFrame({
    program: programs.keepalive.number,
    version: programs.keepalive.version,
    procedure,
    type: MessageType.MESSAGE,
    serial: 0,
    status: MessageStatus.OK,
  });
}

function readError(name: string, frame: Frame): LibvirtError | LibvirtClientError {
  try {
    return new LibvirtError(name, decodeFields(new XdrReader(frame.payload), structureFields('RemoteError')) as RemoteError);
  } catch (error) {
    return new LibvirtClientError('PROTOCOL', `${name}: the error that libvirtd sent could not be read`, { procedure: name, cause: error });
  }
}
