import { LibvirtClientError } from './errors.ts';

const initialBytes = 256;
const uuidPattern = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const uint64Max = (1n << 64n) - 1n;
const int64Max = (1n << 63n) - 1n;
const int64Min = -(1n << 63n);

function padding(length: number): number {
  return (4 - (length & 3)) & 3;
}

function invalid(message: string): LibvirtClientError {
  return new LibvirtClientError('INVALID_ARGUMENT', message);
}

function malformed(message: string): LibvirtClientError {
  return new LibvirtClientError('PROTOCOL', `malformed XDR: ${message}`);
}

/** Writes XDR (RFC 4506) into a buffer that grows up to `maxBytes`. Values that do not fit throw `INVALID_ARGUMENT`. */
export class XdrWriter {
  #buffer = Buffer.allocUnsafe(initialBytes);
  #offset = 0;
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  #reserve(bytes: number): number {
    const start = this.#offset;
    const end = start + bytes;
    if (end > this.#maxBytes) throw new LibvirtClientError('LIMIT', `message longer than ${this.#maxBytes} bytes`);
    if (end > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.min(this.#maxBytes, Math.max(end, this.#buffer.length * 2)));
      this.#buffer.copy(grown, 0, 0, start);
      this.#buffer = grown;
    }
    this.#offset = end;
    return start;
  }

  int(value: number): void {
    if (!Number.isInteger(value) || value < -0x80000000 || value > 0x7fffffff) throw invalid(`${value} is not a 32-bit integer`);
    const offset = this.#reserve(4);
    this.#buffer.writeInt32BE(value, offset);
  }

  uint(value: number): void {
    if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) throw invalid(`${value} is not an unsigned 32-bit integer`);
    const offset = this.#reserve(4);
    this.#buffer.writeUInt32BE(value, offset);
  }

  hyper(value: bigint | number): void {
    const integer = toBigInt(value);
    if (integer < int64Min || integer > int64Max) throw invalid(`${value} is not a 64-bit integer`);
    const offset = this.#reserve(8);
    this.#buffer.writeBigInt64BE(integer, offset);
  }

  uhyper(value: bigint | number): void {
    const integer = toBigInt(value);
    if (integer < 0n || integer > uint64Max) throw invalid(`${value} is not an unsigned 64-bit integer`);
    const offset = this.#reserve(8);
    this.#buffer.writeBigUInt64BE(integer, offset);
  }

  double(value: number): void {
    if (typeof value !== 'number') throw invalid(`${String(value)} is not a number`);
    const offset = this.#reserve(8);
    this.#buffer.writeDoubleBE(value, offset);
  }

  /** A string that C can hold: no NUL inside, else the other side would read a part of it only. */
  string(value: string, maxBytes: number): void {
    if (typeof value !== 'string') throw invalid(`${String(value)} is not a string`);
    if (value.includes('\0')) throw invalid('a string holds a NUL character');
    const length = Buffer.byteLength(value, 'utf8');
    if (length > maxBytes) throw invalid(`a string of ${length} bytes is longer than ${maxBytes}`);
    this.uint(length);
    const start = this.#reserve(length + padding(length));
    this.#buffer.write(value, start, 'utf8');
    this.#buffer.fill(0, start + length, this.#offset);
  }

  bytes(value: Uint8Array, maxBytes: number): void {
    if (!(value instanceof Uint8Array)) throw invalid('not a byte array');
    if (value.length > maxBytes) throw invalid(`${value.length} bytes are more than ${maxBytes}`);
    this.uint(value.length);
    this.fixedBytes(value);
  }

  fixedBytes(value: Uint8Array): void {
    const start = this.#reserve(value.length + padding(value.length));
    this.#buffer.set(value, start);
    this.#buffer.fill(0, start + value.length, this.#offset);
  }

  /** Bytes as they are, neither length nor padding. */
  raw(value: Uint8Array): void {
    const offset = this.#reserve(value.length);
    this.#buffer.set(value, offset);
  }

  uuid(value: string): void {
    if (typeof value !== 'string' || !uuidPattern.test(value)) throw invalid(`${value} is not a UUID`);
    this.fixedBytes(Buffer.from(value.replaceAll('-', ''), 'hex'));
  }

  /** What was written so far, without a copy. */
  finish(): Buffer {
    return this.#buffer.subarray(0, this.#offset);
  }
}

function toBigInt(value: bigint | number): bigint {
  if (typeof value === 'bigint') return value;
  if (!Number.isSafeInteger(value)) throw invalid(`${String(value)} is not an exact integer; pass a bigint`);
  return BigInt(value);
}

/** Reads XDR out of one message. Every length is checked against its limit and against what is left; all failures are `PROTOCOL`. */
export class XdrReader {
  readonly #buffer: Buffer;
  #offset: number;

  constructor(buffer: Buffer, offset = 0) {
    this.#buffer = buffer;
    this.#offset = offset;
  }

  get remaining(): number {
    return this.#buffer.length - this.#offset;
  }

  #take(bytes: number): number {
    const start = this.#offset;
    if (bytes > this.#buffer.length - start) throw malformed(`${bytes} bytes wanted at ${start}, ${this.#buffer.length - start} left`);
    this.#offset = start + bytes;
    return start;
  }

  int(): number {
    return this.#buffer.readInt32BE(this.#take(4));
  }

  uint(): number {
    return this.#buffer.readUInt32BE(this.#take(4));
  }

  hyper(): bigint {
    return this.#buffer.readBigInt64BE(this.#take(8));
  }

  uhyper(): bigint {
    return this.#buffer.readBigUInt64BE(this.#take(8));
  }

  double(): number {
    return this.#buffer.readDoubleBE(this.#take(8));
  }

  bool(): boolean {
    return this.int() !== 0;
  }

  /** A presence mark: XDR allows only 0 and 1. */
  presence(): boolean {
    const value = this.uint();
    if (value > 1) throw malformed(`presence mark ${value}`);
    return value === 1;
  }

  string(maxBytes: number): string {
    const length = this.#length(maxBytes, 1);
    const start = this.#take(length + padding(length));
    return this.#buffer.toString('utf8', start, start + length);
  }

  bytes(maxBytes: number): Buffer {
    return this.fixedBytes(this.#length(maxBytes, 1));
  }

  /** A copy, so that a small field does not keep a whole message alive. */
  fixedBytes(length: number): Buffer {
    const start = this.#take(length + padding(length));
    return Buffer.from(this.#buffer.subarray(start, start + length));
  }

  uuid(): string {
    const start = this.#take(16);
    const hex = this.#buffer.toString('hex', start, start + 16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  /** Length of a list whose elements need at least `elementBytes` each. */
  listLength(max: number, elementBytes: number): number {
    return this.#length(max, elementBytes);
  }

  #length(max: number, elementBytes: number): number {
    const length = this.uint();
    if (length > max) throw malformed(`length ${length} is over the limit ${max}`);
    if (length * elementBytes > this.remaining) throw malformed(`length ${length} needs more than the ${this.remaining} bytes left`);
    return length;
  }

  /** Everything must have been read. */
  finish(): void {
    if (this.remaining !== 0) throw malformed(`${this.remaining} bytes too many`);
  }
}
