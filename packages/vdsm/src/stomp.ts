import { StompError } from './errors.ts';
import type { FrameLimits } from './limits.ts';
import { ECHOED_VALUE_BYTES, WRITTEN_HEADER_BYTES } from './limits.ts';

/** A STOMP frame. Of a repeated header the first one counts (STOMP 1.2). */
export interface StompFrame {
  command: string;
  headers: ReadonlyMap<string, string>;
  body: Buffer;
}

export type FrameHeaders = Readonly<Record<string, string | undefined>> | Iterable<readonly [string, string]>;

/** The heart-beat: one LF, always a write of its own. */
export const HEARTBEAT: Buffer = Buffer.from('\n');

const LF = 10;
const CR = 13;
const NUL = 0;
const EMPTY = Buffer.alloc(0);
const SMALL_BODY_BYTES = 4096;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\r': '\\r', '\n': '\\n', ':': '\\c' };
const UNESCAPES: Readonly<Record<string, string>> = { '\\\\': '\\', '\\r': '\r', '\\n': '\n', '\\c': ':' };

/** Header text as STOMP 1.2 writes it. */
export function escapeHeader(text: string): string {
  return text.replace(/[\\\r\n:]/g, (character) => ESCAPES[character] ?? character);
}

/** The reverse; a backslash that begins no known escape stays, since oVirt's Java client writes values raw. */
export function unescapeHeader(text: string): string {
  return text.includes('\\') ? text.replace(/\\[\\rnc]/g, (pair) => UNESCAPES[pair] ?? pair) : text;
}

/** Whether a value that a peer chose may go into frames that are written to others: not empty, no NUL, and short enough for {@link WRITTEN_HEADER_BYTES}. */
export function isEchoable(value: string | undefined): value is string {
  return value !== undefined && value !== '' && !value.includes('\0') && Buffer.byteLength(escapeHeader(value)) <= ECHOED_VALUE_BYTES;
}

/**
 * One frame as one buffer. A body always gets its `content-length`; headers whose value is `undefined` are left out.
 *
 * @throws StompError when the header block is longer than `maximumHeaderBytes` or holds a NUL.
 */
export function encodeFrame(
  command: string,
  headers: FrameHeaders,
  body?: string | Uint8Array,
  maximumHeaderBytes = WRITTEN_HEADER_BYTES,
): Buffer {
  let head = `${command}\n`;
  const entries = Symbol.iterator in headers ? headers : Object.entries(headers);
  for (const [name, value] of entries) {
    if (value !== undefined && name !== 'content-length') head += `${escapeHeader(name)}:${escapeHeader(value)}\n`;
  }
  const content = body === undefined ? EMPTY : typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
  if (body !== undefined) head += `content-length:${content.length}\n`;
  head += '\n';
  const headBytes = Buffer.byteLength(head);
  if (headBytes > maximumHeaderBytes) throw new StompError(`Header block of ${headBytes} bytes is over the limit of ${maximumHeaderBytes}`);
  if (head.includes('\0')) throw new StompError('Header block holds a NUL');
  const frame = Buffer.allocUnsafe(headBytes + content.length + 1);
  frame.write(head, 0, 'utf8');
  frame.set(content, headBytes);
  frame[frame.length - 1] = NUL;
  return frame;
}

const headerText = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads frames from a byte stream, however it is cut. Memory is bounded by the limits whatever a peer announces.
 * After a {@link StompError} the decoder must not be fed again: the place in the stream is lost.
 */
export class StompDecoder {
  readonly #limits: FrameLimits;
  readonly #head: Buffer;
  #headLength = 0;
  #lineLength = 0;
  #state: 'between' | 'head' | 'counted' | 'terminated' | 'end' = 'between';
  #command = '';
  #headers: Map<string, string> = new Map();
  #body: Buffer = EMPTY;
  #bodyLength = 0;
  #expected = 0;

  constructor(limits: FrameLimits) {
    this.#limits = limits;
    this.#head = Buffer.alloc(limits.headerBytes);
  }

  /** Whether a frame has begun and not ended. */
  get insideFrame(): boolean {
    return this.#state !== 'between';
  }

