import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { ByteQueue } from './byte-queue.ts';
import type { NbdAddress } from './address.ts';
import * as nbd from './protocol.ts';

/** The server refused a request, or what came over the connection is no NBD. */
export class NbdError extends Error {
  override name = 'NbdError';
  /** `errno` of a request that failed. */
  readonly errno: number | undefined;
  constructor(message: string, errno?: number, options?: ErrorOptions) {
    super(message, options);
    this.errno = errno;
  }
}

/** A stretch of a context of block status: its length and the context's flags for it. */
export interface StatusExtent {
  length: number;
  flags: number;
}

/** A structured reply whose header was taken; `left` is negative until its length is known. */
interface Reply {
  request: Request;
  cookie: bigint;
  type: number;
  flags: number;
  left: number;
}

export interface NbdConnectOptions extends NbdAddress {
  /** Contexts wanted: whole names, or one that ends with `:` for the first of its kind. What the server lacks is left out. */
  contexts?: readonly string[];
  timeoutMs?: number;
}

interface Request {
  resolve: () => void;
  reject: (error: Error) => void;
  /** Where the data of a read goes. */
  data?: { buffer: Buffer; offset: bigint; missing: number };
  status?: Map<number, StatusExtent[]>;
  error?: NbdError;
}

const connectTimeoutMs = 10_000;
/** Bytes that every reply begins with; those of a structured one are followed by its length. */
const replyHeaderBytes = 16;
/** Longest reply that is no data: extents, and texts of errors. */
const maximumReplyBytes = 16 * 1024 * 1024;
const maximumOptionReplies = 1000;
const maximumTextBytes = 4096;

const u32 = (...values: number[]): Buffer => {
  const buffer = Buffer.allocUnsafe(4 * values.length);
  for (const [index, value] of values.entries()) buffer.writeUInt32BE(value, index * 4);
  return buffer;
};
const counted = (text: string): Buffer => Buffer.concat([u32(Buffer.byteLength(text)), Buffer.from(text)]);

/**
 * A connection to an NBD server: newstyle, structured replies, several requests at once.
 *
 * @example
 * const client = await NbdClient.connect({ socketPath: '/run/disk.sock', exportName: '', contexts: ['base:allocation'] });
 * const first = await client.read(0, 4096);
 */
export class NbdClient {
  /** Size of the export in bytes. */
  readonly sizeBytes: number;
  readonly #flags: number;
  /** Names of the contexts that the server gives, by their number. */
  readonly #contexts: ReadonlyMap<number, string>;
  readonly #socket: Socket;
  readonly #queue: ByteQueue;
  readonly #requests = new Map<bigint, Request>();
  #nextCookie = 1n;
  #failure: Error | undefined;
  /** What is being read of a reply: its header was taken, its payload is still to come. */
  #payload: Reply | undefined;
  /** Where the data of a reply goes that is being read; `ends` when the request ends with its last byte. */
  #data: { buffer: Buffer; at: number; left: number; ends: { request: Request; cookie: bigint } | undefined } | undefined;