  /**
   * Takes the next bytes and yields the frames that they complete. To be drained before the next call.
   *
   * @throws StompError on malformed or too large input.
   */
  *push(chunk: Buffer): Generator<StompFrame, void, void> {
    let at = 0;
    while (at < chunk.length) {
      switch (this.#state) {
        case 'between':
          at = this.#skipLineEnds(chunk, at);
          break;
        case 'head':
          at = this.#readHead(chunk, at);
          break;
        case 'counted':
          at = this.#readCounted(chunk, at);
          break;
        case 'terminated':
          at = this.#readTerminated(chunk, at);
          break;
        case 'end':
          if (chunk[at] !== NUL) throw new StompError('Body is longer than its content-length: no NUL after it');
          at++;
          yield this.#takeFrame();
          break;
      }
    }
  }

  #skipLineEnds(chunk: Buffer, from: number): number {
    let at = from;
    while (at < chunk.length && (chunk[at] === LF || chunk[at] === CR)) at++;
    if (at < chunk.length) {
      this.#state = 'head';
      this.#headLength = 0;
      this.#lineLength = 0;
    }
    return at;
  }

  #readHead(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (byte === NUL) throw new StompError('NUL inside a header block');
      if (this.#headLength >= this.#head.length) throw new StompError(`Header block over the limit of ${this.#head.length} bytes`);
      this.#head[this.#headLength++] = byte;
      if (byte !== LF) {
        this.#lineLength++;
        continue;
      }
      const blank = this.#lineLength === 0 || (this.#lineLength === 1 && this.#head[this.#headLength - 2] === CR);
      this.#lineLength = 0;
      if (blank) {
        this.#parseHead();
        return at + 1;
      }
    }
    return chunk.length;
  }

  #parseHead(): void {
    let text: string;
    try {
      text = headerText.decode(this.#head.subarray(0, this.#headLength));
    } catch {
      throw new StompError('Header block is not UTF-8');
    }
    const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
    const [command = '', ...rest] = lines.slice(0, -2);
    if (rest.length > this.#limits.headerCount) throw new StompError(`More than ${this.#limits.headerCount} headers`);
    this.#command = command;
    this.#headers = new Map();
    for (const line of rest) {
      const colon = line.indexOf(':');
      if (colon < 1) throw new StompError('Header line without a name');
      const name = unescapeHeader(line.slice(0, colon));
      if (!this.#headers.has(name)) this.#headers.set(name, unescapeHeader(line.slice(colon + 1)));
    }
    this.#beginBody();
  }

  #beginBody(): void {
    this.#body = EMPTY;
    this.#bodyLength = 0;
    const announced = this.#headers.get('content-length')?.trim();
    if (announced === undefined) {
      this.#state = 'terminated';
      return;
    }
    if (!/^\d{1,15}$/.test(announced)) throw new StompError('content-length is not a number');
    this.#expected = Number(announced);
    this.#refuseLargeBody(this.#expected);
    this.#state = this.#expected === 0 ? 'end' : 'counted';
  }

  #refuseLargeBody(length: number): void {
    if (length > this.#limits.bodyBytes) throw new StompError(`Body over the limit of ${this.#limits.bodyBytes} bytes`);
  }

  #readCounted(chunk: Buffer, from: number): number {
    const end = Math.min(chunk.length, from + this.#expected - this.#bodyLength);
    this.#keep(chunk.subarray(from, end));
    if (this.#bodyLength === this.#expected) this.#state = 'end';
    return end;
  }

  #readTerminated(chunk: Buffer, from: number): number {
    const nul = chunk.indexOf(NUL, from);
    const end = nul < 0 ? chunk.length : nul;
    this.#refuseLargeBody(this.#bodyLength + end - from);
    this.#keep(chunk.subarray(from, end));
    if (nul >= 0) this.#state = 'end';
    return end;
  }

  /** The buffer grows with what arrived, never with what was announced. */
  #keep(piece: Buffer): void {
    const length = this.#bodyLength + piece.length;
    if (length > this.#body.length) {
      const known = this.#state === 'counted' ? this.#expected : this.#limits.bodyBytes;
      const grown = Buffer.allocUnsafe(Math.min(known, Math.max(length, 2 * this.#body.length, SMALL_BODY_BYTES)));
      this.#body.copy(grown, 0, 0, this.#bodyLength);
      this.#body = grown;
    }
    piece.copy(this.#body, this.#bodyLength);
    this.#bodyLength = length;
  }

  #takeFrame(): StompFrame {
    const frame = { command: this.#command, headers: this.#headers, body: this.#body.subarray(0, this.#bodyLength) };
    this.#state = 'between';
    this.#headers = new Map();
    this.#body = EMPTY;
    return frame;
  }
}