  private constructor(socket: Socket, queue: ByteQueue, exported: { sizeBytes: number; flags: number; contexts: Map<number, string> }) {
    this.#socket = socket;
    this.#queue = queue;
    this.sizeBytes = exported.sizeBytes;
    this.#flags = exported.flags;
    this.#contexts = exported.contexts;
    socket.removeAllListeners('data');
    socket.on('data', (chunk: Buffer) => {
      queue.push(chunk);
      this.#pump();
    });
    const ended = (): void => this.#fail(new NbdError('The NBD server closed the connection'));
    socket.on('error', (error) => this.#fail(new NbdError(`The connection to the NBD server broke: ${error.message}`)));
    socket.on('close', ended);
    this.#pump();
  }

  /** @throws NbdError when the server is not there, has no such export or speaks something else */
  static async connect(options: NbdConnectOptions): Promise<NbdClient> {
    const socket = createConnection(options.socketPath);
    const handshake = new Handshake(socket);
    const timer = setTimeout(
      () => socket.destroy(new Error(`no answer within ${options.timeoutMs ?? connectTimeoutMs} ms`)),
      options.timeoutMs ?? connectTimeoutMs,
    );
    try {
      const exported = await handshake.run(options.exportName, options.contexts ?? []);
      return new NbdClient(socket, handshake.release(), exported);
    } catch (error) {
      socket.on('error', () => undefined);
      socket.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  get closed(): boolean {
    return this.#failure !== undefined;
  }

  get readOnly(): boolean {
    return (this.#flags & nbd.transmissionFlags.readOnly) !== 0;
  }

  /** Names of the contexts that {@link blockStatus} tells of. */
  get contexts(): string[] {
    return [...this.#contexts.values()];
  }

  /** @param into room for the bytes; new room without it */
  async read(offset: number, length: number, into?: Buffer): Promise<Buffer> {
    const buffer = into?.subarray(0, length) ?? Buffer.alloc(length);
    if (length > 0) await this.#ask(nbd.commands.read, 0, offset, length, { data: { buffer, offset: BigInt(offset), missing: length } });
    return buffer;
  }

  async write(offset: number, data: Buffer): Promise<void> {
    if (data.length > 0) await this.#ask(nbd.commands.write, 0, offset, data.length, {}, data);
  }

  /** Makes a stretch read as zeros. @param keepAllocated its space stays reserved */
  async zero(offset: number, length: number, keepAllocated: boolean): Promise<void> {
    for (let at = offset; at < offset + length; at += nbd.maximumSpanBytes) {
      const size = Math.min(nbd.maximumSpanBytes, offset + length - at);
      if ((this.#flags & nbd.transmissionFlags.sendWriteZeroes) !== 0)
        await this.#ask(nbd.commands.writeZeroes, keepAllocated ? nbd.commandFlags.noHole : 0, at, size, {});
      else await this.#writeZeros(at, size);
    }
  }

  /** Brings what was written to the disk. */
  async flush(): Promise<void> {
    if ((this.#flags & nbd.transmissionFlags.sendFlush) !== 0) await this.#ask(nbd.commands.flush, 0, 0, 0, {});
  }

  /** What the server knows of a stretch from `offset` on, by context; it may tell of less than was asked for. */
  async blockStatus(offset: number, length: number): Promise<Map<string, StatusExtent[]>> {
    const status = new Map<number, StatusExtent[]>();
    await this.#ask(nbd.commands.blockStatus, 0, offset, Math.min(length, nbd.maximumSpanBytes), { status });
    return new Map([...this.#contexts].map(([id, name]) => [name, status.get(id) ?? []]));
  }

  close(): void {
    if (this.#failure === undefined) {
      this.#failure = new NbdError('The connection was closed');
      this.#socket.end(requestHeader(0, nbd.commands.disconnect, 0n, 0, 0));
      this.#socket.setTimeout(1000, () => this.#socket.destroy());
    }
    for (const request of this.#requests.values()) request.reject(this.#failure);
    this.#requests.clear();
  }

  async #writeZeros(offset: number, length: number): Promise<void> {
    const zeros = Buffer.alloc(Math.min(length, 1024 * 1024));
    for (let at = 0; at < length; at += zeros.length) await this.write(offset + at, zeros.subarray(0, Math.min(zeros.length, length - at)));
  }

  #ask(
    command: number,
    flags: number,
    offset: number,
    length: number,
    into: Pick<Request, 'data' | 'status'>,
    data?: Buffer,
  ): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const cookie = this.#nextCookie;
    this.#nextCookie += 1n;
    return new Promise((resolve, reject) => {
      this.#requests.set(cookie, { resolve, reject, ...into });
      this.#socket.cork();
      this.#socket.write(requestHeader(flags, command, cookie, offset, length));
      if (data !== undefined) this.#socket.write(data);
      this.#socket.uncork();
    });
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const request of this.#requests.values()) request.reject(this.#failure);
    this.#requests.clear();
    this.#socket.destroy();
  }

  #pump(): void {
    try {
      while (this.#failure === undefined && this.#step());
    } catch (error) {
      this.#fail(error instanceof Error ? error : new NbdError(String(error)));
    }
  }

  /** Takes in one piece of a reply. @returns false when more has to come first */
  #step(): boolean {
    if (this.#data !== undefined) {
      const { buffer, at, left, ends } = this.#data;
      const taken = this.#queue.takeInto(buffer, at, left);
      if (taken < left) {
        this.#data = { buffer, at: at + taken, left: left - taken, ends };
        return false;
      }
      this.#data = undefined;
      if (ends !== undefined) this.#finish(ends.cookie, ends.request, ends.request.error);
      return true;
    }
    if (this.#payload !== undefined) return this.#takePayload(this.#payload);
    return this.#takeHeader();
  }

  #takeHeader(): boolean {
    const start = this.#queue.take(replyHeaderBytes);
    if (start === undefined) return false;
    const found = start.readUInt32BE(0);
    if (found === nbd.magic.simpleReply) {
      const cookie = start.readBigUInt64BE(8);
      const errno = start.readUInt32BE(4);
      const request = this.#known(cookie);
      if (errno === 0 && request.data !== undefined) throw new NbdError('The NBD server answers a read in a way that was not agreed on');
      this.#finish(cookie, request, errno === 0 ? undefined : new NbdError(`The NBD server answers with error ${errno}`, errno));
      return true;
    }
    if (found !== nbd.magic.structuredReply) throw new NbdError('The NBD server sent what is no reply');
    const cookie = start.readBigUInt64BE(8);
    this.#payload = { request: this.#known(cookie), flags: start.readUInt16BE(4), type: start.readUInt16BE(6), left: -1, cookie };
    return true;
  }

  #takePayload(reply: Reply): boolean {
    if (reply.left < 0) {
      const length = this.#queue.take(4);
      if (length === undefined) return false;
      reply.left = length.readUInt32BE(0);
      const limit = reply.type === nbd.replyTypes.offsetData ? nbd.maximumRequestBytes + 8 : maximumReplyBytes;
      if (reply.left > limit) throw new NbdError(`The NBD server sent a reply of ${reply.left} bytes`);
    }
    if (reply.type === nbd.replyTypes.offsetData) {
      const offset = this.#queue.take(8);
      if (offset === undefined) return false;
      const place = placeOf(reply.request, offset.readBigUInt64BE(0), reply.left - 8);
      this.#payload = undefined;
      this.#data = { ...place, ends: (reply.flags & nbd.replyDone) === 0 ? undefined : reply };
      return true;
    }
    const payload = this.#queue.take(reply.left);
    if (payload === undefined) return false;
    this.#payload = undefined;
    this.#takeChunk(reply.request, reply.type, payload);
    if ((reply.flags & nbd.replyDone) !== 0) this.#finish(reply.cookie, reply.request, reply.request.error);
    return true;
  }

  #takeChunk(request: Request, type: number, payload: Buffer): void {
    if ((type & nbd.replyError) !== 0) {
      const errno = payload.length >= 4 ? payload.readUInt32BE(0) : 5;
      const length = payload.length >= 6 ? Math.min(payload.readUInt16BE(4), maximumTextBytes) : 0;
      const text = payload.toString('utf8', 6, 6 + length);
      request.error ??= new NbdError(`The NBD server answers with error ${errno}${text === '' ? '' : `: ${text}`}`, errno);
    } else if (type === nbd.replyTypes.offsetHole) {
      if (payload.length !== 12) throw new NbdError('The NBD server sent a hole without a size');
      const { buffer, at, left } = placeOf(request, payload.readBigUInt64BE(0), payload.readUInt32BE(8));
      buffer.fill(0, at, at + left);
    } else if (type === nbd.replyTypes.blockStatus) {
      if (request.status === undefined || payload.length < 4 || (payload.length - 4) % 8 !== 0)
        throw new NbdError('The NBD server sent a block status that nobody asked for');
      const extents: StatusExtent[] = [];
      for (let at = 4; at < payload.length; at += 8)
        extents.push({ length: payload.readUInt32BE(at), flags: payload.readUInt32BE(at + 4) });
      request.status.set(payload.readUInt32BE(0), extents);
    } else if (type !== nbd.replyTypes.none) throw new NbdError(`The NBD server sent a reply of an unknown kind (${type})`);
  }

  #known(cookie: bigint): Request {
    const request = this.#requests.get(cookie);
    if (request === undefined) throw new NbdError('The NBD server answers what was not asked');
    return request;
  }

  #finish(cookie: bigint, request: Request, error: Error | undefined): void {
    this.#requests.delete(cookie);
    if (error === undefined && (request.data?.missing ?? 0) !== 0)
      request.reject(new NbdError('The NBD server left out a part of what was read'));
    else if (error === undefined) request.resolve();
    else request.reject(error);
  }
}

function placeOf(request: Request, offset: bigint, bytes: number): { buffer: Buffer; at: number; left: number } {
  const at = request.data === undefined ? -1 : Number(offset - request.data.offset);
  if (request.data === undefined || bytes < 0 || at < 0 || at + bytes > request.data.buffer.length)
    throw new NbdError('The NBD server sent data that was not asked for');
  request.data.missing -= bytes;
  return { buffer: request.data.buffer, at, left: bytes };
}

function requestHeader(flags: number, command: number, cookie: bigint, offset: number, length: number): Buffer {
  const header = Buffer.allocUnsafe(28);
  header.writeUInt32BE(nbd.magic.request, 0);
  header.writeUInt16BE(flags, 4);
  header.writeUInt16BE(command, 6);
  header.writeBigUInt64BE(cookie, 8);
  header.writeBigUInt64BE(BigInt(offset), 16);
  header.writeUInt32BE(length, 24);
  return header;
}

/** The conversation before the first request. */
class Handshake {
  readonly #socket: Socket;
  readonly #queue = new ByteQueue();
  #wake: () => void = () => undefined;
  #failure: Error | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#queue.push(chunk);
      this.#wake();
    });
    const failed = (error?: Error): void => {
      this.#failure ??= new NbdError(`The NBD server is not there: ${error?.message ?? 'it closed the connection'}`);
      this.#wake();
    };
    socket.once('error', failed);
    socket.once('close', () => failed());
  }

  /** What came after the handshake. */
  release(): ByteQueue {
    return this.#queue;
  }

  async run(exportName: string, wanted: readonly string[]): Promise<{ sizeBytes: number; flags: number; contexts: Map<number, string> }> {
    const greeting = await this.#take(18);
    if (greeting.readBigUInt64BE(0) !== nbd.magic.server || greeting.readBigUInt64BE(8) !== nbd.magic.option)
      throw new NbdError('What answers is no NBD server');
    if ((greeting.readUInt16BE(16) & nbd.handshakeFlags.fixedNewstyle) === 0) throw new NbdError('The NBD server is too old');
    this.#socket.write(u32(nbd.handshakeFlags.fixedNewstyle | (greeting.readUInt16BE(16) & nbd.handshakeFlags.noZeroes)));
    const structured = (await this.#option(nbd.options.structuredReply, Buffer.alloc(0))).refused === undefined;
    if (!structured) throw new NbdError('The NBD server has no structured replies');
    const contexts = await this.#negotiateContexts(exportName, wanted);
    const request = Buffer.concat([counted(exportName), Buffer.from([0, 1, 0, nbd.infoTypes.blockSize])]);
    const { refused, replies } = await this.#option(nbd.options.go, request);
    if (refused !== undefined) throw new NbdError(`The NBD server has no export "${exportName}": ${refused}`);
    const info = replies.find((one) => one.type === nbd.optionReplies.info && one.data.readUInt16BE(0) === nbd.infoTypes.export)?.data;
    if (info === undefined || info.length < 12) throw new NbdError('The NBD server does not tell the size of its export');
    return { sizeBytes: Number(info.readBigUInt64BE(2)), flags: info.readUInt16BE(10), contexts };
  }

  async #negotiateContexts(exportName: string, wanted: readonly string[]): Promise<Map<number, string>> {
    const names: string[] = [];
    for (const one of wanted) {
      if (!one.endsWith(':')) names.push(one);
      else {
        const listed = await this.#contexts(nbd.options.listMetaContext, exportName, [one]);
        const [first] = [...listed.values()].sort();
        if (first !== undefined) names.push(first);
      }
    }
    return names.length === 0 ? new Map() : this.#contexts(nbd.options.setMetaContext, exportName, names);
  }

  async #contexts(option: number, exportName: string, queries: string[]): Promise<Map<number, string>> {
    const { refused, replies } = await this.#option(
      option,
      Buffer.concat([counted(exportName), u32(queries.length), ...queries.map(counted)]),
    );
    if (refused !== undefined) throw new NbdError(`The NBD server has no export "${exportName}": ${refused}`);
    // a list numbers nothing: every one of its contexts has the number 0
    return new Map(
      replies
        .filter((one) => one.type === nbd.optionReplies.metaContext)
        .map(({ data }, index) => [
          option === nbd.options.listMetaContext ? index : data.readUInt32BE(0),
          data.toString('utf8', 4, maximumTextBytes),
        ]),
    );
  }

  async #option(option: number, data: Buffer): Promise<{ refused: string | undefined; replies: { type: number; data: Buffer }[] }> {
    const header = Buffer.allocUnsafe(16);
    header.writeBigUInt64BE(nbd.magic.option, 0);
    header.writeUInt32BE(option, 8);
    header.writeUInt32BE(data.length, 12);
    this.#socket.write(Buffer.concat([header, data]));
    const replies: { type: number; data: Buffer }[] = [];
    for (let count = 0; count < maximumOptionReplies; count += 1) {
      const start = await this.#take(20);
      const length = start.readUInt32BE(16);
      if (start.readBigUInt64BE(0) !== nbd.magic.optionReply || start.readUInt32BE(8) !== option || length > maximumReplyBytes)
        throw new NbdError('The NBD server answers an option with what is no answer');
      const type = start.readUInt32BE(12);
      const content = await this.#take(length);
      if (type >= nbd.optionError) return { refused: content.toString('utf8', 0, maximumTextBytes) || `error ${type}`, replies };
      if (type === nbd.optionReplies.ack) return { refused: undefined, replies };
      replies.push({ type, data: content });
    }
    throw new NbdError('The NBD server does not come to an end');
  }

  async #take(bytes: number): Promise<Buffer> {
    for (;;) {
      const taken = this.#queue.take(bytes);
      if (taken !== undefined) return taken;
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
